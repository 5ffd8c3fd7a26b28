/** What registry, participants and identity provider read on their first start, as data. */
import type { JsonWebKey } from 'node:crypto';
import { type DemoParticipant, foundationId } from './demo-network.ts';

interface Addresses {
  endpoint(id: string): string;
  issuer(id: string): string;
  keys(id: string): unknown;
}

export const registrySeed = (participants: readonly DemoParticipant[], addresses: Addresses) =>
  participants.map((participant, index) => ({
    id: participant.id,
    name: participant.name,
    legalName: participant.legalName,
    kind: participant.kind,
    accessionState: 'ACTIVE',
    endpoint: addresses.endpoint(participant.id),
    issuer: addresses.issuer(participant.id),
    keys: addresses.keys(participant.id),
    calendarId: 'nl-office',
    cooperationModel: participant.cooperationModel,
    contacts: contacts(participant, index),
  }));

export const participantSeed = (participant: DemoParticipant) => ({
  name: participant.name,
  teams: participant.teams,
  persons: participant.personas.map(({ subject, name, roles }) => ({ subject, name, roles })),
  services: participant.services,
  calendarId: 'nl-office',
});

export const personasFile = (
  participants: readonly DemoParticipant[],
  clientKey: (clientId: string) => { jwks: { keys: JsonWebKey[] } },
) => ({
  participants: participants.map(({ id, name, personas, programs }) => ({
    id,
    name,
    personas: personas.map((persona) => ({ ...persona, participant: id })),
    programs: programs.map(({ clientId, name: programName, scope }) => ({
      client_id: clientId,
      name: programName,
      scope,
      participant: id,
      jwks: clientKey(clientId).jwks,
    })),
  })),
});

/** M-05, M-06, M-08: three roles with at least one channel each; the foundation has no helpdesk. */
function contacts(participant: DemoParticipant, index: number) {
  const mail = (box: string) => ({
    kind: 'EMAIL',
    value: `${box}@${participant.id}.example`,
    hours: 'werkdagen 8.00–18.00',
  });
  const phone = (line: number) => ({
    kind: 'PHONE',
    value: `+31 000 ${100 + index} ${line}00`,
    hours: 'werkdagen 8.00–18.00',
  });
  const people = (role: string) =>
    participant.personas.filter(({ roles }) => roles.includes(role)).map(({ name }) => ({ name, deputy: false }));
  const points = [
    {
      role: 'SERVICEMANAGER',
      readers: 'NETWORK',
      persons: people('SERVICEMANAGER'),
      channels: [mail('servicemanager'), phone(1)],
    },
    {
      role: 'SERVICEDESK',
      readers: 'NETWORK',
      persons: people('SERVICEDESK'),
      channels: [mail('servicedesk'), phone(2)],
    },
    { role: 'HELPDESK', readers: 'USERS', persons: people('HELPDESK'), channels: [mail('helpdesk'), phone(3)] },
  ];
  return participant.id === foundationId ? points.slice(0, 2) : points;
}
