import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KortelijnError } from '@kortelijn/sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { follow, type LineState } from './follow.ts';
import { tokenSource } from './log-in.ts';
import { clean, printItem } from './print-item.ts';
import { openResumeFile } from './resume-file.ts';
import { type StreamItem, streams } from './streams.ts';

const linde = { id: 'linde', name: 'Dorpszorg De Verzonnen Linde' };
const plain = { colour: false, timeZone: 'Europe/Amsterdam' };
const at = '2026-04-02T10:42:03.120Z';

describe('a line', () => {
  const change: StreamItem = {
    __typename: 'IncidentChange',
    cursor: 'c1',
    id: 'e1',
    type: 'incident.handedOver',
    at,
    participant: linde,
    incident: { id: 'linde:inc_1', reference: 'LINDE-2026-0042', title: 'Agenda', state: 'NEW', priority: 'P1' },
  };

  it('says when, where, what and of which incident', () => {
    expect(printItem(change, plain)).toBe(
      '12:42:03  linde          incident.handedOver        LINDE-2026-0042  P1  NEW  Agenda',
    );
  });

  it('has colour only where it is wanted', () => {
    expect(printItem(change, { ...plain, colour: true })).toContain('\u001b[31mP1\u001b[0m');
    expect(printItem(change, plain)).not.toContain('\u001b');
  });

  it('A17: a title cannot steer the terminal', () => {
    const title = 'rood \u001b[2J\r\n\u009b31m \u202eneskar';
    const line = printItem({ ...change, incident: { ...change.incident, title } as never }, plain);
    expect(line).not.toMatch(/\p{Cc}|\u202e/u);
    expect(clean('é ✓ “aanhalingstekens”')).toBe('é ✓ “aanhalingstekens”');
  });

  it('tells of what is gone, of a gap and what to do, and of lag', () => {
    expect(
      printItem({ __typename: 'Gone', cursor: 'c', at, participant: linde, subjectId: 'linde:inc_1' }, plain),
    ).toBe('12:42:03  linde          gone                       linde:inc_1');
    const gap = { __typename: 'Gap', cursor: 'c', participant: linde, reason: 'RETENTION', from: null, to: at };
    expect(printItem(gap, plain)).toBe(
      '12:42:03  linde          GAP RETENTION  changes until 12:42:03 are missing: ask this part anew',
    );
    const feeds = [
      { participant: linde, registry: false, state: 'LIVE', lagMs: 420 },
      { participant: linde, registry: true, state: 'LIVE', lagMs: 90 },
    ];
    expect(printItem({ __typename: 'Heartbeat', cursor: 'c', at, feeds }, plain)).toBe(
      '12:42:03  live  2 feeds, slowest linde 0.4 s',
    );
    const silent = [{ participant: linde, registry: false, state: 'SILENT', lagMs: null }, ...feeds.slice(1)];
    expect(printItem({ __typename: 'Heartbeat', cursor: 'c', at, feeds: silent }, plain)).toBe(
      '12:42:03  not whole  2 feeds; linde silent (never heard)',
    );
  });
});

describe('the resume file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kortelijn-tail-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const watched = { stream: 'incidents', participants: ['linde', 'denkbeeld'] };

  it('holds the place of the last item, and nothing else is left beside it', () => {
    const file = join(folder, 'place.json');
    const first = openResumeFile(file, watched);
    expect(first.cursor).toBeUndefined();
    expect(existsSync(file)).toBe(false);
    first.save('c1');
    first.save('c2');
    expect(openResumeFile(file, { ...watched, participants: ['denkbeeld', 'linde'] }).cursor).toBe('c2');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ ...watched, cursor: 'c2' });
    expect(readdirSync(folder)).toEqual(['place.json']);
  });

  it('F19: is refused for another stream or filter, and when it is no place at all', () => {
    const file = join(folder, 'place.json');
    openResumeFile(file, watched).save('c1');
    expect(() => openResumeFile(file, { stream: 'status', participants: [] })).toThrow(
      /the stream "incidents" of denkbeeld, linde, and the stream "status" of all participants was asked for/,
    );
    for (const content of ['', '{"stream":"incidents"}', '[1]', 'null']) {
      writeFileSync(file, content);
      expect(() => openResumeFile(file, watched), content).toThrow(/Remove the file/);
    }
  });
});

describe('coming back', () => {
  type Answer = (request: IncomingMessage, response: ServerResponse, variables: { after?: string }) => void;
  const item = (cursor: string) =>
    `event: next\ndata: ${JSON.stringify({ data: { item: { __typename: 'X', cursor } } })}\n\n`;
  const refusal = (code: string, retryable: boolean) =>
    `event: next\ndata: ${JSON.stringify({ errors: [{ message: 'no', extensions: { code, retryable } }] })}\n\nevent: complete\ndata: \n\n`;
  const sse = (response: ServerResponse) => response.writeHead(200, { 'content-type': 'text/event-stream' });

  /** A hub of which the test writes the bytes; each answer serves one request. */
  async function watch(answers: readonly Answer[], renews = true) {
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (bytes) => {
        body += bytes;
      });
      request.on('end', () => {
        const { variables } = JSON.parse(body) as { variables: { after?: string } };
        asked.push(variables.after);
        const answer = answers[asked.length - 1];
        if (answer === undefined) stopping.abort();
        else answer(request, response, variables);
      });
    }).listen(0, '127.0.0.1');
    const stopping = new AbortController();
    await new Promise((resolve) => server.once('listening', resolve));
    const lines: LineState[] = [];
    const items: string[] = [];
    let tokens = 0;
    let error: unknown;
    try {
      const followed = follow({
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
        stream: streams.incidents,
        participants: undefined,
        after: undefined,
        token: async () => `token ${renews ? ++tokens : 0}`,
        signal: stopping.signal,
        onLine: (line) => lines.push(line),
        random: () => 0,
      });
      for await (const { cursor } of followed) items.push(cursor);
    } catch (caught) {
      error = caught;
    }
    server.closeAllConnections();
    server.close();
    const kinds = lines.map((line) => (line.kind === 'open' ? 'open' : line.why));
    return { asked, items, kinds, tokens, error };
  }

  it('goes on after the last item, whether the line broke or the hub ended the stream', async () => {
    const watched = await watch([
      (_, response) => sse(response).write(item('c1') + item('c2'), () => response.destroy()),
      (_, response) => sse(response).end(`${item('c3')}event: complete\ndata: \n\n`),
      (_, response) =>
        response
          .writeHead(503, { 'retry-after': '0' })
          .end('{"errors":[{"message":"full","extensions":{"code":"OVERLOADED","retryable":true}}]}'),
      (_, response) => response.writeHead(502).end('<h1>Bad gateway</h1>'),
      (_, response) => sse(response).end(item('c4') + refusal('STOPPING', true)),
    ]);
    expect(watched.items).toEqual(['c1', 'c2', 'c3', 'c4']);
    expect(watched.asked).toEqual([undefined, 'c2', 'c3', 'c3', 'c3', 'c4']);
    expect(watched.kinds.filter((kind) => kind === 'open')).toHaveLength(3);
    expect(watched.kinds).toContainEqual('OVERLOADED: full');
    expect(watched.kinds).toContainEqual(expect.stringContaining('HTTP 502: <h1>'));
    expect(watched.tokens).toBe(1);
  });

  it('ends when the hub says no for good', async () => {
    const watched = await watch([
      (_, response) => sse(response).end(item('c1') + refusal('STOPPING', true)),
      (_, response) =>
        response
          .writeHead(403)
          .end('{"errors":[{"message":"no","extensions":{"code":"FORBIDDEN","retryable":false}}]}'),
    ]);
    expect(watched.asked).toEqual([undefined, 'c1']);
    expect(watched.error).toBeInstanceOf(KortelijnError);
    expect(watched.error).toMatchObject({ code: 'FORBIDDEN' });
  });

  it('A7: an expired token is followed by a fresh one, and ends a watch that has none', async () => {
    const expired: Answer = (_, response) => sse(response).end(item('c1') + refusal('TOKEN_EXPIRED', true));
    expect(await watch([expired])).toMatchObject({ asked: [undefined, 'c1'], tokens: 2, error: undefined });
    expect(await watch([expired], false)).toMatchObject({ asked: [undefined], error: { code: 'TOKEN_EXPIRED' } });
  });
});

it('whoever does not say who calls is told how to', () => {
  const demoIdentities = 'http://localhost:4001';
  expect(() => tokenSource({ demoIdentities })).toThrow(/Expected one of --token, --programs and --as.*found none/);
  expect(() => tokenSource({ demoIdentities, token: 't', as: 'linde/desk' })).toThrow(/found --token and --as/);
});
