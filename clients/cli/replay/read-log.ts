/** Reads an incident log in XES (IEEE 1849) event by event; the file is never in memory as a whole. */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { SaxesParser } from 'saxes';

export interface LogEvent {
  readonly status: string;
  readonly transition: string;
  readonly team: string;
  readonly organisationLine: string;
  readonly impact: string;
  readonly product: string;
  readonly person: string;
  readonly atMs: number;
}

export interface Trace {
  readonly id: string;
  readonly events: readonly LogEvent[];
}

export async function readLog(file: string): Promise<readonly Trace[]> {
  const traces: Trace[] = [];
  let attributes: Map<string, string> | undefined;
  let traceId = '';
  let events: LogEvent[] | undefined;
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes: given }) => {
    if (name === 'trace') {
      events = [];
      traceId = '';
    } else if (name === 'event') {
      attributes = new Map();
    } else if (events !== undefined && typeof given.key === 'string' && typeof given.value === 'string') {
      if (attributes !== undefined) attributes.set(given.key, given.value);
      else if (given.key === 'concept:name') traceId = given.value;
    }
  });
  parser.on('closetag', ({ name }) => {
    if (name === 'event' && attributes !== undefined) {
      events?.push(logEvent(attributes));
      attributes = undefined;
    } else if (name === 'trace' && events !== undefined) {
      traces.push({ id: traceId, events });
      events = undefined;
    }
  });
  const bytes = createReadStream(file);
  const text = file.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes;
  text.setEncoding('utf8');
  for await (const chunk of text) parser.write(chunk as string);
  parser.close();
  return traces;
}

function logEvent(attributes: ReadonlyMap<string, string>): LogEvent {
  const need = (key: string) => {
    const value = attributes.get(key);
    if (value === undefined) throw new Error(`Expected every event of the log to have ${key}, found one without`);
    return value;
  };
  const atMs = Date.parse(need('time:timestamp'));
  if (Number.isNaN(atMs)) throw new Error(`Expected a timestamp with offset, found ${need('time:timestamp')}`);
  return {
    status: need('concept:name'),
    transition: need('lifecycle:transition'),
    team: need('org:group'),
    organisationLine: need('organization involved'),
    impact: need('impact').toUpperCase(),
    product: need('product'),
    person: need('org:resource'),
    atMs,
  };
}
