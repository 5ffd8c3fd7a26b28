/**
 * The time of an endpoint. In tests several processes share one clock by a file (`KORTELIJN_CLOCK`), which is read at
 * every call: 10 µs that only tests pay, against a watcher that misses changes or a cache that makes two processes
 * differ. Outside NODE_ENV=test the variable is refused, so that nobody can shift the time of a real endpoint.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
}

export type SharedClock = { readonly offsetMs: number } | { readonly frozenAt: number };

export function createClock(env: NodeJS.ProcessEnv = process.env): Clock {
  const file = env.KORTELIJN_CLOCK;
  if (!file) return { now: () => Date.now() };
  if (env.NODE_ENV !== 'test') {
    throw new Error(`KORTELIJN_CLOCK is for tests: expected NODE_ENV=test, found ${env.NODE_ENV ?? 'none'}. Unset it.`);
  }
  return { now: () => timeOf(readSharedClock(file)) };
}

const timeOf = (shared: SharedClock): number => ('frozenAt' in shared ? shared.frozenAt : Date.now() + shared.offsetMs);

/** A missing or unreadable file is an error: a test that believes in a shared clock must not run on the real one. */
export function readSharedClock(file: string): SharedClock {
  const text = readFileSync(file, 'utf8').trim();
  if (/^[+-]?\d+$/.test(text)) return { offsetMs: Number(text) };
  const frozenAt = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(frozenAt)) {
    throw new Error(
      `${file} must hold an offset in milliseconds (+3600000) or an instant (2026-03-02T09:00:00Z); found "${text}".`,
    );
  }
  return { frozenAt };
}

/** Renamed into place, so that a reader never meets half a number. */
export function writeSharedClock(file: string, shared: SharedClock): void {
  const text = 'frozenAt' in shared ? new Date(shared.frozenAt).toISOString() : String(shared.offsetMs);
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, text);
  renameSync(unfinished, file);
}
