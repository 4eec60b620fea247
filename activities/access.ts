// What 用户与权限变更 does: nothing at submission but to look whether it could hold, and the change once another administrator has approved it.
import { hash } from '@node-rs/argon2';
import { type AccessChange, type AccessRefusal, changeAccess, tryAccess } from '../db/access.ts';
import { audit } from '../db/audit.ts';
import type { Db } from '../db/connect.ts';
import { isAct } from '../workflows/rules/access.ts';
import type { Request } from '../workflows/rules/request.ts';
import { Refused } from './errors.ts';
import { effecting, saving, submitting } from './lifecycle.ts';

/** 888888, to be changed at the first sign-in. */
const INITIAL_PASSWORD = '888888';

function changeOf({ data }: Request): AccessChange {
  const { act, id = '' } = data;
  if (!isAct(act)) throw new Refused('access_changed');
  return { act, id, form: data };
}

const refuse = (refusal: AccessRefusal | null): void => {
  if (refusal) throw new Refused(refusal.fault === 'not_possible' ? 'access_changed' : refusal.fault);
};

/** Everybody who had a hand in it. */
const handsOf = ({ contributors, approvals }: Request): string[] => [...contributors, ...approvals.map((approval) => approval.by.code)];

export const accessActivities = (db: Db) => ({
  submitAccessChange: submitting(db, async (tx, request) => {
    refuse(await tryAccess(tx, changeOf(request), request.data.base ?? '', handsOf(request)));
  }),
  changeAccess: effecting(db, async (tx, request) => {
    const change = changeOf(request);
    refuse(await changeAccess(tx, change, request.data.base ?? '', handsOf(request), await hash(INITIAL_PASSWORD)));
    const last = request.approvals.at(-1)?.by ?? request.maker;
    await audit(tx, { by: last, action: `access.${change.act}`, object: change.id, detail: { requestNo: request.requestNo, maker: request.maker.code } });
  }),
  saveAccessChange: saving(db, {}),
});

export type AccessActivities = ReturnType<typeof accessActivities>;
