// What `npm start` and the other scripts run first, with nothing but Node: installs the locked packages when they are missing or outdated, then runs the script; flags before its name are Node's.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const given = process.argv.slice(2);
const flags = given.slice(
  0,
  given.findIndex((one) => !one.startsWith('--')),
);
const [script, ...args] = given.slice(flags.length);
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 14)) {
  console.error(`Node 20.14 or newer is needed; this is ${process.version}.`);
  process.exit(1);
}

const stamp = `${root}node_modules/.cache/zhangfang/lock`;
const lock = createHash('sha256')
  .update(readFileSync(`${root}package-lock.json`))
  .digest('hex');
const installed = existsSync(stamp) ? readFileSync(stamp, 'utf8') === lock : false;
if (!installed) {
  console.log('installing packages …');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
  mkdirSync(`${root}node_modules/.cache/zhangfang`, { recursive: true });
  writeFileSync(stamp, lock);
}

const child = spawn(process.execPath, [...flags, '--import', 'tsx', `${root}${script}`, ...args], { cwd: root, stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.once('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
