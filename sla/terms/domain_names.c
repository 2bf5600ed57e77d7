#include "sla/read/field_types.h"
#include "sla/report.h"
#include "sla/terms/domain.h"

#include <stdlib.h>

/* Names out of an open universe. Of what is allowed (NAMES) the fewer, the tighter: those listed,
 * or, after `deny` and `not in`, all but those. Of what there must be (MENTIONS) the more. All but
 * finitely many names are never none. */

static const char *const some_parties[] = { "bank-b", "hospital-a", "operator", "private-dc",
                                            "tenant" };
const struct sla_naming sla_naming_parties = {
    .what = "the name of a party",
    .expected = "expected a party or a role",
    .plural = "parties",
    .diag_code = SLA_CODE_NAME,
    .is_well_formed = sla_is_name,
    .samples = some_parties,
    .sample_count = COUNT_OF(some_parties),
    .by_role = true,
};

static int name_order(const void *left, const void *right)
{
    return slice_cmp(*(const struct slice *)left, *(const struct slice *)right);
}

static void normalise(struct slice *names, size_t *count)
{
    size_t kept = 0;

    if (*count > 1) {
        qsort(names, *count, sizeof(*names), name_order);
    }
    for (size_t i = 0; i < *count; i++) {
        if (kept == 0 || !slice_eq(names[kept - 1], names[i])) {
            names[kept++] = names[i];
        }
    }
    *count = kept;
}

static bool excludes(enum sla_op op)
{
    return op == SLA_OP_DENY || op == SLA_OP_NOT_IN;
}

static bool parse(struct sla_reading *reading, const struct sla_clause *clause,
                  const struct yaml_node *node, struct sla_value *out)
{
    struct draft *draft = reading->draft;
    const struct sla_naming *naming = clause->term->of;
    bool good = true;
    size_t count = 0;

    if (!sla_value_has_shape(draft, clause->term, node, sla_value_is_texts(node)) ||
        !sla_is_not_empty(draft, node)) {
        return false;
    }
    struct slice *names = ARENA_NEW(draft->arena, struct slice, sla_texts_count(node) + 1);
    for (const struct yaml_node *at = sla_texts_first(node); at != NULL && !sla_is_full(draft, at);
         at = sla_texts_next(node, at)) {
        if (naming->is_well_formed(at->text)) {
            names[count++] = at->text;
            continue;
        }
        struct diag *diag = diag_add(draft->diags, DIAG_ERROR, naming->diag_code, yaml_span(at),
                                     "`%.*s` is not %s", SLICE_ARG(at->text), naming->what);
        diag_label(draft->diags, diag, "%s", naming->expected);
        diag_help(draft->diags, diag, "for example `%s`", clause->term->example);
        good = false;
    }
    normalise(names, &count);
    out->names = (struct sla_name_set){ names, count, excludes(clause->op) };
    return good;
}

static void print(const struct sla_term *term, enum sla_op op, const struct sla_value *value,
                  struct buf *out)
{
    (void)term;
    if (value->names.all_but != excludes(op)) { /* after meeting others it is of the other kind */
        buf_add_cstr(out, value->names.all_but ? "all but " : "none but ");
    }
    buf_add_char(out, '{');
    for (size_t i = 0; i < value->names.count; i++) {
        buf_printf(out, "%s%.*s", i > 0 ? ", " : "", SLICE_ARG(value->names.names[i]));
    }
    buf_add_char(out, '}');
}

/* What a merge of two ascending lists keeps. */
enum keep { KEEP_LEFT = 1, KEEP_BOTH = 2, KEEP_RIGHT = 4 };

/* Below 0: the next name is the left list's alone; above: the right one's; 0: of both. */
static int next_of(const struct sla_name_set *a, size_t i, const struct sla_name_set *b, size_t j)
{
    if (i == a->count || j == b->count) {
        return i == a->count ? 1 : -1;
    }
    return slice_cmp(a->names[i], b->names[j]);
}

static enum keep side_of(int order)
{
    return order < 0 ? KEEP_LEFT : order > 0 ? KEEP_RIGHT : KEEP_BOTH;
}

static struct sla_name_set merge(struct arena *arena, const struct sla_name_set *a,
                                 const struct sla_name_set *b, unsigned keep)
{
    struct slice *names = ARENA_NEW(arena, struct slice, a->count + b->count + 1);
    size_t count = 0;
    size_t i = 0;
    size_t j = 0;

    while (i < a->count || j < b->count) {
        int order = next_of(a, i, b, j);
        if ((keep & side_of(order)) != 0) {
            names[count++] = order <= 0 ? a->names[i] : b->names[j];
        }
        i += order <= 0 ? 1 : 0;
        j += order >= 0 ? 1 : 0;
    }
    return (struct sla_name_set){ .names = names, .count = count };
}

static bool has(const struct sla_name_set *set, struct slice name)
{
    return bsearch(&name, set->names, set->count, sizeof(name), name_order) != NULL;
}

/* Does `set` list all that `others` lists? */
static bool lists_all(const struct sla_name_set *set, const struct sla_name_set *others)
{
    for (size_t i = 0; i < others->count; i++) {
        if (!has(set, others->names[i])) {
            return false;
        }
    }
    return true;
}

static bool lists_none(const struct sla_name_set *set, const struct sla_name_set *others)
{
    for (size_t i = 0; i < others->count; i++) {
        if (has(set, others->names[i])) {
            return false;
        }
    }
    return true;
}

static bool implies(const struct sla_term *term, const struct sla_value *a,
                    const struct sla_value *b)
{
    (void)term;
    if (!b->names.all_but) {
        return !a->names.all_but && lists_all(&b->names, &a->names);
    }
    return a->names.all_but ? lists_all(&a->names, &b->names) : lists_none(&b->names, &a->names);
}

static bool is_bottom(const struct sla_term *term, const struct sla_value *value)
{
    (void)term;
    return !value->names.all_but && value->names.count == 0;
}

static enum sla_meeting meet(const struct sla_term *term, struct arena *arena,
                             const struct sla_value *a, const struct sla_value *b,
                             struct sla_value *out)
{
    struct sla_value both = *a;
    bool but_both = a->names.all_but && b->names.all_but;
    unsigned keep = but_both           ? KEEP_LEFT | KEEP_BOTH | KEEP_RIGHT
                    : a->names.all_but ? KEEP_RIGHT
                    : b->names.all_but ? KEEP_LEFT
                                       : KEEP_BOTH;

    both.names = merge(arena, &a->names, &b->names, keep);
    both.names.all_but = but_both;
    if (is_bottom(term, &both)) {
        return SLA_MEET_NONE;
    }
    *out = both;
    return SLA_MEET_ONE;
}

/* Names that `to` lets in and `from` does not; of all but finitely many those are that it lists. */
static int64_t cost(const struct sla_term *term, const struct sla_value *from,
                    const struct sla_value *to, const char **out_unit)
{
    const struct sla_naming *naming = term->of;
    int64_t count = 0;

    *out_unit = naming->plural;
    if (to->names.all_but && !from->names.all_but) {
        return 1 + (int64_t)from->names.count;
    }
    const struct sla_name_set *more = to->names.all_but ? &from->names : &to->names;
    const struct sla_name_set *less = to->names.all_but ? &to->names : &from->names;
    bool if_listed = !to->names.all_but && from->names.all_but;
    for (size_t i = 0; i < more->count; i++) {
        count += has(less, more->names[i]) == if_listed ? 1 : 0;
    }
    return count;
}

static void schema(const struct sla_term *term, struct json_writer *writer)
{
    (void)term;
    sla_schema_texts(writer);
}

static void sample(const struct sla_term *term, struct arena *arena, uint64_t *seed,
                   struct sla_value *out)
{
    const struct sla_naming *naming = term->of;
    bool but = (term->ops & (SLA_BIT(SLA_OP_DENY) | SLA_BIT(SLA_OP_NOT_IN))) != 0;
    size_t count = 1 + sla_sample_below(seed, 3);
    struct slice *names = ARENA_NEW(arena, struct slice, count);

    for (size_t i = 0; i < count; i++) {
        names[i] = slice_from(naming->samples[sla_sample_below(seed, naming->sample_count)]);
    }
    normalise(names, &count);
    *out = (struct sla_value){ .names = { names, count, but && sla_sample_below(seed, 3) == 0 } };
    if ((term->extras & SLA_EXTRA_WITHIN) != 0) {
        out->within_ms = (int64_t)sla_sample_below(seed, 3);
    }
}

const struct sla_domain sla_domain_names = {
    .name = "names",
    .is_text = true,
    .parse = parse,
    .print = print,
    .implies = implies,
    .meet = meet,
    .is_bottom = is_bottom,
    .cost = cost,
    .schema = schema,
    .sample = sample,
};

static bool is_as_soon(const struct sla_value *a, const struct sla_value *b)
{
    return b->within_ms == 0 || (a->within_ms > 0 && a->within_ms <= b->within_ms);
}

static bool mentions(const struct sla_term *term, const struct sla_value *a,
                     const struct sla_value *b)
{
    (void)term;
    return lists_all(&a->names, &b->names) && is_as_soon(a, b);
}

static enum sla_meeting unite(const struct sla_term *term, struct arena *arena,
                              const struct sla_value *a, const struct sla_value *b,
                              struct sla_value *out)
{
    struct sla_value all = *a;

    if (a->within_ms != b->within_ms && !mentions(term, a, b) && !mentions(term, b, a)) {
        return SLA_MEET_BOTH; /* the one names more, the other is sooner */
    }
    all.names = merge(arena, &a->names, &b->names, KEEP_LEFT | KEEP_BOTH | KEEP_RIGHT);
    all.within_ms = is_as_soon(a, b) ? a->within_ms : b->within_ms;
    *out = all;
    return SLA_MEET_ONE;
}

static bool is_never_bottom(const struct sla_term *term, const struct sla_value *value)
{
    (void)term;
    (void)value;
    return false;
}

static int64_t cost_of_less(const struct sla_term *term, const struct sla_value *from,
                            const struct sla_value *to, const char **out_unit)
{
    int64_t lacking = cost(term, to, from, out_unit);

    return lacking > 0 || mentions(term, to, from) ? lacking : 1; /* later: less in any case */
}

const struct sla_domain sla_domain_mentions = {
    .name = "mentions",
    .is_text = true,
    .parse = parse,
    .print = print,
    .implies = mentions,
    .meet = unite,
    .is_bottom = is_never_bottom,
    .cost = cost_of_less,
    .schema = schema,
    .sample = sample,
};
