import { timingSafeEqual } from 'node:crypto';
import { hubError } from '../errors.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { sendRefusal } from './answers.ts';
import type { Handle } from './graphql.ts';

/** `GET /metrics`, for who has the token when there is one. */
export function createMetricsDoor({ registry }: Metrics, token: string | undefined): Handle {
  const expected = token === undefined ? undefined : Buffer.from(`Bearer ${token}`);
  return async (request, response) => {
    const found = Buffer.from(request.headers.authorization ?? '');
    if (expected !== undefined && !(found.length === expected.length && timingSafeEqual(found, expected))) {
      return sendRefusal(response, {
        errors: [hubError('UNAUTHENTICATED')],
        headers: { 'www-authenticate': 'Bearer' },
      });
    }
    response.writeHead(200, { 'content-type': registry.contentType, 'cache-control': 'no-store' });
    response.end(await registry.metrics());
  };
}
