// 经过: everything that happened to a request, refused attempts too.
import { mask, maskedFields } from '../../workflows/rules/merchant-form.ts';
import { KEPT_REFUSALS, type Request, type RequestEvent } from '../../workflows/rules/request.ts';
import type { SignedInCtx } from '../http.ts';
import { fill, type Text, word } from '../text/index.ts';
import { type Hole, html, type Raw } from '../ui/html.ts';
import { wholeMoment } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';

const tones: Partial<Record<RequestEvent['type'], string>> = {
  submitted: 'brandy',
  amended: 'brandy',
  approved: 'good',
  effective: 'good',
  refused: 'bad',
  rejected: 'bad',
  failed: 'bad',
  effectRefused: 'bad',
  submissionRefused: 'bad',
  returned: 'warn',
  expired: 'warn',
  escalated: 'warn',
};

export function timeline(ctx: SignedInCtx, events: readonly RequestEvent[], request: Request): Raw {
  const { text } = ctx;
  const history = ctx.user.rights.includes('auditLog') && html`<a href="${paths.history(request.requestNo)}">${text.request.history}</a>`;
  const older = request.refusedCount - KEPT_REFUSALS;
  return html`<section class="card" id="timeline"><h2>${text.request.timeline} ${history}</h2>${older > 0 && html`<p class="muted">${fill(text.request.olderRefusals, { n: older })}</p>`}<ol class="happened">${events.map((event) => line(text, event))}</ol></section>`;
}

export function line(text: Text, event: RequestEvent): Raw {
  return html`<li class="line ${tones[event.type] ?? ''}"><time datetime="${new Date(event.at).toISOString()}">${wholeMoment(event.at).slice(5)}</time><i aria-hidden="true"></i><span>${event.by?.name ?? text.common.system} ${what(text, event)}${changes(text, event)}</span></li>`;
}

function what(text: Text, event: RequestEvent): Hole {
  if (event.type === 'refused') {
    const action = word(text.actions, event.tried ?? '');
    const why = event.refusal ? text.refusals[event.refusal] : '';
    return html`${fill(text.request.refusedAttempt, { action })}: <b>${why}</b>`;
  }
  const said = fill(text.events[event.type], { to: event.to?.name ?? '' });
  const reason = event.reason ?? (event.refusal && text.refusals[event.refusal]);
  return html`${said}${reason && html`: <q>${reason}</q>`}`;
}

function changes(text: Text, event: RequestEvent): Hole {
  if (!event.changes) return null;
  const show = (key: string, value: string) => (maskedFields.includes(key) ? mask(value) : value) || '—';
  return html`<ul class="changes">${Object.entries(event.changes).map(([key, [before, after]]) => html`<li>${word(text.fields, key)}: <del>${show(key, before)}</del> → <ins>${show(key, after)}</ins></li>`)}</ul>`;
}
