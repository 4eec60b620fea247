// What Temporal's own UI can search requests by; nothing personal, because search attributes are not encrypted.
import { defineSearchAttributeKey, type SearchAttributePair, SearchAttributeType, TypedSearchAttributes } from '@temporalio/common';
import type { Kind } from './rules/kinds.ts';
import type { Content } from './rules/request.ts';

export const attributes = {
  kind: defineSearchAttributeKey('RequestKind', SearchAttributeType.KEYWORD),
  /** Only where a request left the ordinary path: without it, a running one waits and a completed one is effective. */
  state: defineSearchAttributeKey('RequestState', SearchAttributeType.KEYWORD),
  merchant: defineSearchAttributeKey('MerchantNo', SearchAttributeType.KEYWORD),
  maker: defineSearchAttributeKey('Maker', SearchAttributeType.KEYWORD),
  amount: defineSearchAttributeKey('AmountFen', SearchAttributeType.INT),
} as const;

/** The attributes that a request starts with. */
export function startingAttributes(kind: Kind, maker: string, content: Content): TypedSearchAttributes {
  const pairs: SearchAttributePair[] = [
    { key: attributes.kind, value: kind },
    { key: attributes.merchant, value: content.merchantNo },
    { key: attributes.maker, value: maker },
  ];
  if (content.amountFen !== null) pairs.push({ key: attributes.amount, value: content.amountFen });
  return new TypedSearchAttributes(pairs);
}
