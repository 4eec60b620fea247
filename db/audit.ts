// 操作日志: written in the transaction of what it tells, never changed.
import { and, desc, eq, lt, type SQL, sql } from 'drizzle-orm';
import type postgres from 'postgres';
import type { Person, RequestEvent } from '../workflows/rules/request.ts';
import type { Reader, Tx } from './connect.ts';
import { auditLog } from './schema.ts';

export interface AuditEntry {
  by: Person;
  action: string;
  object: string;
  detail?: Record<string, unknown>;
  address?: string;
}

export async function audit(tx: Tx, entry: AuditEntry): Promise<void> {
  const { by, action, object, detail = {}, address = null } = entry;
  await tx.insert(auditLog).values({ at: new Date(), actorCode: by.code, actorName: by.name, action, object, detail, address });
}

/** The same within a transaction of the driver's own. */
export async function auditIn(
  tx: postgres.TransactionSql,
  { by, action, object, detail = {}, address = null }: Omit<AuditEntry, 'address'> & { address?: string | null },
): Promise<void> {
  await tx`insert into audit_log (at, actor_code, actor_name, action, object, detail, address)
    values (now(), ${by.code}, ${by.name}, ${action}, ${object}, ${JSON.stringify(detail)}::text::jsonb, ${address})`;
}

/** Commands of one bulk decision carry its id. */
const batchOf = (commandId: string | undefined) => /^bulk:([\w-]+):/.exec(commandId ?? '')?.[1];

/** Part of the statement that saves a request: its new events, each once, however often the save is repeated. */
export function auditing(requestNo: string, events: readonly RequestEvent[]): SQL {
  const rows = events.map((event) => {
    const { seq, at, by, type, level, revision, reason, refusal, tried, to, changes, commandId } = event;
    const detail = { level, revision, reason, refusal, tried, to: to?.code, changed: changes && Object.keys(changes), batch: batchOf(commandId) };
    return { at, code: by?.code ?? 'system', name: by?.name ?? '系统', action: `request.${type}`, detail, once: `${requestNo}/${seq}` };
  });
  return sql`insert into audit_log (at, actor_code, actor_name, action, object, detail, once)
    select to_timestamp(a.at / 1000), a.code, a.name, a.action, ${requestNo}, a.detail, a.once
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as a(at float8, code text, name text, action text, detail jsonb, once text)
    on conflict (once) do nothing`;
}

export interface AuditFilter {
  actor?: string;
  object?: string;
  action?: string;
  /** Business days in Shanghai, `2026-11-25`, both included. */
  from?: string;
  until?: string;
  /** Keyset: entries older than this id. */
  before?: number;
}
export type AuditRow = typeof auditLog.$inferSelect;

export async function auditEntries(db: Reader, filter: AuditFilter, limit: number): Promise<AuditRow[]> {
  const where: SQL[] = [];
  if (filter.actor) where.push(eq(auditLog.actorCode, filter.actor));
  if (filter.object) where.push(eq(auditLog.object, filter.object));
  if (filter.action) where.push(sql`${auditLog.action} like ${`${filter.action}%`}`);
  if (filter.from) where.push(sql`${auditLog.at} >= (${filter.from}::date)::timestamp at time zone 'Asia/Shanghai'`);
  if (filter.until) where.push(sql`${auditLog.at} < (${filter.until}::date + 1)::timestamp at time zone 'Asia/Shanghai'`);
  if (filter.before) where.push(lt(auditLog.id, filter.before));
  return db
    .select()
    .from(auditLog)
    .where(and(...where))
    .orderBy(desc(auditLog.id))
    .limit(limit);
}
