/** The only reader of the environment; names all problems at once. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type EgressAllowed, parseEgressAllowed } from '@kortelijn/schema/vocabulary/safe-address.ts';
import { readCursorKeys } from './cursor-keys.ts';
import { defaultLimits, type Limits } from './edge/limits.ts';
import { readTrustedDocuments, type TrustedDocuments } from './edge/trusted-documents.ts';

export interface Keys {
  readonly sign: JsonWebKey;
  readonly agree: JsonWebKey;
}

export interface GatewayConfig {
  readonly port: number;
  readonly host: string;
  /** The origin that callers use; undefined: the address that is listened on. */
  readonly publicUrl: string | undefined;
  readonly keys: Keys;
  readonly registryUrl: string;
  readonly registryPins: { readonly sign: readonly JsonWebKey[]; readonly agree: readonly JsonWebKey[] };
  /** Watched while the hub runs, so that keys rotate. */
  readonly cursorKeysFile: string;
  readonly dataDir: string;
  readonly supergraphFile: string;
  readonly tokenAudience: string;
  readonly corsOrigins: readonly string[];
  /** Networks beside the public internet that webhooks may lead to. */
  readonly egressAllowed: EgressAllowed;
  readonly trustedDocuments: TrustedDocuments | undefined;
  /** NATS, where a relay puts the feeds; undefined: they come straight from the endpoints. */
  readonly feedUrl: URL | undefined;
  readonly demoIdentitiesUrl: string | undefined;
  readonly webFolder: string | undefined;
  readonly metricsToken: string | undefined;
  readonly logLevel: string;
  readonly limits: Limits;
  readonly now: () => number;
}

type Environment = Readonly<Record<string, string | undefined>>;

const supergraphFile = fileURLToPath(new URL('../schema/supergraph.graphql', import.meta.url));

/** Limits that a deployment may set, by the name of their variable. */
const limitVariables = {
  LIMIT_BODY_BYTES: 'bodyBytesMax',
  LIMIT_TOKENS: 'tokenCountMax',
  LIMIT_DEPTH: 'depthMax',
  LIMIT_ROOT_FIELDS: 'rootFieldCountMax',
  LIMIT_FIELDS: 'fieldCountMax',
  LIMIT_COST: 'costMax',
  LIMIT_BUDGET: 'budget',
  LIMIT_BUDGET_PER_SECOND: 'budgetPerSecond',
  LIMIT_REQUESTS: 'requestCountMax',
  LIMIT_STREAM_COST: 'streamCostMax',
  LIMIT_CONNECTIONS: 'connectionCountMax',
  LIMIT_CONNECTIONS_PER_CALLER: 'connectionCountMaxPerCaller',
  LIMIT_STRANGERS: 'strangerCountMax',
  LIMIT_UNREAD_BYTES: 'unreadBytesMax',
  LIMIT_UNREAD_MS: 'unreadTimeoutMs',
} as const satisfies Record<string, keyof Limits>;

export function readConfig(env: Environment): GatewayConfig {
  const problems: string[] = [];
  const attempt = <T>(name: string, read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      problems.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  };
  const required = (name: string): string => {
    const value = env[name];
    if (value === undefined || value === '') throw new Error('expected a value, found nothing');
    return value;
  };
  const config = {
    port: attempt('PORT', () => wholeNumber(env.PORT ?? '4000', 65_535)),
    host: env.HOST ?? '127.0.0.1',
    publicUrl: attempt('PUBLIC_URL', () =>
      env.PUBLIC_URL ? httpAddress(env.PUBLIC_URL).replace(/\/$/, '') : undefined,
    ),
    keys: attempt('KEYS_FILE', () => privateKeys(readJson(required('KEYS_FILE')))),
    registryUrl: attempt('REGISTRY_URL', () => httpAddress(required('REGISTRY_URL'))),
    registryPins: attempt('PINS_FILE', () => registryPins(readJson(required('PINS_FILE')))),
    cursorKeysFile: attempt('CURSOR_KEYS', () => checkedCursorKeys(required('CURSOR_KEYS'))),
    dataDir: attempt('DATA_DIR', () => required('DATA_DIR')),
    supergraphFile: env.SUPERGRAPH_FILE ?? supergraphFile,
    tokenAudience: env.TOKEN_AUDIENCE ?? 'https://kortelijn.example/hub',
    corsOrigins: (env.CORS_ORIGINS ?? '').split(',').filter(Boolean),
    egressAllowed: attempt('EGRESS_ALLOW', () => parseEgressAllowed(env.EGRESS_ALLOW)),
    trustedDocuments: attempt('TRUSTED_DOCUMENTS', () =>
      env.TRUSTED_DOCUMENTS ? readTrustedDocuments(env.TRUSTED_DOCUMENTS) : undefined,
    ),
    feedUrl: attempt('FEED', () => (env.FEED ? natsAddress(env.FEED) : undefined)),
    demoIdentitiesUrl: attempt('DEMO_IDENTITIES', () =>
      env.DEMO_IDENTITIES ? httpAddress(env.DEMO_IDENTITIES) : undefined,
    ),
    webFolder: env.WEB_FOLDER,
    metricsToken: env.METRICS_TOKEN,
    logLevel: env.LOG_LEVEL ?? 'info',
    limits: attempt('LIMIT_…', () => limits(env)),
    now: attempt('KORTELIJN_CLOCK', () => clock(env)),
  };
  if (problems.length > 0) throw new Error(`The gateway cannot start:\n- ${problems.join('\n- ')}`);
  return config as GatewayConfig;
}

function limits(env: Environment): Limits {
  const set: Partial<Record<keyof Limits, number>> = {};
  for (const [variable, limit] of Object.entries(limitVariables)) {
    const value = env[variable];
    if (value !== undefined) set[limit] = wholeNumber(value, Number.MAX_SAFE_INTEGER);
  }
  return { ...defaultLimits, ...set };
}

function wholeNumber(text: string, max: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(number <= max)) throw new Error(`expected a whole number up to ${max}, found "${text}"`);
  return number;
}

function httpAddress(text: string): string {
  const protocol = URL.canParse(text) ? new URL(text).protocol : '';
  if (protocol !== 'http:' && protocol !== 'https:') throw new Error(`expected an http(s) address, found "${text}"`);
  return text;
}

/** What stands before @ is a secret, so it is not repeated. */
function natsAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.hostname === '' || !['nats:', 'tls:'].includes(url.protocol)) {
    throw new Error('expected nats://host:port or tls://host:port, found something else');
  }
  return url;
}

function readJson(file: string): Record<string, unknown> {
  const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (typeof value !== 'object' || value === null) throw new Error(`expected a JSON object in ${file}`);
  return value as Record<string, unknown>;
}

function privateKeys({ sign, agree }: Record<string, unknown>): Keys {
  const [signKey, agreeKey] = [sign, agree] as (JsonWebKey | undefined)[];
  if (signKey?.crv !== 'Ed25519' || signKey.d === undefined)
    throw new Error('expected a private Ed25519 key under "sign"');
  if (agreeKey?.crv !== 'X25519' || agreeKey.d === undefined)
    throw new Error('expected a private X25519 key under "agree"');
  return { sign: signKey, agree: agreeKey };
}

function registryPins({ registry }: Record<string, unknown>): GatewayConfig['registryPins'] {
  const { sign, agree } = (registry ?? {}) as Partial<GatewayConfig['registryPins']>;
  if (!sign?.length) throw new Error('expected at least one public key under registry.sign');
  if (!agree?.length) throw new Error('expected at least one public key under registry.agree');
  return { sign, agree };
}

/** What is wrong with the file is told with everything else. */
function checkedCursorKeys(file: string): string {
  readCursorKeys(file);
  return file;
}

/** In tests all processes share a clock: a file with an offset in milliseconds, or an instant at which it stands still. */
function clock(env: Environment): () => number {
  const file = env.KORTELIJN_CLOCK;
  if (file === undefined || file === '') return () => Date.now();
  if (env.NODE_ENV !== 'test')
    throw new Error(`expected NODE_ENV=test, found ${env.NODE_ENV ?? 'none'}: it is for tests`);
  return () => {
    const text = readFileSync(file, 'utf8').trim();
    const time = /^[+-]?\d+$/.test(text) ? Date.now() + Number(text) : Date.parse(text);
    if (Number.isNaN(time))
      throw new Error(`Expected an offset in milliseconds or an instant in ${file}, found "${text}".`);
    return time;
  };
}
