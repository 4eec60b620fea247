// The place of stories, with a browser in which people enter it.
import assert from 'node:assert/strict';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { type Hooks, placeOfStories } from '../place.ts';
import { openBrowser } from './chromium.ts';
import { enter } from './steps.ts';

export function placeInBrowser({ ready, over }: Hooks = {}) {
  let browser: Browser | undefined;
  /** What went wrong in any of the pages. */
  const troubles: string[] = [];
  const place = placeOfStories({
    async ready() {
      browser = await openBrowser();
      await ready?.();
    },
    async over() {
      try {
        await over?.();
      } finally {
        await browser?.close();
      }
    },
  });
  const here = (): Browser => {
    assert.ok(browser, 'the stories have begun');
    return browser;
  };
  return Object.assign(place, {
    troubles,
    /** The browser of somebody who has not signed in. */
    stranger: (options: BrowserContextOptions = {}) => here().newContext(options),
    /** Signs in, in a context of its own; answers the page. */
    enter: (code: string, options: BrowserContextOptions = {}) => enter(here(), place.site.base, code, troubles, options),
  });
}
