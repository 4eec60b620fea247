// One logger for every process: JSON lines, with secrets and personal fields redacted by name.
import { pino } from 'pino';

const redacted = ['password', 'newPassword', 'idCardNo', 'settlementAccountNo', 'mobile', 'cookie', 'authorization', 'captcha'];

export const log = pino({
  level: process.env.LOG_LEVEL ?? 'info',
  base: { process: process.env.PROCESS_NAME ?? 'zhangfang' },
  redact: { paths: redacted.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '•••' },
});
