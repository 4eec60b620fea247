// What an operator watches: requests by kind and state, how long they wait, how far the rows lag behind, and how the web answers.
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Db } from '../../db/connect.ts';
import { requestFigures } from '../../db/inbox.ts';
import type { Live } from '../live/hub.ts';

export class Metrics {
  readonly registry = new Registry();
  readonly #answers: Histogram<'method' | 'route' | 'status'>;

  readonly #requests: Gauge<'kind' | 'state'>;
  readonly #waiting: Gauge<'kind'>;
  readonly #lag: Gauge;
  readonly #db: Db;

  constructor(db: Db, live: Live) {
    this.#db = db;
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.#answers = new Histogram({
      name: 'zhangfang_http_request_duration_seconds',
      help: 'Time from a request to its answer',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.03, 0.06, 0.1, 0.3, 1, 3],
      registers,
    });
    this.#requests = new Gauge({ name: 'zhangfang_requests', help: 'Requests by kind and state', labelNames: ['kind', 'state'], registers });
    this.#waiting = new Gauge({ name: 'zhangfang_oldest_waiting_seconds', help: 'Age of the oldest waiting request by kind', labelNames: ['kind'], registers });
    this.#lag = new Gauge({
      name: 'zhangfang_projection_lag_seconds',
      help: 'Longest time from an event of a workflow to its row, last five minutes',
      registers,
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

  /** The figures as they are now, in the Prometheus text format. */
  async text(): Promise<string> {
    const { byState, oldest, lagSeconds } = await requestFigures(this.#db);
    this.#requests.reset();
    this.#waiting.reset();
    for (const { kind, state, n } of byState) this.#requests.set({ kind, state }, n);
    for (const { kind, seconds } of oldest) this.#waiting.set({ kind }, seconds);
    this.#lag.set(lagSeconds);
    return this.registry.metrics();
  }

  answered(method: string, route: string, status: number, ms: number): void {
    this.#answers.observe({ method, route, status: String(status) }, ms / 1000);
  }
}
