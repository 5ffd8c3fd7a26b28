/** What is owned elsewhere or may be: nothing but a key, by which the hub goes on. */
import { builder } from '../builder.ts';

export interface Reference {
  readonly id: string;
}

/** Null stays null; an id becomes the reference to it. */
export const referenceTo = (id: string | null | undefined): Reference | null => (id == null ? null : { id });

/** The id is the same for everyone who was given the reference. */
export const elsewhere = { key: { fields: 'id', resolvable: false }, audience: { per: 'NETWORK' } } as const;

const reference = (name: string, description: string, id: string) => {
  const ref = builder.objectRef<Reference>(name);
  ref.implement({
    description,
    directives: elsewhere,
    fields: (t) => ({ id: t.exposeID('id', { description: id }) }),
  });
  return ref;
};

export const ParticipantRef = reference(
  'Participant',
  'A party of the network; what is known of it stands in the registry and the directory of the hub.',
  'The id of the participant, which is the prefix of all its ids.',
);

export const NetworkIncidentRef = reference(
  'NetworkIncident',
  'A disturbance that groups incidents of several participants; it stands in the registry.',
  'The id of the network incident.',
);

export const IncidentLink = reference(
  'IncidentLink',
  "A reference to an incident that may be another participant's.",
  'The id of the incident; its prefix is the participant that holds it.',
);

export const AssistanceRequestLink = reference(
  'AssistanceRequestLink',
  "A reference to a request for assistance that may be another participant's.",
  'The id of the request; its prefix is the asked participant.',
);

export interface NoteReference extends Reference {
  readonly at: Date;
  readonly hash: string;
}

export const NoteLink = builder.objectRef<NoteReference>('NoteLink');
NoteLink.implement({
  description: "A reference to a note that may be another participant's.",
  directives: elsewhere,
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The id of the note; its prefix is the participant that wrote it.' }),
    at: t.expose('at', { type: 'DateTime', shareable: true, description: 'When it was written.' }),
    hash: t.exposeString('hash', {
      description: 'SHA-256 of the text, base64url: what the owner of the incident was told.',
    }),
  }),
});
