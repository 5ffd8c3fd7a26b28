/**
 * One participant's OpenID provider: code with PKCE for people, client credentials with a signed assertion for programs,
 * JWT access tokens for the hub. People choose who they are (interaction.ts); there are no passwords.
 */
import type { JsonWebKey } from 'node:crypto';
import { errors, type OidcContext, Provider } from 'oidc-provider';
import { createMemoryStore } from './memory-store.ts';
import { errorPage } from './pages.ts';
import type { IdentityParticipant } from './personas.ts';

export interface IssuerOptions {
  readonly participant: IdentityParticipant;
  readonly issuer: string;
  readonly key: JsonWebKey;
  readonly audience: string;
  readonly redirectUris: readonly string[];
  readonly tokenSeconds: number;
  readonly cookieKeys: readonly string[];
  readonly now: () => number;
}

const hourSeconds = 3_600;

export function createIssuer(options: IssuerOptions): Provider {
  const { participant, issuer, key, audience, redirectUris, tokenSeconds, cookieKeys, now } = options;
  const personas = new Map(participant.personas.map((persona) => [persona.subject, persona]));
  const scopes = [...new Set(participant.programs.flatMap(({ scope }) => scope.split(' ')))];
  const origins = new Set(redirectUris.map((uri) => new URL(uri).origin));
  const provider = new Provider(issuer, {
    adapter: createMemoryStore(),
    jwks: { keys: [key] },
    clients: [
      publicClient('kortelijn-web', 'Kortelijn', 'web', redirectUris),
      // RFC 8252, section 7.3: a native program listens on a loopback port of its choice.
      publicClient('kortelijn-cli', 'kortelijn', 'native', ['http://127.0.0.1/callback']),
      ...participant.programs.map(programClient),
    ],
    clientDefaults: { id_token_signed_response_alg: 'EdDSA' },
    scopes: ['openid', 'profile', ...scopes],
    claims: { openid: ['sub'], profile: ['name', 'roles'] },
    conformIdTokenClaims: false,
    cookies: {
      keys: cookieKeys,
      names: {
        session: `_session_${participant.id}`,
        interaction: `_interaction_${participant.id}`,
        resume: `_resume_${participant.id}`,
      },
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: async () => audience,
        useGrantedResource: async () => true,
        getResourceServerInfo: async (_context: OidcContext, resource: string, client: { clientId: string }) => {
          if (resource !== audience) throw new (errors.InvalidTarget as new () => Error)();
          return {
            scope: participant.programs.find(({ client_id }) => client_id === client.clientId)?.scope ?? '',
            audience,
            accessTokenFormat: 'jwt',
            accessTokenTTL: tokenSeconds,
            jwt: { sign: { alg: 'EdDSA' } },
          };
        },
      },
    },
    formats: {
      customizers: {
        // The library knows the machine's clock only; where tests share another, tokens are dated by that.
        jwt: async (_context: OidcContext, _token: unknown, { payload }: { payload: { iat: number; exp: number } }) => {
          const shift = Math.round((now() - Date.now()) / 1_000);
          payload.iat += shift;
          payload.exp += shift;
        },
      },
    },
    pkce: { required: () => true },
    clientAuthMethods: ['none', 'private_key_jwt'],
    clientBasedCORS: (_context: OidcContext, origin: string) => origins.has(origin),
    ttl: {
      AccessToken: tokenSeconds,
      ClientCredentials: tokenSeconds,
      IdToken: hourSeconds,
      Grant: 12 * hourSeconds,
      Session: 12 * hourSeconds,
      Interaction: hourSeconds,
    },
    interactions: {
      url: (_context: OidcContext, { uid }: { uid: string }) => `${new URL(issuer).pathname}/interaction/${uid}`,
    },
    findAccount: (_context: OidcContext, subject: string) => {
      const persona = personas.get(subject);
      if (persona === undefined) return undefined;
      const { name, roles } = persona;
      return { accountId: subject, claims: async () => ({ sub: subject, name, roles }) };
    },
    extraTokenClaims: (_context: OidcContext, token: { accountId?: string }) => {
      const persona = token.accountId === undefined ? undefined : personas.get(token.accountId);
      return persona && { name: persona.name, roles: persona.roles };
    },
    // Choosing a persona is the consent.
    loadExistingGrant: async (context: OidcContext) => {
      const { client, session } = context.oidc;
      const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
      grant.addOIDCScope('openid profile');
      await grant.save();
      return grant;
    },
    renderError: async (context: OidcContext, out: { error: string; error_description?: string }) => {
      context.type = 'html';
      context.body = errorPage(out.error, out.error_description ?? '');
    },
  });
  return provider;
}

function publicClient(clientId: string, name: string, applicationType: 'web' | 'native', uris: readonly string[]) {
  return {
    client_id: clientId,
    client_name: name,
    application_type: applicationType,
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code'],
    response_types: ['code'],
    redirect_uris: uris,
  };
}

function programClient({ client_id, name, scope, jwks }: IdentityParticipant['programs'][number]) {
  return {
    client_id,
    client_name: name,
    scope,
    jwks,
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'EdDSA',
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
  };
}
