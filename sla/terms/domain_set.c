#include "sla/read/field_types.h"
#include "sla/read/one_text.h"
#include "sla/report.h"
#include "sla/terms/domain.h"
#include "sla/terms/sets.h"

/* A part of a closed universe. Of what is allowed (SET) the fewer, the tighter; of what there must
 * be (COVER) the more. */

/* Also a word of English: between blanks it may be one of a sentence, `IS NO`. */
static bool is_english(struct slice name)
{
    static const char *const words[] = { "AM", "AS", "AT", "BE", "DO", "IN", "IS",
                                         "IT", "ME", "MY", "NO", "SO", "TO", "US" };

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (slice_is(name, words[i])) {
            return true;
        }
    }
    return false;
}

/* Several in one text; blanks divide them where each is known. 0: it is one. `out_safe`: it can
 * only mean these. */
static size_t split(const struct sla_universe *universe, struct slice text,
                    struct slice parts[SLA_ONE_TEXT_MAX], bool *out_safe)
{
    for (unsigned also_blanks = 0; also_blanks < 2; also_blanks++) {
        size_t count = sla_one_text_split(text, also_blanks != 0, parts);
        size_t known = 0;
        uint32_t element = 0;
        *out_safe = true;
        while (known < count && sla_universe_find(universe, parts[known], &element)) {
            *out_safe = *out_safe && (also_blanks == 0 || !is_english(parts[known]));
            known++;
        }
        *out_safe = *out_safe && known == count;
        if (count > 1 && (known == count || also_blanks == 0)) {
            return count;
        }
    }
    return 0;
}

/* `EU27`, `EU-27`: the name of a group of countries and its number of members. Empty: it is not. */
static struct slice counted_group(struct slice text)
{
    size_t count = 0;
    const struct sla_country_group *groups = sla_country_groups(&count);

    for (size_t i = 0; i < count; i++) {
        struct slice name = slice_from(groups[i].name);
        struct slice rest = slice_starts(text, name) ? slice_sub(text, name.len, text.len) : name;
        size_t at = 0;
        while (at < rest.len && ((rest.ptr[at] >= '0' && rest.ptr[at] <= '9') ||
                                 rest.ptr[at] == '-' || rest.ptr[at] == ' ')) {
            at++;
        }
        if (at == rest.len) {
            return name;
        }
    }
    return (struct slice){ 0 };
}

/* What is no name of a country, nor near one, but often written for some. False: it is not. */
static bool help_with_countries(struct draft *draft, struct diag *diag,
                                const struct yaml_node *node)
{
    struct slice rest = node->text;
    struct slice first = slice_cut(&rest, ' ');
    struct slice group = counted_group(node->text);
    uint32_t element = 0;

    if (group.len > 0) {
        diag_help(draft->diags, diag, "did you mean the group `%.*s`?", SLICE_ARG(group));
        (void)diag_fix(draft->diags, diag, false, yaml_span(node), group, "replace with `%.*s`",
                       SLICE_ARG(group));
        return true;
    }
    if (!slice_is(first, "not") || !sla_universe_find(&sla_countries, rest, &element)) {
        return false;
    }
    diag_help(draft->diags, diag,
              "a list of countries names those that are meant, and has no "
              "`not`: write the others");
    return true;
}

static void report_element(struct draft *draft, const struct sla_universe *universe,
                           const struct yaml_node *node)
{
    const char *other = NULL;
    const char *nearest = sla_universe_nearest(universe, node->text, &other);
    struct slice parts[SLA_ONE_TEXT_MAX];
    bool safe = false;
    size_t count = split(universe, node->text, parts, &safe);
    struct slice rest = node->text;
    struct slice first = slice_cut(&rest, ' '); /* of "network.deny source", say */
    uint32_t element = 0;
    struct diag *diag = diag_add(draft->diags, DIAG_ERROR, universe->diag_code, yaml_span(node),
                                 "`%.*s` is not %s", SLICE_ARG(node->text), universe->what);

    diag_label(draft->diags, diag, "%s", universe->expected);
    if (count > 0) {
        sla_report_as_list(draft, diag, node, parts, count, safe);
    } else if (sla_universe_find(universe, first, &element)) {
        /* The argument of an act says no less; `DE without Berlin` does. */
        safe = universe != &sla_countries && slice_is(rest, "source");
        diag_help(draft->diags, diag,
                  safe ? "write `%.*s` alone" : "did you mean all of `%.*s`? Then write it alone",
                  SLICE_ARG(first));
        (void)diag_fix(draft->diags, diag, safe, yaml_span(node), first, "replace with `%.*s`",
                       SLICE_ARG(first));
    } else if (other != NULL) {
        diag_help(draft->diags, diag, "did you mean `%s` or `%s`?", nearest, other);
    } else if (nearest != NULL) {
        diag_help(draft->diags, diag, "did you mean `%s`?", nearest);
        (void)diag_fix(draft->diags, diag, true, yaml_span(node), slice_from(nearest),
                       "replace with `%s`", nearest);
    } else if (universe != &sla_countries || !help_with_countries(draft, diag, node)) {
        diag_help(draft->diags, diag, "there are %u: like `%s`", universe->count,
                  universe->names[0]);
    }
}

/* `EU@2025-01-01`, or, when the document is told, one of its sets of countries. Which of the two
 * was meant by what is neither? A name that resembles one of the sets, or that has a date. */
static bool read_countries(struct draft *draft, struct draft_document *document,
                           const struct yaml_node *node, struct sla_set *out)
{
    struct sla_set group = { 0 };
    const struct draft_set *set = NULL;
    enum sla_found found = sla_country_group_find(draft, document, node, &group);

    if (found == SLA_FOUND_NOTHING && document != NULL) {
        found = sla_set_find(draft, document, SLA_SET_COUNTRIES, node, &set);
        group = set != NULL ? set->countries : group;
    }
    if (found == SLA_FOUND_NOTHING && document != NULL &&
        sla_set_resembles(draft, document, SLA_SET_COUNTRIES, node->text)) {
        sla_set_report(draft, document, SLA_SET_COUNTRIES, node);
    } else if (found == SLA_FOUND_NOTHING) {
        report_element(draft, &sla_countries, node);
    }
    *out = sla_set_join(out, &group);
    return found == SLA_FOUND;
}

/* All elements that the texts name. False: reported. */
static bool read_elements(struct draft *draft, struct draft_document *document,
                          const struct sla_universe *universe, const struct yaml_node *node,
                          struct sla_set *out)
{
    bool good = true;

    for (const struct yaml_node *at = sla_texts_first(node); at != NULL && !sla_is_full(draft, at);
         at = sla_texts_next(node, at)) {
        uint32_t element = 0;
        if (sla_universe_find(universe, at->text, &element)) {
            sla_set_add(out, element);
        } else if (universe == &sla_countries) {
            good &= read_countries(draft, document, at, out);
        } else {
            report_element(draft, universe, at);
            good = false;
        }
    }
    return good;
}

bool sla_read_countries(struct sla_reading *reading, const struct sla_field *field,
                        const struct yaml_node *node, void *filled)
{
    return sla_is_not_empty(reading->draft, node) &&
           read_elements(reading->draft, NULL, &sla_countries, node,
                         sla_field_place(filled, field->offset));
}

bool sla_read_places(struct sla_reading *reading, const struct sla_field *field,
                     const struct yaml_node *node, void *filled)
{
    return sla_is_not_empty(reading->draft, node) &&
           read_elements(reading->draft, reading->document, &sla_countries, node,
                         sla_field_place(filled, field->offset));
}

static bool parse(struct sla_reading *reading, const struct sla_clause *clause,
                  const struct yaml_node *node, struct sla_value *out)
{
    struct draft *draft = reading->draft;
    const struct sla_universe *universe = clause->term->of;
    struct sla_set named = { 0 };
    bool good = false;

    if (!sla_value_has_shape(draft, clause->term, node, sla_value_is_texts(node)) ||
        !sla_is_not_empty(draft, node)) {
        return false;
    }
    good = read_elements(draft, reading->document, universe, node, &named);
    out->set = sla_set_as_written(universe, clause->op, &named);
    return good;
}

struct sla_set sla_set_as_written(const struct sla_universe *universe, enum sla_op op,
                                  const struct sla_set *set)
{
    struct sla_set all = sla_set_all(universe->count);

    return op == SLA_OP_NOT_IN ? sla_set_minus(&all, set) : *set;
}

void sla_set_format(const struct sla_universe *universe, const struct sla_set *set, struct buf *out)
{
    bool first = true;

    buf_add_char(out, '{');
    for (uint32_t i = 0; i < universe->count; i++) {
        if (sla_set_has(set, i)) {
            buf_printf(out, "%s%s", first ? "" : ", ", universe->names[i]);
            first = false;
        }
    }
    buf_add_char(out, '}');
}

static void print(const struct sla_term *term, enum sla_op op, const struct sla_value *value,
                  struct buf *out)
{
    struct sla_set written = sla_set_as_written(term->of, op, &value->set);

    sla_set_format(term->of, &written, out);
}

static bool implies(const struct sla_term *term, const struct sla_value *a,
                    const struct sla_value *b)
{
    struct sla_set beyond = sla_set_minus(&a->set, &b->set);

    (void)term;
    return sla_set_is_empty(&beyond);
}

static bool is_bottom(const struct sla_term *term, const struct sla_value *value)
{
    (void)term;
    return sla_set_is_empty(&value->set);
}

static enum sla_meeting meet(const struct sla_term *term, struct arena *arena,
                             const struct sla_value *a, const struct sla_value *b,
                             struct sla_value *out)
{
    struct sla_value both = *a;

    (void)arena;
    both.set = sla_set_meet(&a->set, &b->set);
    if (is_bottom(term, &both)) {
        return SLA_MEET_NONE;
    }
    *out = both;
    return SLA_MEET_ONE;
}

static int64_t size_of(const struct sla_set *set)
{
    int64_t count = 0;

    for (size_t i = 0; i < SLA_SET_WORDS; i++) {
        count += __builtin_popcountll(set->bits[i]);
    }
    return count;
}

static int64_t cost(const struct sla_term *term, const struct sla_value *from,
                    const struct sla_value *to, const char **out_unit)
{
    const struct sla_universe *universe = term->of;
    struct sla_set more = sla_set_minus(&to->set, &from->set);

    *out_unit = universe->plural;
    return size_of(&more);
}

static void schema(const struct sla_term *term, struct json_writer *writer)
{
    const struct sla_universe *universe = term->of;

    sla_schema_names(writer, universe->names, universe->count, universe->sets);
}

/* A few elements out of the first few of the universe; sometimes all others. */
static void sample(const struct sla_term *term, struct arena *arena, uint64_t *seed,
                   struct sla_value *out)
{
    const struct sla_universe *universe = term->of;
    uint32_t first = universe->count < SLA_SAMPLE_AMOUNTS ? universe->count : SLA_SAMPLE_AMOUNTS;
    struct sla_set named = { 0 };

    (void)arena;
    for (size_t i = 0; i < 3; i++) {
        sla_set_add(&named, (uint32_t)sla_sample_below(seed, first));
    }
    bool but = (term->ops & SLA_BIT(SLA_OP_NOT_IN)) != 0 && sla_sample_below(seed, 3) == 0;
    *out = (struct sla_value){ .set = sla_set_as_written(universe, but ? SLA_OP_NOT_IN : SLA_OP_IN,
                                                         &named) };
}

const struct sla_domain sla_domain_set = {
    .name = "set",
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

static bool covers(const struct sla_term *term, const struct sla_value *a,
                   const struct sla_value *b)
{
    return a->unit == b->unit && implies(term, b, a);
}

static enum sla_meeting unite(const struct sla_term *term, struct arena *arena,
                              const struct sla_value *a, const struct sla_value *b,
                              struct sla_value *out)
{
    struct sla_value all = *a;

    (void)term;
    (void)arena;
    if (a->unit != b->unit) {
        return SLA_MEET_BOTH;
    }
    for (size_t i = 0; i < SLA_SET_WORDS; i++) {
        all.set.bits[i] |= b->set.bits[i];
    }
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
    return cost(term, to, from, out_unit);
}

const struct sla_domain sla_domain_cover = {
    .name = "cover",
    .is_text = true,
    .parse = parse,
    .print = print,
    .implies = covers,
    .meet = unite,
    .is_bottom = is_never_bottom,
    .cost = cost_of_less,
    .schema = schema,
    .sample = sample,
};
