/** Who may read what this participant wrote. */
import type { Standing } from '../domain/access.ts';
import { ownerOf } from '../domain/actor.ts';
import type { Note } from '../generated/prisma/client.ts';
import { type IncidentView, isWhole } from './incident-rows.ts';

/** Everyone who reads the incident whole; on a foreign one its owner, and whom the owner has told us of. */
export async function mayReadNote(
  standing: Standing,
  note: Note,
  incident: (id: string) => Promise<IncidentView | null>,
): Promise<boolean> {
  if (standing.full) return true;
  const { involvedAs } = standing;
  if (involvedAs === undefined) return false;
  if (note.readers.includes(involvedAs) || ownerOf({ id: note.incidentId }) === involvedAs) return true;
  const view = await incident(note.incidentId);
  return view !== null && isWhole(view);
}
