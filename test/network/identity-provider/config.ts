/** The only reader of the environment here; names all problems at once. */
import { createClock } from '@kortelijn/kit/clock/clock.ts';

export interface IdentityProviderConfig {
  readonly port: number;
  readonly host: string;
  /** The origin under which issuers are known; undefined: the address that is listened on. */
  readonly publicUrl: string | undefined;
  readonly personasFile: string;
  /** Where signing keys are kept; undefined: made anew at each start. */
  readonly dataDir: string | undefined;
  readonly audience: string;
  readonly redirectUris: readonly string[];
  /** How long a token is good for when nobody asks for less; a test that waits for the end of one makes it short. */
  readonly tokenSeconds: number;
  /** For the demo's short cut; what OpenID Connect itself issues follows the machine's clock. */
  readonly now: () => number;
}

export function readConfig(env: NodeJS.ProcessEnv): IdentityProviderConfig {
  const problems: string[] = [];
  const port = Number(env.PORT ?? '4001');
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    problems.push(`PORT: expected a port number, found "${env.PORT}"`);
  }
  const tokenSeconds = Number(env.TOKEN_SECONDS ?? '3600');
  if (!Number.isInteger(tokenSeconds) || tokenSeconds < 1 || tokenSeconds > 3_600) {
    problems.push(`TOKEN_SECONDS: expected a whole number of seconds from 1 to 3600, found "${env.TOKEN_SECONDS}"`);
  }
  const personasFile = env.PERSONAS_FILE ?? '';
  if (personasFile === '')
    problems.push('PERSONAS_FILE: expected the path of a JSON file with personas, found nothing');
  const publicUrl = env.PUBLIC_URL?.replace(/\/$/, '');
  if (publicUrl !== undefined && !URL.canParse(publicUrl)) {
    problems.push(`PUBLIC_URL: expected an address, found "${publicUrl}"`);
  }
  if (env.NODE_ENV === 'production' && env.ALLOW_DEMO_IDENTITIES !== 'yes') {
    problems.push(
      'NODE_ENV=production: demo identities have no passwords; expected ALLOW_DEMO_IDENTITIES=yes before anyone may log in as anyone',
    );
  }
  if (problems.length > 0) throw new Error(`The identity provider cannot start:\n- ${problems.join('\n- ')}`);
  return {
    port,
    host: env.HOST ?? '127.0.0.1',
    publicUrl,
    personasFile,
    dataDir: env.DATA_DIR,
    audience: env.TOKEN_AUDIENCE ?? 'https://kortelijn.example/hub',
    tokenSeconds,
    now: createClock(env).now,
    redirectUris: (env.REDIRECT_URIS ?? 'http://localhost:4000/callback').split(',').filter(Boolean),
  };
}
