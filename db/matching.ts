// 对应来账: open top-ups beside the bank lines of their amount that serve nothing yet. The rule that ranks them is workflows/rules/matching.ts.
import type { Calendar } from '../workflows/rules/calendar.ts';
import { candidates, type LineFacts, type MatchReason, type TopUpFacts } from '../workflows/rules/matching.ts';
import type { Db } from './connect.ts';

export interface Match {
  topUp: TopUpFacts & { title: string; merchantNo: string };
  /** Best first; none when no open line has the amount. */
  lines: { line: LineFacts; reason: MatchReason }[];
}

interface LineRow {
  no: string;
  id: string;
  on: string;
  party: string;
  from: string;
  note: string;
}

const CHUNK = 20_000;

/**
 * Every top-up that waits at its first level, in order of its number, with its candidates. Lines are read in chunks and carry nothing of the top-up, because
 * there may be many of one amount.
 */
export async function* openMatches(db: Db, calendar?: Calendar): AsyncGenerator<Match> {
  const waiting = await topUps(db);
  const found = db.$client<LineRow[]>`
    select r.request_no as no, b.id, b.booked_on as on, b.party_name as party, b.party_account_no as from, b.note
    from request r join bank_line b on b.amount_fen = r.amount_fen and b.direction = 'in' left join bank_line_use u on u.line_id = b.id
    where u.line_id is null and r.kind = 'topUp' and r.state = 'submitted' and r.level = 1 order by r.request_no`.cursor(CHUNK);
  let next = 0;
  let lines: LineFacts[] = [];
  const match = (topUp: Match['topUp'], own: LineFacts[]): Match => ({ topUp, lines: candidates(topUp, own, calendar) });
  for await (const chunk of found) {
    for (const { no, id, on, party, from, note } of chunk) {
      for (let now = waiting[next]; now && now.requestNo < no; now = waiting[next]) {
        yield match(now, lines);
        lines = [];
        next += 1;
      }
      const now = waiting[next];
      if (now?.requestNo === no) lines.push({ id: Number(id), amountFen: now.amountFen, bookedOn: on, partyName: party, partyAccountNo: from, note });
    }
  }
  for (const now of waiting.slice(next)) {
    yield match(now, lines);
    lines = [];
  }
}

/** In order of their numbers, which are of plain ASCII and compare alike here and there. */
function topUps(db: Db): Promise<Match['topUp'][]> {
  return db.$client<Match['topUp'][]>`
    select r.request_no as "requestNo", r.title, r.merchant_no as "merchantNo", r.amount_fen::float8 as "amountFen", (extract(epoch from r.submitted_at) * 1000)::float8 as "submittedAt",
      coalesce(v.form->>'settlementAccountNo', '') as "accountNo", coalesce(v.form->>'accountName', '') as "accountName"
    from request r left join merchant m on m.merchant_no = r.merchant_no left join merchant_version v on v.merchant_no = m.merchant_no and v.version = m.version
    where r.kind = 'topUp' and r.state = 'submitted' and r.level = 1 order by r.request_no`.then((rows) => [...rows]);
}
