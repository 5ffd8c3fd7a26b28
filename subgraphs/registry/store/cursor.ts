/** A place in the list of network incidents: time of proposal and id, which never change. */
import { codedError } from '../errors.ts';

export interface Place {
  readonly at: Date;
  readonly id: string;
}

export const cursorOf = ({ at, id }: Place): string => Buffer.from(`n1 ${at.getTime()} ${id}`).toString('base64url');

export function placeOf(cursor: string): Place {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const [, at, id] = /^n1 (\d{1,15}) ([a-z0-9:_-]{1,100})$/.exec(text) ?? [];
  const place = at && id ? { at: new Date(Number(at)), id } : undefined;
  if (place && cursorOf(place) === cursor) return place;
  throw codedError('CURSOR_MALFORMED', 'Expected a cursor of this list; take it from a page of the same query.');
}
