#include "sla/terms/sets.h"

#include "base/date.h"
#include "base/sorted.h"
#include "sla/read/field_types.h"
#include "sla/report.h"
#include "sla/terms/domain.h"

#include <stdlib.h>

enum { NEAR_DISTANCE = 2 };

static const char *const kind_names[SLA_SET_KINDS] = {
    [SLA_SET_ADDRESSES] = "addresses",
    [SLA_SET_COUNTRIES] = "countries",
    [SLA_SET_SEVERITIES] = "severities",
};
static const char *const kind_examples[SLA_SET_KINDS] = {
    [SLA_SET_ADDRESSES] = "{id: ward, addresses: [10.20.0.0/16]}",
    [SLA_SET_COUNTRIES] = "{id: partners, countries: [PT, ES]}",
    [SLA_SET_SEVERITIES] = "{id: urgent, severities: [high, critical]}",
};

/* --- a name with a day ----------------------------------------------------------------------- */

struct named {
    struct slice name;
    bool has_day;
    int32_t day;
};

/* False: reported. */
static bool read_named(struct draft *draft, const struct yaml_node *node, struct named *out)
{
    struct slice date = node->text;

    *out = (struct named){ .name = slice_cut(&date, '@') };
    if (date.ptr == NULL) {
        return true;
    }
    out->has_day = true;
    struct status status = date_parse(date, &out->day);
    if (!status_ok(&status)) {
        struct diag *diag = sla_report_value(draft, SLA_CODE_QUANTITY, yaml_span(node),
                                             "the date of the set", &status);
        diag_help(draft->diags, diag, "write `%.*s@2026-01-31`: the revision in force that day",
                  SLICE_ARG(out->name));
    }
    return status_ok(&status);
}

static void report_revision(struct draft *draft, const struct yaml_node *node,
                            const struct named *named, const char *why, int32_t day)
{
    char date[DATE_TEXT_MAX];
    char bound[DATE_TEXT_MAX];

    date_format(named->day, date);
    date_format(day, bound);
    struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_REVISION, yaml_span(node),
                                 "set `%.*s` has no revision of %s", SLICE_ARG(named->name), date);
    diag_label(draft->diags, diag, "%s %s", why, bound);
    diag_help(draft->diags, diag,
              "a date names the revision in force on it: write one for which it is known");
}

/* The newest was taken: say which, since the next one will be another. */
static void note_undated(struct draft *draft, struct draft_document *document,
                         const struct yaml_node *node, struct slice name, int32_t from_day)
{
    char date[DATE_TEXT_MAX];

    if (document != NULL && document->undated.source == NULL) {
        document->undated = yaml_span(node);
        document->undated_set = name;
    }
    date_format(from_day, date);
    struct diag *diag =
        diag_add(draft->diags, DIAG_NOTE, SLA_CODE_UNDATED, yaml_span(node),
                 "set `%.*s` is taken as of %s, its newest revision", SLICE_ARG(name), date);
    diag_help(draft->diags, diag, "write `%.*s@%s`: then a newer one changes nothing here",
              SLICE_ARG(name), date);
    struct slice dated = arena_printf(draft->arena, "%.*s@%s", SLICE_ARG(name), date);
    (void)diag_fix(draft->diags, diag, true, yaml_span(node), dated, "replace with `%.*s`",
                   SLICE_ARG(dated));
}

/* --- sets of a document ---------------------------------------------------------------------- */

static int set_order(const void *left, const void *right)
{
    const struct draft_set *a = *(struct draft_set *const *)left;
    const struct draft_set *b = *(struct draft_set *const *)right;
    int order = slice_cmp(a->id, b->id);

    order = order != 0 ? order : (a->from_day > b->from_day) - (a->from_day < b->from_day);
    return order != 0 ? order : (a->span.byte > b->span.byte) - (a->span.byte < b->span.byte);
}

/* Sets stand before the clauses in the table of the spec: when one is looked for, all are read. */
static void index_sets(struct draft *draft, struct draft_document *document)
{
    if (document->sorted_sets != NULL) {
        return;
    }
    size_t count = document->set_count + document->group_count;
    document->sorted_sets = ARENA_NEW(draft->arena, struct draft_set *, count + 1);
    for (size_t i = 0; i < count; i++) {
        document->sorted_sets[i] = i < document->set_count
                                       ? &document->sets[i]
                                       : &document->groups[i - document->set_count];
    }
    qsort(document->sorted_sets, count, sizeof(struct draft_set *), set_order);
    document->sorted_set_count = count;
}

static int id_order(const void *set, const void *name)
{
    return slice_cmp((*(struct draft_set *const *)set)->id, *(const struct slice *)name);
}

/* The revisions of one name: [from, to) of the sorted. */
static void revisions_of(const struct draft_document *document, struct slice name, size_t *out_from,
                         size_t *out_to)
{
    struct draft_set *const *sets = document->sorted_sets;
    size_t count = document->sorted_set_count;

    *out_from = sorted_lower_bound(sets, count, sizeof(struct draft_set *), &name, id_order);
    *out_to = name.len > 0
                  ? sorted_upper_bound(sets, count, sizeof(struct draft_set *), &name, id_order)
                  : *out_from;
}

static void report_kind(struct draft *draft, const struct yaml_node *node,
                        const struct draft_set *set, enum sla_set_kind wanted)
{
    struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_NAMED_SET, yaml_span(node),
                                 "set `%.*s` holds %s", SLICE_ARG(set->id), kind_names[set->kind]);

    diag_label(draft->diags, diag, "expected a set of %s", kind_names[wanted]);
    diag_secondary(draft->diags, diag, set->span, "declared here");
    diag_help(draft->diags, diag, "declare a set of %s under another name", kind_names[wanted]);
}

/* The last one that is in force on the day. */
static struct draft_set *in_force(const struct draft_document *document, size_t from, size_t to,
                                  int32_t day)
{
    struct draft_set *found = NULL;

    for (size_t i = from; i < to && document->sorted_sets[i]->from_day <= day; i++) {
        found = document->sorted_sets[i];
    }
    return found;
}

enum sla_found sla_set_find(struct draft *draft, struct draft_document *document,
                            enum sla_set_kind kind, const struct yaml_node *node,
                            const struct draft_set **out)
{
    struct slice date = node->text;
    size_t from = 0;
    size_t to = 0;
    struct named named;

    index_sets(draft, document);
    revisions_of(document, slice_cut(&date, '@'), &from, &to);
    if (from == to) {
        return SLA_FOUND_NOTHING;
    }
    struct draft_set *set = document->sorted_sets[to - 1];
    for (size_t i = from; i < to; i++) {
        document->sorted_sets[i]->is_used = true;
    }
    if (set->has_kind && set->kind != kind) {
        report_kind(draft, node, set, kind);
        return SLA_FOUND_WRONG;
    }
    if (!read_named(draft, node, &named)) {
        return SLA_FOUND_WRONG;
    }
    if (named.has_day) {
        set = in_force(document, from, to, named.day);
    } else if (to - from > 1 && set->from_day != INT32_MIN) { /* else repeated, not revised */
        note_undated(draft, document, node, named.name, set->from_day);
    }
    if (set == NULL) {
        report_revision(draft, node, &named, "its first begins on",
                        document->sorted_sets[from]->from_day);
        return SLA_FOUND_WRONG;
    }
    *out = set;
    return set->broken ? SLA_FOUND_WRONG : SLA_FOUND;
}

bool sla_set_resembles(struct draft *draft, struct draft_document *document, enum sla_set_kind kind,
                       struct slice text)
{
    struct slice date = text;
    struct slice name = slice_cut(&date, '@');

    index_sets(draft, document);
    for (size_t i = 0; i < document->sorted_set_count; i++) {
        const struct draft_set *set = document->sorted_sets[i];
        size_t distance = slice_distance(name, set->id, NEAR_DISTANCE);
        if (set->kind == kind && distance <= NEAR_DISTANCE && distance < name.len) {
            return true;
        }
    }
    return date.ptr != NULL;
}

void sla_set_report(struct draft *draft, struct draft_document *document, enum sla_set_kind kind,
                    const struct yaml_node *node)
{
    CLEANUP(buf_done) struct buf what = { 0 };
    bool is_repeated = false;
    size_t count = 0;

    index_sets(draft, document);
    struct slice *names =
        sla_may_compare(draft, document->sorted_set_count)
            ? ARENA_NEW(draft->arena, struct slice, document->sorted_set_count + 1)
            : NULL;
    for (size_t i = 0; i < document->sorted_set_count && names != NULL; i++) {
        const struct draft_set *set = document->sorted_sets[i];
        bool again = count > 0 && slice_eq(names[count - 1], set->id);
        is_repeated |= again && set->from_day == document->sorted_sets[i - 1]->from_day;
        if (set->kind == kind && !again) {
            names[count++] = set->id;
        }
    }
    buf_printf(&what, "a set of %s of this document", kind_names[kind]);
    struct diag *diag = sla_report_name(draft, SLA_CODE_NAMED_SET, yaml_span(node), node->text,
                                        what.ptr, names, count);
    diag_note(draft->diags, diag, "sets are declared in `spec.sets`: `%s`", kind_examples[kind]);
    if (is_repeated && diag != NULL && diag->fixes != NULL) {
        diag->fixes->safe = false; /* one of the two may be misnamed, and be what is looked for */
    }
}

static void report_again(struct draft *draft, const struct draft_set *first,
                         const struct draft_set *again)
{
    bool same_kind = first->kind == again->kind;
    struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_REPEATED, again->span,
                                 same_kind ? "set `%.*s` is repeated"
                                           : "set `%.*s` has members of another kind here",
                                 SLICE_ARG(again->id));

    diag_secondary(draft->diags, diag, first->span, "first here");
    diag_help(draft->diags, diag, "%s",
              same_kind ? "give it another name, or as another revision another `from`"
                        : "revisions of a set are of one kind: give it another name");
}

static bool is_revision(const struct draft_document *document, size_t at)
{
    const struct draft_set *set = document->sorted_sets[at];

    return at > 0 && set->id.len > 0 && slice_eq(document->sorted_sets[at - 1]->id, set->id);
}

/* Not when something else is wrong: what was to use it may be. */
static void check_used(struct draft *draft, const struct draft_document *document)
{
    for (size_t i = 0; i < document->sorted_set_count && draft->diags->errors == 0; i++) {
        const struct draft_set *set = document->sorted_sets[i];
        if (set->is_used || is_revision(document, i)) {
            continue;
        }
        struct diag *diag = diag_add(draft->diags, DIAG_WARNING, SLA_CODE_UNUSED, set->span,
                                     "set `%.*s` is never used", SLICE_ARG(set->id));
        diag_help(draft->diags, diag, "remove it, or name it in a clause");
    }
}

void sla_sets_check(struct draft *draft, struct draft_document *document)
{
    index_sets(draft, document);
    for (size_t i = 1; i < document->sorted_set_count; i++) {
        const struct draft_set *set = document->sorted_sets[i];
        const struct draft_set *before = document->sorted_sets[i - 1];
        if (sla_is_full_at(draft, &set->span)) {
            return;
        }
        if (is_revision(document, i) && !set->broken && !before->broken &&
            (before->kind != set->kind || before->from_day == set->from_day)) {
            report_again(draft, before, set);
        }
    }
    if (!document->document.is_template) { /* whose sets are there for others */
        check_used(draft, document);
    }
}

/* --- groups of countries --------------------------------------------------------------------- */

static int32_t day_of(const char *date)
{
    int32_t day = 0;
    struct status status = date_parse(slice_from(date), &day);

    (void)status; /* of our own table, which a test reads */
    return day;
}

static struct sla_set members_of(const struct sla_country_group *group)
{
    struct sla_set set = { 0 };
    struct slice rest = slice_from(group->members);

    while (rest.len > 0) {
        uint32_t element = SLA_SET_MAX;
        (void)sla_universe_find(&sla_countries, slice_cut(&rest, ' '), &element);
        sla_set_add(&set, element);
    }
    return set;
}

enum sla_found sla_country_group_find(struct draft *draft, struct draft_document *document,
                                      const struct yaml_node *node, struct sla_set *out)
{
    size_t count = 0;
    const struct sla_country_group *groups = sla_country_groups(&count);
    const struct sla_country_group *first = NULL;
    const struct sla_country_group *found = NULL;
    int32_t known_until = day_of(sla_country_groups_known_until);
    struct slice date = node->text;
    struct slice name = slice_cut(&date, '@');
    struct named named = { .day = known_until };

    for (size_t i = 0; i < count && first == NULL; i++) {
        first = slice_is(name, groups[i].name) ? &groups[i] : NULL;
    }
    if (first == NULL) {
        return SLA_FOUND_NOTHING;
    }
    if (!read_named(draft, node, &named)) {
        return SLA_FOUND_WRONG;
    }
    if (named.has_day && named.day > known_until) {
        report_revision(draft, node, &named, "its members are known until", known_until);
        return SLA_FOUND_WRONG;
    }
    int32_t day = named.has_day ? named.day : known_until;
    for (const struct sla_country_group *at = first;
         at < groups + count && slice_is(name, at->name) && day_of(at->from) <= day; at++) {
        found = at;
    }
    if (found == NULL) {
        report_revision(draft, node, &named, "its first begins on", day_of(first->from));
        return SLA_FOUND_WRONG;
    }
    if (!named.has_day) {
        note_undated(draft, document, node, named.name, day_of(found->from));
    }
    *out = members_of(found);
    return SLA_FOUND;
}

/* --- for people ------------------------------------------------------------------------------ */

void sla_sets_format_named(const struct sla_clause *clause, struct buf *out)
{
    const struct yaml_node *value = yaml_get(clause->node, "value");
    size_t count = 0;
    uint32_t ignored = 0;

    if (clause->term == NULL || clause->term->of != &sla_countries) {
        return; /* a reaction; or what no set stands for */
    }
    for (const struct yaml_node *at = sla_texts_first(value); at != NULL;
         at = sla_texts_next(value, at)) {
        if (!sla_universe_find(&sla_countries, at->text, &ignored)) {
            buf_printf(out, "%s%.*s", count++ == 0 ? " (" : ", ", SLICE_ARG(at->text));
        }
    }
    if (count > 0) {
        buf_add_char(out, ')');
    }
}
