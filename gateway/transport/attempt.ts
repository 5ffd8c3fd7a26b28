/**
 * One HTTP exchange with one endpoint, bytes in and bytes out: connect, send, read, all before one moment.
 *
 * Reading stops as soon as the answer is larger or deeper than allowed. Compression is not asked for and not taken:
 * what cannot be unpacked cannot be a bomb. Redirects are not followed. What the answer means is decided in answer.ts.
 */
import { type Dispatcher, Pool } from 'undici';
import { createJsonDepth, depthMeasuredFromBytes, type JsonDepth } from './json-depth.ts';
import { type Failed, failed } from './reply.ts';
import type { Connect } from './safe-connect.ts';

export interface Exchange {
  readonly kind: 'exchange';
  readonly status: number;
  readonly contentType: string;
  /** The endpoint's `kortelijn-time`, when it sent one. */
  readonly timeMs: number | undefined;
  readonly text: string;
  readonly sentAtMs: number;
  readonly headersAtMs: number;
}

export interface AttemptRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
}

export interface AttemptSettings {
  readonly connectTimeoutMs: number;
  readonly connectionsMax: number;
  readonly answerBytesMax: number;
  readonly answerDepthMax: number;
  /** How to connect where the address is another's word; the ordinary way when left out. */
  readonly connect?: Connect | undefined;
}

export interface Attempts {
  attempt(request: AttemptRequest): Running;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface Running {
  readonly exchange: Promise<Exchange | Failed>;
  /** Ends it from our side; its outcome no longer interests. */
  cancel(): void;
}

const idlePoolsMax = 1_000;

export function createAttempts(settings: AttemptSettings, now: () => number): Attempts {
  const pools = new Map<string, Pool>();

  const poolOf = (origin: string): Pool => {
    let pool = pools.get(origin);
    if (pool === undefined) {
      pool = new Pool(origin, {
        connections: settings.connectionsMax,
        connect: settings.connect ?? { timeout: settings.connectTimeoutMs },
        pipelining: 1,
        // The timer of the attempt covers headers and body alike.
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      pools.set(origin, pool);
      for (const [old, { stats }] of pools) {
        if (pools.size <= idlePoolsMax) break;
        if (stats.running > 0 || stats.pending > 0) continue;
        const oldPool = pools.get(old);
        pools.delete(old);
        void oldPool?.close();
      }
    }
    return pool;
  };

  return {
    attempt({ url, headers, body, timeoutMs }) {
      let cancel = (): void => {};
      const exchange = new Promise<Exchange | Failed>((resolve) => {
        let controller: Dispatcher.DispatchController | undefined;
        let sentAtMs = now();
        let headersAtMs = 0;
        let status = 0;
        let contentType = '';
        let timeMs: number | undefined;
        let byteCount = 0;
        const chunks: Buffer[] = [];
        let depth: JsonDepth | undefined;
        let isDone = false;

        const finish = (result: Exchange | Failed): void => {
          if (isDone) return;
          isDone = true;
          clearTimeout(timer);
          resolve(result);
          if (result.kind === 'failed') controller?.abort(new Error(result.reason));
        };
        const timer = setTimeout(() => {
          finish(
            controller === undefined
              ? failed('UNREACHABLE', `No connection within ${timeoutMs} ms.`)
              : failed('TIMED_OUT', `Connected; no whole answer within ${timeoutMs} ms.`, true),
          );
        }, timeoutMs);
        cancel = () => finish(failed('DEADLINE_EXCEEDED', 'The answer is no longer needed.', controller !== undefined));

        poolOf(url.origin).dispatch(
          { path: url.pathname + url.search, method: 'POST', headers, body },
          {
            onRequestStart(given) {
              controller = given;
              sentAtMs = now();
              if (isDone) given.abort(new Error('The attempt ended before a connection was there.'));
            },
            onResponseStart(_controller, statusCode, responseHeaders) {
              status = statusCode;
              headersAtMs = now();
              contentType = headerOf(responseHeaders['content-type']);
              timeMs = timeOf(responseHeaders['kortelijn-time']);
              const encoding = headerOf(responseHeaders['content-encoding']);
              if (encoding !== '' && encoding !== 'identity') {
                finish(
                  failed(
                    'BREACH',
                    `Expected an answer without content-encoding, found "${encoding.slice(0, 40)}".`,
                    true,
                  ),
                );
              } else if (Number(headerOf(responseHeaders['content-length'])) > settings.answerBytesMax) {
                finish(tooLarge(settings));
              }
            },
            onResponseData(_controller, chunk) {
              if (isDone) return;
              byteCount += chunk.length;
              if (byteCount > settings.answerBytesMax) {
                finish(tooLarge(settings));
                return;
              }
              chunks.push(chunk);
              if (byteCount <= depthMeasuredFromBytes) return;
              const unmeasured = depth === undefined ? chunks : [chunk];
              depth ??= createJsonDepth(settings.answerDepthMax);
              if (!unmeasured.every(depth.take)) {
                finish(
                  failed(
                    'TOO_LARGE',
                    `Expected an answer at most ${settings.answerDepthMax} deep, found a deeper one.`,
                    true,
                  ),
                );
              }
            },
            onResponseEnd() {
              const first = chunks[0];
              const text =
                chunks.length === 1 && first ? first.toString('utf8') : Buffer.concat(chunks).toString('utf8');
              finish({ kind: 'exchange', status, contentType, timeMs, text, sentAtMs, headersAtMs });
            },
            onResponseError(_controller, error) {
              finish(failureOf(error, controller !== undefined));
            },
          },
        );
      });
      return { exchange, cancel };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
    },
  };
}

/** Addresses stay inside: a reason is told to callers. */
function failureOf(error: Error & { code?: string }, isSent: boolean): Failed {
  const code = error.code ?? error.name;
  if (!isSent) return failed('UNREACHABLE', `No connection: ${code}.`);
  // What cannot be read as HTTP is garbage; everything else is a connection that broke.
  if (
    error.name === 'HTTPParserError' ||
    code === 'UND_ERR_HEADERS_OVERFLOW' ||
    code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH'
  ) {
    return failed('BREACH', `Expected HTTP/1.1, found ${code}.`, true);
  }
  return failed('LOST', `The connection broke before the answer was whole: ${code}.`, true);
}

const tooLarge = (settings: AttemptSettings): Failed =>
  failed('TOO_LARGE', `Expected an answer of at most ${settings.answerBytesMax} bytes, found a larger one.`, true);

function headerOf(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value[0] : value)?.toLowerCase() ?? '';
}

function timeOf(value: string | string[] | undefined): number | undefined {
  const text = headerOf(value);
  if (!/^\d{1,15}$/.test(text)) return undefined;
  return Number(text);
}
