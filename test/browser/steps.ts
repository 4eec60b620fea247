// What people do on pages, for stories and screenshots.
import type { Page } from 'playwright-core';

/** Types a merchant into the opening form; empty values are left alone. */
export async function fillOpening(page: Page, form: Record<string, string>): Promise<void> {
  for (const [key, value] of Object.entries(form)) {
    if (value === '') continue;
    const field = page.locator(`#f-${key}`);
    if ((await field.evaluate((element) => element.tagName)) === 'SELECT') await field.selectOption(value);
    else await field.fill(value);
  }
}
