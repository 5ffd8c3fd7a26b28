import { argument, type Contract, directive } from '../contract.ts';

/** An answer for a class names no reader, and the access log must: so personal data are read by persons only. */
export function personal({ subgraphs }: Contract): string[] {
  return Object.values(subgraphs).flatMap((subgraph) =>
    [...subgraph.types.values()].flatMap((type) =>
      type.fields
        .filter((field) => directive(field, 'personal'))
        .map((field) => ({ field, per: argument(directive(field, 'audience') ?? directive(type, 'audience'), 'per') }))
        .filter(({ per }) => per !== undefined && per !== 'SUBJECT')
        .map(({ field, per }) => `${field.path} is @personal and its audience is ${per}: expected SUBJECT.`),
    ),
  );
}
