/** What every page has, and its bounds. */

import { pageSizeMax } from '@kortelijn/schema/vocabulary/limits.ts';
import type { GraphQLResolveInfo, SelectionSetNode } from 'graphql';
import { builder } from '../builder.ts';
import { codedError } from '../errors.ts';
import type { PageShape } from '../store/connection.ts';

export interface Edge<Item> {
  readonly cursor: string;
  readonly node: Item;
}

export const PageInfo = builder.objectRef<PageShape>('PageInfo');
PageInfo.implement({
  description: 'Where a page lies in its list.',
  shareable: true,
  directives: { audience: { per: 'CLASS' } },
  fields: (t) => ({
    hasNextPage: t.exposeBoolean('hasNextPage', { description: 'Whether more follows.' }),
    hasPreviousPage: t.exposeBoolean('hasPreviousPage', {
      description: 'Whether the page was asked for after a cursor.',
    }),
    startCursor: t.exposeString('startCursor', { nullable: true, description: 'The cursor of the first row.' }),
    endCursor: t.exposeString('endCursor', { nullable: true, description: 'The cursor of the last row.' }),
  }),
});

export function pageSize(first: number, max: number = pageSizeMax): number {
  if (first >= 1 && first <= max) return first;
  throw codedError('FIRST_OUT_OF_RANGE', `Expected \`first\` from 1 to ${max}; found ${first}.`);
}

/** Whether the field's own selection asks for `name`; under @skip and @include perhaps for nothing. */
export function selects(info: GraphQLResolveInfo, name: string): boolean {
  const within = (set: SelectionSetNode | undefined): boolean =>
    set?.selections.some((selection) => {
      if (selection.kind === 'Field') return selection.name.value === name;
      if (selection.kind === 'InlineFragment') return within(selection.selectionSet);
      return within(info.fragments[selection.name.value]?.selectionSet);
    }) ?? false;
  return info.fieldNodes.some((node) => within(node.selectionSet));
}
