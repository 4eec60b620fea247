// What a decision would do, as far as the books and records tell: legs, balances, lines that may belong to it, what stands now.
import { type BankLineRow, lineOf, openLinesOf } from '../../db/bank.ts';
import { type EntryLine, entriesOf, findQuota, type Quota } from '../../db/ledger.ts';
import { merchantForm } from '../../db/merchants.ts';
import { workingCalendar } from '../../db/reference.ts';
import { type TerminalRow, terminals, terminalVersions } from '../../db/terminals.ts';
import { type AccountCode, type Leg, lineReturnLegs, refundOwedLegs, topUpLegs, topUpVoidLegs } from '../../workflows/rules/ledger.ts';
import { candidates, type MatchReason } from '../../workflows/rules/matching.ts';
import { isFinal, type Request } from '../../workflows/rules/request.ts';
import type { SignedInCtx } from '../http.ts';

export interface Candidate {
  line: BankLineRow;
  reason: MatchReason;
}
export interface Consequence {
  legs: readonly Leg[];
  quota: Quota | null;
  candidates: readonly Candidate[];
  /** The bank line that serves it. */
  line: BankLineRow | null;
  /** What a change starts from. */
  base: Readonly<Record<string, string>> | null;
  terminals: readonly TerminalRow[];
  /** What it has posted. */
  entries: readonly EntryLine[];
}

export async function consequenceOf({ db, user }: SignedInCtx, request: Request): Promise<Consequence> {
  const { kind, merchantNo, requestNo } = request;
  const money = request.amountFen !== null;
  const [quota, line, entries, own, base, offered] = await Promise.all([
    money && merchantNo !== '' ? findQuota(db, merchantNo) : null,
    kind === 'topUp' || kind === 'lineReturn' ? lineOf(db, requestNo) : null,
    money ? entriesOf(db, requestNo) : [],
    kind === 'terminalRegistration' ? terminals(db, { openedBy: requestNo }, 50) : [],
    baseOf(db, request),
    // Lines of others' money are for whoever decides about them.
    kind === 'topUp' && user.rights.includes('topUpReview') && !isFinal(request.state) && !request.line ? offer(db, request) : [],
  ]);
  return { legs: isFinal(request.state) ? [] : legsOf(request, quota), quota, candidates: offered, line, base, terminals: own, entries };
}

type Db = SignedInCtx['db'];

async function baseOf(db: Db, { kind, merchantNo, data }: Request): Promise<Record<string, string> | null> {
  if (kind === 'merchantChange') return (await merchantForm(db, merchantNo, Number(data.baseVersion)))?.form ?? null;
  if (kind === 'terminalChange')
    return (await terminalVersions(db, data.terminalNo ?? '')).find((one) => one.version === Number(data.baseVersion))?.form ?? null;
  return kind === 'policyChange' ? { policyValue: data.policyBefore ?? '' } : null;
}

/** Lines of exactly this amount, best first, each with its reason. */
async function offer(db: Db, request: Request): Promise<Candidate[]> {
  const { amountFen, requestNo, merchantNo, submittedAt } = request;
  if (amountFen === null) return [];
  const [lines, version, calendar] = await Promise.all([openLinesOf(db, amountFen, requestNo), merchantForm(db, merchantNo), workingCalendar(db)]);
  const { accountName = '', settlementAccountNo = '' } = version?.form ?? {};
  return candidates({ requestNo, amountFen, accountNo: settlementAccountNo, accountName, submittedAt }, lines, calendar);
}

function legsOf({ kind, merchantNo, amountFen, data }: Request, quota: Quota | null): Leg[] {
  if (amountFen === null) return [];
  switch (kind) {
    case 'topUp':
      return topUpLegs(merchantNo, amountFen);
    case 'topUpVoid':
      return topUpVoidLegs(merchantNo, amountFen, quota?.available ?? 0);
    case 'quotaRefund':
      return refundOwedLegs(merchantNo, amountFen);
    case 'lineReturn':
      return lineReturnLegs(amountFen);
    case 'adjustment': {
      const side = (name: 'debit' | 'credit'): Leg => ({
        account: data[`${name}Account`] as AccountCode,
        owner: data[`${name}Owner`] ?? '',
        [name]: amountFen,
      });
      return [side('debit'), side('credit')];
    }
    default:
      return [];
  }
}
