// `npm run build`: everything that production runs, under dist/: compiled JavaScript, the workflow bundle made ahead, and the files they read.
import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleInto } from '../activities/bundle.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = `${root}dist/`;
rmSync(dist, { recursive: true, force: true });
execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '-p', `${root}tsconfig.build.json`], { stdio: 'inherit' });
const sqlFiles = readdirSync(`${root}db`).filter((file) => file.endsWith('.sql'));
for (const kept of ['web/assets', 'db/seed', 'db/migrations', ...sqlFiles.map((file) => `db/${file}`), 'stack/failure-converter.cjs'])
  cpSync(root + kept, dist + kept, { recursive: true });
await bundleInto(`${dist}workflows.bundle.js`);
console.log('built into dist/');
