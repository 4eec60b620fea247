// The no-op twin of a one-level approval: the same signal and as many local activities, all of them empty.
import { condition, defineQuery, defineSignal, proxyLocalActivities, setHandler } from '@temporalio/workflow';
import type { twinActivities } from './requests.ts';

const { submit, effect } = proxyLocalActivities<typeof twinActivities>({ startToCloseTimeout: '10s' });
export const decideSignal = defineSignal<[object]>('decide');
export const viewQuery = defineQuery<string>('view');

export async function twin(_submission: object): Promise<string> {
  let decided = false;
  let state = 'new';
  setHandler(decideSignal, () => {
    decided = true;
  });
  setHandler(viewQuery, () => state);
  await submit();
  state = 'submitted';
  await condition(() => decided);
  await effect();
  state = 'effective';
  return state;
}
