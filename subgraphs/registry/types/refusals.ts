/** The rules that can say no to a command: members of every result union, printed as domain/refusal.ts makes them. */
import { builder } from '../builder.ts';
import type { Refusal } from '../domain/refusal.ts';

export type RefusalOf<Kind extends Refusal['kind']> = Extract<Refusal, { kind: Kind }>;

const MESSAGE = 'What was expected, what was found and what to do.';

export const VersionConflict = builder.objectRef<RefusalOf<'VersionConflict'>>('VersionConflict');
VersionConflict.implement({
  description: 'The object changed meanwhile: read it again and decide anew.',
  shareable: true,
  fields: (t) => ({
    message: t.exposeString('message', { description: MESSAGE }),
    expectedVersion: t.exposeInt('expectedVersion', { description: 'The version that the command named.' }),
    foundVersion: t.exposeInt('foundVersion', { description: 'The version that the object has.' }),
  }),
});

export const StateDoesNotAllow = builder.objectRef<RefusalOf<'StateDoesNotAllow'>>('StateDoesNotAllow');
StateDoesNotAllow.implement({
  description: 'The lifecycle does not allow this event in the state found.',
  shareable: true,
  fields: (t) => ({
    message: t.exposeString('message', { description: MESSAGE }),
    event: t.exposeString('event', { description: 'The event of the lifecycle.' }),
    state: t.exposeString('state', { description: 'The state found.' }),
    allowedFrom: t.exposeStringList('allowedFrom', { description: 'The states in which it may happen.' }),
  }),
});

export const NotAllowed = builder.objectRef<RefusalOf<'NotAllowed'>>('NotAllowed');
NotAllowed.implement({
  description: "The caller's role or participant may not do this.",
  shareable: true,
  fields: (t) => ({
    message: t.exposeString('message', { description: MESSAGE }),
    code: t.exposeString('code', { description: 'Which rule said no, as a code of the contract.' }),
  }),
});

export const InvalidInput = builder.objectRef<RefusalOf<'InvalidInput'>>('InvalidInput');
InvalidInput.implement({
  description: 'The input breaks a rule; `path` names the field.',
  shareable: true,
  fields: (t) => ({
    message: t.exposeString('message', { description: MESSAGE }),
    code: t.exposeString('code', { description: 'Which rule it breaks, as a code of the contract.' }),
    path: t.exposeString('path', { nullable: true, description: 'Where in the input, as a dotted path.' }),
  }),
});

export const NotFound = builder.objectRef<RefusalOf<'NotFound'>>('NotFound');
NotFound.implement({
  description: 'There is no such object, or it is not for this caller.',
  shareable: true,
  fields: (t) => ({
    message: t.exposeString('message', { description: MESSAGE }),
    id: t.exposeID('id', { description: 'The id that was named.' }),
  }),
});

export const CommandIdReused = builder.objectRef<RefusalOf<'CommandIdReused'>>('CommandIdReused');
CommandIdReused.implement({
  description: 'The same commandId was used before with other content.',
  shareable: true,
  fields: (t) => ({
    message: t.exposeString('message', { description: MESSAGE }),
    commandId: t.exposeID('commandId', { description: 'The id that was used before.' }),
  }),
});
