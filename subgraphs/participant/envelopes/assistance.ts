/** A question from another desk, and the word that one's own question was answered. */

import type { Handler } from '@kortelijn/kit/envelopes/inbox.ts';
import { appendEvent } from '@kortelijn/kit/feed/append.ts';
import type { Desk } from '../commands/desk.ts';
import { writeNotice } from '../commands/write-notice.ts';
import { TEXTS } from '../domain/bounds.ts';
import { deskReaders, wholeReaders } from '../domain/readers.ts';
import { idIn, instantIn, MALFORMED, TAKEN, textIn } from './body.ts';

export function assistanceAsked(desk: Desk): Handler {
  return async (client, { from, subject, body }) => {
    const id = idIn(body.id, 'asr', desk.me);
    const question = textIn(body.question, TEXTS.question);
    const askedAt = instantIn(body.at);
    const incidentId = body.incidentId === null ? null : idIn(body.incidentId, 'inc');
    if (!id || id !== subject || !question || !askedAt || incidentId === undefined) return MALFORMED;
    const { rowCount } = await client.query(
      `INSERT INTO assistance_request (id, from_participant, to_participant, incident_id, question, state, asked_at, version)
       VALUES ($1, $2, $3, $4, $5, 'ASKED', $6, 1) ON CONFLICT (id) DO NOTHING`,
      [id, from, desk.me, incidentId, question, askedAt],
    );
    if (rowCount === 0) {
      const { rows } = await client.query('SELECT from_participant, question FROM assistance_request WHERE id = $1', [
        id,
      ]);
      const same = rows[0]?.from_participant === from && rows[0]?.question === question;
      return same ? TAKEN : { kind: 'REFUSED', code: 'ID_TAKEN' };
    }
    await appendEvent(client, {
      type: 'assistance.asked',
      subjectId: id,
      actorRole: typeof body.role === 'string' ? body.role.slice(0, 30) : null,
      at: new Date(desk.now()),
      readersBefore: [],
      readersAfter: [wholeReaders(desk.me), deskReaders(from)],
      keys: { state: 'ASKED', from },
    });
    await writeNotice(desk, client, 'ASSISTANCE_ASKED', { from, requestId: id, incidentId });
    return TAKEN;
  };
}

/** The answer itself is read where it stands. */
export function assistanceAnswered(desk: Desk): Handler {
  return async (client, { from, body }) => {
    const id = idIn(body.id, 'asr', from);
    if (!id || !instantIn(body.at)) return MALFORMED;
    await appendEvent(client, {
      type: 'assistance.answered',
      subjectId: id,
      at: new Date(desk.now()),
      readersBefore: [wholeReaders(desk.me)],
      readersAfter: [wholeReaders(desk.me)],
      keys: { state: 'ANSWERED', to: from },
    });
    await writeNotice(desk, client, 'ASSISTANCE_ANSWERED', { from, requestId: id });
    return TAKEN;
  };
}
