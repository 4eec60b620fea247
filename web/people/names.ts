// What groups, functions and modules are called, as administrators named them; read anew every few seconds.
import { functions, modules } from '../../db/rights.ts';
import { groups } from '../../db/users.ts';
import type { SignedInCtx } from '../http.ts';
import type { Language } from '../text/index.ts';

export type CodeNames = Readonly<Record<string, string>>;

let kept: { at: number; names: Record<Language, CodeNames> } | null = null;

export async function codeNamesOf({ db, language }: Pick<SignedInCtx, 'db' | 'language'>): Promise<CodeNames> {
  if (!kept || Date.now() - kept.at > 3000) {
    const rows = (await Promise.all([groups(db), functions(db), modules(db)])).flat();
    const by = (name: 'nameZh' | 'nameEn') => Object.fromEntries(rows.map((row) => [row.code, row[name]]));
    kept = { at: Date.now(), names: { zh: by('nameZh'), en: by('nameEn') } };
  }
  return kept.names[language];
}
