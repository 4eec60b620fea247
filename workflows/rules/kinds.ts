// The kinds of request: prefix of the number, who may submit, who may review.

export interface KindRule {
  prefix: string;
  submitRight: string;
  reviewRight: string;
  /** Groups that decide, one per level, when policy data says nothing else (rules.md §10). */
  levels: readonly string[];
  /** The record that stands still for it: one open request each. */
  record: 'merchant' | 'terminal' | 'topUp' | 'line' | 'policy' | 'access' | null;
  /** What an approval must name: the bank line that the money came by. */
  names?: 'line';
  /** The maker says why. */
  reason?: true;
  /** Maker and decider hold the same duty; four eyes are another person, not another duty. */
  peers?: true;
}

const operations = ['03'] as const;
const finance = ['04', '05'] as const;

export const kinds = {
  merchantOpening: { prefix: 'MO', submitRight: 'merchantOpening', reviewRight: 'merchantReview', levels: operations, record: null },
  merchantChange: { prefix: 'MU', submitRight: 'merchantChange', reviewRight: 'merchantReview', levels: operations, record: 'merchant' },
  merchantFreeze: { prefix: 'MF', submitRight: 'merchantFreeze', reviewRight: 'merchantReview', levels: operations, record: 'merchant', reason: true },
  merchantRestore: { prefix: 'MR', submitRight: 'merchantRestore', reviewRight: 'merchantReview', levels: operations, record: 'merchant', reason: true },
  merchantCancellation: {
    prefix: 'MC',
    submitRight: 'merchantCancellation',
    reviewRight: 'merchantReview',
    levels: operations,
    record: 'merchant',
    reason: true,
  },
  terminalRegistration: { prefix: 'TR', submitRight: 'terminalRegistration', reviewRight: 'terminalReview', levels: operations, record: null },
  terminalChange: { prefix: 'TM', submitRight: 'terminalChange', reviewRight: 'terminalReview', levels: operations, record: 'terminal' },
  terminalCancellation: {
    prefix: 'TC',
    submitRight: 'terminalCancellation',
    reviewRight: 'terminalReview',
    levels: operations,
    record: 'terminal',
    reason: true,
  },
  topUp: { prefix: 'TU', submitRight: 'topUp', reviewRight: 'topUpReview', levels: ['03', '04', '05'], record: null, names: 'line' },
  topUpVoid: { prefix: 'TV', submitRight: 'topUpVoid', reviewRight: 'topUpReview', levels: finance, record: 'topUp', reason: true },
  quotaRefund: { prefix: 'QR', submitRight: 'quotaRefund', reviewRight: 'topUpReview', levels: ['03', '04'], record: null, reason: true },
  lineReturn: { prefix: 'LR', submitRight: 'lineReturn', reviewRight: 'topUpReview', levels: ['05'], record: 'line', reason: true },
  adjustment: { prefix: 'AD', submitRight: 'adjustment', reviewRight: 'topUpReview', levels: finance, record: null, reason: true },
  policyChange: { prefix: 'PC', submitRight: 'policyChange', reviewRight: 'policyReview', levels: ['05'], record: 'policy', reason: true },
  accessChange: { prefix: 'AC', submitRight: 'accessChange', reviewRight: 'accessReview', levels: ['01'], record: 'access', peers: true },
} as const satisfies Record<string, KindRule>;

export type Kind = keyof typeof kinds;
export const kindNames = Object.keys(kinds) as Kind[];
export const isKind = (name: string): name is Kind => Object.hasOwn(kinds, name);
/** 商户开户审核, 商户终端审核, 商户充值审核 …: entries that open the inbox with the requests of one kind. */
export const reviews = {
  merchantReview: 'merchantOpening',
  terminalReview: 'terminalRegistration',
  topUpReview: 'topUp',
  policyReview: 'policyChange',
  accessReview: 'accessChange',
} as const satisfies Record<string, Kind>;

export const kindRule = (kind: Kind): KindRule => kinds[kind];

/** Records that an open request of this kind keeps for itself, e.g. `merchant:898…`; several terminals may stand in one request. */
export function recordsOf(kind: Kind, merchantNo: string, data: Readonly<Record<string, string>>): string[] {
  switch (kindRule(kind).record) {
    case 'merchant':
      return [`merchant:${merchantNo}`];
    case 'terminal':
      return (data.terminalNos ?? data.terminalNo ?? '')
        .split(' ')
        .filter(Boolean)
        .map((no) => `terminal:${no}`);
    case 'topUp':
      return [`topUp:${data.topUpNo ?? ''}`];
    case 'line':
      return [`line:${data.lineId ?? ''}`];
    case 'policy':
      return [`policy:${data.policyKey ?? ''}`];
    case 'access':
      return [`access:${(data.subject ?? '').toLowerCase()}`];
    case null:
      return [];
  }
}
