// Functions as people read them: by module, and by what each lets somebody do.
import type { functions, ModuleRow } from '../../db/rights.ts';
import { kindNames, kindRule } from '../../workflows/rules/kinds.ts';
import type { SignedInCtx } from '../http.ts';

type FunctionRow = Awaited<ReturnType<typeof functions>>[number];
export const actionKinds = ['entry', 'review', 'view', 'export', 'manage'] as const;
export type ActionKind = (typeof actionKinds)[number];

const entries: ReadonlySet<string> = new Set(kindNames.map((kind) => kindRule(kind).submitRight));
const reviews: ReadonlySet<string> = new Set(kindNames.map((kind) => kindRule(kind).reviewRight));

/** What a function lets somebody do: enter requests, review them, look, export, or manage. */
export function actionKind(code: string): ActionKind {
  if (reviews.has(code)) return 'review';
  if (entries.has(code)) return 'entry';
  if (code.endsWith('Report')) return 'export';
  return /Management$|^publicInformation$|^passwordChange$/.test(code) ? 'manage' : 'view';
}

export const nameIn = ({ language }: Pick<SignedInCtx, 'language'>, row: { nameZh: string; nameEn: string }) => (language === 'zh' ? row.nameZh : row.nameEn);

/** Functions in the order of their modules, the first of each module marked with its name. */
export function byModule(ctx: SignedInCtx, modules: readonly ModuleRow[], list: readonly FunctionRow[]): { group: string | undefined; row: FunctionRow }[] {
  return modules.flatMap((module) =>
    list.filter((row) => row.moduleCode === module.code).map((row, i) => ({ group: i === 0 ? nameIn(ctx, module) : undefined, row })),
  );
}
