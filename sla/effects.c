#include "sla/effects.h"

#include "base/parse.h"
#include "base/yaml.h"
#include "sla/conflict.h"
#include "sla/domain.h"
#include "sla/guard.h"
#include "sla/sla.h"

#include <stdlib.h>

static const char *const kind_names[SLA_EFFECT_KINDS] = {
    [SLA_NEWLY_PERMITTED] = "newly permitted",
    [SLA_NEWLY_FORBIDDEN] = "newly forbidden",
    [SLA_NO_LONGER_RULED] = "no longer ruled",
    [SLA_RULE_ADDED] = "rules added",
    [SLA_RULE_GONE] = "rules gone",
    [SLA_RULE_CHANGED] = "rules changed",
    [SLA_NEW_CONFLICT] = "new conflicts",
    [SLA_GONE_CONFLICT] = "conflicts gone",
    [SLA_ASKED_NEWLY] = "newly asked or offered",
    [SLA_NO_LONGER_ASKED] = "no longer asked or offered",
    [SLA_TIGHTER] = "tighter",
    [SLA_LOOSER] = "looser",
    [SLA_OTHERWISE] = "otherwise",
};

const char *sla_effect_kind_name(enum sla_effect_kind kind)
{
    return kind_names[kind];
}

/* --- sentences ------------------------------------------------------------------------------- */

struct finding {
    struct arena *arena;
    struct sla_effects *out;
    struct slice *rows[SLA_EFFECT_KINDS];
};

static void tell(struct finding *self, enum sla_effect_kind kind, size_t count, struct slice text)
{
    struct sla_effect_list *list = &self->out->lists[kind];

    if (self->rows[kind] == NULL) {
        self->rows[kind] = ARENA_NEW(self->arena, struct slice, SLA_EFFECTS_SHOWN);
        list->shown = self->rows[kind];
    }
    list->count += count;
    list->sentence_count++;
    if (list->shown_count < SLA_EFFECTS_SHOWN) {
        self->rows[kind][list->shown_count++] = text;
    }
}

/* Whether a sentence would still be shown: others are counted, not written. */
static bool is_shown(const struct finding *self, enum sla_effect_kind kind)
{
    return self->out->lists[kind].shown_count < SLA_EFFECTS_SHOWN;
}

/* --- rules ----------------------------------------------------------------------------------- */

enum verdict { VERDICT_NONE, VERDICT_PERMIT, VERDICT_FORBID };
enum { SIDES = 2 };

/* What one world says of an act, a subject and a resource. */
struct cell {
    enum action_kind act;
    struct slice ucloud, resource, subject;
    enum verdict verdict;
    uint8_t side;
};

static int place_order(const struct cell *a, const struct cell *b)
{
    int order = slice_cmp(a->ucloud, b->ucloud);

    return order != 0 ? order : slice_cmp(a->resource, b->resource);
}

/* "*" comes before every name. */
static int cell_order(const void *left, const void *right)
{
    const struct cell *a = left;
    const struct cell *b = right;
    int order = (int)a->act - (int)b->act;

    order = order != 0 ? order : place_order(a, b);
    order = order != 0 ? order : slice_cmp(a->subject, b->subject);
    order = order != 0 ? order : (int)a->side - (int)b->side;
    return order != 0 ? order : (int)a->verdict - (int)b->verdict;
}

static size_t count_cells(const struct policy_set *set)
{
    size_t count = 0;

    for (size_t i = 0; i < set->policy_count; i++) {
        count += set->policies[i].target_count;
    }
    return count;
}

static size_t take_cells(const struct policy_set *set, uint8_t side, struct cell *cells)
{
    size_t count = 0;

    for (size_t i = 0; i < set->policy_count; i++) {
        const struct policy *policy = &set->policies[i];
        for (size_t j = 0; j < policy->target_count; j++) {
            const struct resource *resource = &set->resources[policy->targets[j]];
            cells[count++] =
                (struct cell){ .act = policy->action,
                               .ucloud = resource->ucloud,
                               .resource = resource->name,
                               .subject = policy->subject,
                               .verdict = policy->effect == POLICY_FORBID ? VERDICT_FORBID
                                                                          : VERDICT_PERMIT,
                               .side = side };
        }
    }
    return count;
}

/* A verdict that changed. */
struct change {
    const struct cell *cell;
    enum sla_effect_kind kind;
};

struct changes {
    struct change *items;
    size_t count;
};

static void note_change(struct changes *changes, const struct cell *cell,
                        const enum verdict verdicts[SIDES])
{
    static const enum sla_effect_kind kinds[] = { [VERDICT_NONE] = SLA_NO_LONGER_RULED,
                                                  [VERDICT_PERMIT] = SLA_NEWLY_PERMITTED,
                                                  [VERDICT_FORBID] = SLA_NEWLY_FORBIDDEN };

    if (verdicts[0] != verdicts[1]) {
        changes->items[changes->count++] = (struct change){ cell, kinds[verdicts[1]] };
    }
}

/* All cells of one act and resource: whoever has none of its own has that of everybody else. Of a
 * permit and a forbid for one subject the forbid counts; that they collide is told as a conflict.
 */
static void compare_place(const struct cell *cells, size_t count, struct changes *changes)
{
    enum verdict others[SIDES] = { VERDICT_NONE, VERDICT_NONE };
    size_t end = 0;

    for (size_t from = 0; from < count; from = end) {
        enum verdict own[SIDES] = { VERDICT_NONE, VERDICT_NONE };
        bool everybody = slice_is(cells[from].subject, "*");
        for (end = from; end < count && slice_eq(cells[end].subject, cells[from].subject); end++) {
            own[cells[end].side] = cells[end].verdict; /* the last is the gravest */
        }
        for (size_t side = 0; side < SIDES; side++) {
            own[side] = own[side] == VERDICT_NONE ? others[side] : own[side];
            others[side] = everybody ? own[side] : others[side];
        }
        note_change(changes, &cells[from], own);
    }
}

static int change_order(const void *left, const void *right)
{
    const struct change *a = left;
    const struct change *b = right;
    int order = (int)a->kind - (int)b->kind;

    order = order != 0 ? order : (int)a->cell->act - (int)b->cell->act;
    order = order != 0 ? order : slice_cmp(a->cell->subject, b->cell->subject);
    return order != 0 ? order : place_order(a->cell, b->cell);
}

static bool same_sentence(const struct change *a, const struct change *b)
{
    return a->kind == b->kind && a->cell->act == b->cell->act &&
           slice_eq(a->cell->subject, b->cell->subject);
}

/* "imaging/a, imaging/b and 3 more" */
static void add_places(struct buf *out, const struct change *changes, size_t count)
{
    for (size_t i = 0; i < count && i < SLA_EFFECT_NAMES_SHOWN; i++) {
        buf_printf(out, "%s%.*s/%.*s", i > 0 ? ", " : "", SLICE_ARG(changes[i].cell->ucloud),
                   SLICE_ARG(changes[i].cell->resource));
    }
    if (count > SLA_EFFECT_NAMES_SHOWN) {
        buf_printf(out, " and %zu more", count - SLA_EFFECT_NAMES_SHOWN);
    }
}

static struct slice rule_text(struct arena *arena, const struct change *changes, size_t count)
{
    static const struct {
        const char *before, *verb;
    } words[] = { [SLA_NEWLY_PERMITTED] = { "", "may do" },
                  [SLA_NEWLY_FORBIDDEN] = { "", "may not do" },
                  [SLA_NO_LONGER_RULED] = { "no clause says whether ", "may do" } };
    CLEANUP(buf_done) struct buf out = { 0 };
    const struct cell *cell = changes->cell;

    buf_add_cstr(&out, words[changes->kind].before);
    if (slice_is(cell->subject, "*")) {
        buf_add_cstr(&out, "everybody else");
    } else {
        buf_printf(&out, "`%.*s`", SLICE_ARG(cell->subject));
    }
    buf_printf(&out, " %s %s on ", words[changes->kind].verb, action_kind_name(cell->act));
    add_places(&out, changes, count);
    return arena_copy(arena, buf_slice(&out));
}

static void tell_rules(struct finding *self, struct changes *changes)
{
    size_t end = 0;

    if (changes->count > 1) {
        qsort(changes->items, changes->count, sizeof(struct change), change_order);
    }
    for (size_t from = 0; from < changes->count; from = end) {
        const struct change *first = &changes->items[from];
        while (end < changes->count && same_sentence(first, &changes->items[end])) {
            end++;
        }
        tell(self, first->kind, end - from,
             is_shown(self, first->kind) ? rule_text(self->arena, first, end - from)
                                         : (struct slice){ 0 });
    }
}

static void find_rules(struct finding *self, const struct sla_world *before,
                       const struct sla_world *after)
{
    size_t room = count_cells(&before->policies) + count_cells(&after->policies);
    struct cell *cells = ARENA_NEW(self->arena, struct cell, room + 1);
    struct changes changes = { .items = ARENA_NEW(self->arena, struct change, room + 1) };
    size_t count = take_cells(&before->policies, 0, cells);
    size_t end = 0;

    count += take_cells(&after->policies, 1, &cells[count]);
    if (count > 1) {
        qsort(cells, count, sizeof(struct cell), cell_order);
    }
    for (size_t from = 0; from < count; from = end) {
        while (end < count && cells[end].act == cells[from].act &&
               place_order(&cells[end], &cells[from]) == 0) {
            end++;
        }
        compare_place(&cells[from], end - from, &changes);
    }
    tell_rules(self, &changes);
}

/* --- conflicts ------------------------------------------------------------------------------- */

static void find_conflicts(struct finding *self, enum sla_effect_kind kind,
                           const struct sla_world *of, const struct sla_world *not_in)
{
    for (size_t i = 0; i < of->conflict_count; i++) {
        const struct sla_conflict *conflict = &of->conflicts[i];
        if (sla_world_conflict(not_in, conflict->id) == NULL) {
            tell(self, kind, 1,
                 arena_printf(self->arena, "%.*s: %.*s", SLICE_ARG(conflict->id),
                              SLICE_ARG(conflict->witness)));
        }
    }
}

/* --- clauses --------------------------------------------------------------------------------- */

static int clause_order(const struct sla_clause *a, const struct sla_clause *b)
{
    return sla_clause_ref_cmp(&a->ref, &b->ref);
}

static bool is_rule(const struct sla_clause *clause)
{
    return clause->term != NULL && clause->term->becomes == SLA_BECOMES_POLICY;
}

/* Of the clause as written; NULL: none. */
static const struct yaml_node *tier_of(const struct sla_clause *clause)
{
    return clause->reaction == NULL ? yaml_get(clause->node, "tier") : NULL;
}

/* A rule that is compared where it ends up, not as a clause. */
static bool is_decided(const struct sla_clause *clause)
{
    enum action_kind executed = ACTION_NETWORK_DENY;

    return is_rule(clause) && clause->term->acts == 0 && clause->guard == SLA_GUARD_ALWAYS &&
           clause->op != SLA_OP_PASS && tier_of(clause) == NULL &&
           sla_act_action(clause->action, &executed);
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

/* A clause that only one of the worlds has. */
static void tell_clause(struct finding *self, bool is_new, const struct sla_clause *clause)
{
    enum sla_effect_kind of_rule = is_new ? SLA_RULE_ADDED : SLA_RULE_GONE;
    enum sla_effect_kind other = is_new ? SLA_ASKED_NEWLY : SLA_NO_LONGER_ASKED;
    enum sla_effect_kind kind = is_rule(clause) ? of_rule : other;
    CLEANUP(buf_done) struct buf text = { 0 };

    if (is_decided(clause)) {
        return;
    }
    if (is_shown(self, kind)) {
        buf_printf(&text, "%.*s/%.*s/%.*s: ", SLICE_ARG(clause->ref.party),
                   SLICE_ARG(clause->ref.document), SLICE_ARG(clause->ref.clause));
        format_clause(clause, &text);
    }
    tell(self, kind, 1, arena_copy(self->arena, buf_slice(&text)));
}

enum { IS_TIGHTER = 1U, IS_LOOSER = 2U };

static unsigned more_is_tighter(int64_t before, int64_t after)
{
    return after == before ? 0 : after > before ? IS_TIGHTER : IS_LOOSER;
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
           more_is_tighter(before->notice_ms, after->notice_ms);
}

/* "; also on imaging/a": those of `more` that `less` does not have. Both ascend by name. */
static bool add_resources(struct buf *out, const char *what, const struct sla_world *more_world,
                          const struct sla_clause *more, const struct sla_world *less_world,
                          const struct sla_clause *less)
{
    size_t count = 0;
    size_t j = 0;

    for (size_t i = 0; i < more->resource_count; i++) {
        const struct resource *at = &more_world->policies.resources[more->resources[i]];
        int order = 1;
        while (j < less->resource_count && order > 0) {
            const struct resource *other = &less_world->policies.resources[less->resources[j]];
            order = slice_cmp(at->ucloud, other->ucloud);
            order = order != 0 ? order : slice_cmp(at->name, other->name);
            j += order >= 0;
        }
        if (order != 0 && count++ < SLA_EFFECT_NAMES_SHOWN) {
            buf_printf(out, "%s%.*s/%.*s", count == 1 ? what : ", ", SLICE_ARG(at->ucloud),
                       SLICE_ARG(at->name));
        }
    }
    if (count > SLA_EFFECT_NAMES_SHOWN) {
        buf_printf(out, " and %zu more", count - SLA_EFFECT_NAMES_SHOWN);
    }
    return count > 0;
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

static void compare_clause(struct finding *self, const struct sla_world *worlds[SIDES],
                           const struct sla_clause *before, const struct sla_clause *after)
{
    static const enum sla_effect_kind kinds[] = { [IS_TIGHTER] = SLA_TIGHTER,
                                                  [IS_LOOSER] = SLA_LOOSER,
                                                  [IS_TIGHTER | IS_LOOSER] = SLA_OTHERWISE };
    CLEANUP(buf_done) struct buf was = { 0 };
    CLEANUP(buf_done) struct buf is = { 0 };
    CLEANUP(buf_done) struct buf text = { 0 };
    bool rule = is_rule(before) && is_rule(after);
    bool decided = is_decided(before) && is_decided(after);
    unsigned changed = 0;

    format_clause(before, &was);
    format_clause(after, &is);
    buf_printf(&text, "%.*s/%.*s/%.*s: %.*s", SLICE_ARG(after->ref.party),
               SLICE_ARG(after->ref.document), SLICE_ARG(after->ref.clause),
               SLICE_ARG(buf_slice(&is)));
    if (!decided && !slice_eq(buf_slice(&was), buf_slice(&is))) {
        changed |= rule ? IS_TIGHTER | IS_LOOSER : compare_bounds(before, after);
        buf_printf(&text, "; was %.*s", SLICE_ARG(buf_slice(&was)));
    }
    changed |= compare_strengths(before->strength, after->strength, &text);
    if (!decided) {
        bool more = add_resources(&text, "; also on ", worlds[1], after, worlds[0], before);
        bool less = add_resources(&text, "; no longer on ", worlds[0], before, worlds[1], after);
        changed |= (more ? IS_TIGHTER : 0U) | (less ? IS_LOOSER : 0U);
    }
    if (changed != 0) {
        tell(self, rule && !decided ? SLA_RULE_CHANGED : kinds[changed], 1,
             arena_copy(self->arena, buf_slice(&text)));
    }
}

static void find_clauses(struct finding *self, const struct sla_world *worlds[SIDES])
{
    const struct sla_world *before = worlds[0];
    const struct sla_world *after = worlds[1];
    size_t i = 0;
    size_t j = 0;

    while (i < before->clause_count || j < after->clause_count) {
        int order = i == before->clause_count ? 1
                    : j == after->clause_count
                        ? -1
                        : clause_order(before->clauses[i], after->clauses[j]);
        if (order < 0) {
            tell_clause(self, false, before->clauses[i]);
        } else if (order > 0) {
            tell_clause(self, true, after->clauses[j]);
        } else {
            compare_clause(self, worlds, before->clauses[i], after->clauses[j]);
        }
        i += order <= 0;
        j += order >= 0;
    }
}

void sla_effects_find(struct arena *arena, const struct sla_world *before,
                      const struct sla_world *after, struct sla_effects *out)
{
    struct finding self = { .arena = arena, .out = out };
    const struct sla_world *worlds[SIDES] = { before, after };

    *out = (struct sla_effects){ 0 };
    find_rules(&self, before, after);
    find_conflicts(&self, SLA_NEW_CONFLICT, after, before);
    find_conflicts(&self, SLA_GONE_CONFLICT, before, after);
    find_clauses(&self, worlds);
}

void sla_effects_write_json(const struct sla_effects *effects, struct json_writer *writer)
{
    json_open_array(writer);
    for (size_t i = 0; i < SLA_EFFECT_KINDS; i++) {
        const struct sla_effect_list *list = &effects->lists[i];
        if (list->count == 0) {
            continue;
        }
        json_open_object(writer);
        json_add_cstr(writer, "kind", kind_names[i]);
        json_add_i64(writer, "count", (int64_t)list->count);
        json_add_i64(writer, "sentenceCount", (int64_t)list->sentence_count);
        json_key(writer, "sentences");
        json_open_array(writer);
        for (size_t j = 0; j < list->shown_count; j++) {
            json_put_text(writer, list->shown[j]);
        }
        json_close_array(writer);
        json_close_object(writer);
    }
    json_close_array(writer);
}
