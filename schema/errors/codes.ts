import { accessionCodes } from './accession-codes.ts';
import { escalationCodes } from './escalation-codes.ts';
import { webhookCodes } from './webhook-codes.ts';

/**
 * Every code a caller can meet. ERRORS.md is printed from this list, and a test compares the two.
 *
 * `request`: the whole request was refused; `extensions.code` of its one error, or the close of a stream.
 * `party`: what became of one participant's part; `extensions.code` of an error, or `coverage.parties.code`.
 * `rule`: a rule said no; `code` of NotAllowed and InvalidInput, `reason` of an available action.
 * `delivery`: why an envelope was refused or still lies here; `code` of Envelope and of a receipt.
 */
export type ErrorPlace = 'request' | 'party' | 'rule' | 'delivery';

export interface ErrorDefinition {
  readonly place: ErrorPlace;
  readonly meaning: string;
  readonly remedy: string;
  /** Whether the same request, unchanged, may succeed later. */
  readonly retryable: boolean;
}

export const errorCodes = {
  // ---- request: who calls
  UNAUTHENTICATED: {
    place: 'request',
    meaning: 'There is no access token, or it is not one of an issuer of this network for this hub.',
    remedy: "Log in at your own participant's provider and send its access token.",
    retryable: false,
  },
  TOKEN_EXPIRED: {
    place: 'request',
    meaning: 'The access token was good and is past its end.',
    remedy: 'Fetch a fresh token and send the request again; a stream resumes with its cursor.',
    retryable: true,
  },
  FORBIDDEN: {
    place: 'request',
    meaning: 'The caller is known and may not use this door or this operation.',
    remedy: 'Ask the party that registered your program for the scope or the document.',
    retryable: false,
  },
  // ---- request: the operation and its size
  GRAPHQL_PARSE_FAILED: {
    place: 'request',
    meaning: 'The document is not GraphQL.',
    remedy: 'Correct the syntax at the place named.',
    retryable: false,
  },
  GRAPHQL_VALIDATION_FAILED: {
    place: 'request',
    meaning: 'The document does not fit the schema of this caller.',
    remedy: 'Compare it with the published schema; fields may differ by audience.',
    retryable: false,
  },
  OPERATION_RESOLUTION_FAILURE: {
    place: 'request',
    meaning: 'The document holds no operation, several without operationName, or none of that name.',
    remedy: 'Name one operation that is in the document.',
    retryable: false,
  },
  OPERATION_NOT_SUPPORTED: {
    place: 'request',
    meaning: 'This door does not carry this kind of operation.',
    remedy: 'Send subscriptions over WebSocket or SSE, queries and mutations by POST.',
    retryable: false,
  },
  OPERATION_NOT_PLANNABLE: {
    place: 'request',
    meaning: 'The planner found no way to answer this operation.',
    remedy: 'Report it with the traceId; meanwhile ask for the fields in separate operations.',
    retryable: false,
  },
  PLAN_TIMED_OUT: {
    place: 'request',
    meaning: 'The planner did not finish in its time.',
    remedy: 'Ask for less in one operation, or try again when the hub is less busy.',
    retryable: true,
  },
  BAD_REQUEST: {
    place: 'request',
    meaning: 'The HTTP request is not one this door understands.',
    remedy: 'POST application/json with query or documentId, variables and operationName.',
    retryable: false,
  },
  BAD_USER_INPUT: {
    place: 'request',
    meaning: 'A variable or argument does not have the type or form the schema asks for.',
    remedy: 'Correct the value at the path named.',
    retryable: false,
  },
  BODY_TOO_LARGE: {
    place: 'request',
    meaning: 'The body of the request is larger than this door takes.',
    remedy: 'Send less in one request.',
    retryable: false,
  },
  TOO_MANY_TOKENS: {
    place: 'request',
    meaning: 'The document has more tokens than allowed.',
    remedy: 'Split the operation.',
    retryable: false,
  },
  TOO_DEEP: {
    place: 'request',
    meaning: 'The document or a variable is nested deeper than allowed.',
    remedy: 'Ask for the deeper objects by their ids in a second operation.',
    retryable: false,
  },
  TOO_MANY_ROOT_FIELDS: {
    place: 'request',
    meaning: 'The operation has more root fields (aliases counted) than allowed.',
    remedy: 'Use a list field or several operations.',
    retryable: false,
  },
  TOO_MANY_MUTATIONS: {
    place: 'request',
    meaning: 'The operation has more root mutations than allowed.',
    remedy: 'Send them in several operations.',
    retryable: false,
  },
  TOO_MANY_FIELDS: {
    place: 'request',
    meaning: 'With its fragments spread the operation has more fields than allowed.',
    remedy: 'Ask for fewer fields or split the operation.',
    retryable: false,
  },
  TOO_MANY_VARIABLES: {
    place: 'request',
    meaning: 'The request carries more or larger variables than allowed.',
    remedy: 'Send fewer values in one request.',
    retryable: false,
  },
  TOO_MANY_DIRECTIVES: {
    place: 'request',
    meaning: 'The document applies more directives than allowed.',
    remedy: 'Remove the directives that do nothing.',
    retryable: false,
  },
  TOO_COSTLY: {
    place: 'request',
    meaning: 'The estimated cost of the operation is above the limit; extensions.cost tells both.',
    remedy: 'Lower `first`, leave out nested lists, or ask fewer participants.',
    retryable: false,
  },
  DOCUMENT_NOT_TRUSTED: {
    place: 'request',
    meaning: 'This program may send its registered documents only, and this is none of them.',
    remedy: 'Register the document, or send the documentId of one that is.',
    retryable: false,
  },
  RATE_LIMITED: {
    place: 'request',
    meaning: 'The quota of this caller is used up.',
    remedy: 'Wait as long as Retry-After says.',
    retryable: true,
  },
  OVERLOADED: {
    place: 'request',
    meaning: 'The hub has as much work as it can finish in time.',
    remedy: 'Wait as long as Retry-After says.',
    retryable: true,
  },
  REQUEST_TIMED_OUT: {
    place: 'request',
    meaning: 'The request did not arrive whole in time.',
    remedy: 'Send it again over a better connection.',
    retryable: true,
  },
  DEADLINE_EXCEEDED: {
    place: 'request',
    meaning: 'The deadline of the request passed before this part was answered.',
    remedy: 'Retry, ask for less, or give a later deadline (header, up to 30 s).',
    retryable: true,
  },
  TOO_MANY_ERRORS: {
    place: 'request',
    meaning: 'There were more errors than an answer carries; those beyond the bound were left out.',
    remedy: 'Mend the errors that are shown first.',
    retryable: false,
  },
  INTERNAL: {
    place: 'request',
    meaning: 'The hub or a subgraph broke a rule of its own. No detail is given; the log has it under the traceId.',
    remedy: 'Report the traceId.',
    retryable: false,
  },
  // ---- request: streams
  ACCESS_REVOKED: {
    place: 'request',
    meaning: 'What this stream or connection was opened with no longer holds: a right, a role or a key was taken away.',
    remedy: 'Log in again and open it anew; what the caller may see is decided afresh.',
    retryable: false,
  },
  CONSUMER_TOO_SLOW: {
    place: 'request',
    meaning: 'The stream was not read as fast as it was written for so long that it was closed.',
    remedy: 'Resume with the last cursor; read faster or ask for fewer fields.',
    retryable: true,
  },
  STOPPING: {
    place: 'request',
    meaning: 'This hub is being stopped and closes its streams.',
    remedy: 'Connect again after a short, random wait and resume with the last cursor.',
    retryable: true,
  },
  TOO_MANY_STREAMS: {
    place: 'request',
    meaning: 'As many connections are open for this caller, or operations on this connection, as may be.',
    remedy: 'Close what is not used; one connection carries many streams.',
    retryable: true,
  },
  // ---- request: lists and cursors
  FIRST_OUT_OF_RANGE: {
    place: 'request',
    meaning: '`first` must be between 1 and 100.',
    remedy: 'Ask for smaller pages and follow with `after`.',
    retryable: false,
  },
  CURSOR_MALFORMED: {
    place: 'request',
    meaning: 'The cursor was not made by this hub, is damaged, or its key has been retired.',
    remedy: 'Begin again without `after`.',
    retryable: false,
  },
  CURSOR_OF_ANOTHER_QUERY: {
    place: 'request',
    meaning: 'The cursor belongs to another field, filter, order or set of participants.',
    remedy: 'Keep the arguments of the first page, or begin again without `after`.',
    retryable: false,
  },
  CURSOR_OF_ANOTHER_PERSON: {
    place: 'request',
    meaning: 'The cursor was given to another person or program.',
    remedy: 'Begin again without `after`.',
    retryable: false,
  },
  FUTURE_CURSOR: {
    place: 'request',
    meaning: 'The cursor lies beyond what the source has written.',
    remedy: 'Begin again without `after`; the source may have been set back.',
    retryable: false,
  },
  RESTORED: {
    place: 'request',
    meaning: 'The source was restored from a backup, so positions in its earlier feed no longer count.',
    remedy: 'Read a fresh page and follow from its liveCursor.',
    retryable: false,
  },
  RETENTION: {
    place: 'request',
    meaning: 'What followed the cursor has been cleared away.',
    remedy: 'Read a fresh page and follow from its liveCursor.',
    retryable: false,
  },
  // ---- party: whom to ask
  UNKNOWN_PARTICIPANT: {
    place: 'party',
    meaning: 'There is no participant of that name in the directory.',
    remedy: 'Read `participants` for the names.',
    retryable: false,
  },
  UNKNOWN_ID: {
    place: 'party',
    meaning: 'The id is not of the form participant:tag_uuid, or its tag does not belong here.',
    remedy: 'Send an id as the hub gave it.',
    retryable: false,
  },
  UNKNOWN_REFERENCE: {
    place: 'party',
    meaning: 'The reference is not of the form NAME-YEAR-NUMBER.',
    remedy: 'Send a reference such as LINDE-2026-0042.',
    retryable: false,
  },
  NOT_FOUND: {
    place: 'party',
    meaning: 'There is no such object, or it is not for this caller; the two look the same.',
    remedy: 'Check the id or reference; ask that participant for access.',
    retryable: false,
  },
  STALE: {
    place: 'party',
    meaning: 'The participant did not answer; what is shown is its last known status, with its age.',
    remedy: 'Mind asOf and ageSeconds, or retry.',
    retryable: true,
  },
  TIMED_OUT: {
    place: 'party',
    meaning: 'The participant was reached and did not answer whole in time.',
    remedy: 'Retry, or go on with the partial answer.',
    retryable: true,
  },
  UNREACHABLE: {
    place: 'party',
    meaning: 'No connection to the participant could be made.',
    remedy: 'Retry later; its published contacts say whom to call.',
    retryable: true,
  },
  REFUSED: {
    place: 'party',
    meaning: 'The participant answers and does not give this to this caller.',
    remedy: 'Ask that participant for access.',
    retryable: false,
  },
  SUSPENDED: {
    place: 'party',
    meaning: 'The participant is suspended: others do not read it, and it does not act.',
    remedy: 'Wait for its reinstatement, or ask the foundation.',
    retryable: false,
  },
  NOT_ACTIVE: {
    place: 'party',
    meaning: 'The participant has not been activated yet, or has withdrawn.',
    remedy: 'See its accessionState.',
    retryable: false,
  },
  CONTRACT_BREACH: {
    place: 'party',
    meaning: 'What the participant answered breaks the contract, so none of it is shown.',
    remedy: 'Tell that participant; it can run the conformance kit.',
    retryable: true,
  },
  CONTRACT_OLDER: {
    place: 'party',
    meaning: 'The participant runs an older contract that lacks this field; it is null.',
    remedy: 'Go without it until that participant upgrades.',
    retryable: false,
  },
  CONTRACT_TOO_OLD: {
    place: 'party',
    meaning: 'The participant runs an older contract that lacks this mutation or a field that may not be null.',
    remedy: 'Ask that participant to upgrade.',
    retryable: false,
  },
  SKIPPED: {
    place: 'party',
    meaning: 'The participant was not asked; `reason` says why.',
    remedy: 'Retry when the reason has passed.',
    retryable: true,
  },
  BREAKER_OPEN: {
    place: 'party',
    meaning: 'The participant failed so often lately that it is left alone for a few seconds.',
    remedy: 'Retry in some seconds.',
    retryable: true,
  },
  TOO_MANY_IN_FLIGHT: {
    place: 'party',
    meaning: 'As many requests to this participant are under way as the hub allows.',
    remedy: 'Retry shortly.',
    retryable: true,
  },
  ANSWER_TOO_LARGE: {
    place: 'party',
    meaning: "The participant's answer was larger or deeper than the hub takes.",
    remedy: 'Ask for smaller pages or fewer fields.',
    retryable: false,
  },
  OUTCOME_UNKNOWN: {
    place: 'party',
    meaning: 'The command was sent and its answer was lost: it may have been carried out.',
    remedy: 'Send it again with the same commandId: it takes effect once.',
    retryable: true,
  },
  MISSING_PARTIES: {
    place: 'party',
    meaning: '`onMissing: STOP` was asked and not every participant answered.',
    remedy: 'Retry, or ask with `onMissing: PROCEED` and read the coverage.',
    retryable: true,
  },
  NOT_TRUSTED: {
    place: 'party',
    meaning: 'The endpoint did not accept the assertion or seal under which it was asked.',
    remedy: 'Compare the pinned keys of both sides with the directory.',
    retryable: false,
  },
  CLOCK_SKEW: {
    place: 'party',
    meaning: 'Signature and seal are right and the two clocks are too far apart.',
    remedy: "Set the participant's clock; the answer carries its time.",
    retryable: true,
  },
  OVERSIGHT_NOT_LIVE: {
    place: 'party',
    meaning: 'The foundation reads under oversight only, and there is no live lease for this.',
    remedy: 'Ask the parties for mediation first; after its end nothing is read any more.',
    retryable: false,
  },
  AUDIENCE_SUBJECT: {
    place: 'party',
    meaning: 'What was asked for a class of callers is for one person alone.',
    remedy: 'Nothing: the hub asks again for each person. Seen by a caller, it is a defect of the hub.',
    retryable: false,
  },
  ACCESS_LOG_UNAVAILABLE: {
    place: 'party',
    meaning: 'The source could not write its access log, so it gives no personal data.',
    remedy: 'Retry; the participant must mend its log.',
    retryable: true,
  },
  STORE_UNAVAILABLE: {
    place: 'party',
    meaning: "The participant's own store does not answer; nothing was changed.",
    remedy: 'Retry shortly.',
    retryable: true,
  },
  READ_ONLY: {
    place: 'party',
    meaning: 'The hub or the participant is in maintenance: reading goes on, commands wait.',
    remedy: 'Retry when the maintenance is over.',
    retryable: true,
  },
  // ---- rule: may this caller do this
  STATE_DOES_NOT_ALLOW: {
    place: 'rule',
    meaning: 'The lifecycle does not know this event in the present state.',
    remedy: 'See allowedFrom, or the actions that are available now.',
    retryable: false,
  },
  ROLE_DOES_NOT_ALLOW: {
    place: 'rule',
    meaning: 'The caller belongs to the right party and its role may not do this.',
    remedy: 'Ask a colleague whose role may.',
    retryable: false,
  },
  ONLY_OWNER: {
    place: 'rule',
    meaning: 'Only the servicedesk of the party that owns the object may do this.',
    remedy: 'Ask that party: add a note, or ask for assistance.',
    retryable: false,
  },
  ONLY_REPORTER: {
    place: 'rule',
    meaning: 'Only the party that reported may do this.',
    remedy: 'Ask the reporter.',
    retryable: false,
  },
  ONLY_INVOLVED: {
    place: 'rule',
    meaning: 'Only the desks of involved parties may do this.',
    remedy: 'Ask the owner to involve you.',
    retryable: false,
  },
  ONLY_ASKED_PARTY: {
    place: 'rule',
    meaning: 'Only the servicedesk that was asked may answer.',
    remedy: 'Wait for the answer, or ask another desk.',
    retryable: false,
  },
  ONLY_FOUNDATION: {
    place: 'rule',
    meaning: 'Only the foundation may do this.',
    remedy: 'Ask the foundation.',
    retryable: false,
  },
  ONLY_SYSTEM: {
    place: 'rule',
    meaning: 'Nobody does this by hand: it follows from a clock or from a message between parties.',
    remedy: 'Wait for what it awaits.',
    retryable: false,
  },
  SCOPE_MISSING: {
    place: 'rule',
    meaning: 'The program has no scope for this.',
    remedy: 'Ask the party that registered the program for the scope.',
    retryable: false,
  },
  REPORTER_TOO_LATE: {
    place: 'rule',
    meaning: 'The reporter may cancel until the owner has acknowledged.',
    remedy: 'Ask the owner to cancel.',
    retryable: false,
  },
  REOPEN_TERM_PASSED: {
    place: 'rule',
    meaning: 'A resolved or closed incident may be reopened for 30 days.',
    remedy: 'Report a new incident and name the old reference.',
    retryable: false,
  },
  SILENCE_TERM_RUNNING: {
    place: 'rule',
    meaning: 'Silence closes a resolved incident only after five working days.',
    remedy: 'Wait, or let the reporter confirm.',
    retryable: true,
  },
  WAIT_TERM_RUNNING: {
    place: 'rule',
    meaning: 'The clock resumes a waiting incident only when its `until` has come.',
    remedy: 'Wait, or let the desk resume it.',
    retryable: true,
  },
  TERM_RUNNING: {
    place: 'rule',
    meaning: 'A clock does this, and its term has not passed.',
    remedy: 'Wait.',
    retryable: true,
  },
  // ---- rule: is the input good
  TEXT_REQUIRED: {
    place: 'rule',
    meaning: 'A text that is required is empty.',
    remedy: 'Fill in the field named in `path`.',
    retryable: false,
  },
  TEXT_TOO_LONG: {
    place: 'rule',
    meaning: 'A text is longer than allowed; nothing was stored.',
    remedy: 'Shorten the field named in `path`.',
    retryable: false,
  },
  TEXT_NOT_STORABLE: {
    place: 'rule',
    meaning: 'A text holds a character that cannot be stored (U+0000 or half a surrogate pair).',
    remedy: 'Remove that character from the field named in `path`.',
    retryable: false,
  },
  COMMAND_ID_MALFORMED: {
    place: 'rule',
    meaning: 'A commandId is 1 to 64 characters long, without spaces or control characters.',
    remedy: 'Make a UUID for each command.',
    retryable: false,
  },
  COMMAND_ID_REUSED: {
    place: 'rule',
    meaning: 'The same commandId was used before with other content.',
    remedy: 'Make a new commandId for a new command.',
    retryable: false,
  },
  NOTHING_TO_CHANGE: {
    place: 'rule',
    meaning: 'The command names no change.',
    remedy: 'Give at least one field to change.',
    retryable: false,
  },
  UNKNOWN_TEAM: {
    place: 'rule',
    meaning: 'There is no such team at this participant.',
    remedy: 'Read `teams`.',
    retryable: false,
  },
  NOT_ANOTHER_PARTY: {
    place: 'rule',
    meaning: 'This goes to another party, and the one named is the sender itself.',
    remedy: 'Name another participant; inside one party use assignIncident.',
    retryable: false,
  },
  NO_ONE_TO_RETURN_TO: {
    place: 'rule',
    meaning: 'Ownership goes back to an earlier holder or the reporter, and that is the owner itself.',
    remedy: 'Suggest another owner, or cancel.',
    retryable: false,
  },
  WAITING_FOR_REQUIRED: {
    place: 'rule',
    meaning: 'Waiting for another party names that party.',
    remedy: 'Give `waitingFor`.',
    retryable: false,
  },
  WAITING_FOR_NOT_ALLOWED: {
    place: 'rule',
    meaning: 'Only waiting for another party names a party.',
    remedy: 'Leave out `waitingFor`, or wait with reason OTHER_PARTY.',
    retryable: false,
  },
  TIME_IN_PAST: {
    place: 'rule',
    meaning: 'A time that should lie ahead has passed.',
    remedy: 'Give a later time.',
    retryable: false,
  },
  TIME_IN_FUTURE: {
    place: 'rule',
    meaning: 'A time at which something happened lies ahead.',
    remedy: 'Give the time at which it happened.',
    retryable: false,
  },
  TIME_BEFORE_LAST_EVENT: {
    place: 'rule',
    meaning: 'An imported event lies before the last event of the same record.',
    remedy: 'Import the events of one record in the order of their times.',
    retryable: false,
  },
  TOO_MANY_PARTIES: {
    place: 'rule',
    meaning: 'More parties are named than one object involves.',
    remedy: 'Name fewer parties.',
    retryable: false,
  },
  VALUE_OUT_OF_RANGE: {
    place: 'rule',
    meaning: 'A number lies outside its range.',
    remedy: 'Correct the field named in `path`.',
    retryable: false,
  },
  ALREADY_LINKED: {
    place: 'rule',
    meaning: 'An incident belongs to one network incident at a time, and this one belongs to another.',
    remedy: 'Link to that network incident, or wait until it is demoted.',
    retryable: false,
  },
  CLOCK_STOP_BEFORE_START: {
    place: 'rule',
    meaning: 'A clock cannot stop before it started.',
    remedy: 'Give a time after its start.',
    retryable: false,
  },
  CLOCK_STOP_DURING_PAUSE: {
    place: 'rule',
    meaning: 'A clock that is paused runs on before it stops.',
    remedy: 'Resume first.',
    retryable: false,
  },
  CLOCK_PAUSES_OVERLAP: {
    place: 'rule',
    meaning: 'A pause begins before the clock or the end of the last pause, or ends before it began.',
    remedy: 'Give pauses in order, each after the last.',
    retryable: false,
  },
  // ---- rule and delivery: the escalation ladder
  ...escalationCodes,
  // ---- rule: joining the network
  ...accessionCodes,
  // ---- rule and delivery: webhooks
  ...webhookCodes,
  // ---- delivery
  ENVELOPE_UNKNOWN_TYPE: {
    place: 'delivery',
    meaning: 'The receiver does not know this type of message yet.',
    remedy: 'Wait until that party upgrades, then retry.',
    retryable: true,
  },
  ENVELOPE_MALFORMED: {
    place: 'delivery',
    meaning: 'The message lacks what its type asks for.',
    remedy: 'Report it: the sender wrote it wrongly.',
    retryable: false,
  },
  ENVELOPE_NOT_FOR_ME: {
    place: 'delivery',
    meaning: 'The message is addressed to another party, or its sender may not send it.',
    remedy: 'Report it: the sender wrote it wrongly.',
    retryable: false,
  },
  ID_TAKEN: {
    place: 'delivery',
    meaning: 'The receiver already has another object under the id that the sender made.',
    remedy: 'Send the command again with a new commandId.',
    retryable: false,
  },
  PREVIOUS_NOT_TAKEN: {
    place: 'delivery',
    meaning: 'An earlier message about the same subject has not been taken in; this one waits for it.',
    remedy: 'Nothing to do: it follows by itself.',
    retryable: true,
  },
  ENVELOPE_NUMBER_REUSED: {
    place: 'delivery',
    meaning: 'Another message of this sender already has this number for the subject.',
    remedy: 'The sender was set back to an earlier state: it must send under a new subject.',
    retryable: false,
  },
  ENVELOPE_SETTLED: {
    place: 'delivery',
    meaning: 'A message cannot be withdrawn, for the receiver has answered it already.',
    remedy: "Nothing to do: that message's own receipt says what became of it.",
    retryable: false,
  },
  RECEIVER_REFUSES: {
    place: 'delivery',
    meaning: 'The receiving party does not take this in by a rule of its own.',
    remedy: "Call that party's servicedesk.",
    retryable: false,
  },
  RECEIPT_NOT_VALID: {
    place: 'delivery',
    meaning: "What came back is not a receipt signed by the receiver's registered key.",
    remedy: "Nothing is lost: the sender tries again. Compare that party's keys with the directory when it lasts.",
    retryable: true,
  },
  NO_RECEIPT: {
    place: 'delivery',
    meaning: 'The message was sent and no receipt came back.',
    remedy: 'Nothing is lost: the sender tries again.',
    retryable: true,
  },
} as const satisfies Record<string, ErrorDefinition>;

export type ErrorCode = keyof typeof errorCodes;

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code);
}
