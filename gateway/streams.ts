/**
 * The live engine of this network: which feeds are followed and from where, and whose rights changed. Ties the live
 * stage to the directory, to transport and to identity, which it does not know.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { GatewayConfig } from './config.ts';
import type { CursorKeys } from './cursor-keys.ts';
import { followFeeds } from './feeds.ts';
import { createStreamItems } from './hub/stream-items.ts';
import type { RoleChanges } from './identity/role-changes.ts';
import { readAudiences } from './live/audience.ts';
import { createLive, type Live } from './live/live.ts';
import { readStreams, registryFeed } from './live/stream.ts';
import type { Network } from './network.ts';
import type { FetchSubgraph } from './supergraph/execute.ts';
import type { Telemetry } from './telemetry/events.ts';
import type { Metrics } from './telemetry/metrics.ts';
import { createAskAsHub } from './transport/ask-as-hub.ts';

export interface StreamsOptions {
  readonly config: GatewayConfig;
  readonly network: Network;
  readonly fetchSubgraph: FetchSubgraph;
  readonly cursorKeys: CursorKeys;
  readonly roleChanges: RoleChanges;
  readonly telemetry: Telemetry;
  readonly metrics: Metrics;
}

/** Longer than any token lives. */
const roleChangesMs = 24 * 3_600_000;
const roleChangesDocument = 'query ($since: DateTime!) { roleChanges(since: $since) { subject roles at } }';

const sdlOf = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../schema/subgraphs/${name}.graphql`, import.meta.url)), 'utf8');

export function startStreams(options: StreamsOptions): Live {
  const { config, network, fetchSubgraph, cursorKeys, roleChanges, telemetry, metrics } = options;
  const { now } = config;
  const { directory, send } = network;
  const hubSdl = sdlOf('hub');
  const fanIn = followFeeds({ network, feedUrl: config.feedUrl, now, telemetry });
  const live = createLive({
    streams: readStreams(hubSdl),
    isShared: readAudiences({ hub: hubSdl, others: [sdlOf('participant'), sdlOf('registry')] }),
    fanIn,
    compileStream: createStreamItems(hubSdl, directory.current),
    fetchSubgraph,
    isParticipant: (id) => directory.current().find(id) !== undefined,
    cursorKeys: cursorKeys.current,
    telemetry,
    now,
  });

  let states = statesOf(directory.current().participants);
  const stopDirectory = directory.onChange((snapshot) => {
    const before = states;
    states = statesOf(snapshot.participants);
    for (const [participant, state] of states) {
      const was = before.get(participant);
      if (was !== undefined && was !== state) live.accessChanged({ participant, isEnded: true });
    }
  });
  const taken = (participant: string, subject: unknown, roles: unknown, atMs: number): void => {
    if (typeof subject !== 'string' || !Array.isArray(roles)) return;
    const isNew = roleChanges.note({ participant, subject, roles: roles.map(String), atMs });
    if (isNew) live.accessChanged({ participant, subject, isEnded: true });
  };
  const stopEvents = live.onEvent(({ type, feed, keys, at }) => {
    if (type === 'person.rolesChanged') taken(feed, keys.subject, keys.roles, Date.parse(at));
  });
  const ask = createAskAsHub(send, now);
  const learnt = new Set<string>();
  /** A hub that starts has not heard of what was taken away while it was not there. */
  const learn = async (feed: string): Promise<void> => {
    const variables = { since: new Date(now() - roleChangesMs).toISOString() };
    const reply = await ask(feed, { document: roleChangesDocument, variables });
    const changes = reply.kind === 'answered' ? reply.data?.roleChanges : undefined;
    if (!Array.isArray(changes)) {
      learnt.delete(feed);
      return;
    }
    for (const { subject, roles, at } of changes) taken(feed, subject, roles, Date.parse(at));
  };
  const stopStates = fanIn.onState((feed, state) => {
    if (state !== 'LIVE' || feed === registryFeed || learnt.has(feed)) return;
    learnt.add(feed);
    void learn(feed);
  });

  metrics.watchStreams(live.counts);
  metrics.watchFeeds(fanIn.states);

  return {
    ...live,
    async [Symbol.asyncDispose]() {
      stopDirectory();
      stopEvents();
      stopStates();
      await live[Symbol.asyncDispose]();
    },
  };
}

const statesOf = (participants: readonly { readonly id: string; readonly accessionState: string }[]) =>
  new Map(participants.map(({ id, accessionState }) => [id, accessionState]));
