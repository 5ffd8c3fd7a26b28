import { builder } from '../builder.ts';
import type { Note as NoteRow } from '../generated/prisma/client.ts';
import { RoleEnum } from './enums.ts';
import { idOf, Node, nodeKeys } from './node.ts';
import { IncidentLink, ParticipantRef } from './references.ts';

type Role = typeof RoleEnum.$inferType;

export const Note = builder.objectRef<NoteRow>('Note');
Note.implement({
  description: "What a participant wrote about an incident, its own or another participant's. It stays at its author.",
  interfaces: [Node],
  directives: { audience: { per: 'CLASS' } },
  fields: (t) => ({
    incident: t.field({
      type: IncidentLink,
      description: 'What it is about.',
      resolve: ({ incidentId }) => ({ id: incidentId }),
    }),
    author: t.field({ type: ParticipantRef, description: 'Who wrote it.', resolve: ({ author }) => ({ id: author }) }),
    authorRole: t.field({
      type: RoleEnum,
      description: 'In what role.',
      resolve: ({ authorRole }) => authorRole as Role,
    }),
    text: t.exposeString('text', { description: 'The text.' }),
    at: t.expose('at', { type: 'DateTime', description: 'When it was written.' }),
  }),
});
builder.asEntity(Note, { key: nodeKeys, resolveReference: async (key, { read }) => read.note(idOf(key)) });
