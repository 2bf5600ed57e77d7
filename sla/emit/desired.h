/* sla/emit/desired.h - from a compiled world to what the planes shall look like: the one
 * derivation. What is printed, planned and applied is read from its result. Pure. */
#ifndef REDAN_SLA_EMIT_DESIRED_H
#define REDAN_SLA_EMIT_DESIRED_H

#include "model/desired.h"
#include "sla/world.h"

/* Every clause of the world serves some part, stands in policies, or is not held, for each of its
 * resources. Lives in `arena`; the world must outlive it. */
const struct desired *sla_desired(struct arena *arena, const struct sla_world *world);

/* Only what serves `clause` (NULL: any) and is about `resource` (DESIRED_ANYWHERE: any); the
 * policies likewise, with their resources as they are. Same lifetimes. */
#define DESIRED_ANYWHERE SIZE_MAX
const struct desired *sla_desired_select(struct arena *arena, const struct desired *desired,
                                         const struct clause_ref *clause, size_t resource);

#endif
