/** Wires one participant's endpoint: database, feed, commands, envelopes, directory, timers, HTTP. Nothing else does. */

import { createClock } from '@kortelijn/kit/clock/clock.ts';
import { createDirectory } from '@kortelijn/kit/directory/directory.ts';
import { createInbox } from '@kortelijn/kit/envelopes/inbox.ts';
import { createOutgoing } from '@kortelijn/kit/envelopes/outgoing.ts';
import { createSender } from '@kortelijn/kit/envelopes/sender.ts';
import { createStamper } from '@kortelijn/kit/feed/stamper.ts';
import { startHousekeeping } from '@kortelijn/kit/server/housekeeping.ts';
import { serve } from '@kortelijn/kit/server/serve.ts';
import { createHubDoor } from '@kortelijn/kit/trust/hub-door.ts';
import { createVerifier } from '@kortelijn/kit/trust/verify.ts';
import type { Logger } from 'pino';
import { createCommands } from './commands/command.ts';
import type { Desk } from './commands/desk.ts';
import type { Config } from './config.ts';
import type { Context } from './context.ts';
import { createHandlers } from './envelopes/handlers.ts';
import { createOnReceipt } from './envelopes/on-receipt.ts';
import { applySeed } from './prisma/seed.ts';
import { createSchema } from './schema.ts';
import { keptNotifications } from './store/notifications.ts';
import { openStore } from './store/open-store.ts';
import { narrowRoles } from './store/person-roles.ts';
import { createReader } from './store/reader.ts';
import { createTimers } from './timers.ts';

/** Longer than a client repeats a command, and than an import takes to be continued. */
const COMMANDS_KEPT_MS = 90 * 24 * 3_600_000;

export interface Endpoint extends AsyncDisposable {
  readonly url: string;
  /** Takes nothing new in, lets what runs finish, then closes everything in the reverse order of its opening. */
  close(): Promise<void>;
}

export async function createEndpoint(config: Config, logger: Logger): Promise<Endpoint> {
  const opened: AsyncDisposable[] = [];
  const close = async () => {
    for (const part of opened.splice(0).reverse()) await part[Symbol.asyncDispose]();
  };
  const use: Use = (part) => {
    opened.push(part);
    return part;
  };
  try {
    const url = await wire(config, logger, use);
    return { url, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Remembers a part, so that it is closed before those it was built on. */
type Use = <Part extends AsyncDisposable>(part: Part) => Part;

async function wire(config: Config, logger: Logger, use: Use): Promise<string> {
  const { name, keys, pins, hubUrl, dataDir, databaseUrl, rhythm } = config;
  const { now } = createClock();
  const say = (what: string) => (error: Error) => logger.warn({ err: error }, what);

  const store = use(await openStore({ name, dataDir, databaseUrl, onIdleError: say('an idle connection broke') }));
  const { pool, prisma } = store;
  if (config.seed) await applySeed(pool, name, config.seed, now());

  const stamper = use(createStamper(pool, { onError: say('stamping') }));
  use(
    startHousekeeping({
      pool,
      now,
      feedKeptMs: config.feedRetentionMs,
      commandsKeptMs: COMMANDS_KEPT_MS,
      alsoKept: [keptNotifications],
      onError: say('clearing away'),
    }),
  );
  const door = use(createHubDoor({ hubUrl, name, keys, pins, now }));
  const directory = use(createDirectory({ door, pins, dataDir, onError: say('reading the directory') }));
  const outgoing = createOutgoing({ name, key: keys.sign, now });

  const desk: Desk = {
    me: name,
    pool,
    outgoing,
    directory,
    now,
    committed: ({ envelopes }) => {
      stamper.touch();
      if (envelopes) sender.wake();
    },
    sendNow: (recipient) => sender.wake(recipient),
  };
  const sender = use(
    createSender({
      pool,
      name,
      door,
      directory,
      now,
      onReceipt: createOnReceipt(desk),
      afterCommit: () => desk.committed({ envelopes: true }),
      onError: say('sending envelopes'),
    }),
  );
  use(createTimers(desk, { onError: say('timers') }));
  const handlers = createHandlers(desk);
  const inbox = createInbox({
    pool,
    name,
    key: keys.sign,
    directory,
    handlers,
    now,
    afterCommit: () => desk.committed({ envelopes: true }),
  });
  const command = createCommands(desk);

  const served = use(
    await serve<Context>({
      name,
      schema: createSchema(),
      port: config.port,
      host: config.host,
      verifier: createVerifier({ name, keys, pins, now }),
      callerHere: narrowRoles(pool, name),
      now,
      context: (base) => {
        const read = createReader({ endpoint: name, pool, prisma, caller: base.caller, rhythm, now });
        return { ...base, pool, stamper, command, inbox, read };
      },
      logger,
      isReady: () =>
        pool.query('SELECT 1').then(
          () => true,
          () => false,
        ),
    }),
  );
  sender.wake();

  return served.url;
}
