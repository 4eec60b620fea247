// 提醒 of a user: mentions, hand-overs, results, reminders.
import { and, desc, eq, isNull, type SQL, sql } from 'drizzle-orm';
import { hearers } from '../workflows/rules/notices.ts';
import { involvedIn, type Request, type RequestEvent } from '../workflows/rules/request.ts';
import { type Db, oneStatement, type Reader, type Tx } from './connect.ts';
import { notification, request, requestEvent } from './schema.ts';

/** Part of the statement that saves a request: tells whom its new events concern, each once. */
export function notifying(from: Request): SQL {
  const told = from.events.flatMap((event) => hearers(from, event).map((hearer) => ({ seq: event.seq, at: event.at, ...hearer })));
  if (told.length === 0) return sql`select`;
  return sql`insert into notification (user_code, request_no, seq, at)
    select distinct u.code, ${from.requestNo}, n.seq, to_timestamp(n.at / 1000)
    from jsonb_to_recordset(${JSON.stringify(told)}::jsonb) as n(seq int, at float8, person text, "group" text)
    join app_user u on lower(u.code) = lower(n.person) or (u.code <> all(${sql.param(involvedIn(from))}::text[]) and exists (select 1 from group_member m where m.user_code = u.code and m.group_code = n."group"))
    where u.status = 'active' on conflict do nothing`;
}

export interface Notice {
  requestNo: string;
  seq: number;
  at: Date;
  readAt: Date | null;
  title: string;
  kind: string;
  event: RequestEvent;
}

export const UNREAD_LIMIT = 100;

/** How many are unread, 100 meaning 99+; those of the request that is being read are not. */
export async function unread(db: Db, userCode: string, reading = ''): Promise<number> {
  const [row] = await db.$client<
    { n: number }[]
  >`select count(*)::int as n from (select 1 from notification where user_code = ${userCode} and read_at is null and request_no <> ${reading} limit ${UNREAD_LIMIT}) c`;
  return row?.n ?? 0;
}

/** The latest of a user, newest first. */
export async function notices(db: Reader, userCode: string, limit: number): Promise<Notice[]> {
  return db
    .select({
      requestNo: notification.requestNo,
      seq: notification.seq,
      at: notification.at,
      readAt: notification.readAt,
      title: request.title,
      kind: request.kind,
      event: requestEvent.event,
    })
    .from(notification)
    .innerJoin(request, eq(request.requestNo, notification.requestNo))
    .innerJoin(requestEvent, and(eq(requestEvent.requestNo, notification.requestNo), eq(requestEvent.seq, notification.seq)))
    .where(eq(notification.userCode, userCode))
    .orderBy(desc(notification.at))
    .limit(limit);
}

/** Somebody looks at a request: its notices are read. Most looks find none, and then nothing is written. */
export const readNotices = (db: Db, userCode: string, requestNo: string): Promise<void> => oneStatement(db, (tx) => markRead(tx, userCode, requestNo));

/** Marks those of one request, or all, as read. */
export async function markRead(tx: Tx, userCode: string, requestNo?: string): Promise<void> {
  const mine = and(eq(notification.userCode, userCode), isNull(notification.readAt));
  await tx
    .update(notification)
    .set({ readAt: new Date() })
    .where(requestNo ? and(mine, eq(notification.requestNo, requestNo)) : mine);
}
