// Terminals at work: purchases, voids, refunds and 冲正 at a rate, with lost answers and messages that come twice, until every one of them is known.
import { setTimeout as pause } from 'node:timers/promises';
import { type BatchItem, totalsOf } from '../workflows/rules/batches.ts';
import { overHttp, type Send, TerminalClient, type TerminalMemory } from './terminal-client.ts';

export interface SimulationPlan {
  /** Transactions in all, and a second (0: as fast as they go). */
  count: number;
  rate: number;
  /** Shares of all: answers that get lost, messages that travel twice. */
  lost: number;
  twice: number;
  /** Shares of transactions that are not purchases. */
  voids: number;
  refunds: number;
  reversals: number;
  /** Fen of a purchase, at most. */
  mostFen: number;
}
export const usualPlan: SimulationPlan = { count: 200, rate: 0, lost: 0.03, twice: 0.02, voids: 0.04, refunds: 0.04, reversals: 0.03, mostFen: 50_000 };

export interface SimulationResult {
  transactions: number;
  byCode: Record<string, number>;
  lost: number;
  reversed: number;
  /** Terminals whose batch agreed with ours, and those that did not. */
  agreed: number;
  apart: string[];
  /** What the terminals hold as spent, fen without fees, since their batches began. */
  netFen: number;
}

class Lost extends Error {}

/** How messages travel here: some twice, some whose answer never arrives; a server that is away is asked again. */
const faulty =
  (plan: SimulationPlan, tally: { lost: number }): Send =>
  async (url, headers, body) => {
    if (Math.random() < plan.twice) void overHttp(url, headers, body).catch(() => undefined);
    const answer = await overHttp(url, headers, body).catch(() => {
      throw new Lost('no answer');
    });
    if (answer.status === 503 || Math.random() < plan.lost) {
      tally.lost += 1;
      throw new Lost('no answer');
    }
    return answer;
  };

/** Runs the plan on these terminals, each one thing at a time, then settles every batch. */
export async function simulate(
  base: string,
  memories: readonly TerminalMemory[],
  plan: SimulationPlan,
  say: (line: string) => void = () => undefined,
): Promise<SimulationResult> {
  const tally = { lost: 0 };
  const result: SimulationResult = { transactions: 0, byCode: {}, lost: 0, reversed: 0, agreed: 0, apart: [], netFen: 0 };
  const send = faulty(plan, tally);
  const terminals = memories.map((memory) => new Simulated(new TerminalClient(base, memory, send), result));
  const began = Date.now();
  let next = 0;
  await Promise.all(
    terminals.map(async (terminal) => {
      await terminal.begin();
      while (next < plan.count) {
        const n = next++;
        if (plan.rate > 0) await pause(Math.max(0, began + (n * 1000) / plan.rate - Date.now()));
        await terminal.transact(plan);
        if (n > 0 && n % 10_000 === 0) say(`${n} of ${plan.count}`);
      }
    }),
  );
  for (const terminal of terminals) await terminal.end();
  return { ...result, lost: tally.lost };
}

class Simulated {
  readonly #client: TerminalClient;
  readonly #result: SimulationResult;

  constructor(client: TerminalClient, result: SimulationResult) {
    this.#client = client;
    this.#result = result;
  }

  get #items(): BatchItem[] {
    return this.#client.memory.items;
  }

  async begin(): Promise<void> {
    const { code } = await certainly(() => this.#client.signOn());
    if (code !== '00') throw new Error(`${this.#client.memory.terminalNo} cannot sign on: ${code}`);
  }

  async transact(plan: SimulationPlan): Promise<void> {
    const dice = Math.random();
    const purchases = this.#items.filter(({ type }) => type === 'purchase');
    const some = purchases[Math.floor(Math.random() * purchases.length)];
    const traceNo = this.#client.nextTrace();
    this.#result.transactions += 1;
    if (some && dice < plan.voids) return this.#settled(traceNo, () => this.#client.void({ traceNo: some.traceNo }, some.amountFen, { traceNo }));
    if (some && dice < plan.voids + plan.refunds) {
      const fen = 1 + Math.floor(Math.random() * some.amountFen);
      return this.#settled(traceNo, () => this.#client.refund({ traceNo: some.traceNo }, fen, { traceNo }));
    }
    const fen = 1 + Math.floor(Math.random() * plan.mostFen);
    await this.#settled(traceNo, () => this.#client.purchase(fen, { traceNo }));
    if (Math.random() < plan.reversals) await this.#reverse(traceNo);
  }

  /** Until it is known: the same message again, or 冲正 when the terminal gives up on it. */
  async #settled(traceNo: number, message: () => Promise<{ code: string }>): Promise<void> {
    try {
      this.#count((await message()).code);
    } catch (error) {
      if (!(error instanceof Lost)) throw error;
      // 冲正 of a void or refund needs quota, and is declined without: then the terminal has to know what stands.
      if (Math.random() < 0.4 && isUndone(await this.#reverse(traceNo))) return;
      this.#count((await certainly(message)).code);
    }
  }

  async #reverse(traceNo: number): Promise<string> {
    const { code } = await certainly(() => this.#client.reverse(traceNo));
    this.#result.reversed += 1;
    this.#count(`冲正 ${code}`);
    return code;
  }

  #count(code: string): void {
    this.#result.byCode[code] = (this.#result.byCode[code] ?? 0) + 1;
  }

  /** Settles with what this terminal holds. */
  async end(): Promise<void> {
    const totals = totalsOf(this.#items);
    this.#result.netFen += totals.debitFen - totals.creditFen;
    const { batchNo, terminalNo } = this.#client.memory;
    const traceNo = this.#client.nextTrace();
    const answer = await certainly(() => this.#client.settle(totals, traceNo, batchNo));
    if (answer.code === '00' && answer.body.balanced === 1) this.#result.agreed += 1;
    else this.#result.apart.push(`${terminalNo} batch ${batchNo}: ${answer.text}`);
  }
}

const isUndone = (code: string) => code === '00' || code === '25';

/** Again and again until there is an answer that says something. */
async function certainly<Answer extends { code: string }>(message: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 0; tries < 600; tries++) {
    try {
      const answer = await message();
      if (answer.code !== '96' && answer.code !== '90') return answer;
    } catch (error) {
      if (!(error instanceof Lost)) throw error;
    }
    await pause(Math.min(500, 5 * 2 ** Math.min(tries, 7)));
  }
  throw new Error('no answer for minutes');
}
