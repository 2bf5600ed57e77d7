#include "model/policy.h"

static const char *const kinds[] = { "vm", "container", "bucket", "volume", "host", "segment" };
static const char *const approvals[] = { "none", "one", "two" };
static const char *const effects[] = { "permit", "forbid", "oblige" };
static const char *const objectives[] = { "respond.mttr", "availability" };

const char *resource_kind_name(enum resource_kind value)
{
    return (size_t)value < COUNT_OF(kinds) ? kinds[value] : "unknown";
}

const char *approval_name(enum approval value)
{
    return (size_t)value < COUNT_OF(approvals) ? approvals[value] : "unknown";
}

bool approval_parse(struct slice text, enum approval *out)
{
    for (size_t i = 0; i < COUNT_OF(approvals); i++) {
        if (slice_is(text, approvals[i])) {
            *out = (enum approval)i;
            return true;
        }
    }
    return false;
}

const char *policy_effect_name(enum policy_effect value)
{
    return (size_t)value < COUNT_OF(effects) ? effects[value] : "unknown";
}

const char *objective_kind_name(enum objective_kind value)
{
    return (size_t)value < COUNT_OF(objectives) ? objectives[value] : "unknown";
}
