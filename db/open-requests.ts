// 在办申请: a record (merchant, terminal, bank line …) serves one open request at a time.
import { eq, inArray } from 'drizzle-orm';
import { kindRule, recordsOf } from '../workflows/rules/kinds.ts';
import type { Request } from '../workflows/rules/request.ts';
import type { Reader, Tx } from './connect.ts';
import { openRequest } from './schema.ts';

/** Takes the records of a request for it; false when another open request has one of them. */
export async function occupy(tx: Tx, request: Request): Promise<boolean> {
  if (kindRule(request.kind).record === null) return true;
  const records = recordsOf(request.kind, request.merchantNo, request.data).toSorted();
  await leave(tx, request);
  if (records.length === 0) return true;
  const values = records.map((record) => ({ record, requestNo: request.requestNo, kind: request.kind }));
  const taken = await tx.insert(openRequest).values(values).onConflictDoNothing().returning({ record: openRequest.record });
  return taken.length === records.length;
}

/** The request is over: its records are free. */
export async function leave(tx: Tx, { kind, requestNo }: Pick<Request, 'kind' | 'requestNo'>): Promise<void> {
  if (kindRule(kind).record !== null) await tx.delete(openRequest).where(eq(openRequest.requestNo, requestNo));
}

/** The open requests of these records. */
export async function openRequestsOf(db: Reader, records: readonly string[]): Promise<{ record: string; requestNo: string; kind: string }[]> {
  return records.length === 0
    ? []
    : db
        .select()
        .from(openRequest)
        .where(inArray(openRequest.record, [...records]));
}
