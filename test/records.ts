// How stories ask for something about a merchant or its terminals.
import assert from 'node:assert/strict';
import { terminals } from '../db/terminals.ts';
import { m1, request } from './cast.ts';
import type { storiesOf } from './stories.ts';
import type { World } from './world.ts';

let serial = 0;

export const simple = (kind: 'merchantFreeze' | 'merchantRestore' | 'merchantCancellation', merchantNo: string) =>
  request(kind, { merchantNo, title: m1.merchantName, data: { reason: '风险排查' } });

export const change = (merchantNo: string, changes: Partial<typeof m1>, baseVersion = '1') =>
  request('merchantChange', { merchantNo, title: m1.merchantName, data: { ...m1, merchantNo, ...changes, baseVersion } });

/** Of `n` terminals at once. */
export function registration(merchantNo: string, n = 1, more: Record<string, string> = {}) {
  const serials = Array.from({ length: n }, () => `SN${String(serial++).padStart(8, '0')}`);
  const data = {
    serialNo: serials.join('\n'),
    terminalNo: '',
    model: 'PAX-S90',
    installAddress: '沈阳市和平区 1 号',
    phone: '13800138000',
    permitted: 'purchase void',
    singleLimit: '',
    dailyLimit: '',
    businessHours: '',
    remark: '',
  };
  return request('terminalRegistration', { merchantNo, title: m1.merchantName, data: { ...data, ...more } });
}

export function recordsOf(world: () => World, { start, view, approve }: ReturnType<typeof storiesOf>) {
  /** Numbers of `n` terminals that check001 has approved. */
  const registered = async (merchantNo: string, n = 1): Promise<string[]> => {
    const handle = await start(registration(merchantNo, n));
    await view(handle);
    assert.equal((await approve(handle))?.state, 'effective');
    return (await terminals(world().db, { openedBy: handle.workflowId }, 20)).map((row) => row.terminalNo);
  };
  return { registered };
}
