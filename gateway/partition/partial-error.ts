/** An error for one part of an answer, as the executor takes it. */
import { errorCodes, isErrorCode } from '@kortelijn/schema/errors/codes.ts';

export interface PartialError {
  readonly message: string;
  readonly path: readonly (string | number)[];
  readonly extensions: Record<string, unknown>;
}

export interface PartialErrorDetails {
  readonly participant?: string | undefined;
  readonly traceId?: string | undefined;
  readonly [detail: string]: unknown;
}

export function partialError(
  code: string,
  path: readonly (string | number)[],
  { participant, traceId, ...details }: PartialErrorDetails,
  message?: string,
): PartialError {
  const definition = isErrorCode(code) ? errorCodes[code] : undefined;
  const text =
    message ?? (definition ? `${definition.meaning} ${definition.remedy}` : 'The participant answered with an error.');
  return {
    message: participant === undefined ? text : `${participant}: ${text}`,
    path,
    extensions: {
      code,
      ...(participant !== undefined && { participant }),
      retryable: definition?.retryable ?? false,
      ...(traceId !== undefined && { traceId }),
      ...details,
    },
  };
}
