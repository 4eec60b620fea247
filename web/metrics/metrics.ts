// What an operator watches: requests by kind and state, how long they wait, how far the rows lag behind, and how the web answers.
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Db } from '../../db/connect.ts';
import { requestFigures } from '../../db/inbox.ts';
import type { Live } from '../live/hub.ts';

export class Metrics {
  readonly registry = new Registry();
  readonly #answers: Histogram<'method' | 'route' | 'status'>;

  constructor(db: Db, live: Live) {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.#answers = new Histogram({
      name: 'zhangfang_http_request_duration_seconds',
      help: 'Time from a request to its answer',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.03, 0.06, 0.1, 0.3, 1, 3],
      registers,
    });
    const requests = new Gauge({ name: 'zhangfang_requests', help: 'Requests by kind and state', labelNames: ['kind', 'state'], registers });
    const waiting = new Gauge({ name: 'zhangfang_oldest_waiting_seconds', help: 'Age of the oldest waiting request by kind', labelNames: ['kind'], registers });
    new Gauge({
      name: 'zhangfang_projection_lag_seconds',
      help: 'Longest time from an event of a workflow to its row, last five minutes',
      registers,
      async collect() {
        const { byState, oldest, lagSeconds } = await requestFigures(db);
        requests.reset();
        waiting.reset();
        for (const { kind, state, n } of byState) requests.set({ kind, state }, n);
        for (const { kind, seconds } of oldest) waiting.set({ kind }, seconds);
        this.set(lagSeconds);
      },
    });
    new Gauge({
      name: 'zhangfang_event_streams',
      help: 'Pages that listen for news',
      registers,
      collect() {
        this.set(live.size);
      },
    });
  }

  answered(method: string, route: string, status: number, ms: number): void {
    this.#answers.observe({ method, route, status: String(status) }, ms / 1000);
  }
}
