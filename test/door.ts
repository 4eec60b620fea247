// A door before PostgreSQL: whoever comes through it can lose the connection at a given moment.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** PostgreSQL behind a door that can be slammed: every connection through it is reset at once. */
export async function doorTo(url: string) {
  const { hostname, port, username, password, pathname } = new URL(url);
  const folder = decodeURIComponent(hostname);
  const open = new Set<Socket>();
  let losing = false;
  const server = createServer((near) => {
    const far = folder.startsWith('/') ? connect(`${folder}/.s.PGSQL.${port}`) : connect(Number(port), folder);
    open.add(near);
    near.on('error', () => far.destroy()).on('close', () => far.destroy());
    far.on('error', () => near.destroy()).on('close', () => near.destroy());
    far.on('data', (answer) => {
      if (!losing) return near.write(answer);
      losing = false;
      near.resetAndDestroy();
    });
    near.pipe(far);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `postgres://${username}:${password}@127.0.0.1:${(server.address() as AddressInfo).port}${pathname}`,
    slam() {
      for (const socket of open) socket.resetAndDestroy();
      open.clear();
    },
    /** The next answer does not arrive, nor anything after it. */
    loseNext() {
      losing = true;
    },
    close: () => server.close(),
  };
}
