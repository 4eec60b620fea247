// 分级授权 (rules.md §10): who decides a top-up, by its amount and the merchant's other top-ups of the day.

export interface Tier {
  /** Up to and including this sum, fen; null without bound. */
  upTo: number | null;
  groups: string[];
}

/** Policy text `5000000:03 50000000:03+04 :03+04+05` as tiers, smallest first; null when it is not one. */
export function readTiers(text: string): Tier[] | null {
  const tiers = text
    .trim()
    .split(/\s+/)
    .map((part) => {
      const [, upTo = '', groups = ''] = /^(\d{0,15}):((?:\d{2}|[A-Za-z0-9]{2})(?:\+[A-Za-z0-9]{2})*)$/.exec(part) ?? [];
      return groups === '' ? null : { upTo: upTo === '' ? null : Number(upTo), groups: groups.split('+') };
    });
  const rising = tiers.every((tier, i) => {
    const before = tiers[i - 1];
    if (!tier) return false;
    if (new Set(tier.groups).size !== tier.groups.length) return false;
    return i === 0 || (before?.upTo !== null && (tier.upTo === null || tier.upTo > (before?.upTo ?? 0)));
  });
  return rising && tiers.at(-1)?.upTo === null ? (tiers as Tier[]) : null;
}

/** The groups that decide, one per level, for this amount together with `others` of the same merchant and day; fen. */
export function levelsFor(tiers: readonly Tier[], amountFen: number, others: number): string[] {
  const sum = amountFen + others;
  return tiers.find((tier) => tier.upTo === null || sum <= tier.upTo)?.groups ?? [];
}
