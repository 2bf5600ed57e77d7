/* sla/tell/json_schema.h - what editors complete and check documents with: a JSON Schema (draft-07,
 * json-schema.org/draft-07) of every kind of document, from the field and term tables alone.
 *
 * It accepts whatever the reader accepts, read as text or by the core schema of YAML 1.2, and
 * refuses what the tables alone can refuse: names that refer to nothing, and what crosses
 * documents, are left to the compiler. Alternatives are `if` and `then` by kind and term under
 * `allOf`, never `oneOf`, so that a finding is about the member that is wrong. Pure. */
#ifndef REDAN_SLA_TELL_JSON_SCHEMA_H
#define REDAN_SLA_TELL_JSON_SCHEMA_H

#include "base/arena.h"
#include "base/buf.h"

/* Pretty, with a line break at the end. The arena is for scratch. */
void sla_print_schema(struct arena *arena, struct buf *out);

#endif
