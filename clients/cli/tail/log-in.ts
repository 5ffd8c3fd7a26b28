/** Where the token comes from: given, a program's own credentials, or a persona of the demo. */
import { login, type ProgramCredentials, readCredentials } from '../program-client.ts';
import { WrongUse } from './follow.ts';

export interface LogInOptions {
  readonly token?: string;
  /** A file with credentials of programs, and which of them. */
  readonly programs?: string;
  readonly program?: string;
  /** A persona of the demo, as `linde/desk`, and where the demo's identity provider answers. */
  readonly as?: string;
  readonly demoIdentities: string;
}

type TokenSource = () => Promise<string>;

/** Fetches a token at each call: what follows keeps it. Throws when the options do not say who calls. */
export function tokenSource(options: LogInOptions): TokenSource {
  const given = (['token', 'programs', 'as'] as const).filter((name) => options[name] !== undefined);
  if (given.length !== 1) {
    const found = given.length === 0 ? 'none' : given.map((name) => `--${name}`).join(' and ');
    throw new Error(
      `Expected one of --token, --programs and --as, or KORTELIJN_TOKEN, found ${found}. In the demo: --as linde/desk`,
    );
  }
  const { token, programs, as } = options;
  if (token !== undefined) return async () => token;
  if (programs !== undefined) {
    const credentials = chosen(readCredentials(programs), options.program, programs);
    return async () => (await login(credentials)).token;
  }
  return () => demoToken(as ?? '', options.demoIdentities);
}

function chosen(all: readonly ProgramCredentials[], wanted: string | undefined, file: string): ProgramCredentials {
  const found = wanted === undefined && all.length === 1 ? all[0] : all.find(({ clientId }) => clientId === wanted);
  if (found !== undefined) return found;
  const names = all.map(({ clientId }) => clientId).join(', ');
  throw new Error(`Expected --program with one of those in ${file} (${names}), found ${wanted ?? 'none'}.`);
}

async function demoToken(as: string, identities: string): Promise<string> {
  const [participant = '', persona = ''] = as.split('/');
  const listed = await fetch(`${identities}/demo/personas`).catch((cause: Error) => {
    throw new Error(`Expected the demo's identities at ${identities}, found nobody. Is the demo running (npm start)?`, {
      cause,
    });
  });
  const { participants } = (await listed.json()) as {
    participants: readonly { id: string; personas: readonly { subject: string }[] }[];
  };
  const subjects = participants.find(({ id }) => id === participant)?.personas.map(({ subject }) => subject) ?? [];
  const subject = subjects.find((one) => one === persona || one === `${participant}-${persona}`);
  if (subject === undefined) {
    const known =
      subjects.length > 0 ? subjects.map((one) => `${participant}/${one}`) : participants.map(({ id }) => `${id}/…`);
    throw new WrongUse(`Expected --as with one of ${known.join(', ')}, found ${as}.`);
  }
  const response = await fetch(`${identities}/${participant}/demo/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ persona: subject }),
  });
  const answer = (await response.json()) as { access_token?: string };
  if (answer.access_token === undefined) {
    throw new Error(`Expected a token for ${as} from ${identities}, got HTTP ${response.status}.`);
  }
  return answer.access_token;
}
