-- When the node is asked what became of the control, by our clock, should it say nothing before: some time
-- after its lease ought to have ended. 0: there is nothing to ask.
ALTER TABLE steps ADD COLUMN check_ms INTEGER NOT NULL DEFAULT 0 CHECK (check_ms >= 0);
UPDATE steps SET check_ms = enforced_us / 1000 + duration_ms
    WHERE state IN ('enforced', 'drifted') AND duration_ms > 0;
CREATE INDEX steps_overdue ON steps (check_ms, action) WHERE check_ms > 0;
