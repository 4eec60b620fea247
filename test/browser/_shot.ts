import { openBrowser } from './chromium.ts';
import { enter, readByAxe } from './steps.ts';

const browser = await openBrowser();
const troubles: string[] = [];
const base = 'http://127.0.0.1:3999';
const page = await enter(browser, base, 'finance1', troubles, { viewport: { width: 1440, height: 900 } });
for (const name of (process.argv[2] ?? '').split(',')) {
  await page.goto(`${base}/${name}`);
  await page.screenshot({ path: `/tmp/shots/${name.replace(/\W+/g, '_')}.png` });
  await readByAxe(page, name).catch((e) => console.log(name, String(e).slice(0, 600)));
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  if (wide) console.log(name, 'is wider than the page');
}
console.log(troubles);
await browser.close();
