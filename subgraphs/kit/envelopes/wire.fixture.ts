/**
 * Endpoints with databases of their own and a hub between them that loses, repeats, delays and reorders as a test
 * says. Only the wire is made up: envelopes, inboxes, senders and PostgreSQL are the real ones.
 */
import type pg from 'pg';
import type { Directory } from '../directory/directory.ts';
import { createPool } from '../postgres/connect.ts';
import type { PostgresServer } from '../postgres/launch.ts';
import type { HubDoor } from '../trust/hub-door.ts';
import { readUnverified } from '../trust/jws.ts';
import { makeKeys } from '../trust/stand-in-hub.ts';
import { ENVELOPES_SQL } from './ddl.ts';
import { createInbox, type Handler, type Inbox, type InboxOptions } from './inbox.ts';
import { createOutgoing, type Outgoing } from './outgoing.ts';
import { createSender, type Sender, type SenderOptions } from './sender.ts';

/** What became of one passage: to the receiver, and its answer back. */
export type Passage = (deliver: () => Promise<string>, jws: string) => Promise<{ status: number; body: string }>;

export const plain: Passage = async (deliver) => ({ status: 200, body: JSON.stringify({ receipt: await deliver() }) });

export interface Endpoint {
  readonly name: string;
  readonly pool: pg.Pool;
  readonly outgoing: Outgoing;
  readonly keys: ReturnType<typeof makeKeys>;
  inbox: Inbox;
  sender(options?: Partial<SenderOptions>): Sender;
  takeWith(handlers: Readonly<Record<string, Handler>>, options?: Partial<InboxOptions>): void;
}

/** Effects a test can count: what was taken in, and what was told to have become of what was sent. */
const COUNTED = `CREATE TABLE effect (place serial, id text, sender text, subject text, n int);
                 CREATE TABLE told (id text, outcome text, code text, result jsonb)`;

export function createWire(server: PostgresServer, now: () => number = Date.now) {
  const endpoints = new Map<string, Endpoint>();
  const states = new Map<string, string>();
  const wire = { passage: plain };

  const directory: Directory = {
    signingKeys: async (name) => {
      const sign = endpoints.get(name)?.keys.keys.sign;
      return sign && new Map([[sign.kid, sign.publicKey]]);
    },
    mayAct: (name) => (states.get(name) ?? 'ACTIVE') === 'ACTIVE',
  };

  const door: HubDoor = {
    send: async (_method, _path, { body = '{}' } = {}) => {
      const { envelope } = JSON.parse(body) as { envelope: string };
      const to = endpoints.get(String(readUnverified(envelope)?.claims.to));
      if (!to)
        return {
          status: 200,
          body: JSON.stringify({ errors: [{ message: 'nobody', extensions: { code: 'UNREACHABLE' } }] }),
        };
      return wire.passage(() => to.inbox.takeIn(envelope), envelope);
    },
    close: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };

  const add = async (name: string, database: string): Promise<Endpoint> => {
    await server.ensureDatabase(database);
    const pool = createPool(server.url(database), { connectionsMax: 10 });
    await pool.query(`${ENVELOPES_SQL}; ${COUNTED}`);
    const keys = makeKeys();
    const own = { pool, name, key: keys.keys.sign, directory, now };
    const endpoint: Endpoint = {
      name,
      pool,
      keys,
      outgoing: createOutgoing({ name, key: keys.keys.sign, now }),
      inbox: createInbox({ ...own, handlers: { tell: takeAll } }),
      takeWith: (handlers, options = {}) => {
        endpoint.inbox = createInbox({ ...own, handlers, ...options });
      },
      sender: (options = {}) =>
        createSender({
          pool,
          name,
          door,
          directory,
          now,
          everyMs: 15,
          // The shortest back-off there is.
          random: () => 0,
          onReceipt: async (client, { envelope, outcome, code, result }) => {
            await client.query('INSERT INTO told VALUES ($1, $2, $3, $4)', [envelope.id, outcome, code, result]);
          },
          ...options,
        }),
    };
    endpoints.set(name, endpoint);
    return endpoint;
  };

  /** Everything as it was after `add`, in a fraction of the time that new databases take. */
  const reset = async () => {
    wire.passage = plain;
    states.clear();
    for (const endpoint of endpoints.values()) {
      await endpoint.pool.query('TRUNCATE envelope_out, envelope_number, envelope_in, effect, told');
      endpoint.takeWith({ tell: takeAll });
    }
  };

  return {
    add,
    reset,
    wire,
    directory,
    states,
    end: () => Promise.all([...endpoints.values()].map(({ pool }) => pool.end())),
  };
}

export const takeAll: Handler = async (client, { id, from, subject, n }) => {
  await client.query('INSERT INTO effect (id, sender, subject, n) VALUES ($1, $2, $3, $4)', [id, from, subject, n]);
  return { kind: 'TAKEN', result: { reference: `R-${id}` } };
};
