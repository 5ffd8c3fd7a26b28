/**
 * The only place that wires: what a stage needs of another is handed to it here, as a function.
 *
 * A request goes edge → identity → supergraph → partition → transport; nothing knows who stands above it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ApolloServer } from '@apollo/server';
import type { GatewayConfig } from './config.ts';
import { type CursorKeys, watchCursorKeys } from './cursor-keys.ts';
import type { Admit } from './edge/admit.ts';
import { createContractDoor, createDirectoryDoor, createEnvelopeDoor } from './edge/envelopes.ts';
import { createGraphqlDoor } from './edge/graphql.ts';
import { createHealth } from './edge/health.ts';
import { createHttpServer } from './edge/http.ts';
import { createLiveDoor } from './edge/live-door.ts';
import { createMetricsDoor } from './edge/metrics.ts';
import { createOriginCheck } from './edge/origin.ts';
import { createPages } from './edge/pages.ts';
import type { Execute, Running } from './edge/running.ts';
import { createSseDoor } from './edge/sse.ts';
import { createWebSocketDoor } from './edge/websocket.ts';
import { createHub } from './hub/hub.ts';
import { fetchIssuerKeys } from './identity/fetch-keys.ts';
import { createInvitationVerifier } from './identity/invitation.ts';
import { createRoleChanges } from './identity/role-changes.ts';
import { createTokenVerifier } from './identity/verify.ts';
import { connectNetwork, type Network } from './network.ts';
import type { FetchContext } from './partition/fetch.ts';
import { createPartition } from './partition/partition.ts';
import { createSingleEndpoint } from './partition/single-endpoint.ts';
import { serveSchema } from './served-schema.ts';
import { startStreams } from './streams.ts';
import { execute, type FetchSubgraph } from './supergraph/execute.ts';
import { createTelemetry, type Telemetry } from './telemetry/events.ts';
import { createLogger } from './telemetry/logger.ts';
import { createMetrics } from './telemetry/metrics.ts';
import { createForwardEnvelope } from './transport/forward-envelope.ts';
import { createReadContract } from './transport/read-contract.ts';
import { startWebhooks } from './webhooks.ts';

export interface Gateway {
  /** The address of the GraphQL door. */
  readonly url: string;
  [Symbol.asyncDispose](): Promise<void>;
}

const subgraphs = fileURLToPath(new URL('../schema/subgraphs/', import.meta.url));
/** What runs when the hub is told to stop may take this long to end. */
const graceMs = 10_000;

export async function createGateway(config: GatewayConfig): Promise<Gateway> {
  const { limits, now } = config;
  const metrics = createMetrics();
  const telemetry = createTelemetry(createLogger(config.logLevel), metrics);
  const network = await connectNetwork(config, telemetry);
  const { directory, send, seals } = network;

  const cursorKeys = watchCursorKeys(config.cursorKeysFile, telemetry.cursorKeysRefused);
  const fetchSubgraph = createSubgraphs(config, telemetry, cursorKeys, network);
  const executeAdmitted: Execute = ({ admitted: { plan, variables, publicSchema }, context, signal }) =>
    execute({ plan, variables, publicSchema, fetchSubgraph, context, signal });
  const schema = await serveSchema({ config, execute: executeAdmitted, telemetry });
  const admit: Admit = (request) => schema.current().admit(request);

  const roleChanges = createRoleChanges();
  const live = startStreams({ config, network, fetchSubgraph, cursorKeys, roleChanges, telemetry, metrics });
  const verify = createTokenVerifier({
    audience: config.tokenAudience,
    findIssuer: network.findIssuer,
    narrow: roleChanges.narrow,
    fetchKeys: fetchIssuerKeys,
    verifyInvitation: createInvitationVerifier({
      keys: config.registryPins.sign,
      stateOf: (participant) => directory.current().find(participant)?.accessionState,
      now,
    }),
    now,
  });
  const webhooks = startWebhooks({ config, network, schema: schema.current, live, telemetry });
  const liveDoor = createLiveDoor({
    verify,
    admit,
    execute: executeAdmitted,
    subscribe: ({ admitted, authority, signal, onEnd }) => {
      const { document, operation, plan, variables, publicSchema } = admitted;
      return live.subscribe({ document, operation, plan, variables, publicSchema, caller: authority, signal, onEnd });
    },
    limits,
    telemetry,
    now,
  });
  const apollo: Pick<ApolloServer<Running>, 'executeHTTPGraphQLRequest'> = {
    executeHTTPGraphQLRequest: (request) => schema.current().apollo.executeHTTPGraphQLRequest(request),
  };
  metrics.watchConnections(() => liveDoor.count);
  const isAllowedOrigin = createOriginCheck(config);
  const door = { live: liveDoor, limits, isAllowedOrigin, telemetry };

  let isStopping = false;
  const { isKnown } = network;
  const http = createHttpServer({
    doors: {
      graphql: createGraphqlDoor({ verify, admit, apollo, limits, telemetry, now }),
      events: createSseDoor(door),
      envelopes: createEnvelopeDoor({ seals, isKnown, now, forward: createForwardEnvelope(send, now), telemetry }),
      contracts: createContractDoor({ seals, isKnown, now, readContract: createReadContract(send, now) }),
      directory: createDirectoryDoor({ seals, isKnown, now, signedDirectory: directory.signed }),
      health: createHealth({
        notReady: () => (isStopping ? ['The hub is stopping.'] : []),
        network: network.health,
        verify,
        maySeeNetwork: ({ participant }) => directory.current().find(participant)?.kind === 'FOUNDATION',
      }),
      metrics: createMetricsDoor(metrics, config.metricsToken),
      pages: createPages(config),
    },
    corsOrigins: config.corsOrigins,
    onError: (error) => telemetry.requestBroke({ door: 'HTTP', traceId: '', error }),
  });
  createWebSocketDoor(door).attach(http.server);
  const port = await http.listen(config.port, config.host);
  const url = `${config.publicUrl ?? `http://localhost:${port}`}/graphql`;
  telemetry.started({ url, count: directory.current().participants.length });

  return {
    url,
    async [Symbol.asyncDispose]() {
      isStopping = true;
      telemetry.stopping();
      await Promise.all([liveDoor.close(graceMs), http.close(graceMs), webhooks[Symbol.asyncDispose]()]);
      await live[Symbol.asyncDispose]();
      await schema[Symbol.asyncDispose]();
      cursorKeys[Symbol.dispose]();
      await network[Symbol.asyncDispose]();
    },
  };
}

/** Which subgraph of the supergraph is answered by whom. */
function createSubgraphs(
  { now }: GatewayConfig,
  telemetry: Telemetry,
  cursorKeys: CursorKeys,
  { directory, send, sendConfined }: Network,
): FetchSubgraph {
  const sdlOf = (name: string) => readFileSync(join(subgraphs, `${name}.graphql`), 'utf8');
  const participant = createPartition({
    sdl: sdlOf('participant'),
    directory: directory.current,
    send: sendConfined,
    cursorKeys: cursorKeys.current,
    onOutcome: telemetry.participantCovered,
    now,
  });
  const registry = createSingleEndpoint('registry', send);
  const hub = createHub(sdlOf('hub'), directory.current);
  return async (request, context) => {
    switch (request.subgraph) {
      case 'participant':
        return participant(request, context as FetchContext);
      case 'registry':
        return registry(request, context as FetchContext);
      case 'hub':
        return hub(request);
      default:
        throw new Error(`Expected a subgraph of this network, found "${request.subgraph}" in the supergraph.`);
    }
  };
}
