// Open pages and what they hear: one LISTEN for the process, streams by session, at most four each, told in turns.
import type { Response as Res } from 'express';
import type { Db } from '../../db/connect.ts';
import { listen, type News, newsFrom, newsSince, sweepOutbox } from '../../db/outbox.ts';
import { readSession } from '../../db/sessions.ts';
import { log } from '../../stack/log.ts';
import type { Actor } from '../../workflows/rules/request.ts';
import { PageTurns } from './page-turns.ts';

const STREAMS_PER_SESSION = 4;
const CHECK_MS = 20_000;
const SWEEP_MS = 300_000;

interface Stream {
  res: Res;
  user: Actor;
  sessionHash: string;
  /** Newest news that was meant for it. */
  heard: number;
}

const concerns = (news: News, user: Actor) => news.people.includes(user.code) || news.groups.some((group) => user.groups.includes(group));

export class Live {
  readonly #db: Db;
  readonly #streams = new Set<Stream>();
  readonly #timers: NodeJS.Timeout[] = [];
  /** Who waits for the next news of a request. */
  readonly #waiting = new Map<string, Set<(heard: boolean) => void>>();
  /** A page that is told looks again. */
  readonly #turns = new PageTurns<Stream>(({ res, heard }) => res.write(`id: ${heard}\nevent: changed\ndata: ${heard}\n\n`));
  #unlisten: (() => Promise<void>) | null = null;

  constructor(db: Db) {
    this.#db = db;
  }

  get size(): number {
    return this.#streams.size;
  }

  /** Begins to listen; news that came while the connection was broken may be lost, so everybody is told to look again. */
  open(databaseUrl: string): void {
    this.#unlisten = listen(
      databaseUrl,
      (news) => this.#hear(news),
      () => this.#turns.add(this.#streams),
    );
    this.#timers.push(
      setInterval(() => void this.#checkSessions().catch((error) => log.warn({ err: error }, 'sessions of streams not checked')), CHECK_MS).unref(),
    );
    this.#timers.push(
      setInterval(() => void this.#db.transaction(sweepOutbox).catch((error) => log.warn({ err: error }, 'outbox not swept')), SWEEP_MS).unref(),
    );
  }

  /** Opens the stream of a page. Of what happened since the newest news it has heard (`eventId`), or else since it was made (epoch ms), nothing is missed. */
  async join(res: Res, user: Actor, sessionHash: string, { eventId, madeAt }: { eventId: number | null; madeAt: number | null }): Promise<void> {
    // The page may have gone while its session was read.
    if (res.destroyed) return;
    const mine = [...this.#streams].filter((stream) => stream.sessionHash === sessionHash);
    for (const oldest of mine.slice(0, Math.max(0, mine.length - STREAMS_PER_SESSION + 1))) this.#end(oldest);
    res.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' }).flushHeaders();
    const stream: Stream = { res, user, sessionHash, heard: eventId ?? 0 };
    this.#streams.add(stream);
    res.once('close', () => this.#leave(stream));
    res.write(': open\n\n');
    if (eventId === null && madeAt === null) return;
    const missed = await (eventId === null ? newsFrom(this.#db, madeAt ?? 0) : newsSince(this.#db, eventId));
    if (!this.#streams.has(stream)) return;
    for (const news of missed ?? []) stream.heard = Math.max(stream.heard, news.id);
    if (missed === null || missed.some((news) => concerns(news, user))) this.#turns.add([stream]);
  }

  /** Resolves with the next news of a request, or after `ms`; whether there was news. */
  next(requestNo: string, ms: number): Promise<boolean> {
    const mine = this.#waiting.get(requestNo) ?? new Set();
    this.#waiting.set(requestNo, mine);
    return new Promise((resolve) => {
      const over = (heard: boolean) => {
        clearTimeout(timer);
        mine.delete(over);
        if (mine.size === 0) this.#waiting.delete(requestNo);
        resolve(heard);
      };
      const timer = setTimeout(over, ms, false);
      mine.add(over);
    });
  }

  /** The session ended: its streams end too. */
  endSession(sessionHash: string): void {
    for (const stream of this.#streams) if (stream.sessionHash === sessionHash) this.#end(stream);
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#turns.close();
    for (const stream of this.#streams) stream.res.end();
    await this.#unlisten?.();
  }

  #hear(news: News): void {
    for (const over of [...(this.#waiting.get(news.requestNo) ?? [])]) over(true);
    const concerned = [...this.#streams].filter(({ user }) => concerns(news, user));
    for (const stream of concerned) stream.heard = Math.max(stream.heard, news.id);
    this.#turns.add(concerned);
  }

  /** `ended` tells the page not to come back. */
  #end(stream: Stream): void {
    stream.res.write('event: ended\ndata: 0\n\n');
    stream.res.end();
    this.#leave(stream);
  }

  #leave(stream: Stream): void {
    this.#turns.drop(stream);
    this.#streams.delete(stream);
  }

  /** A stream is no activity: a session that idles out ends it. Groups are read anew, as at every request. */
  async #checkSessions(): Promise<void> {
    for (const sessionHash of new Set([...this.#streams].map((stream) => stream.sessionHash))) {
      const signedIn = await readSession(this.#db, sessionHash, false);
      if (!signedIn) this.endSession(sessionHash);
      for (const stream of this.#streams) {
        if (stream.sessionHash !== sessionHash || !signedIn) continue;
        stream.user = signedIn.actor;
        stream.res.write(': still here\n\n');
      }
    }
  }
}
