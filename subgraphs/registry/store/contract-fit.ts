/**
 * Whether the hub can work with an endpoint of this schema. What an older contract lacks is left out of what it is asked,
 * so missing fields are no obstacle; what it must have is there, and what both have must have one form.
 */
import { readFileSync } from 'node:fs';
import { buildASTSchema, findBreakingChanges, type GraphQLSchema, BreakingChangeType as Kind, parse } from 'graphql';

const contractFile = new URL('../../../schema/subgraphs/participant.graphql', import.meta.url);
/** Without these there is no feed, no message and nobody to look at it for. */
const REQUIRED = { Query: ['changes', 'viewer'], Mutation: ['deliver'], Subscription: ['changes'] } as const;
/** Additions and removals are skew, which the hub fits its documents to. */
const OTHER_FORM: ReadonlySet<string> = new Set([
  Kind.TYPE_CHANGED_KIND,
  Kind.FIELD_CHANGED_KIND,
  Kind.ARG_CHANGED_KIND,
  Kind.REQUIRED_ARG_ADDED,
  Kind.REQUIRED_INPUT_FIELD_ADDED,
]);
const PROBLEMS_MAX = 5;

export function createContractFit(contractSdl: string = readFileSync(contractFile, 'utf8')) {
  const contract = schemaOf(contractSdl);
  /** What stands in the way, in sentences; none when it fits. */
  return (sdl: string): readonly string[] => {
    let endpoint: GraphQLSchema;
    try {
      endpoint = schemaOf(sdl);
    } catch {
      return ['The endpoint gave no SDL that can be read.'];
    }
    const missing = Object.entries(REQUIRED).flatMap(([type, names]) =>
      names.filter((name) => fieldIn(endpoint, type, name) === undefined).map((name) => `${type}.${name} is missing.`),
    );
    const differing = findBreakingChanges(contract, endpoint)
      .filter(({ type }) => OTHER_FORM.has(type))
      .map(({ description }) => description);
    return [...missing, ...differing].slice(0, PROBLEMS_MAX);
  };
}

const schemaOf = (sdl: string) => buildASTSchema(parse(sdl), { assumeValidSDL: true, assumeValid: true });

function fieldIn(schema: GraphQLSchema, typeName: string, name: string) {
  const type = schema.getType(typeName);
  return type && 'getFields' in type ? type.getFields()[name] : undefined;
}
