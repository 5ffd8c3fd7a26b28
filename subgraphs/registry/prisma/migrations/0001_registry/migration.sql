-- Who takes part, by which keys, how they are reached, and what the network suffers from together.
-- Keys and ids are text in byte order; times have milliseconds, because a JavaScript Date has no more.

CREATE TABLE participant (
  id                     text COLLATE "C" PRIMARY KEY,
  name                   text           NOT NULL,
  legal_name             text           NOT NULL,
  kind                   text           NOT NULL,
  accession_state        text           NOT NULL,
  endpoint               text           NOT NULL,
  issuer                 text           NOT NULL,
  -- Public JWKs: { sign: [], agree: [] }.
  keys                   jsonb          NOT NULL,
  calendar_id            text           NOT NULL,
  cooperation_model      integer,
  merged_into            text COLLATE "C",
  suspension_publicity   text,
  joined_at              timestamptz(3),
  suspended_at           timestamptz(3),
  withdrawn_at           timestamptz(3),
  updated_at             timestamptz(3) NOT NULL
);
CREATE UNIQUE INDEX participant_issuer_key ON participant (issuer);

-- What happened to a party's membership, who decided it and why.
CREATE TABLE participant_event (
  participant_id text COLLATE "C" NOT NULL,
  n              integer        NOT NULL,
  event          text           NOT NULL,
  state          text           NOT NULL,
  at             timestamptz(3) NOT NULL,
  by_participant text COLLATE "C",
  by_subject     text COLLATE "C",
  reason         text,
  publicity      text,
  PRIMARY KEY (participant_id, n)
);
ALTER TABLE participant_event ADD CONSTRAINT participant_event_participant_id_fkey
  FOREIGN KEY (participant_id) REFERENCES participant (id) ON DELETE RESTRICT ON UPDATE CASCADE;

-- Published versions; the one that counts is not superseded.
CREATE TABLE contact_point (
  participant_id text COLLATE "C" NOT NULL,
  role           text           NOT NULL,
  version        integer        NOT NULL,
  persons        jsonb          NOT NULL,
  channels       jsonb          NOT NULL,
  readers        text           NOT NULL,
  published_at   timestamptz(3) NOT NULL,
  confirmed_at   timestamptz(3),
  superseded_at  timestamptz(3),
  PRIMARY KEY (participant_id, role, version)
);
ALTER TABLE contact_point ADD CONSTRAINT contact_point_participant_id_fkey
  FOREIGN KEY (participant_id) REFERENCES participant (id) ON DELETE RESTRICT ON UPDATE CASCADE;

-- One row. The version of the signed directory rises with every change that it shows.
CREATE TABLE directory_head (
  single  boolean        NOT NULL DEFAULT true,
  version bigint         NOT NULL,
  at      timestamptz(3) NOT NULL,
  PRIMARY KEY (single),
  CHECK (single)
);
INSERT INTO directory_head (version, at) VALUES (0, now());

CREATE TABLE calendar (
  id         text COLLATE "C" NOT NULL,
  version    text COLLATE "C" NOT NULL,
  definition jsonb NOT NULL,
  PRIMARY KEY (id, version)
);

CREATE TABLE network_incident (
  id          text COLLATE "C" PRIMARY KEY,
  title       text           NOT NULL,
  services    text[]         NOT NULL,
  level       text           NOT NULL,
  state       text           NOT NULL,
  proposed_by text COLLATE "C" NOT NULL,
  proposed_at timestamptz(3) NOT NULL,
  promoted_at timestamptz(3),
  demoted_at  timestamptz(3),
  updated_at  timestamptz(3) NOT NULL,
  version     integer        NOT NULL
);
CREATE INDEX network_incident_proposed_at_id_idx ON network_incident (proposed_at, id);
CREATE INDEX network_incident_proposed_by_idx ON network_incident (proposed_by);

CREATE TABLE network_incident_link (
  network_incident_id text COLLATE "C" NOT NULL,
  incident_id         text COLLATE "C" NOT NULL,
  -- The participant that holds the incident.
  owner               text COLLATE "C" NOT NULL,
  linked_by           text COLLATE "C" NOT NULL,
  linked_at           timestamptz(3) NOT NULL,
  -- When it ceased to count: demoted, or the owner refused it.
  released_at         timestamptz(3),
  released_code       text,
  PRIMARY KEY (network_incident_id, incident_id)
);
ALTER TABLE network_incident_link ADD CONSTRAINT network_incident_link_network_incident_id_fkey
  FOREIGN KEY (network_incident_id) REFERENCES network_incident (id) ON DELETE RESTRICT ON UPDATE CASCADE;
CREATE INDEX network_incident_link_owner_idx ON network_incident_link (owner);
-- An incident belongs to one network incident at a time.
CREATE UNIQUE INDEX network_incident_link_live_idx ON network_incident_link (incident_id) WHERE released_at IS NULL;

-- The feed of an endpoint. Its text stands in the first migration of every subgraph that has one; feed.prisma beside
-- it is the same for Prisma. Keys and readers only: no content, so that reading an event tells nobody anything.
CREATE TABLE outbox (
  id             bigserial      PRIMARY KEY,
  seq            bigint,
  event_id       text COLLATE "C" NOT NULL,
  at             timestamptz(3) NOT NULL,
  type           text           NOT NULL,
  subject_id     text COLLATE "C" NOT NULL,
  actor_role     text,
  readers_before jsonb          NOT NULL,
  readers_after  jsonb          NOT NULL,
  keys           jsonb          NOT NULL
);
CREATE UNIQUE INDEX outbox_seq_key ON outbox (seq);
-- What stamping looks for: a few rows, however long the feed is.
CREATE INDEX outbox_unstamped_idx ON outbox (id) WHERE seq IS NULL;

CREATE TABLE feed_head (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  epoch  text    NOT NULL,
  seq    bigint  NOT NULL,
  -- Which database this feed was written in: a restored copy finds another one here and starts a new epoch.
  origin text
);
INSERT INTO feed_head (epoch, seq) VALUES (gen_random_uuid()::text, 0);

-- Which commands were carried out and what was answered. Its text stands in the first migration of every subgraph.
CREATE TABLE command_log (
  participant  text COLLATE "C" NOT NULL,
  command_id   text COLLATE "C" NOT NULL,
  actor        text           NOT NULL,
  operation    text           NOT NULL,
  request_hash text           NOT NULL,
  answer       jsonb,
  at           timestamptz(3) NOT NULL,
  PRIMARY KEY (participant, command_id)
);
CREATE INDEX command_log_at_idx ON command_log (at);

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
