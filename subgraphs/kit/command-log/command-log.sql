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
