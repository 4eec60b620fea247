// A server on this machine may be named by the folder of its socket, as libpq does it: postgres://user:secret@%2Ffolder:5432/database. The driver wants that folder apart.
import { connect, type Socket } from 'node:net';
import postgres from 'postgres';

interface Target {
  path?: string | false;
  host: string[];
  port: number[];
}

/**
 * postgres.js 3.4.9 never answers what is asked between the failure of a socket and its close, and waits up to 20 s before it connects again. Here a failure is told
 * in the moment of the close, which is then an ordinary one: everything asked of it is refused, and the next question makes a new connection. Not over TLS, where the driver puts a socket of its
 * own on top.
 */
function socketTo({ path, host: [host = ''], port: [port = 0] }: Target): Socket {
  // The driver names them in its errors.
  const socket = Object.assign(path ? connect(path) : connect(port, host), { host, port });
  const emit = socket.emit.bind(socket) as (event: string | symbol, ...given: unknown[]) => boolean;
  let failure: unknown;
  socket.emit = (event: string | symbol, ...given: unknown[]) => {
    if (event === 'error') {
      failure = given[0];
      return true;
    }
    if (event !== 'close') return emit(event, ...given);
    if (failure) emit('error', failure);
    return emit('close', false);
  };
  return socket;
}

/** A client for an address; what a connection waits for and carries stands in `options`. Where several hosts or TLS are asked for, the driver makes its sockets itself. */
export function connectTo<Types extends Record<string, postgres.PostgresType>>(url: string, options: postgres.Options<Types>) {
  const folder = /^[^/]+\/\/(?:[^@/]*@)?(%2f[^:/?]*)/i.exec(url)?.[1];
  const byDriver = /^[^/]+\/\/(?:[^@/]*@)?[^/?]*,|[?&]ssl/i.test(url);
  const given = { ...options, ...(folder ? { host: decodeURIComponent(folder) } : {}), ...(byDriver ? {} : { socket: socketTo }) };
  return postgres(url, given as postgres.Options<Types>);
}
