/**
 * What a command answers is one of the members of its mutation's union: each doer answers only what its union has, and
 * the one list below says so once. The union itself finds the member by `kind`.
 */
import type { Result } from '../../commands/results.ts';
import type {
  AddNoteResult,
  AnswerAssistanceResult,
  AskAssistanceResult,
  ChangePersonRolesResult,
  EnvelopeResult,
  IncidentResult,
  IncidentSentResult,
  MarkNotificationsReadResult,
  RegisterTeamResult,
  ReportServiceStatusResult,
  SetParticipationResult,
} from '../results.ts';

const answer =
  <Union>(...kinds: readonly Result['kind'][]) =>
  (result: Result): Union => {
    if (!kinds.includes(result.kind))
      throw new Error(`A command answered ${result.kind}, expected ${kinds.join(', ')}.`);
    return result as Union;
  };

const REFUSED = ['NotAllowed', 'InvalidInput', 'CommandIdReused'] as const;
const ON_OBJECT = [...REFUSED, 'VersionConflict', 'StateDoesNotAllow', 'NotFound'] as const;

export const asIncidentResult = answer<typeof IncidentResult.$inferType>('IncidentChanged', ...ON_OBJECT);
export const asIncidentSentResult = answer<typeof IncidentSentResult.$inferType>('IncidentSent', ...ON_OBJECT);
export const asAddNoteResult = answer<typeof AddNoteResult.$inferType>('NoteAdded', ...REFUSED, 'NotFound');
export const asSetParticipationResult = answer<typeof SetParticipationResult.$inferType>(
  'ParticipationSet',
  ...REFUSED,
  'NotFound',
);
export const asAskAssistanceResult = answer<typeof AskAssistanceResult.$inferType>('AssistanceAsked', ...REFUSED);
export const asAnswerAssistanceResult = answer<typeof AnswerAssistanceResult.$inferType>(
  'AssistanceAnswered',
  ...ON_OBJECT,
);
export const asReportServiceStatusResult = answer<typeof ReportServiceStatusResult.$inferType>(
  'ServiceStatusReported',
  ...REFUSED,
);
export const asRegisterTeamResult = answer<typeof RegisterTeamResult.$inferType>('TeamRegistered', ...REFUSED);
export const asChangePersonRolesResult = answer<typeof ChangePersonRolesResult.$inferType>(
  'PersonRolesChanged',
  ...REFUSED,
);
export const asMarkNotificationsReadResult = answer<typeof MarkNotificationsReadResult.$inferType>(
  'NotificationsRead',
  ...REFUSED,
);
export const asEnvelopeResult = answer<typeof EnvelopeResult.$inferType>(
  'EnvelopeChanged',
  'StateDoesNotAllow',
  'NotAllowed',
  'NotFound',
  'CommandIdReused',
);
