/** A rule said no. A value, never thrown: each kind is a member of the mutation's result union, with the same fields. */
export type Refusal =
  | {
      readonly kind: 'VersionConflict';
      readonly message: string;
      readonly expectedVersion: number;
      readonly foundVersion: number;
    }
  | {
      readonly kind: 'StateDoesNotAllow';
      readonly message: string;
      readonly event: string;
      readonly state: string;
      readonly allowedFrom: readonly string[];
    }
  | { readonly kind: 'NotAllowed'; readonly message: string; readonly code: string }
  | { readonly kind: 'InvalidInput'; readonly message: string; readonly code: string; readonly path: string | null }
  | { readonly kind: 'NotFound'; readonly message: string; readonly id: string }
  | { readonly kind: 'CommandIdReused'; readonly message: string; readonly commandId: string };

const REFUSALS = new Set([
  'VersionConflict',
  'StateDoesNotAllow',
  'NotAllowed',
  'InvalidInput',
  'NotFound',
  'CommandIdReused',
]);

export function isRefusal(value: object): value is Refusal {
  return 'kind' in value && REFUSALS.has(value.kind as string);
}

export function versionConflict(expectedVersion: number, foundVersion: number): Refusal {
  const message = `Expected version ${expectedVersion}, found ${foundVersion}: read it again and decide anew.`;
  return { kind: 'VersionConflict', message, expectedVersion, foundVersion };
}

export function stateDoesNotAllow(event: string, state: string, allowedFrom: readonly string[]): Refusal {
  const from = allowedFrom.length === 0 ? 'no state' : allowedFrom.join(', ');
  return {
    kind: 'StateDoesNotAllow',
    message: `${event} is possible from ${from}; the state found is ${state}.`,
    event,
    state,
    allowedFrom,
  };
}

export function notAllowed(code: string, message: string): Refusal {
  return { kind: 'NotAllowed', message, code };
}

export function invalidInput(code: string, path: string | null, message: string): Refusal {
  return { kind: 'InvalidInput', message, code, path };
}

/** Absent and hidden look the same: who may not see an object is not told that it exists. */
export function notFound(id: string): Refusal {
  return { kind: 'NotFound', message: 'There is no such object, or it is not for this caller.', id };
}

export function commandIdReused(commandId: string): Refusal {
  const message = 'This commandId was used before for something else: use a new one.';
  return { kind: 'CommandIdReused', message, commandId };
}
