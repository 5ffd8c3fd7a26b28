import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { GraphQLError, parse, validate } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Authority } from '../identity/authority.ts';
import { loadSupergraph } from '../supergraph/load.ts';
import { createPlanner } from '../supergraph/plan.ts';
import { createTelemetry } from '../telemetry/events.ts';
import { createLogger } from '../telemetry/logger.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { createWayIn } from './admit.ts';
import { startApollo } from './apollo.ts';
import { createGraphqlDoor } from './graphql.ts';
import { createHttpServer, type HttpServer } from './http.ts';
import { defaultLimits } from './limits.ts';
import { createMetricsDoor } from './metrics.ts';
import { createPages } from './pages.ts';
import type { Execute } from './running.ts';

const desk: Authority = {
  kind: 'subject',
  participant: 'linde',
  subject: 'linde-desk',
  roles: ['SERVICEDESK'],
  scopes: [],
  expiresAtMs: Number.MAX_SAFE_INTEGER,
  standing: 'FULL',
};
const canary = 'bsn-999999990-canary@linde.example';

let http: HttpServer;
let url: string;
let execute: Execute = async () => ({ data: {} });
const logLines: string[] = [];

/** The whole HTTP door; what lies behind the plan is what a test says it is. */
beforeAll(async () => {
  const supergraph = loadSupergraph(readFileSync(new URL('../../schema/supergraph.graphql', import.meta.url), 'utf8'));
  const { admit, documents } = createWayIn({
    supergraph,
    planner: createPlanner(supergraph),
    limits: defaultLimits,
    now: Date.now,
  });
  const metrics = createMetrics();
  const telemetry = createTelemetry(createLogger('info', { write: (line) => void logLines.push(line) }), metrics);
  const apollo = await startApollo(supergraph.publicSchema, documents, (running) => execute(running));
  const graphql = createGraphqlDoor({
    verify: async (authorization) =>
      authorization === 'Bearer good' ? { ok: true, authority: desk } : { ok: false, code: 'UNAUTHENTICATED' },
    admit,
    apollo,
    limits: defaultLimits,
    telemetry,
    now: Date.now,
  });
  const nothing = async () => {};
  http = createHttpServer({
    doors: {
      graphql,
      events: nothing,
      envelopes: nothing,
      contracts: nothing,
      directory: nothing,
      health: { live: nothing, ready: nothing, network: nothing },
      metrics: createMetricsDoor(metrics, undefined),
      pages: createPages({ demoIdentitiesUrl: undefined, webFolder: undefined }),
    },
    corsOrigins: ['https://partner.example'],
    onError: (error) => {
      throw error;
    },
  });
  url = `http://127.0.0.1:${await http.listen(0, '127.0.0.1')}`;
});
afterAll(() => http.close(0));

const post = (body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer good', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
// biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects.
const json = async (response: Response): Promise<any> => response.json();
const codeOf = async (response: Response) => (await json(response)).errors[0].extensions.code;
const query = '{ participants { id } }';

describe('the HTTP door', () => {
  it('answers with data, the trace id and what it cost', async () => {
    execute = async () => ({ data: { participants: [{ id: 'linde' }] } });
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const response = await post({ query }, { traceparent });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('application/json');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await json(response)).toEqual({
      data: { participants: [{ id: 'linde' }] },
      extensions: {
        traceId: '0af7651916cd43dd8448eb211c80319c',
        cost: { requested: 6, limit: 100_000, remaining: expect.any(Number) },
      },
    });
  });

  it('hands the admitted operation on with its caller, its variables and its deadline', async () => {
    let seen: Parameters<Execute>[0] | undefined;
    execute = async (running) => {
      seen = running;
      return { data: { incident: null } };
    };
    const startedAt = Date.now();
    const document = 'query One($id: ID!) { incident(id: $id) { id } } query Two { participants { id } }';
    await post({ query: document, operationName: 'One', variables: { id: 'x' } }, { 'kortelijn-deadline-ms': '3000' });
    expect(seen?.admitted.variables).toEqual({ id: 'x' });
    expect(seen?.admitted.operation.name?.value).toBe('One');
    expect(seen?.context.authority).toEqual(desk);
    expect(seen?.context.traceparent).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-01$/);
    expect(seen?.context.deadlineMs).toBeGreaterThanOrEqual(startedAt + 3_000);
    expect(seen?.context.deadlineMs).toBeLessThan(startedAt + 4_000);
    for (const deadline of ['0', '30001', '-1', '1e3', 'soon', '']) {
      expect(await codeOf(await post({ query }, { 'kortelijn-deadline-ms': deadline })), deadline).toBe('BAD_REQUEST');
    }
  });

  it('A6: takes one operation by POST as JSON and nothing else, with a coded answer', async () => {
    const body = JSON.stringify({ query });
    const good = { authorization: 'Bearer good' };
    const table: Record<string, readonly [status: number, request: Promise<Response>]> = {
      'a list of operations': [400, post([{ query }])],
      'an empty list': [400, post('[]')],
      text: [400, post('"{ participants { id } }"')],
      'no JSON': [400, post('{')],
      'an empty body': [400, post('')],
      'a document that is a list': [400, post({ query: [query] })],
      'a document that is an object': [400, post({ query: parse(query) })],
      'variables as text': [400, post({ query, variables: '{}' })],
      'a persisted query': [400, post({ extensions: { persistedQuery: { version: 1, sha256Hash: 'x' } } })],
      'text/plain': [415, post(body, { 'content-type': 'text/plain' })],
      'a form': [415, post(body, { 'content-type': 'application/x-www-form-urlencoded' })],
      multipart: [415, post(body, { 'content-type': 'multipart/form-data; boundary=x' })],
      'JSON in another encoding': [415, post(body, { 'content-type': 'application/json; charset=utf-16' })],
      'JSON among others': [415, post(body, { 'content-type': 'text/plain; application/json' })],
      'a compressed body': [400, post(body, { 'content-encoding': 'gzip' })],
      GET: [405, fetch(`${url}/graphql?query=${encodeURIComponent(query)}`, { headers: good })],
      'a mutation by GET': [
        405,
        fetch(`${url}/graphql?query=${encodeURIComponent('mutation { __typename }')}`, { headers: good }),
      ],
      'GET with an odd content type': [
        405,
        fetch(`${url}/graphql?query=x`, { headers: { ...good, 'content-type': 'text/plain' } }),
      ],
      PUT: [
        405,
        fetch(`${url}/graphql`, { method: 'PUT', body, headers: { ...good, 'content-type': 'application/json' } }),
      ],
    };
    execute = async () => {
      throw new Error('Nothing here may be executed.');
    };
    for (const [what, [status, request]] of Object.entries(table)) {
      const response = await request;
      expect(response.status, what).toBe(status);
      expect((await json(response)).errors[0].extensions, what).toMatchObject({
        code: 'BAD_REQUEST',
        traceId: expect.any(String),
      });
    }
  });

  it('A6: takes no registration of a document by its hash beside its text', async () => {
    let executed = 0;
    execute = async () => {
      executed += 1;
      return { data: { participants: [] } };
    };
    const extensions = { persistedQuery: { version: 1, sha256Hash: 'whatever' } };
    expect((await post({ query, extensions })).status).toBe(200);
    expect(await codeOf(await post({ extensions }))).toBe('BAD_REQUEST');
    expect(executed).toBe(1);
  });

  it('A8: tells nothing to who has no token, whatever it asks', async () => {
    for (const document of [
      query,
      '{ __schema { types { name } } }',
      '{ __type(name: "Incident") { name } }',
      '{ nonsense }',
      '{',
    ]) {
      const response = await post(
        { query: document },
        { authorization: 'Bearer bad', 'apollo-federation-include-trace': 'ftv1' },
      );
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
      expect(await json(response)).toEqual({
        errors: [
          {
            message: expect.stringContaining('access token'),
            extensions: { code: 'UNAUTHENTICATED', retryable: false, traceId: expect.any(String) },
          },
        ],
        extensions: { traceId: expect.any(String) },
      });
    }
  });

  it('A8: gives no timing tree to who asks for one', async () => {
    execute = async () => ({ data: { participants: [] } });
    const response = await post({ query }, { 'apollo-federation-include-trace': 'ftv1' });
    expect(JSON.stringify(await json(response))).not.toContain('ftv1');
  });

  it('lets only coded errors through, and only known facts of them', async () => {
    execute = async () => ({
      data: { participants: null },
      errors: [
        new GraphQLError('Linde does not answer.', {
          path: ['participants'],
          extensions: {
            code: 'UNREACHABLE',
            retryable: true,
            participant: 'linde',
            url: 'http://10.0.0.1',
            stacktrace: ['x'],
            outcome: 'UNREACHABLE',
            participants: [
              { participant: 'linde', outcome: 'UNREACHABLE', code: 'UNREACHABLE', reason: canary },
              canary,
              null,
            ],
            http: { status: 500 },
          },
        }),
        new GraphQLError(`column "${canary}" does not exist`, { extensions: { code: 'P2022' } }),
        new GraphQLError(`${canary} broke`),
      ],
    });
    const response = await post({ query });
    const { errors, extensions } = await json(response);
    const { traceId } = extensions;
    expect(errors[0]).toEqual({
      message: 'Linde does not answer.',
      path: ['participants'],
      extensions: {
        code: 'UNREACHABLE',
        retryable: true,
        participant: 'linde',
        outcome: 'UNREACHABLE',
        participants: [{ participant: 'linde', outcome: 'UNREACHABLE', code: 'UNREACHABLE' }, {}, {}],
        traceId,
      },
    });
    for (const error of errors.slice(1))
      expect(error.extensions).toEqual({ code: 'INTERNAL', retryable: false, traceId });
    expect(JSON.stringify(errors)).not.toContain(canary);
  });

  it('A16: writes neither variables nor texts nor tokens to its log, also when something breaks', async () => {
    logLines.length = 0;
    execute = async () => {
      throw new Error(`broke on ${canary}`);
    };
    const document = 'query ($id: ID!) { incident(id: $id) { id } }';
    const response = await post({ query: document, variables: { id: canary } });
    expect(await codeOf(response)).toBe('INTERNAL');
    await post({ query: `{ incident(id: "${canary}") { nothing } }` }, { 'x-canary': canary });
    await post({ query: document, variables: { id: { canary } } });
    await post(`{"query": "${canary}`, { authorization: `Bearer ${canary}` });
    expect(logLines.length).toBeGreaterThanOrEqual(4);
    expect(logLines.join('\n')).not.toContain('canary');
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain('kortelijn_requests_total');
    expect(metrics).not.toContain('canary');
  });

  it('refuses a body that is too large while it comes in', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = {
        'content-type': 'application/json',
        authorization: 'Bearer good',
        'transfer-encoding': 'chunked',
      };
      const outgoing = httpRequest(`${url}/graphql`, { method: 'POST', headers }, (response) => {
        resolve(response.statusCode);
        outgoing.destroy();
      });
      outgoing.on('error', reject);
      outgoing.write(`{"query":"${' '.repeat(1_100_000)}`);
    });
    expect(status).toBe(413);
  });

  it('stops a query whose caller has gone, and carries a command to its end', async () => {
    for (const [document, isStopped] of [
      [query, true],
      ['mutation { retryEnvelope(input: {commandId: "1", envelopeId: "e"}) { __typename } }', false],
    ] as const) {
      let began = (): void => {};
      const begun = new Promise<void>((resolve) => {
        began = resolve;
      });
      let end = (_stopped: boolean): void => {};
      const ended = new Promise<boolean>((resolve) => {
        end = resolve;
      });
      execute = async ({ signal }) => {
        began();
        await new Promise((resolve) => setTimeout(resolve, 100));
        end(signal.aborted);
        return { data: {} };
      };
      const leaving = new AbortController();
      const response = fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'Bearer good' },
        body: JSON.stringify({ query: document }),
        signal: leaving.signal,
      }).catch(() => undefined);
      await begun;
      leaving.abort();
      await response;
      expect(await ended, document).toBe(isStopped);
    }
  });

  it('tells a browser of a known origin that it may ask, and no other', async () => {
    const preflight = (origin: string) =>
      fetch(`${url}/graphql`, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } });
    const known = await preflight('https://partner.example');
    expect(known.headers.get('access-control-allow-origin')).toBe('https://partner.example');
    expect(known.headers.get('access-control-allow-headers')).toContain('authorization');
    expect(known.headers.get('access-control-allow-credentials')).toBeNull();
    const unknown = await preflight('https://attacker.example');
    expect(unknown.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('the pages', () => {
  it('open without a login, closed to other hosts by their policy', async () => {
    for (const path of ['/', '/explorer', '/explorer/altair/']) {
      const response = await fetch(url + path);
      expect(response.status, path).toBe(200);
      const policy = response.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toMatch(/https?:|\*/);
      expect(await response.text()).not.toMatch(/(src|href)="(https?:)?\/\//);
    }
  });

  it('serve their files and nothing beside them', async () => {
    for (const path of ['/explorer/explorer.js', '/explorer/pages.css', '/explorer/altair/main.js']) {
      expect((await fetch(url + path)).status, path).toBe(200);
    }
    const outside = [
      '/explorer/../landing.html',
      '/explorer/%2e%2e/landing.html',
      '/explorer/queries/1-bord.graphql',
      '/explorer/altair/../../package.json',
      '/app/',
      '/nothing',
    ];
    for (const path of outside) {
      const status = await new Promise<number | undefined>((resolve) => {
        // fetch would tidy the path first.
        httpRequest({ host: '127.0.0.1', port: new URL(url).port, path }, (response) =>
          resolve(response.resume().statusCode),
        ).end();
      });
      expect(status, path).toBe(404);
    }
  });

  it('offer ready queries that the schema takes, each with a title', async () => {
    const { publicSchema } = loadSupergraph(
      readFileSync(new URL('../../schema/supergraph.graphql', import.meta.url), 'utf8'),
    );
    const queries = await json(await fetch(`${url}/explorer/queries.json`));
    expect(queries).toHaveLength(7);
    for (const { title, query: document } of queries) {
      expect(title).toMatch(/^[A-Z]/);
      expect(validate(publicSchema, parse(document)), title).toEqual([]);
    }
  });
});
