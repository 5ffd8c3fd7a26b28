/** The planner's own runtime as a peer: the same supergraph, the same answers of the subgraphs. */
import { unifiedGraphHandler } from '@graphql-hive/router-runtime';
import { buildASTSchema, type DocumentNode, type ExecutionResult, type OperationTypeNode, parse, print } from 'graphql';

export interface PeerRequest {
  readonly subgraph: string;
  readonly document: string;
  readonly variables: Record<string, unknown>;
}

export interface PeerOperation {
  readonly document: DocumentNode;
  readonly operationType: OperationTypeNode;
  readonly variables: Record<string, unknown>;
}

export type Peer = (operation: PeerOperation) => Promise<ExecutionResult>;

export async function createHivePeer(
  supergraphSdl: string,
  answer: (request: PeerRequest) => Promise<ExecutionResult>,
): Promise<Peer> {
  const handler = await unifiedGraphHandler({
    unifiedGraph: buildASTSchema(parse(supergraphSdl), { assumeValidSDL: true }),
    getUnifiedGraphSDL: () => supergraphSdl,
    onSubgraphExecute: (subgraph, { document, variables }) =>
      answer({ subgraph, document: print(document), variables: { ...variables } }),
  });
  const { executor } = handler;
  if (executor === undefined) throw new Error('Expected an executor of the peer, found none.');
  // Without a context object of its own the runtime remembers requests by a shared key.
  return async (operation) => (await executor({ ...operation, context: {} })) as ExecutionResult;
}
