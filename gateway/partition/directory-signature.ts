/** Opens the registry's signed directory: `typ`, a pinned key, an Ed25519 signature, and the form of what it says. */
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { isParticipantId } from '@kortelijn/schema/vocabulary/ids.ts';
import { accessionStates, createSnapshot, type DirectorySnapshot, type Listed } from './directory-snapshot.ts';
import { isJsonObject } from './json.ts';

export type OpenDirectory = (jws: string) => DirectorySnapshot;

/** `pins` are the registry's public signing keys; only they can say who takes part. */
export function createDirectoryOpener(pins: readonly JsonWebKey[]): OpenDirectory {
  const keys = new Map<string, KeyObject>();
  for (const pin of pins) {
    keys.set(thumbprint(pin), createPublicKey({ key: pin, format: 'jwk' } as Parameters<typeof createPublicKey>[0]));
  }
  return (jws) => {
    const [head = '', body = '', signature = '', ...rest] = jws.split('.');
    const header = decoded(head);
    const key = isJsonObject(header) && typeof header.kid === 'string' ? keys.get(header.kid) : undefined;
    const isSigned =
      rest.length === 0 &&
      isJsonObject(header) &&
      header.alg === 'EdDSA' &&
      header.typ === 'directory+jwt' &&
      key !== undefined &&
      verify(null, Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url'));
    if (!isSigned) throw new Error('Expected a directory signed by a pinned key of the registry, found another.');
    return snapshotOf(decoded(body));
  };
}

function snapshotOf(claims: unknown): DirectorySnapshot {
  if (!isJsonObject(claims) || !Number.isSafeInteger(claims.version) || !Array.isArray(claims.participants)) {
    throw new Error('Expected a version and participants in the directory, found something else.');
  }
  const at = typeof claims.at === 'number' ? new Date(claims.at).toISOString() : String(claims.at);
  return createSnapshot(claims.version as number, at, claims.participants.map(listedOf));
}

/** One entry that cannot be read is the registry's fault and refuses the whole: half a directory hides somebody. */
function listedOf(entry: unknown): Listed {
  const { id, name, kind, accessionState, endpoint, issuer, keys, mergedInto, calendarId } = isJsonObject(entry)
    ? entry
    : {};
  const isKnownState = (accessionStates as readonly unknown[]).includes(accessionState);
  if (typeof id !== 'string' || !isParticipantId(id) || typeof name !== 'string' || !isKnownState) {
    throw new Error(
      `Expected id, name and accession state of each participant, found an entry without: "${String(id).slice(0, 40)}".`,
    );
  }
  const { sign, agree } = isJsonObject(keys) ? keys : {};
  return {
    id,
    name,
    kind: typeof kind === 'string' ? kind : 'OTHER',
    accessionState: accessionState as Listed['accessionState'],
    endpoint: typeof endpoint === 'string' ? endpoint : '',
    keys: { sign: Array.isArray(sign) ? sign : [], agree: Array.isArray(agree) ? agree : [] },
    ...(typeof issuer === 'string' && { issuer }),
    ...(typeof mergedInto === 'string' && { mergedInto }),
    ...(typeof calendarId === 'string' && { calendarId }),
  };
}

function decoded(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

/** RFC 7638 §3: the required members in lexicographic order. */
function thumbprint(jwk: JsonWebKey): string {
  const members = JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x });
  return createHash('sha256').update(members).digest('base64url');
}
