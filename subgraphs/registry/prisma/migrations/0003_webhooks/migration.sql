-- Webhooks of partner programs: where to send, with which secret, how far it is. Never what was sent.

CREATE TABLE webhook (
  id                text COLLATE "C" PRIMARY KEY,
  participant_id    text COLLATE "C" NOT NULL,
  -- The client id of the program under whose rights each item is read.
  program           text COLLATE "C" NOT NULL,
  scopes            text[]         NOT NULL,
  url               text           NOT NULL,
  -- One of the two: the document itself, or the SHA-256 of a trusted one.
  document          text,
  document_id       text,
  variables         jsonb          NOT NULL,
  secret            text           NOT NULL,
  secret_at         timestamptz(3) NOT NULL,
  -- After a rotation both sign, until then.
  previous_secret   text,
  previous_until    timestamptz(3),
  state             text           NOT NULL,
  -- Rises with every change that whoever delivers must take over.
  revision          integer        NOT NULL,
  -- After which item it goes on; null until it has begun.
  cursor            text,
  started_at        timestamptz(3),
  last_delivered_at timestamptz(3),
  -- In a row; what came last, and since when nothing has been taken.
  failures          integer        NOT NULL,
  failing_since     timestamptz(3),
  last_status       integer,
  last_reason       text,
  next_attempt_at   timestamptz(3) NOT NULL,
  -- The gateway that delivers it now; the number tells a gateway that its lease went to another.
  lease_holder      text COLLATE "C",
  lease_number      integer        NOT NULL,
  lease_until       timestamptz(3),
  created_at        timestamptz(3) NOT NULL
);
ALTER TABLE webhook ADD CONSTRAINT webhook_participant_id_fkey
  FOREIGN KEY (participant_id) REFERENCES participant (id) ON DELETE RESTRICT ON UPDATE CASCADE;
CREATE INDEX webhook_participant_id_program_idx ON webhook (participant_id, program);
CREATE INDEX webhook_next_attempt_at_idx ON webhook (next_attempt_at);

-- Items that were given up on: enough to read them again from their source, under the rights of that moment.
CREATE TABLE webhook_dead_letter (
  webhook_id          text COLLATE "C" NOT NULL,
  event_id            text COLLATE "C" NOT NULL,
  -- The place just before it.
  cursor              text           NOT NULL,
  type                text           NOT NULL,
  at                  timestamptz(3) NOT NULL,
  last_status         integer,
  last_reason         text           NOT NULL,
  dead_at             timestamptz(3) NOT NULL,
  replay_requested_at timestamptz(3),
  PRIMARY KEY (webhook_id, event_id)
);
ALTER TABLE webhook_dead_letter ADD CONSTRAINT webhook_dead_letter_webhook_id_fkey
  FOREIGN KEY (webhook_id) REFERENCES webhook (id) ON DELETE CASCADE ON UPDATE CASCADE;
CREATE INDEX webhook_dead_letter_dead_at_idx ON webhook_dead_letter (dead_at);
