/** The only reader of the environment. What is wrong is told all at once. */
import { readFileSync } from 'node:fs';
import { type EndpointKeys, type Pins, parseEndpointKeys, parsePins } from '@kortelijn/kit/trust/keys.ts';
import { isParticipantId, type ParticipantId } from '@kortelijn/schema/vocabulary/ids.ts';
import { type Seed, seedOf } from './prisma/seed.ts';
import { defaultRhythm, type ReportRhythm } from './store/service-status.ts';

export interface Config {
  /** The participant whose endpoint this is. */
  readonly name: ParticipantId;
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Of this participant's own database; without it the endpoint starts a server of its own in `dataDir`. */
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
  readonly keys: EndpointKeys;
  readonly pins: Pins;
  readonly hubUrl: string;
  /** Written into an empty database. */
  readonly seed: Seed | undefined;
  /** How often services are reported, and after how many missed reports nothing is known of them. */
  readonly rhythm: ReportRhythm;
  /** How long changes stay in the feed; 7 days when left out. */
  readonly feedRetentionMs?: number | undefined;
  readonly logLevel: string;
}

export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const problems: string[] = [];
  const check = <T>(name: string, expected: string, read: (text: string) => T | undefined, fallback?: T): T => {
    const text = env[name];
    if (text === undefined || text === '') {
      if (fallback === undefined) problems.push(`${name} is missing: expected ${expected}.`);
      return fallback as T;
    }
    try {
      const value = read(text);
      if (value !== undefined) return value;
      problems.push(`${name}: expected ${expected}, found "${text}".`);
    } catch (error) {
      problems.push(`${name} (${text}): ${(error as Error).message}`);
    }
    return fallback as T;
  };
  const json = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
  const whole = (from: number, to: number) => (text: string) =>
    /^\d+$/.test(text) && Number(text) >= from && Number(text) <= to ? Number(text) : undefined;
  const url = (pattern: RegExp) => (text: string) => (pattern.test(text) && URL.canParse(text) ? text : undefined);

  const config: Config = {
    name: check('KORTELIJN_NAME', 'a participant id such as linde', (text) =>
      isParticipantId(text) ? text : undefined,
    ),
    host: check('HOST', 'an address to listen on', (text) => text, '127.0.0.1'),
    port: check('PORT', 'a port, 0 for any free one', whole(0, 65_535), 0),
    databaseUrl: env.DATABASE_URL ? check('DATABASE_URL', 'postgresql://…', url(/^postgres(ql)?:/)) : undefined,
    dataDir: check('DATA_DIR', 'a folder for what this endpoint keeps', (text) => text),
    keys: check('KEYS_FILE', 'a JSON file with the private keys sign and agree', (file) =>
      parseEndpointKeys(json(file)),
    ),
    pins: check('PINS_FILE', 'a JSON file with the public keys of hub and registry', (file) => parsePins(json(file))),
    hubUrl: check('HUB_URL', 'a URL such as http://localhost:4000', url(/^https?:/)),
    seed: env.SEED_FILE ? check('SEED_FILE', 'a JSON file', (file) => seedOf(json(file))) : undefined,
    rhythm: {
      everyMs:
        60_000 * check('STATUS_EVERY_MINUTES', 'whole minutes from 1', whole(1, 1_440), defaultRhythm.everyMs / 60_000),
      missedMax: check('STATUS_MISSED_MAX', 'a number from 1', whole(1, 1_000), defaultRhythm.missedMax),
    },
    feedRetentionMs: env.FEED_RETENTION_MS
      ? check('FEED_RETENTION_MS', 'milliseconds from 1000, at most 30 days', whole(1_000, 30 * 24 * 3_600_000))
      : undefined,
    logLevel: check('LOG_LEVEL', 'a level such as info', levelOf, 'info'),
  };
  if (problems.length > 0) throw new Error(`This endpoint cannot start:\n- ${problems.join('\n- ')}`);
  return config;
}

const levelOf = (text: string) =>
  ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'].includes(text) ? text : undefined;
