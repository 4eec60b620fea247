// 查看完整信息: what is masked is shown once, for a reason, and who looked is on record.
import { audit } from '../../db/audit.ts';
import { mayCall } from '../../db/rate-limits.ts';
import { MAX_REASON } from '../../workflows/rules/take.ts';
import { field, type SignedInCtx } from '../http.ts';
import { type Hole, html } from '../ui/html.ts';
import { token } from '../ui/layout.ts';
import { notice } from '../ui/parts.ts';

/** So many looks of one person within an hour. */
const MOST_REVEALS = 60;

/** For whoever has the right: a reason, and the button. */
export function revealForm(ctx: SignedInCtx, path: string): Hole {
  const { text } = ctx;
  if (!ctx.user.rights.includes('reveal')) return null;
  return html`<details class="reveal"><summary class="link">${text.common.reveal}</summary><form method="post" action="${path}" class="inline row">${token(ctx)}<label for="reveal-reason">${text.request.reason}</label><input class="field short" id="reveal-reason" name="reason" maxlength="${MAX_REASON}" required><button class="btn">${text.common.confirm}</button></form></details>`;
}

/** Puts the look on record; a notice when it may not be. */
export async function revealed(ctx: SignedInCtx, object: string): Promise<Hole> {
  const reason = field(ctx.req.body, 'reason', 1000).trim();
  if (reason === '') return notice('bad', ctx.text.refusals.reason_missing);
  if ([...reason].length > MAX_REASON) return notice('bad', ctx.text.refusals.reason_too_long);
  if (!(await mayCall(ctx.db, `reveal:${ctx.user.code}`, MOST_REVEALS, 3_600_000))) return notice('bad', ctx.text.signIn.tooMany);
  await ctx.db.transaction((tx) => audit(tx, { by: ctx.user, action: 'reveal', object, detail: { reason }, address: ctx.address }));
  return null;
}
