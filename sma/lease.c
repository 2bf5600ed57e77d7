#include "sma/lease.h"

#include <stdlib.h>
#include <string.h>

void lease_table_done(struct lease_table *table)
{
    free(table->entries);
    *table = (struct lease_table){ 0 };
}

struct lease_entry *lease_find(struct lease_table *table, const struct ulid *id)
{
    for (size_t i = 0; i < table->count; i++) {
        if (memcmp(table->entries[i].action.id.text, id->text, ULID_TEXT_LEN) == 0) {
            return &table->entries[i];
        }
    }
    return NULL;
}

/* Room for one more. */
static struct status grow(struct lease_table *table)
{
    if (table->count == LEASES_MAX) {
        return status_error(STATUS_EXHAUSTED, "more than %d controls on this node", LEASES_MAX);
    }
    if (table->count == table->capacity) {
        size_t capacity = table->capacity == 0 ? 16 : table->capacity * 2;
        struct lease_entry *grown = realloc(table->entries, capacity * sizeof(*grown));
        if (grown == NULL) {
            abort();
        }
        table->entries = grown;
        table->capacity = capacity;
    }
    return STATUS_SUCCESS;
}

static int64_t after(int64_t now_ms, int64_t more_ms)
{
    int64_t sum_ms = 0;

    return __builtin_add_overflow(now_ms, more_ms, &sum_ms) ? INT64_MAX : sum_ms;
}

struct status lease_start(struct lease_table *table, const struct action *action, int64_t now_ms)
{
    const struct lease *lease = &action->lease;
    struct lease_entry *entry = lease_find(table, &action->id);

    if (entry == NULL) {
        TRY(grow(table));
        entry = &table->entries[table->count++];
    }
    *entry = (struct lease_entry){ .action = *action, .ends_ms = INT64_MAX, .limit_ms = INT64_MAX };
    if (lease->duration_ms > 0) {
        entry->ends_ms = after(now_ms, lease->duration_ms);
        entry->limit_ms = after(now_ms, lease->limit_ms);
    }
    return STATUS_SUCCESS;
}

/* The plane may count by a wall clock that jumped: neither what is left of the lease nor of the
 * limit is ever more than was applied, and the limit never less than the lease. */
static void adopt_times(struct lease_entry *entry, int64_t left_ms, int64_t now_ms)
{
    struct lease *lease = &entry->action.lease;

    if (left_ms > lease->duration_ms && lease->duration_ms > 0) {
        left_ms = lease->duration_ms;
    }
    int64_t passed_ms = lease->duration_ms > 0 ? lease->duration_ms - left_ms : 0;
    int64_t limit_left_ms = lease->limit_ms - passed_ms;

    entry->ends_ms = after(now_ms, left_ms);
    entry->limit_ms = after(now_ms, limit_left_ms > left_ms ? limit_left_ms : left_ms);
    if (lease->duration_ms < LEASE_STEP_MIN_MS) {
        lease->duration_ms = LEASE_STEP_MIN_MS;
    }
}

struct status lease_adopt(struct lease_table *table, const struct action *action, int64_t left_ms,
                          int64_t now_ms)
{
    if (lease_find(table, &action->id) != NULL) {
        return STATUS_SUCCESS;
    }
    TRY(grow(table));
    struct lease_entry *entry = &table->entries[table->count++];
    *entry = (struct lease_entry){ .action = *action, .ends_ms = INT64_MAX, .limit_ms = INT64_MAX };
    if (left_ms >= 0) {
        adopt_times(entry, left_ms, now_ms);
    }
    return STATUS_SUCCESS;
}

void lease_drop(struct lease_table *table, const struct ulid *id)
{
    struct lease_entry *entry = lease_find(table, id);

    if (entry != NULL) {
        *entry = table->entries[--table->count];
    }
}

static bool may_renew(const struct lease_entry *entry, int64_t now_ms,
                      lease_evidence_fn *has_evidence, void *arg)
{
    return entry->action.lease.polarity == LEASE_BAN && entry->action.lease.duration_ms > 0 &&
           entry->ends_ms < entry->limit_ms && now_ms < entry->limit_ms &&
           has_evidence(arg, &entry->action);
}

/* How long before its end a ban is looked at, so that the plane does not end it first. */
static const int64_t leads_ms[] = { LEASE_RENEW_BEFORE_MS, LEASE_LAST_LOOK_MS };

static int64_t look_ms(const struct lease_entry *entry)
{
    int64_t at_ms = entry->ends_ms;

    if (entry->ends_ms == INT64_MAX) {
        return INT64_MAX;
    }
    if (entry->action.lease.polarity == LEASE_BAN && entry->looks < COUNT_OF(leads_ms)) {
        at_ms -= leads_ms[entry->looks];
    }
    return at_ms > entry->retry_ms ? at_ms : entry->retry_ms;
}

/* Without evidence: the looks that are over by now. */
static void pass_looks(struct lease_entry *entry, int64_t now_ms)
{
    while (entry->looks < COUNT_OF(leads_ms) && look_ms(entry) <= now_ms) {
        entry->looks++;
    }
}

struct lease_entry *lease_due(struct lease_table *table, int64_t now_ms,
                              lease_evidence_fn *has_evidence, void *arg,
                              enum lease_verdict *out_verdict)
{
    for (size_t i = 0; i < table->count; i++) {
        struct lease_entry *entry = &table->entries[i];
        if (entry->is_busy || look_ms(entry) > now_ms) {
            continue;
        }
        if (may_renew(entry, now_ms, has_evidence, arg)) {
            int64_t from_ms = entry->ends_ms > now_ms ? entry->ends_ms : now_ms;
            int64_t to_ms = after(from_ms, entry->action.lease.duration_ms);
            entry->renew_to_ms = to_ms < entry->limit_ms ? to_ms : entry->limit_ms;
            entry->is_busy = true;
            *out_verdict = LEASE_RENEW;
            return entry;
        }
        pass_looks(entry, now_ms);
        if (entry->ends_ms <= now_ms) {
            entry->is_busy = true;
            *out_verdict = LEASE_END;
            return entry;
        }
    }
    return NULL;
}

void lease_renewed(struct lease_entry *entry)
{
    entry->ends_ms = entry->renew_to_ms;
    entry->retry_ms = 0;
    entry->looks = 0;
    entry->failures = 0;
    entry->is_lost = false;
}

void lease_failed(struct lease_entry *entry, int64_t now_ms)
{
    int64_t wait_ms = LEASE_RETRY_MS;

    for (unsigned i = 0; i < entry->failures && wait_ms < LEASE_RETRY_MAX_MS; i++) {
        wait_ms *= 2;
    }
    entry->failures++;
    entry->retry_ms = after(now_ms, wait_ms < LEASE_RETRY_MAX_MS ? wait_ms : LEASE_RETRY_MAX_MS);
}

struct lease lease_until(const struct lease_entry *entry, int64_t ends_ms, int64_t now_ms)
{
    struct lease lease = entry->action.lease;

    if (ends_ms == INT64_MAX) {
        return lease;
    }
    lease.duration_ms = ends_ms > now_ms ? ends_ms - now_ms : 1;
    lease.limit_ms = entry->limit_ms - now_ms;
    if (lease.limit_ms > LEASE_MAX_MS) {
        lease.limit_ms = LEASE_MAX_MS;
    }
    if (lease.limit_ms < lease.duration_ms) {
        lease.limit_ms = lease.duration_ms;
    }
    return lease;
}

int64_t lease_next_ms(const struct lease_table *table)
{
    int64_t next_ms = INT64_MAX;

    for (size_t i = 0; i < table->count; i++) {
        const struct lease_entry *entry = &table->entries[i];
        int64_t at_ms = look_ms(entry);
        if (!entry->is_busy && at_ms < next_ms) {
            next_ms = at_ms;
        }
    }
    return next_ms;
}
