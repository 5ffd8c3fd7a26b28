-- What one participant keeps. Keys and ids are text in byte order, so that the database, the cursors and the hub
-- agree about what comes after what; times have milliseconds, because a JavaScript Date has no more.

CREATE TABLE profile (
  single      boolean        NOT NULL DEFAULT true,
  id          text COLLATE "C" NOT NULL,
  name        text           NOT NULL,
  calendar_id text           NOT NULL,
  seeded_at   timestamptz(3) NOT NULL,
  PRIMARY KEY (single),
  CHECK (single)
);

CREATE TABLE incident (
  id                     text COLLATE "C" PRIMARY KEY,
  reference              text COLLATE "C" NOT NULL,
  reference_year         integer        NOT NULL,
  chain_id               text COLLATE "C" NOT NULL,
  service                text COLLATE "C" NOT NULL,
  team_id                text COLLATE "C",
  reporter               text COLLATE "C" NOT NULL,
  title                  text           NOT NULL,
  description            text,
  impact                 text           NOT NULL,
  urgency                text           NOT NULL,
  priority               text           NOT NULL,
  priority_rank          integer        NOT NULL,
  state                  text           NOT NULL,
  wait_reason            text,
  waiting_for            text COLLATE "C",
  wait_until             timestamptz(3),
  resolution             text,
  solution               text,
  previous_id            text COLLATE "C",
  next_id                text COLLATE "C",
  handed_over_to         text COLLATE "C",
  handover_reason        text,
  handed_over_at         timestamptz(3),
  delivered_at           timestamptz(3),
  picked_up_at           timestamptz(3),
  handover_envelope_id   text COLLATE "C",
  received_from          text COLLATE "C",
  received_at            timestamptz(3),
  network_incident_id    text COLLATE "C",
  network_incident_state text,
  involved               text[] COLLATE "C",
  holders                text[] COLLATE "C",
  ping_pong              boolean        NOT NULL DEFAULT false,
  first_reported_at      timestamptz(3) NOT NULL,
  reopened_count         integer        NOT NULL DEFAULT 0,
  created_at             timestamptz(3) NOT NULL,
  updated_at             timestamptz(3) NOT NULL,
  acknowledged_at        timestamptz(3),
  resolved_at            timestamptz(3),
  closed_at              timestamptz(3),
  imported_batch         text,
  recorded_at            timestamptz(3),
  version                integer        NOT NULL DEFAULT 1,
  search_title           text           NOT NULL,
  search_text            text           NOT NULL
);
CREATE UNIQUE INDEX incident_reference_key ON incident (reference);
-- The orders of a list.
CREATE INDEX incident_created_at_id_idx ON incident (created_at, id);
CREATE INDEX incident_updated_at_id_idx ON incident (updated_at, id);
CREATE INDEX incident_priority_rank_created_at_id_idx ON incident (priority_rank, created_at, id);
CREATE INDEX incident_chain_id_idx ON incident (chain_id);
CREATE INDEX incident_previous_id_idx ON incident (previous_id);
CREATE INDEX incident_network_incident_id_idx ON incident (network_incident_id);
CREATE INDEX incident_involved_idx ON incident USING gin (involved);
-- What the timers look for: few rows, however many incidents there are.
CREATE INDEX incident_waiting_idx ON incident (wait_until) WHERE wait_until IS NOT NULL;
CREATE INDEX incident_resolved_idx ON incident (resolved_at) WHERE state = 'RESOLVED';

CREATE TABLE timeline (
  incident_id    text COLLATE "C" NOT NULL,
  n              integer        NOT NULL,
  event          text           NOT NULL,
  state          text           NOT NULL,
  wait_reason    text,
  team_id        text COLLATE "C",
  at             timestamptz(3) NOT NULL,
  recorded_at    timestamptz(3),
  by_participant text COLLATE "C",
  role           text,
  text           text,
  PRIMARY KEY (incident_id, n)
);

CREATE TABLE clock (
  id               text COLLATE "C" PRIMARY KEY,
  incident_id      text COLLATE "C" NOT NULL,
  name             text           NOT NULL,
  on_participant   text COLLATE "C" NOT NULL,
  cycle            integer        NOT NULL,
  started_at       timestamptz(3) NOT NULL,
  target_n         integer,
  target_unit      text,
  calendar_id      text,
  calendar_version text,
  pauses           jsonb          NOT NULL DEFAULT '[]',
  stopped_at       timestamptz(3),
  state            text           NOT NULL
);
CREATE INDEX clock_incident_id_idx ON clock (incident_id);

CREATE TABLE participation (
  incident_id text COLLATE "C" NOT NULL,
  participant text COLLATE "C" NOT NULL,
  part        text COLLATE "C" NOT NULL,
  state       text           NOT NULL,
  since       timestamptz(3) NOT NULL,
  PRIMARY KEY (incident_id, participant, part)
);

CREATE TABLE note (
  id          text COLLATE "C" PRIMARY KEY,
  incident_id text COLLATE "C" NOT NULL,
  author      text COLLATE "C" NOT NULL,
  author_role text           NOT NULL,
  text        text           NOT NULL,
  at          timestamptz(3) NOT NULL,
  readers     text[] COLLATE "C"
);
CREATE INDEX note_incident_id_idx ON note (incident_id);

CREATE TABLE note_link (
  incident_id text COLLATE "C" NOT NULL,
  note_id     text COLLATE "C" NOT NULL,
  author      text COLLATE "C" NOT NULL,
  at          timestamptz(3) NOT NULL,
  hash        text           NOT NULL,
  PRIMARY KEY (incident_id, note_id)
);

CREATE TABLE assistance_request (
  id               text COLLATE "C" PRIMARY KEY,
  from_participant text COLLATE "C" NOT NULL,
  to_participant   text COLLATE "C" NOT NULL,
  incident_id      text COLLATE "C",
  question         text           NOT NULL,
  answer           text,
  state            text           NOT NULL,
  asked_at         timestamptz(3) NOT NULL,
  answered_at      timestamptz(3),
  version          integer        NOT NULL DEFAULT 1
);
CREATE INDEX assistance_request_asked_at_id_idx ON assistance_request (asked_at, id);

CREATE TABLE team (
  id                text COLLATE "C" PRIMARY KEY,
  name              text COLLATE "C" NOT NULL,
  line              integer        NOT NULL,
  organisation_line text
);
CREATE UNIQUE INDEX team_name_key ON team (name);

CREATE TABLE person (
  subject text COLLATE "C" PRIMARY KEY,
  id      text COLLATE "C" NOT NULL,
  name    text           NOT NULL,
  roles   text[]
);
CREATE UNIQUE INDEX person_id_key ON person (id);

CREATE TABLE service_status (
  service text COLLATE "C" PRIMARY KEY,
  level   text           NOT NULL,
  as_of   timestamptz(3),
  note    text
);

CREATE TABLE reference_counter (
  year integer PRIMARY KEY,
  last integer NOT NULL
);

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
