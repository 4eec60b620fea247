// How a database is named: by host and port, by several hosts, or by the folder of its socket.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectTo } from '../../db/address.ts';
import { postgresUrl } from '../../stack/postgres.ts';

const named = (url: string) => {
  const { host, port, path, database } = connectTo(url, { max: 1 }).options as unknown as {
    host: string[];
    port: number[];
    path: string | false;
    database: string;
  };
  return { host, port, path, database };
};

test('hosts and ports stay as they are, a folder is a socket', () => {
  assert.deepEqual(named('postgres://u:p@db.example:5433/books'), { host: ['db.example'], port: [5433], path: false, database: 'books' });
  assert.deepEqual(named('postgres://u:p@one:5432,two:5433/books').host, ['one', 'two']);
  assert.equal(named('postgres://u:p@%2Fvar%2Flib%2Fbooks:5433/books').path, '/var/lib/books/.s.PGSQL.5433');
});

test('the embedded server is named by its socket, and by its port where the path would be too long for one', () => {
  const place = { port: 5433, password: 'p' };
  assert.equal(named(postgresUrl({ ...place, dir: '/srv/账房/postgres' })).path, '/srv/账房/postgres/.s.PGSQL.5433');
  assert.deepEqual(named(postgresUrl({ ...place, dir: `/srv/${'a'.repeat(90)}` })).host, ['127.0.0.1']);
  assert.deepEqual(named(postgresUrl({ ...place, dir: `/srv/${'账'.repeat(30)}` })).host, ['127.0.0.1']);
});
