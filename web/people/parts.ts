// What the pages of users, groups and modules share: the buttons that begin a change, and what is under way.
import { openRequestsOf } from '../../db/open-requests.ts';
import { accessRequests } from '../../db/requests.ts';
import { type ActName, actRule } from '../../workflows/rules/access.ts';
import type { SignedInCtx } from '../http.ts';
import { type Hole, html } from '../ui/html.ts';
import { token } from '../ui/layout.ts';
import { stateTag, wholeMoment } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';
import { actTitle } from './changes.ts';

/** A button that makes the draft of a change; 新增 has no subject yet. Drawn for whoever may ask for it. */
export function actButton(ctx: SignedInCtx, act: ActName, id = '', style = ''): Hole {
  if (!ctx.user.rights.includes('accessChange') || !ctx.user.rights.includes(actRule(act).right)) return null;
  return html`<form method="post" action="${paths.drafts('accessChange')}" class="inline">${token(ctx)}<input type="hidden" name="subject" value="${id === '' ? act : `${act}:${id}`}"><button class="btn ${style}">${ctx.text.access.buttons[act]}</button></form>`;
}

/** Requests about this subject, the open one first. */
export async function changesCard(ctx: SignedInCtx, subject: string): Promise<Hole> {
  const { db, text } = ctx;
  const [busy, rows] = await Promise.all([openRequestsOf(db, [`access:${subject.toLowerCase()}`]), accessRequests(db, subject, 20)]);
  const list = rows.map(
    (row) =>
      html`<tr><td><a class="mono" href="${paths.request(row.requestNo)}">${row.requestNo}</a></td><td>${actTitle(text, row.whole.data)}</td><td>${row.makerName}</td><td>${stateTag(text, row.state)}</td><td class="mono">${wholeMoment(row.submittedAt).slice(0, 16)}</td></tr>`,
  );
  return html`${busy.map((one) => html`<p class="notice warn">${text.access.pending}: <a class="mono" href="${paths.request(one.requestNo)}">${one.requestNo}</a></p>`)}<section class="card"><h2>${text.access.history}</h2>${rows.length === 0 ? html`<p class="muted">${text.common.none}</p>` : html`<table class="t"><thead><tr><th>${text.request.no}</th><th>${text.fields.act}</th><th>${text.request.maker}</th><th>${text.request.state}</th><th>${text.request.submittedAt}</th></tr></thead><tbody>${list}</tbody></table>`}</section>`;
}
