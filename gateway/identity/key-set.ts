/**
 * The public keys of one issuer, fetched from it and kept.
 *
 * A token with an unknown `kid` makes us look once per cool-down, whether that look succeeds or not: a storm of
 * made-up key ids costs the issuer one request. Keys that were fetched stay usable for a while when the issuer is down.
 */
import { createLocalJWKSet, errors, type FlattenedJWSInput, type JSONWebKeySet, type JWTHeaderParameters } from 'jose';

export type FetchKeys = (issuer: string) => Promise<JSONWebKeySet>;
export type KeyLookup = (header: JWTHeaderParameters, token: FlattenedJWSInput) => Promise<CryptoKey>;

export interface KeySetOptions {
  readonly fetchKeys: FetchKeys;
  readonly now: () => number;
  readonly coolDownMs?: number;
  /** After this age the keys are fetched anew. */
  readonly freshMs?: number;
  /** Up to this age they serve when they cannot be fetched anew. */
  readonly usableMs?: number;
}

export function createKeySet(issuer: string, options: KeySetOptions): KeyLookup {
  const { fetchKeys, now, coolDownMs = 30_000, freshMs = 600_000, usableMs = 3_600_000 } = options;
  let keys: { readonly find: ReturnType<typeof createLocalJWKSet>; readonly fetchedAtMs: number } | undefined;
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | undefined;

  const look = async (): Promise<void> => {
    try {
      keys = { find: createLocalJWKSet(await fetchKeys(issuer)), fetchedAtMs: now() };
    } catch {
      // The issuer is down or answers nonsense: what was fetched before serves while it is usable.
    }
  };
  const refresh = (): Promise<void> => {
    if (looking !== undefined) return looking;
    if (now() - lookedAtMs < coolDownMs) return Promise.resolve();
    lookedAtMs = now();
    looking = look().finally(() => {
      looking = undefined;
    });
    return looking;
  };

  return async (header, token) => {
    if (keys === undefined || now() - keys.fetchedAtMs > usableMs) await refresh();
    else if (now() - keys.fetchedAtMs > freshMs) void refresh();
    if (keys === undefined || now() - keys.fetchedAtMs > usableMs) throw new errors.JWKSNoMatchingKey();
    try {
      return await keys.find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      const before = keys;
      await refresh();
      if (keys === before) throw error;
      return keys.find(header, token);
    }
  };
}
