/**
 * Posting streams to programs, tied to what it needs: the registry keeps the webhooks, the one way in admits them, the
 * live stage streams. Stopped before the streams are, so that what is being sent can end.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { GatewayConfig } from './config.ts';
import type { Live } from './live/live.ts';
import { createOpenStream } from './live/webhooks/open-stream.ts';
import { createPost } from './live/webhooks/post.ts';
import { createRegistryStore } from './live/webhooks/registry-store.ts';
import { createWebhooks } from './live/webhooks/webhooks.ts';
import type { Network } from './network.ts';
import { readContract } from './partition/contract.ts';
import type { ServedSchema } from './served-schema.ts';
import type { Telemetry } from './telemetry/events.ts';
import { createSafeConnect } from './transport/safe-connect.ts';

export interface StartWebhooksOptions {
  readonly config: GatewayConfig;
  readonly network: Network;
  /** What is served now. */
  readonly schema: () => ServedSchema;
  readonly live: Live;
  readonly telemetry: Telemetry;
}

const connectMs = 5_000;
const participantSdl = fileURLToPath(new URL('../schema/subgraphs/participant.graphql', import.meta.url));

export function startWebhooks(options: StartWebhooksOptions): AsyncDisposable {
  const { config, network, schema, live, telemetry } = options;
  const { now, egressAllowed } = config;
  const { directory, send } = network;
  const poster = createPost({ connect: createSafeConnect({ allowed: egressAllowed, timeoutMs: connectMs }), now });
  const webhooks = createWebhooks({
    store: createRegistryStore(send, now),
    open: createOpenStream({
      schema: () => {
        const { admit, planner, supergraph } = schema();
        return { admit, planner, publicSchema: supergraph.publicSchema };
      },
      live,
      isActive: (participant) => directory.current().find(participant)?.accessionState === 'ACTIVE',
      isPersonal: readContract(readFileSync(participantSdl, 'utf8')).isPersonal,
    }),
    post: poster.post,
    telemetry,
    now,
  });
  return {
    async [Symbol.asyncDispose]() {
      await webhooks[Symbol.asyncDispose]();
      await poster[Symbol.asyncDispose]();
    },
  };
}
