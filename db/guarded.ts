// A transaction ends with its connection. postgres.js 3.4.9 sends what is left of one whose connection was lost through the next connection, each statement
// standing for itself, or throws where nobody can catch it (its issues 1154 and 1208).
import { setTimeout as pause } from 'node:timers/promises';
import type postgres from 'postgres';

type Work = (tx: postgres.TransactionSql) => unknown;
interface State {
  /** Whoever began the transaction has its outcome: nothing more may be sent. */
  over: boolean;
}

/** The close of a connection is told after its statements have failed; so long it is waited for, ms. */
const STEPS = [0, 5, 20, 100, 400, 1000];

/** Wraps a client: `begin` throws CONNECTION_CLOSED when the connection is lost, and nothing of its work is sent any more. */
export function guarded(client: postgres.Sql): postgres.Sql {
  return new Proxy(client, {
    get(target, key) {
      if (key !== 'begin') return Reflect.get(target, key, target);
      return (...given: [string, Work] | [Work]) => {
        const [options, work] = given.length === 2 ? given : ['', given[0]];
        return begin(target, options, work);
      };
    },
  });
}

async function begin(client: postgres.Sql, options: string, work: Work, tries = 1): Promise<unknown> {
  const state: State = { over: false };
  let begun = false;
  try {
    return await client.begin(options, (tx) => {
      begun = true;
      return held(state, () => work(inside(tx, state)));
    });
  } catch (error) {
    // The first statement of a new connection may be told what happened to the last one of the old.
    if (!begun && tries === 1 && looksLost(error)) return begin(client, options, work, 2);
    throw error;
  } finally {
    state.over = true;
  }
}

function inside(tx: postgres.TransactionSql, state: State): postgres.TransactionSql {
  const open = () => {
    if (state.over) throw Object.assign(new Error('the connection of this transaction was lost'), { code: 'CONNECTION_CLOSED' });
  };
  return new Proxy(tx, {
    apply(target, self, given) {
      open();
      return Reflect.apply(target, self, given);
    },
    get(target, key) {
      if (key === 'savepoint' || key === 'unsafe') open();
      if (key === 'savepoint') return (work: Work) => target.savepoint((deeper) => held(state, () => work(inside(deeper, state))));
      return Reflect.get(target, key, target);
    },
  });
}

/** Never comes back once the connection is lost: neither commit nor rollback has anywhere to go. */
async function held(state: State, work: () => unknown): Promise<unknown> {
  try {
    const result = await work();
    if (!state.over) return result;
  } catch (error) {
    if (looksLost(error)) for (const ms of STEPS) if (!state.over) await pause(ms);
    if (!state.over) throw error;
  }
  return new Promise(() => undefined);
}

/** Errors of a socket, class 08, an end by the server (57P0x), and those of postgres.js. */
export const looksLost = (error: unknown): boolean => {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^(CONNECT|57P0[1-3]|08|E[A-Z]{3,}$)/.test(code);
};

/**
 * postgres.js hangs each question on functions that V8 makes in the old part of the memory at once, where they stay with all they lead to until that is searched as
 * a whole, for which everybody waits. So a question that was answered leaves behind what it carried.
 */
export function unload(answered: object): void {
  Object.assign(answered, { args: null, parameters: null, string: '', signature: '' });
}
