/**
 * The whole constellation: PostgreSQL, demo identity provider, registry, every participant and the gateway,
 * each as its own process. The demo (`dev.ts`) and every integration test boot the same code.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { removeCluster } from '@kortelijn/kit/postgres/folders.ts';
import { openPostgres } from '@kortelijn/kit/postgres/open.ts';
import { type Caller, createCallers } from './callers.ts';
import { type DemoParticipant, demoParticipants, foundationId } from './demo-network.ts';
import { freePorts } from './free-ports.ts';
import { clientKeyIn, keysIn, publicKeys } from './keys.ts';
import { createManagedProcess, type ManagedProcess } from './managed-process.ts';
import { participantSeed, personasFile, registrySeed } from './seed-files.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
export const hubAudience = 'https://kortelijn.example/hub';

export interface NetworkOptions {
  /** Kept between starts; without it a folder of its own that is removed at the end. */
  readonly dataDir?: string;
  /** Which of the demo's participants take part, besides the foundation; all by default. */
  readonly participants?: readonly string[];
  /** The gateway's port; the other processes follow it. Without it any free block. */
  readonly port?: number;
  /** Environment for single processes, by name (`gateway`, `registry`, `identity`, a participant's id). */
  readonly env?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Told as each process becomes ready. */
  readonly onReady?: (name: string, url: string, pid: number | undefined) => void;
}

export interface Network extends AsyncDisposable {
  readonly dataDir: string;
  readonly hubUrl: string;
  readonly identityUrl: string;
  readonly participants: readonly DemoParticipant[];
  /** By name: `gateway`, `registry`, `identity` or a participant's id. */
  process(name: string): ManagedProcess;
  /** The address at which a participant or the registry answers. */
  endpoint(name: string): string;
  databaseUrl(name: string): string;
  /** A caller with a token of its own: `linde/desk`, or a program's client id as `linde/linde-import`. */
  as(persona: string): Caller;
  stop(): Promise<void>;
}

export async function createNetwork(options: NetworkOptions = {}): Promise<Network> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'kortelijn-'));
  const participants = demoParticipants.filter(
    ({ id }) => id === foundationId || options.participants === undefined || options.participants.includes(id),
  );
  const names = ['gateway', 'identity', 'registry', ...participants.map(({ id }) => id)];
  const ports = portsFor(names, options.port ?? (await freePorts(names.length))[0] ?? 0);
  const at = (name: string, path = '') => `http://localhost:${ports.get(name)}${path}`;

  const postgres = await openPostgres({
    dataDir: join(dataDir, 'postgres'),
    databaseUrl: process.env.DATABASE_URL,
    prefix: `kl_${ports.get('gateway')}_`,
  });
  for (const name of names.slice(2)) await postgres.ensureDatabase(name);

  const file = (name: string, content: unknown) => {
    const path = join(dataDir, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, JSON.stringify(content, null, 2), { mode: 0o600 });
    return path;
  };
  const keysFile = (name: string) => join(dataDir, 'keys', `${name}.json`);
  const keysOf = (name: string) => keysIn(keysFile(name));
  const clientKey = (clientId: string) => clientKeyIn(join(dataDir, 'keys', 'programs', `${clientId}.json`));
  const pins = file('pins.json', { hub: publicKeys(keysOf('hub')), registry: publicKeys(keysOf('registry')) });

  // What an importing or partner program of the demo needs to log in; real programs keep their key to themselves.
  file(
    'programs.json',
    participants.flatMap(({ id, programs }) =>
      programs.map(({ clientId, scope }) => ({
        participant: id,
        issuer: at('identity', `/${id}`),
        clientId,
        scope,
        audience: hubAudience,
        privateKey: clientKey(clientId).privateKey,
      })),
    ),
  );
  const shared = { HOST: '127.0.0.1', HUB_URL: at('gateway'), PINS_FILE: pins, TOKEN_AUDIENCE: hubAudience };
  const environment: Record<string, Record<string, string>> = {
    gateway: {
      ...shared,
      KEYS_FILE: keysFile('hub'),
      CURSOR_KEYS: join(dataDir, 'keys', 'cursors.json'),
      REGISTRY_URL: at('registry', '/graphql'),
      DATA_DIR: join(dataDir, 'gateway'),
      PUBLIC_URL: at('gateway'),
      DEMO_IDENTITIES: at('identity'),
    },
    identity: {
      HOST: '127.0.0.1',
      PUBLIC_URL: at('identity'),
      TOKEN_AUDIENCE: hubAudience,
      HUB_URL: at('gateway'),
      DATA_DIR: join(dataDir, 'identity'),
      PERSONAS_FILE: file('personas.json', personasFile(participants, clientKey)),
    },
    registry: {
      ...shared,
      KORTELIJN_NAME: 'registry',
      KEYS_FILE: keysFile('registry'),
      DATABASE_URL: postgres.url('registry'),
      DATA_DIR: join(dataDir, 'registry'),
      FOUNDATION: foundationId,
      SEED_FILE: file(
        'seed/registry.json',
        registrySeed(participants, {
          endpoint: (id) => at(id, '/graphql'),
          issuer: (id) => at('identity', `/${id}`),
          keys: (id) => publicKeys(keysOf(id)),
        }),
      ),
    },
  };
  for (const participant of participants) {
    environment[participant.id] = {
      ...shared,
      KORTELIJN_NAME: participant.id,
      KEYS_FILE: keysFile(participant.id),
      DATABASE_URL: postgres.url(participant.id),
      DATA_DIR: join(dataDir, participant.id),
      SEED_FILE: file(`seed/${participant.id}.json`, participantSeed(participant)),
    };
  }

  const processes = new Map(
    names.map((name) => [
      name,
      createManagedProcess({
        name,
        main: join(root, mainOf(name)),
        env: { PORT: String(ports.get(name)), ...environment[name], ...options.env?.[name] },
        logFile: join(dataDir, 'logs', `${name}.log`),
      }),
    ]),
  );
  const processOf = (name: string) => {
    const found = processes.get(name);
    if (found === undefined) throw new Error(`Expected one of ${names.join(', ')}, got ${name}`);
    return found;
  };

  const stop = async () => {
    await Promise.all([...processes.values()].map((one) => one.stop()));
    await postgres.stop();
    if (options.dataDir === undefined) await removeData(dataDir);
  };
  try {
    // Everything starts at once: the gateway waits for its directory, the participants for nobody.
    await Promise.all(
      [...processes.values()].map(async (one) => {
        const url = await one.start();
        options.onReady?.(one.name, url, one.pid);
      }),
    );
  } catch (error) {
    // Keep the folder, the logs in it say what happened.
    await Promise.all([...processes.values()].map((one) => one.kill()));
    await postgres.stop();
    throw error;
  }

  const callers = createCallers({
    hubUrl: at('gateway'),
    identityUrl: at('identity'),
    audience: hubAudience,
    participants,
    clientKey: (clientId) => clientKey(clientId).privateKey,
  });
  return {
    dataDir,
    hubUrl: at('gateway'),
    identityUrl: at('identity'),
    participants,
    process: processOf,
    endpoint: (name) => at(name, '/graphql'),
    databaseUrl: (name) => postgres.url(name),
    as: callers,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

const mainOf = (name: string) => {
  if (name === 'gateway') return 'gateway/main.ts';
  if (name === 'identity') return 'test/network/identity-provider/main.ts';
  if (name === 'registry') return 'subgraphs/registry/main.ts';
  return 'subgraphs/participant/main.ts';
};

const portsFor = (names: readonly string[], first: number) =>
  new Map(names.map((name, index) => [name, first + index]));

/** The cluster of a root user may live elsewhere, where PostgreSQL's own user can reach it. */
export async function removeData(dataDir: string): Promise<void> {
  await removeCluster(join(dataDir, 'postgres'));
  rmSync(dataDir, { recursive: true, force: true });
}
