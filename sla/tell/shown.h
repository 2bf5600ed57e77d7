/* sla/tell/shown.h - one clause, with all there is to know of it, for people and programs. Pure. */
#ifndef REDAN_SLA_TELL_SHOWN_H
#define REDAN_SLA_TELL_SHOWN_H

#include "base/json.h"
#include "sla/world.h"

/* An object: what it asks, where, when, how it is known, its verdict, its controls and why.
 * `index` into world->clauses. */
void sla_clause_write_json(const struct sla_world *world, size_t index, struct json_writer *writer);

#endif
