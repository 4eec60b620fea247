// A thousand merchants with quota and a terminal each, and one merchant with many: what the benchmark of purchases pays at.
import { randomBytes } from 'node:crypto';
import { seal } from '../../stack/sealing.ts';
import { makeKey } from '../../stack/terminal-keys.ts';
import { macOf } from '../../web/terminal/mac.ts';
import { businessDate } from '../../workflows/rules/time.ts';
import { TERMINAL_KEY_SECRET, type World } from '../world.ts';

export interface Counter {
  merchantNo: string;
  terminalNo: string;
  key: Buffer;
  trace: number;
}
export const QUOTA_FEN = 100_000_000_000;

export const merchantOf = (n: number) => `8982101541${String(10_000 + n)}`;

/** Merchants 0 … `merchants` − 1 with one terminal each, then merchant 0 with `more` further ones. */
export async function openCounters(world: World, merchants: number, more: number): Promise<Counter[]> {
  const counters: Counter[] = Array.from({ length: merchants + more }, (_, n) => ({
    ...{ merchantNo: merchantOf(n < merchants ? n : 0), terminalNo: String(20_000_000 + n), key: randomBytes(32), trace: 0 },
  }));
  const day = businessDate(Date.now());
  const last = merchantOf(merchants - 1);
  await world.asOwner(`
    insert into merchant (merchant_no, status, version, name, short_name, uscc, id_card_no, settlement_account_no, area_code, mcc, opened_by, updated_at)
      select '8982101541' || n, 'active', 1, '商户' || n, '商户', '', '', '', '2101', '5411', 'bench', now() from generate_series(${merchantOf(0).slice(10)}, ${last.slice(10)}) n;
    select ledger_open('2241.10', merchant_no, 'bench', now(), true) from merchant;
    select count(*) from (select ledger_post('quota/' || merchant_no, '${day}', 'topUp', 'bench', null, array['2241.20', '2241.10'], array['', merchant_no], array[${QUOTA_FEN}, 0], array[0, ${QUOTA_FEN}]) from merchant) x`);
  const rows = counters.map(({ merchantNo, terminalNo, key }) => {
    const { keyCipher, keyCheck } = makeKey(TERMINAL_KEY_SECRET, terminalNo);
    const working = seal(TERMINAL_KEY_SECRET, 'working keys', terminalNo, key);
    return { merchantNo, terminalNo, keyCipher, keyCheck, working };
  });
  for (let at = 0; at < rows.length; at += 500) {
    const json = JSON.stringify(rows.slice(at, at + 500)).replaceAll("'", "''");
    await world.asOwner(`
      with r as (select * from json_to_recordset('${json}') x("merchantNo" text, "terminalNo" text, "keyCipher" text, "keyCheck" text, working text)),
      t as (insert into terminal (terminal_no, merchant_no, status, version, model, serial_no, install_address, phone, permitted, key_cipher, key_check, opened_by, form, updated_at)
        select "terminalNo", "merchantNo", 'active', 1, 'PAX-S90', 'SN' || "terminalNo", '', '', '{purchase,void,refund,balance}', "keyCipher", "keyCheck", 'bench', '{}', now() from r),
      b as (insert into terminal_batch (terminal_no, batch_no, merchant_no, state, opened_at) select "terminalNo", 1, "merchantNo", 'open', now() from r)
      insert into terminal_session (terminal_no, merchant_no, key_no, key_cipher, signed_on_at, batch_no) select "terminalNo", "merchantNo", 1, working, now(), 1 from r`);
  }
  return counters;
}

/** A purchase as it goes over the wire, signed. */
export function purchaseAt(counter: Counter, amountFen: number): string {
  counter.trace += 1;
  const body = JSON.stringify({ merchantNo: counter.merchantNo, terminalNo: counter.terminalNo, batchNo: 1, traceNo: counter.trace, amountFen });
  const [timestamp, nonce, path] = [String(Date.now()), randomBytes(12).toString('base64url'), '/terminal/v1/purchase'];
  return requestText(path, { 'X-Timestamp': timestamp, 'X-Nonce': nonce, 'X-Mac': macOf(counter.key, { method: 'POST', path, timestamp, nonce, body }) }, body);
}

const requestText = (path: string, headers: Record<string, string>, body: string): string =>
  `POST ${path} HTTP/1.1\r\nHost: zhangfang\r\nContent-Type: application/json\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
