/** The only reader of process.env. What is wrong is told all at once, so that a start is mended in one go. */
import { readFileSync } from 'node:fs';
import { type EndpointKeys, type Pins, parseEndpointKeys, parsePins } from '@kortelijn/kit/trust/keys.ts';
import { isParticipantId, type ParticipantId, REGISTRY } from '@kortelijn/schema/vocabulary/ids.ts';
import { type EgressAllowed, parseEgressAllowed } from '@kortelijn/schema/vocabulary/safe-address.ts';
import { parseSeed, type SeedParticipant } from './store/seed-file.ts';

export interface Config {
  readonly name: typeof REGISTRY;
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly dataDir: string;
  /** The registry's own database; without it a server of our own is launched in the data folder. */
  readonly databaseUrl: string | undefined;
  readonly keys: EndpointKeys;
  readonly pins: Pins;
  readonly hubUrl: string;
  /** The participant that runs the registry: its staff may suspend, its prefix stands before our ids. */
  readonly foundation: ParticipantId;
  readonly seed: readonly SeedParticipant[];
  /** Networks beside the public internet that webhooks may lead to. */
  readonly egressAllowed: EgressAllowed;
  /** How long changes stay in the feed; 7 days when left out. */
  readonly feedRetentionMs?: number | undefined;
  readonly logLevel: string;
}

export function readConfig(env: NodeJS.ProcessEnv): Config {
  const problems: string[] = [];
  const attempt = <T>(name: string, read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      problems.push(`${name}: ${(error as Error).message}`);
      return undefined;
    }
  };
  const text = (name: string) => {
    const value = env[name];
    if (!value) throw new Error('expected a value, found none');
    return value;
  };
  const json = (name: string): unknown => JSON.parse(readFileSync(text(name), 'utf8'));

  const config = {
    name: attempt('KORTELIJN_NAME', () => {
      if ((env.KORTELIJN_NAME ?? REGISTRY) === REGISTRY) return REGISTRY;
      throw new Error(`expected "${REGISTRY}", found "${env.KORTELIJN_NAME}"`);
    }),
    host: env.HOST ?? '127.0.0.1',
    port: attempt('PORT', () => {
      const port = Number(env.PORT ?? '0');
      if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
      throw new Error(`expected a port from 0 to 65535, found "${env.PORT}"`);
    }),
    dataDir: attempt('DATA_DIR', () => text('DATA_DIR')),
    databaseUrl: env.DATABASE_URL || undefined,
    keys: attempt('KEYS_FILE', () => parseEndpointKeys(json('KEYS_FILE'))),
    pins: attempt('PINS_FILE', () => parsePins(json('PINS_FILE'))),
    hubUrl: attempt('HUB_URL', () => new URL(text('HUB_URL')).href),
    foundation: attempt('FOUNDATION', () => {
      const name = text('FOUNDATION');
      if (isParticipantId(name)) return name;
      throw new Error(`expected the participant id of the foundation, found "${name}"`);
    }),
    seed: attempt('SEED_FILE', () => (env.SEED_FILE ? parseSeed(json('SEED_FILE')) : [])),
    egressAllowed: attempt('EGRESS_ALLOW', () => parseEgressAllowed(env.EGRESS_ALLOW)),
    feedRetentionMs: attempt('FEED_RETENTION_MS', () => {
      if (!env.FEED_RETENTION_MS) return undefined;
      const ms = Number(env.FEED_RETENTION_MS);
      if (Number.isInteger(ms) && ms >= 1_000 && ms <= 30 * 24 * 3_600_000) return ms;
      throw new Error(`expected milliseconds from 1000, at most 30 days, found "${env.FEED_RETENTION_MS}"`);
    }),
    logLevel: env.LOG_LEVEL ?? 'info',
  };
  if (config.keys && config.pins && !config.pins.registry.sign.has(config.keys.sign.kid)) {
    // Everyone else pins what stands there: a directory signed by another key would be refused by all of them.
    problems.push('PINS_FILE: expected the sign key of KEYS_FILE among the keys of the registry, found others only');
  }
  if (problems.length > 0) throw new Error(`The registry cannot start:\n- ${problems.join('\n- ')}`);
  // Nothing is undefined where there was no problem.
  return config as Config;
}
