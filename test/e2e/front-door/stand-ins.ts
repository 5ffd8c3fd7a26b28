/**
 * A registry and participants as small as they can be, behind the same server and the same trust as the real ones:
 * for tests of the hub's doors alone. What they answer shows who they were told was asking.
 */

import { readFileSync } from 'node:fs';
import { buildSubgraphSchema } from '@apollo/subgraph';
import type { EndpointContext } from '@kortelijn/kit/server/endpoint-context.ts';
import { serve } from '@kortelijn/kit/server/serve.ts';
import { signJws } from '@kortelijn/kit/trust/jws.ts';
import { type MadeKeys, parsedPins } from '@kortelijn/kit/trust/stand-in-hub.ts';
import { createVerifier } from '@kortelijn/kit/trust/verify.ts';
import { parse } from 'graphql';
import { pino } from 'pino';

export interface StandInOptions {
  readonly name: string;
  readonly hub: MadeKeys;
  readonly registry: MadeKeys;
  readonly own: MadeKeys;
  readonly now: () => number;
  readonly resolvers: object;
}

const sdlOf = (name: string) =>
  readFileSync(new URL(`../../../schema/subgraphs/${name}.graphql`, import.meta.url), 'utf8');

export function serveStandIn({ name, hub, registry, own, now, resolvers }: StandInOptions) {
  const typeDefs = parse(sdlOf(name === 'registry' ? 'registry' : 'participant'));
  const schema = buildSubgraphSchema([{ typeDefs, resolvers: resolvers as never }]);
  const verifier = createVerifier({ name, keys: own.keys, pins: parsedPins(hub, registry), now, startedAtMs: 0 });
  return serve<EndpointContext>({
    name,
    schema,
    verifier,
    now,
    port: 0,
    host: '127.0.0.1',
    context: (base) => base,
    logger: pino({ level: 'silent' }),
  });
}

/** What a participant tells of the caller it was told of. */
export const participantResolvers = (deliver: (envelope: string) => string) => ({
  Query: {
    viewer: (_: unknown, __: unknown, { caller, endpoint }: EndpointContext) =>
      caller.kind === 'hub'
        ? null
        : {
            subject: caller.subject ?? '',
            name: caller.name,
            roles: caller.roles,
            program: caller.program,
            participant: { id: endpoint },
            teams: [],
          },
    incidentCount: () => ({ value: 1 }),
    /** Slow enough to be under way while something else happens. */
    teams: async () => {
      await new Promise((resolve) => setTimeout(resolve, 700));
      return [];
    },
  },
  Mutation: {
    retryEnvelope: (_: unknown, { input }: { input: { envelopeId: string } }) => ({
      __typename: 'NotFound',
      message: 'There is no such envelope here.',
      id: input.envelopeId,
    }),
    deliver: (_: unknown, { envelope }: { envelope: string }) => deliver(envelope),
  },
});

export const signedDirectory = (registry: MadeKeys, version: number, participants: readonly object[]) =>
  signJws('directory+jwt', { version, at: Date.now(), participants }, registry.keys.sign);
