/** A place in the feed as the hub keeps it: epoch, colon, number. */
import type { FeedPosition } from '@kortelijn/kit/feed/event.ts';
import { codedError } from '../errors.ts';

export const feedPosition = ({ epoch, seq }: FeedPosition): string => `${epoch}:${seq}`;

export function parseFeedPosition(text: string): FeedPosition {
  const [, epoch, seq] = /^([A-Za-z0-9-]{1,64}):([0-9]{1,15})$/.exec(text) ?? [];
  if (epoch === undefined || seq === undefined) {
    throw codedError('CURSOR_MALFORMED', 'Expected epoch, colon, number, as `head` of an earlier page gives it.');
  }
  return { epoch, seq: Number(seq) };
}
