#include "model/decide_priv.h"

enum {
    DAY_MINUTES = 24 * 60,
    EPOCH_MINUTE = 3 * DAY_MINUTES /* 1970-01-01 was a Thursday */
};

static unsigned both_if(bool holds)
{
    return holds ? POLICY_COVERS | POLICY_MEETS : 0;
}

static unsigned match_word(uint64_t allowed, unsigned bit, bool is_known, uint64_t all)
{
    if (allowed == all) {
        return POLICY_COVERS | POLICY_MEETS;
    }
    return is_known ? both_if((allowed >> bit & 1U) != 0) : POLICY_MEETS;
}

/* Data of several classes: a permit must speak of all of them, a forbid of one. */
static unsigned match_classes(const struct policy_guard *guard,
                              const struct policy_request *request)
{
    uint64_t classes = request->classes != 0 ? request->classes : UINT64_C(1) << POLICY_OTHERS_BIT;

    if (guard->classes == UINT64_MAX) {
        return POLICY_COVERS | POLICY_MEETS;
    }
    if ((request->known & POLICY_KNOWS_CLASSES) == 0) {
        return POLICY_MEETS;
    }
    return ((classes & ~guard->classes) == 0 ? POLICY_COVERS : 0U) |
           ((classes & guard->classes) != 0 ? POLICY_MEETS : 0U);
}

static unsigned match_country(const struct policy_guard *guard,
                              const struct policy_request *request)
{
    if (guard->countries == NULL) {
        return POLICY_COVERS | POLICY_MEETS;
    }
    if ((request->known & POLICY_KNOWS_COUNTRY) == 0) {
        return POLICY_MEETS;
    }
    unsigned at = request->country - 1U;
    return both_if(request->country != 0 && at / 64 < POLICY_COUNTRY_WORDS &&
                   (guard->countries[at / 64] >> (at % 64) & 1U) != 0);
}

static int64_t floor_mod(int64_t value, int64_t modulus)
{
    int64_t rest = value % modulus;

    return rest < 0 ? rest + modulus : rest;
}

static unsigned match_times(const struct policy_guard *guard, const struct policy_request *request)
{
    if (guard->window_count == 0) {
        return POLICY_COVERS | POLICY_MEETS;
    }
    if (request->zone_offset_min == NULL || (request->known & POLICY_KNOWS_TIME) == 0) {
        return POLICY_MEETS;
    }
    for (size_t i = 0; i < guard->window_count; i++) {
        const struct policy_window *window = &guard->windows[i];
        int64_t local = request->utc_minute + request->zone_offset_min[window->zone];
        uint64_t at = (uint64_t)floor_mod(local + EPOCH_MINUTE, POLICY_WEEK_MINUTES);
        if ((window->minutes[at / 64] >> (at % 64) & 1U) == 0) {
            return 0;
        }
    }
    return POLICY_COVERS | POLICY_MEETS;
}

static unsigned match_days(const struct policy_guard *guard, const struct policy_request *request,
                           int32_t day)
{
    if (guard->from_day == INT32_MIN && guard->until_day == INT32_MAX) {
        return POLICY_COVERS | POLICY_MEETS;
    }
    if ((request->known & POLICY_KNOWS_TIME) == 0) {
        return POLICY_MEETS;
    }
    return both_if(guard->from_day <= day && day < guard->until_day);
}

/* Some of the acts that shall be apart was done, or may have been. */
static unsigned match_done(const struct policy_guard *guard, const struct policy_request *request)
{
    if (guard->apart == 0) {
        return POLICY_COVERS | POLICY_MEETS;
    }
    if ((request->known & POLICY_KNOWS_DONE) == 0) {
        return POLICY_MEETS;
    }
    return both_if((request->done_acts & guard->apart) != 0);
}

/* Consent is needed and is not there, or may not be. */
static unsigned match_consent(const struct policy_guard *guard,
                              const struct policy_request *request)
{
    if (guard->consent == 0) {
        return POLICY_COVERS | POLICY_MEETS;
    }
    if ((request->known & POLICY_KNOWS_PURPOSE) == 0) {
        return POLICY_MEETS;
    }
    uint64_t purpose = UINT64_C(1)
                       << (request->purpose == 0 ? POLICY_OTHERS_BIT : request->purpose - 1);
    if ((guard->consent & purpose) == 0) {
        return 0;
    }
    if ((request->known & POLICY_KNOWS_CONSENTS) == 0) {
        return POLICY_MEETS;
    }
    return both_if((request->consents & purpose) == 0);
}

int32_t policy_request_day(const struct policy_request *request)
{
    int64_t minute = request->utc_minute;

    return (int32_t)((minute - floor_mod(minute, DAY_MINUTES)) / DAY_MINUTES);
}

/* What most conditions are about. */
static unsigned match_masks(const struct policy_guard *guard, const struct policy_request *request)
{
    unsigned purpose = request->purpose == 0 ? POLICY_OTHERS_BIT : request->purpose - 1U;

    return match_word(guard->severities, request->severity,
                      (request->known & POLICY_KNOWS_SEVERITY) != 0, (1U << SEVERITY_KINDS) - 1) &
           match_word(guard->phases, request->phase, (request->known & POLICY_KNOWS_PHASE) != 0,
                      (1U << PHASE_KINDS) - 1) &
           match_word(guard->purposes, purpose, (request->known & POLICY_KNOWS_PURPOSE) != 0,
                      UINT64_MAX) &
           match_classes(guard, request);
}

unsigned policy_guard_match(const struct policy_guard *guard, const struct policy_request *request,
                            int32_t day)
{
    unsigned matched = match_masks(guard, request) & match_days(guard, request, day);

    if (matched == 0) {
        return 0;
    }
    return matched & match_country(guard, request) & match_times(guard, request) &
           match_done(guard, request) & match_consent(guard, request);
}
