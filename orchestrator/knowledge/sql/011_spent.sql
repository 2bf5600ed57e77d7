-- What responses have taken away is summed up by kind, for those kinds that cost service: few among many.
CREATE INDEX steps_spent ON steps (kind, undone_us) WHERE enforced_us > 0;
