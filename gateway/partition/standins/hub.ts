/** Partition and transport over stand-in endpoints, for tests: a directory that can change, and no keys. */
import { randomUUID } from 'node:crypto';
import type { Caller } from '../../transport/caller.ts';
import { createTransport, type TransportSettings } from '../../transport/transport.ts';
import { createSnapshot, type DirectorySnapshot, type Listed } from '../directory-snapshot.ts';
import type { Fetch, FetchAnswer } from '../fetch.ts';
import { createPartition } from '../partition.ts';
import { cursorKeys } from '../sealed-cursor.ts';
import { participantSdl, type StandIn } from './endpoint.ts';

export const caller: Caller = {
  kind: 'subject',
  participant: 'linde',
  subject: 'joris',
  roles: ['SERVICEDESK'],
  scopes: [],
};

export interface HubOfStandIns {
  query(document: string, variables?: Record<string, unknown>, options?: AskOptions): Promise<FetchAnswer>;
  mutate(document: string, variables?: Record<string, unknown>): Promise<FetchAnswer>;
  entities(
    document: string,
    representations: Record<string, readonly unknown[]>,
    options?: AskOptions,
  ): Promise<FetchAnswer>;
  directory: DirectorySnapshot;
  readonly transport: ReturnType<typeof createTransport>;
  close(): Promise<void>;
}

interface AskOptions {
  readonly authority?: Caller;
  readonly deadlineMs?: number;
}

export function listedOf({ id, url }: { id: string; url: string }, more: Partial<Listed> = {}): Listed {
  return {
    id,
    name: `Name of ${id}`,
    kind: 'OTHER',
    accessionState: 'ACTIVE',
    endpoint: url,
    keys: { sign: [], agree: [] },
    ...more,
  };
}

export function createHubOf(
  standIns: readonly StandIn[],
  settings: Partial<TransportSettings> = {},
  sdl = participantSdl,
): HubOfStandIns {
  const now = Date.now;
  const keys = cursorKeys([Buffer.alloc(32, 7)]);
  const transport = createTransport({
    now,
    settings,
    urlOf: (name) => {
      const endpoint = hub.directory.find(name)?.endpoint;
      return endpoint ? new URL(endpoint) : undefined;
    },
    seal: ({ endpoint, endpointNowMs }) => ({ 'kortelijn-seal': `${endpoint} ${endpointNowMs}` }),
  });
  const partition = createPartition({
    sdl,
    directory: () => hub.directory,
    send: transport.send,
    cursorKeys: () => keys,
    now,
  });
  const ask = (
    fetch: Omit<Fetch, 'entities'> & { entities?: Fetch['entities'] },
    { authority = caller, deadlineMs = 10_000 }: AskOptions,
  ) =>
    partition(
      { entities: [], ...fetch },
      { authority, deadlineMs: now() + deadlineMs, requestId: randomUUID(), traceId: 'trace' },
    );
  const hub: HubOfStandIns = {
    directory: createSnapshot(
      1,
      '',
      standIns.map((standIn) => listedOf(standIn)),
    ),
    transport,
    query: (document, variables = {}, options = {}) => ask({ document, variables, operationKind: 'query' }, options),
    mutate: (document, variables = {}) => ask({ document, variables, operationKind: 'mutation' }, {}),
    entities: (document, representations, options = {}) => {
      const aliases = [...document.matchAll(/(\w+): _entities\(representations: \$(\w+)\)/g)].map(
        ([, alias = '', variable = '']) => ({ alias, variable }),
      );
      const entities = aliases.length > 0 ? aliases : [{ alias: '_entities', variable: 'representations' }];
      return ask({ document, variables: representations, operationKind: 'query', entities }, options);
    },
    close: () => transport[Symbol.asyncDispose](),
  };
  return hub;
}

/** An answer's data, where a test counts on it. */
export function dataOf(data: FetchAnswer['data'] | undefined): Readonly<Record<string, unknown>> {
  if (data === null || data === undefined) throw new Error('Expected data in the answer, found none.');
  return data;
}
