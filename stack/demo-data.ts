// Demo data: merchants, terminals, top-ups against a statement, and a day of transactions, made as people and terminals make them. `npm start` runs it once, on empty data.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { bankLines } from '../db/bank.ts';
import { closeDb, openDb } from '../db/connect.ts';
import { makeDraft, markAccepted } from '../db/drafts.ts';
import { merchants } from '../db/merchants.ts';
import { findRequest } from '../db/requests.ts';
import { terminals } from '../db/terminals.ts';
import { findActor } from '../db/users.ts';
import { importFile } from '../web/bank/importing.ts';
import type { Command } from '../workflows/rules/command.ts';
import type { Kind } from '../workflows/rules/kinds.ts';
import { readMerchantForm } from '../workflows/rules/merchant-form.ts';
import type { Actor, Content, Submission } from '../workflows/rules/request.ts';
import { readTerminalForm } from '../workflows/rules/terminal-form.ts';
import { shanghaiTime } from '../workflows/rules/time.ts';
import { amountInWords } from '../workflows/rules/words.ts';
import { startingAttributes } from '../workflows/search-attributes.ts';
import { until } from './child.ts';
import { dataConverter } from './codec.ts';
import { loadSettings } from './settings.ts';
import { simulate, usualPlan } from './simulator.ts';
import { memoryOf, type TerminalMemory } from './terminal-client.ts';

/** How long a step may take, ms. */
const PATIENCE_MS = 30_000;
const settings = loadSettings();
const db = openDb(settings.DATABASE_URL, 4);
const connection = await Connection.connect({ address: settings.TEMPORAL_ADDRESS });
const temporal = new Client({ connection, namespace: settings.TEMPORAL_NAMESPACE, dataConverter: dataConverter(settings.PAYLOAD_KEYS) });

async function person(code: string): Promise<Actor> {
  const found = await findActor(db, code);
  if (!found) throw new Error(`${code} is not there`);
  return found;
}

/** Hands a request in; answers its number once it waits for somebody. */
async function handIn(kind: Kind, makerCode: string, content: Content): Promise<string> {
  const actor = await person(makerCode);
  const requestNo = await db.transaction((tx) => makeDraft(tx, kind, makerCode, new Date(), content.data));
  const submission: Submission = { requestNo, kind, actor, reasons: {}, ...content };
  await temporal.workflow.start(kind, {
    workflowId: requestNo,
    taskQueue: settings.TEMPORAL_TASK_QUEUE,
    args: [submission],
    typedSearchAttributes: startingAttributes(kind, makerCode, content),
  });
  await db.transaction((tx) => markAccepted(tx, requestNo));
  await until(requestNo, async () => (await findRequest(db, requestNo)) !== null, PATIENCE_MS);
  return requestNo;
}

/** Each of these approves in turn, of the bank line where there is one. */
async function approve(requestNo: string, codes: readonly string[], lineId?: number): Promise<void> {
  for (const [i, code] of codes.entries()) {
    const revision = (await findRequest(db, requestNo))?.revision ?? 0;
    const line = lineId === undefined ? {} : { line: { id: lineId, override: false } };
    const command: Command = { commandId: `demo/${requestNo}/${i}`, requestNo, action: 'approve', actor: await person(code), revision, reason: '', ...line };
    await temporal.workflow.getHandle(requestNo).signal('decide', command);
    await until(requestNo, async () => ((await findRequest(db, requestNo))?.revision ?? 0) > revision, PATIENCE_MS);
  }
}

interface Shop {
  no: string;
  name: string;
  short: string;
  uscc: string;
  idCard: string;
  mcc: string;
  account: string;
  topUpFen: number;
}
const shops: readonly Shop[] = [
  {
    no: '898210154110001',
    name: '沈阳和泰商贸有限公司',
    short: '和泰商贸',
    uscc: '91210102587500011W',
    idCard: '11010519491231002X',
    mcc: '5411',
    account: '3301020409200123456',
    topUpFen: 3_000_000,
  },
  {
    no: '898210258120001',
    name: '大连蓝湾酒店管理有限公司',
    short: '蓝湾酒店',
    uscc: '91350100M000100Y43',
    idCard: '110105199003070017',
    mcc: '5812',
    account: '3301020409200123457',
    topUpFen: 10_700_053,
  },
  {
    no: '898210154110002',
    name: '沈阳百味超市连锁有限公司',
    short: '百味超市',
    uscc: '91440300708461136T',
    idCard: '440524188001010014',
    mcc: '5411',
    account: '3301020409200123458',
    topUpFen: 4_500_000,
  },
];

const formOf = (shop: Shop) =>
  readMerchantForm({
    merchantNo: shop.no,
    merchantName: shop.name,
    shortName: shop.short,
    uscc: shop.uscc,
    legalRepresentative: '张伟',
    idCardNo: shop.idCard,
    mcc: shop.mcc,
    areaCode: shop.no.slice(3, 7),
    businessAddress: '中山路 100 号',
    businessHours: '09:00-21:00',
    contactName: '刘洋',
    contactMobile: '13800138000',
    accountType: 'corporate',
    openingBankName: '中国工商银行',
    cnapsCode: '102100099996',
    accountName: shop.name,
    settlementAccountNo: shop.account,
    feeRate: '0.38',
  });
const openingOf = (shop: Shop): Content => ({ title: shop.name, merchantNo: shop.no, amountFen: null, data: formOf(shop) });

function topUpOf({ no, name, account }: Shop, fen: number): Content {
  const amount = (fen / 100).toFixed(2);
  return { title: name, merchantNo: no, amountFen: fen, data: { amount, amountInWords: amountInWords(fen), payerName: name, payerAccountNo: account } };
}

/** A statement of our account with what these merchants remitted, as 工行 exports it. */
async function receive(): Promise<void> {
  let balance = 0;
  const yuan = (fen: number) => (fen / 100).toFixed(2);
  const today = shanghaiTime(Date.now()).slice(0, 10);
  const lines = shops.map((shop, i) => {
    balance += shop.topUpFen;
    return `${shop.account},${today} 09:0${i}:00,${shop.name},充值,汇款,,${yuan(balance)},,${yuan(shop.topUpFen)}`;
  });
  const path = join(settings.DATA_DIR, 'demo-statement.csv');
  writeFileSync(path, `账号,3301020409200999888\n对方账号,交易时间,对方单位,用途,摘要,附言,余额,转出金额,转入金额\n${lines.join('\n')}\n`);
  await importFile(db, { path, fileName: '备付金户流水.csv', accountNo: '', importedBy: 'finance1' });
}

async function shopOpens(shop: Shop, serial: number): Promise<TerminalMemory[]> {
  await approve(await handIn('merchantOpening', 'clerk001', openingOf(shop)), ['check001']);
  const line = (await bankLines(db, {}, 50)).find((one) => one.amountFen === shop.topUpFen);
  const levels = shop.topUpFen > 5_000_000 ? ['check001', 'finance1'] : ['check001'];
  await approve(await handIn('topUp', 'clerk001', topUpOf(shop, shop.topUpFen)), levels, line?.id);
  const data = readTerminalForm({
    serialNo: `PAX0000${serial}1\nPAX0000${serial}2`,
    model: 'PAX-S90',
    installAddress: '收银台',
    phone: '024-23456789',
    permitted: 'purchase void refund balance',
  });
  const no = await handIn('terminalRegistration', 'clerk001', { title: shop.name, merchantNo: shop.no, amountFen: null, data });
  await approve(no, ['check001']);
  const rows = await terminals(db, { openedBy: no }, 10);
  return rows.map((row) => memoryOf(settings.TERMINAL_KEY_SECRET, row));
}

if ((await merchants(db, {}, 1)).length === 0) {
  await receive();
  const memories: TerminalMemory[] = [];
  for (const [i, shop] of shops.entries()) memories.push(...(await shopOpens(shop, i)));
  // What waits for a reviewer when somebody looks in for the first time.
  await handIn(
    'merchantOpening',
    'clerk002',
    openingOf({
      ...(shops[0] as Shop),
      no: '898210158120001',
      name: '沈阳老街小吃店',
      short: '老街小吃',
      uscc: '91110105MA00003490',
      account: '3301020409200123459',
      mcc: '5812',
    }),
  );
  await handIn('topUp', 'clerk002', topUpOf(shops[1] as Shop, 1_250_000));
  const { transactions, agreed } = await simulate(`http://127.0.0.1:${settings.PORT}`, memories, { ...usualPlan, count: 240, mostFen: 30_000 });
  console.log(`demo data: ${shops.length} merchants, ${memories.length} terminals, ${transactions} transactions, ${agreed} batches settled`);
}
await connection.close();
await closeDb(db);
