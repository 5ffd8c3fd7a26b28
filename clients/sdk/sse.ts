import { post, readAnswer, resultOf, type WrittenResult } from './ask.ts';
import type { Door, HubAddress, Opening } from './door.ts';
import { KortelijnError, lineBroken } from './errors.ts';
import { readEvents } from './read-events.ts';

/**
 * Streams over server-sent events, read by `fetch`: nothing to install, and it passes wherever HTTP does. Each stream is a
 * request of its own; over HTTP/1.1 a browser opens six at a time to one origin. This is the door when none is given.
 */
export function overSse(): Door {
  return (hub) => (opening) => {
    const leaving = new AbortController();
    let isOver = false;
    const end = (why: KortelijnError | undefined) => {
      if (isOver) return;
      isOver = true;
      leaving.abort();
      opening.onEnd(why);
    };
    read(hub, { ...opening, onResult: (result) => isOver || opening.onResult(result) }, leaving.signal).then(
      () => end(undefined),
      (error: unknown) =>
        end(error instanceof KortelijnError ? error : lineBroken(`The line broke: ${(error as Error).message}`, error)),
    );
    return {
      close() {
        isOver = true;
        leaving.abort();
      },
      drop: () => end(lineBroken('The line was given up.')),
    };
  };
}

async function read({ url, fetch, auth }: HubAddress, opening: Opening, signal: AbortSignal): Promise<void> {
  const { text, variables, onResult } = opening;
  const token = await auth.token();
  const response = await post({ url, fetch, token, text, variables, accept: 'text/event-stream', signal });
  if (response.body === null || !response.headers.get('content-type')?.startsWith('text/event-stream')) {
    const { failures } = await readAnswer(response);
    const [failure = { code: 'NOT_THE_HUB', message: 'Expected a stream, got an answer.', retryable: false } as const] =
      failures;
    if (failure.code === 'TOKEN_EXPIRED') auth.expire(token);
    throw new KortelijnError(failure);
  }
  for await (const { event, data } of readEvents(chunksOf(response.body))) {
    if (event === 'complete') return;
    if (event !== 'next') continue;
    const result = resultOf(JSON.parse(data) as WrittenResult);
    // How the hub says that the token has run out meanwhile.
    if (result.data === null && result.failures[0]?.code === 'TOKEN_EXPIRED') auth.expire(token);
    onResult(result);
  }
}

/** Not every browser can iterate a stream. */
async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
