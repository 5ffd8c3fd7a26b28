import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { canonicalJson } from '@kortelijn/schema/interpret/canonical.ts';
import { type Verdict, verifyDisputeFile } from '@kortelijn/schema/interpret/escalation/verify-file.ts';
import { badEntryIn } from './bad-entry.ts';
import { printVerdict } from './print.ts';

export interface VerifyCommand {
  readonly file: string;
  /** A file with the registry's public keys: one JWK, a list of them, or pins. */
  readonly registryKey?: string;
  readonly json?: boolean;
}

export const exitCodes = { sound: 0, notSound: 1, wrongUse: 2 } as const;

/** Judges a dispute file with nothing but the file, and says in words or JSON what became of it. */
export async function verify(
  { file, registryKey, json }: VerifyCommand,
  write: (line: string) => void = console.log,
): Promise<number> {
  let bytes: Buffer;
  let registryKeys: readonly KeyObject[] | undefined;
  try {
    bytes = await readFile(file);
    registryKeys = registryKey === undefined ? undefined : readRegistryKeys(await readFile(registryKey, 'utf8'));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return exitCodes.wrongUse;
  }
  const verdict = judge(bytes, registryKeys);
  write(json ? JSON.stringify(summary(verdict)) : printVerdict(verdict));
  return verdict.ok ? exitCodes.sound : exitCodes.notSound;
}

/** The bytes count: a file is written in the one canonical form, so that no byte of it says nothing. */
export function judge(bytes: Buffer, registryKeys?: readonly KeyObject[]): Verdict {
  const text = bytes.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return unreadable(badEntryIn(text), 'it cannot be read as JSON');
  }
  const verdict = verifyDisputeFile(value, registryKeys ? { registryKeys } : {});
  if (!verdict.ok || bytes.equals(fileBytes(value))) return verdict;
  return unreadable(badEntryIn(text), 'it holds bytes that say nothing: it is not in its one canonical form');
}

/** How an exporter writes a file: canonical JSON and a line end. */
export function fileBytes(file: unknown): Buffer {
  return Buffer.from(`${canonicalJson(file)}\n`);
}

function unreadable(index: number | undefined, message: string): Verdict {
  const where = index === undefined ? { part: 'file' as const } : { part: 'entries' as const, index };
  return { ok: false, ...where, code: index === undefined ? 'FILE_DIFFERS' : 'ENTRY_MALFORMED', message };
}

function summary(verdict: Verdict): object {
  if (!verdict.ok) return verdict;
  const { escalation, ...rest } = verdict;
  const { id, level, state, involved, places } = escalation;
  return { ...rest, escalation: { id, level, state, involved, entries: places.length } };
}

function readRegistryKeys(text: string): KeyObject[] {
  const json = JSON.parse(text) as { readonly registry?: { readonly sign?: unknown } };
  const list: unknown = json.registry?.sign ?? json;
  const keys = (Array.isArray(list) ? list : [list]).map(({ kty, crv, x }: JsonWebKey) =>
    createPublicKey({ key: { kty, crv, x } as JsonWebKey, format: 'jwk' }),
  );
  if (keys.length === 0 || keys.some(({ asymmetricKeyType }) => asymmetricKeyType !== 'ed25519')) {
    throw new Error('Expected the public Ed25519 keys of the registry: a JWK, a list of them, or a file of pins.');
  }
  return keys;
}
