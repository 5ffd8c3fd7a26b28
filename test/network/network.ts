/**
 * The whole constellation: PostgreSQL, demo identity provider, registry, every participant and the gateway,
 * each as its own process. The demo (`dev.ts`) and every integration test boot the same code.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readCursorKeys } from '@kortelijn/gateway/cursor-keys.ts';
import { removeCluster } from '@kortelijn/kit/postgres/folders.ts';
import { openPostgres } from '@kortelijn/kit/postgres/open.ts';
import { type Caller, createCallers } from './callers.ts';
import { type DemoParticipant, demoParticipants, foundationId, type Persona } from './demo-network.ts';
import { createFaultProxy, type FaultProxy } from './fault-proxy.ts';
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
  /** Who of them has an endpoint and is no member yet: the hub does not tell it who is. */
  readonly candidates?: readonly string[];
  /** Who else works there, by participant, beside those of the demo. */
  readonly people?: Readonly<Record<string, readonly Persona[]>>;
  /** The gateway's port; the other processes follow it. Without it any free block. */
  readonly port?: number;
  /** How many gateways serve the network, with one set of cursor keys: `gateway`, `gateway-2` and so on. */
  readonly gateways?: number;
  /**
   * Behind a line that can be made to fail: a participant's id, the line to its endpoint; `linde→hub`, the line from
   * that participant to the hub; `gateway`, `gateway-2`, the line to that gateway, for whoever takes `line` of it.
   */
  readonly proxied?: readonly string[];
  /** Of everything that the lines draw; printed when there are lines. SEED, else another at each run. */
  readonly seed?: number;
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
  readonly gateways: readonly NetworkGateway[];
  /** The first gateway is 0. */
  gateway(index: number): NetworkGateway;
  /** The line of that name, as asked for with `proxied`. */
  line(name: string): FaultProxy;
  /** The address at which a participant or the registry answers. */
  endpoint(name: string): string;
  databaseUrl(name: string): string;
  /** A caller with a token of its own: `linde/desk`, or a program's client id as `linde/linde-import`. */
  as(persona: string): Caller;
  stop(): Promise<void>;
}

export interface NetworkGateway {
  readonly name: string;
  /** Its origin. */
  readonly url: string;
  /** The same by its line, where it has one. */
  readonly lineUrl: string;
  readonly process: ManagedProcess;
  /** A caller of this gateway, as `Network.as` is of the first. */
  as(persona: string): Caller;
}

export async function createNetwork(options: NetworkOptions = {}): Promise<Network> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'kortelijn-'));
  const participants = demoParticipants
    .filter(({ id }) => id === foundationId || options.participants === undefined || options.participants.includes(id))
    .map((one) => ({ ...one, personas: [...one.personas, ...(options.people?.[one.id] ?? [])] }));
  const gatewayNames = Array.from({ length: options.gateways ?? 1 }, (_, n) =>
    n === 0 ? 'gateway' : `gateway-${n + 1}`,
  );
  // Further gateways come last: the ports of the others stay the same.
  const names = ['gateway', 'identity', 'registry', ...participants.map(({ id }) => id), ...gatewayNames.slice(1)];
  const databases = names.filter((name) => !gatewayNames.includes(name) && name !== 'identity');
  const ports = portsFor(names, options.port ?? (await freePorts(names.length))[0] ?? 0);
  const at = (name: string, path = '') => `http://localhost:${ports.get(name)}${path}`;
  const lines = await openLines(options, ports);
  const byLine = (name: string, behind: string, path = '') => {
    const line = lines.get(name);
    return line === undefined ? at(behind, path) : `http://localhost:${line.port}${path}`;
  };

  const postgres = await openPostgres({
    dataDir: join(dataDir, 'postgres'),
    databaseUrl: process.env.DATABASE_URL,
    prefix: `kl_${ports.get('gateway')}_`,
  });
  for (const name of databases) await postgres.ensureDatabase(name);

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
  const cursorKeysFile = join(dataDir, 'keys', 'cursors.json');
  // Made before several gateways look for it at once.
  readCursorKeys(cursorKeysFile);
  const shared = { HOST: '127.0.0.1', HUB_URL: at('gateway'), PINS_FILE: pins, TOKEN_AUDIENCE: hubAudience };
  // Receivers of webhooks stand on this machine here, where none may stand in earnest.
  const egress = { EGRESS_ALLOW: '127.0.0.0/8,::1/128' };
  const environment: Record<string, Record<string, string>> = {
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
      ...egress,
      KORTELIJN_NAME: 'registry',
      KEYS_FILE: keysFile('registry'),
      DATABASE_URL: postgres.url('registry'),
      DATA_DIR: join(dataDir, 'registry'),
      FOUNDATION: foundationId,
      SEED_FILE: file(
        'seed/registry.json',
        registrySeed(participants, {
          endpoint: (id) => byLine(id, id, '/graphql'),
          issuer: (id) => at('identity', `/${id}`),
          keys: (id) => publicKeys(keysOf(id)),
        }),
      ),
    },
  };
  for (const name of gatewayNames) {
    environment[name] = {
      ...shared,
      ...egress,
      KEYS_FILE: keysFile('hub'),
      CURSOR_KEYS: cursorKeysFile,
      REGISTRY_URL: byLine('registry', 'registry', '/graphql'),
      DATA_DIR: join(dataDir, name),
      PUBLIC_URL: at(name),
      DEMO_IDENTITIES: at('identity'),
    };
  }
  for (const participant of participants) {
    environment[participant.id] = {
      ...shared,
      HUB_URL: byLine(hubLine(participant.id), 'gateway'),
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

  const closeLines = () => Promise.all([...lines.values()].map((line) => line[Symbol.asyncDispose]()));
  const stop = async () => {
    await closeLines();
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
    const members = participants.filter(({ id }) => !options.candidates?.includes(id));
    await Promise.all(members.map(({ id }) => directoryKept(join(dataDir, id, 'directory.jws'))));
  } catch (error) {
    // Keep the folder, the logs in it say what happened.
    await Promise.all([...processes.values()].map((one) => one.kill()));
    await closeLines();
    await postgres.stop();
    throw error;
  }

  const callersOf = (hubUrl: string) =>
    createCallers({
      hubUrl,
      identityUrl: at('identity'),
      audience: hubAudience,
      participants,
      clientKey: (clientId) => clientKey(clientId).privateKey,
    });
  const gateways = gatewayNames.map((name) => ({
    name,
    url: at(name),
    lineUrl: byLine(name, name),
    process: processOf(name),
    as: callersOf(at(name)),
  }));
  const gateway = (index: number) => {
    const found = gateways[index];
    if (found === undefined) throw new Error(`Expected a gateway below ${gateways.length}, got ${index}`);
    return found;
  };
  return {
    dataDir,
    hubUrl: at('gateway'),
    identityUrl: at('identity'),
    participants,
    process: processOf,
    gateways,
    gateway,
    line: (name) => {
      const found = lines.get(name);
      if (found === undefined)
        throw new Error(`Expected one of the lines ${[...lines.keys()].join(', ')}, got ${name}`);
      return found;
    },
    endpoint: (name) => at(name, '/graphql'),
    databaseUrl: (name) => postgres.url(name),
    as: gateway(0).as,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

const hubLine = (participantId: string) => `${participantId}→hub`;

async function openLines(
  { proxied = [], seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31)) }: NetworkOptions,
  ports: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<string, FaultProxy>> {
  if (proxied.length > 0) console.log(`lines ${proxied.join(', ')}: SEED=${seed}`);
  const opened = proxied.map(async (name, index) => {
    const targetPort = ports.get(name.endsWith('→hub') ? 'gateway' : name);
    if (targetPort === undefined)
      throw new Error(`Expected a line to one of ${[...ports.keys()].join(', ')}, got ${name}`);
    return [name, await createFaultProxy({ targetPort, seed: seed + index })] as const;
  });
  return new Map(await Promise.all(opened));
}

const mainOf = (name: string) => {
  if (name.startsWith('gateway')) return 'gateway/main.ts';
  if (name === 'identity') return 'test/network/identity-provider/main.ts';
  if (name === 'registry') return 'subgraphs/registry/main.ts';
  return 'subgraphs/participant/main.ts';
};

/** An endpoint works before it has read who else takes part, but can address nobody: a network is more than that. */
async function directoryKept(file: string): Promise<void> {
  for (let patience = 600; !existsSync(file); patience -= 1) {
    if (patience === 0) throw new Error(`Expected a directory in ${file}, found none.`);
    await sleep(50);
  }
}

const portsFor = (names: readonly string[], first: number) =>
  new Map(names.map((name, index) => [name, first + index]));

/** The cluster of a root user may live elsewhere, where PostgreSQL's own user can reach it. */
export async function removeData(dataDir: string): Promise<void> {
  await removeCluster(join(dataDir, 'postgres'));
  rmSync(dataDir, { recursive: true, force: true });
}
