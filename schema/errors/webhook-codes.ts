/** What registering and delivering webhooks refuses. They stand in the one list of codes.ts; this file keeps that readable. */
export const webhookCodes = {
  URL_NOT_ALLOWED: {
    place: 'rule',
    meaning: 'The network does not send to this address.',
    remedy: 'Give an https: URL, port 443, without user name, of a host whose every address is on the public internet.',
    retryable: false,
  },
  DOCUMENT_NOT_A_STREAM: {
    place: 'rule',
    meaning: 'A webhook is given one document with one subscription, or the id of a trusted one.',
    remedy: 'Try the document over a WebSocket first; what streams there can be posted.',
    retryable: false,
  },
  VARIABLES_MALFORMED: {
    place: 'rule',
    meaning: 'Variables are one JSON object.',
    remedy: 'Send them as text, such as {"participants":["linde"]}.',
    retryable: false,
  },
  SCOPE_NOT_ALLOWED: {
    place: 'rule',
    meaning: 'A webhook reads, with scopes that its program has.',
    remedy: 'Name scopes that end in ":read" and that the program itself was given.',
    retryable: false,
  },
  TOO_MANY_WEBHOOKS: {
    place: 'rule',
    meaning: 'The participant has as many webhooks as it may have.',
    remedy: 'Remove one that is no longer used.',
    retryable: false,
  },
  PERSONAL_DATA_NOT_SENT: {
    place: 'delivery',
    meaning: 'The document of a webhook selects personal data, and those are read where they are, not sent around.',
    remedy: 'Register a document without those fields; read them with a query when they are needed.',
    retryable: false,
  },
  ANSWERED_OTHERWISE: {
    place: 'delivery',
    meaning: 'The receiver of a webhook answered with a status other than 2xx.',
    remedy: 'Nothing is lost: the hub tries again until the item is 24 hours old. See `lastStatus`.',
    retryable: true,
  },
  RECEIVER_GONE: {
    place: 'delivery',
    meaning: 'The receiver of a webhook answered 410: it wants nothing more.',
    remedy: 'Enable the webhook again when that was a mistake; it goes on where it was.',
    retryable: false,
  },
  ITEM_NOT_FOUND: {
    place: 'delivery',
    meaning: 'An item that was to be sent again is no longer kept, or no longer for this program.',
    remedy: 'Read the object itself with a query.',
    retryable: false,
  },
} as const;
