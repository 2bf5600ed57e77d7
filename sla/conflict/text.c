#include "sla/conflict/conflict.h"
#include "sla/terms/domain.h"
#include "sla/values/downtime.h"
#include "sla/values/guard.h"

#include "base/crypto.h"
#include "base/parse.h"

#include <inttypes.h>
#include <string.h>

enum { ELEMENTS_SHOWN_MAX = 8, ID_HEX_DIGITS = 8 };

/* --- clauses --------------------------------------------------------------------------------- */

static void format_reaction(const struct reaction *reaction, struct buf *out)
{
    buf_printf(out, "on %.*s", SLICE_ARG(reaction->rule));
    for (size_t i = 0; i < reaction->respond_count; i++) {
        buf_printf(out, "%s %s", i > 0 ? "," : "", action_kind_name(reaction->respond[i]));
    }
}

struct slice sla_clause_path(struct arena *arena, const struct sla_clause *clause)
{
    return arena_printf(arena, "%.*s/%.*s", SLICE_ARG(clause->ref.document),
                        SLICE_ARG(clause->ref.clause));
}

void sla_clause_format(const struct sla_clause *clause, struct buf *out)
{
    if (clause->reaction != NULL) {
        format_reaction(clause->reaction, out);
        return;
    }
    const struct sla_term *term = clause->term;
    bool act = (term->extras & SLA_EXTRA_ACTION) != 0;
    bool right = act && clause->stance == SLA_RESERVES;
    if (clause->stance != SLA_REQUIRES) {
        buf_printf(out, "%s ", sla_stance_name(clause->stance));
    }
    buf_printf(out, "%s %s ", act ? sla_act_name(clause->action) : term->name,
               right ? "for" : sla_op_name(clause->op));
    sla_value_format(term, clause->op, &clause->value, out);
    if (clause->granted_by.len > 0) {
        buf_printf(out, " under %.*s", SLICE_ARG(clause->granted_by));
    }
    if (clause->delegate > 0) {
        buf_printf(out, ", delegate %u", clause->delegate);
    }
    if (clause->conditions.len > 0) {
        buf_printf(out, " when {%.*s}", SLICE_ARG(clause->conditions));
    }
}

void sla_format_span_ms(int64_t span_ms, struct buf *out)
{
    static const struct {
        const char *unit;
        int64_t ms;
    } units[] = {
        { "d", 86400000 }, { "h", 3600000 }, { "min", 60000 }, { "s", 1000 }, { "ms", 1 }
    };
    bool first = true;

    for (size_t i = 0; i < COUNT_OF(units); i++) {
        int64_t count = span_ms / units[i].ms;
        if (count > 0) {
            buf_printf(out, "%s%" PRId64 " %s", first ? "" : " ", count, units[i].unit);
            first = false;
        }
        span_ms %= units[i].ms;
    }
    if (first) {
        buf_add_cstr(out, "0 s");
    }
}

struct slice sla_resource_text(struct arena *arena, const struct sla_world *world, size_t resource)
{
    const struct resource *at = &world->policies.resources[resource];

    return arena_printf(arena, "%.*s/%.*s", SLICE_ARG(at->ucloud), SLICE_ARG(at->name));
}

/* --- witnesses ------------------------------------------------------------------------------- */

static void describe_modality(struct arena *arena, const struct sla_world *world,
                              struct sla_conflict *conflict)
{
    const struct sla_certificate *certificate = &conflict->certificate;
    const struct sla_clause *forbid = conflict->clauses[sla_conflict_forbid(world, conflict)];
    const struct sla_clause *permit = conflict->clauses[1 - sla_conflict_forbid(world, conflict)];
    struct slice resource = sla_resource_text(arena, world, certificate->resource);
    bool oblige =
        permit->reaction == NULL && (permit->op == SLA_OP_OBLIGE || permit->op == SLA_OP_AT_MOST);

    CLEANUP(buf_done) struct buf moment = { 0 };
    sla_guards_print(world->guards, sla_guards_sample(world->guards, certificate->guard), &moment);
    conflict->witness = arena_printf(
        arena, "`%.*s` does %s on %.*s%s%.*s: `%.*s` %s it, `%.*s` forbids it",
        SLICE_ARG(certificate->subject), sla_act_name(certificate->action), SLICE_ARG(resource),
        moment.len > 0 ? ", " : "", SLICE_ARG(buf_slice(&moment)), SLICE_ARG(permit->ref.clause),
        oblige ? "obliges to" : "permits", SLICE_ARG(forbid->ref.clause));
}

/* The clauses that permit the first and the other act, perhaps one and the same. The duty, which is
 * asked of no request, speaks of none. */
static void permits_of(const struct sla_conflict *conflict, const struct sla_clause *out[2])
{
    const struct sla_certificate *certificate = &conflict->certificate;
    size_t count = 0;

    for (size_t i = 0; i < conflict->clause_count; i++) {
        if (sla_clause_acts(conflict->clauses[i]) != 0) {
            out[1] = conflict->clauses[i];
            out[0] = count++ == 0 ? out[1] : out[0];
        }
    }
    if ((sla_clause_acts(out[0]) >> certificate->action & 1U) == 0 ||
        (sla_clause_acts(out[1]) >> certificate->other & 1U) == 0) {
        const struct sla_clause *first = out[0];
        out[0] = out[1];
        out[1] = first;
    }
}

static void describe_duty(struct arena *arena, const struct sla_world *world,
                          struct sla_conflict *conflict)
{
    const struct sla_certificate *certificate = &conflict->certificate;
    CLEANUP(buf_done) struct buf moment = { 0 };
    CLEANUP(buf_done) struct buf acts = { 0 };
    const struct sla_clause *permits[2] = { conflict->clauses[0], conflict->clauses[0] };

    permits_of(conflict, permits);
    buf_add_cstr(&acts, sla_act_name(certificate->action));
    if (permits[0] != permits[1]) {
        buf_printf(&acts, " by `%.*s`", SLICE_ARG(permits[0]->ref.clause));
    }
    buf_printf(&acts, " and %s by `%.*s`", sla_act_name(certificate->other),
               SLICE_ARG(permits[1]->ref.clause));
    sla_guards_print(world->guards, sla_guards_sample(world->guards, certificate->guard), &moment);
    conflict->witness =
        arena_printf(arena, "`%.*s` may do %.*s, both on %.*s%s%.*s",
                     SLICE_ARG(certificate->subject), SLICE_ARG(buf_slice(&acts)),
                     SLICE_ARG(sla_resource_text(arena, world, certificate->resource)),
                     moment.len > 0 ? ", " : "", SLICE_ARG(buf_slice(&moment)));
}

static size_t set_size(const struct sla_clause *clause)
{
    const struct sla_universe *universe = clause->term->of;
    size_t size = 0;

    for (uint32_t i = 0; i < universe->count; i++) {
        size += sla_set_has(&clause->value.set, i) ? 1 : 0;
    }
    return size;
}

/* The clause that leaves least: few enough elements to name each with what excludes it. */
static const struct sla_clause *narrowest(const struct sla_conflict *conflict)
{
    const struct sla_clause *best = conflict->clauses[0];

    for (size_t i = 1; i < conflict->clause_count; i++) {
        const struct sla_clause *clause = conflict->clauses[i];
        bool offers = clause->stance == SLA_OFFERS && best->stance != SLA_OFFERS;
        if (set_size(clause) < set_size(best) || (offers && set_size(clause) == set_size(best))) {
            best = clause;
        }
    }
    return best;
}

static const struct sla_clause *excluder(const struct sla_conflict *conflict, uint32_t element)
{
    for (size_t i = 0; i < conflict->clause_count; i++) {
        if (!sla_set_has(&conflict->clauses[i]->value.set, element)) {
            return conflict->clauses[i];
        }
    }
    return NULL;
}

static void describe_elements(const struct sla_conflict *conflict, const struct sla_clause *from,
                              struct buf *out)
{
    const struct sla_universe *universe = from->term->of;
    size_t shown = 0;

    for (uint32_t i = 0; i < universe->count && shown < ELEMENTS_SHOWN_MAX; i++) {
        const struct sla_clause *against =
            sla_set_has(&from->value.set, i) ? excluder(conflict, i) : NULL;
        if (against != NULL) {
            buf_printf(out, "%s%s (not in `%.*s`)", shown > 0 ? ", " : "", universe->names[i],
                       SLICE_ARG(against->ref.clause));
            shown++;
        }
    }
    if (set_size(from) > shown) {
        buf_printf(out, " and %zu more, each excluded likewise", set_size(from) - shown);
    }
}

/* "{DE} meet {FR}", ">= 10 y meet <= 1 y". */
static void describe_meet(const struct sla_conflict *conflict, struct buf *out)
{
    for (size_t i = 0; i < conflict->clause_count; i++) {
        const struct sla_clause *clause = conflict->clauses[i];
        buf_printf(out, "%s%s ", i > 0 ? " meet " : "", sla_op_name(clause->op));
        sla_value_format(clause->term, clause->op, &clause->value, out);
    }
}

static void describe_clash(struct arena *arena, const struct sla_world *world,
                           struct sla_conflict *conflict)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    struct slice resource = sla_resource_text(arena, world, conflict->certificate.resource);

    buf_printf(&text, "nothing is left for %.*s: no `%s` is ", SLICE_ARG(resource),
               conflict->clauses[0]->term->name);
    describe_meet(conflict, &text);
    conflict->witness = arena_copy(arena, buf_slice(&text));
    buf_clear(&text);
    describe_meet(conflict, &text);
    buf_add_cstr(&text, " = {}");
    conflict->arithmetic = arena_copy(arena, buf_slice(&text));
}

/* The first age at which no class is left to all. */
static int64_t age_apart(const struct sla_conflict *conflict)
{
    int64_t first_ms = INT64_MAX;

    for (size_t i = 0; i < conflict->clause_count; i++) {
        const struct sla_tiering *tiering = &conflict->clauses[i]->value.tiering;
        for (size_t j = 0; j < tiering->count; j++) {
            int64_t age_ms = tiering->steps[j].from_ms;
            unsigned left = ~0U;
            for (size_t k = 0; k < conflict->clause_count; k++) {
                left &= sla_tiering_at(&conflict->clauses[k]->value.tiering, age_ms);
            }
            first_ms = left == 0 && age_ms < first_ms ? age_ms : first_ms;
        }
    }
    return first_ms;
}

static void describe_ages(struct arena *arena, const struct sla_world *world,
                          struct sla_conflict *conflict)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    struct slice resource = sla_resource_text(arena, world, conflict->certificate.resource);
    int64_t age_ms = age_apart(conflict);

    describe_clash(arena, world, conflict);
    buf_printf(&text, "no class is left for %.*s at ", SLICE_ARG(resource));
    sla_format_span_ms(age_ms, &text);
    for (size_t i = 0; i < conflict->clause_count; i++) {
        const struct sla_clause *clause = conflict->clauses[i];
        unsigned classes = sla_tiering_at(&clause->value.tiering, age_ms);
        buf_printf(&text, "%s`%.*s` leaves", i == 0 ? ": " : "; ", SLICE_ARG(clause->ref.clause));
        for (size_t j = 0; j < sla_storage_words.count; j++) {
            if ((classes & SLA_BIT(j)) != 0) {
                buf_printf(&text, " %s", sla_storage_words.names[j]);
            }
        }
    }
    conflict->witness = arena_copy(arena, buf_slice(&text));
}

static void describe_set(struct arena *arena, const struct sla_world *world,
                         struct sla_conflict *conflict)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    const struct sla_clause *from = narrowest(conflict);
    struct slice resource = sla_resource_text(arena, world, conflict->certificate.resource);

    buf_printf(&text, "nothing is left for %.*s: `%.*s` leaves ", SLICE_ARG(resource),
               SLICE_ARG(from->ref.clause));
    describe_elements(conflict, from, &text);
    conflict->witness = arena_copy(arena, buf_slice(&text));
    buf_clear(&text);
    for (size_t i = 0; i < conflict->clause_count; i++) {
        const struct sla_clause *clause = conflict->clauses[i];
        bool negated = clause->op == SLA_OP_NOT_IN;
        CLEANUP(buf_done) struct buf value = { 0 };
        sla_clause_format(clause, &value);
        struct slice shown = buf_slice(&value);
        size_t brace = slice_find(shown, '{');
        shown = slice_sub(shown, brace, shown.len);
        buf_printf(&text, "%s%s%.*s", i > 0 ? " meet " : "", negated ? "not " : "",
                   SLICE_ARG(shown));
    }
    buf_add_cstr(&text, " = {}");
    conflict->arithmetic = arena_copy(arena, buf_slice(&text));
}

/* An offer that falls short. */
static void describe_shortfall(struct arena *arena, const struct sla_world *world,
                               struct sla_conflict *conflict)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    const struct sla_clause *requirement = conflict->clauses[0];
    const struct sla_clause *offer = conflict->clauses[1];
    struct slice resource = sla_resource_text(arena, world, conflict->certificate.resource);

    conflict->witness = arena_printf(arena, "`%.*s` keeps `%.*s` on %.*s, and `%.*s` does not hold",
                                     SLICE_ARG(offer->ref.party), SLICE_ARG(offer->ref.clause),
                                     SLICE_ARG(resource), SLICE_ARG(requirement->ref.clause));
    buf_printf(&text, "required: %s ", sla_op_name(requirement->op));
    sla_value_format(requirement->term, requirement->op, &requirement->value, &text);
    buf_printf(&text, "\noffered: %s ", sla_op_name(offer->op));
    sla_value_format(offer->term, offer->op, &offer->value, &text);
    conflict->arithmetic = arena_copy(arena, buf_slice(&text));
}

static void describe_budget(struct arena *arena, const struct sla_world *world,
                            struct sla_conflict *conflict)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    const struct sla_clause *requirement = conflict->clauses[0];
    const struct sla_clause *offer = conflict->clauses[1];
    const struct sla_certificate *certificate = &conflict->certificate;
    struct slice resource = sla_resource_text(arena, world, certificate->resource);
    char window[PARSE_TEXT_MAX];
    char share[PARSE_TEXT_MAX];
    int64_t own_ms = sla_downtime_offered_ms(offer->value.range.least, offer->value.window_ms);

    format_duration_ms(requirement->value.window_ms, window);
    buf_printf(&text, "%.*s may be down ", SLICE_ARG(resource));
    sla_format_span_ms(certificate->offered_ms, &text);
    buf_printf(&text, " in %s and `%.*s` is kept; `%.*s` allows ", window,
               SLICE_ARG(offer->ref.clause), SLICE_ARG(requirement->ref.clause));
    sla_format_span_ms(certificate->allowed_ms, &text);
    conflict->witness = arena_copy(arena, buf_slice(&text));
    buf_clear(&text);
    format_percent_ppb(requirement->value.range.least, share);
    buf_printf(&text, "allowed: %s x (100 %% - %s) = %" PRId64 " ms, rounded down\n", window, share,
               certificate->allowed_ms);
    format_percent_ppb(offer->value.range.least, share);
    format_duration_ms(offer->value.window_ms, window);
    buf_printf(&text,
               "offered: %s x (100 %% - %s) = %" PRId64 " ms, rounded up, + %" PRId64
               " ms planned = %" PRId64 " ms\n",
               window, share, own_ms, offer->value.planned_ms, own_ms + offer->value.planned_ms);
    if (offer->value.window_ms != requirement->value.window_ms) {
        buf_printf(&text, "at worst in one window of the requirement: %" PRId64 " ms\n",
                   certificate->offered_ms);
    }
    buf_printf(&text, "%" PRId64 " - %" PRId64 " = %" PRId64 " ms too many",
               certificate->offered_ms, certificate->allowed_ms,
               certificate->offered_ms - certificate->allowed_ms);
    conflict->arithmetic = arena_copy(arena, buf_slice(&text));
}

/* --- ids ------------------------------------------------------------------------------------- */

/* Over what the finding says, not where it was written. */
static void name_conflict(struct arena *arena, const struct sla_world *world,
                          struct sla_conflict *conflict)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    char hex[2 * SHA256_BYTES + 1];

    buf_printf(&text, "%s\n", sla_conflict_class_name(conflict->class));
    for (size_t i = 0; i < conflict->clause_count; i++) {
        const struct sla_clause *clause = conflict->clauses[i];
        buf_printf(&text, "%.*s %s %.*s %.*s: ", SLICE_ARG(clause->ref.party),
                   party_role_name(clause->ref.role), SLICE_ARG(clause->ref.document),
                   SLICE_ARG(clause->ref.clause));
        sla_clause_format(clause, &text);
        buf_add_char(&text, '\n');
    }
    for (size_t i = 0; i < conflict->resource_count; i++) {
        struct slice resource = sla_resource_text(arena, world, conflict->resources[i]);
        buf_printf(&text, "%.*s\n", SLICE_ARG(resource));
    }
    struct sha256 hash = sha256_of(buf_slice(&text));
    sha256_hex(&hash, hex);
    conflict->id = arena_printf(arena, "cf-%.*s", ID_HEX_DIGITS, hex);
}

void sla_conflict_describe(struct arena *arena, const struct sla_world *world,
                           struct sla_conflict *conflict)
{
    switch (conflict->class) {
    case SLA_CONFLICT_MODALITY:
        describe_modality(arena, world, conflict);
        break;
    case SLA_CONFLICT_DUTY:
        describe_duty(arena, world, conflict);
        break;
    case SLA_CONFLICT_SET:
        if (conflict->clauses[0]->term->domain == &sla_domain_set) {
            describe_set(arena, world, conflict);
        } else if (conflict->clauses[0]->term->domain == &sla_domain_tiering) {
            describe_ages(arena, world, conflict);
        } else {
            describe_clash(arena, world, conflict);
        }
        break;
    case SLA_CONFLICT_ARITHMETIC:
        if (conflict->clauses[0]->term->chooser == SLA_BUDGET) {
            describe_budget(arena, world, conflict);
        } else {
            describe_shortfall(arena, world, conflict);
        }
        break;
    case SLA_CONFLICT_QUORUM:
        sla_conflict_describe_quorum(arena, world, conflict);
        break;
    }
    name_conflict(arena, world, conflict);
}
