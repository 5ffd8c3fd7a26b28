/** Which participant an issuer speaks for. Only the registry's signed directory says so; a claim never does. */
export type AccessionState =
  | 'CANDIDATE'
  | 'CONTACTS_REGISTERED'
  | 'CONTACTS_PUBLISHED'
  | 'ACTIVE'
  | 'SUSPENDED'
  | 'WITHDRAWN';

export interface RegisteredIssuer {
  readonly participant: string;
  readonly accessionState: AccessionState;
}

export type FindIssuer = (issuer: string) => RegisteredIssuer | undefined;
