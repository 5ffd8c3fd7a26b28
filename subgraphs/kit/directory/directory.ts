/**
 * Who takes part and by which keys, as an endpoint knows it: the registry's signed directory, fetched through the hub,
 * with the last good copy on disk. The hub only carries it: a copy that the registry did not sign, or an older one, is
 * refused. Silence changes nothing.
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { REGISTRY } from '@kortelijn/schema/vocabulary/ids.ts';
import { backOffMs } from '../envelopes/back-off.ts';
import type { HubDoor } from '../trust/hub-door.ts';
import { verifyJws } from '../trust/jws.ts';
import type { Pins, SigningKeys } from '../trust/keys.ts';
import { type DirectoryContent, type DirectoryEntry, directoryOf } from './entry.ts';

/** What envelopes need of a directory. The registry has one of its own, over its own tables. */
export interface Directory {
  /** The signing keys of a party, the registry among them; looks for news first when the kid is none of them. */
  signingKeys(name: string, kid: string): Promise<SigningKeys | undefined>;
  /** Whether the party may act in the network: it is ACTIVE, or it is the registry. */
  mayAct(name: string): boolean | Promise<boolean>;
}

export interface FetchedDirectory extends Directory, AsyncDisposable {
  readonly version: number;
  participant(id: string): DirectoryEntry | undefined;
  participants(): readonly DirectoryEntry[];
  /** Resolves once there is any content, from disk or hub. */
  ready(): Promise<void>;
  /** Fetches now; throws when nothing good came. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

export interface DirectoryOptions {
  readonly door: HubDoor;
  readonly pins: Pins;
  readonly dataDir: string;
  readonly everyMs?: number;
  /** At most one fetch for unknown keys in this time, however many are asked for. */
  readonly coolDownMs?: number;
  readonly onError?: (error: Error) => void;
}

const EVERY_MS = 30_000;
const COOL_DOWN_MS = 5_000;

export function createDirectory(options: DirectoryOptions): FetchedDirectory {
  const { door, pins, dataDir, everyMs = EVERY_MS, coolDownMs = COOL_DOWN_MS } = options;
  const onError = options.onError ?? (() => {});
  const file = join(dataDir, 'directory.jws');
  const stopping = new AbortController();
  let content: DirectoryContent = { version: 0, participants: new Map() };
  let fetching: Promise<void> | undefined;
  let queued: Promise<void> | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;
  let markReady = () => {};
  const isReady = new Promise<void>((resolve) => {
    markReady = resolve;
  });

  const accept = async (jws: string, from: string): Promise<boolean> => {
    const claims = await verifyJws(jws, 'directory+jwt', pins.registry.sign);
    if (!claims) throw new Error(`The directory from ${from} is not signed by a pinned key of the registry: refused.`);
    const fresh = directoryOf(claims);
    if (fresh.version < content.version) {
      throw new Error(
        `The directory from ${from} has version ${fresh.version}, older than ${content.version}: refused.`,
      );
    }
    const changed = fresh.version > content.version;
    content = fresh;
    markReady();
    return changed;
  };

  const fetchOnce = async () => {
    const { status, body } = await door.send('GET', '/directory', { signal: stopping.signal });
    if (status !== 200)
      throw new Error(`Expected the directory from the hub, found HTTP ${status} ${body.slice(0, 200)}`);
    const jws = body.trim();
    if (await accept(jws, 'the hub')) await keep(file, jws);
  };
  const begin = () => {
    fetching = fetchOnce().finally(() => {
      fetching = undefined;
    });
    return fetching;
  };
  /** Whoever asks while a fetch is under way gets the next one: this one may have left before there was news. */
  const refresh = () => {
    if (!fetching) return begin();
    queued ??= fetching
      .catch(() => {})
      .then(() => {
        queued = undefined;
        return begin();
      });
    return queued;
  };

  const run = async () => {
    await readFile(file, 'utf8')
      .then((jws) => accept(jws, file))
      .catch((error: NodeJS.ErrnoException) => error.code !== 'ENOENT' && onError(error));
    let failures = 0;
    while (!stopping.signal.aborted) {
      try {
        await refresh();
        failures = 0;
      } catch (error) {
        failures++;
        if (!stopping.signal.aborted) onError(error as Error);
      }
      const waitMs = failures > 0 ? backOffMs(failures, everyMs) : everyMs;
      await sleep(waitMs, undefined, { signal: stopping.signal, ref: false }).catch(() => {});
    }
  };
  const running = run();

  const signingKeys: Directory['signingKeys'] = async (name, kid) => {
    if (name === REGISTRY) return pins.registry.sign;
    const known = content.participants.get(name)?.keys.sign;
    if (known?.has(kid)) return known;
    // A storm of unknown keys is one fetch, not a storm on the hub.
    if (performance.now() - askedAt >= coolDownMs) {
      askedAt = performance.now();
      await refresh().catch(onError);
    } else await (queued ?? fetching)?.catch(() => {});
    return content.participants.get(name)?.keys.sign;
  };

  const close = async () => {
    stopping.abort();
    await Promise.allSettled([running, queued, fetching]);
  };
  return {
    get version() {
      return content.version;
    },
    participant: (id) => content.participants.get(id),
    participants: () => [...content.participants.values()],
    signingKeys,
    mayAct: (name) => name === REGISTRY || content.participants.get(name)?.accessionState === 'ACTIVE',
    ready: () => isReady,
    refresh,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Renamed into place: a crash leaves the old copy or the new one. */
async function keep(file: string, jws: string): Promise<void> {
  await mkdir(join(file, '..'), { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  await writeFile(unfinished, jws, { mode: 0o600 });
  await rename(unfinished, file);
}
