// For auditors: a request's timeline beside what Temporal itself recorded.
import { shanghaiTime } from '../../workflows/rules/time.ts';
import type { SignedInCtx } from '../http.ts';
import { html, type Raw } from '../ui/html.ts';
import { layout } from '../ui/layout.ts';
import { notice } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';
import { line } from './timeline.ts';
import type { Known } from './views.ts';

interface SystemEvent {
  id: string;
  at: number;
  type: string;
  name: string;
}

export async function historyPage(ctx: SignedInCtx, { request, events }: Known): Promise<Raw> {
  const { text } = ctx;
  const system = await systemEvents(ctx, request.requestNo);
  const rows = system?.map(
    (event) =>
      html`<tr><td class="num">${event.id}</td><td class="mono">${shanghaiTime(event.at).slice(5)}</td><td>${event.type}${event.name !== '' && html` <span class="tag">${event.name}</span>`}</td></tr>`,
  );
  return layout(ctx, {
    title: `${text.request.historyTitle} ${request.requestNo}`,
    crumbs: [
      { label: text.audit.title, path: paths.audit() },
      { label: request.requestNo, path: paths.request(request.requestNo) },
      { label: text.request.historyTitle },
    ],
    entry: 'auditLog',
    notice: system === null && notice('bad', text.request.uncertain),
    body: html`<div class="head"><h1>${text.request.historyTitle} · ${request.title}</h1></div><div class="page two"><section class="card"><h2>${text.history.story}</h2><ol class="happened">${events.map((event) => line(text, event))}</ol></section>
<section class="card"><h2>${text.history.system}</h2><table class="t"><thead><tr><th class="num">${text.history.no}</th><th>${text.history.at}</th><th>${text.history.type}</th></tr></thead><tbody>${rows}</tbody></table></section></div>`,
  });
}

/** The history's events by name; null when Temporal does not answer. */
async function systemEvents(ctx: SignedInCtx, requestNo: string): Promise<SystemEvent[] | null> {
  const { temporal } = ctx;
  const history = await temporal.withDeadline(Date.now() + 5000, () => temporal.workflow.getHandle(requestNo).fetchHistory()).catch(() => null);
  if (!history) return null;
  return (history.events ?? []).map((event) => ({
    id: String(event.eventId),
    at: Number(event.eventTime?.seconds ?? 0) * 1000 + Math.floor((event.eventTime?.nanos ?? 0) / 1e6),
    type: kindOf(event),
    name: event.workflowExecutionSignaledEventAttributes?.signalName ?? event.markerRecordedEventAttributes?.markerName ?? '',
  }));
}

/** `workflowExecutionSignaledEventAttributes` → `WorkflowExecutionSignaled`. */
function kindOf(event: object): string {
  const key = Object.entries(event).find(([name, value]) => name.endsWith('EventAttributes') && value)?.[0] ?? '';
  return key.charAt(0).toUpperCase() + key.slice(1).replace('EventAttributes', '');
}
