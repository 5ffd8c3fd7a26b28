/**
 * Invitations as text. One is signed anew from its row whenever it is shown, so no secret is kept; the hub knows the
 * registry's key and lets whoever comes with one apply for that party, and nothing else.
 */
import type { Pool } from '@kortelijn/kit/postgres/connect.ts';
import { signJws } from '@kortelijn/kit/trust/jws.ts';
import type { SigningKey } from '@kortelijn/kit/trust/keys.ts';
import { REGISTRY } from '@kortelijn/schema/vocabulary/ids.ts';
import { INVITATION_MS } from '../domain/accession.ts';

export interface Invitation {
  readonly id: string;
  readonly participantId: string;
  readonly legalName: string;
  readonly kind: string;
  readonly invitedAt: Date;
  readonly expiresAt: Date;
  /** Compact JWS: the bearer token to apply with. */
  readonly token: string;
}

export interface Invitations {
  one(id: string): Promise<Invitation | undefined>;
}

export function createInvitations(pool: Pool, key: SigningKey): Invitations {
  return {
    async one(id) {
      const { rows } = await pool.query(
        `SELECT id, participant_id AS "participantId", legal_name AS "legalName", kind, invited_at AS "invitedAt"
         FROM invitation WHERE id = $1`,
        [id],
      );
      const row = rows[0] as Omit<Invitation, 'expiresAt' | 'token'> | undefined;
      if (!row) return undefined;
      const expiresAt = new Date(row.invitedAt.getTime() + INVITATION_MS);
      const claims = {
        iss: REGISTRY,
        aud: 'hub',
        sub: row.participantId,
        jti: row.id,
        iat: Math.floor(row.invitedAt.getTime() / 1_000),
        exp: Math.floor(expiresAt.getTime() / 1_000),
      };
      return { ...row, expiresAt, token: signJws('invitation+jwt', claims, key) };
    },
  };
}
