-- How a party joins: its invitation, what it applied with, the contacts it registered and has not published yet.

ALTER TABLE participant ADD COLUMN contacts_stale_at timestamptz(3);

-- Single use. The text of an invitation is signed anew from its row whenever it must be shown: no secret lies here.
CREATE TABLE invitation (
  id             text COLLATE "C" PRIMARY KEY,
  participant_id text COLLATE "C" NOT NULL,
  legal_name     text           NOT NULL,
  kind           text           NOT NULL,
  invited_by     text COLLATE "C",
  invited_at     timestamptz(3) NOT NULL,
  -- Used, or replaced by a newer one.
  ended_at       timestamptz(3)
);
-- A party has one invitation that counts.
CREATE UNIQUE INDEX invitation_open_idx ON invitation (participant_id) WHERE ended_at IS NULL;

CREATE TABLE accession (
  participant_id       text COLLATE "C" PRIMARY KEY,
  invitation_id        text COLLATE "C" NOT NULL,
  trade_register       text           NOT NULL,
  applied_at           timestamptz(3) NOT NULL,
  agreement_reference  text,
  agreement_signed_on  text,
  endpoint_proven_at   timestamptz(3)
);
ALTER TABLE accession ADD CONSTRAINT accession_participant_id_fkey
  FOREIGN KEY (participant_id) REFERENCES participant (id) ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TABLE contact_draft (
  participant_id text COLLATE "C" NOT NULL,
  role           text           NOT NULL,
  persons        jsonb          NOT NULL,
  channels       jsonb          NOT NULL,
  readers        text           NOT NULL,
  registered_at  timestamptz(3) NOT NULL,
  -- Of these channels the one that was written to, and the SHA-256 of what was written.
  code_kind      text           NOT NULL,
  code_address   text           NOT NULL,
  code_hash      text           NOT NULL,
  PRIMARY KEY (participant_id, role)
);
ALTER TABLE contact_draft ADD CONSTRAINT contact_draft_participant_id_fkey
  FOREIGN KEY (participant_id) REFERENCES participant (id) ON DELETE RESTRICT ON UPDATE CASCADE;

-- What must be told to people outside the network's own screens. Written with the change that causes it; whoever
-- delivers takes the rows without sent_at.
CREATE TABLE message_out (
  id             text COLLATE "C" PRIMARY KEY,
  participant_id text COLLATE "C" NOT NULL,
  template       text           NOT NULL,
  role           text           NOT NULL,
  kind           text           NOT NULL,
  address        text           NOT NULL,
  subject        text           NOT NULL,
  text           text           NOT NULL,
  created_at     timestamptz(3) NOT NULL,
  sent_at        timestamptz(3)
);
CREATE INDEX message_out_participant_id_created_at_idx ON message_out (participant_id, created_at);
-- What a deliverer looks for: a few rows, however many were ever sent.
CREATE INDEX message_out_due_idx ON message_out (created_at) WHERE sent_at IS NULL;
