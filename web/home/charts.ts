// The figures of the morning: top-ups and consumption of seven days, and how long requests wait. Each chart stands beside the table that says the same.
import { type DayFigures, figuresByDay, reportPage } from '../../db/reports.ts';
import { typedDay } from '../../workflows/rules/calendar-day.ts';
import { showFen } from '../../workflows/rules/money.ts';
import { businessDate } from '../../workflows/rules/time.ts';
import type { SignedInCtx } from '../http.ts';
import { type Bar, bars } from '../ui/chart.ts';
import { type Hole, html, type Raw } from '../ui/html.ts';
import { paths } from '../ui/paths.ts';

const DAYS = 7;
const DAY_MS = 86_400_000;
/** The figures of all merchants are the same for everybody, and are asked at most so often, ms. */
const KEPT_MS = 30_000;
const kept = new WeakMap<object, { until: number; figures: Promise<DayFigures[]> }>();

function week({ db }: SignedInCtx): Promise<DayFigures[]> {
  const now = Date.now();
  const known = kept.get(db);
  if (known && known.until > now) return known.figures;
  const figures = figuresByDay(db, businessDate(now - (DAYS - 1) * DAY_MS), businessDate(now));
  kept.set(db, { until: now + KEPT_MS, figures });
  figures.catch(() => kept.delete(db));
  return figures;
}

/** What this user may see of it. */
export async function morning(ctx: SignedInCtx): Promise<Hole> {
  const { user } = ctx;
  const words = ctx.text.reports.charts;
  const [days, waiting] = await Promise.all([
    user.rights.includes('dailyTotalReport') ? week(ctx) : null,
    user.rights.includes('requestAgeingReport')
      ? reportPage(ctx.db, 'request-ageing', { merchantNo: '', from: '', until: '', basis: 'decided' }, { order: null, after: null, limit: 100 })
      : null,
  ]);
  if (!days && !waiting) return null;
  const money = (title: string, of: (day: DayFigures) => number, path: string) => {
    const list = Array.from({ length: DAYS }, (_, i) => {
      const day = businessDate(Date.now() - (DAYS - 1 - i) * DAY_MS);
      const found = days?.find((one) => one.day === day);
      return { label: typedDay(day).slice(5), value: found ? of(found) : 0 };
    });
    return chart(title, path, [words.day, words.fen], list, showFen);
  };
  const ages = (['within4h', 'within1d', 'within3d', 'older'] as const).map((age) => ({
    label: words.ages[age],
    value: (waiting ?? []).reduce((sum, row) => sum + Number(row[age] ?? 0), 0),
  }));
  return html`<div class="charts">${days && [money(words.topUps, (one) => one.topUpFen, paths.report('daily-totals', { period: 'month' })), money(words.consumption, (one) => one.netFen, paths.report('daily-totals', { period: 'month' }))]}${waiting && chart(words.waiting, paths.report('request-ageing'), [words.age, words.count], ages, String)}</div>`;
}

function chart(
  title: string,
  path: string,
  [label, value]: [string, string],
  list: readonly { label: string; value: number }[],
  show: (n: number) => string,
): Raw {
  const drawn: Bar[] = list.map((one) => ({ ...one, title: `${one.label} ${show(one.value)}` }));
  const told = list.map((one) => `${one.label} ${show(one.value)}`).join(', ');
  return html`<section class="card"><h2><a href="${path}">${title}</a></h2>${bars(drawn, `${title}: ${told}`, 34)}<details><summary>${value}</summary><table class="t"><thead><tr><th>${label}</th><th class="num">${value}</th></tr></thead><tbody>${list.map((one) => html`<tr><th scope="row">${one.label}</th><td class="num">${show(one.value)}</td></tr>`)}</tbody></table></details></section>`;
}
