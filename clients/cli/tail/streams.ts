/** The streams that can be watched, each with its document. What a line needs is asked for, and no more. */

/** An item of any stream, as the documents here ask for it. */
export interface StreamItem {
  readonly __typename: string;
  readonly cursor: string;
  readonly id?: string;
  readonly type?: string;
  readonly at?: string;
  readonly actorRole?: string | null;
  readonly participant?: Party;
  /** Of a Gap: whether it is the registry's changes that are missing. */
  readonly registry?: boolean;
  readonly incident?: Incident | null;
  readonly networkIncident?: { readonly id: string; readonly title: string | null } | null;
  readonly notification?: { readonly id: string; readonly kind: string } | null;
  readonly subjectId?: string;
  readonly reason?: string;
  readonly from?: string | null;
  readonly to?: string;
  readonly feeds?: readonly FeedStatus[];
}

export interface Party {
  readonly id: string;
  readonly name: string;
}

export interface FeedStatus {
  readonly participant: Party;
  readonly registry: boolean;
  readonly state: string;
  readonly lagMs: number | null;
}

interface Incident {
  readonly id: string;
  readonly reference: string | null;
  readonly title: string | null;
  readonly state: string | null;
  readonly priority: string | null;
}

export interface Stream {
  /** Whether it can be narrowed to participants. */
  readonly takesParticipants: boolean;
  readonly document: string;
}

const gone = '... on Gone { id cursor at participant { id name } subjectId }';
const always = `
    ... on Gap { cursor participant { id name } registry reason from to }
    ... on Heartbeat { cursor at feeds { participant { id name } registry state lagMs } }`;

const narrowed = (field: string, members: string): Stream => ({
  takesParticipants: true,
  document: `subscription Tail($after: String, $participants: [ID!]) {
  item: ${field}(after: $after, participants: $participants) {
    __typename
    ${members}${always}
  }
}`,
});

const whole = (field: string, members: string): Stream => ({
  takesParticipants: false,
  document: `subscription Tail($after: String) {
  item: ${field}(after: $after) {
    __typename
    ${members}${always}
  }
}`,
});

export const streams = {
  incidents: narrowed(
    'incidentChanged',
    `... on IncidentChange { id cursor type at actorRole participant { id name } incident { id reference title state priority } }
    ${gone}`,
  ),
  network: whole(
    'networkIncidentChanged',
    `... on NetworkIncidentChange { id cursor type at networkIncident { id title } }
    ${gone}`,
  ),
  status: narrowed('networkStatusChanged', '... on NetworkStatusChange { id cursor type at participant { id name } }'),
  notifications: whole('notificationReceived', '... on NotificationReceived { id cursor at notification { id kind } }'),
} as const satisfies Record<string, Stream>;

export type StreamName = keyof typeof streams;
