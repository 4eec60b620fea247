// Named points at which a drill kills the process with SIGKILL. Inert unless CRASH_POINTS=on and the point's file exists.
import { unlinkSync } from 'node:fs';
import { join } from 'node:path';

export const crashPoints = [
  'worker.beforeSubmission',
  'worker.afterSubmission',
  'worker.beforeEffect',
  'worker.afterCommit',
  'web.afterStart',
  'online.beforeCommit',
  'online.afterCommit',
  'export.halfway',
] as const;
export type CrashPoint = (typeof crashPoints)[number];

/** Dies here, once, when the drill armed this point by creating `DATA_DIR/crash/<point>`. */
export function crashPoint(point: CrashPoint): void {
  if (process.env.CRASH_POINTS !== 'on') return;
  try {
    unlinkSync(join(process.env.DATA_DIR ?? '.data', 'crash', point));
  } catch {
    return;
  }
  process.kill(process.pid, 'SIGKILL');
}
