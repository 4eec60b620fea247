// Statements that are built once. drizzle builds the text of a query anew at each call, which costs about as much as sending it.
import type { Db, Reader } from './connect.ts';

interface Prepared<Row> {
  execute(values: Record<string, unknown>): Promise<Row[]>;
}

/** A query with placeholders, kept for each pool; within a transaction, which lives but a moment, it is built for it. */
export function prepared<Row>(build: (db: Reader) => Prepared<Row>): (db: Reader, values: Record<string, unknown>) => Promise<Row[]> {
  const kept = new WeakMap<Db, Prepared<Row>>();
  return (db, values) => {
    if (!('$client' in db)) return build(db).execute(values);
    const known = kept.get(db) ?? build(db);
    kept.set(db, known);
    return known.execute(values);
  };
}
