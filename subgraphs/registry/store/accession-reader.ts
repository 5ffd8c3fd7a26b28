/** How far parties are in joining, for the party itself and the foundation. Batched like everything that is read. */
import type { Pool } from '@kortelijn/kit/postgres/connect.ts';
import DataLoader from 'dataloader';
import { CODE_MS, mayReadAccession } from '../domain/accession.ts';
import type { ContactReaders, ContactRole } from '../domain/participant.ts';
import { normalized, type RegisteredContact } from '../domain/registered-contacts.ts';
import type { Viewer } from '../domain/viewer.ts';

export interface AccessionShape {
  readonly tradeRegister: string;
  readonly appliedAt: Date;
  readonly agreementReference: string | null;
  readonly agreementSignedOn: string | null;
  readonly endpointProvenAt: Date | null;
  readonly contacts: readonly DraftShape[];
}

export interface DraftShape extends RegisteredContact {
  readonly codeKind: string;
  readonly codeAddress: string;
  readonly registeredAt: Date;
  readonly codeExpiresAt: Date;
}

export function createAccessionLoader(pool: Pool, viewer: Viewer): DataLoader<string, AccessionShape | null> {
  return new DataLoader(async (ids) => {
    const mine = ids.filter((id) => mayReadAccession(id, viewer));
    if (mine.length === 0) return ids.map(() => null);
    const [accessions, drafts] = await Promise.all([
      pool.query({
        name: 'accessions',
        text: `SELECT participant_id AS id, trade_register AS "tradeRegister", applied_at AS "appliedAt",
                      agreement_reference AS "agreementReference", agreement_signed_on AS "agreementSignedOn",
                      endpoint_proven_at AS "endpointProvenAt"
               FROM accession WHERE participant_id = ANY($1)`,
        values: [mine],
      }),
      pool.query({
        name: 'contact-drafts',
        text: `SELECT participant_id AS id, role, persons, channels, readers, registered_at AS "registeredAt",
                      code_kind AS "codeKind", code_address AS "codeAddress"
               FROM contact_draft WHERE participant_id = ANY($1) ORDER BY role`,
        values: [mine],
      }),
    ]);
    return ids.map((id) => {
      const found = accessions.rows.find((row) => row.id === id);
      return found === undefined
        ? null
        : { ...found, contacts: drafts.rows.filter((row) => row.id === id).map(draftOf) };
    });
  });
}

interface DraftRow {
  readonly role: string;
  readonly readers: string;
  readonly persons: RegisteredContact['persons'];
  readonly channels: RegisteredContact['channels'];
  readonly registeredAt: Date;
  readonly codeKind: string;
  readonly codeAddress: string;
}

const draftOf = (row: DraftRow): DraftShape => ({
  ...normalized({ ...row, role: row.role as ContactRole, readers: row.readers as ContactReaders }),
  codeKind: row.codeKind,
  codeAddress: row.codeAddress,
  registeredAt: row.registeredAt,
  codeExpiresAt: new Date(row.registeredAt.getTime() + CODE_MS),
});
