// 相似申请: requests that share a merchant and amount, an account or an identifier.
import { eq, type SQL, sql } from 'drizzle-orm';
import type { Request } from '../workflows/rules/request.ts';
import { reasonOf, type TwinReason, twinKeys } from '../workflows/rules/twins.ts';
import type { Db, Tx } from './connect.ts';
import { requestTwin } from './schema.ts';

const LOOK_BACK_DAYS = 90;
const MOST = 10;

/** Part of the statement that saves a request: keeps the keys of one that was submitted or amended just now. */
export function keeping(from: Request): SQL {
  if (!from.events.some((event) => event.type === 'submitted' || event.type === 'amended')) return sql`select`;
  return sql`insert into request_twin (request_no, key, merchant_no, submitted_at)
      select ${from.requestNo}, k, ${from.merchantNo}, ${new Date(from.submittedAt).toISOString()}::timestamptz from unnest(${sql.param(twinKeys(from))}::text[]) k
      on conflict do nothing`;
}

/** For the rebuild: forgets the keys, so that they are kept anew. */
export async function forgetKeys(tx: Tx, requestNo: string): Promise<void> {
  await tx.delete(requestTwin).where(eq(requestTwin.requestNo, requestNo));
}

export interface TwinRequest {
  requestNo: string;
  kind: string;
  state: string;
  title: string;
  makerName: string;
  /** Epoch ms. */
  submittedAt: number;
  same: TwinReason[];
}

/**
 * Open or effective requests of the last 90 days that share a key with this content, latest first, at most ten: the ten latest of each key are enough to know them,
 * however many there are. A merchant shares its own identifiers with itself, which tells nothing.
 */
export async function twinRequests(db: Db, requestNo: string, merchantNo: string, keys: readonly string[]): Promise<TwinRequest[]> {
  if (keys.length === 0) return [];
  const rows = await db.$client<(Omit<TwinRequest, 'same'> & { keys: string[] })[]>`
    select f.request_no as "requestNo", f.kind, f.state, f.title, f.maker_name as "makerName", (extract(epoch from f.submitted_at) * 1000)::float8 as "submittedAt", array_agg(k.key) as keys
    from unnest(${[...keys]}::text[]) k(key) cross join lateral (
      select r.request_no, r.kind, r.state, r.title, r.maker_name, r.submitted_at
      from request_twin t join request r on r.request_no = t.request_no
      where t.key = k.key and t.submitted_at > now() - make_interval(days => ${LOOK_BACK_DAYS}) and t.request_no <> ${requestNo}
        and (t.key like 'amount:%' or t.merchant_no <> ${merchantNo}) and r.state in ('submitted', 'returned', 'approved', 'failed', 'effective')
      order by t.submitted_at desc limit ${MOST}) f
    group by f.request_no, f.kind, f.state, f.title, f.maker_name, f.submitted_at order by f.submitted_at desc limit ${MOST}`;
  return rows.map(({ keys: shared, ...row }) => ({ ...row, same: [...new Set(shared.map(reasonOf))].toSorted() }));
}
