/** What the foundation invites with and a party applies with, as far as a rule without a database can judge it. */
import { isParticipantId } from '@kortelijn/schema/vocabulary/ids.ts';
import { type EgressAllowed, refuseUrl } from '@kortelijn/schema/vocabulary/safe-address.ts';
import { refuseText } from './bounds.ts';
import { PARTICIPANT_KINDS } from './participant.ts';
import { invalidInput, type Refusal } from './refusal.ts';

const TEXT_MAX = { name: 100, legalName: 200, tradeRegister: 200, url: 2_000 } as const;

/** There is one foundation, and it is there before anybody is invited. */
const CANDIDATE_KINDS = PARTICIPANT_KINDS.filter((kind) => kind !== 'FOUNDATION');

export interface InvitationGiven {
  readonly participantId: string;
  readonly legalName: string;
  readonly kind: string;
}

export function refuseInvitation({ participantId, legalName, kind }: InvitationGiven): Refusal | undefined {
  if (!isParticipantId(participantId)) {
    const message = 'Expected 2 to 31 characters of a-z, 0-9 and "-", beginning with a letter.';
    return invalidInput('UNKNOWN_ID', 'input.participantId', message);
  }
  if (!CANDIDATE_KINDS.some((known) => known === kind)) {
    return invalidInput('VALUE_OUT_OF_RANGE', 'input.kind', 'Expected the kind of a participant, found FOUNDATION.');
  }
  return refuseText(legalName, 'input.legalName', TEXT_MAX.legalName);
}

export interface ApplicationGiven {
  readonly name: string;
  readonly tradeRegister: string;
  readonly statementOfIntent: boolean;
  readonly endpoint: string;
  readonly issuer: string;
  readonly cooperationModel?: number | null | undefined;
}

export function refuseApplication(given: ApplicationGiven, allowed: EgressAllowed): Refusal | undefined {
  const { name, tradeRegister, statementOfIntent, endpoint, issuer, cooperationModel } = given;
  const refused =
    refuseText(name, 'input.name', TEXT_MAX.name) ??
    refuseText(tradeRegister, 'input.tradeRegister', TEXT_MAX.tradeRegister);
  if (refused) return refused;
  if (!statementOfIntent) {
    const message = 'Expected the statement that the party intends to take part by the rules of the network.';
    return invalidInput('STATEMENT_OF_INTENT_REQUIRED', 'input.statementOfIntent', message);
  }
  if (cooperationModel != null && ![1, 2, 3].includes(cooperationModel)) {
    const message = `Expected cooperationModel 1, 2, 3 or none, found ${cooperationModel}.`;
    return invalidInput('VALUE_OUT_OF_RANGE', 'input.cooperationModel', message);
  }
  return refuseAddress(endpoint, 'input.endpoint', allowed) ?? refuseAddress(issuer, 'input.issuer', allowed);
}

/** The hub will ask at both addresses: a party must not have it knock at doors that only the hub can reach. */
function refuseAddress(url: string, path: string, allowed: EgressAllowed): Refusal | undefined {
  const found = url.length > TEXT_MAX.url ? 'NOT_A_URL' : refuseUrl(url, allowed);
  return found && addressRefused(path);
}

export const addressRefused = (path: string): Refusal =>
  invalidInput('URL_NOT_ALLOWED', path, 'Expected an https: URL, port 443, of a host on the public internet.');
