// Threads of the web.
import { Worker, type WorkerOptions } from 'node:worker_threads';

const compiled = !import.meta.url.endsWith('.ts');

/** `script` names its file without an ending: it is there as compiled by the build, or as TypeScript, which a thread must be told how to load. */
export function startThread(script: URL, options: WorkerOptions): Worker {
  if (compiled) return new Worker(new URL(`${script.href}.js`), options);
  const load = `import('${import.meta.resolve('tsx/esm/api')}').then(({ register }) => { register(); return import('${script.href}.ts'); })`;
  return new Worker(load, { ...options, eval: true });
}
