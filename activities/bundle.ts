// Workflow code is bundled once per state of its sources and kept, so that a worker starts at once.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BundleOptions, bundleWorkflowCode } from '@temporalio/worker';

type Configuration = Parameters<NonNullable<BundleOptions['webpackConfigHook']>>[0];

const root = fileURLToPath(new URL('..', import.meta.url));
const failureConverterPath = join(root, 'stack/failure-converter.cjs');
/** Made ahead by `npm run build`. */
const builtAhead = join(root, 'workflows.bundle.js');

/** Code of all workflows as one script: made ahead by the build, or kept with what it was made from as its name. */
export async function workflowBundle(): Promise<{ codePath: string }> {
  if (existsSync(builtAhead)) return { codePath: builtAhead };
  const kept = join(root, 'node_modules/.cache/zhangfang', `workflows-${sourceHash()}.js`);
  if (!existsSync(kept)) await bundleInto(kept);
  return { codePath: kept };
}

/** Bundles the workflows into a file, which is there whole or not at all. */
export async function bundleInto(file: string): Promise<void> {
  const workflowsPath = join(root, 'workflows/index.ts');
  // The code of the workflows keeps no state of its own (tested), so it is read once and shared, and what runs often is compiled well.
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    preloadModules: [workflowsPath],
    failureConverterPath,
    logger: quiet,
    webpackConfigHook: asWritten,
  });
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(`${file}.${process.pid}`, code);
  renameSync(`${file}.${process.pid}`, file);
}

/** Spreads and private fields stay as they are written: the bundler would turn them into calls of helpers, though Node knows them. */
function asWritten(config: Configuration): Configuration {
  for (const rule of config.module?.rules ?? []) {
    const jsc = (rule as { use?: { options?: { jsc?: { target?: string } } } } | null)?.use?.options?.jsc;
    if (jsc) jsc.target = 'es2022';
  }
  return config;
}

function sourceHash(): string {
  const hash = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(readFileSync(fileURLToPath(import.meta.url)))
    .update(readFileSync(failureConverterPath));
  const files = readdirSync(join(root, 'workflows'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .sort();
  for (const file of files) hash.update(file).update(readFileSync(join(root, 'workflows', file)));
  return hash.digest('hex').slice(0, 16);
}

const nothing = () => undefined;
const quiet = { log: nothing, trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };
