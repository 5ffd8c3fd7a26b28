/**
 * The errors of one execution, each at the response path it belongs to.
 *
 * An error is never dropped for being inconvenient; a subgraph that sends a million of them is: beyond the bound
 * one last error tells how many there were.
 */
import { type ErrorCode, errorCodes } from '@kortelijn/schema/errors/codes.ts';
import { GraphQLError } from 'graphql';
import { isJsonObject } from './json.ts';

/** What every error of the hub says of itself. */
export function coded(code: ErrorCode): { readonly code: ErrorCode; readonly retryable: boolean } {
  return { code, retryable: errorCodes[code].retryable };
}

export type ResponsePath = readonly (string | number)[];

/** What a subgraph's answer says went wrong. */
export interface SubgraphError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Record<string, unknown>;
}

export interface ErrorLedger {
  /** Places an error at a response path, or at none when it concerns the whole request. */
  add(error: SubgraphError, path: ResponsePath | undefined): void;
  /** Counts errors that are not even looked at. */
  leaveOut(count: number): void;
  /** At the bound: what is added now is only counted, and explains nothing. */
  isFull(): boolean;
  /** Whether an error already explains a null at this path: one at, above or below it. */
  explains(path: ResponsePath): boolean;
  list(): readonly GraphQLError[];
}

const errorCountMax = 1000;

interface Branch {
  isError: boolean;
  readonly children: Map<string | number, Branch>;
}

export function createErrorLedger(): ErrorLedger {
  const errors: GraphQLError[] = [];
  let leftOutCount = 0;
  let root: Branch | undefined;

  const grow = (path: ResponsePath): void => {
    if (root === undefined) return;
    let branch = root;
    for (const key of path) {
      let next = branch.children.get(key);
      if (next === undefined) {
        next = { isError: false, children: new Map() };
        branch.children.set(key, next);
      }
      branch = next;
    }
    branch.isError = true;
  };

  const plant = (): Branch => {
    if (root === undefined) {
      root = { isError: false, children: new Map() };
      for (const error of errors) if (error.path !== undefined) grow(error.path);
    }
    return root;
  };

  return {
    add(error, path) {
      if (errors.length >= errorCountMax) {
        leftOutCount += 1;
        return;
      }
      errors.push(
        new GraphQLError(error.message, {
          ...(path !== undefined && { path }),
          ...(error.extensions !== undefined && { extensions: error.extensions }),
        }),
      );
      if (path !== undefined) grow(path);
    },
    leaveOut(count) {
      leftOutCount += count;
    },
    isFull: () => errors.length >= errorCountMax,
    explains(path) {
      let branch = plant();
      for (const key of path) {
        if (branch.isError) return true;
        const next = branch.children.get(key);
        if (next === undefined) return false;
        branch = next;
      }
      return true;
    },
    list() {
      if (leftOutCount === 0) return errors;
      const last = new GraphQLError(
        `Expected at most ${errorCountMax} errors, found ${leftOutCount} more: those are left out.`,
        {
          extensions: coded('TOO_MANY_ERRORS'),
        },
      );
      return [...errors, last];
    },
  };
}

/** The error a failed fetch stands for: coded errors keep their code, anything else tells nothing of its inside. */
export function fetchFailure(reason: unknown): SubgraphError {
  if (reason instanceof Error && 'extensions' in reason && isJsonObject(reason.extensions)) {
    return { message: reason.message, extensions: reason.extensions };
  }
  return { message: 'The subgraph could not be asked.', extensions: coded('INTERNAL') };
}

export function deadlinePassed(): SubgraphError {
  return {
    message: 'Expected an answer before the deadline of the request; it was stopped. Ask for less, or allow more time.',
    extensions: coded('REQUEST_TIMED_OUT'),
  };
}

/** Why a request cannot be executed at all. */
export function refusal(message: string, code: ErrorCode): GraphQLError {
  return new GraphQLError(message, { extensions: coded(code) });
}
