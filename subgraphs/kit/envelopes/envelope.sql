-- What an endpoint must tell others, and what it was told. Its text stands in the first migration of every subgraph.
CREATE TABLE envelope_out (
  id              text COLLATE "C" PRIMARY KEY,
  recipient       text COLLATE "C" NOT NULL,
  subject         text COLLATE "C" NOT NULL,
  n               integer        NOT NULL,
  type            text           NOT NULL,
  jws             text           NOT NULL,
  state           text           NOT NULL,
  -- Why it was refused, or why it still lies here.
  code            text,
  result          jsonb,
  receipt         text,
  created_at      timestamptz(3) NOT NULL,
  closed_at       timestamptz(3),
  attempts        integer        NOT NULL,
  next_attempt_at timestamptz(3) NOT NULL,
  sending_since   timestamptz(3),
  last_error      text
);
CREATE UNIQUE INDEX envelope_out_recipient_subject_n_key ON envelope_out (recipient, subject, n);
CREATE INDEX envelope_out_created_at_id_idx ON envelope_out (created_at, id);
-- What the sender looks for: a few rows, however many were ever sent.
CREATE INDEX envelope_out_due_idx ON envelope_out (next_attempt_at) WHERE state = 'PENDING_DELIVERY';

-- The last number per receiver and subject; its row is locked until the change that took the number commits.
CREATE TABLE envelope_number (
  recipient text COLLATE "C" NOT NULL,
  subject   text COLLATE "C" NOT NULL,
  last      integer          NOT NULL,
  PRIMARY KEY (recipient, subject)
);

-- Final answers only. A sender names its envelopes itself, so ids of two senders never meet.
CREATE TABLE envelope_in (
  sender   text COLLATE "C" NOT NULL,
  id       text COLLATE "C" NOT NULL,
  subject  text COLLATE "C" NOT NULL,
  n        integer          NOT NULL,
  type     text             NOT NULL,
  -- Absent for one that was withdrawn before it came.
  hash     text,
  outcome  text             NOT NULL,
  code     text,
  result   jsonb,
  taken_at timestamptz(3)   NOT NULL,
  PRIMARY KEY (sender, id)
);
CREATE UNIQUE INDEX envelope_in_sender_subject_n_key ON envelope_in (sender, subject, n);
