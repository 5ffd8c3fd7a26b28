/** Wires the registry: database, feed, envelopes, trust and schema. Whoever starts it closes it. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClock } from '@kortelijn/kit/clock/clock.ts';
import { createInbox } from '@kortelijn/kit/envelopes/inbox.ts';
import { createOutgoing } from '@kortelijn/kit/envelopes/outgoing.ts';
import { createSender } from '@kortelijn/kit/envelopes/sender.ts';
import { ensureEpoch } from '@kortelijn/kit/feed/epoch.ts';
import { createStamper } from '@kortelijn/kit/feed/stamper.ts';
import { createPool } from '@kortelijn/kit/postgres/connect.ts';
import { launchPostgres } from '@kortelijn/kit/postgres/launch.ts';
import { migrate } from '@kortelijn/kit/postgres/migrate.ts';
import { type Closing, createClosing } from '@kortelijn/kit/server/closing.ts';
import { startHousekeeping } from '@kortelijn/kit/server/housekeeping.ts';
import { serve } from '@kortelijn/kit/server/serve.ts';
import { createHubDoor } from '@kortelijn/kit/trust/hub-door.ts';
import { createVerifier } from '@kortelijn/kit/trust/verify.ts';
import type { Logger } from 'pino';
import { createCommands, viewerOf } from './commands/command.ts';
import { createOnReceipt } from './commands/on-receipt.ts';
import { watchStaleContacts } from './commands/tell-stale-contacts.ts';
import type { Config } from './config.ts';
import type { Context } from './context.ts';
import { schema } from './schema.ts';
import { createEgress } from './store/egress.ts';
import { createInvitations } from './store/invitations.ts';
import { messagesKept } from './store/messages.ts';
import { createProbe } from './store/probe.ts';
import { createReader } from './store/reader.ts';
import { seed } from './store/seed.ts';
import { createSignedDirectory } from './store/signed-directory.ts';
import { createDeliveries } from './store/webhook-deliveries.ts';
import { createWebhookReader } from './store/webhook-reader.ts';

const COMMANDS_KEPT_MS = 30 * 24 * 3_600_000;

export interface Registry extends AsyncDisposable {
  readonly url: string;
  close(): Promise<void>;
}

const migrations = fileURLToPath(new URL('prisma/migrations', import.meta.url));

export async function createRegistry(config: Config, logger: Logger): Promise<Registry> {
  const closing = createClosing();
  try {
    const url = await open(config, logger, closing);
    return { url, close: closing.close, [Symbol.asyncDispose]: closing.close };
  } catch (error) {
    await closing.close();
    throw error;
  }
}

async function open(config: Config, logger: Logger, closing: Closing): Promise<string> {
  const { name, keys, pins, foundation, dataDir } = config;
  const { now } = createClock();
  const onError = (error: Error) => logger.error({ err: error }, 'in the background');

  await mkdir(dataDir, { recursive: true });
  const database = await openDatabase(config);
  closing.defer(database.stop);
  const migrated = await migrate(database.url, migrations);
  if (migrated.length > 0) logger.info({ migrated }, 'migrated');

  const pool = createPool(database.url, { applicationName: 'kortelijn-registry', onIdleError: onError });
  closing.defer(() => pool.end());
  const { restored } = await ensureEpoch(pool);
  if (restored) logger.warn('this database was restored: the feed begins a new epoch');
  const changed = await seed(pool, config.seed, new Date(now()));
  if (changed > 0) logger.info({ participants: changed }, 'seeded or moved');

  const stamper = createStamper(pool, { onError });
  closing.defer(() => stamper.close());
  const directory = createSignedDirectory(pool, keys.sign);
  const door = createHubDoor({ hubUrl: config.hubUrl, name, keys, pins, now });
  closing.defer(() => door.close());
  const outgoing = createOutgoing({ name, idPrefix: foundation, key: keys.sign, now });
  const sender = createSender({
    pool,
    name,
    door,
    directory,
    now,
    onReceipt: createOnReceipt({ foundation, now }),
    afterCommit: () => stamper.touch(),
    onError,
  });
  closing.defer(() => sender.close());
  const committed = () => {
    stamper.touch();
    sender.wake();
  };
  // Nobody writes to the registry yet: what comes is refused with ENVELOPE_UNKNOWN_TYPE, signed like any answer.
  const inbox = createInbox({ pool, name, key: keys.sign, directory, handlers: {}, now, afterCommit: committed });
  const egress = createEgress(config.egressAllowed);
  const probe = createProbe({ door, foundation, key: keys.sign, now });
  const command = createCommands({ pool, foundation, directory, outgoing, egress, probe, now, committed });
  const stale = watchStaleContacts({ pool, foundation, now, committed }, onError);
  closing.defer(() => stale[Symbol.asyncDispose]());
  const invitations = createInvitations(pool, keys.sign);
  const deliveries = createDeliveries(pool, now);
  const { feedRetentionMs: feedKeptMs } = config;
  const housekeeping = startHousekeeping({
    pool,
    now,
    feedKeptMs,
    commandsKeptMs: COMMANDS_KEPT_MS,
    alsoKept: [messagesKept],
    onError,
  });
  closing.defer(() => housekeeping[Symbol.asyncDispose]());

  const served = await serve<Context>({
    name,
    schema,
    port: config.port,
    host: config.host,
    verifier: createVerifier({ name, keys, pins, now }),
    now,
    logger,
    isReady: async () => (await pool.query('SELECT 1')).rowCount === 1,
    context: (base) => {
      // The hub itself reads nothing here: the fields that are open to it need no reader.
      const viewer = viewerOf(base.caller.kind === 'hub' ? NOBODY : base.caller, foundation);
      return {
        ...base,
        pool,
        stamper,
        inbox,
        directory,
        command,
        deliveries,
        invitations,
        read: createReader(pool, viewer, now),
        readWebhooks: createWebhookReader(pool, viewer, now),
      };
    },
  });
  closing.defer(() => served.close());
  return served.url;
}

const NOBODY = { kind: 'class', participant: '', roles: [], scopes: [] } as const;

async function openDatabase({ databaseUrl, dataDir, name }: Config) {
  if (databaseUrl) return { url: databaseUrl, stop: async () => {} };
  const server = await launchPostgres({ dataDir: join(dataDir, 'postgres') });
  await server.ensureDatabase(name);
  return { url: server.url(name), stop: () => server.stop() };
}
