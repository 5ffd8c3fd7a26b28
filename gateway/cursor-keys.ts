/**
 * The keys under which cursors are sealed: `{"keys": ["<32 bytes, base64url>", …]}`. The first seals, all open.
 *
 * To rotate: put a new key first and keep the old one as long as its cursors should live. Several gateways share one
 * file, or the same content; each takes a change up by itself.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { cursorKeys } from './partition/sealed-cursor.ts';

type Keys = ReturnType<typeof cursorKeys>;

export interface CursorKeys extends Disposable {
  current(): Keys;
}

const keyLength = 32;

/** A file that is not there is made: one gateway alone needs nothing prepared. */
export function readCursorKeys(file: string): Keys {
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true });
    const content = JSON.stringify({ keys: [randomBytes(keyLength).toString('base64url')] });
    writeFileSync(file, content, { mode: 0o600, flag: 'wx' });
  }
  const { keys } = JSON.parse(readFileSync(file, 'utf8')) as { keys?: unknown };
  if (!Array.isArray(keys)) throw new Error(`Expected {"keys": ["…"]} in ${file}, found something else.`);
  return cursorKeys(keys.map((key) => Buffer.from(String(key), 'base64url')));
}

/** Follows the file; content that cannot be read is told and changes nothing. */
export function watchCursorKeys(file: string, onProblem: (problem: string) => void, intervalMs = 2_000): CursorKeys {
  let keys = readCursorKeys(file);
  let seen = readFileSync(file, 'utf8');
  // By looking now and then: a mounted secret is replaced in ways that no watcher of the system reports.
  const timer = setInterval(() => {
    try {
      const content = readFileSync(file, 'utf8');
      if (content === seen) return;
      seen = content;
      keys = readCursorKeys(file);
    } catch (error) {
      onProblem(error instanceof Error ? error.message : String(error));
    }
  }, intervalMs);
  timer.unref();
  return {
    current: () => keys,
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
