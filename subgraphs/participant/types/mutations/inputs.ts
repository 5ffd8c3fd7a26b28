/** What many commands carry. */
import { builder } from '../../builder.ts';

export const ImportInput = builder.inputType('ImportInput', {
  description: 'For programs with scope `import`: when it happened, and the batch it belongs to.',
  fields: (t) => ({
    occurredAt: t.field({ type: 'DateTime', required: true, description: 'When it happened.' }),
    batch: t.string({ required: true, description: 'The import it belongs to.' }),
  }),
});

export const COMMAND_ID =
  'Names this command: sent again with the same id it has the same effect once and the same answer.';
export const EXPECTED_VERSION = 'The version that was read; refused with VersionConflict when there is a newer one.';
export const IMPORT = 'Only in an import: when it happened.';
export const INCIDENT_ID = 'The incident.';
export const INPUT = 'What to do, and with which object.';
