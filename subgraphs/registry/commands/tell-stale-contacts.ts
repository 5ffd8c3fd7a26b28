/** M-11: what a clock does. Contacts that nobody has confirmed for 365 days are flagged, once, and their manager is told. */
import { inTransaction, type Pool } from '@kortelijn/kit/postgres/connect.ts';
import { decide } from '@kortelijn/schema/interpret/lifecycle.ts';
import { participant as lifecycle } from '@kortelijn/schema/lifecycles/participant.ts';
import { joiningReaders } from '../domain/accession.ts';
import { STALE_MS } from '../domain/contacts.ts';
import { channelToConfirm } from '../domain/registered-contacts.ts';
import { lockParticipant, publishedContacts } from '../store/accession-writer.ts';
import { contactsStale, sendMessage } from '../store/messages.ts';
import { appendParticipantEvent } from '../store/writer.ts';

export interface StaleOffice {
  readonly pool: Pool;
  readonly foundation: string;
  now(): number;
  committed(): void;
}

const OLDEST = `
  SELECT participant.id, min(coalesce(confirmed_at, contact_point.published_at)) AS oldest
  FROM participant JOIN contact_point ON participant_id = participant.id AND superseded_at IS NULL
  WHERE accession_state = 'ACTIVE' AND contacts_stale_at IS NULL AND ($2::text IS NULL OR participant.id = $2)
  GROUP BY participant.id HAVING min(coalesce(confirmed_at, contact_point.published_at)) <= $1`;

/** Answers whose contacts were found stale. Two processes at once tell it once: the second finds the flag. */
export async function tellStaleContacts(office: StaleOffice): Promise<readonly string[]> {
  const at = new Date(office.now());
  const before = new Date(at.getTime() - STALE_MS);
  const { rows } = await office.pool.query(OLDEST, [before, null]);
  const told: string[] = [];
  for (const { id } of rows) if (await tellOne(office, id, before, at)) told.push(id);
  if (told.length > 0) office.committed();
  return told;
}

const tellOne = ({ pool, foundation }: StaleOffice, id: string, before: Date, at: Date): Promise<boolean> =>
  inTransaction(pool, async (client) => {
    const locked = await lockParticipant(client, id);
    const { rows } = await client.query(OLDEST, [before, id]);
    if (!locked || !rows[0]) return false;
    const facts = { nowMs: at.getTime(), contactsStaleAtMs: rows[0].oldest.getTime() + STALE_MS };
    const decision = decide(lifecycle, 'contactsBecomeStale', { state: locked.state, relations: ['timer'], facts });
    if (!decision.ok) return false;
    await client.query('UPDATE participant SET contacts_stale_at = $2 WHERE id = $1', [id, at]);
    const manager = (await publishedContacts(client, id)).find(({ role }) => role === 'SERVICEMANAGER');
    const channel = manager && channelToConfirm(manager.channels);
    if (channel) {
      const to = { participantId: id, role: 'SERVICEMANAGER', kind: channel.kind, address: channel.value };
      await sendMessage(client, to, contactsStale(id), at);
    }
    const readers = joiningReaders(id, foundation);
    await appendParticipantEvent(client, {
      participantId: id,
      event: 'contactsBecameStale',
      state: decision.to,
      at,
      readers,
    });
    return true;
  });

const EVERY_MS = 15 * 60_000;

export function watchStaleContacts(office: StaleOffice, onError: (error: Error) => void): AsyncDisposable {
  let running: Promise<unknown> = Promise.resolve();
  let isStopped = false;
  const look = () => {
    running = tellStaleContacts(office).catch(onError);
    void running.then(() => {
      if (!isStopped) timer = setTimeout(look, EVERY_MS).unref();
    });
  };
  let timer = setTimeout(look, 1_000).unref();
  return {
    [Symbol.asyncDispose]: async () => {
      isStopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
