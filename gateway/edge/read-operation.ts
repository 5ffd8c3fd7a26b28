/** The form of an operation over HTTP: what is taken at all, and what stands in the body. */
import type { IncomingMessage } from 'node:http';
import { HeaderMap } from '@apollo/server';
import { GraphQLError } from 'graphql';
import { hubError } from '../errors.ts';
import { readBody } from './read-body.ts';

export interface Asked {
  readonly query?: string | undefined;
  readonly documentId?: string | undefined;
  readonly operationName?: string | undefined;
  readonly variables?: unknown;
}

/** What a browser can send without asking first never gets past here. */
export function formRefusal(
  request: IncomingMessage,
): { error: GraphQLError; status: number; headers?: Record<string, string> } | undefined {
  if (request.method !== 'POST') {
    return {
      error: hubError('BAD_REQUEST', `Expected POST, found ${request.method}.`),
      status: 405,
      headers: { allow: 'POST, OPTIONS' },
    };
  }
  const mediaType = /^\s*([^;]*?)\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.exec(
    request.headers['content-type'] ?? '',
  )?.[1];
  if (mediaType?.toLowerCase() !== 'application/json') {
    return {
      error: hubError('BAD_REQUEST', 'Expected content-type application/json in UTF-8, found another.'),
      status: 415,
    };
  }
  return undefined;
}

export async function readAsked(request: IncomingMessage, bytesMax: number): Promise<Asked | GraphQLError> {
  const body = await readBody(request, bytesMax);
  if (body instanceof GraphQLError) return body;
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    return hubError('BAD_REQUEST', 'Expected a body of JSON, found something else.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return hubError(
      'BAD_REQUEST',
      `Expected one operation as a JSON object, found ${Array.isArray(value) ? 'a list' : typeof value}.`,
    );
  }
  const { query, documentId, operationName, variables } = value as Record<string, unknown>;
  for (const [name, text] of Object.entries({ query, documentId, operationName })) {
    if (text !== undefined && text !== null && typeof text !== 'string') {
      return hubError(
        'BAD_REQUEST',
        `Expected "${name}" to be text, found ${Array.isArray(text) ? 'a list' : typeof text}.`,
      );
    }
  }
  const text = (one: unknown) => (typeof one === 'string' && one !== '' ? one : undefined);
  return {
    query: text(query),
    documentId: text(documentId),
    operationName: text(operationName),
    variables: variables ?? undefined,
  };
}

/** Only what decides the form of the answer: the token stays here. */
export function formHeaders(request: IncomingMessage): HeaderMap {
  const headers = new HeaderMap([['content-type', 'application/json']]);
  if (request.headers.accept !== undefined) headers.set('accept', request.headers.accept);
  return headers;
}
