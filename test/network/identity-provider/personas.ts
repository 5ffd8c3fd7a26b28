/** Who can be chosen at the demo's identity provider. Everyone is made up. */
import { readFileSync } from 'node:fs';

export interface Persona {
  readonly subject: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly participant: string;
}

export interface Program {
  readonly client_id: string;
  readonly name: string;
  /** Space-separated scopes that the program may ask for. */
  readonly scope: string;
  readonly participant: string;
  readonly jwks: { readonly keys: readonly Record<string, unknown>[] };
}

export interface IdentityParticipant {
  readonly id: string;
  readonly name: string;
  readonly personas: readonly Persona[];
  readonly programs: readonly Program[];
}

/** Reads `{ participants: [{ id, name, personas, programs }] }` and names everything that is wrong with it. */
export function readPersonas(file: string): readonly IdentityParticipant[] {
  const content = JSON.parse(readFileSync(file, 'utf8')) as { participants?: readonly IdentityParticipant[] };
  const participants = content.participants ?? [];
  const problems: string[] = [];
  if (participants.length === 0) problems.push('expected at least one participant, found none');
  for (const { id, name, personas, programs } of participants) {
    if (!/^[a-z][a-z0-9-]{1,30}$/.test(id ?? '')) problems.push(`expected a participant id, found "${id}"`);
    if (!name) problems.push(`expected a name for ${id}, found none`);
    for (const { subject, name, roles, participant } of personas ?? []) {
      if (!subject || !name || !Array.isArray(roles)) problems.push(`expected subject, name and roles at ${id}`);
      if (participant !== id) problems.push(`expected persona ${subject} to be of ${id}, found ${participant}`);
    }
    for (const { client_id, participant, jwks } of programs ?? []) {
      if (participant !== id) problems.push(`expected program ${client_id} to be of ${id}, found ${participant}`);
      if (!jwks?.keys?.length) problems.push(`expected program ${client_id} to have a public key, found none`);
    }
  }
  if (problems.length > 0) throw new Error(`${file}: ${problems.join('; ')}`);
  return participants.map((participant) => ({ ...participant, programs: participant.programs ?? [] }));
}
