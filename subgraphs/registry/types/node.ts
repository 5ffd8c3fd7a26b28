import { builder } from '../builder.ts';

export const Node = builder.interfaceRef<{ readonly id: string }>('Node');
Node.implement({
  description: 'An object with an id of its own. `linkId` equals `id`: the key by which the hub comes from a link.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The id: participant, colon, type, underscore, UUIDv7.' }),
    linkId: t.exposeID('id', { inaccessible: true, description: 'Equals the id.' }),
  }),
});

/** Both keys of every object: found by its id, or through a link. */
export const nodeKeys = [builder.selection<{ id: string }>('id'), builder.selection<{ linkId: string }>('linkId')];

/** Whichever key a representation came with. */
export const idOf = (key: { readonly id?: string; readonly linkId?: string }): string => key.id ?? key.linkId ?? '';
