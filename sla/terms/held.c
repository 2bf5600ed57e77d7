#include "sla/terms/held.h"

#include "sla/terms/domain.h"
#include "sla/values/guard.h"
#include "sla/values/token_bucket.h"

uint64_t sla_held_classes(const struct sla_world *world, size_t resource)
{
    const struct resource *at = &world->policies.resources[resource];
    uint64_t classes = 0;

    if (at->plane != PLANE_DATA) {
        return SLA_MASK_ALL;
    }
    for (size_t i = 0; i < at->class_count; i++) {
        classes |= sla_guards_class(world->guards, at->classes[i]);
    }
    return classes != 0 ? classes : SLA_MASK_OTHERS;
}

uint32_t sla_held_when(const struct sla_world *world, size_t resource)
{
    struct sla_guard box = sla_guard_all();

    box.classes = sla_held_classes(world, resource);
    return sla_guards_add(world->guards, &box);
}

/* But for the classes. */
static bool is_everything(const struct sla_guard *box)
{
    const struct sla_guard all = sla_guard_all();

    return box->from_day == all.from_day && box->until_day == all.until_day &&
           box->times == all.times && box->places == all.places &&
           box->severities == all.severities && box->phases == all.phases &&
           box->purposes == all.purposes;
}

enum sla_speech sla_speech_on(const struct sla_world *world, const struct sla_clause *clause,
                              size_t resource)
{
    if (clause->guard == SLA_GUARD_ALWAYS || clause->guard == SLA_GUARD_NEVER) {
        return clause->guard == SLA_GUARD_ALWAYS ? SLA_SPEAKS_ALWAYS : SLA_SPEAKS_NEVER;
    }
    const struct sla_guard *box = sla_guards_at(world->guards, clause->guard);
    uint64_t held = sla_held_classes(world, resource);
    if ((held & box->classes) == 0) {
        return SLA_SPEAKS_NEVER;
    }
    return is_everything(box) && (held & ~box->classes) == 0 ? SLA_SPEAKS_ALWAYS
                                                             : SLA_SPEAKS_AT_TIMES;
}

/* Nothing on a host knows who acts; a segment is no host: what it takes, its hosts take; and few in
 * very long no bucket keeps. */
static bool is_counted(const struct sla_clause *clause, const struct resource *at)
{
    int64_t most = clause->value.range.most;
    struct token_bucket bucket;

    return clause->value.unit != SLA_PER_SUBJECT && at->kind == KIND_HOST &&
           at->address_count > 0 &&
           (most == 0 || token_bucket_make(most, clause->value.window_ms, &bucket));
}

/* OVN has one segment for a port: the one it is in, when that will do. */
static bool is_placed(const struct sla_clause *clause, const struct resource *at)
{
    const struct sla_name_set *segments = &clause->value.names;

    if (at->kind != KIND_HOST) {
        return false;
    }
    for (size_t i = 0; i < segments->count && at->segment.len > 0; i++) {
        if (slice_eq(segments->names[i], at->segment)) {
            return true;
        }
    }
    return at->segment.len == 0 && segments->count == 1;
}

/* Agents see who logs in at machines, and tell what they detected. Of acts they know their own
 * alone, not those of others. */
static bool is_recorded(const struct sla_clause *clause, const struct resource *at)
{
    const bool has_logins = at->kind == KIND_VM || at->kind == KIND_HOST;

    for (uint32_t i = 0; i < sla_audit_events.count; i++) {
        struct slice event = slice_from(sla_audit_events.names[i]);
        bool seen =
            slice_is(event, "detection") ||
            (has_logins && (slice_is(event, "auth.failure") || slice_is(event, "auth.login")));
        if (sla_set_has(&clause->value.set, i) && !seen) {
            return false;
        }
    }
    return true;
}

unsigned sla_clause_targets(const struct sla_clause *clause, const struct resource *at)
{
    unsigned targets = clause->term->emit & sla_emit_targets(at);

    return clause->term->of != &sla_counting_events || is_counted(clause, at) ? targets : 0;
}

unsigned sla_clause_holders(const struct sla_clause *clause, const struct resource *at)
{
    const struct sla_term *term = clause->term;
    unsigned holders = sla_clause_targets(clause, at) & term->held;
    bool is_held = true;

    if (term->domain == &sla_domain_level) {
        is_held = clause->value.range.least <= (int64_t)term->held_to;
    } else if (term->domain == &sla_domain_names) {
        is_held = is_placed(clause, at);
    } else if (term->of == &sla_audit_events) {
        is_held = is_recorded(clause, at);
    }
    return is_held ? holders : 0;
}
