// Workflow code is bundled once per state of its sources and kept, so that a worker starts at once.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';

const root = fileURLToPath(new URL('..', import.meta.url));
const failureConverterPath = join(root, 'stack/failure-converter.cjs');

/** Code of all workflows as one script, with what it was made from as its name. */
export async function workflowBundle(): Promise<{ codePath: string }> {
  const kept = join(root, 'node_modules/.cache/zhangfang', `workflows-${sourceHash()}.js`);
  if (!existsSync(kept)) {
    const { code } = await bundleWorkflowCode({ workflowsPath: join(root, 'workflows/index.ts'), failureConverterPath, logger: quiet });
    mkdirSync(join(kept, '..'), { recursive: true });
    writeFileSync(`${kept}.${process.pid}`, code);
    renameSync(`${kept}.${process.pid}`, kept);
  }
  return { codePath: kept };
}

function sourceHash(): string {
  const hash = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(readFileSync(failureConverterPath));
  const files = readdirSync(join(root, 'workflows'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .sort();
  for (const file of files) hash.update(file).update(readFileSync(join(root, 'workflows', file)));
  return hash.digest('hex').slice(0, 16);
}

const nothing = () => undefined;
const quiet = { log: nothing, trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };
