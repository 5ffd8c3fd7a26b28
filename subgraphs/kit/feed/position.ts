/** A place in a feed as text: epoch, colon, number. The hub keeps it and hands it back. */
import { GraphQLError } from 'graphql';
import type { FeedPosition } from './event.ts';

export const feedPosition = ({ epoch, seq }: FeedPosition): string => `${epoch}:${seq}`;

export function parseFeedPosition(text: string): FeedPosition {
  const [, epoch, seq] = /^([A-Za-z0-9-]{1,64}):([0-9]{1,15})$/.exec(text) ?? [];
  if (epoch === undefined || seq === undefined) {
    throw new GraphQLError('Expected epoch, colon, number, as `head` of an earlier page gives it.', {
      extensions: { code: 'CURSOR_MALFORMED' },
    });
  }
  return { epoch, seq: Number(seq) };
}
