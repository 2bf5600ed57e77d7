-- What the node said it can do ("network.deny compute.suspend"), and as ids of those moments, which sort
-- like ids of orders whatever the clock does: when it first said so, and its last HELLO.
ALTER TABLE nodes ADD COLUMN capabilities TEXT NOT NULL DEFAULT '';
ALTER TABLE nodes ADD COLUMN capable TEXT NOT NULL DEFAULT '' CHECK (length(capable) IN (0, 26));
ALTER TABLE nodes ADD COLUMN hello TEXT NOT NULL DEFAULT '' CHECK (length(hello) IN (0, 26));

-- Since when an answer is due, by our clock; moved along when that clock jumps.
ALTER TABLE incidents ADD COLUMN since_us INTEGER NOT NULL DEFAULT 0;
UPDATE incidents SET since_us = max(opened_us, detected_us); -- of what was raised, the graver alert

-- Controls are looked for by incident.
DROP INDEX steps_live_of_source;

-- Gone through by every sweep: few among the many that are closed.
CREATE INDEX incidents_standing ON incidents (id) WHERE state <> 'closed';
