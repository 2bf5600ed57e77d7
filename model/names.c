#include "model/names.h"

#include <stddef.h>

/* One table an enum; its index is the value. */
static const char *const layers[] = { "L0", "L1", "L2" };
static const char *const planes[] = { "compute", "data", "network" };
static const char *const phases[] = { "normal", "incident", "recovery", "maintenance" };
static const char *const severities[] = { "info", "low", "medium", "high", "critical" };
static const char *const provenances[] = { "app-log", "service", "hypervisor", "kernel" };
static const char *const verifiers[] = { "unverifiable", "provider", "self", "vantage",
                                         "attested" };
static const char *const controls[] = { "pending", "acked",  "enforced", "drifted",
                                        "expired", "undone", "failed" };
static const char *const parties[] = { "tenant", "user", "provider", "operator" };
static const char *const peers[] = { "orchestrator", "aggregator", "sma" };
static const char *const objectives[] = { "unknown", "met", "breached" };

static const char *name_of(const char *const *names, size_t count, size_t value)
{
    return value < count ? names[value] : "unknown";
}

static bool find(const char *const *names, size_t count, struct slice text, size_t *out)
{
    for (size_t i = 0; i < count; i++) {
        if (slice_is(text, names[i])) {
            *out = i;
            return true;
        }
    }
    return false;
}

#define NAME_FUNCTION(type, table)                                                                 \
    const char *type##_name(enum type value)                                                       \
    {                                                                                              \
        return name_of(table, COUNT_OF(table), (size_t)value);                                     \
    }
/* NOLINTBEGIN(bugprone-macro-parentheses): a type's name cannot stand in parentheses. */
#define PARSE_FUNCTION(type, table)                                                                \
    bool type##_parse(struct slice text, enum type *out)                                           \
    {                                                                                              \
        size_t found = 0;                                                                          \
        if (!find(table, COUNT_OF(table), text, &found)) {                                         \
            return false;                                                                          \
        }                                                                                          \
        *out = (enum type)found;                                                                   \
        return true;                                                                               \
    }
/* NOLINTEND(bugprone-macro-parentheses) */

NAME_FUNCTION(layer, layers)
NAME_FUNCTION(plane_kind, planes)
NAME_FUNCTION(phase, phases)
NAME_FUNCTION(severity, severities)
NAME_FUNCTION(provenance, provenances)
NAME_FUNCTION(verified_by, verifiers)
NAME_FUNCTION(control_state, controls)
NAME_FUNCTION(party_role, parties)
NAME_FUNCTION(peer_role, peers)
NAME_FUNCTION(objective_state, objectives)
PARSE_FUNCTION(layer, layers)
PARSE_FUNCTION(plane_kind, planes)
PARSE_FUNCTION(phase, phases)
PARSE_FUNCTION(severity, severities)
PARSE_FUNCTION(provenance, provenances)
PARSE_FUNCTION(party_role, parties)
PARSE_FUNCTION(peer_role, peers)
PARSE_FUNCTION(control_state, controls)
PARSE_FUNCTION(verified_by, verifiers)
