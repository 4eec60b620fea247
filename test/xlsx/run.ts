// `npm run check:xlsx`: every report of a small day is exported, opened by LibreOffice, saved by it, and compared cell by cell with openpyxl; a text that looks like a formula is among them.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { totalsOf } from '../../workflows/rules/batches.ts';
import { reportNames } from '../../workflows/rules/reports.ts';
import { startServers } from '../servers.ts';

/** LibreOffice, from Debian's package where it is missing and we may. */
function office(): string {
  for (const program of ['soffice', 'libreoffice'])
    try {
      execFileSync(program, ['--version'], { stdio: 'ignore' });
      return program;
    } catch {
      // the next one
    }
  console.log('LibreOffice is missing: installing the Debian package libreoffice-calc …');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  execFileSync('apt-get', ['update', '-qq'], { stdio: 'inherit' });
  execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'libreoffice-calc'], { stdio: ['ignore', 'ignore', 'inherit'], env });
  return 'soffice';
}

/** openpyxl in a Python environment of its own, outside the clone. */
function python(): string {
  const home = join(homedir(), '.cache/zhangfang/openpyxl-3.1.5');
  if (!existsSync(join(home, 'bin/python'))) {
    console.log('installing openpyxl …');
    execFileSync('python3', ['-m', 'venv', home]);
    execFileSync(join(home, 'bin/pip'), ['--quiet', 'install', 'openpyxl==3.1.5'], { stdio: 'inherit' });
  }
  return join(home, 'bin/python');
}

const [program, interpreter] = [office(), python()];
const servers = await startServers(console.log, 1);
Object.assign(process.env, servers.env);
const { openWorld } = await import('../world.ts');
const { onlineOf } = await import('../online.ts');
const { openSite, signInAt } = await import('../web/site.ts');
const { download } = await import('../reports/book.ts');
const world = await openWorld();
await world.work();
const site = await openSite(world);
const { openShop, topUp, view } = onlineOf(
  () => world,
  () => site.base,
);
const shop = await openShop(500_000, 1, { merchantName: '=HYPERLINK("x")&商店_x0041_' });
const [t1] = shop.terminals;
assert.ok(t1);
for (let n = 0; n < 40; n++) await t1.purchase(1000 + n * 7);
await t1.void({ traceNo: t1.memory.traceNo }, 1000 + 39 * 7);
await t1.purchase(90_000_000);
// A 冲正 of a settled batch, for the report of what terminals and we tell differently.
await t1.purchase(777);
const { batchNo, traceNo, items } = t1.memory;
await t1.settle(totalsOf(items));
assert.equal((await t1.reverse(traceNo, '98', batchNo)).code, '12');
// One that waits, for the report of what waits.
await view(await topUp(shop.merchantNo, 12_345));
const leader = await signInAt(site.base, 'leader01');
let wrong = 0;
for (const name of reportNames) {
  const { bytes, fileName } = await download(leader, name, { period: 'today' });
  const [made, opened] = [join(world.dir, `${name}.xlsx`), join(world.dir, 'opened')];
  writeFileSync(made, bytes);
  mkdirSync(opened, { recursive: true });
  execFileSync(
    program,
    ['--headless', `-env:UserInstallation=file://${join(world.dir, 'office')}`, '--convert-to', 'xlsx:Calc MS Excel 2007 XML', '--outdir', opened, made],
    { stdio: 'ignore' },
  );
  try {
    const said = execFileSync(interpreter, ['test/xlsx/compare.py', made, join(opened, `${name}.xlsx`)], { encoding: 'utf8' });
    console.log(`✔ ${name}: ${fileName}: ${said.trim()} cells, the same in LibreOffice and openpyxl`);
  } catch (error) {
    wrong += 1;
    console.log(`✖ ${name}: ${(error as { stdout?: string }).stdout ?? error}`);
  }
}
await site.close();
await world.close();
await servers.close();
process.exit(wrong === 0 ? 0 : 1);
