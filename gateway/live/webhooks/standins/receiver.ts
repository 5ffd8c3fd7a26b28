/** A program that takes posts in: a real server, which checks each signature with the library that receivers use. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook as Verifier } from 'standardwebhooks';

export interface Received {
  readonly id: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: { readonly type: string; readonly timestamp: string; readonly data: Record<string, unknown> };
  readonly status: number;
}

/** What to answer to the nth request; a promise holds it back. */
export type Answer = (request: { readonly id: string; readonly n: number }) => number | Reply | Promise<number | Reply>;

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Receiver extends AsyncDisposable {
  readonly url: string;
  /** By which signatures are checked. */
  secret: string;
  /** Every request, in the order in which they were answered. */
  readonly received: Received[];
  /** What was answered with 2xx, by id. */
  taken(): string[];
  /** The most that were being answered at one moment. */
  inFlightMax: number;
  answer: Answer;
  /** Resolves when so many requests were taken. */
  taking(count: number): Promise<void>;
  seeing(count: number): Promise<void>;
  down(): Promise<void>;
  up(): Promise<void>;
}

export async function startReceiver(secret: string): Promise<Receiver> {
  const received: Received[] = [];
  const wakers = new Set<() => void>();
  let inFlight = 0;
  let count = 0;
  let isLeft = new Set<ServerResponse>();

  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    const body = new Verifier(receiver.secret).verify(
      text,
      request.headers as Record<string, string>,
    ) as Received['body'];
    const id = String(request.headers['webhook-id']);
    inFlight += 1;
    receiver.inFlightMax = Math.max(receiver.inFlightMax, inFlight);
    response.once('close', () => isLeft.add(response));
    const given = await receiver.answer({ id, n: count++ });
    inFlight -= 1;
    const { status, headers = {} } = typeof given === 'number' ? { status: given } : given;
    if (isLeft.has(response)) return;
    received.push({ id, path: request.url ?? '', headers: request.headers, body, status });
    response.writeHead(status, headers).end('{"thanks":true}');
    for (const wake of [...wakers]) wake();
  };
  const server = createServer((request, response) => {
    take(request, response).catch((error: Error) => {
      received.push({ id: error.message, path: '', headers: {}, body: {} as Received['body'], status: 401 });
      response.writeHead(401).end();
    });
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const until = async (isReady: () => boolean): Promise<void> => {
    while (!isReady()) {
      await new Promise<void>((resolve) => {
        const done = (): void => {
          wakers.delete(done);
          resolve();
        };
        wakers.add(done);
      });
    }
  };
  const down = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
    isLeft = new Set();
  };
  const taken = () => received.filter(({ status }) => status >= 200 && status < 300).map(({ id }) => id);
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}/haken`,
    secret,
    received,
    taken,
    inFlightMax: 0,
    answer: () => 204,
    taking: (wanted) => until(() => taken().length >= wanted),
    seeing: (wanted) => until(() => received.length >= wanted),
    down,
    up: () => listen(port),
    [Symbol.asyncDispose]: down,
  };
  return receiver;
}
