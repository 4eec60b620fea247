// 提醒: who should hear of an event of a request. Telling never changes who may decide.
import { type Request, type RequestEvent, waitsFor } from './request.ts';

/** Somebody, or every member of a group who had no hand in the request. */
export type Hearer = { person: string } | { group: string };

const SUPERVISORS = '05';

/** `@clerk001` in a comment; codes are 8 letters or digits. */
export function mentioned(text: string): string[] {
  return [...new Set([...text.matchAll(/@([A-Za-z0-9]{8})(?![A-Za-z0-9])/g)].map(([, code]) => code ?? ''))];
}

export function hearers(request: Request, event: RequestEvent): Hearer[] {
  const maker = { person: request.maker.code };
  const reviewers = request.claim ? [{ person: request.claim.by.code }] : groups(waitsFor(request));
  switch (event.type) {
    case 'commented':
      return mentioned(event.reason ?? '')
        .filter((code) => code !== event.by?.code)
        .map((person) => ({ person }));
    case 'handedOver':
      return event.to ? [{ person: event.to.code }] : [];
    case 'returned':
    case 'rejected':
    case 'effective':
    case 'expired':
    case 'submissionRefused':
      return [maker];
    case 'urged':
    case 'reminded':
    case 'effectRefused':
    case 'failed':
      return reviewers;
    case 'escalated':
      return groups(SUPERVISORS);
    default:
      return [];
  }
}

const groups = (code: string | null): Hearer[] => (code ? [{ group: code }] : []);
