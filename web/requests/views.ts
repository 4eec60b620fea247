// The page of a request: where it is, what to decide, what differs, what happened.
import type { AttachmentRow } from '../../db/attachments.ts';
import type { Seen } from '../../db/seen.ts';
import type { TwinRequest } from '../../db/twins.ts';
import { dueAt, nextDue } from '../../workflows/rules/clock.ts';
import { kinds } from '../../workflows/rules/kinds.ts';
import type { Refusal } from '../../workflows/rules/refusals.ts';
import { isFinal, type NamedLine, type Request, type RequestEvent } from '../../workflows/rules/request.ts';
import { hadAHand } from '../../workflows/rules/take.ts';
import type { SignedInCtx } from '../http.ts';
import { accessChanges } from '../people/changes.ts';
import type { CodeNames } from '../people/names.ts';
import { fill, type Text, word } from '../text/index.ts';
import { attribute, type Hole, html, type Raw } from '../ui/html.ts';
import { type Crumb, type Frame, layout } from '../ui/layout.ts';
import { notice, stateTag, wholeMoment } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';
import type { Answer } from './commands.ts';
import type { Consequence } from './consequence.ts';
import { attachments, content, maybeDifferences, twinCard } from './content.ts';
import { actionBar, commentForm, decisionSheet } from './decision.ts';
import { baseDifferences, lineCard } from './money.ts';
import { timeline } from './timeline.ts';

export interface Known {
  request: Request;
  events: RequestEvent[];
  attachments: AttachmentRow[];
  seen: Seen | null;
  deciders: { code: string; name: string }[];
  names: { areaCode: string | null; mcc: string | null };
  /** What groups and functions are called. */
  codes: CodeNames;
  twins: TwinRequest[];
  consequence: Consequence;
  /** Approving it asks for a one-time code. */
  asksCode: boolean;
  /** 常用语 of this user. */
  phrases: readonly string[];
  now: number;
}

export interface Extra {
  notice: Hole;
  /** What is wrong with the reason that was typed. */
  fault: Refusal | null;
  reason: string;
  /** The bank line that was chosen. */
  line: NamedLine | null;
  comment: string;
  /** Masked fields are shown in full (an audited reveal). */
  plain: boolean;
  /** Filters of the list that it stands beside; null on a page of its own. */
  from: string | null;
}

export function answerNotice(text: Text, answer: Answer): Raw {
  const words = text.request;
  if (answer.kind === 'recorded') return notice('warn', words.recorded);
  if (answer.kind === 'unreachable') return notice('bad', words.unreachable);
  if (answer.kind === 'uncertain') return notice('bad', words.uncertain);
  const refusal = answer.kind === 'refused' ? answer.refusal : answer.outcome.refusal;
  if (refusal) return notice('bad', html`<b>${words.notTaken}</b> ${text.refusals[refusal]}`);
  return notice('good', html`${words.taken}${answer.kind === 'outcome' && html` ${stateTag(text, answer.outcome.state)}`}`);
}

export function requestPage(ctx: SignedInCtx, known: Known, extra: Extra, frame: Pick<Frame, 'counts' | 'address'> = {}): Promise<Raw> {
  const { request } = known;
  const { text } = ctx;
  return layout(ctx, {
    title: `${text.kinds[request.kind]} ${request.requestNo}`,
    ...placeOf(ctx, request),
    notice: extra.notice,
    ...frame,
    body: sheet(ctx, known, { ...extra, notice: null }),
  });
}

/** The list that this user finds the request in: its crumb, and its entry of the menu. */
function placeOf({ text, user }: SignedInCtx, { kind, maker, requestNo }: Request): Pick<Frame, 'crumbs' | 'entry'> {
  const [list, entry = '']: [Crumb, string?] =
    maker.code === user.code
      ? [{ label: text.kinds[kind], path: paths.drafts(kind) }, kinds[kind].submitRight]
      : user.rights.includes('inbox')
        ? [{ label: text.inbox.title, path: paths.inbox() }, 'inbox']
        : user.rights.includes('auditLog')
          ? [{ label: text.audit.title, path: paths.audit() }, 'auditLog']
          : [{ label: text.kinds[kind] }];
  return { crumbs: [list, { label: requestNo }], entry };
}

/** The request itself, alone on its page or beside the list of the inbox. */
export function sheet(ctx: SignedInCtx, known: Known, extra: Extra): Raw {
  const { request } = known;
  const { text } = ctx;
  return html`<article class="sheet" id="sheet" data-no="${request.requestNo}" data-revision="${request.revision}"${attribute('data-look', extra.from === null && !isFinal(request.state) && paths.version(request.requestNo))} data-version="${request.version}" aria-label="${request.requestNo}">${extra.from !== null && html`<p class="narrow-only"><a href="${`${paths.inbox()}?${extra.from || 'tab=mine'}`}">← ${text.inbox.title}</a></p>`}<div class="news" id="news" role="status" hidden><a href="${extra.from === null ? paths.request(request.requestNo) : `${paths.inboxItem(request.requestNo)}?${extra.from}`}">${text.inbox.changed}</a></div>${extra.notice}<div class="title"><span class="tag brand-t">${text.kinds[request.kind]}</span><h1>${request.title}</h1><span class="mono muted">${request.merchantNo}</span>${stateTag(text, request.state)}${request.overdue && html`<span class="tag bad">${text.inbox.overdue}</span>`}</div>
<p class="why">${sentence(text, known)}</p>${steps(text, known)}
${maybeDifferences(ctx, known)}${accessChanges(text, request, known.codes)}${baseDifferences(ctx, known)}${twinCard(text, known.twins)}
<div class="two">${decisionSheet(ctx, known, extra)}${lineCard(ctx, known)}${request.data.attachments !== undefined && attachments(text, known.attachments, request.data.attachments)}</div>
${content(ctx, known, extra.plain)}${timeline(ctx, known.events, request)}${commentForm(ctx, known, extra)}${actionBar(ctx, known)}</article>`;
}

/** One sentence: where it is, whom it waits for and until when. */
function sentence(text: Text, { request, events, deciders, codes }: Known): string {
  const words = text.request;
  const who = deciders.filter((one) => !hadAHand(request, one)).map((one) => one.name);
  const maker = request.maker.name;
  const until = nextDue(request)?.at;
  if (request.state === 'submitted') {
    const group = word(codes, request.plan?.levels[request.level - 1]?.group ?? '03');
    if (who.length === 0) return fill(words.waitingNobody, { group });
    const due = dueAt(request);
    return fill(words.waiting, {
      group,
      n: request.level,
      m: request.plan?.levels.length ?? 1,
      who: who.join(text.comma),
      due: due ? wholeMoment(due).slice(0, 16) : '',
      maker,
      at: wholeMoment(handedIn(events, request)).slice(0, 16),
    });
  }
  if (request.state === 'returned') {
    const back = events.findLast((event) => event.type === 'returned' || event.type === 'submissionRefused');
    const reason = back?.reason ?? (back?.refusal ? text.refusals[back.refusal] : '');
    return fill(words.returnedSentence, { by: back?.by?.name ?? text.common.system, reason, maker, due: until ? wholeMoment(until).slice(0, 10) : '' });
  }
  if (request.state === 'failed') return words.failedSentence;
  if (request.state === 'approved') return words.approvedSentence;
  return fill(words.done, { at: wholeMoment(request.since), state: text.states[request.state] });
}

/** When it was handed in last: an amendment is a submission too. */
function handedIn(events: readonly RequestEvent[], request: Request): number {
  return events.findLast((event) => event.type === 'amended')?.at ?? request.submittedAt;
}

function steps(text: Text, { request, events, codes }: Known): Raw {
  const levels = request.plan?.levels ?? [];
  const done = isFinal(request.state);
  return html`<ol class="steps"><li class="done"><b>${text.events.submitted}</b>${request.maker.name} ${wholeMoment(handedIn(events, request)).slice(5, 16)}</li>
${levels.map((level, i) => {
  const approval = request.approvals.find((one) => one.level === i + 1);
  const now = !approval && request.state === 'submitted' && request.level === i + 1;
  return html`<li${attribute('class', approval ? 'done' : now && 'now')}${attribute('aria-current', now && 'step')}><b>${word(codes, level.group)}</b>${approval ? `${approval.by.name} ${wholeMoment(approval.at).slice(5, 16)}` : request.state === 'submitted' ? text.states.submitted : ''}</li>`;
})}<li${attribute('class', done && 'done')}><b>${text.states[done ? request.state : 'effective']}</b>${done && wholeMoment(request.since).slice(5, 16)}</li></ol>`;
}
