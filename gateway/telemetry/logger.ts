/**
 * The log: JSON lines with a fixed set of keys. What is not on the list does not come through, whoever hands it over:
 * no variables, no tokens, no texts that people wrote, no addresses of persons.
 */
import { type DestinationStream, pino } from 'pino';

const allowedKeys = new Set([
  'event',
  'traceId',
  'requestId',
  'door',
  'kind',
  'code',
  'codes',
  'status',
  'durationMs',
  'participant',
  'program',
  'webhook',
  'endpoint',
  'outcome',
  'outcomes',
  'cost',
  'documentHash',
  'count',
  'version',
  'state',
  'url',
  'errorName',
  'stack',
  'reason',
  'feed',
  'waitMs',
]);
const textLengthMax = 300;
const stackLengthMax = 4_000;

export type LogFields = Readonly<Record<string, unknown>>;

export interface Logger {
  info(fields: LogFields): void;
  warn(fields: LogFields): void;
  error(fields: LogFields): void;
}

export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = { level, base: { service: 'gateway' }, formatters: { level: (label: string) => ({ level: label }) } };
  const log = destination === undefined ? pino(options) : pino(options, destination);
  return {
    info: (fields) => log.info(allowed(fields)),
    warn: (fields) => log.warn(allowed(fields)),
    error: (fields) => log.error(allowed(fields)),
  };
}

/** An error's message may quote data; its name and the places it passed do not. */
export function errorFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { errorName: typeof error };
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? [];
  return { errorName: error.name, stack: frames.join('\n') };
}

function allowed(fields: LogFields): LogFields {
  const kept: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields)) {
    if (allowedKeys.has(key)) kept[key] = plain(value, key === 'stack' ? stackLengthMax : textLengthMax);
  }
  return kept;
}

function plain(value: unknown, lengthMax: number): unknown {
  if (typeof value === 'string') return value.slice(0, lengthMax);
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.filter((one) => typeof one === 'string').map((one) => plain(one, 64));
  return undefined;
}
