#include "sla/diff/effects_priv.h"

#include "base/parse.h"
#include "base/yaml.h"
#include "model/decide.h"
#include "sla/conflict/conflict.h"
#include "sla/resolve/service.h"
#include "sla/terms/domain.h"

enum { SIDES = SLA_EFFECT_SIDES };

/* Of the clause as written; NULL: none. */
static const struct yaml_node *tier_of(const struct sla_clause *clause)
{
    return clause->reaction == NULL ? yaml_get(clause->node, "tier") : NULL;
}

static void add_span(struct buf *out, const char *what, int64_t span_ms)
{
    if (span_ms > 0) {
        char text[PARSE_TEXT_MAX];
        format_duration_ms(span_ms, text);
        buf_printf(out, ", %s %s", what, text);
    }
}

/* All that `effects` compares, but for where it speaks. */
static void format_clause(const struct sla_clause *clause, struct buf *out)
{
    const struct reaction *reaction = clause->reaction;
    const struct yaml_node *tier = tier_of(clause);

    sla_clause_format(clause, out);
    add_span(out, "lease", reaction != NULL ? reaction->lease_ms : 0);
    add_span(out, "within", reaction != NULL ? reaction->within_ms : 0);
    add_span(out, "notice", clause->notice_ms);
    if (reaction != NULL) {
        buf_printf(out, ", approval %s", approval_name(reaction->approval));
    }
    if (tier != NULL) {
        buf_printf(out, ", tier %.*s", SLICE_ARG(tier->text));
    }
}

/* A rule that decides something is told by what it decides. */
static const bool *decided_of(struct arena *arena, const struct sla_world *world)
{
    const struct policy_rules *rules = world->policies.rules;
    bool *decided = ARENA_NEW(arena, bool, world->clause_count + 1);

    for (size_t i = 0; i < rules->rule_count; i++) {
        uint32_t clause = rules->rules[i].clause;
        decided[clause] = world->clauses[clause]->reaction == NULL;
    }
    return decided;
}

enum { IS_TIGHTER = 1U, IS_LOOSER = 2U };

static unsigned more_is_tighter(int64_t before, int64_t after)
{
    return after == before ? 0 : after > before ? IS_TIGHTER : IS_LOOSER;
}

/* What a rule asks for or grants besides what it decides: notice, to do what one may, and links
 * that may be granted under it. */
static bool has_duties(const struct sla_clause *clause)
{
    return clause->notice_ms > 0 || clause->op == SLA_OP_OBLIGE || clause->delegate > 0;
}

static unsigned compare_duties(const struct sla_clause *before, const struct sla_clause *after)
{
    return more_is_tighter(before->notice_ms, after->notice_ms) |
           more_is_tighter(before->op == SLA_OP_OBLIGE, after->op == SLA_OP_OBLIGE) |
           more_is_tighter(after->delegate, before->delegate);
}

/* A clause that only one of the worlds has. */
static void tell_clause(struct sla_effect_finding *self, enum sla_effect_kind kind,
                        const struct sla_clause *clause)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    if (sla_effect_is_shown(self, kind)) {
        buf_printf(&text, "%.*s/%.*s/%.*s: ", SLICE_ARG(clause->ref.party),
                   SLICE_ARG(clause->ref.document), SLICE_ARG(clause->ref.clause));
        format_clause(clause, &text);
    }
    sla_effect_tell(self, kind, 1, arena_copy(self->arena, buf_slice(&text)));
}

static unsigned compare_values(const struct sla_clause *before, const struct sla_clause *after)
{
    if (before->term != after->term || before->stance != after->stance || before->term == NULL) {
        return IS_TIGHTER | IS_LOOSER;
    }
    if (before->term->chooser == SLA_RULE && before->op != after->op) {
        return IS_TIGHTER | IS_LOOSER; /* the value says nothing of it */
    }
    bool forth = before->term->domain->implies(before->term, &after->value, &before->value);
    bool back = before->term->domain->implies(before->term, &before->value, &after->value);
    if (forth && back) {
        return 0;
    }
    return forth ? IS_TIGHTER : back ? IS_LOOSER : IS_TIGHTER | IS_LOOSER;
}

/* What speaks always is tighter than what speaks sometimes; two conditions are only told. */
static unsigned compare_conditions(const struct sla_clause *before, const struct sla_clause *after)
{
    if (slice_eq(before->conditions, after->conditions)) {
        return 0;
    }
    return after->conditions.len == 0    ? IS_TIGHTER
           : before->conditions.len == 0 ? IS_LOOSER
                                         : IS_TIGHTER | IS_LOOSER;
}

static bool responds_with_all(const struct reaction *reaction, const struct reaction *other)
{
    for (size_t i = 0; i < other->respond_count; i++) {
        size_t at = 0;
        while (at < reaction->respond_count && reaction->respond[at] != other->respond[i]) {
            at++;
        }
        if (at == reaction->respond_count) {
            return false;
        }
    }
    return true;
}

/* As a template sees it (section 7 of the language): fewer actions, a shorter lease and more
 * approval are tighter; so is an earlier deadline. */
static unsigned compare_reactions(const struct reaction *before, const struct reaction *after)
{
    unsigned changed = slice_eq(before->rule, after->rule) ? 0U : IS_TIGHTER | IS_LOOSER;

    changed |= responds_with_all(before, after) ? 0U : IS_LOOSER;
    changed |= responds_with_all(after, before) ? 0U : IS_TIGHTER;
    changed |= more_is_tighter(after->lease_ms, before->lease_ms);
    changed |= more_is_tighter((int64_t)before->approval, (int64_t)after->approval);
    if (before->within_ms > 0 && after->within_ms > 0) {
        return changed | more_is_tighter(after->within_ms, before->within_ms);
    }
    return changed | more_is_tighter(before->within_ms, after->within_ms); /* 0: whenever */
}

static unsigned compare_bounds(const struct sla_clause *before, const struct sla_clause *after)
{
    if (before->reaction != NULL && after->reaction != NULL) {
        return compare_reactions(before->reaction, after->reaction);
    }
    return compare_values(before, after) | compare_conditions(before, after) |
           compare_duties(before, after);
}

/* "; also on imaging/a": those that only one of both speaks of. */
static bool add_resources(struct buf *out, const char *what, const struct sla_effect_finding *self,
                          const struct sla_clause *const clauses[SIDES], size_t side)
{
    static const size_t none = 0;
    struct sla_effect_walk walk = { 0 };
    struct sla_effect_names names = { .out = out };
    size_t places[SIDES];

    for (size_t i = 0; i < SIDES; i++) {
        walk.sets[i] = &self->worlds[i]->policies;
        walk.counts[i] = clauses[i]->resource_count;
        walk.lists[i] = walk.counts[i] > 0 ? clauses[i]->resources : &none;
    }
    while (sla_effect_next(&walk, places)) {
        if (places[1 - side] == SIZE_MAX) {
            buf_add_cstr(out, names.count == 0 ? what : "");
            sla_effect_name_resource(&names, &walk.sets[side]->resources[places[side]]);
        }
    }
    sla_effect_names_end(&names);
    return names.count > 0;
}

static bool names_service(const struct sla_clause *clause, const struct sla_service *service)
{
    for (size_t i = 0; i < clause->service_count; i++) {
        if (slice_eq(clause->services[i]->ucloud, service->ucloud) &&
            slice_eq(clause->services[i]->id, service->id)) {
            return true;
        }
    }
    return false;
}

/* The same of services. */
static bool add_services(struct buf *out, const char *what,
                         const struct sla_clause *const clauses[SIDES], size_t side)
{
    struct sla_effect_names names = { .out = out };

    for (size_t i = 0; i < clauses[side]->service_count; i++) {
        const struct sla_service *service = clauses[side]->services[i];
        if (!names_service(clauses[1 - side], service)) {
            buf_add_cstr(out, names.count == 0 ? what : "");
            sla_effect_name(&names, service->ucloud, service->id);
        }
    }
    sla_effect_names_end(&names);
    return names.count > 0;
}

/* What it speaks of now and did not, and the other way round. */
static unsigned compare_places(const struct sla_effect_finding *self,
                               const struct sla_clause *const clauses[SIDES], struct buf *text)
{
    bool more = add_resources(text, "; also on ", self, clauses, 1);
    bool less = add_resources(text, "; no longer on ", self, clauses, 0);

    more |= add_services(text, "; also on service ", clauses, 1);
    less |= add_services(text, "; no longer on service ", clauses, 0);
    return (more ? IS_TIGHTER : 0U) | (less ? IS_LOOSER : 0U);
}

/* A `must` is tighter; tells it. */
static unsigned compare_strengths(enum sla_strength before, enum sla_strength after,
                                  struct buf *text)
{
    if (before == after) {
        return 0;
    }
    buf_printf(text, "; `%s`, was `%s`", sla_strength_name(after), sla_strength_name(before));
    return after == SLA_MUST ? IS_TIGHTER : IS_LOOSER;
}

static void compare_clause(struct sla_effect_finding *self,
                           const struct sla_clause *const clauses[SIDES], bool decided)
{
    static const enum sla_effect_kind kinds[] = { [IS_TIGHTER] = SLA_TIGHTER,
                                                  [IS_LOOSER] = SLA_LOOSER,
                                                  [IS_TIGHTER | IS_LOOSER] = SLA_OTHERWISE };
    const struct sla_clause *before = clauses[0];
    const struct sla_clause *after = clauses[1];
    CLEANUP(buf_done) struct buf was = { 0 };
    CLEANUP(buf_done) struct buf is = { 0 };
    CLEANUP(buf_done) struct buf text = { 0 };
    unsigned changed = decided ? compare_duties(before, after) : 0;

    format_clause(before, &was);
    format_clause(after, &is);
    bool same = slice_eq(buf_slice(&was), buf_slice(&is));
    changed |= !same && !decided ? compare_bounds(before, after) : 0;
    buf_printf(&text, "%.*s/%.*s/%.*s: %.*s", SLICE_ARG(after->ref.party),
               SLICE_ARG(after->ref.document), SLICE_ARG(after->ref.clause),
               SLICE_ARG(buf_slice(&is)));
    if (changed != 0) {
        buf_printf(&text, "; was %.*s", SLICE_ARG(buf_slice(&was)));
    }
    changed |= compare_strengths(before->strength, after->strength, &text);
    changed |= decided ? 0U : compare_places(self, clauses, &text);
    if (changed != 0) {
        sla_effect_tell(self, kinds[changed], 1, arena_copy(self->arena, buf_slice(&text)));
    }
}

/* That one side alone has. What decides is told by its decisions, but for what these do not show.
 */
static void tell_one_sided(struct sla_effect_finding *self, enum sla_effect_kind kind,
                           const struct sla_clause *clause, bool decided)
{
    if (!decided || has_duties(clause)) {
        tell_clause(self, kind, clause);
    }
}

void sla_effects_find_clauses(struct sla_effect_finding *self)
{
    const struct sla_world *before = self->worlds[0];
    const struct sla_world *after = self->worlds[1];
    const bool *decided[SIDES] = { decided_of(self->arena, before),
                                   decided_of(self->arena, after) };
    size_t i = 0;
    size_t j = 0;

    while (i < before->clause_count || j < after->clause_count) {
        int order = i == before->clause_count ? 1
                    : j == after->clause_count
                        ? -1
                        : sla_clause_ref_cmp(&before->clauses[i]->ref, &after->clauses[j]->ref);
        if (order < 0) {
            tell_one_sided(self, SLA_NO_LONGER_ASKED, before->clauses[i], decided[0][i]);
        } else if (order > 0) {
            tell_one_sided(self, SLA_ASKED_NEWLY, after->clauses[j], decided[1][j]);
        } else {
            const struct sla_clause *const clauses[] = { before->clauses[i], after->clauses[j] };
            compare_clause(self, clauses, decided[0][i] && decided[1][j]);
        }
        i += order <= 0;
        j += order >= 0;
    }
}
