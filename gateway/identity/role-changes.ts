/**
 * Roles that a participant has changed since a token was given: what was taken away opens nothing any more, whatever
 * the token says. A token that is younger than the change already knows.
 */
import type { Authority, Role } from './authority.ts';

export interface RoleChange {
  readonly participant: string;
  /** As its own issuer calls the person. */
  readonly subject: string;
  readonly roles: readonly string[];
  readonly atMs: number;
}

export interface RoleChanges {
  /** Whether something was taken away that was not known before. */
  note(change: RoleChange): boolean;
  narrow(authority: Authority, issuedAtMs: number): Authority;
}

const rememberedMax = 100_000;

export function createRoleChanges(): RoleChanges {
  const changes = new Map<string, RoleChange>();
  const keyOf = (participant: string, subject: string): string => `${participant}/${subject}`;
  return {
    note(change) {
      const key = keyOf(change.participant, change.subject);
      const before = changes.get(key);
      if (before !== undefined && before.atMs >= change.atMs) return false;
      changes.delete(key);
      changes.set(key, change);
      if (changes.size > rememberedMax) changes.delete(changes.keys().next().value as string);
      return true;
    },
    narrow(authority, issuedAtMs) {
      const change = changes.get(keyOf(authority.participant, authority.subject));
      // A token tells its time in whole seconds.
      if (change === undefined || issuedAtMs > change.atMs || authority.program !== undefined) return authority;
      const roles = authority.roles.filter((role: Role) => change.roles.includes(role));
      return roles.length === authority.roles.length ? authority : { ...authority, roles };
    },
  };
}
