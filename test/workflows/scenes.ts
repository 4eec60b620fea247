// One scene for each kind of request: what stands before it, who asks, who decides, and what its record looks like.
import { sql } from 'drizzle-orm';
import { findLine } from '../../db/bank.ts';
import { findQuota } from '../../db/ledger.ts';
import { findMerchant, merchantVersions } from '../../db/merchants.ts';
import { openRequestsOf } from '../../db/open-requests.ts';
import { policyValue } from '../../db/reference.ts';
import { findTerminal, terminals } from '../../db/terminals.ts';
import { findActor } from '../../db/users.ts';
import { type Kind, recordsOf as occupied } from '../../workflows/rules/kinds.ts';
import type { Actor, Submission } from '../../workflows/rules/request.ts';
import { amountInWords } from '../../workflows/rules/words.ts';
import { check001, command, finance1, leader01, m1, opening, request } from '../cast.ts';
import { moneyOf } from '../money.ts';
import { change, recordsOf, registration, simple } from '../records.ts';
import type { storiesOf } from '../stories.ts';
import type { World } from '../world.ts';

/** How each kind may go; a history of each is kept as `KIND.PATH`. */
export const pathNames = ['approved', 'rejected', 'withdrawn', 'amended', 'returned-withdrawn', 'expired'] as const;
export type PathName = (typeof pathNames)[number];

export interface Scene {
  submission: Submission;
  maker: Actor;
  /** One person for each level. */
  deciders: readonly Actor[];
  /** The bank line that the first approval names. */
  line?: number;
  /** What the request is about, as the database has it now. */
  record(): Promise<unknown>;
}

const adminRights = ['inbox', 'accessChange', 'accessReview', 'policyChange', 'userManagement', 'groupManagement', 'moduleManagement'];
const admin001: Actor = { code: 'admin001', name: '吴管理', groups: ['01'], rights: adminRights };
const admin002: Actor = { code: 'admin002', name: '郑管理', groups: ['01'], rights: adminRights };
const money = [finance1, leader01];
let people = 0;

type Scenes = Record<string, () => Promise<Scene>>;

export function scenesOf(world: () => World, stories: ReturnType<typeof storiesOf>): Record<Kind, () => Promise<Scene>> {
  const scenes: Scenes = { ...ofRecords(world, stories), ...ofMoney(world, stories), ...ofRules(world) };
  return scenes as Record<Kind, () => Promise<Scene>>;
}

/** How a scene of one world is made. */
function stage(world: () => World) {
  /** Rejected and never there are the same here: an opening that came to nothing leaves such a record. */
  const seen = (status: string | undefined) => (status === 'rejected' ? undefined : status);
  const merchant = async (merchantNo: string) => ({
    status: seen((await findMerchant(world().db, merchantNo))?.status),
    versions: (await merchantVersions(world().db, merchantNo)).map(({ version, form }) => [version, form.businessHours]),
    terminals: (await terminals(world().db, { merchantNo }, 20)).map((row) => [row.terminalNo, seen(row.status)]).filter(([, status]) => status),
    quota: await findQuota(world().db, merchantNo),
  });
  const scene = (submission: Submission, deciders: readonly Actor[], record: () => Promise<unknown>, more: Partial<Scene> = {}): Scene => ({
    submission,
    maker: submission.actor,
    deciders,
    async record() {
      const { kind, merchantNo, data } = submission;
      const free = (await openRequestsOf(world().db, occupied(kind, merchantNo, data))).length === 0;
      return { free, record: await record() };
    },
    ...more,
  });
  const ofMerchant = (submission: Submission, deciders: readonly Actor[] = [check001], more: Partial<Scene> = {}) =>
    scene(submission, deciders, () => merchant(submission.merchantNo), more);
  const line = (id: number) => async () => (await findLine(world().db, id))?.use?.state;

  return { scene, merchant, ofMerchant, line };
}

function ofRecords(world: () => World, stories: ReturnType<typeof storiesOf>): Scenes {
  const { start, approve } = stories;
  const { openMerchant } = moneyOf(world, stories);
  const { registered } = recordsOf(world, stories);
  const { scene, ofMerchant } = stage(world);
  const frozen = async () => {
    const merchantNo = await openMerchant();
    await approve(await start(simple('merchantFreeze', merchantNo)));
    return merchantNo;
  };

  return {
    merchantOpening: async () => ofMerchant(opening()),
    merchantChange: async () => ofMerchant(change(await openMerchant(), { businessHours: '07:00-23:00' })),
    merchantFreeze: async () => ofMerchant(simple('merchantFreeze', await openMerchant())),
    merchantRestore: async () => ofMerchant(simple('merchantRestore', await frozen())),
    async merchantCancellation() {
      const merchantNo = await openMerchant();
      await registered(merchantNo);
      return ofMerchant(simple('merchantCancellation', merchantNo));
    },
    terminalRegistration: async () => ofMerchant(registration(await openMerchant(), 2)),
    async terminalChange() {
      const merchantNo = await openMerchant();
      const [terminalNo = ''] = await registered(merchantNo);
      const row = async () => findTerminal(world().db, terminalNo);
      const data = { ...(await row())?.form, terminalNo, installAddress: '大连市中山区 8 号', baseVersion: '1' };
      return scene(request('terminalChange', { merchantNo, title: m1.merchantName, data }), [check001], async () => {
        const now = await row();
        return [now?.status, now?.version, now?.installAddress];
      });
    },
    async terminalCancellation() {
      const merchantNo = await openMerchant();
      const [terminalNos = ''] = await registered(merchantNo);
      return ofMerchant(request('terminalCancellation', { merchantNo, title: m1.merchantName, data: { terminalNos, reason: '撤机' } }));
    },
  };
}

function ofMoney(world: () => World, stories: ReturnType<typeof storiesOf>): Scenes {
  const { say, view } = stories;
  const { receive, openMerchant, topUp } = moneyOf(world, stories);
  const { scene, ofMerchant, line } = stage(world);
  const toppedUp = async (fen: number) => {
    const merchantNo = await openMerchant();
    const received = await receive(fen);
    const handle = await topUp(merchantNo, fen);
    await say(handle, 'decide', command('approve', check001, (await view(handle)).revision, { line: { id: received.line, override: false } }));
    return { merchantNo, topUpNo: handle.workflowId };
  };

  return {
    async topUp() {
      const merchantNo = await openMerchant();
      const received = await receive(10_700_053);
      const data = { amount: '107000.53', amountInWords: amountInWords(10_700_053), payerName: m1.accountName, payerAccountNo: m1.settlementAccountNo };
      const submission = request('topUp', { merchantNo, title: m1.merchantName, amountFen: 10_700_053, data });
      const record = async () => [await findQuota(world().db, merchantNo), await line(received.line)()];
      return scene(submission, [check001, finance1], record, { line: received.line });
    },
    async topUpVoid() {
      const { merchantNo, topUpNo } = await toppedUp(300_000);
      const data = { topUpNo, reason: '重复入账' };
      return ofMerchant(request('topUpVoid', { merchantNo, title: m1.merchantName, amountFen: 300_000, data }), money);
    },
    async quotaRefund() {
      const { merchantNo } = await toppedUp(200_000);
      const submission = request('quotaRefund', { merchantNo, title: m1.merchantName, amountFen: 150_000, data: { reason: '停业' } });
      return ofMerchant(submission, [check001, finance1]);
    },
    async lineReturn() {
      const received = await receive(80_000, { name: '某某个人', account: '6222020200012345670' });
      const data = { lineId: String(received.line), reason: '非我司商户' };
      return scene(request('lineReturn', { title: '某某个人', amountFen: 80_000, data }, finance1), [leader01], line(received.line));
    },
    async adjustment() {
      const data = { debitAccount: '1221.01', debitOwner: '', creditAccount: '2241.21', creditOwner: '', reason: '核对' };
      const [row] = await world().db.execute<{ n: number }>(sql`select count(*)::int as n from journal_entry`);
      const before = row?.n ?? 0;
      return scene(request('adjustment', { title: '核对', amountFen: 100, data }), money, async () => {
        const [now] = await world().db.execute<{ n: number }>(sql`select count(*)::int as n from journal_entry`);
        return (now?.n ?? 0) - before;
      });
    },
  };
}

function ofRules(world: () => World): Scenes {
  const { scene } = stage(world);
  return {
    async accessChange() {
      const id = `staff${String(++people).padStart(3, '0')}`;
      const base = JSON.stringify({ userCode: '', userName: '', groups: '' });
      const data = { act: 'userCreate', id, subject: `user:${id}`, base, userCode: id, userName: '新来的', groups: '02', reason: '' };
      return scene(request('accessChange', { title: id, data }, admin001), [admin002], async () => (await findActor(world().db, id))?.groups);
    },
    async policyChange() {
      const value = () => policyValue(world().db, 'time.claim');
      const before = (await value()) ?? '';
      const data = { policyKey: 'time.claim', policyValue: String(Number(before) + 1), policyBefore: before, reason: '试行' };
      return scene(request('policyChange', { title: 'time.claim', data }, admin001), [leader01], value);
    },
  };
}
