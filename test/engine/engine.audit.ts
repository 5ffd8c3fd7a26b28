/** `npm run engine` as a process, over ordinary subgraph endpoints. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compose, createSubgraphs } from './small-graph.ts';
import { stockSubgraphs } from './stock-graph.ts';

const root = new URL('../../', import.meta.url).pathname;

interface Started {
  readonly url: string;
  stop(): Promise<number | null>;
}

async function startEngine(...args: string[]): Promise<Started> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'gateway/engine.ts', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const ready = JSON.parse(line.toString()) as { ready: boolean; url: string };
  expect(ready.ready).toBe(true);
  return {
    url: ready.url,
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const [code] = (await ended) as [number | null];
      return code;
    },
  };
}

describe('npm run engine', () => {
  let subgraphs: Server;
  let folder: string;
  let engine: Started;
  const gone = new Set<string>();

  beforeAll(async () => {
    const answerOf = createSubgraphs(stockSubgraphs);
    subgraphs = createServer(async (request, response) => {
      const name = (request.url ?? '').slice(1);
      if (gone.has(name)) return void response.writeHead(200).end('<html>Welcome!</html>');
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { query, variables } = JSON.parse(Buffer.concat(chunks).toString());
      const sent = {
        subgraph: name,
        document: query,
        variables,
        operationKind: 'query',
        operationName: undefined,
        entities: [],
      } as const;
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(await answerOf(sent)));
    });
    await new Promise<void>((resolve) => subgraphs.listen(0, '127.0.0.1', resolve));
    const { port } = subgraphs.address() as AddressInfo;
    folder = await mkdtemp(join(tmpdir(), 'engine-'));
    const file = join(folder, 'supergraph.graphql');
    await writeFile(
      file,
      compose(stockSubgraphs).replaceAll(/http:\/\/(\w+)\.example/g, `http://127.0.0.1:${port}/$1`),
    );
    engine = await startEngine('--supergraph', file, '--port', '0');
  });

  afterAll(async () => {
    expect(await engine.stop()).toBe(0);
    subgraphs.closeAllConnections();
    subgraphs.close();
    await rm(folder, { recursive: true });
  });

  const post = (body: unknown, headers: Record<string, string> = {}) =>
    fetch(engine.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  it('answers over subgraphs with variables', async () => {
    const response = await post({
      query: 'query ($id: ID!) { book(id: $id) { title isLent } }',
      variables: { id: 'b1' },
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ data: { book: { title: 'Riet', isLent: true } } });
  });

  it('answers introspection and a GET', async () => {
    const query = encodeURIComponent('{ __schema { queryType { name } } loanCount }');
    const response = await fetch(`${engine.url}?query=${query}`);
    expect(await response.json()).toEqual({ data: { __schema: { queryType: { name: 'Query' } }, loanCount: 7 } });
  });

  it('negotiates the content type', async () => {
    const modern = await post({ query: '{ loanCount }' }, { accept: 'application/graphql-response+json' });
    expect(modern.headers.get('content-type')).toContain('application/graphql-response+json');
    const classic = await post({ query: '{ loanCount }' }, { accept: 'application/json' });
    expect(classic.headers.get('content-type')).toContain('application/json');
  });

  it.each([
    ['no JSON', '{', 400],
    ['no query', '{}', 400],
    ['a syntax error', '{"query":"{"}', 400],
    ['an unknown field', '{"query":"{ nothing }"}', 400],
    ['a variable of the wrong type', '{"query":"query ($id: ID!) { book(id: $id) { id } }"}', 400],
    ['a subscription', '{"query":"subscription { bookRenamed { id } }"}', 400],
  ])('refuses %s', async (_what, body, status) => {
    const response = await post(body, { accept: 'application/graphql-response+json' });
    expect(response.status).toBe(status);
    expect((await response.text()).length).toBeGreaterThan(0);
  });

  it('F11: takes a page in HTML for a broken contract and keeps the rest', async () => {
    gone.add('loans');
    const response = await post({ query: '{ book(id: "b1") { title lentTo } }' });
    gone.clear();
    expect(await response.json()).toMatchObject({
      data: { book: { title: 'Riet', lentTo: null } },
      errors: [{ path: ['book'], extensions: { code: 'CONTRACT_BREACH' } }],
    });
  });

  it('says what is wrong with its arguments, all at once', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'gateway/engine.ts', '--port', 'x'], { cwd: root });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(2);
    expect(said).toContain('--supergraph');
    expect(said).toContain('"x"');
  });
});
