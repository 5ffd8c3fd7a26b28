import type { IncomingMessage } from 'node:http';
import { createClient } from 'graphql-sse';
import { describe, expect, it } from 'vitest';
import { openDoors, subscription } from './door-fixture.ts';
import { wantsEvents } from './sse.ts';

const query = '{ participants { id } }';
const item = (id: unknown) => ({ data: { incidentChanged: { id } } });
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const post = (url: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      authorization: 'Bearer good',
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

describe('the door for event streams', () => {
  it.each([
    ['text/event-stream', true],
    ['text/event-stream, multipart/mixed', true],
    ['Text/Event-Stream;q=0.9', true],
    ['application/graphql-response+json, application/json, text/event-stream, multipart/mixed', false],
    ['application/json', false],
    ['*/*', false],
    [undefined, false],
  ])('is meant by accept: %s is %s', (accept, isMeant) => {
    expect(wantsEvents({ headers: { accept } } as IncomingMessage)).toBe(isMeant);
  });

  it('answers clients that can read either with JSON', async () => {
    await using hub = await openDoors();
    const response = await post(hub.url, { query }, { accept: 'application/json, text/event-stream' });
    expect(response.headers.get('content-type')).toContain('application/json');
  });

  it('says what is wrong with a document in the stream, and by a status who may not come in', async () => {
    await using hub = await openDoors({ limits: { connectionCountMax: 1 } });
    const invalid = await post(hub.url, { query: '{ nonsense }' });
    expect(invalid.status).toBe(200);
    expect(invalid.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(invalid.headers.get('cache-control')).toBe('no-store');
    expect(await invalid.text()).toMatch(
      /^event: next\ndata: \{"errors":\[.*"GRAPHQL_VALIDATION_FAILED".*\]\}\n\nevent: complete\ndata: \n\n$/,
    );
    const bad = await post(hub.url, { query }, { authorization: 'Bearer bad' });
    expect(bad.status).toBe(401);
    expect(bad.headers.get('www-authenticate')).toBe('Bearer');
    const leaving = new AbortController();
    const streaming = await fetch(`${hub.url}/graphql`, {
      method: 'POST',
      headers: { accept: 'text/event-stream', 'content-type': 'application/json', authorization: 'Bearer good' },
      body: JSON.stringify({ query: subscription }),
      signal: leaving.signal,
    });
    expect(streaming.status).toBe(200);
    const full = await post(hub.url, { query });
    expect(full.status).toBe(503);
    expect(full.headers.get('retry-after')).toBe('1');
    expect(await full.json()).toMatchObject({ errors: [{ extensions: { code: 'OVERLOADED' } }] });
    leaving.abort();
  });

  it('A6: takes one operation by POST as JSON and nothing else', async () => {
    await using hub = await openDoors();
    const accept = { accept: 'text/event-stream', authorization: 'Bearer good' };
    const table: Record<string, readonly [number, Promise<Response>]> = {
      'GET, as EventSource sends it': [
        405,
        fetch(`${hub.url}/graphql?query=${encodeURIComponent(query)}`, { headers: accept }),
      ],
      'a reservation of the single connection mode': [
        405,
        fetch(`${hub.url}/graphql`, { method: 'PUT', headers: accept }),
      ],
      'text/plain': [415, post(hub.url, { query }, { 'content-type': 'text/plain' })],
      'a list of operations': [400, post(hub.url, [{ query }])],
      'no JSON': [400, post(hub.url, '{')],
      'too much': [413, post(hub.url, { query: ' '.repeat(1_100_000) })],
      'no deadline': [400, post(hub.url, { query }, { 'kortelijn-deadline-ms': 'soon' })],
    };
    for (const [what, [status, request]] of Object.entries(table)) {
      const response = await request;
      expect(response.status, what).toBe(status);
      expect(response.headers.get('content-type'), what).toContain('application/json');
      expect(await response.json(), what).toMatchObject({
        errors: [{ extensions: { code: expect.any(String), traceId: expect.any(String) } }],
      });
    }
    expect(hub.count()).toBe(0);
  });

  it('is the protocol that the client of graphql-sse speaks', async () => {
    await using hub = await openDoors();
    hub.execute = async () => ({ data: { participants: [] } });
    const client = createClient({
      url: `${hub.url}/graphql`,
      headers: { authorization: 'Bearer good' },
      retryAttempts: 0,
    });
    const items = client.iterate({ query: subscription });
    const first = items.next();
    const stream = await hub.stream(0);
    stream.push(item(1));
    expect(await first).toEqual({ value: item(1), done: false });
    stream.push(item(2));
    expect(await items.next()).toEqual({ value: item(2), done: false });
    for await (const answer of client.iterate({ query })) expect(answer).toMatchObject({ data: { participants: [] } });
    for await (const answer of client.iterate({ query: '{ nonsense }' })) {
      expect(answer).toMatchObject({ errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] });
    }
    await items.return?.();
    while (!stream.request.signal.aborted || hub.count() > 0) await pause(10);
    client.dispose();
  });
});
