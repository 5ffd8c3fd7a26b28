/** Reads the whole body of a request, up to a size and a time. */
import type { IncomingMessage } from 'node:http';
import type { GraphQLError } from 'graphql';
import { hubError } from '../errors.ts';

const timeoutMs = 10_000;

export async function readBody(request: IncomingMessage, bytesMax: number): Promise<Buffer | GraphQLError> {
  const tooLarge = () =>
    hubError('BODY_TOO_LARGE', `Expected a body of at most ${bytesMax} bytes, found a larger one.`);
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) return tooLarge();
  if (request.headers['content-encoding'] !== undefined) {
    return hubError('BAD_REQUEST', 'Expected a body without content-encoding, found a compressed one.');
  }
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const timer = setTimeout(() => end(hubError('REQUEST_TIMED_OUT')), timeoutMs);
    const end = (result: Buffer | GraphQLError): void => {
      clearTimeout(timer);
      request.off('data', take);
      resolve(result);
    };
    const take = (chunk: Buffer): void => {
      size += chunk.byteLength;
      if (size > bytesMax) end(tooLarge());
      else chunks.push(chunk);
    };
    request.on('data', take);
    request.once('end', () => end(Buffer.concat(chunks)));
    request.once('error', () => end(hubError('BAD_REQUEST', 'Expected a whole body, found a connection that broke.')));
    request.once('close', () => end(hubError('BAD_REQUEST', 'Expected a whole body, found a connection that closed.')));
  });
}

/** An unread body would keep the connection from being used again: it is closed after the answer. */
export function isUnread(request: IncomingMessage): boolean {
  return !request.complete;
}
