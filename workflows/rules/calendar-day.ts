// A day as people type it: `2026-11-24`.

/** `yyyymmdd` of a day that exists and that a book may speak of, or null. */
export function calendarDay(typed: string): string | null {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(typed) ?? [];
  if (!year || !month || !day || year < '1900' || year > '2999') return null;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day) ? `${year}${month}${day}` : null;
}

/** `2026-11-24` of `20261124`. */
export const typedDay = (day: string): string => `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`;
