/** Reads an exchange as a GraphQL answer: what is not one gets its name here, by one table. */
import type { Exchange } from './attempt.ts';
import { type Answered, type EndpointError, type Failed, failed } from './reply.ts';

/** More errors than this say no more than these do. */
const errorCountMax = 200;
const messageLengthMax = 500;

export function answerOf(exchange: Exchange): Omit<Answered, 'receivedAtMs' | 'skewMs'> | Failed {
  const { status, contentType, text } = exchange;
  if (status === 429 || status === 503) return failed('UNAVAILABLE', `Expected HTTP 200, found ${status}.`);
  const isJson = /^application\/(graphql-response\+)?json\b/.test(contentType);
  const mayHaveActed = status < 400 || status >= 500;
  if (!isJson || ![200, 400, 401, 403, 500].includes(status)) {
    if (status === 401 || status === 403) return failed('REFUSED', `HTTP ${status}.`);
    const found = `HTTP ${status} with "${contentType.slice(0, 60)}"`;
    return failed('BREACH', `Expected HTTP 200 with application/json, found ${found}.`, mayHaveActed);
  }
  const body = parsed(text);
  if (!isObject(body)) return failed('BREACH', 'Expected a JSON object as the answer, found none.', mayHaveActed);
  const errors = errorsOf(own(body, 'errors'));
  if (errors === undefined) return failed('BREACH', 'Expected a list of errors, found something else.', mayHaveActed);
  if (status === 401 || status === 403) {
    const code = errors[0]?.code;
    if (code === 'CLOCK_SKEW') return failed('CLOCK_SKEW', 'The endpoint finds the hub’s clock too far from its own.');
    if (code === 'NOT_TRUSTED')
      return failed('NOT_TRUSTED', 'The endpoint does not accept the hub’s assertion or seal.');
    return failed('REFUSED', `HTTP ${status}.`);
  }
  const data = own(body, 'data') ?? null;
  if (data !== null && !isObject(data)) {
    return failed('BREACH', 'Expected an object under "data", found something else.', mayHaveActed);
  }
  if (data === null && errors.length === 0) {
    return failed('BREACH', 'Expected data or errors, found neither.', mayHaveActed);
  }
  return { kind: 'answered', data, errors };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function errorsOf(value: unknown): readonly EndpointError[] | undefined {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return undefined;
  return value.slice(0, errorCountMax).map((error: unknown) => {
    const given = isObject(error) ? error : {};
    const message = own(given, 'message');
    const path = own(given, 'path');
    const extensions = own(given, 'extensions');
    const code = isObject(extensions) ? own(extensions, 'code') : undefined;
    return {
      message: typeof message === 'string' ? message.slice(0, messageLengthMax) : 'An error without a message.',
      path: Array.isArray(path) ? path.filter((key) => typeof key === 'string' || typeof key === 'number') : [],
      code: typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,59}$/.test(code) ? code : undefined,
    };
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Keys such as `constructor` would otherwise read as something inherited. */
function own(object: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
