/** Every check there is, in the order in which they are run. */
import type { Check } from '../check-of.ts';
import { contractChecks } from './contract.ts';
import { entityChecks } from './entities.ts';
import { trustChecks } from './trust.ts';

export const allChecks: readonly Check[] = [...contractChecks, ...trustChecks, ...entityChecks];
