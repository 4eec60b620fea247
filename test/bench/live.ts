// 200 pages that listen while 20 decisions a second are made: how long a refetch takes and what the web weighs; and what one reviewer sees in Chromium.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { openBrowser } from '../browser/chromium.ts';
import { enter } from '../browser/steps.ts';
import { check001, command, opening, seedCast } from '../cast.ts';
import { startServers } from '../servers.ts';
import { storiesOf } from '../stories.ts';
import { type Person, signInAt } from '../web/site.ts';
import { median, percentile, show } from './measure.ts';
import { ended, startWeb, startWorker } from './web-process.ts';

const STREAMS = 200;
const PER_SECOND = 20;
const SECONDS = 15;

export async function benchLive(): Promise<void> {
  const servers = await startServers(console.log, 1, ['synchronous_commit=on']);
  Object.assign(process.env, servers.env);
  const { openWorld } = await import('../world.ts');
  const world = await openWorld();
  await seedCast(world.db);
  const worker = await startWorker(world);
  const { base, process: web } = await startWeb(world);
  try {
    const { start, written, tell } = storiesOf(() => world);
    const nos: string[] = [];
    for (let i = 0; i < PER_SECOND * SECONDS + 80; i++) nos.push((await start(opening())).workflowId);
    for (const no of nos) await written(no);
    const times: number[] = [];
    const stop = new AbortController();
    for (let i = 0; i < STREAMS / 4; i++) {
      const person = await signInAt(base, i % 2 === 0 ? 'check001' : 'check002');
      for (let k = 0; k < 4; k++) void listening(person, times, stop.signal);
    }
    await pause(1000);
    const rss = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${web.pid}/status`, 'utf8'))?.[1]) / 1024;
    let heaviest = rss();
    const began = performance.now();
    for (let i = 0; i < PER_SECOND * SECONDS; i++) {
      await pause(Math.max(0, began + (i * 1000) / PER_SECOND - performance.now()));
      void tell(world.client.workflow.getHandle(nos[i] ?? ''), 'decide', command('approve', check001, 1));
      heaviest = Math.max(heaviest, i % 20 === 0 ? rss() : 0);
    }
    await pause(3000);
    stop.abort();
    assert.ok(times.length > STREAMS, 'pages were told');
    console.log(
      `${STREAMS} streams, ${PER_SECOND} decisions/s for ${SECONDS} s: ${times.length} refetches, p50 ${show(median(times))}, p95 ${show(percentile(times, 95))} (asked: ≤ 60 ms), p99 ${show(percentile(times, 99))}; web at most ${heaviest.toFixed(0)} MB (asked: ≤ 250)`,
    );
    await inChromium(base);
  } finally {
    await ended(web, worker);
    await world.close();
    await servers.close();
  }
}

/** A page: hears that something changed, and asks again for the rows it shows. */
async function listening(person: Person, times: number[], signal: AbortSignal): Promise<void> {
  const background = { cookie: person.cookieHeader, 'X-Background': '1', 'HX-Request': 'true' };
  const { html } = await person.get('/inbox');
  const shown = [...html.matchAll(/class="item" id="i-(\w+)"/g)].map(([, no]) => no).join(',');
  const stream = await fetch(`${person.base}/events`, { headers: background, signal });
  const decoder = new TextDecoder();
  try {
    for await (const chunk of stream.body ?? []) {
      if (!decoder.decode(chunk).includes('event: changed')) continue;
      const began = performance.now();
      const answer = await fetch(`${person.base}/inbox/rows?shown=${shown}`, { headers: background });
      assert.equal(answer.status, 200);
      await answer.text();
      times.push(performance.now() - began);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** What one reviewer sees: first paint, jumps of the layout, and from the key to the next item on the screen. */
async function inChromium(base: string): Promise<void> {
  const browser = await openBrowser();
  const page = await enter(browser, base, 'check001', []);
  const paints: number[] = [];
  let shift = 0;
  for (let i = 0; i < 10; i++) {
    await page.goto(`${base}/inbox`);
    await page.waitForTimeout(300);
    const [lcp, cls] = await page.evaluate(
      () =>
        new Promise<[number, number]>((resolve) => {
          let largest = 0;
          let moved = 0;
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) largest = Math.max(largest, entry.startTime);
          }).observe({ type: 'largest-contentful-paint', buffered: true });
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) moved += (entry as unknown as { value: number }).value;
          }).observe({ type: 'layout-shift', buffered: true });
          setTimeout(() => resolve([largest, moved]), 200);
        }),
    );
    paints.push(lcp);
    shift = Math.max(shift, cls);
  }
  // As text, because what the compiler adds to named functions is unknown to the page.
  const timed = (key: string) =>
    page.evaluate<number>(`new Promise((resolve) => {
      const now = () => document.querySelector('#sheet')?.dataset.no ?? '';
      const before = now();
      const began = performance.now();
      const look = () => (now() !== before ? requestAnimationFrame(() => resolve(performance.now() - began)) : requestAnimationFrame(look));
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '${key}', bubbles: true }));
      look();
    })`);
  const opening: number[] = [];
  const deciding: number[] = [];
  for (let i = 0; i < 30; i++) {
    await page.keyboard.press('j');
    opening.push(await timed('o'));
  }
  for (let i = 0; i < 30; i++) {
    await page.waitForTimeout(500);
    deciding.push(await timed('a'));
  }
  console.log(`Chromium: LCP median ${show(median(paints))} (asked: ≤ 300 ms), CLS at most ${shift.toFixed(3)} (asked: 0)`);
  console.log(
    `Chromium: key to the opened item painted p50 ${show(median(opening))}, p95 ${show(percentile(opening, 95))}; decision to the next item painted p50 ${show(median(deciding))}, p95 ${show(percentile(deciding, 95))} (asked: ≤ 100 ms)`,
  );
  await browser.close();
}
