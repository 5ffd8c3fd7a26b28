/**
 * Who is connected, over WebSocket or as an event stream: room, tokens that run out, readers that do not read.
 *
 * One sweep a second looks after all of them, so that a connection needs no timer. What is asked over a connection is
 * live-door.ts; how bytes travel is told by the door, as a `Line`.
 */
import { type Authority, authorityKey } from '../identity/authority.ts';
import type { VerifyToken } from '../identity/verify.ts';
import type { Telemetry } from '../telemetry/events.ts';
import type { Limits } from './limits.ts';
import { type MessageRate, newMessageRate } from './message-rate.ts';
import type { EndCode } from './stream-end.ts';

/** What can be done with the transport of a connection: one object per door, for a closure costs 300 bytes. */
export interface Wire<Transport> {
  readonly door: 'WEBSOCKET' | 'SSE';
  /** How much was written and not yet taken over by the other side. */
  unreadBytes(transport: Transport): number;
  /** Asks the other side for a sign of life; `heardAtMs` tells of it. */
  ping(transport: Transport, connection: Connection): void;
  /** Says why, then closes. */
  end(transport: Transport, code: EndCode): void;
  /** Closes without another word. */
  cut(transport: Transport): void;
}

export interface Operation {
  /** What its connection calls it, where several are open on one. */
  readonly id: string | undefined;
  /** Nobody waits for it any more. */
  leave(): void;
  /** Whether the hub waits for its end before it stops: streams go on elsewhere. */
  readonly isStream: boolean;
}

/** All that is kept per connection. Times are of the monotonic clock. */
export interface Connection extends MessageRate {
  readonly wire: Wire<never>;
  readonly transport: never;
  readonly operations: Set<Operation>;
  /** Undefined until its caller has said who it is. */
  authority: Authority | undefined;
  authorization: string | undefined;
  verifiedAtMs: number;
  heardAtMs: number;
  pingedAtMs: number;
  unreadSinceMs: number | undefined;
  endingSinceMs: number | undefined;
}

export interface ConnectionsOptions {
  readonly verify: VerifyToken;
  readonly limits: Limits;
  readonly telemetry: Pick<Telemetry, 'connectionEnded'>;
  /** The clock that tokens are held against. */
  readonly now: () => number;
}

export interface Connections {
  readonly count: number;
  /** Why nobody can come in now, if so. */
  readonly isFull: 'OVERLOADED' | 'STOPPING' | undefined;
  /** Undefined when nobody can come in now. */
  enter<Transport>(wire: Wire<Transport>, transport: Transport): Connection | undefined;
  /** Says who calls; the code for which it is to be sent away, if so. */
  introduce(connection: Connection, authorization: string | undefined): Promise<EndCode | undefined>;
  /** Whether its token still holds, checked again when that was a while ago. A connection whose token does not is ended. */
  recheck(connection: Connection): Promise<Authority | EndCode>;
  end(connection: Connection, code: EndCode): void;
  /** It is closed, by whom ever. */
  leave(connection: Connection): void;
  /** An operation of it is over. */
  settle(connection: Connection, operation: Operation): void;
  /** Takes nobody in, ends streams at once and the rest when it is answered, and cuts what is left. */
  close(graceMs: number): Promise<void>;
}

const sweepMs = 1_000;
/** The other side has this long to take the reason of an end. */
const endTimeoutMs = 5_000;
/** Asked so often, one of two answers may get lost. */
const pingsPerSilence = 2.5;
const verifyCountMaxPerSweep = 500;
/** Whoever asks much over one connection is not verified for each operation. */
const trustedForMs = 5_000;

export function createConnections({ verify, limits, telemetry, now }: ConnectionsOptions): Connections {
  const all = new Set<Connection>();
  const countOf = new Map<string, number>();
  let strangerCount = 0;
  let isClosing = false;
  let emptied = (): void => {};

  const end = (connection: Connection, code: EndCode): void => {
    if (connection.endingSinceMs !== undefined || !all.has(connection)) return;
    connection.endingSinceMs = performance.now();
    const participant = connection.authority?.participant;
    telemetry.connectionEnded({ door: connection.wire.door, code, ...(participant !== undefined && { participant }) });
    connection.wire.end(connection.transport, code);
    // What it had asked for is of no use to anybody: nothing is fetched for it any more.
    for (const operation of [...connection.operations]) operation.leave();
  };

  const recheck = async (connection: Connection): Promise<Authority | EndCode> => {
    const before = connection.authority;
    if (before === undefined) return 'UNAUTHENTICATED';
    let code: EndCode | undefined;
    if (before.expiresAtMs <= now()) code = 'TOKEN_EXPIRED';
    else if (performance.now() - connection.verifiedAtMs >= Math.min(trustedForMs, limits.verifyEveryMs)) {
      connection.verifiedAtMs = performance.now();
      const verified = await verify(connection.authorization);
      if (!verified.ok) code = verified.code === 'TOKEN_EXPIRED' ? 'TOKEN_EXPIRED' : 'ACCESS_REVOKED';
      else if (verified.authority.standing !== before.standing && verified.authority.standing !== 'FULL') {
        code = 'ACCESS_REVOKED';
      } else if (authorityKey(verified.authority) !== authorityKey(before)) connection.authority = verified.authority;
    }
    if (code === undefined) return connection.authority ?? 'UNAUTHENTICATED';
    end(connection, code);
    return code;
  };

  const sweep = setInterval(() => {
    const nowMs = now();
    const atMs = performance.now();
    let verifyCount = 0;
    for (const connection of all) {
      const { wire, transport, authority, endingSinceMs } = connection;
      if (endingSinceMs !== undefined) {
        if (atMs - endingSinceMs >= endTimeoutMs) wire.cut(transport);
        continue;
      }
      // The protocol itself sends away who does not say who it is.
      if (authority === undefined) continue;
      if (authority.expiresAtMs <= nowMs) end(connection, 'TOKEN_EXPIRED');
      else if (isTooSlow(connection, atMs, limits)) end(connection, 'CONSUMER_TOO_SLOW');
      else if (atMs - connection.heardAtMs >= limits.silenceMaxMs) wire.cut(transport);
      else {
        if (atMs - Math.max(connection.heardAtMs, connection.pingedAtMs) >= limits.silenceMaxMs / pingsPerSilence) {
          connection.pingedAtMs = atMs;
          wire.ping(transport, connection);
        }
        if (atMs - connection.verifiedAtMs >= limits.verifyEveryMs && verifyCount++ < verifyCountMaxPerSweep) {
          void recheck(connection);
        }
      }
    }
  }, sweepMs);
  sweep.unref();

  const isFull = (): Connections['isFull'] => {
    if (isClosing) return 'STOPPING';
    const hasRoom = all.size < limits.connectionCountMax && strangerCount < limits.strangerCountMax;
    return hasRoom ? undefined : 'OVERLOADED';
  };

  return {
    get count() {
      return all.size;
    },
    get isFull() {
      return isFull();
    },
    enter(wire, transport) {
      if (isFull() !== undefined) return undefined;
      const atMs = performance.now();
      const connection: Connection = {
        ...newMessageRate(limits, atMs),
        wire: wire as Wire<never>,
        transport: transport as never,
        operations: new Set(),
        authority: undefined,
        authorization: undefined,
        verifiedAtMs: atMs,
        heardAtMs: atMs,
        pingedAtMs: atMs,
        unreadSinceMs: undefined,
        endingSinceMs: undefined,
      };
      all.add(connection);
      strangerCount += 1;
      return connection;
    },
    async introduce(connection, authorization) {
      const verified = await verify(authorization);
      if (!verified.ok) return verified.code;
      const { authority } = verified;
      if (authority.expiresAtMs <= now()) return 'TOKEN_EXPIRED';
      // It may have left meanwhile.
      if (!all.has(connection) || isClosing) return 'STOPPING';
      const caller = callerOf(authority);
      const count = countOf.get(caller) ?? 0;
      if (count >= limits.connectionCountMaxPerCaller) return 'TOO_MANY_STREAMS';
      countOf.set(caller, count + 1);
      strangerCount -= 1;
      connection.authority = authority;
      connection.authorization = authorization;
      connection.verifiedAtMs = performance.now();
      return undefined;
    },
    recheck,
    end,
    leave(connection) {
      if (!all.delete(connection)) return;
      for (const operation of [...connection.operations]) operation.leave();
      if (connection.authority === undefined) strangerCount -= 1;
      else {
        const caller = callerOf(connection.authority);
        const count = countOf.get(caller) ?? 0;
        if (count > 1) countOf.set(caller, count - 1);
        else countOf.delete(caller);
      }
      if (all.size === 0) emptied();
    },
    settle(connection, operation) {
      connection.operations.delete(operation);
      if (isClosing && !isAnswering(connection)) end(connection, 'STOPPING');
    },
    async close(graceMs) {
      isClosing = true;
      const isEmpty = new Promise<void>((resolve) => {
        emptied = resolve;
      });
      for (const connection of [...all]) if (!isAnswering(connection)) end(connection, 'STOPPING');
      const timer = setTimeout(() => {
        for (const connection of [...all]) connection.wire.cut(connection.transport);
      }, graceMs);
      if (all.size > 0) await isEmpty;
      clearTimeout(timer);
      clearInterval(sweep);
    },
  };
}

function isTooSlow(connection: Connection, atMs: number, { unreadBytesMax, unreadTimeoutMs }: Limits): boolean {
  if (connection.wire.unreadBytes(connection.transport) <= unreadBytesMax) {
    connection.unreadSinceMs = undefined;
    return false;
  }
  connection.unreadSinceMs ??= atMs;
  return atMs - connection.unreadSinceMs >= unreadTimeoutMs;
}

function isAnswering({ operations }: Connection): boolean {
  for (const { isStream } of operations) if (!isStream) return true;
  return false;
}

function callerOf({ participant, subject, program }: Authority): string {
  return JSON.stringify([participant, subject, program]);
}
