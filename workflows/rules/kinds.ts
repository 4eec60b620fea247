// The kinds of request: prefix of the number, who may submit, who may review.

export interface KindRule {
  prefix: string;
  submitRight: string;
  reviewRight: string;
  /** Groups that decide, one per level, when policy data says nothing else (rules.md §10). */
  levels: readonly string[];
}

export const kinds = {
  merchantOpening: { prefix: 'MO', submitRight: 'merchantOpening', reviewRight: 'merchantReview', levels: ['03'] },
} as const satisfies Record<string, KindRule>;

export type Kind = keyof typeof kinds;
export const kindNames = Object.keys(kinds) as Kind[];
export const isKind = (name: string): name is Kind => name in kinds;
