// Small components shared by all pages.

import { COUNT_LIMIT } from '../../db/inbox.ts';
import { type Calendar, workingBetween } from '../../workflows/rules/calendar.ts';
import { shanghaiTime } from '../../workflows/rules/time.ts';
import { type Text, word } from '../text/index.ts';
import { attribute, type Hole, html, type Raw } from './html.ts';

/** 12, or 999+ from a thousand on. */
export const count = (n: number) => (n >= COUNT_LIMIT ? '999+' : String(n));

/** `11-23 14:05` in Shanghai, the whole moment as its title. */
export function moment(at: Date | number): Raw {
  const whole = shanghaiTime(Number(at));
  return html`<time datetime="${new Date(Number(at)).toISOString()}" title="${whole}">${whole.slice(5, 16)}</time>`;
}
export const wholeMoment = (at: Date | number): string => shanghaiTime(Number(at));

const tones: Record<string, string> = {
  submitted: 'brand-t',
  approved: 'brand-t',
  returned: 'warn',
  effective: 'good',
  active: 'good',
  rejected: 'bad',
  failed: 'bad',
  expired: 'warn',
  frozen: 'warn',
  pending: 'brand-t',
  accepted: 'brand-t',
};
export function stateTag(text: Text, state: string): Raw {
  return html`<span class="tag ${tones[state] ?? ''}">${word(text.states, state)}</span>`;
}
export function statusTag(text: Text, status: string): Raw {
  return html`<span class="tag ${tones[status] ?? ''}">${word(text.merchantStatus, status)}</span>`;
}

/** How much working time until `due`, in text and colour: 剩余 3 时 10 分, 超时 35 分. */
export function dueBadge(text: Text, due: number | null, now: number, calendar: Calendar): Hole {
  if (due === null) return null;
  const minutes = Math.round(workingBetween(now, due, calendar) / 60_000);
  const tone = minutes < 0 ? 'bad' : minutes < 60 ? 'warn' : '';
  return html`<span class="due ${tone}">${minutes < 0 ? text.inbox.overdue : text.inbox.left} ${span(Math.abs(minutes), text.lang)}</span>`;
}

function span(minutes: number, lang: string): string {
  const [day, hour, minute] = lang === 'en' ? [' d ', ' h ', ' min'] : [' 天 ', ' 时 ', ' 分'];
  if (minutes >= 1440) return `${Math.floor(minutes / 1440)}${day}${Math.floor((minutes % 1440) / 60)}${hour}`.trim();
  return minutes >= 60 ? `${Math.floor(minutes / 60)}${hour}${minutes % 60}${minute}` : `${minutes}${minute}`;
}

export function notice(tone: 'good' | 'bad' | 'warn', body: Hole): Raw {
  return html`<div class="notice ${tone}"${attribute('role', tone === 'bad' && 'alert')}>${body}</div>`;
}

export interface Option {
  value: string;
  label: string;
}
export function options(list: readonly Option[], chosen: string, empty?: string): Hole {
  return [
    empty !== undefined && html`<option value="">${empty}</option>`,
    ...list.map(({ value, label }) => html`<option value="${value}"${attribute('selected', value === chosen)}>${label}</option>`),
  ];
}

/** 下一页 by keyset, keeping the filters of the address. */
export function pager(text: Text, first: string | null, next: string | null): Raw {
  return html`<nav class="foot" aria-label="paging">${first ? html`<a class="btn" href="${first}">${text.common.first}</a>` : html`<span></span>`}${next && html`<a class="btn" href="${next}" rel="next">${text.common.more}</a>`}</nav>`;
}
