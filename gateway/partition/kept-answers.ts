/**
 * The last status of each participant, for when it is silent. Only fields that are the same for everybody and name
 * nobody come here; case content is never kept.
 *
 * What is too old to say how things are says UNKNOWN, wherever the contract has that word.
 */
import { type GraphQLObjectType, type GraphQLSchema, getNamedType, isEnumType, isObjectType } from 'graphql';
import type { PartyResult } from './ask-roots.ts';
import { isJsonObject, type JsonObject } from './json.ts';
import type { Outcome } from './outcome.ts';
import type { CompiledRoot } from './rewrite.ts';

export interface KeptAnswers {
  /** Remembers what was heard, and gives for who is silent what it said last. */
  stand(root: CompiledRoot, query: string, result: PartyResult, nowMs: number): PartyResult;
}

interface Kept {
  readonly value: JsonObject;
  readonly atMs: number;
}

/** Three reports of a minute missed (`hardening`: silence is its own state). */
export const unknownAfterMs = 3 * 60_000;
const queriesMax = 50;
const unknown = 'UNKNOWN';
/** A breach is shown as one: an endpoint that speaks nonsense is not merely silent. */
const silences: ReadonlySet<Outcome> = new Set(['TIMED_OUT', 'UNREACHABLE', 'SKIPPED']);

export function createKeptAnswers(schema: GraphQLSchema): KeptAnswers {
  const byQuery = new Map<string, Map<string, Kept>>();
  return {
    stand(root, query, result, nowMs) {
      const { participant, said, value } = result;
      let kept = byQuery.get(query);
      if (said.outcome === 'FRESH') {
        if (!isJsonObject(value)) return result;
        if (kept === undefined) {
          if (byQuery.size >= queriesMax) byQuery.delete(byQuery.keys().next().value as string);
          kept = new Map();
          byQuery.set(query, kept);
        }
        kept.set(participant, { value, atMs: result.receivedAtMs ?? nowMs });
        return result;
      }
      const last = kept?.get(participant);
      if (last === undefined || !silences.has(said.outcome)) return result;
      const type = getNamedType(root.type);
      const isTooOld = nowMs - last.atMs > unknownAfterMs;
      return {
        ...result,
        said: { outcome: 'STALE', code: said.code ?? said.outcome, reason: said.reason },
        receivedAtMs: last.atMs,
        value: isTooOld && isObjectType(type) ? unknownOf(schema, type, last.value) : last.value,
      };
    },
  };
}

function unknownOf(schema: GraphQLSchema, type: GraphQLObjectType, value: JsonObject): JsonObject {
  const changed: JsonObject = { ...value };
  for (const field of Object.values(type.getFields())) {
    const named = getNamedType(field.type);
    const found = value[field.name];
    if (isEnumType(named) && named.getValue(unknown) !== undefined && typeof found === 'string')
      changed[field.name] = unknown;
    else if (isObjectType(named) && Array.isArray(found)) {
      changed[field.name] = found.map((item) => (isJsonObject(item) ? unknownOf(schema, named, item) : item));
    } else if (isObjectType(named) && isJsonObject(found)) {
      changed[field.name] = unknownOf(schema, named, found);
    }
  }
  return changed;
}
