-- The clause that gives way in a conflict with a `should` clause, as "document/clause"; '' when all of them must hold.
ALTER TABLE conflicts ADD COLUMN yields TEXT NOT NULL DEFAULT '';
