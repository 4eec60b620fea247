// 充值与来账: whether a bank line may serve a top-up. Asked by the page before a decision, and by the workflow's step that decides.
import { samePayer } from '../workflows/rules/matching.ts';
import type { Refusal } from '../workflows/rules/refusals.ts';
import type { NamedLine, Request } from '../workflows/rules/request.ts';
import { findLine } from './bank.ts';
import type { Reader } from './connect.ts';
import { merchantForm } from './merchants.ts';

/** Why this line may not serve this top-up, or null. */
export async function lineRefusal(
  db: Reader,
  request: Pick<Request, 'requestNo' | 'merchantNo' | 'amountFen'>,
  named: NamedLine | null | undefined,
): Promise<Refusal | null> {
  if (!named) return 'line_missing';
  const line = await findLine(db, named.id);
  if (line?.direction !== 'in') return 'line_unknown';
  if (line.use && line.use.requestNo !== request.requestNo) return 'line_taken';
  if (line.amountFen !== request.amountFen) return 'amount_differs';
  if (named.override) return null;
  const version = await merchantForm(db, request.merchantNo);
  return samePayer(line.partyName, version?.form.accountName ?? '') ? null : 'payer_differs';
}
