/**
 * Opens the stream of a webhook as if its program had come through a door with a token: the same `admit`, the same live
 * core. There is no token, so whether the program's participant takes part is looked at here, at every opening.
 *
 * What the program registered is admitted; what posting needs is added afterwards, so that a trusted document is judged
 * as it was trusted. Nothing that is personal is posted: it is read where it is, by who may.
 */
import type { ErrorCode } from '@kortelijn/schema/errors/codes.ts';
import {
  type DocumentNode,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLNamedType,
  type GraphQLSchema,
  isAbstractType,
  isObjectType,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { Planner } from '../../supergraph/plan.ts';
import type { Live } from '../live.ts';
import { prepare, readItem } from './selection.ts';
import type { OpenedStream, OpenStream, Webhook, WebhookItem } from './webhook.ts';

/** As a token of the program would say it. */
export interface ProgramAuthority {
  readonly kind: 'subject';
  readonly participant: string;
  readonly subject: string;
  readonly roles: readonly 'PROGRAM'[];
  readonly program: string;
  readonly scopes: readonly string[];
  readonly azp: string;
  readonly expiresAtMs: number;
  readonly standing: 'FULL';
}

export type AdmitWebhook = (request: {
  readonly document?: string | undefined;
  readonly documentId?: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly authority: ProgramAuthority;
  readonly door: 'WEBHOOK';
}) => Promise<
  | { readonly kind: 'refused'; readonly errors: readonly GraphQLError[] }
  | { readonly kind: 'admitted'; readonly document: DocumentNode }
>;

export interface OpenStreamOptions {
  /** What is served now. */
  readonly schema: () => {
    readonly admit: AdmitWebhook;
    readonly planner: Pick<Planner, 'plan'>;
    readonly publicSchema: GraphQLSchema;
  };
  readonly live: Pick<Live, 'subscribe'>;
  /** Whether a participant takes part now. */
  readonly isActive: (participant: string) => boolean;
  readonly isPersonal: (typeName: string, fieldName: string) => boolean;
}

export function createOpenStream(options: OpenStreamOptions): OpenStream {
  const { schema, live, isActive, isPersonal } = options;
  return async (webhook, after, signal) => {
    const { participant, document, documentId, variables } = webhook;
    const { admit, planner, publicSchema } = schema();
    if (!isActive(participant)) return refused('NOT_ACTIVE');
    const authority = authorityOf(webhook);
    const admitted = await admit({
      ...(document !== null && { document }),
      ...(documentId !== null && { documentId }),
      variables,
      authority,
      door: 'WEBHOOK',
    });
    if (admitted.kind === 'refused') return refusedBy(admitted.errors);
    const asked = admitted.document;
    if (selectsPersonal(publicSchema, asked, isPersonal)) return refused('PERSONAL_DATA_NOT_SENT');

    const prepared = prepare(publicSchema, asked, variables, after);
    const planned = await planner.plan({ document: prepared.document, variables: prepared.variables });
    if (planned.kind === 'refused') return refusedBy(planned.errors);
    if (planned.plan.kind !== 'subscription') return refused('DOCUMENT_NOT_A_STREAM');
    const { subject, roles, program, scopes, azp } = authority;
    const subscribed = live.subscribe({
      document: prepared.document,
      operation: prepared.operation,
      plan: planned.plan,
      variables: planned.variables,
      publicSchema,
      caller: { kind: 'subject', participant, subject, roles, program, scopes, azp },
      signal,
      // Whatever ended it, who holds the webhook opens it again, under the rights of then.
      onEnd: () => {},
    });
    if (!subscribed.ok) return refusedBy(subscribed.errors);
    return { kind: 'open', items: itemsOf(subscribed.results) };
  };
}

const authorityOf = ({ participant, program, scopes }: Webhook): ProgramAuthority => ({
  kind: 'subject',
  participant,
  subject: program,
  roles: ['PROGRAM'],
  program,
  scopes,
  azp: program,
  // It ends with the lease, which is renewed only while the webhook is registered.
  expiresAtMs: Number.MAX_SAFE_INTEGER,
  standing: 'FULL',
});

async function* itemsOf(results: AsyncIterable<ExecutionResult>): AsyncGenerator<WebhookItem, void> {
  let heartbeat = '';
  for await (const { data, errors = [] } of results) {
    const told = errors.map(({ extensions, path = [] }) => ({
      code: String(extensions.code ?? 'INTERNAL'),
      // Within `data` of the post, which is the item itself.
      path: path.slice(1),
    }));
    for (const value of Object.values(data ?? {})) {
      const item = readItem(value, told);
      if (item === undefined) continue;
      if (item.kind === 'heartbeat') heartbeat = item.cursor;
      // In a large network it goes on from the last heartbeat; what is kept must stand alone.
      yield item.cursor.startsWith('.') ? { ...item, cursor: heartbeat + item.cursor } : item;
    }
  }
}

function selectsPersonal(
  schema: GraphQLSchema,
  document: DocumentNode,
  isPersonal: OpenStreamOptions['isPersonal'],
): boolean {
  const types = new TypeInfo(schema);
  let isFound = false;
  visit(
    document,
    visitWithTypeInfo(types, {
      Field({ name: { value: name } }) {
        const parent = types.getParentType();
        if (parent != null && concrete(schema, parent).some((type) => isPersonal(type.name, name))) isFound = true;
      },
    }),
  );
  return isFound;
}

function concrete(schema: GraphQLSchema, type: GraphQLNamedType): readonly GraphQLNamedType[] {
  if (isObjectType(type)) return [type];
  return isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
}

const refused = (code: ErrorCode): OpenedStream => ({ kind: 'refused', code });

function refusedBy(errors: readonly GraphQLError[]): OpenedStream {
  const code = errors[0]?.extensions.code;
  return { kind: 'refused', code: typeof code === 'string' ? code : 'INTERNAL' };
}
