import { type Contract, directive } from '../contract.ts';

/** @requires over a border does not plan at depth 2, and one participant would be handed another's data. */
export function requires({ subgraphs }: Contract): string[] {
  return Object.values(subgraphs).flatMap((subgraph) =>
    [...subgraph.types.values()]
      .filter(({ name }) => subgraph.name === 'participant' || subgraphs.participant.types.has(name))
      .flatMap(({ fields }) => fields)
      .filter((field) => directive(field, 'requires'))
      .map((field) => `${field.path} in ${subgraph.name} has @requires over a partition: let its owner compute it.`),
  );
}
