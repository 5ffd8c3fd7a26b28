/** What every page has, and its bounds. */
import { pageSizeMax } from '@kortelijn/schema/vocabulary/limits.ts';
import { builder } from '../builder.ts';
import { codedError } from '../errors.ts';

export interface PageShape {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
}

export const PageInfo = builder.objectRef<PageShape>('PageInfo');
PageInfo.implement({
  description: 'Where a page lies in its list.',
  directives: { audience: { per: 'CLASS' } },
  shareable: true,
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
