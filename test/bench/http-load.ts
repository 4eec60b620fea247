// A load of ready-made HTTP requests over raw sockets, one in flight on each, so that the one who asks costs little beside the one who answers.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface Reply {
  status: number;
  body: string;
}

/** One kept connection; answers come in the order of the requests. */
export class Line {
  readonly #socket: Socket;
  #seen = '';
  #waiting: { done(reply: Reply): void; failed(error: Error): void } | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('utf8');
    socket.setNoDelay(true);
    socket.on('data', (text) => this.#data(String(text)));
    // Its close follows.
    socket.on('error', () => undefined);
    socket.on('close', () => this.#waiting?.failed(new Error('the server closed the connection')));
  }

  static async open(port: number): Promise<Line> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new Line(socket);
  }

  ask(request: string): Promise<Reply> {
    return new Promise((done, failed) => {
      if (this.#socket.destroyed) throw new Error('the server closed the connection');
      this.#waiting = { done, failed };
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #data(text: string): void {
    this.#seen += text;
    const head = this.#seen.indexOf('\r\n\r\n');
    if (head < 0) return;
    const length = Number(/content-length: (\d+)/i.exec(this.#seen.slice(0, head))?.[1] ?? 0);
    const body = this.#seen.slice(head + 4);
    if (Buffer.byteLength(body) < length) return;
    const status = Number(this.#seen.slice(9, 12));
    this.#seen = '';
    this.#waiting?.done({ status, body });
  }
}

export const requestText = (path: string, headers: Record<string, string>, body: string): string =>
  `POST ${path} HTTP/1.1\r\nHost: zhangfang\r\nContent-Type: application/json\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
