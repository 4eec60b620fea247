// A web of its own for a test file, and people who use it over HTTP as a browser would.
import { once } from 'node:events';
import type { Server } from 'node:http';
import { Client, Connection } from '@temporalio/client';
import { dataConverter } from '../../stack/codec.ts';
import { DEMO_PASSWORD } from '../../stack/demo.ts';
import { loadSettings } from '../../stack/settings.ts';
import { makeApp } from '../../web/app.ts';
import { Live } from '../../web/live/hub.ts';
import { Metrics } from '../../web/metrics/metrics.ts';
import { serverOf } from '../../web/server.ts';
import { openExchange } from '../../web/terminal/exchange.ts';
import { Terminals, type Trusts } from '../../web/terminal/server.ts';
import { m1, seedCast } from '../cast.ts';
import { PAYLOAD_KEYS, TERMINAL_KEY_SECRET, type World } from '../world.ts';

export interface Site {
  base: string;
  visit(): Person;
  signIn(code: string, password?: string): Promise<Person>;
  close(): Promise<void>;
}

export async function openSite(world: World, changes: NodeJS.ProcessEnv = {}): Promise<Site> {
  await seedCast(world.db);
  const settings = loadSettings({
    NODE_ENV: 'test',
    PORT: '0',
    DATA_DIR: world.dir,
    DATABASE_URL: world.databaseUrl,
    TEMPORAL_ADDRESS: world.address,
    TEMPORAL_NAMESPACE: world.namespace,
    PAYLOAD_KEYS,
    SESSION_SECRET: 'a secret of more than thirty-two letters',
    TERMINAL_KEY_SECRET,
    LOGIN_CAPTCHA: 'off',
    ...changes,
  });
  const connection = Connection.lazy({ address: settings.TEMPORAL_ADDRESS });
  const temporal = new Client({ connection, namespace: settings.TEMPORAL_NAMESPACE, dataConverter: dataConverter(PAYLOAD_KEYS) });
  const live = new Live(world.db);
  live.open(world.databaseUrl);
  const exchange = openExchange(world.db, world.databaseUrl, settings.TERMINAL_KEY_SECRET);
  const app = makeApp({ db: world.db, temporal, settings, live, exchange, metrics: new Metrics(world.db, live), closing: { now: false } });
  const server: Server = serverOf(app, new Terminals(exchange, app.get('trust proxy fn') as Trusts)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const base = `http://127.0.0.1:${address && typeof address === 'object' ? address.port : 0}`;
  const visit = () => new Person(base);
  return {
    base,
    visit,
    signIn: (code, password) => signInAt(base, code, password),
    async close() {
      await live.close();
      server.closeAllConnections();
      server.close();
      await exchange.close();
      // A channel that never reached a server cannot be closed without an error afterwards.
      if (!changes.TEMPORAL_ADDRESS) await connection.close();
    },
  };
}

export interface Page {
  status: number;
  html: string;
  location: string | null;
  headers: Headers;
}

/** Keeps cookies and the form token, as a browser does; follows nothing by itself. */
export class Person {
  readonly base: string;
  readonly cookies = new Map<string, string>();
  token = '';

  constructor(base: string) {
    this.base = base;
  }

  get cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Page> {
    return this.#fetch(path, { headers });
  }

  post(path: string, body: Record<string, string> = {}, headers: Record<string, string> = {}): Promise<Page> {
    return this.#fetch(path, {
      method: 'POST',
      headers: { 'Sec-Fetch-Site': 'same-origin', ...headers },
      body: new URLSearchParams({ _csrf: this.token, ...body }),
    });
  }

  upload(path: string, part: string, file: File): Promise<Page> {
    const body = new FormData();
    body.set('part', part);
    body.set('file', file);
    return this.#fetch(`${path}?_csrf=${this.token}`, { method: 'POST', body });
  }

  async #fetch(path: string, init: RequestInit): Promise<Page> {
    const response = await fetch(this.base + path, { ...init, redirect: 'manual', headers: { cookie: this.cookieHeader, ...init.headers } });
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=');
      if (value) this.cookies.set(name, value);
      else this.cookies.delete(name);
    }
    // A stream never ends by itself; that it was opened is all there is to know.
    const streams = response.headers.get('content-type')?.startsWith('text/event-stream');
    const html = streams ? '' : await response.text();
    if (streams) await response.body?.cancel();
    this.token = /name="_csrf" value="([^"]+)"/.exec(html)?.[1] ?? this.token;
    return { status: response.status, html, location: response.headers.get('location'), headers: response.headers };
  }
}

/** Signs in as a browser does, and opens the first page, which brings the form token. */
export async function signInAt(base: string, code: string, password = DEMO_PASSWORD): Promise<Person> {
  const person = new Person(base);
  await person.get('/sign-in');
  const answer = await person.post('/sign-in', { account: code, password, next: '/' });
  if (answer.status !== 303) throw new Error(`${code} cannot sign in: ${answer.status}`);
  await person.get('/');
  return person;
}

/** A tiny real PNG. */
export const png = () =>
  new File([Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')], '营业执照.png', {
    type: 'image/png',
  });

let numbers = 0;

/** A merchant's form with a number and identifiers nobody else has. */
export function freshForm(changes: Partial<typeof m1> = {}): Record<string, string> {
  numbers += 1;
  return {
    ...m1,
    merchantNo: `89821015411${String(5000 + numbers)}`,
    'reason-uscc': '同一集团门店',
    'reason-idCardNo': '同一集团门店',
    settlementAccountNo: String(3301020409200000000n + BigInt(numbers)),
    ...changes,
  };
}

/** Opens a draft, attaches the licence and submits; answers the request number. */
export async function submitOpening(person: Person, form: Record<string, string>): Promise<string> {
  const no = await draftOf(person);
  const answer = await person.post(`/merchant-openings/${no}/submission`, form);
  if (answer.status !== 303) throw new Error(`not submitted: ${answer.status} ${/class="notice bad"[\s\S]*?<\/div>/.exec(answer.html)?.[0]}`);
  return no;
}

export async function draftOf(person: Person): Promise<string> {
  const added = await person.post('/merchant-openings');
  const no = added.location?.split('/').pop() ?? '';
  await person.get(`/merchant-openings/${no}`);
  await person.upload(`/merchant-openings/${no}/attachments`, 'businessLicense', png());
  return no;
}

/** Values of hidden fields of a form's page. */
export function hidden(html: string, name: string): string {
  return new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? '';
}

/** Opens the request's page and decides as its buttons would. */
export async function decide(person: Person, no: string, decision: 'approve' | 'return' | 'reject', reason = ''): Promise<Page> {
  const { html } = await person.get(`/requests/${no}`);
  return person.post(`/requests/${no}/decision`, { decision, reason, revision: hidden(html, 'revision'), commandId: hidden(html, 'commandId') });
}
