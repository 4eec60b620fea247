// One logger for every process: JSON lines, with secrets and personal fields redacted by name.
import { AsyncLocalStorage } from 'node:async_hooks';
import { pino } from 'pino';

const redacted = ['password', 'newPassword', 'idCardNo', 'settlementAccountNo', 'mobile', 'cookie', 'authorization', 'captcha'];

const ids = new AsyncLocalStorage<Record<string, string>>();

/** Runs `work` so that every line it logs carries these ids, e.g. of the HTTP request and the workflow. */
export const within = <T>(more: Record<string, string>, work: () => T): T => ids.run({ ...ids.getStore(), ...more }, work);

export const log = pino({
  mixin: () => ids.getStore() ?? {},
  level: process.env.LOG_LEVEL ?? 'info',
  base: { process: process.env.PROCESS_NAME ?? 'zhangfang' },
  redact: { paths: redacted.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '•••' },
});
