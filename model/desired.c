#include "model/desired.h"

#include <string.h>

static const char *const directions[] = { "in", "out" };
static const char *const verdicts[] = { "accept", "drop" };
static const char *const protocols[] = { "tcp", "udp" };
static const char *const reasons[] = {
    [DESIRED_OFFERED] = "an offer: its party answers for it",
    [DESIRED_MEASURED] = "an objective: a breach is seen, not prevented",
    [DESIRED_CHECKED] = "held against offers; no plane is told",
    [DESIRED_UNTOLD] = "no plane is told of it yet",
    [DESIRED_NO_STANDING] = "its party does not rule there",
    [DESIRED_NO_HOST] = "a segment takes and sends nothing itself: its hosts do",
    [DESIRED_NO_NODE] = "no agent reaches it",
    [DESIRED_NOTHING] = "it speaks of no resource",
    [DESIRED_DISPUTED] = "it is part of an open conflict",
    [DESIRED_GAVE_WAY] = "it gave way in a conflict",
    [DESIRED_NOT_THERE] = "under its condition it never speaks there",
    [DESIRED_AT_TIMES] = "left out, as no plane can tell when it holds",
    [DESIRED_CONDITION] = "its condition alone: it stands always, as no plane can tell when",
};

const char *desired_direction_name(enum desired_direction value)
{
    return (size_t)value < COUNT_OF(directions) ? directions[value] : "unknown";
}

const char *desired_verdict_name(enum desired_verdict value)
{
    return (size_t)value < COUNT_OF(verdicts) ? verdicts[value] : "unknown";
}

const char *desired_protocol_name(enum desired_protocol value)
{
    return (size_t)value < COUNT_OF(protocols) ? protocols[value] : "unknown";
}

const char *desired_reason_text(enum desired_reason value)
{
    return (size_t)value < COUNT_OF(reasons) ? reasons[value] : "unknown";
}

const struct desired_fact *desired_fact_of(const struct desired_item *item, const char *term)
{
    for (size_t i = 0; i < item->fact_count; i++) {
        if (strcmp(item->facts[i].term, term) == 0) {
            return &item->facts[i];
        }
    }
    return NULL;
}

bool desired_origin_has(const struct desired_origin *origin, const struct clause_ref *clause)
{
    for (size_t i = 0; i < origin->count; i++) {
        if (origin->clauses[i] == clause) {
            return true;
        }
    }
    return false;
}
