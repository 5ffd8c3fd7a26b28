/**
 * `npm run engine`: serves any supergraph with our engine over ordinary subgraph endpoints.
 * No partitions, no login, no limits: for trying the engine out and for comparing it, not for a network.
 */

import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { ApolloServer, HeaderMap } from '@apollo/server';
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { apolloGateway } from './supergraph/apollo-gateway.ts';
import { createHttpSubgraphs } from './supergraph/http-subgraphs.ts';
import { loadSupergraph } from './supergraph/load.ts';
import { createPlanner } from './supergraph/plan.ts';

const usage = 'npm run engine -- --supergraph FILE_OR_URL [--port 4000] [--host 127.0.0.1] [--timeout 30000]';
const bodyBytesMax = 10 * 1024 * 1024;

export interface EngineOptions {
  /** Path or http(s) address of the supergraph SDL. */
  readonly supergraph: string;
  /** 0 = any free one. */
  readonly port: number;
  readonly host: string;
  readonly requestTimeoutMs: number;
}

export interface Engine extends AsyncDisposable {
  readonly url: string;
}

export async function startEngine(options: EngineOptions): Promise<Engine> {
  const sdl = await readSupergraph(options.supergraph);
  const supergraph = loadSupergraph(sdl);
  const subgraphs = createHttpSubgraphs(supergraph.types.subgraphs);
  const { fetchSubgraph } = subgraphs;
  const { requestTimeoutMs } = options;
  const apollo = new ApolloServer({
    gateway: apolloGateway({ supergraph, planner: createPlanner(supergraph), fetchSubgraph, sdl, requestTimeoutMs }),
    introspection: true,
    includeStacktraceInErrorResponses: false,
    persistedQueries: false,
    // Nothing here answers to a cookie, so there is nothing to forge.
    csrfPrevention: false,
    stopOnTerminationSignals: false,
    plugins: [ApolloServerPluginInlineTraceDisabled()],
  });
  await apollo.start();
  const server = createServer((request, response) => {
    answer(apollo, request, response).catch((error: unknown) => {
      console.error(error);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${options.host}:${port}/graphql`,
    async [Symbol.asyncDispose]() {
      server.closeIdleConnections();
      await new Promise((resolve) => server.close(resolve));
      await apollo.stop();
      await subgraphs[Symbol.asyncDispose]();
    },
  };
}

async function readSupergraph(from: string): Promise<string> {
  if (!/^https?:\/\//.test(from)) return readFile(from, 'utf8');
  const response = await fetch(from);
  if (!response.ok) throw new Error(`Expected a supergraph SDL at ${from}, found HTTP ${response.status}.`);
  return response.text();
}

async function answer(apollo: ApolloServer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://engine.local');
  if (url.pathname === '/health' || url.pathname === '/health/ready') return void response.end('OK');
  if (url.pathname !== '/graphql') return void response.writeHead(404).end('GraphQL is served at /graphql.');
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  const body = await readBody(request);
  if (body === undefined) return void response.writeHead(413).end(`Expected at most ${bodyBytesMax} bytes.`);
  const isJson = headers.get('content-type')?.startsWith('application/json') === true;
  const parsed = isJson ? parseJson(body) : body;
  if (parsed === undefined) return void response.writeHead(400).end('Expected a body in JSON, found something else.');
  const result = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: { method: request.method ?? 'GET', headers, search: url.search, body: parsed },
    context: async () => ({}),
  });
  response.writeHead(result.status ?? 200, Object.fromEntries(result.headers));
  if (result.body.kind === 'complete') return void response.end(result.body.string);
  for await (const chunk of result.body.asyncIterator) response.write(chunk);
  response.end();
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let byteCount = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    byteCount += chunk.length;
    if (byteCount > bodyBytesMax) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function optionsOf(argv: readonly string[]): EngineOptions | string[] {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      supergraph: { type: 'string' },
      port: { type: 'string', default: '4000' },
      host: { type: 'string', default: '127.0.0.1' },
      timeout: { type: 'string', default: '30000' },
    },
  });
  const problems: string[] = [];
  const port = Number(values.port);
  const requestTimeoutMs = Number(values.timeout);
  if (values.supergraph === undefined) problems.push('Expected --supergraph with a file or an address, found none.');
  if (!Number.isInteger(port) || port < 0 || port > 65535) problems.push(`Expected a port, found "${values.port}".`);
  if (!(requestTimeoutMs > 0)) problems.push(`Expected milliseconds above 0, found "${values.timeout}".`);
  if (values.supergraph === undefined || problems.length > 0) return problems;
  return { supergraph: values.supergraph, port, host: values.host, requestTimeoutMs };
}

if (import.meta.url === new URL(process.argv[1] ?? '', 'file://').href) {
  const options = optionsOf(process.argv.slice(2));
  if (Array.isArray(options)) {
    console.error([...options, usage].join('\n'));
    process.exit(2);
  }
  const engine = await startEngine(options);
  console.log(JSON.stringify({ ready: true, name: 'engine', url: engine.url }));
  const stop = async (): Promise<void> => {
    await engine[Symbol.asyncDispose]();
    process.exit(0);
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}
