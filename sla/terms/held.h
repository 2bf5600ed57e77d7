/* sla/terms/held.h - when a clause speaks of one resource. Data is of the classes that its resource
 * holds and of no others, so conditions on `class` are settled there; of other planes nothing is
 * known. For sla/ only. Pure. */
#ifndef REDAN_SLA_TERMS_HELD_H
#define REDAN_SLA_TERMS_HELD_H

#include "sla/world.h"

/* Bits of world->guards: what the resource holds. Of no class at all is SLA_MASK_OTHERS; what is
 * not data can be of any. */
uint64_t sla_held_classes(const struct sla_world *world, size_t resource);

/* Whenever there is something to speak of: of world->guards. Meet it with a clause's guard; two of
 * these meets compare as the clauses do on this resource. */
uint32_t sla_held_when(const struct sla_world *world, size_t resource);

/* As far as a plane can tell, which knows nothing of incidents, hours or purposes. */
enum sla_speech { SLA_SPEAKS_NEVER, SLA_SPEAKS_AT_TIMES, SLA_SPEAKS_ALWAYS };
enum sla_speech sla_speech_on(const struct sla_world *world, const struct sla_clause *clause,
                              size_t resource);

/* Targets that print something of the clause on such a resource, of enum sla_emit. */
unsigned sla_clause_targets(const struct sla_clause *clause, const struct resource *at);
/* Of these: targets with a field for it, so that it holds there once it is loaded. */
unsigned sla_clause_holders(const struct sla_clause *clause, const struct resource *at);

#endif
