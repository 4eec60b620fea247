// 用户管理, 用户组信息管理 and 模块及权限管理 over HTTP: every change is asked for by one administrator and decided by another. Scenarios 1, 2 and 5.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'drizzle-orm';
import { generateSync } from 'otplib';
import { type AccessRefusal, baseOf, changeAccess, tryAccess } from '../../db/access.ts';
import { auditEntries } from '../../db/audit.ts';
import { findActor, findUser } from '../../db/users.ts';
import { DEMO_PASSWORD } from '../../stack/demo.ts';
import { openWorld, type World } from '../world.ts';
import { decide, openSite, type Person, type Site } from './site.ts';

let world: World;
let site: Site;
let one: Person;
let two: Person;
before(async () => {
  world = await openWorld();
  await world.work();
  site = await openSite(world);
  [one, two] = [await site.signIn('admin001'), await site.signIn('admin002')];
});
after(async () => {
  await site.close();
  await world.close();
});

/** Begins a change (`userGroups:clerk001`) and answers where its form is. */
const begin = async (person: Person, subject: string) => (await person.post('/access-changes', { subject })).location ?? '';
/** Hands a change in; its number, or the page that says why not. */
async function ask(person: Person, subject: string, form: Record<string, string> = {}) {
  const path = await begin(person, subject);
  const answer = await person.post(`${path}/submission`, { reason: '岗位需要', ...form });
  return { no: path.split('/').at(-1) ?? '', ...answer };
}
async function changed(subject: string, form: Record<string, string> = {}): Promise<string> {
  const asked = await ask(one, subject, form);
  assert.equal(asked.status, 303, asked.html.match(/class="msg bad"[^>]*>[^<]+/)?.[0]);
  await decide(two, asked.no, 'approve');
  return asked.no;
}
const stateOf = async (no: string) => (await world.db.execute<{ state: string }>(sql`select state from request where request_no = ${no}`))[0]?.state;
const levelOf = async (no: string) => (await world.db.execute<{ level: number }>(sql`select level from request where request_no = ${no}`))[0]?.level;
const menu = async (person: Person) => /<nav class="menu side"[\s\S]*?<\/nav>/.exec((await person.get('/')).html)?.[0] ?? '';

test('of two administrators the other one cannot decide about themselves: the form and the page name nobody', async () => {
  const path = await begin(one, 'userRename:admin002');
  const form = { userName: '郑管', reason: '改名' };
  assert.match((await one.post(`${path}/check`, form)).html, /目前没有人可以审核此申请/);
  const { no } = await ask(one, 'userRename:admin002', form);
  assert.match((await one.get(`/requests/${no}`)).html, /目前没有人可以处理/);
  await one.post(`/requests/${no}/withdrawal`);
  const other = await begin(one, 'userRename:clerk001');
  assert.match((await one.post(`${other}/check`, form)).html, /可由 郑管理 审核/);
});

test('scenario 1: a new user is asked for, approved by another administrator, signs in with 888888, must change it, and sees only the modules of the groups', async () => {
  for (const [form, said] of [
    [{ userCode: 'clerk01', userName: '王小明' }, '用户编码须为 8 位字母或数字'],
    [{ userCode: 'clerk_01', userName: '王小明' }, '用户编码须为 8 位字母或数字'],
    [{ userCode: 'clerk021', userName: '欧阳小明明' }, '最多 4 个汉字或 8 个字母、数字'],
    [{ userCode: 'CLERK001', userName: '王小明' }, '该编码已存在'],
  ] as const) {
    const refused = await ask(one, 'userCreate', form);
    assert.equal(refused.status, 422);
    assert.match(refused.html, new RegExp(said));
    assert.match(refused.html, new RegExp(`value="${form.userCode}"`), 'what was typed is kept');
    assert.match(refused.html, /aria-invalid="true"/);
  }
  const asked = await ask(one, 'userCreate', { userCode: 'clerk021', userName: '欧阳小明', groups: '02' });
  assert.equal(asked.status, 303);
  assert.equal(await findUser(world.db, 'clerk021'), null, 'nobody before it is approved');
  await decide(two, asked.no, 'approve');
  const person = await site.signIn('clerk021', '888888');
  assert.equal((await person.get('/merchant-openings')).location, '/password');
  await person.get('/password');
  assert.equal((await person.post('/password', { old: '888888', fresh: 'Regen-am-Morgen-7', again: 'Regen-am-Morgen-7' })).status, 200);
  const shown = await menu(person);
  assert.match(shown, /商户开户</);
  assert.doesNotMatch(shown, /用户管理|操作日志|商户开户审核/);
  const told = await auditEntries(world.db, { object: 'clerk021', action: 'access.userCreate' }, 5);
  assert.deepEqual([told[0]?.actorCode, told[0]?.detail.maker], ['admin002', 'admin001']);
});

test('scenario 2: moving a group changes nothing before 应用; approved, it holds at the next click of somebody signed in', async () => {
  const clerk = await site.signIn('clerk002');
  const path = await begin(one, 'userGroups:clerk002');
  // Without a script the button goes to the server, which moves what was chosen.
  const moved = await one.post(`${path}/draft`, { groups: '02', 'groups-out': '06', 'groups-move': 'in' });
  assert.match(moved.html, /name="groups" value="02 06"/);
  assert.doesNotMatch(await menu(clerk), /操作日志/);
  assert.match((await one.get(path)).html, /name="groups" value="02 06"[\s\S]*属于的组/);
  assert.match((await one.get(path)).html, />应用</);
  const handed = await one.post(`${path}/submission`, { groups: '02 06' });
  assert.equal(handed.status, 303);
  assert.doesNotMatch(await menu(clerk), /操作日志/);
  await decide(two, path.split('/').at(-1) ?? '', 'approve');
  assert.match(await menu(clerk), /操作日志/);
  await changed('userGroups:clerk002', { groups: '02' });
  assert.doesNotMatch(await menu(clerk), /操作日志/);
});

test('nobody decides their own change, and nobody changes their own rights: asking, deciding, or through the group they are in', async () => {
  const asked = await ask(one, 'userCreate', { userCode: 'clerk022', userName: '某人' });
  assert.match((await one.post(`/requests/${asked.no}/decision`, { decision: 'approve', revision: '1' })).html, /同一操作员不能审核！/);
  assert.equal(await stateOf(asked.no), 'submitted');
  for (const subject of ['userGroups:admin001', 'userReset:admin001', 'userDisable:admin001', 'userDelete:admin001']) {
    const refused = await ask(one, subject, { groups: '01 06' });
    assert.match(refused.html, /任何人不能变更自己的权限/, subject);
  }
  const group = await ask(one, 'groupRights:01', { rights: 'inbox userManagement groupManagement moduleManagement accessChange accessReview auditLog' });
  assert.match(group.html, /任何人不能变更自己的权限/);
  // The one who decides must not gain by it either: admin001 asks to give admin002 more, and admin002 approves.
  const gift = await ask(one, 'userGroups:admin002', { groups: '01 06' });
  assert.equal(gift.status, 303);
  const answer = await two.post(`/requests/${gift.no}/decision`, { decision: 'approve', revision: '1' });
  assert.match((await two.get(answer.location ?? '/')).html + answer.html, /任何人不能变更自己的权限/);
  assert.deepEqual((await findActor(world.db, 'admin002'))?.groups, ['01']);
  assert.equal(await stateOf(gift.no), 'submitted');
  await one.post(`/requests/${gift.no}/withdrawal`);
});

test('duties that may not meet are refused with whom they would meet in; so is a plan that nobody could decide, and the last administrators going', async () => {
  const both = await ask(one, 'userGroups:clerk001', { groups: '02 03' });
  assert.equal(both.status, 422);
  assert.match(both.html, /不相容岗位不能由同一人担任/);
  assert.match(both.html, /冲突:clerk001 商户开户×商户开户审核/);
  assert.match((await ask(one, 'groupRights:03', { rights: 'inbox merchantReview terminalReview topUpReview merchantOpening' })).html, /不相容岗位/);
  assert.match((await ask(one, 'userGroups:check001', { groups: '01 03' })).html, /不相容岗位/);
  assert.match((await ask(one, 'groupRights:05', { rights: 'inbox' })).html, /变更后将无人可审/);
  assert.match((await ask(one, 'groupDisable:04')).html, /变更后将无人可审/);
  assert.match((await ask(one, 'moduleDisable:quota')).html, /变更后将无人可审/);
  assert.match((await ask(one, 'userDisable:admin002')).html, /至少须保留两名/);
  assert.match((await ask(one, 'groupDelete:02')).html, /该组仍有用户/);
  assert.match((await ask(one, 'moduleDelete:system')).html, /该模块下仍有功能/);
});

test('a conflict that comes up between asking and deciding is found when deciding', async () => {
  const [first, second] = [await ask(one, 'userGroups:clerk021', { groups: '02 06' }), await ask(one, 'groupRights:06', { rights: 'auditLog merchantReview' })];
  assert.deepEqual([first.status, second.status], [303, 303]);
  await decide(two, second.no, 'approve');
  await decide(two, first.no, 'approve');
  // 06 decides nothing, so its right to review is of no use; as a decider it would be a conflict.
  assert.deepEqual((await findActor(world.db, 'clerk021'))?.groups, ['02', '06']);
  await changed('groupRights:06', { rights: 'auditLog merchantInfo terminalInfo ledger reveal passwordChange' });
  const stale = await begin(one, 'userGroups:clerk021');
  await one.post(`${stale}/draft`, { groups: '02 05' });
  await changed('userGroups:clerk021', { groups: '02' });
  const late = await one.post(`${stale}/submission`, { groups: '02 05' });
  assert.match(late.html, /该记录已变更/);
});

test('删除: who left a trace is disabled, who left none is erased; 停用 and 重置密码 end every session at once', async () => {
  await changed('userCreate', { userCode: 'clerk023', userName: '无痕', groups: '02' });
  await changed('userDelete:clerk023');
  assert.equal(await findUser(world.db, 'clerk023'), null);
  const clerk = await site.signIn('clerk021', 'Regen-am-Morgen-7');
  await changed('userReset:clerk021');
  assert.match((await clerk.get('/')).location ?? '', /^\/sign-in/);
  const again = await site.signIn('clerk021', '888888');
  assert.equal((await again.get('/merchant-openings')).location, '/password');
  await changed('userDelete:clerk021');
  assert.equal((await findUser(world.db, 'clerk021'))?.status, 'disabled');
  assert.match((await again.get('/')).location ?? '', /^\/sign-in/);
  await assert.rejects(site.signIn('clerk021', '888888'), /422/);
  await changed('userEnable:clerk021');
  await site.signIn('clerk021', '888888');
});

test('groups and modules: made, renamed, stopped, given rights in both matrices, removed', async () => {
  assert.match((await ask(one, 'groupCreate', { groupCode: '0', nameZh: '短', nameEn: 'short' })).html, /组编码须为 2 位字母或数字/);
  await changed('groupCreate', { groupCode: '07', nameZh: '风险管理', nameEn: 'Risk' });
  await changed('groupRights:07', { rights: 'merchantInfo' });
  await changed('userGroups:clerk021', { groups: '02 07' });
  assert.ok((await findActor(world.db, 'clerk021'))?.rights.includes('merchantInfo'));
  assert.match((await one.get('/groups/07')).html, /风险管理/);
  await changed('moduleRights:audit', { matrix: 'auditLog:06 auditLog:07 reveal:02 reveal:03 reveal:04 reveal:05 reveal:06' });
  assert.ok((await findActor(world.db, 'clerk021'))?.rights.includes('auditLog'));
  assert.match((await one.get('/functions/auditLog')).html, /clerk021/);
  await changed('groupDisable:07');
  assert.ok(!(await findActor(world.db, 'clerk021'))?.rights.includes('auditLog'));
  await changed('userGroups:clerk021', { groups: '02' });
  await changed('groupDelete:07');
  assert.equal((await one.get('/groups/07')).status, 404);
  await changed('moduleCreate', { moduleCode: 'risk', nameZh: '风险', nameEn: 'Risk', sort: '9', parent: 'merchants' });
  assert.match((await ask(one, 'moduleChange:merchants', { nameZh: '商户管理', nameEn: 'Merchants', sort: '1', parent: 'risk' })).html, /目前不能办理/);
  await changed('moduleDelete:risk');
  // A module that is switched off shows nothing and opens nothing.
  const auditor = await site.signIn('audit001');
  await changed('moduleDisable:audit');
  assert.doesNotMatch(await menu(auditor), /操作日志/);
  assert.equal((await auditor.get('/audit')).status, 403);
  await changed('moduleEnable:audit');
  assert.equal((await auditor.get('/audit')).status, 200);
});

test('解锁 and 强制下线 act at once and are on record; a second administrator is not needed because nobody gains by it', async () => {
  const thief = site.visit();
  await thief.get('/sign-in');
  for (let i = 0; i < 5; i++) await thief.post('/sign-in', { account: 'check002', password: 'x', next: '/' });
  assert.equal((await thief.post('/sign-in', { account: 'check002', password: 'x', next: '/' })).status, 429);
  assert.match((await one.get('/users?q=check002')).html, /已锁定/);
  await one.post('/users/check002/unlocking');
  const person = await site.signIn('check002');
  await one.post('/users/check002/sessions');
  assert.match((await person.get('/')).location ?? '', /^\/sign-in/);
  const told = await auditEntries(world.db, { object: 'check002', actor: 'admin001' }, 5);
  assert.deepEqual(
    told.map((entry) => entry.action),
    ['sessions.ended', 'user.unlocked'],
  );
});

test('from an amount on an approval asks for a one-time code again: on the page, and in bulk it is not possible at all', async () => {
  await world.db.execute(sql`update policy set value = '100' where key = 'totp.askAbove'`);
  const strict = await openSite(world);
  const [clerk, finance] = [await strict.signIn('clerk001'), await strict.signIn('finance1')];
  const path = (await clerk.post('/adjustments')).location ?? '';
  const form = { debitAccount: '1221.01', creditAccount: '2241.21', amount: '1.00', reason: '核对' };
  assert.equal((await clerk.post(`${path}/submission`, form)).status, 303);
  const no = path.split('/').at(-1) ?? '';
  const approve = (code = '') => finance.post(`/requests/${no}/decision`, { decision: 'approve', revision: '1', code });
  for (let i = 0; i < 40 && !(await finance.get(`/requests/${no}`)).html.includes('name="code"'); i++) await new Promise((resolve) => setTimeout(resolve, 100));
  assert.match((await approve()).html, /请先在个人设置中启用/);
  await finance.post('/totp/beginning', { password: DEMO_PASSWORD });
  const secret = /class="mono">([A-Z2-7]{16,})</.exec((await finance.get('/totp')).html)?.[1] ?? '';
  const code = (shift: number) => generateSync({ secret, epoch: Math.floor(Date.now() / 1000) + shift });
  await finance.post('/totp/confirmation', { code: code(-30) });
  assert.match((await approve('000000')).html, /动态口令不正确或已用过/);
  assert.match((await approve(code(-30))).html, /动态口令不正确或已用过/, 'used when it was confirmed');
  const bulk = await finance.post('/inbox/bulk/decision', { decision: 'approve', item: `${no}:1`, batch: 'b1', from: '', reason: '' });
  assert.match((await finance.get(bulk.location ?? '/')).html, /动态口令/);
  assert.deepEqual(await levelOf(no), 1);
  assert.equal((await approve(code(0))).status, 303);
  assert.deepEqual(await levelOf(no), 2);
  await world.db.execute(sql`update policy set value = 'off' where key = 'totp.askAbove'`);
  await world.db.execute(sql`delete from totp`);
  await strict.close();
});

test('what cannot be written into the log does not happen', async () => {
  await world.asOwner('revoke insert on audit_log from zhangfang_app');
  assert.equal((await one.post('/users/check001/unlocking')).status, 500);
  const asked = await ask(one, 'userRename:clerk002', { userName: '陈改名' });
  await world.asOwner('grant insert on audit_log to zhangfang_app');
  for (let i = 0; i < 100 && (await stateOf(asked.no)) === undefined; i++) await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(await stateOf(asked.no), 'returned');
  assert.equal((await findUser(world.db, 'clerk002'))?.name, '陈录入');
});

test('a change waits for the one before it, and then sees what that one brought about', async () => {
  const change = async (act: 'groupRights' | 'userGroups', id: string, form: Record<string, string>) => {
    const one = { act, id, form };
    return { one, base: await baseOf(world.db, one) };
  };
  const first = await change('groupRights', '06', { rights: 'auditLog merchantInfo userManagement' });
  const second = await change('userGroups', 'check002', { groups: '03 06' });
  let later: Promise<AccessRefusal | null> | undefined;
  await world.db
    .transaction(async (tx) => {
      assert.equal(await changeAccess(tx, first.one, first.base, ['admin001', 'admin002'], 'x'), null);
      later = tryAccess(world.db, second.one, second.base, ['admin001', 'admin002']);
      await new Promise((resolve) => setTimeout(resolve, 300));
    })
    .then(() => undefined);
  assert.equal((await later)?.fault, 'duty_conflict');
  await changed('groupRights:06', { rights: 'auditLog merchantInfo terminalInfo ledger reveal passwordChange' });
});

test('two changes that may not both hold, approved in the same moment: one holds, the other is told why', async () => {
  const [first, second] = [
    await ask(one, 'groupRights:06', { rights: 'auditLog merchantInfo userManagement' }),
    await ask(two, 'userGroups:check001', { groups: '03 06' }),
  ];
  assert.deepEqual([first.status, second.status], [303, 303]);
  const approve = (person: Person, no: string) => person.post(`/requests/${no}/decision`, { decision: 'approve', revision: '1' });
  await Promise.all([approve(two, first.no), approve(one, second.no)]);
  const states = [await stateOf(first.no), await stateOf(second.no)];
  assert.deepEqual(states.toSorted(), ['effective', 'submitted']);
  const rights = (await findActor(world.db, 'check001'))?.rights ?? [];
  assert.ok(!(rights.includes('merchantReview') && rights.includes('userManagement')));
});
