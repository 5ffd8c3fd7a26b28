/**
 * Participants in memory with incidents and feeds, answering as endpoints do: who may see what is decided here, at the
 * moment of the question. The engine under test is the real one, over the real contract.
 */
import { readFileSync } from 'node:fs';
import { createHub } from '@kortelijn/gateway/hub/hub.ts';
import { createStreamItems } from '@kortelijn/gateway/hub/stream-items.ts';
import { readAudiences } from '@kortelijn/gateway/live/audience.ts';
import { createFanIn } from '@kortelijn/gateway/live/fan-in/fan-in.ts';
import type { FeedSource, Page } from '@kortelijn/gateway/live/fan-in/feed-source.ts';
import type { FeedEvent, Position } from '@kortelijn/gateway/live/feed-event.ts';
import { createLive, type Live, type Subscribed } from '@kortelijn/gateway/live/live.ts';
import { readStreams } from '@kortelijn/gateway/live/stream.ts';
import type { StreamEnd } from '@kortelijn/gateway/live/stream-end.ts';
import { createSnapshot } from '@kortelijn/gateway/partition/directory-snapshot.ts';
import { cursorKeys } from '@kortelijn/gateway/partition/sealed-cursor.ts';
import type { FetchSubgraph } from '@kortelijn/gateway/supergraph/execute.ts';
import { loadSupergraph } from '@kortelijn/gateway/supergraph/load.ts';
import { createPlanner } from '@kortelijn/gateway/supergraph/plan.ts';
import type { Caller } from '@kortelijn/gateway/transport/caller.ts';
import { newId, participantId } from '@kortelijn/schema/vocabulary/ids.ts';
import { parse } from 'graphql';

const sdlOf = (name: string) =>
  readFileSync(new URL(`../../schema/subgraphs/${name}.graphql`, import.meta.url), 'utf8');
const supergraph = loadSupergraph(readFileSync(new URL('../../schema/supergraph.graphql', import.meta.url), 'utf8'));
const planner = createPlanner(supergraph);
const sdl = { hub: sdlOf('hub'), others: [sdlOf('participant'), sdlOf('registry')] };
const sharedByContract = readAudiences(sdl);

export interface Incident {
  readonly id: string;
  title: string;
  involved: string[];
}

interface Feed {
  epoch: string;
  events: FeedEvent[];
  pruned: number;
  isSilent: boolean;
  listeners: Set<() => void>;
}

export type Person = Extract<Caller, { kind: 'subject' }>;

export function person(participant: string, subject: string, roles: readonly string[] = ['SERVICEDESK']): Person {
  return { kind: 'subject', participant, subject, name: subject, roles, scopes: [] };
}

export interface WorldOptions {
  readonly participants?: readonly string[];
  /** Fields of incidents that are for one person, beside what the contract says. */
  readonly subjectFields?: readonly string[];
  readonly windowCountMax?: number;
}

export function createWorld({
  participants = ['linde', 'denkbeeld', 'bedenkerveen'],
  subjectFields = [],
  windowCountMax,
}: WorldOptions = {}) {
  const feeds = new Map<string, Feed>();
  const incidents = new Map<string, Incident>();
  const asked: { endpoint: string; caller: Caller }[] = [];
  const keys = cursorKeys([new Uint8Array(32).fill(7)]);
  const feedOf = (name: string): Feed => {
    let feed = feeds.get(name);
    if (feed === undefined) {
      feed = { epoch: `${name}-epoch-1`, events: [], pruned: 0, isSilent: false, listeners: new Set() };
      feeds.set(name, feed);
    }
    return feed;
  };
  for (const name of participants) feedOf(name);
  const directory = () =>
    createSnapshot(
      1,
      '',
      [...feeds.keys()].map((id) => ({
        id,
        name: `Name of ${id}`,
        kind: 'OTHER',
        accessionState: 'ACTIVE' as const,
        endpoint: '',
        keys: { sign: [], agree: [] },
      })),
    );

  const headOf = (feed: Feed): Position => ({ epoch: feed.epoch, seq: feed.pruned + feed.events.length });
  const pageOf = (name: string, after: Position | undefined, first: number): Page => {
    const feed = feedOf(name);
    if (feed.isSilent) throw new Error(`${name} is silent`);
    const head = headOf(feed);
    if (after === undefined) return { head, events: [] };
    if (after.epoch !== feed.epoch) return { head, events: [], gap: { reason: 'RESTORED', from: after, to: head } };
    if (after.seq > head.seq) return { head, events: [], gap: { reason: 'FUTURE_CURSOR', from: after, to: head } };
    if (after.seq < feed.pruned) {
      return {
        head,
        events: [],
        gap: { reason: 'RETENTION', from: after, to: { epoch: feed.epoch, seq: feed.pruned } },
      };
    }
    return { head, events: feed.events.slice(after.seq - feed.pruned, after.seq - feed.pruned + first) };
  };
  const source: FeedSource = {
    async *follow(name, after, signal) {
      const feed = feedOf(name);
      let position = after ?? (feed.isSilent ? undefined : headOf(feed));
      while (!signal.aborted) {
        const page = pageOf(name, position, 100);
        position = page.gap?.to ?? page.events.at(-1) ?? position;
        yield page;
        if (position !== undefined && headOf(feed).seq > position.seq && !feed.isSilent) continue;
        await new Promise<void>((resolve) => {
          const timer = setTimeout(done, 30);
          function done(): void {
            clearTimeout(timer);
            feed.listeners.delete(done);
            signal.removeEventListener('abort', done);
            resolve();
          }
          feed.listeners.add(done);
          signal.addEventListener('abort', done, { once: true });
        });
      }
    },
    page: async (name, after, first) => pageOf(name, after, first),
  };

  const mayRead = (caller: Caller, { involved }: Incident): boolean =>
    caller.kind !== 'hub' && involved.includes(caller.participant) && !caller.roles.includes('HELPDESK');
  const hub = createHub(sdl.hub, directory);
  const fetchSubgraph: FetchSubgraph = async (request, context) => {
    if (request.subgraph === 'hub') return hub(request);
    const { authority: caller } = context as { authority: Caller };
    const data: Record<string, unknown> = {};
    const absent: { alias: string; index: number }[] = [];
    const errors: { message: string; path: (string | number)[]; extensions: Record<string, unknown> }[] = [];
    for (const { alias, variable } of request.entities) {
      const representations = request.variables[variable] as { linkId: string }[];
      data[alias] = representations.map(({ linkId }, index) => {
        const endpoint = linkId.slice(0, linkId.indexOf(':'));
        asked.push({ endpoint, caller });
        const incident = incidents.get(linkId);
        const isSilent = feedOf(endpoint).isSilent;
        if (!isSilent && incident !== undefined && mayRead(caller, incident)) {
          return {
            __typename: 'Incident',
            id: incident.id,
            linkId,
            title: titleFor(incident, caller),
            reference: 'R-1',
          };
        }
        absent.push({ alias, index });
        const extensions = isSilent
          ? { code: 'UNREACHABLE', retryable: true }
          : { code: 'NOT_FOUND', retryable: false };
        errors.push({ message: 'Not here.', path: [alias, index], extensions });
        return null;
      });
    }
    return { data, errors, absent };
  };
  /** Says for whom it was read, so that a value of another audience shows. */
  const titleFor = (incident: Incident, caller: Caller): string =>
    caller.kind === 'hub'
      ? ''
      : `${incident.title} for ${caller.participant}/${caller.kind === 'class' ? [...caller.roles].join() : caller.subject}`;

  const gateways: Live[] = [];
  const startGateway = (): Live => {
    const live = createLive({
      streams: readStreams(sdl.hub),
      isShared: (type, field) => sharedByContract(type, field) && !subjectFields.includes(`${type}.${field}`),
      fanIn: createFanIn({
        feeds: () => [...feeds.keys()],
        onFeedsChange: () => () => {},
        source,
        retryMinMs: 20,
        retryMaxMs: 100,
        silentMs: 300,
        ...(windowCountMax !== undefined && { windowCountMax }),
      }),
      compileStream: createStreamItems(sdl.hub, directory),
      fetchSubgraph,
      isParticipant: (id) => feeds.has(id),
      cursorKeys: () => keys,
      telemetry: { itemResolved: () => {} },
      now: Date.now,
      heartbeatMs: 60,
    });
    gateways.push(live);
    return live;
  };

  const append = (participant: string, type: string, incident: Incident, before: readonly string[]): FeedEvent => {
    const feed = feedOf(participant);
    const event: FeedEvent = {
      id: `${participant}-${feed.epoch}-${headOf(feed).seq + 1}`,
      feed: participant,
      epoch: feed.epoch,
      seq: headOf(feed).seq + 1,
      at: new Date().toISOString(),
      type,
      subjectId: incident.id,
      actorRole: 'SERVICEDESK',
      readersBefore: before.map(readersOf),
      readersAfter: incident.involved.map(readersOf),
      keys: {},
    };
    feed.events.push(event);
    for (const wake of [...feed.listeners]) wake();
    return event;
  };
  const readersOf = (participant: string): string => `${participant}#SERVICEDESK|SERVICEMANAGER|incidents:read`;

  return {
    asked,
    feed: feedOf,
    incidents,
    startGateway,
    report(participant: string, title: string, involved: readonly string[] = [participant]) {
      const id = newId(participantId(participant), 'inc');
      const incident: Incident = { id, title, involved: [...involved] };
      incidents.set(id, incident);
      append(participant, 'incident.reported', incident, []);
      return incident;
    },
    change(incident: Incident, changes: Partial<Omit<Incident, 'id'>>, type = 'incident.changed') {
      const before = incident.involved;
      Object.assign(incident, changes);
      return append(incident.id.slice(0, incident.id.indexOf(':')), type, incident, before);
    },
    silence(participant: string, isSilent: boolean) {
      feedOf(participant).isSilent = isSilent;
    },
    prune(participant: string, count: number) {
      const feed = feedOf(participant);
      feed.events.splice(0, count);
      feed.pruned += count;
    },
    restore(participant: string, lost: number) {
      const feed = feedOf(participant);
      feed.events.splice(feed.events.length - lost, lost);
      feed.epoch = `${Number(feed.epoch.length)}-restored-${feed.epoch}`;
    },
    /** A place after everything that has happened, as an answer to a query gives it. */
    heads: () => new Map([...feeds].map(([name, feed]) => [name, headOf(feed)])),
    keys,
    async subscribe(live: Live, caller: Person, text: string, variables: Record<string, unknown> = {}) {
      return subscribe(live, caller, text, variables);
    },
    async [Symbol.asyncDispose]() {
      for (const live of gateways) await live[Symbol.asyncDispose]();
    },
  };
}

async function subscribe(live: Live, caller: Person, text: string, variables: Record<string, unknown>) {
  const document = documentOf(text);
  const planned = await planner.plan({ document, variables });
  if (planned.kind === 'refused') throw planned.errors[0];
  const [operation] = document.definitions;
  if (operation?.kind !== 'OperationDefinition') throw new Error('Expected an operation.');
  const leaving = new AbortController();
  const ends: StreamEnd[] = [];
  const subscribed: Subscribed = live.subscribe({
    document,
    operation,
    plan: planned.plan,
    variables: planned.variables,
    publicSchema: supergraph.publicSchema,
    caller,
    signal: leaving.signal,
    onEnd: (end) => ends.push(end),
  });
  if (!subscribed.ok) return { refused: subscribed.errors.map(({ extensions }) => extensions.code) };
  return { results: subscribed.results, ends, leave: () => leaving.abort() };
}

const documents = new Map<string, ReturnType<typeof parse>>();

function documentOf(text: string): ReturnType<typeof parse> {
  const known = documents.get(text) ?? parse(text);
  documents.set(text, known);
  return known;
}
