// 对应来账: open top-ups beside the bank lines of their amount that serve nothing yet. The rule that ranks them is workflows/rules/matching.ts.
import type { Calendar } from '../workflows/rules/calendar.ts';
import { candidates, type LineFacts, type MatchReason, type TopUpFacts } from '../workflows/rules/matching.ts';
import type { Db } from './connect.ts';

export interface Match {
  topUp: TopUpFacts & { title: string; merchantNo: string };
  /** Best first; none when no open line has the amount. */
  lines: { line: LineFacts; reason: MatchReason }[];
}

interface Row {
  no: string;
  title: string;
  merchant: string;
  fen: string;
  submitted: string;
  account: string;
  holder: string;
  id: string | null;
  on: string;
  party: string;
  from: string;
  note: string;
}

const CHUNK = 20_000;

/** Every top-up that waits at its first level, in order of its number, with its candidates; read in chunks, so that any number fits in memory. */
export async function* openMatches(db: Db, calendar?: Calendar): AsyncGenerator<Match> {
  const rows = db.$client<Row[]>`
    with top_up as materialized (
      select r.request_no, r.title, r.merchant_no, r.amount_fen, (extract(epoch from r.submitted_at) * 1000)::bigint as submitted,
        coalesce(v.form->>'settlementAccountNo', '') as account, coalesce(v.form->>'accountName', '') as holder
      from request r left join merchant m on m.merchant_no = r.merchant_no left join merchant_version v on v.merchant_no = m.merchant_no and v.version = m.version
      where r.kind = 'topUp' and r.state = 'submitted' and r.level = 1
    )
    select t.request_no as no, t.title, t.merchant_no as merchant, t.amount_fen as fen, t.submitted, t.account, t.holder,
      b.id, b.booked_on as on, b.party_name as party, b.party_account_no as from, b.note
    from top_up t left join (bank_line b left join bank_line_use u on u.line_id = b.id) on b.amount_fen = t.amount_fen and b.direction = 'in' and u.line_id is null
    order by t.request_no`.cursor(CHUNK);
  let of = null as Match['topUp'] | null;
  let lines: LineFacts[] = [];
  const match = (topUp: Match['topUp']): Match => ({ topUp, lines: candidates(topUp, lines, calendar) });
  for await (const chunk of rows) {
    for (const row of chunk) {
      if (of?.requestNo !== row.no) {
        if (of) yield match(of);
        const { no: requestNo, title, merchant: merchantNo, account: accountNo, holder: accountName } = row;
        of = { requestNo, title, merchantNo, amountFen: Number(row.fen), submittedAt: Number(row.submitted), accountNo, accountName };
        lines = [];
      }
      if (row.id !== null)
        lines.push({ id: Number(row.id), amountFen: Number(row.fen), bookedOn: row.on, partyName: row.party, partyAccountNo: row.from, note: row.note });
    }
  }
  if (of) yield match(of);
}
