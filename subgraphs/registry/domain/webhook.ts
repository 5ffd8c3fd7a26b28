/** Who may have a webhook, and what one may be asked for. Pure; the address it sends to is judged where it is looked up. */
import { type EgressAllowed, refuseUrl, type UrlRefusal } from '@kortelijn/schema/vocabulary/safe-address.ts';
import { invalidInput, notAllowed, type Refusal } from './refusal.ts';
import { isManager, type Viewer } from './viewer.ts';

export const WEBHOOKS_SCOPE = 'webhooks';
export const WEBHOOKS_MAX = 50;
/** How long both secrets sign after a rotation, and how long a dead letter is shown. */
export const ROTATION_MS = 24 * 3_600_000;
export const DEAD_LETTER_MS = 30 * 24 * 3_600_000;
/** So long a repeated command answers with the secret again: its first answer may have been lost on the way. */
export const SECRET_SHOWN_MS = 10 * 60_000;

const URL_CHARACTERS_MAX = 2_000;
const VARIABLES_CHARACTERS_MAX = 10_000;
const SCOPES_MAX = 10;

export type WebhookState = 'ACTIVE' | 'FAILING' | 'DISABLED';

/** A webhook is seen and managed by the servicemanager of its participant and by its own program. */
export function manages(
  viewer: Viewer,
  webhook: { readonly participantId: string; readonly program: string },
): boolean {
  if (webhook.participantId !== viewer.participant) return false;
  return isManager(viewer) || (isOwnProgram(viewer) && viewer.program === webhook.program);
}

const isOwnProgram = ({ program, scopes }: Viewer): boolean => program !== undefined && scopes.includes(WEBHOOKS_SCOPE);

/** Whether this caller may have anything to do with webhooks at all. */
export function refuseViewer(viewer: Viewer): Refusal | undefined {
  if (isManager(viewer) || isOwnProgram(viewer)) return undefined;
  return viewer.program === undefined
    ? notAllowed('ROLE_DOES_NOT_ALLOW', "Webhooks are for the servicemanager of the program's participant.")
    : notAllowed('SCOPE_MISSING', `Webhooks of its own are for a program with the scope \`${WEBHOOKS_SCOPE}\`.`);
}

/** For which program; one that registers for itself need not say so. */
export function programOf(viewer: Viewer, asked: string | null | undefined): string | Refusal {
  const program = asked ?? viewer.program;
  if (viewer.program !== undefined && program !== viewer.program) {
    return notAllowed('SCOPE_MISSING', 'A program registers webhooks for itself only.');
  }
  if (program && /^[\x21-\x7e]{1,200}$/.test(program)) return program;
  return invalidInput('TEXT_REQUIRED', 'input.program', 'Expected the client id of a program of your participant.');
}

/** A program gives on what its token says that it has; for the others its participant answers, which gives such tokens. */
export function refuseScopes(viewer: Viewer, scopes: readonly string[]): Refusal | undefined {
  const refuse = (message: string) => invalidInput('SCOPE_NOT_ALLOWED', 'input.scopes', message);
  if (scopes.length > SCOPES_MAX) return refuse(`Expected at most ${SCOPES_MAX} scopes, found ${scopes.length}.`);
  const writing = scopes.find((scope) => !/^[a-zA-Z]{1,40}:read$/.test(scope));
  if (writing !== undefined) return refuse('Expected scopes that read, such as `incidents:read`, found another.');
  const missing = viewer.program === undefined ? undefined : scopes.find((scope) => !viewer.scopes.includes(scope));
  return missing === undefined ? undefined : refuse(`Expected scopes that this program has; it has no \`${missing}\`.`);
}

/** The variables themselves, or why they are none. */
export function variablesOf(text: string | null | undefined): { readonly json: string } | Refusal {
  const refuse = (message: string) => invalidInput('VARIABLES_MALFORMED', 'input.variables', message);
  if (text == null) return { json: '{}' };
  if (text.length > VARIABLES_CHARACTERS_MAX) {
    return refuse(`Expected at most ${VARIABLES_CHARACTERS_MAX} characters, found ${text.length}.`);
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse('Expected a JSON object.');
    // PostgreSQL keeps no U+0000 in JSON.
    return text.includes('\\u0000') ? refuse('Expected variables without U+0000.') : { json: JSON.stringify(value) };
  } catch {
    return refuse('Expected a JSON object, found text that is no JSON.');
  }
}

export function refuseAddress(url: string, allowed: EgressAllowed): Refusal | undefined {
  const found = url.length > URL_CHARACTERS_MAX ? 'NOT_A_URL' : refuseUrl(url, allowed);
  return found && urlNotAllowed(found);
}

/**
 * The same words for a name that is not there and one that leads inside: whoever registers learns nothing about what
 * only the network can reach.
 */
export function urlNotAllowed(found: UrlRefusal): Refusal {
  return invalidInput('URL_NOT_ALLOWED', 'input.url', meanings[found]);
}

const meanings: { readonly [refusal in UrlRefusal]: string } = {
  NOT_A_URL: `Expected an absolute URL of at most ${URL_CHARACTERS_MAX} characters.`,
  SCHEME_NOT_ALLOWED: 'Expected a URL that begins with `https:`.',
  CREDENTIALS_IN_URL: 'Expected a URL without user name and password: the signature says who sends.',
  PORT_NOT_ALLOWED: 'Expected port 443.',
  ADDRESS_NOT_PUBLIC: 'Expected a host that can be found and whose every address is on the public internet.',
};
