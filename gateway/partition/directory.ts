/**
 * Who takes part, kept up to date while the hub runs: the registry's signed directory, asked for every few seconds.
 *
 * The last good copy lies on disk, so that a hub starts while the registry is down. A version only rises: an older
 * copy, signed or not, never replaces a newer one.
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createDirectoryOpener } from './directory-signature.ts';
import { type DirectorySnapshot, emptySnapshot } from './directory-snapshot.ts';

export interface Directory {
  current(): DirectorySnapshot;
  /** As the registry signed it, to hand on; undefined before the first. */
  signed(): string | undefined;
  /** Asks the registry now, at most once per cool-down; resolves whether it answered or not. */
  refresh(): Promise<void>;
  /** Calls back after each newer version; the function returned ends that. */
  onChange(listener: (snapshot: DirectorySnapshot) => void): () => void;
  /** How long ago the registry was last heard, in milliseconds; undefined when never. */
  ageMs(): number | undefined;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface DirectoryOptions {
  /** Asks the registry for its signed directory; undefined or a rejection when it does not answer. */
  readonly fetchSigned: () => Promise<string | undefined>;
  /** The registry's public signing keys. */
  readonly pins: readonly JsonWebKey[];
  /** Where the last good copy is kept. */
  readonly file: string;
  readonly now: () => number;
  /** Default 3,000. */
  readonly refreshMs?: number;
  readonly onProblem?: (problem: string) => void;
}

const firstTryMs = 250;

/** Resolves when there is a directory, from the registry or from disk; until one of them has one it keeps asking. */
export async function createDirectory(options: DirectoryOptions): Promise<Directory> {
  const { fetchSigned, pins, file, now, refreshMs = 3_000, onProblem = () => {} } = options;
  const open = createDirectoryOpener(pins);
  const listeners = new Set<(snapshot: DirectorySnapshot) => void>();
  let snapshot = emptySnapshot;
  let signed: string | undefined;
  let heardAtMs: number | undefined;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  let underWay: Promise<void> | undefined;
  let saving: Promise<void> = Promise.resolve();
  let lastSilence: string | undefined;

  const take = (jws: string): boolean => {
    if (jws === signed) return true;
    const next = open(jws);
    if (next.version < snapshot.version) {
      throw new Error(`Expected a directory of version ${snapshot.version} or later, found ${next.version}.`);
    }
    const isNewer = next.version > snapshot.version || signed === undefined;
    // Two directories of one version are two truths; the first that was seen stays.
    if (!isNewer) throw new Error(`Expected one directory of version ${next.version}, found another.`);
    snapshot = next;
    signed = jws;
    for (const listener of listeners) listener(snapshot);
    return true;
  };
  const attempt = (what: string, act: () => boolean): boolean => {
    try {
      return act();
    } catch (error) {
      onProblem(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      return false;
    }
  };
  const fetchOnce = async (): Promise<void> => {
    const jws = await fetchSigned().catch((error: unknown) => {
      // Each silence is told once, not every few seconds.
      const silence = `The registry gave no directory: ${error instanceof Error ? error.message : String(error)}`;
      if (silence !== lastSilence) onProblem(silence);
      lastSilence = silence;
      return undefined;
    });
    if (jws === undefined || isClosed) return;
    lastSilence = undefined;
    const before = signed;
    if (!attempt('The registry’s directory was not taken', () => take(jws))) return;
    heardAtMs = now();
    if (signed !== before) {
      saving = saving
        .then(() => save(file, jws))
        .catch((error) => onProblem(`The directory was not kept in ${file}: ${error}`));
    }
  };
  const refresh = (): Promise<void> => {
    underWay ??= fetchOnce().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
  const loop = (): void => {
    if (isClosed) return;
    timer = setTimeout(() => void refresh().finally(loop), signed === undefined ? firstTryMs : refreshMs);
    timer.unref();
  };

  await refresh();
  if (signed === undefined) {
    const kept = await readFile(file, 'utf8').catch(() => undefined);
    if (kept !== undefined) attempt(`The copy in ${file} was not taken`, () => take(kept));
  }
  while (signed === undefined && !isClosed) {
    await new Promise((resolve) => setTimeout(resolve, firstTryMs));
    await refresh();
  }
  loop();

  return {
    current: () => snapshot,
    signed: () => signed,
    refresh,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ageMs: () => (heardAtMs === undefined ? undefined : Math.max(0, now() - heardAtMs)),
    async [Symbol.asyncDispose]() {
      isClosed = true;
      clearTimeout(timer);
      await underWay;
      await saving;
    },
  };
}

/** Whole or not at all: a hub that is killed while it writes finds the former copy. */
async function save(file: string, jws: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const next = `${file}.${process.pid}.next`;
  await writeFile(next, jws);
  await rename(next, file);
}
