/** A request's body, whole and within bounds, or what was wrong with it. */
import type { IncomingMessage } from 'node:http';

export const BODY_BYTES_MAX = 2_000_000;

export async function readBody(
  request: IncomingMessage,
  bytesMax = BODY_BYTES_MAX,
): Promise<Buffer | 'TOO_LARGE' | 'BROKEN_OFF'> {
  if (Number(request.headers['content-length']) > bytesMax) return 'TOO_LARGE';
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > bytesMax) return 'TOO_LARGE';
      chunks.push(chunk);
    }
  } catch {
    return 'BROKEN_OFF';
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}
