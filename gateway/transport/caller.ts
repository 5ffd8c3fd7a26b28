/** On whose behalf an endpoint is asked; what is not read here is only passed on to the seal. */
export type Caller =
  | {
      readonly kind: 'subject';
      readonly participant: string;
      readonly subject: string;
      readonly name?: string;
      readonly roles: readonly string[];
      readonly program?: string;
      readonly scopes: readonly string[];
      readonly azp?: string;
      readonly purpose?: string;
    }
  | {
      readonly kind: 'class';
      readonly participant: string;
      readonly roles: readonly string[];
      readonly program?: string;
      readonly scopes: readonly string[];
      readonly purpose?: string;
    }
  | { readonly kind: 'hub' };

/** Equal for two callers to whom an endpoint must give the same answer; the parts cannot run into each other. */
export function callerKey(caller: Caller): string {
  if (caller.kind === 'hub') return 'hub';
  const { kind, participant, roles, program, scopes, purpose } = caller;
  const person = caller.kind === 'subject' ? [caller.subject, caller.name, caller.azp] : [];
  return JSON.stringify([kind, participant, roles, program, scopes, purpose, ...person]);
}
