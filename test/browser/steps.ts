// What people do on pages, for stories and screenshots.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { DEMO_PASSWORD } from '../../stack/demo.ts';

/** Types a merchant into the opening form; empty values are left alone. */
export async function fillOpening(page: Page, form: Record<string, string>): Promise<void> {
  for (const [key, value] of Object.entries(form)) {
    if (value === '') continue;
    const field = page.locator(`#f-${key}`);
    if ((await field.evaluate((element) => element.tagName)) === 'SELECT') await field.selectOption(value);
    else await field.fill(value);
  }
}

/** Signs in and answers the page; what goes wrong in it is collected in `troubles`. */
export async function enter(browser: Browser, base: string, code: string, troubles: string[], options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN', ...options });
  const page = await context.newPage();
  page.on('pageerror', (error) => troubles.push(`${code}: ${error.message}`));
  page.on(
    'console',
    (message) =>
      message.type() === 'error' && !/status of (401|422)/.test(message.text()) && troubles.push(`${code}: ${message.text()} ${message.location().url}`),
  );
  await page.goto(`${base}/`);
  await page.fill('[name=account]', code);
  await page.fill('[name=password]', DEMO_PASSWORD);
  await page.click('button.primary');
  await page.waitForURL((url) => !url.pathname.includes('sign-in'));
  return page;
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** axe finds nothing, in either theme. */
export async function readByAxe(page: Page, name: string): Promise<void> {
  // At the end of the page nothing lies half under the bar of buttons.
  await page.evaluate(() => {
    for (const element of document.querySelectorAll('main, #sheet')) element.scrollTo(0, element.scrollHeight);
  });
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(axe);
    const found = await page.evaluate(async () => {
      const reader = (
        globalThis as unknown as { axe: { run(options: object): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }> } }
      ).axe;
      const { violations } = await reader.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
      return violations.map((one) => `${one.id}: ${one.nodes.map((node) => `${node.html.slice(0, 160)} ${node.failureSummary.slice(0, 200)}`).join(' | ')}`);
    });
    assert.deepEqual(found, [], `${name} in ${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: 'light' });
}
