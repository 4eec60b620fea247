// What all lifecycles share: the tray that signals lay commands on, the one clock, and the view. It knows no business.
import {
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  setCurrentDetails,
  setDefaultSignalHandler,
  setHandler,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { nextDue, passed } from './rules/clock.ts';
import { type Command, type Oddity, readCommand } from './rules/command.ts';
import { isRefusal, type Refusal } from './rules/refusals.ts';
import { type Happening, happened, isFinal, type Outcome, type Request, type RequestState, type Submission, submitted, waitsFor } from './rules/request.ts';
import type { Action } from './rules/steps.ts';
import { take } from './rules/take.ts';
import { attributes } from './search-attributes.ts';

/** Every signal, and the actions its name stands for. */
export const signals = {
  decide: ['approve', 'return', 'reject'],
  amend: ['amend'],
  withdraw: ['withdraw'],
  claim: ['claim'],
  release: ['release'],
  handOver: ['handOver'],
  comment: ['comment'],
  urge: ['urge'],
  retry: ['retry'],
  abandon: ['abandon'],
} as const satisfies Record<string, readonly Action[]>;

export const viewQuery = defineQuery<View>('view');
export const outcomeQuery = defineQuery<Outcome | null, [string]>('outcome');

export interface View {
  request: Request;
  outcomes: Outcome[];
  /** False while a step waits for its activity: a query may be answered in between. */
  settled: boolean;
}

const KEPT_OUTCOMES = 400;
const isOrdinary = (state: RequestState) => state === 'submitted' || state === 'approved' || state === 'effective';

export class Desk {
  request: Request;
  #saved = 0;
  #state: RequestState;
  #ringsAt: number | null = null;
  #rang = false;
  #alarm: CancellationScope | null = null;
  #settling: string[] = [];
  readonly #submission: Submission;
  readonly #tray: (Command | Oddity)[] = [];
  readonly #outcomes: Map<string, Outcome>;

  constructor(submission: Submission) {
    this.#submission = submission;
    this.request = submission.resumed?.request ?? submitted(submission, workflowInfo().startTime.getTime());
    this.#saved = submission.resumed?.request.version ?? 0;
    this.#outcomes = new Map(submission.resumed?.outcomes.map((outcome) => [outcome.commandId, outcome]));
    this.#state = this.request.state;
    for (const [name, allowed] of Object.entries(signals)) {
      setHandler(defineSignal<[unknown]>(name), (payload) => void this.#tray.push(readCommand(name, allowed, this.request.requestNo, payload)));
    }
    setDefaultSignalHandler((name) => void this.#tray.push({ oddity: 'unknown_signal', tried: name.slice(0, 60).replaceAll('\0', '').toWellFormed() }));
    setHandler(viewQuery, () => ({ request: this.request, outcomes: [...this.#outcomes.values()], settled: this.#saved === this.request.version }));
    setHandler(outcomeQuery, (commandId) => (this.#settling.includes(commandId) ? null : (this.#outcomes.get(commandId) ?? null)));
    void CancellationScope.current().cancelRequested.catch(() => this.#tray.push({ oddity: 'cancel_not_allowed', tried: 'cancel' }));
  }

  /** The request with the events that are not saved yet; what a save writes. */
  get unsaved(): Request {
    return { ...this.request, events: this.request.events.filter((event) => event.seq > this.#saved) };
  }

  /** Everything is said and done, and the tray is empty. */
  get closed(): boolean {
    return isFinal(this.request.state) && this.#tray.length === 0 && this.#saved === this.request.version;
  }

  /** Waits for the tray or the clock, whichever comes first. */
  async next(): Promise<void> {
    if (isFinal(this.request.state)) return;
    if (workflowInfo().continueAsNewSuggested && this.#tray.length === 0) await this.#continueInNewRun();
    this.#setAlarm(nextDue(this.request)?.at ?? null);
    await condition(() => this.#tray.length > 0 || this.#rang);
    this.#rang = false;
  }

  /**
   * Takes every command on the tray, in order, then what time brought; stops where a step needs an activity first. Commands come first, because one that
   * was accepted in time must not be lost to a worker that came too late.
   */
  takeAll(): void {
    const at = Date.now();
    while (this.#tray.length > 0 && !needsActivity(this.request)) {
      const item = this.#tray.shift();
      if (item) this.#takeOne(item, at);
    }
    if (!needsActivity(this.request)) this.request = passed(this.request, at);
  }

  /** Called with the request as it was saved: outcomes speak of it, and Temporal's UI shows it. */
  saved(request: Request): void {
    this.request = request;
    this.#saved = request.version;
    for (const commandId of this.#settling.splice(0)) {
      const outcome = this.#outcomes.get(commandId);
      if (!outcome?.accepted) continue;
      const { state, level, revision } = request;
      const turned = request.events.findLast((event) => event.type === 'effectRefused' && event.commandId === commandId)?.refusal;
      this.#outcomes.set(commandId, { commandId, accepted: !turned, ...(turned ? { refusal: turned } : {}), state, level, revision });
    }
    // The ordinary path tells nothing that Running and Completed do not, and each change of an attribute is a seventh of what a lifecycle costs Temporal.
    const told = workflowInfo().typedSearchAttributes.get(attributes.state) !== undefined;
    if (request.state !== this.#state && (told || !isOrdinary(request.state))) upsertSearchAttributes([{ key: attributes.state, value: request.state }]);
    this.#state = request.state;
    setCurrentDetails(details(request));
  }

  #takeOne(item: Command | Oddity, at: number): void {
    if ('oddity' in item) {
      this.#refuse({ type: 'refused', by: null, at, tried: item.tried, refusal: item.oddity });
      return;
    }
    if (this.#outcomes.has(item.commandId)) return;
    const result = take(this.request, item, at);
    if (isRefusal(result)) {
      const { code, name } = item.actor;
      this.#refuse({ type: 'refused', by: { code, name }, at, tried: item.action, refusal: result, commandId: item.commandId });
      this.#remember(item.commandId, result);
    } else {
      this.request = result;
      this.#remember(item.commandId);
    }
    this.#settling.push(item.commandId);
  }

  #refuse(happening: Happening & { refusal: Refusal }): void {
    this.request = happened(this.request, happening);
  }

  #remember(commandId: string, refusal?: Refusal): void {
    const { state, level, revision } = this.request;
    this.#outcomes.set(commandId, { commandId, accepted: refusal === undefined, ...(refusal ? { refusal } : {}), state, level, revision });
    if (this.#outcomes.size <= KEPT_OUTCOMES) return;
    const oldest = [...this.#outcomes.values()].find((outcome) => !outcome.accepted);
    if (oldest) this.#outcomes.delete(oldest.commandId);
  }

  /** One timer at a time: kept while it rings for the same moment, replaced otherwise. */
  #setAlarm(at: number | null): void {
    if (at === this.#ringsAt) return;
    this.#alarm?.cancel();
    this.#alarm = null;
    this.#ringsAt = at;
    if (at === null) return;
    const alarm = new CancellationScope();
    this.#alarm = alarm;
    void alarm
      .run(() => sleep(Math.max(1, at - Date.now())))
      .then(
        () => this.#ring(at),
        () => undefined,
      );
  }

  #ring(at: number): void {
    if (this.#ringsAt !== at) return;
    this.#ringsAt = null;
    this.#rang = true;
  }

  async #continueInNewRun(): Promise<void> {
    const resumed = { request: this.request, outcomes: [...this.#outcomes.values()] };
    await continueAsNew({ ...this.#submission, resumed });
  }
}

function needsActivity(request: Request): boolean {
  return request.state === 'approved' || (request.state === 'submitted' && request.plan === null);
}

/** Markdown that Temporal's own UI shows beside the history; encrypted like every payload. */
function details(request: Request): string {
  const group = waitsFor(request);
  const waiting = group ? `等待用户组 ${group} (第 ${request.level} 级,共 ${request.plan?.levels.length ?? 1} 级)` : '无人待办';
  // A title is what somebody typed: nothing in it is markup.
  const title = request.title.replaceAll(/[^\p{L}\p{N}\p{Zs}]/gu, (sign) => `\\${sign}`).replaceAll('\n', ' ');
  return `**${request.requestNo}** ${title}\n\n状态 \`${request.state}\`,${waiting}`;
}
