// What 录入, 变更 and 注销 of terminals do to the database.
import type { Db } from '../db/connect.ts';
import {
  activateTerminals,
  cancelTerminals,
  changeTerminal,
  findTerminal,
  type NewTerminal,
  register,
  rejectTerminals,
  takeNumber,
  turnOff,
  turnOn,
  unregister,
} from '../db/terminals.ts';
import { makeKey } from '../stack/terminal-keys.ts';
import { readTerminalForm, serialNos } from '../workflows/rules/terminal-form.ts';
import { Refused } from './errors.ts';
import { effecting, saving, submitting } from './lifecycle.ts';
import { merchantIn } from './merchants.ts';

export const terminalActivities = (db: Db, keySecret: string) => ({
  /** 录入: pending, each with its number and key. A typed number, or serial number, that is taken is refused. */
  registerTerminals: submitting(db, async (tx, request) => {
    await merchantIn(tx, request, ['active']);
    const form = readTerminalForm(request.data);
    await unregister(tx, request.requestNo);
    const list: NewTerminal[] = [];
    for (const serialNo of serialNos(form.serialNo)) {
      const terminalNo = await takeNumber(tx, form.terminalNo, request.requestNo);
      if (terminalNo === null) throw new Refused('number_taken');
      list.push({ terminalNo, serialNo, ...makeKey(keySecret, terminalNo) });
    }
    if (list.length === 0 || !(await register(tx, request.merchantNo, form, list, request.requestNo, new Date()))) throw new Refused('serial_taken');
  }),
  activateTerminals: effecting(db, async (tx, request, at) => {
    await merchantIn(tx, request, ['active', 'frozen']);
    if (!(await activateTerminals(tx, request.requestNo, at))) throw new Refused('terminal_changed');
  }),
  saveRegistration: saving(db, { undo: (tx, request) => rejectTerminals(tx, request.requestNo) }),

  /** 变更: the version that the maker saw must still stand. */
  submitTerminalChange: submitting(db, async (tx, request) => {
    const row = await findTerminal(tx, request.data.terminalNo ?? '');
    if (row?.merchantNo !== request.merchantNo || row.status !== 'active') throw new Refused('terminal_not_active');
    if (String(row.version) !== request.data.baseVersion) throw new Refused('terminal_changed');
  }),
  changeTerminal: effecting(db, async (tx, request, at) => {
    const { terminalNo = '', baseVersion } = request.data;
    const row = await findTerminal(tx, terminalNo);
    const form = { ...readTerminalForm(request.data), serialNo: row?.serialNo ?? '', terminalNo };
    if (!(await changeTerminal(tx, terminalNo, form, Number(baseVersion), request.requestNo, at))) throw new Refused('terminal_changed');
  }),
  saveTerminalChange: saving(db, {}),

  /** 注销: off at submission (answers 97), 已注销 when approved, usable again otherwise. */
  turnOffTerminals: submitting(db, async (tx, request) => {
    await turnOn(tx, request.requestNo);
    const numbers = (request.data.terminalNos ?? '').split(' ').filter(Boolean);
    if (numbers.length === 0 || !(await turnOff(tx, numbers, request.merchantNo, request.requestNo))) throw new Refused('terminal_not_active');
  }),
  cancelTerminals: effecting(db, async (tx, request, at) => {
    const numbers = (request.data.terminalNos ?? '').split(' ').filter(Boolean);
    if ((await cancelTerminals(tx, { by: request.requestNo }, at)) !== numbers.length) throw new Refused('terminal_changed');
  }),
  turnOnTerminals: saving(db, { undo: (tx, request) => turnOn(tx, request.requestNo) }),
});

export type TerminalActivities = ReturnType<typeof terminalActivities>;
