// `npm run ledger:check`: whether the books of a running installation hold. Ends with 1 when they do not.
import { closeDb, openDb } from '../db/connect.ts';
import { trialBalance } from '../db/ledger.ts';
import { ledgerFaults } from '../db/ledger-check.ts';
import { showFen } from '../workflows/rules/money.ts';
import { stackEnv } from './place.ts';
import { loadSettings } from './settings.ts';

const settings = loadSettings({ ...process.env, ...stackEnv() });
const db = openDb(settings.DATABASE_URL, 2);
const rows = await trialBalance(db);
const total = (side: 'debitFen' | 'creditFen') => rows.reduce((sum, row) => sum + row[side], 0);
for (const row of rows)
  console.log(`${row.account} ${row.owner.padEnd(24)} Dr ${showFen(row.debitFen).padStart(20)}  Cr ${showFen(row.creditFen).padStart(20)}`);
console.log(`${''.padEnd(32)} Dr ${showFen(total('debitFen')).padStart(20)}  Cr ${showFen(total('creditFen')).padStart(20)}`);
const faults = await ledgerFaults(db);
for (const fault of faults) console.log(fault);
console.log(faults.length === 0 ? 'the books hold' : `${faults.length} faults`);
await closeDb(db);
process.exitCode = faults.length === 0 ? 0 : 1;
