// A file becomes bank lines: read in its thread while PostgreSQL takes the chunks, all in one transaction.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Db } from '../../db/connect.ts';
import { type Imported, importStatement, layouts, StatementGap } from '../../db/statements.ts';
import { showFen } from '../../workflows/rules/money.ts';
import type { Person } from '../../workflows/rules/request.ts';
import { readStatement } from './reading.ts';
import { StatementRefusal } from './statement.ts';

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

export interface StatementFile {
  path: string;
  fileName: string;
  /** The account, where the file itself does not name it. */
  accountNo: string;
  importedBy: string;
  /** For the log. */
  by?: Person;
  address?: string;
}

/** Imports a file whole or not at all; `progress` hears of lines read. Throws StatementRefusal. */
export async function importFile(db: Db, { path, accountNo, ...taken }: StatementFile, progress?: (lines: number) => void): Promise<Imported> {
  const mapped = await layouts(db);
  const file = { ...taken, sha256: await sha256Of(path), at: new Date() };
  return importStatement(db, file, (write) =>
    readStatement({ path, accountNo, mapped }, async ({ text, lines, ...of }) => {
      await write(text, of);
      progress?.(lines);
    }),
  ).catch((error) => {
    if (error instanceof StatementGap)
      throw new StatementRefusal(error.why === 'other' ? 'account_differs' : error.why, null, error.known === null ? '' : showFen(error.known));
    throw error;
  });
}
