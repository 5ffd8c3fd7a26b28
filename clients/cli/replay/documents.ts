/** The documents that the replay sends: one per mutation, always the same text, so that the hub plans each once. */
const failures = `
    ... on NotAllowed { code message }
    ... on InvalidInput { code path message }
    ... on CommandIdReused { commandId message }`;
const absent = '... on NotFound { id message }';
const conflict = '... on VersionConflict { message } ... on StateDoesNotAllow { event state message }';

const onIncident = (mutation: string) => {
  const input = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input!`;
  return `mutation Replay($input: ${input}) { result: ${mutation}(input: $input) { __typename
    ... on IncidentChanged { incident { id state } } ${failures} ${absent} ${conflict} } }`;
};

const sent = (mutation: string) => {
  const input = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input!`;
  return `mutation Replay($input: ${input}) { result: ${mutation}(input: $input) { __typename
    ... on IncidentSent { link { id } } ${failures} ${absent} ${conflict} } }`;
};

export const mutationDocuments: Readonly<Record<string, string>> = {
  reportIncident: sent('reportIncident'),
  handOverIncident: sent('handOverIncident'),
  rejectIncidentOwnership: sent('rejectIncidentOwnership'),
  assignIncident: onIncident('assignIncident'),
  acknowledgeIncident: onIncident('acknowledgeIncident'),
  startIncident: onIncident('startIncident'),
  waitIncident: onIncident('waitIncident'),
  resumeIncident: onIncident('resumeIncident'),
  resolveIncident: onIncident('resolveIncident'),
  confirmIncident: onIncident('confirmIncident'),
  reopenIncident: onIncident('reopenIncident'),
  cancelIncident: onIncident('cancelIncident'),
  addNote: `mutation Replay($input: AddNoteInput!) { result: addNote(input: $input) { __typename
    ... on NoteAdded { note { id } } ${failures} ${absent} } }`,
};

export const registerTeamDocument = `mutation RegisterTeam($input: RegisterTeamInput!) { result: registerTeam(input: $input) { __typename
    ... on TeamRegistered { team { id name } } ... on NotAllowed { code message } ... on InvalidInput { code path message } ... on CommandIdReused { message } } }`;

const entry = 'event state waitReason at text team { name line organisationLine }';

export const incidentPage = `query Page($participants: [ID!], $after: String) {
  incidents(participants: $participants, first: 25, orderBy: CREATED_ASC, after: $after, onMissing: STOP) {
    nodes { id chainId state resolution owner { id } previous { id } next { id } imported { batch }
      notes { id note { text } }
      timeline(first: 100) { nodes { ${entry} } pageInfo { hasNextPage endCursor } } }
    pageInfo { hasNextPage endCursor } coverage { complete parties { participant { id } outcome code } }
  }
}`;

export const timelinePage = `query Timeline($id: ID!, $after: String) {
  incident(id: $id) { timeline(first: 100, after: $after) { nodes { ${entry} } pageInfo { hasNextPage endCursor } } }
}`;

export const statusReport = `query Report($participants: [ID!]) {
  statusReport(participants: $participants) { incidentCount handoverCount reopenedCount byState { state count } timeInState { state waitReason seconds cases } coverage { complete } }
}`;
