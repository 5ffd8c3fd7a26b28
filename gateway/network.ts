/**
 * The endpoints as the hub knows and reaches them: the directory says who they are, identity proves the hub to them,
 * transport carries. Each needs the other two, so they are tied together here.
 */
import { join } from 'node:path';
import type { GatewayConfig } from './config.ts';
import type { ParticipantHealth } from './edge/health.ts';
import { createAssertionSigner } from './identity/assertion.ts';
import type { FindIssuer, RegisteredIssuer } from './identity/issuers.ts';
import { createProof } from './identity/prove.ts';
import { createSeals, type Seals } from './identity/seal.ts';
import { createDirectory, type Directory } from './partition/directory.ts';
import { type DirectorySnapshot, emptySnapshot } from './partition/directory-snapshot.ts';
import { saidByFailure } from './partition/outcome.ts';
import { createDirectoryFetch } from './partition/single-endpoint.ts';
import type { Telemetry } from './telemetry/events.ts';
import type { Caller } from './transport/caller.ts';
import { failed } from './transport/reply.ts';
import { createStreams, type Streams } from './transport/stream.ts';
import { createTransport, type Send, type Transport } from './transport/transport.ts';

export interface Network {
  readonly directory: Directory;
  readonly send: Send;
  /** Sends for callers: who belongs to a participant that is not active reaches its own endpoint only. */
  readonly sendConfined: Send;
  /** Follows subscriptions at endpoints, under the hub's own name. */
  readonly streams: Streams;
  readonly seals: Seals;
  readonly findIssuer: FindIssuer;
  /** Whether an endpoint of this name takes part, or is the registry. */
  isKnown(name: string): boolean;
  health(): { readonly directoryVersion: number; readonly participants: readonly ParticipantHealth[] };
  [Symbol.asyncDispose](): Promise<void>;
}

const registryName = 'registry';

export async function connectNetwork(config: GatewayConfig, telemetry: Telemetry): Promise<Network> {
  const { keys, registryPins, registryUrl, dataDir, now } = config;
  let snapshot: DirectorySnapshot = emptySnapshot;
  let issuers = issuersOf(snapshot);
  const seals = createSeals({
    agreeKey: keys.agree,
    agreeKeysOf: (name) => (name === registryName ? registryPins.agree : (snapshot.find(name)?.keys.agree ?? [])),
    now,
  });
  const reaching = {
    urlOf: (name: string) => (name === registryName ? new URL(registryUrl) : addressOf(snapshot, name)),
    seal: createProof(createAssertionSigner(keys.sign), seals),
    now,
  };
  const transport = createTransport(reaching);
  const streams = createStreams(reaching);
  const send = observed(transport, telemetry);
  const sendConfined: Send = async (endpoint, outgoing, context) => {
    const refusal = confines(snapshot, context.caller, endpoint);
    return refusal === undefined ? send(endpoint, outgoing, context) : failed('REFUSED', refusal);
  };
  const take = (next: DirectorySnapshot): void => {
    snapshot = next;
    issuers = issuersOf(next);
    telemetry.directoryChanged({ version: next.version, count: next.participants.length });
  };
  const directory = await createDirectory({
    fetchSigned: createDirectoryFetch(send, now),
    pins: registryPins.sign,
    file: join(dataDir, 'directory.jws'),
    now,
    onProblem: (reason) => telemetry.directoryFailed({ reason }),
  });
  take(directory.current());
  directory.onChange(take);

  return {
    directory,
    send,
    sendConfined,
    streams,
    seals,
    findIssuer: (issuer) => issuers.get(issuer),
    isKnown: (name) => name === registryName || (snapshot.find(name)?.accessionState ?? 'WITHDRAWN') !== 'WITHDRAWN',
    health: () => ({
      directoryVersion: snapshot.version,
      participants: snapshot.participants.map(({ id, accessionState }) => ({
        id,
        accessionState,
        breaker: transport.breakerState(id),
        skewMs: Math.round(transport.offsetMs(id)),
      })),
    }),
    async [Symbol.asyncDispose]() {
      await directory[Symbol.asyncDispose]();
      await streams[Symbol.asyncDispose]();
      await transport[Symbol.asyncDispose]();
    },
  };
}

function confines(snapshot: DirectorySnapshot, caller: Caller, endpoint: string): string | undefined {
  if (caller.kind === 'hub') return undefined;
  const own = snapshot.homeOf(caller.participant);
  if (own?.accessionState === 'ACTIVE' || own?.id === endpoint) return undefined;
  return `${caller.participant} is not active: its people read their own data and nothing else.`;
}

function addressOf(snapshot: DirectorySnapshot, name: string): URL | undefined {
  const address = snapshot.find(name)?.endpoint;
  return address !== undefined && URL.canParse(address) ? new URL(address) : undefined;
}

/** An issuer that two participants claim speaks for neither. */
function issuersOf({ participants }: DirectorySnapshot): ReadonlyMap<string, RegisteredIssuer> {
  const issuers = new Map<string, RegisteredIssuer>();
  const claimedTwice = new Set<string>();
  for (const { id, issuer, accessionState } of participants) {
    if (issuer === undefined) continue;
    if (issuers.has(issuer)) claimedTwice.add(issuer);
    issuers.set(issuer, { participant: id, accessionState });
  }
  for (const issuer of claimedTwice) issuers.delete(issuer);
  return issuers;
}

/** Sends, and tells how long it took and what became of it. */
function observed(transport: Transport, telemetry: Telemetry): Send {
  const open = new Set<string>();
  return async (endpoint, outgoing, context) => {
    const startedAt = performance.now();
    const reply = await transport.send(endpoint, outgoing, context);
    const outcome = reply.kind === 'answered' ? 'FRESH' : saidByFailure(reply).outcome;
    telemetry.endpointAnswered({ endpoint, outcome, durationMs: performance.now() - startedAt });
    const isOpen = transport.breakerState(endpoint) !== 'CLOSED';
    if (isOpen !== open.has(endpoint)) {
      if (isOpen) open.add(endpoint);
      else open.delete(endpoint);
      telemetry.breakerChanged({ endpoint, isOpen });
    }
    return reply;
  };
}
