// One logger for every process: JSON lines, with secrets and personal fields redacted by name.
import { AsyncLocalStorage } from 'node:async_hooks';
import { pino } from 'pino';

const redacted = ['password', 'newPassword', 'idCardNo', 'settlementAccountNo', 'mobile', 'cookie', 'authorization', 'captcha'];

const ids = new AsyncLocalStorage<Record<string, string>>();

/** Runs `work` so that every line it logs carries these ids, e.g. of the HTTP request and the workflow. */
export const within = <T>(more: Record<string, string>, work: () => T): T => ids.run({ ...ids.getStore(), ...more }, work);

/** An error without the values of its statement, which are personal: what PostgreSQL itself said, where drizzle wrapped it. */
function plainError(error: unknown) {
  if (!(error instanceof Error)) return error;
  const inner = error.cause instanceof Error && 'params' in error ? error.cause : error;
  const { name, message, stack = '', code } = inner as Error & { code?: unknown };
  return {
    type: name,
    message: message.replace(/\nparams: [\s\S]*/, ''),
    stack: stack.replace(/\nparams: [^\n]*/g, ''),
    ...(code === undefined ? {} : { code }),
  };
}

export const log = pino({
  mixin: () => ids.getStore() ?? {},
  level: process.env.LOG_LEVEL ?? 'info',
  base: { process: process.env.PROCESS_NAME ?? 'zhangfang' },
  serializers: { err: plainError },
  redact: { paths: redacted.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '•••' },
});
