// What the form of one kind of request knows; everything else about drafts is shared.
import type { Tx } from '../../db/connect.ts';
import type { Fault } from '../../workflows/rules/checks.ts';
import type { FieldRule } from '../../workflows/rules/fields.ts';
import type { Kind } from '../../workflows/rules/kinds.ts';
import type { Content } from '../../workflows/rules/request.ts';
import type { SignedInCtx } from '../http.ts';
import type { Text } from '../text/index.ts';
import type { Hole } from '../ui/html.ts';
import type { Option } from '../ui/parts.ts';

export type Typed = Record<string, string>;
export type Faults = Record<string, Fault>;

/** A doubt that its maker may confirm with a reason. */
export interface Warning {
  key: string;
  said: string;
}

/** One thing that a request may be about: a row of the list that 新增 opens. */
export interface Subject {
  id: string;
  cells: readonly Hole[];
  /** Link beside its button. */
  more?: { path: string; label: string };
}

/** A field as this kind's page shows it. */
export interface Shape {
  hint?: string;
  choices?: readonly Option[];
  readonly?: boolean;
  /** Shown in place of what was sent. */
  shown?: string;
  /** Button beside the field: `number` asks the server for one. */
  button?: { path: string; label: string };
  /** For a matrix: boxes to tick, row by row under their heads; `group` begins a new part. */
  table?: { heads: readonly string[]; rows: readonly { group?: string; label: Hole; cells: readonly (Option | null)[] }[] };
}

export interface DraftForm {
  kind: Kind;
  fields: readonly FieldRule[];
  /** Fields of this draft alone, where they depend on what it is about. */
  fieldsOf?(form: Typed): readonly FieldRule[];
  /** Its form opens in a dialog over the list of what it may be about. */
  dialog?: true;
  /** What 确定 is called here. */
  confirm?(text: Text, form: Typed): string;
  /** What its title is called here. */
  title?(text: Text, form: Typed): string;
  /** Fieldsets in order; one without a name when there is none. */
  parts?: readonly { key: string; label(text: Text): string; fields: readonly string[] }[];
  /** Which field each of its warnings is about. */
  warnedFields?: Readonly<Record<string, string>>;
  /** Kinds of files that may be attached; none: nothing can be. */
  files?: readonly string[];
  /** What it may be about; a kind without it begins with an empty form. */
  subjects?: {
    heads(text: Text): readonly string[];
    list(ctx: SignedInCtx, q: string): Promise<Subject[]>;
    start(ctx: SignedInCtx, id: string): Promise<Typed | null>;
  };
  read(typed: Record<string, unknown>, kept: Typed): Typed;
  /** All of its checks only read, by keys: they go together through one connection. */
  quick?: true;
  /** Everything that is wrong with it now. */
  faults(ctx: SignedInCtx, requestNo: string, form: Typed): Promise<Faults>;
  /** What must be attached and is not. */
  missing?(attached: readonly string[]): Faults;
  /** What is doubtful, whatever else is wrong with it. */
  warnings?(ctx: SignedInCtx, requestNo: string, form: Typed): Promise<Warning[]>;
  content(ctx: SignedInCtx, form: Typed): Promise<Omit<Content, 'reasons' | 'data'>>;
  /** Groups that would decide it, where policy by kind does not tell. */
  levels?(ctx: SignedInCtx, requestNo: string, form: Typed): Promise<string[] | null>;
  shapes?(ctx: SignedInCtx, form: Typed, amending: boolean, requestNo: string): Promise<Record<string, Shape>>;
  /** What stands above the form: whom it is about, and what is. */
  above?(ctx: SignedInCtx, form: Typed): Promise<Hole>;
  /** Last thing before Temporal is asked, one statement; faults stop it. */
  reserve?(tx: Tx, form: Typed, requestNo: string): Promise<Faults | null>;
  /** The draft was given up. */
  dropped?(tx: Tx, requestNo: string): Promise<void>;
}

export const fieldsOf = (rule: DraftForm, form: Typed): readonly FieldRule[] => rule.fieldsOf?.(form) ?? rule.fields;

/** How the fields of this form look now. */
export async function shapesOf(ctx: SignedInCtx, rule: DraftForm, form: Typed, amending: boolean, requestNo: string): Promise<Record<string, Shape>> {
  return (await rule.shapes?.(ctx, form, amending, requestNo)) ?? {};
}
