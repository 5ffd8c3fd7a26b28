/**
 * Participants with their own databases and desks, in one process, and a hub between them that loses, repeats and
 * delays as a test says. Only the wire and the clock are made up: commands, envelopes and PostgreSQL are the real ones.
 */
import { fileURLToPath } from 'node:url';
import type { Directory } from '@kortelijn/kit/directory/directory.ts';
import { createInbox, type Inbox } from '@kortelijn/kit/envelopes/inbox.ts';
import { createOutgoing } from '@kortelijn/kit/envelopes/outgoing.ts';
import { createSender, type Sender } from '@kortelijn/kit/envelopes/sender.ts';
import { createPool, type Pool } from '@kortelijn/kit/postgres/connect.ts';
import type { PostgresServer } from '@kortelijn/kit/postgres/launch.ts';
import { migrate } from '@kortelijn/kit/postgres/migrate.ts';
import type { PartyCaller, Role } from '@kortelijn/kit/trust/caller.ts';
import type { HubDoor } from '@kortelijn/kit/trust/hub-door.ts';
import { readUnverified } from '@kortelijn/kit/trust/jws.ts';
import { makeKeys } from '@kortelijn/kit/trust/stand-in-hub.ts';
import { type ParticipantId, participantId } from '@kortelijn/schema/vocabulary/ids.ts';
import { createHandlers } from '../envelopes/handlers.ts';
import { createOnReceipt } from '../envelopes/on-receipt.ts';
import { createCommands, type RunCommand } from './command.ts';
import type { Desk } from './desk.ts';

const MIGRATIONS = fileURLToPath(new URL('../prisma/migrations', import.meta.url));

/** What becomes of one passage over the wire: `deliver` may be called never, once or more often. */
export type Passage = (deliver: () => Promise<string>, jws: string) => Promise<string>;

export interface Party {
  readonly me: ParticipantId;
  readonly pool: Pool;
  readonly desk: Desk;
  readonly command: RunCommand;
  readonly inbox: Inbox;
  readonly sender: Sender;
  /** A person of this party. */
  caller(...roles: Role[]): PartyCaller;
  /** A program of this party. */
  program(...scopes: string[]): PartyCaller;
}

export interface Network extends AsyncDisposable {
  add(name: string): Promise<Party>;
  /** Accession states other than ACTIVE; unknown names are in no directory. */
  readonly states: Map<string, string>;
  readonly wire: { passage: Passage };
  /** When the network began; put forward to let time pass. */
  readonly clock: { ms: number };
  /** Until no envelope is under way. */
  settled(): Promise<void>;
}

const plain: Passage = (deliver) => deliver();
let databases = 0;

export function createNetwork(server: PostgresServer, startsAt = Date.now()): Network {
  const parties = new Map<string, Party & { readonly key: ReturnType<typeof makeKeys>['keys']['sign'] }>();
  const states = new Map<string, string>();
  const wire = { passage: plain };
  const clock = { ms: startsAt };
  const began = Date.now();
  // Time goes on, because back-off waits for it.
  const now = () => clock.ms + Date.now() - began;

  const directory: Directory = {
    signingKeys: async (name) => {
      const key = parties.get(name)?.key;
      return key && new Map([[key.kid, key.publicKey]]);
    },
    mayAct: (name) => stateOf(name) === 'ACTIVE',
  };
  const stateOf = (name: string) => states.get(name) ?? (parties.has(name) ? 'ACTIVE' : undefined);

  const door: HubDoor = {
    send: async (_method, _path, { body = '{}' } = {}) => {
      const { envelope } = JSON.parse(body) as { envelope: string };
      const to = parties.get(String(readUnverified(envelope)?.claims.to));
      if (!to)
        return {
          status: 200,
          body: JSON.stringify({ errors: [{ message: '', extensions: { code: 'UNREACHABLE' } }] }),
        };
      return {
        status: 200,
        body: JSON.stringify({ receipt: await wire.passage(() => to.inbox.takeIn(envelope), envelope) }),
      };
    },
    close: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };

  const add = async (name: string): Promise<Party> => {
    const me = participantId(name);
    const database = `${name}_${++databases}`;
    await server.ensureDatabase(database);
    await migrate(server.url(database), MIGRATIONS);
    const pool = createPool(server.url(database), { connectionsMax: 12 });
    const key = makeKeys().keys.sign;
    const desk: Desk = {
      me,
      pool,
      outgoing: createOutgoing({ name, key, now }),
      directory: {
        participant: (id) => {
          const accessionState = stateOf(id);
          return accessionState === undefined ? undefined : { accessionState };
        },
      },
      now,
      committed: ({ envelopes }) => {
        if (envelopes) sender.wake();
      },
      sendNow: (recipient) => sender.wake(recipient),
    };
    const sender = createSender({
      pool,
      name,
      door,
      directory,
      now,
      everyMs: 15,
      random: () => 0,
      onReceipt: createOnReceipt(desk),
      afterCommit: () => desk.committed({ envelopes: true }),
    });
    const inbox = createInbox({
      pool,
      name,
      key,
      directory,
      handlers: createHandlers(desk),
      now,
      afterCommit: () => desk.committed({ envelopes: true }),
    });
    const party = {
      me,
      pool,
      desk,
      key,
      sender,
      inbox,
      command: createCommands(desk),
      caller: (...roles: Role[]): PartyCaller => ({
        kind: 'subject',
        participant: name,
        roles,
        subject: `${name}:${roles.join('-').toLowerCase()}`,
        scopes: [],
      }),
      program: (...scopes: string[]): PartyCaller => ({
        kind: 'subject',
        participant: name,
        roles: ['PROGRAM'],
        subject: `${name}:program`,
        program: 'program',
        scopes,
      }),
    };
    parties.set(name, party);
    return party;
  };

  const settled = async () => {
    for (let quiet = 0; quiet < 2; ) {
      const open = await Promise.all(
        [...parties.values()].map(async ({ pool }) => {
          const { rows } = await pool.query(
            `SELECT count(*)::int AS n FROM envelope_out WHERE state = 'PENDING_DELIVERY'`,
          );
          return rows[0].n as number;
        }),
      );
      quiet = open.every((n) => n === 0) ? quiet + 1 : 0;
      if (quiet < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };

  return {
    add,
    states,
    wire,
    clock,
    settled,
    [Symbol.asyncDispose]: async () => {
      for (const { sender } of parties.values()) await sender.close();
      for (const { pool } of parties.values()) await pool.end();
    },
  };
}
