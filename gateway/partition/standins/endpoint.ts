/**
 * A small foreign implementation of the participant contract, for tests: graphql-js over rows in memory, on plain
 * node:http. It can be told to behave badly in any way an HTTP server can.
 */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { emptyHistogram, histogramOf } from '@kortelijn/schema/vocabulary/histogram.ts';
import { GraphQLError, type GraphQLSchema, graphql, parse, validate } from 'graphql';
import { endpointSchema } from '../contract.ts';

export const participantSdl = readFileSync(
  new URL('../../../schema/subgraphs/participant.graphql', import.meta.url),
  'utf8',
);

export interface Row {
  readonly id: string;
  readonly title: string;
  readonly createdMs: number;
  updatedMs: number;
}

export interface Received {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly headers: IncomingMessage['headers'];
}

/** True when it has dealt with the request itself. */
export type Misbehave = (request: IncomingMessage, response: ServerResponse, body: string) => boolean | undefined;

export interface StandIn {
  readonly id: string;
  readonly url: string;
  readonly rows: Row[];
  readonly received: Received[];
  misbehave: Misbehave | undefined;
  /** Changes what is answered before it is sent. */
  tamper: ((answer: { data?: Record<string, unknown> | null; errors?: unknown }) => unknown) | undefined;
  /** Added to its clock. */
  clockOffsetMs: number;
  close(): Promise<void>;
  /** Answers on the port it had before. */
  reopen(): Promise<void>;
}

interface StandInOptions {
  readonly id: string;
  readonly rows?: readonly Row[];
  readonly sdl?: string;
  /** Overrides of root fields. */
  readonly resolvers?: Readonly<Record<string, (args: never) => unknown>>;
}

export async function createStandIn({
  id,
  rows = [],
  sdl = participantSdl,
  resolvers = {},
}: StandInOptions): Promise<StandIn> {
  const schema = endpointSchema(sdl);
  const received: Received[] = [];
  const own: Row[] = [...rows];
  const rootValue = { ...rootOf(id, own, sdl), ...resolvers };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const body = Buffer.concat(chunks).toString('utf8');
      response.setHeader('kortelijn-time', String(Date.now() + standIn.clockOffsetMs));
      if (standIn.misbehave?.(request, response, body)) return;
      const { query, variables = {} } = JSON.parse(body) as Received;
      received.push({ query, variables, headers: request.headers });
      const answer = await answerTo(schema, query, variables, rootValue);
      const told = JSON.stringify(standIn.tamper ? standIn.tamper(answer) : answer);
      response.writeHead(answer.data === undefined ? 400 : 200, { 'content-type': 'application/json; charset=utf-8' });
      response.end(told);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const standIn: StandIn = {
    id,
    url: `http://127.0.0.1:${port}/graphql`,
    rows: own,
    received,
    misbehave: undefined,
    tamper: undefined,
    clockOffsetMs: 0,
    async close() {
      server.closeAllConnections();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
    reopen: () => new Promise((resolve) => server.listen(port, '127.0.0.1', resolve)),
  };
  return standIn;
}

async function answerTo(schema: GraphQLSchema, query: string, variables: Record<string, unknown>, rootValue: unknown) {
  const findings = validate(schema, parse(query));
  if (findings.length > 0) {
    return { errors: findings.map(({ message }) => ({ message, extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } })) };
  }
  return JSON.parse(JSON.stringify(await graphql({ schema, source: query, rootValue, variableValues: variables }))) as {
    data?: Record<string, unknown> | null;
    errors?: unknown;
  };
}

function rootOf(id: string, rows: Row[], sdl: string): Record<string, (args: never) => unknown> {
  const incident = (row: Row) => ({
    __typename: 'Incident',
    id: row.id,
    linkId: row.id,
    access: 'FULL',
    title: row.title,
    owner: { id },
    version: 1,
    createdAt: new Date(row.createdMs).toISOString(),
    updatedAt: new Date(row.updatedMs).toISOString(),
    state: 'REPORTED',
    availableActions: [],
  });
  const find = (wanted: string) => rows.find((row) => row.id === wanted);
  return {
    incidents: ({ first, after, orderBy }: { first: number; after?: string | null; orderBy: string }) => {
      const sorted = rows
        .map((row) => ({ row, cursor: cursorOf(row, orderBy) }))
        .sort((a, b) => Buffer.compare(a.cursor, b.cursor));
      const from = after ? Buffer.from(after, 'base64url') : undefined;
      const rest = from ? sorted.filter(({ cursor }) => Buffer.compare(cursor, from) > 0) : sorted;
      const edges = rest
        .slice(0, first)
        .map(({ row, cursor }) => ({ cursor: cursor.toString('base64url'), node: incident(row) }));
      const endCursor = edges.at(-1)?.cursor;
      return {
        edges,
        nodes: edges.map(({ node }) => node),
        totalCount: rows.length,
        feedHead: `${id}:7`,
        pageInfo: {
          hasNextPage: rest.length > first,
          hasPreviousPage: after != null,
          startCursor: edges[0]?.cursor,
          endCursor,
        },
      };
    },
    incidentCount: () => ({ value: rows.length }),
    incident: ({ id: wanted }: { id: string }) => {
      const row = find(wanted);
      return row && incident(row);
    },
    incidentByReference: () => (rows[0] ? incident(rows[0]) : null),
    incidentChain: () => ({ nodes: rows.map(incident) }),
    networkStatus: () => ({
      nodes: [
        {
          id: `${id}:sst_01900000-0000-7000-8000-000000000001`,
          linkId: `${id}:sst_01900000-0000-7000-8000-000000000001`,
          participant: { id },
          service: 'Dossier',
          level: 'OPERATIONAL',
          asOf: new Date(0).toISOString(),
          source: 'SELF',
        },
      ],
    }),
    statusReport: () => ({
      incidentCount: rows.length,
      openCount: rows.length,
      handoverCount: 0,
      reopenedCount: 0,
      byState: [{ state: 'REPORTED', count: rows.length }],
      byLastEvent: [],
      timeInState: [
        { state: 'WAITING', waitReason: null, seconds: 10, cases: 1 },
        { state: 'WAITING', waitReason: 'USER', seconds: 2, cases: 1 },
      ],
      pickUp: histogramOf(rows.map(({ createdMs }) => createdMs % 1000)),
      duration: emptyHistogram,
      delivery: emptyHistogram,
    }),
    viewer: () => ({ subject: 'desk', participant: { id }, roles: ['SERVICEDESK'], teams: [] }),
    acknowledgeIncident: ({ input }: { input: { incidentId: string; commandId: string } }) => {
      const row = find(input.incidentId);
      if (row === undefined)
        return { __typename: 'NotFound', message: 'There is no such incident.', id: input.incidentId };
      return { __typename: 'IncidentChanged', incident: incident(row) };
    },
    addNote: () => {
      throw new GraphQLError('No notes today.', { extensions: { code: 'STORE_UNAVAILABLE' } });
    },
    _entities: ({
      representations,
    }: {
      representations: readonly { __typename: string; linkId?: string; id?: string }[];
    }) =>
      representations.map(({ linkId, id: key }) => {
        const row = find(linkId ?? key ?? '');
        return row ? incident(row) : null;
      }),
    _service: () => ({ sdl }),
  } as Record<string, (args: never) => unknown>;
}

/** Order-preserving bytes of (sort key, id); a descending key has its bits inverted. */
function cursorOf(row: Row, orderBy: string): Buffer {
  const key = Buffer.alloc(8);
  key.writeBigUInt64BE(BigInt(orderBy.startsWith('UPDATED') ? row.updatedMs : row.createdMs));
  if (orderBy.endsWith('DESC')) for (let index = 0; index < 8; index += 1) key[index] = ~(key[index] as number) & 0xff;
  return Buffer.concat([key, Buffer.from(row.id)]);
}
