/**
 * Writes an event in the transaction of the change. The subject's row must be locked by that transaction already:
 * then two changes of one subject take their ids in the order in which they commit, and the feed keeps that order.
 */
import type { Queryable } from '../postgres/connect.ts';
import type { FeedEvent } from './event.ts';
import { createEventId } from './event-id.ts';

/** No NOTIFY here: it would make every commit of the cluster wait for the one before. Stamping notifies. */
const INSERT = {
  name: 'feed-append',
  text: `INSERT INTO outbox (event_id, at, type, subject_id, actor_role, readers_before, readers_after, keys)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
};

export async function appendEvent(client: Queryable, event: FeedEvent): Promise<{ eventId: string }> {
  const eventId = createEventId(event.at.getTime());
  await client.query({
    ...INSERT,
    values: [
      eventId,
      event.at,
      event.type,
      event.subjectId,
      event.actorRole ?? null,
      JSON.stringify(event.readersBefore),
      JSON.stringify(event.readersAfter),
      JSON.stringify(event.keys),
    ],
  });
  return { eventId };
}
