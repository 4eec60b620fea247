// A server on this machine may be named by the folder of its socket, as libpq does it: postgres://user:secret@%2Ffolder:5432/database. The driver wants that folder apart.
import postgres from 'postgres';

/** A client for an address; what a connection waits for and carries stands in `options`. */
export function connectTo<Types extends Record<string, postgres.PostgresType>>(url: string, options: postgres.Options<Types>) {
  const folder = /^[^/]+\/\/(?:[^@/]*@)?(%2f[^:/?]*)/i.exec(url)?.[1];
  return postgres(url, folder ? { ...options, host: decodeURIComponent(folder) } : options);
}
