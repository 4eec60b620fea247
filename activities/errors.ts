// Three kinds of trouble: a refusal is an answer, weather is thrown and retried by Temporal, a fault of ours is not worth a retry.
import { ApplicationFailure } from '@temporalio/activity';
import { LedgerRefusal } from '../db/ledger.ts';
import { isRefusal, type Refusal } from '../workflows/rules/refusals.ts';

/** Thrown inside a transaction so that a refusal undoes what was begun; `answered` turns it into the answer. */
export class Refused extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal);
    this.refusal = refusal;
  }
}

/** Runs database work; a broken constraint or statement is our own fault and ends the retries, anything else is weather. */
async function atWork<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = sqlState(error);
    if (error instanceof TypeError || error instanceof RangeError || error instanceof LedgerRefusal || /^(22|23|42)/.test(code)) {
      throw ApplicationFailure.nonRetryable(`${code} ${said(error)}`.trim(), 'fault');
    }
    // drizzle's own message carries every value.
    throw new Error(said(error), { cause: code });
  }
}

/** For a save: whatever goes wrong is tried again, and told without values. */
export const patiently = <T>(work: () => Promise<T>): Promise<T> =>
  work().catch((error) => {
    throw error instanceof Refused ? error : new Error(`${sqlState(error)} ${said(error)}`.trim());
  });

/** The same for a step that a rule may refuse: the refusal is its answer. */
export function answered<T>(work: () => Promise<T>): Promise<T | { refusal: Refusal }> {
  return atWork<T | { refusal: Refusal }>(async () => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Refused) return { refusal: error.refusal };
      if (error instanceof LedgerRefusal && isRefusal(error.fault)) return { refusal: error.fault };
      throw error;
    }
  });
}

/** What went wrong, without the values of the statement, which are personal. */
function said(error: unknown): string {
  const cause = (error as { cause?: unknown } | null)?.cause;
  const inner = cause instanceof Error ? cause : error;
  return inner instanceof Error ? inner.message : String(inner);
}

/** SQLSTATE of a PostgreSQL error, also when drizzle wrapped it. */
function sqlState(error: unknown): string {
  const seen = error as { code?: unknown; cause?: unknown } | null;
  if (typeof seen?.code === 'string') return seen.code;
  return seen?.cause ? sqlState(seen.cause) : '';
}
