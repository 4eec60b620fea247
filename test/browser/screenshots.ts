// `npm run screenshots`: every page at 1440×900, 1024×768 and 390×844, light and dark, into docs/screenshots; the README's picture is one of them.
import { copyFileSync, mkdirSync } from 'node:fs';
import { DEMO_PASSWORD } from '../../stack/demo.ts';
import { m1 } from '../cast.ts';
import { moneyOf } from '../money.ts';
import { startServers } from '../servers.ts';
import { storiesOf } from '../stories.ts';
import { decide, freshForm, openSite, submitOpening } from '../web/site.ts';
import { openBrowser } from './chromium.ts';

const sizes = [
  [1440, 900],
  [1024, 768],
  [390, 844],
] as const;
const servers = await startServers(console.log, 1);
Object.assign(process.env, servers.env);
const { openWorld } = await import('../world.ts');
const world = await openWorld();
const site = await openSite(world);
await world.work();
const browser = await openBrowser();
const folder = 'docs/screenshots';
mkdirSync(folder, { recursive: true });

async function prepare() {
  const [clerk, check] = [await site.signIn('clerk001'), await site.signIn('check001')];
  const names = ['抚顺百味餐饮店', '鞍山嘉会超市连锁', '本溪老街百货', '大连蓝湾酒店管理有限公司'];
  const numbers: string[] = [];
  for (const merchantName of names)
    numbers.push(await submitOpening(clerk, freshForm({ merchantName, shortName: merchantName.slice(0, 8), accountName: merchantName })));
  const [first = '', second = ''] = numbers;
  await decide(check, first, 'approve');
  const form = freshForm({ merchantName: '营口海岸旅行社有限公司' });
  const amended = await submitOpening(clerk, form);
  await decide(clerk, amended, 'approve');
  await decide(check, amended, 'return', '营业时间与门店公示不一致');
  await clerk.post(`/merchant-openings/${amended}/submission`, { ...form, businessHours: '08:00-22:00', contactMobile: '13900139000' });
  const draft = (await clerk.post('/merchant-openings')).location ?? '';
  await clerk.post(`${draft}/draft`, freshForm({ uscc: '91350100M000100Y45' }));
  return { amended, second, draft, merchantNo: form.merchantNo ?? '' };
}

/** Administration: two forms, and a change that waits for the other administrator. */
async function prepareAccess() {
  const admin = await site.signIn('admin001');
  const begin = async (subject: string) => (await admin.post('/access-changes', { subject })).location ?? '';
  const asked = await begin('userGroups:clerk002');
  await admin.post(`${asked}/submission`, { groups: '02 06', reason: '兼任审计资料整理' });
  return { groups: await begin('userGroups:check002'), rights: await begin('groupRights:03'), asked: `/inbox/${asked.split('/').at(-1)}` };
}

/** Money: a statement, a top-up that waits beside its line, terminals. */
async function prepareMoney() {
  const stories = storiesOf(() => world);
  const { openMerchant, receive } = moneyOf(() => world, stories);
  const merchantNo = await openMerchant();
  await receive(10_700_053);
  await receive(800_000, { name: '某某个人', account: '6222020200012345670', note: '货款' });
  const clerk = await site.signIn('clerk001');
  const begin = async (base: string) => (await clerk.post(base, { subject: merchantNo })).location ?? '';
  const topUp = await begin('/top-ups');
  const form = { amount: '107,000.53', amountInWords: '壹拾万柒仟元零伍角叁分', payerName: m1.accountName, payerAccountNo: m1.settlementAccountNo };
  await clerk.post(`${topUp}/submission`, form);
  const terminals = await begin('/terminal-registrations');
  await clerk.post(`${terminals}/submission`, {
    serialNo: 'PAX00000001\nPAX00000002',
    model: 'PAX-S90',
    installAddress: '沈阳市和平区中山路 100 号',
    phone: '024-23456789',
    permitted: 'purchase',
  });
  return { merchantNo, topUp: topUp.split('/').pop() ?? '', form: await begin('/top-ups'), registration: terminals.split('/').pop() ?? '' };
}

const { amended, draft } = await prepare();
const money = await prepareMoney();
const access = await prepareAccess();
const pages: [string, string | null, string][] = [
  ['sign-in', null, '/sign-in'],
  ['home', 'clerk001', '/'],
  ['openings', 'clerk001', '/merchant-openings'],
  ['form', 'clerk001', draft],
  ['inbox', 'check001', '/inbox'],
  ['request', 'check001', `/requests/${amended}`],
  ['merchants', 'check001', '/merchants'],
  ['audit', 'audit001', '/audit'],
  ['history', 'audit001', `/requests/${amended}/history`],
  ['password', 'admin001', '/password'],
  ['split', 'check001', `/inbox/${amended}`],
  ['top-ups-new', 'clerk001', '/top-ups/new'],
  ['top-up-form', 'clerk001', money.form],
  ['top-up', 'check001', `/inbox/${money.topUp}?kind=topUp`],
  ['registration', 'check001', `/inbox/${money.registration}`],
  ['bank-lines', 'finance1', '/bank-lines'],
  ['matching', 'finance1', '/bank-lines/matching'],
  ['ledger', 'finance1', '/ledger'],
  ['merchant', 'check001', `/merchants/${money.merchantNo}`],
  ['terminals', 'check001', '/terminals'],
  ['notices', 'clerk001', '/notifications'],
  ['desk', 'check001', '/desk'],
  ['policies', 'admin001', '/policy-changes/new'],
  ['home-reviewer', 'check001', '/'],
  ['users', 'admin001', '/users'],
  ['user', 'admin001', '/users/clerk001'],
  ['groups', 'admin001', '/groups'],
  ['group', 'admin001', '/groups/03'],
  ['modules', 'admin001', '/modules'],
  ['module', 'admin001', '/modules/quota'],
  ['user-groups', 'admin001', access.groups],
  ['group-rights', 'admin001', access.rights],
  ['access-change', 'admin002', access.asked],
  ['areas', 'admin001', '/public-information/areas'],
  ['announcements', 'admin001', '/announcements'],
  ['totp', 'check001', '/totp'],
];

const looks = [
  ...sizes.flatMap(([width, height]) => (['light', 'dark'] as const).map((colorScheme) => ({ width, height, colorScheme, language: 'zh' }))),
  { width: 1280, height: 800, colorScheme: 'light', language: 'en' },
  // What 200 % zoom leaves of 1440 × 900.
  { width: 720, height: 450, colorScheme: 'light', language: 'zh' },
] as const;
// `ONLY=users npm run screenshots`: the pages of one name.
for (const [name, code, path] of pages.filter(([one]) => !process.env.ONLY || process.env.ONLY.split(',').includes(one))) {
  for (const { width, height, colorScheme, language } of looks) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme, locale: 'zh-CN' });
    await context.addCookies([{ name: 'zf_lang', value: language, url: site.base }]);
    const page = await context.newPage();
    if (code) {
      await page.goto(`${site.base}/sign-in`);
      await page.fill('[name=account]', code);
      await page.fill('[name=password]', DEMO_PASSWORD);
      await page.click('button.primary');
      await page.waitForURL((url) => !url.pathname.includes('sign-in'));
    }
    await page.goto(site.base + path);
    await page.screenshot({ path: `${folder}/${name}-${width}-${colorScheme}${language === 'en' ? '-en' : ''}.png` });
    await context.close();
  }
  console.log(`${name}: ${looks.length} pictures`);
}
if (!process.env.ONLY) copyFileSync(`${folder}/request-1440-light.png`, 'docs/request.png');
await browser.close();
await site.close();
await world.close();
await servers.close();
process.exit(0);
