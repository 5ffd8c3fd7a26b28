/**
 * What must be told to people by e-mail or otherwise: written with the change that causes it. Carrying it there is not
 * done here; whoever does takes the rows that have no `sent_at`. No names and no content: only what the reader must do.
 */

import { createEventId } from '@kortelijn/kit/feed/event-id.ts';
import type { Queryable } from '@kortelijn/kit/postgres/connect.ts';
import type { Kept } from '@kortelijn/kit/server/housekeeping.ts';

export interface MessageTo {
  readonly participantId: string;
  readonly role: string;
  readonly kind: string;
  readonly address: string;
}

export interface MessageText {
  readonly template: 'contactCode' | 'contactsStale';
  readonly subject: string;
  readonly text: string;
}

export type SendMessage = (client: Queryable, to: MessageTo, message: MessageText, at: Date) => Promise<void>;

export const sendMessage: SendMessage = async (client, to, { template, subject, text }, at) => {
  await client.query(
    `INSERT INTO message_out (id, participant_id, template, role, kind, address, subject, text, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [createEventId(at.getTime()), to.participantId, template, to.role, to.kind, to.address, subject, text, at],
  );
};

export const contactCode = (participantId: string, role: string, code: string): MessageText => ({
  template: 'contactCode',
  subject: `Kortelijn: code ${participantId} ${role}`,
  text: [
    `Dit adres is opgegeven als bereikbaarheid van ${participantId} in de rol ${role}.`,
    `Geef deze code door aan de servicemanager van ${participantId}: ${code}`,
    'De code geldt zeven dagen. Hoort dit adres niet bij deze organisatie? Dan hoeft u niets te doen.',
    '',
    `This address was given as a way to reach ${participantId} in the role ${role}.`,
    `Pass this code on to the servicemanager of ${participantId}: ${code}`,
    'The code is good for seven days. If this address is not of that organisation you need not do anything.',
  ].join('\n'),
});

export const contactsStale = (participantId: string): MessageText => ({
  template: 'contactsStale',
  subject: `Kortelijn: contactgegevens ${participantId}`,
  text: [
    `De contactgegevens van ${participantId} zijn een jaar niet bevestigd. Bevestig of wijzig ze in Kortelijn.`,
    '',
    `The contacts of ${participantId} have not been confirmed for a year. Confirm or change them in Kortelijn.`,
  ].join('\n'),
});

/** What was sent, and what nobody carried in this time: a code is long void by then. */
export const messagesKept: Kept = {
  keptMs: 30 * 24 * 3_600_000,
  async prune(pool, { before, limit }) {
    const { rowCount } = await pool.query(
      'DELETE FROM message_out WHERE id IN (SELECT id FROM message_out WHERE created_at < $1 LIMIT $2)',
      [before, limit],
    );
    return rowCount ?? 0;
  },
};
