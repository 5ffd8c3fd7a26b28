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
