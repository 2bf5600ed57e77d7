/* sla/values/universe.h - closed sets of names that set-valued terms draw from. Pure. */
#ifndef REDAN_SLA_VALUES_UNIVERSE_H
#define REDAN_SLA_VALUES_UNIVERSE_H

#include <stdint.h>

#include "base/slice.h"

struct sla_universe {
    const char *what;         /* "a country code": for messages, after "is not" */
    const char *expected;     /* "expected an ISO 3166-1 alpha-2 code" */
    const char *plural;       /* "countries" */
    uint32_t diag_code;       /* of a name that is not in it */
    uint32_t count;           /* at most SLA_SET_MAX */
    const char *const *names; /* ascending, so that element order is name order */
    const char *sets; /* pattern of the names of sets that stand for elements; NULL: none do */
};

/* ISO 3166-1 alpha-2, officially assigned. */
extern const struct sla_universe sla_countries;

/* Acts, and what happens around acts: what `audit.events` may name (sla/terms/term_response.c). */
extern const struct sla_universe sla_audit_events;

/* False when it has no such name. */
bool sla_universe_find(const struct sla_universe *universe, struct slice name, uint32_t *out);
/* What is known to be written for a name (sla/values/country.h), else the nearest one within two
 * edits and less than half of them, or NULL: for "did you mean". The other: one that is as near, or
 * NULL. */
const char *sla_universe_nearest(const struct sla_universe *universe, struct slice name,
                                 const char **out_other);

#endif
