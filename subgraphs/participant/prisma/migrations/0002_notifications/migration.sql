-- A service's status gets an id of its own, so that a stream can point at it. Whose database this is says the profile;
-- without one, nothing here has a name yet, and the next report makes the row anew.
ALTER TABLE service_status ADD COLUMN id text COLLATE "C";
DELETE FROM service_status WHERE NOT EXISTS (SELECT FROM profile);
UPDATE service_status
SET id = profile.id || ':sst_' || substr(ms, 1, 8) || '-' || substr(ms, 9) || '-7' || substr(gen_random_uuid()::text, 16)
FROM profile, (SELECT lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint), 12, '0') AS ms) AS clock;
ALTER TABLE service_status ALTER COLUMN id SET NOT NULL;
CREATE UNIQUE INDEX service_status_id_key ON service_status (id);

-- When the roles of a person were last changed here: a hub that starts asks for what it missed.
ALTER TABLE person ADD COLUMN roles_changed_at timestamptz(3);

-- What tells people of this participant that something waits for them. No words of anybody: what it is about is named.
CREATE TABLE notification (
  id               text COLLATE "C" PRIMARY KEY,
  kind             text           NOT NULL,
  roles            text[],
  from_participant text COLLATE "C",
  actor            text COLLATE "C",
  incident_id      text COLLATE "C",
  request_id       text COLLATE "C",
  envelope_id      text COLLATE "C",
  priority         text,
  at               timestamptz(3) NOT NULL
);
CREATE INDEX notification_at_id_idx ON notification (at, id);
CREATE INDEX notification_incident_id_idx ON notification (incident_id);
CREATE INDEX notification_envelope_id_idx ON notification (envelope_id);

CREATE TABLE notification_read (
  notification_id text COLLATE "C" NOT NULL,
  subject         text COLLATE "C" NOT NULL,
  read_at         timestamptz(3) NOT NULL,
  PRIMARY KEY (notification_id, subject)
);
