/**
 * Whoever holds an invitation of the registry may apply for the party it was made for, and nothing else: that party has
 * no issuer in the directory, or one that must be mended. From its activation on an invitation opens nothing.
 */
import { importJWK, type JWK, jwtVerify } from 'jose';
import { type Authority, standingOf } from './authority.ts';
import type { AccessionState } from './issuers.ts';
import { thumbprint } from './thumbprint.ts';

/** Undefined when the text is no invitation that counts. Whether it was used before only the registry knows. */
export type VerifyInvitation = (token: string) => Promise<Authority | undefined>;

export interface InvitationOptions {
  /** The registry's public signing keys, as pinned. */
  readonly keys: readonly JsonWebKey[];
  /** Where the directory says that a party of this name is; undefined when there is none. */
  readonly stateOf: (participant: string) => AccessionState | undefined;
  readonly now: () => number;
}

export const registryIssuer = 'registry';

export function createInvitationVerifier({ keys, stateOf, now }: InvitationOptions): VerifyInvitation {
  const byId = new Map(keys.map((key) => [thumbprint(key), key as JWK]));
  return async (token) => {
    const { payload } = await jwtVerify(
      token,
      ({ kid = '' }) => {
        const key = byId.get(kid);
        if (key === undefined) throw new Error('Expected an invitation signed by a pinned key, found another.');
        return importJWK(key, 'EdDSA');
      },
      {
        algorithms: ['EdDSA'],
        typ: 'invitation+jwt',
        issuer: registryIssuer,
        audience: 'hub',
        requiredClaims: ['sub', 'jti', 'iat', 'exp'],
        currentDate: new Date(now()),
      },
    );
    const { sub: participant = '', jti, exp = 0 } = payload;
    const state = stateOf(participant);
    if (state !== undefined && standingOf(state) !== 'OWN') return undefined;
    return {
      kind: 'subject',
      participant,
      subject: `invitation/${jti}`,
      roles: [],
      scopes: [],
      expiresAtMs: exp * 1_000,
      standing: 'OWN',
    };
  };
}
