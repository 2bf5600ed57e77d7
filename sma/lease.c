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
        /* The plane does not keep the limit: what is agreed is PLAN_BAN_LIMIT leases in all. */
        entry->ends_ms = after(now_ms, left_ms);
        entry->limit_ms = after(entry->ends_ms, action->lease.duration_ms * (PLAN_BAN_LIMIT - 1));
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

static bool may_renew(const struct lease_entry *entry, lease_evidence_fn *has_evidence, void *arg)
{
    return entry->action.lease.polarity == LEASE_BAN && entry->action.lease.duration_ms > 0 &&
           entry->ends_ms < entry->limit_ms && has_evidence(arg, &entry->action);
}

/* A ban is looked at a little before its end, so that the plane does not end it first. */
static int64_t look_ms(const struct lease_entry *entry)
{
    if (entry->ends_ms == INT64_MAX) {
        return INT64_MAX;
    }
    bool early = entry->action.lease.polarity == LEASE_BAN && !entry->was_seen;
    return early ? entry->ends_ms - LEASE_RENEW_BEFORE_MS : entry->ends_ms;
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
        if (may_renew(entry, has_evidence, arg)) {
            int64_t ends_ms = after(entry->ends_ms, entry->action.lease.duration_ms);
            entry->ends_ms = ends_ms < entry->limit_ms ? ends_ms : entry->limit_ms;
            entry->is_busy = true;
            entry->was_seen = false;
            *out_verdict = LEASE_RENEW;
            return entry;
        }
        entry->was_seen = true;
        if (entry->ends_ms <= now_ms) {
            entry->is_busy = true;
            *out_verdict = LEASE_END;
            return entry;
        }
    }
    return NULL;
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
