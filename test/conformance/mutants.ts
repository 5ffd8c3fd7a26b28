/** Every mutant of our own endpoint: the rule it breaks, and the check that has to say so. */
import { signJws } from '@kortelijn/kit/trust/jws.ts';
import { sha256 } from '@kortelijn/kit/trust/seal.ts';
import { parse, print, visit } from 'graphql';
import { type Answered, type Asked, type Broken, HANGS_UP, type Json } from './mutant-proxy.ts';
import type { OwnEndpoint } from './own-endpoint.ts';

export interface Mutant {
  /** What it does wrong, after "that". */
  readonly that: string;
  readonly caughtBy: `CK-${string}`;
  /** Checks of which the rule is broken with it: one cannot be without the other. */
  readonly also?: readonly string[];
  /** State of its own for each proxy. */
  readonly break: (endpoint: OwnEndpoint) => Broken;
}

const nowS = () => Math.floor(Date.now() / 1_000);
const isPerson = ({ claims }: Asked) => claims?.kind === 'subject';
const said = (answer: Answered, change: (json: Json) => void): Answered => {
  change(answer.json);
  return answer;
};
/** The edges of the list that was asked for. */
const listIn = ({ json }: Answered): Json => json.data?.incidents;
const changesIn = ({ json }: Answered): Json[] | undefined => json.data?.changes?.changes;
const receiptIn = (jws: string): Json => JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString('utf8'));

const trust: readonly Mutant[] = [
  {
    that: 'answers a refusal without its time',
    caughtBy: 'CK-TRUST-2',
    break: () => ({
      answered: ({ headers, ...answer }) => {
        const { 'kortelijn-time': time, ...others } = headers;
        return { ...answer, headers: answer.status === 401 && time ? others : headers };
      },
    }),
  },
  {
    that: 'answers an assertion that comes without a seal',
    caughtBy: 'CK-TRUST-4',
    break: () => ({ asked: (asked) => (asked.hasAssertion && !asked.hasSeal ? asked.proven() : undefined) }),
  },
  {
    that: 'does not look at the path in a seal',
    caughtBy: 'CK-TRUST-7',
    break: () => ({ asked: (asked) => (asked.isSealFor({ path: '/graphql/other' }) ? asked.proven() : undefined) }),
  },
  {
    that: 'does not look at the body under a seal',
    caughtBy: 'CK-TRUST-8',
    break: () => ({
      asked: (asked) =>
        asked.query !== '{ __typename }' && asked.isSealFor({ body: '{"query":"{ __typename }"}' })
          ? asked.proven()
          : undefined,
    }),
  },
  {
    that: 'takes a seal twice',
    caughtBy: 'CK-TRUST-10',
    break: () => {
      const taken = new Set<string | undefined>();
      return {
        asked: (asked) => {
          const isTaken = taken.has(asked.jti);
          taken.add(asked.jti);
          return asked.hasSeal && isTaken ? asked.proven() : undefined;
        },
      };
    },
  },
  {
    that: 'takes an assertion that has expired',
    caughtBy: 'CK-TRUST-12',
    break: () => ({
      asked: (asked) =>
        asked.hasSeal && asked.claims?.exp < nowS()
          ? asked.proven({ claims: { iat: nowS() - 2, exp: nowS() + 20 } })
          : undefined,
    }),
  },
  {
    that: 'takes an assertion for another audience',
    caughtBy: 'CK-TRUST-14',
    break: ({ name }) => ({
      asked: (asked) =>
        typeof asked.claims?.aud === 'string' && asked.claims.aud !== name
          ? asked.proven({ claims: { aud: name } })
          : undefined,
    }),
  },
  {
    that: 'takes an assertion without a signature',
    caughtBy: 'CK-TRUST-16',
    break: () => ({ asked: (asked) => (asked.header?.alg === 'none' ? asked.proven() : undefined) }),
  },
  {
    that: 'takes a mutation whose assertion lacks bh',
    caughtBy: 'CK-TRUST-21',
    break: () => ({
      asked: (asked) =>
        asked.hasSeal && asked.query.startsWith('mutation') && asked.claims?.bh === undefined
          ? asked.proven({ claims: { bh: '' } })
          : undefined,
    }),
  },
  {
    that: 'shows its SDL to a person',
    caughtBy: 'CK-TRUST-22',
    break: () => ({
      asked: (asked) => {
        if (!asked.hasSeal || !isPerson(asked) || !asked.query.includes('_service')) return undefined;
        const nobody = { sub: undefined, name: undefined, participant: undefined, roles: undefined };
        return asked.proven({ claims: { ...nobody, kind: 'hub' } });
      },
    }),
  },
  {
    that: 'answers a class what is for one person',
    caughtBy: 'CK-TRUST-24',
    break: () => ({
      asked: (asked) =>
        asked.claims?.kind === 'class'
          ? asked.proven({ claims: { kind: 'subject', sub: `${asked.claims.participant}:somebody` } })
          : undefined,
    }),
  },
];

const withoutVersion = (sdl: string): string =>
  print(
    visit(parse(sdl), {
      ObjectTypeDefinition: (type) =>
        type.name.value === 'Incident'
          ? { ...type, fields: (type.fields ?? []).filter(({ name }) => name.value !== 'version') }
          : undefined,
    }),
  );

const contract: readonly Mutant[] = [
  {
    that: 'has no version on its incidents',
    caughtBy: 'CK-SDL-2',
    break: () => ({
      answered: (answer) =>
        said(answer, ({ data }) => {
          if (data?._service) data._service.sdl = withoutVersion(data._service.sdl);
        }),
    }),
  },
];

const entities: readonly Mutant[] = [
  {
    that: 'answers entities in an order of its own',
    caughtBy: 'CK-ENT-1',
    break: () => ({
      answered: (answer) =>
        said(answer, ({ data }) => {
          const found: Json[] | undefined = data?._entities;
          const sorted = found?.filter(Boolean).sort((a, b) => (a.id < b.id ? -1 : 1)) ?? [];
          if (found) data._entities = found.map((each) => (each === null ? null : sorted.shift()));
        }),
    }),
  },
  {
    that: 'leaves out entities that are not there',
    caughtBy: 'CK-ENT-2',
    also: ['CK-ENT-5'],
    break: () => ({
      answered: (answer) =>
        said(answer, ({ data }) => {
          if (data?._entities) data._entities = data._entities.filter(Boolean);
        }),
    }),
  },
  {
    that: 'takes no more than fifty entities at once',
    caughtBy: 'CK-ENT-3',
    break: () => ({
      answered: (answer, { variables }) =>
        variables?.representations?.length > 50
          ? { ...answer, json: { errors: [{ message: 'Too many.', extensions: { code: 'BAD_REQUEST' } }] } }
          : answer,
    }),
  },
];

const lists: readonly Mutant[] = [
  {
    that: 'puts two neighbours in a list the wrong way round',
    caughtBy: 'CK-LIST-1',
    break: () => ({
      answered: (answer) =>
        said(answer, () => {
          const [a, b] = listIn(answer)?.edges ?? [];
          if (a && b) [a.node, b.node] = [b.node, a.node];
        }),
    }),
  },
  {
    that: 'gives cursors that are ids without an order',
    caughtBy: 'CK-LIST-2',
    break: () => {
      const hidden = (cursor: string) =>
        Buffer.concat([Buffer.from(sha256(cursor).slice(0, 8)), Buffer.from(cursor)]).toString('base64url');
      const shown = (cursor: string) => Buffer.from(cursor, 'base64url').subarray(8).toString('utf8');
      return {
        asked: (asked) =>
          typeof asked.variables?.after === 'string' && asked.query.includes('incidents(')
            ? asked.proven({ variables: { ...asked.variables, after: shown(asked.variables.after) } })
            : undefined,
        answered: (answer) =>
          said(answer, () => {
            for (const edge of listIn(answer)?.edges ?? []) if (edge.cursor) edge.cursor = hidden(edge.cursor);
          }),
      };
    },
  },
  {
    that: 'loses a row at the border of two pages',
    caughtBy: 'CK-LIST-3',
    also: ['CK-LIST-4'],
    break: () => ({
      answered: (answer, { variables }) =>
        said(answer, () => {
          if (variables?.after && listIn(answer)?.edges?.length > 1) listIn(answer).edges.shift();
        }),
    }),
  },
  {
    that: 'gives a page of a hundred to whoever asks for more',
    caughtBy: 'CK-LIST-5',
    break: () => ({
      asked: (asked) =>
        asked.query.includes('first: 101') && asked.hasSeal
          ? asked.proven({ query: asked.query.replace('first: 101', 'first: 100') })
          : undefined,
    }),
  },
];

const feed: readonly Mutant[] = [
  {
    that: 'drops an event',
    caughtBy: 'CK-FEED-1',
    also: ['CK-FEED-2', 'CK-FEED-3'],
    break: () => ({
      answered: (answer) =>
        said(answer, ({ data }) => {
          const changes = changesIn(answer);
          if (changes) data.changes.changes = changes.filter(({ seq }) => Number(seq) % 5 !== 0);
        }),
    }),
  },
  {
    that: 'tells an event twice',
    caughtBy: 'CK-FEED-1',
    also: ['CK-FEED-3'],
    break: () => ({
      answered: (answer) =>
        said(answer, ({ data }) => {
          const changes = changesIn(answer);
          if (changes) data.changes.changes = changes.flatMap((each) => (Number(each.seq) % 5 ? [each] : [each, each]));
        }),
    }),
  },
  {
    that: 'goes on one event too late',
    caughtBy: 'CK-FEED-3',
    also: ['CK-FEED-1'],
    break: () => ({
      answered: (answer, { variables }) =>
        said(answer, () => {
          if (variables?.after && variables.first < 1_000) changesIn(answer)?.shift();
        }),
    }),
  },
  {
    that: 'keeps a gap to itself',
    caughtBy: 'CK-FEED-4',
    break: () => ({
      answered: (answer) =>
        said(answer, ({ data }) => {
          if (data?.changes?.gap) data.changes.gap = null;
        }),
    }),
  },
  {
    that: 'falls silent in its stream',
    caughtBy: 'CK-FEED-6',
    break: () => ({ streamed: (_page, index, { variables }) => index === 0 || variables.after != null }),
  },
  {
    that: 'streams only every second change',
    caughtBy: 'CK-FEED-7',
    break: () => ({
      streamed: (page) => {
        page.changes = page.changes.filter(({ seq }: Json) => Number(seq) % 2 === 0);
        return true;
      },
    }),
  },
];

const commands: readonly Mutant[] = [
  {
    that: 'forgets a command that it has answered',
    caughtBy: 'CK-CMD-1',
    also: ['CK-CMD-2', 'CK-CMD-3'],
    break: () => {
      let count = 0;
      return {
        asked: (asked) => {
          const { input } = asked.variables ?? {};
          if (!isPerson(asked) || typeof input?.commandId !== 'string' || !input.title) return undefined;
          return asked.proven({ variables: { input: { ...input, commandId: `${input.commandId}-${count++}` } } });
        },
      };
    },
  },
  {
    that: 'answers a used commandId as the first time, whatever it carries',
    caughtBy: 'CK-CMD-3',
    break: () => {
      const first = new Map<string, Json>();
      return {
        asked: (asked) => {
          const { input } = asked.variables ?? {};
          if (!isPerson(asked) || typeof input?.commandId !== 'string') return undefined;
          const known = first.get(input.commandId);
          if (known) return asked.proven({ variables: { input: known } });
          first.set(input.commandId, input);
          return undefined;
        },
      };
    },
  },
  {
    that: 'does not look at expectedVersion',
    caughtBy: 'CK-CMD-4',
    break: () => ({
      asked: (asked) => {
        const { expectedVersion, ...input } = asked.variables?.input ?? {};
        return expectedVersion === undefined ? undefined : asked.proven({ variables: { input } });
      },
    }),
  },
  {
    that: 'says a refused rule as an error',
    caughtBy: 'CK-CMD-5',
    break: () => ({
      answered: (answer) =>
        answer.json.data?.result?.__typename === 'StateDoesNotAllow'
          ? {
              ...answer,
              json: { data: { result: null }, errors: [{ message: 'No.', extensions: { code: 'REFUSED' } }] },
            }
          : answer,
    }),
  },
  {
    that: 'tells a stranger that something is there',
    caughtBy: 'CK-CMD-6',
    break: ({ name }) => ({
      answered: (answer, { claims }) =>
        said(answer, ({ data }) => {
          const isHidden = data?.result?.__typename === 'NotFound' && claims.participant !== name;
          if (isHidden) data.result.message = 'This is not for you.';
        }),
    }),
  },
];

const envelopes: readonly Mutant[] = [
  {
    that: 'signs a receipt for another text',
    caughtBy: 'CK-ENV-1',
    break: () => ({ answered: resigned((receipt) => ({ ...receipt, hash: sha256('another') })) }),
  },
  {
    that: 'says TAKEN again to a repeated envelope',
    caughtBy: 'CK-ENV-2',
    break: () => ({
      answered: resigned((receipt) => (receipt.outcome === 'ALREADY' ? { ...receipt, outcome: 'TAKEN' } : receipt)),
    }),
  },
  {
    that: 'takes an envelope that its sender did not sign',
    caughtBy: 'CK-ENV-3',
    break: ({ sender }) => ({
      asked: (asked) => {
        const jws: unknown = asked.variables?.envelope;
        if (typeof jws !== 'string' || jws.split('.').length !== 3) return undefined;
        const claims = receiptIn(jws);
        if (claims.from !== sender.name) return undefined;
        return asked.proven({ variables: { envelope: signJws('envelope+jwt', claims, sender.keys.keys.sign) } });
      },
    }),
  },
  {
    that: 'says TAKEN before the lower numbers have come',
    caughtBy: 'CK-ENV-5',
    break: () => ({
      answered: resigned((receipt) => (receipt.outcome === 'LATER' ? { ...receipt, outcome: 'TAKEN' } : receipt)),
    }),
  },
];

function resigned(change: (receipt: Json) => Json): NonNullable<Broken['answered']> {
  return (answer, _asked, signed) =>
    said(answer, ({ data }) => {
      if (typeof data?.deliver === 'string') data.deliver = signed('receipt+jwt', change(receiptIn(data.deliver)));
    });
}

const badInput: readonly Mutant[] = [
  {
    that: 'fails on a body that is no JSON',
    caughtBy: 'CK-IN-1',
    break: () => ({
      answered: (answer, { body }) =>
        answer.status === 400 && body === '{"query": ' ? { ...answer, status: 500 } : answer,
    }),
  },
  {
    that: 'hangs up on a search that it does not understand',
    caughtBy: 'CK-IN-3',
    break: () => ({
      answered: (answer, { variables }) => (variables?.filter?.nothing ? { ...answer, status: HANGS_UP } : answer),
    }),
  },
  {
    that: 'gives no code with a field that it does not know',
    caughtBy: 'CK-IN-4',
    break: () => ({
      answered: (answer) =>
        said(answer, ({ errors }) => {
          for (const error of errors ?? []) {
            if (error.extensions?.code === 'GRAPHQL_VALIDATION_FAILED') delete error.extensions;
          }
        }),
    }),
  },
];

export const mutants: readonly Mutant[] = [
  ...contract,
  ...trust,
  ...entities,
  ...lists,
  ...feed,
  ...commands,
  ...envelopes,
  ...badInput,
];
