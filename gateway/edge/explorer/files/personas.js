/** The demo's personas and their tokens, from the demo's identity provider. */
export const demoIdentitiesUrl = document.documentElement.dataset.demoIdentities;

export const roleNames = {
  SERVICEMANAGER: 'servicemanager',
  SERVICEDESK: 'servicedesk',
  HELPDESK: 'helpdesk',
  FOUNDATION: 'stichting',
  MEDIATOR: 'bemiddelaar',
  MONITOR: 'bewaking',
};

/** One list of who can be chosen: `{ key, participant, participantName, subject, name, role }`. */
export async function readPersonas() {
  const response = await fetch(`${demoIdentitiesUrl}/demo/personas`);
  if (!response.ok) throw new Error(`Expected the demo's personas, found ${response.status}.`);
  const { participants } = await response.json();
  return participants.flatMap(({ id, name: participantName, personas, programs }) => [
    ...personas.map(({ subject, name, roles }) => ({
      key: `${id}/${subject}`,
      participant: id,
      participantName,
      subject,
      name,
      role: roles.map((role) => roleNames[role] ?? role.toLowerCase()).join(', '),
    })),
    ...programs.map(({ client_id, name, scope }) => ({
      key: `${id}/${client_id}`,
      participant: id,
      participantName,
      subject: client_id,
      name,
      role: `programma (${scope})`,
    })),
  ]);
}

export async function tokenFor({ participant, subject }) {
  const response = await fetch(`${demoIdentitiesUrl}/${participant}/demo/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ persona: subject }),
  });
  if (!response.ok) throw new Error(`Expected a token for ${subject}, found ${response.status}.`);
  const { access_token } = await response.json();
  return access_token;
}
