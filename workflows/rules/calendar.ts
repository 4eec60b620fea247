// 工作日历: what counts as a working day, and working time between moments. Weekends are off; holidays and 调休 are data.
const dayMs = 86_400_000;
const offsetMs = 8 * 3_600_000;

/** Exceptions to the rule of the week, `yyyymmdd` in Shanghai: days off that are no weekend, and weekend days that are worked. */
export interface Calendar {
  off: readonly string[];
  on: readonly string[];
}
/** Day number in Shanghai; day 0 is Thursday, 1 January 1970. */
const dayOf = (at: number) => Math.floor((at + offsetMs) / dayMs);
const startOf = (day: number) => day * dayMs - offsetMs;

/** Without a calendar every day counts: so it was for plans that were made before there was one. */
function works(day: number, calendar: Calendar | undefined): boolean {
  if (!calendar) return true;
  const date = new Date(day * dayMs).toISOString().slice(0, 10).replaceAll('-', '');
  if (calendar.on.includes(date)) return true;
  const weekday = (day + 4) % 7;
  return weekday !== 0 && weekday !== 6 && !calendar.off.includes(date);
}

/** The moment at which `span` ms of working time have passed since `since` (epoch ms). A working day counts whole, 24 hours. */
export function afterWorking(since: number, span: number, calendar: Calendar | undefined): number {
  let left = span;
  let from = since;
  for (let day = dayOf(since); ; day++) {
    const end = startOf(day + 1);
    if (works(day, calendar)) {
      if (left <= end - from) return from + left;
      left -= end - from;
    }
    from = end;
  }
}

/** Working time between two moments, ms; negative when `to` lies before `from`. */
export function workingBetween(from: number, to: number, calendar: Calendar | undefined): number {
  if (to < from) return -workingBetween(to, from, calendar);
  let sum = 0;
  for (let day = dayOf(from); day <= dayOf(to); day++) if (works(day, calendar)) sum += Math.min(to, startOf(day + 1)) - Math.max(from, startOf(day));
  return sum;
}
