/** Every check there is, in the order in which they are run. */
import type { Check } from '../check-of.ts';
import { badInputChecks } from './bad-input.ts';
import { commandChecks } from './commands.ts';
import { contractChecks } from './contract.ts';
import { entityChecks } from './entities.ts';
import { envelopeChecks } from './envelopes.ts';
import { feedChecks } from './feed.ts';
import { listChecks } from './lists.ts';
import { trustChecks } from './trust.ts';

export const allChecks: readonly Check[] = [
  ...contractChecks,
  ...trustChecks,
  ...entityChecks,
  ...listChecks,
  ...feedChecks,
  ...commandChecks,
  ...envelopeChecks,
  ...badInputChecks,
];
