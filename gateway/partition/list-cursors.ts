/** The caller's cursor of a list, read and written with what it is bound to. */
import { canonicalJson } from '@kortelijn/schema/interpret/canonical.ts';
import type { Caller } from '../transport/caller.ts';
import {
  type CursorBinding,
  type CursorRefusal,
  decodePageCursor,
  encodePageCursor,
  fingerprint,
  type ListPosition,
} from './page-cursor.ts';
import type { CursorKey } from './sealed-cursor.ts';

export interface ListCursors {
  read(after: string, binding: CursorBinding): ListPosition | CursorRefusal;
  write(position: ListPosition, binding: CursorBinding): string;
}

/** `keys` is asked each time: keys rotate while the hub runs. */
export function createListCursors(keys: () => readonly [CursorKey, ...CursorKey[]]): ListCursors {
  return {
    read: (after, binding) => decodePageCursor(keys(), after, binding),
    write: (position, binding) => encodePageCursor(keys(), position, binding),
  };
}

/** What may change from page to page without being another query. */
const pagingArguments = new Set(['first', 'after', 'onMissing']);

export function bindingOf(fieldName: string, given: Readonly<Record<string, unknown>>, caller: Caller): CursorBinding {
  const query = Object.entries(given).filter(
    ([name, value]) => !pagingArguments.has(name) && value !== null && value !== undefined,
  );
  const person =
    caller.kind === 'subject'
      ? [caller.kind, caller.participant, caller.subject, caller.program ?? '']
      : caller.kind === 'class'
        ? [caller.kind, caller.participant, ...caller.roles]
        : [caller.kind];
  return {
    query: fingerprint(`${fieldName} ${canonicalJson(Object.fromEntries(query))}`),
    person: fingerprint(person.join('\n')),
  };
}
