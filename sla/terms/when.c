#include "sla/terms/when.h"

#include "sla/read/check.h"
#include "sla/read/field_types.h"
#include "sla/report.h"
#include "sla/values/guard.h"
#include "sla/values/guard_week.h"
#include "sla/values/written.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static_assert((int)SLA_PLACE_WORDS == (int)SLA_SET_WORDS, "places are sets of countries");

/* --- reading ---------------------------------------------------------------------------------- */

static const unsigned dimensions[] = {
    [CLAUSE_WHEN_SEVERITY] = SLA_WHEN_SEVERITY, [CLAUSE_WHEN_PHASE] = SLA_WHEN_PHASE,
    [CLAUSE_WHEN_CLASS] = SLA_WHEN_CLASS,       [CLAUSE_WHEN_LOCATION] = SLA_WHEN_LOCATION,
    [CLAUSE_WHEN_TIME] = SLA_WHEN_TIME,         [CLAUSE_WHEN_PURPOSE] = SLA_WHEN_PURPOSE,
};

bool sla_when_fits(const struct sla_reading *reading, const struct sla_term *term)
{
    const struct yaml_node *when = reading->nodes[CLAUSE_WHEN];
    struct diag_list *diags = reading->draft->diags;
    bool good = true;

    for (size_t i = 0; i < COUNT_OF(dimensions) && when != NULL; i++) {
        const char *key = sla_record_clause_when.fields[i].key;
        const struct yaml_node *member = yaml_get(when, key);
        if (member == NULL || (term->when & dimensions[i]) != 0) {
            continue;
        }
        struct diag *diag = diag_add(diags, DIAG_ERROR, SLA_CODE_MEMBER_OF_TERM,
                                     yaml_key_span(member), "`%s` means nothing here", key);
        diag_label(diags, diag, "not a condition of term `%s`", term->name);
        diag_help(diags, diag, "for example `%s`", term->example);
        good = false;
    }
    return good;
}

/* Windows of two zones are no set of minutes that stays the same. */
bool sla_zones_are_one(struct draft *draft, const struct yaml_node *node,
                       const struct sla_weekly *windows, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (slice_eq(windows[i].zone, windows[0].zone)) {
            continue;
        }
        struct diag *diag =
            diag_add(draft->diags, DIAG_ERROR, SLA_CODE_QUANTITY, yaml_span(node),
                     "one %.*s has windows in `%.*s` and `%.*s`", SLICE_ARG(node->key),
                     SLICE_ARG(windows[0].zone), SLICE_ARG(windows[i].zone));
        diag_help(draft->diags, diag, "write a clause for each zone");
        return false;
    }
    return true;
}

void sla_check_when(struct sla_reading *reading, void *filled)
{
    struct diag_list *diags = reading->draft->diags;

    const struct draft_when *when = filled;

    if (sla_reading_filled(reading, CLAUSE_WHEN_TIME)) {
        reading->good &= sla_zones_are_one(reading->draft, reading->nodes[CLAUSE_WHEN_TIME],
                                           when->windows, when->window_count);
    }
    if (reading->mapping->kind == YAML_MAPPING && reading->mapping->count == 0) {
        struct diag *diag = diag_add(diags, DIAG_ERROR, SLA_CODE_EMPTY, yaml_span(reading->mapping),
                                     "the condition names nothing");
        diag_help(diags, diag, "leave `when` out where the clause always speaks");
        reading->good = false;
    }
}

/* --- names of the world ----------------------------------------------------------------------- */

struct names {
    struct slice *items;
    size_t count;
};

static void add_names(struct names *names, const struct slice *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        names->items[names->count++] = items[i];
    }
}

static int name_order(const void *left, const void *right)
{
    return slice_cmp(*(const struct slice *)left, *(const struct slice *)right);
}

/* Each once, ascending. */
static void sort_once(struct names *names)
{
    size_t kept = 0;

    if (names->count > 1) {
        qsort(names->items, names->count, sizeof(*names->items), name_order);
    }
    for (size_t i = 0; i < names->count; i++) {
        if (kept == 0 || !slice_eq(names->items[kept - 1], names->items[i])) {
            names->items[kept++] = names->items[i];
        }
    }
    names->count = kept;
}

/* And no more than a guard has bits for. */
static void settle(struct draft *draft, struct names *names, const char *what)
{
    struct diag_span nowhere = { .source = NULL };

    sort_once(names);
    if (names->count > SLA_GUARD_NAMES_MAX) {
        struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_LIMIT, nowhere,
                                     "more than %d %s", SLA_GUARD_NAMES_MAX, what);
        diag_help(draft->diags, diag, "compile fewer documents at a time, or name fewer");
        names->count = SLA_GUARD_NAMES_MAX;
    }
}

/* Of the resources alone. */
static struct names classes_held(struct draft *draft)
{
    struct names names = { 0 };
    size_t room = 1;

    for (size_t i = 0; i < draft->resource_count; i++) {
        room += draft->resources[i]->resource.class_count;
    }
    names.items = ARENA_NEW(draft->arena, struct slice, room);
    for (size_t i = 0; i < draft->resource_count; i++) {
        const struct resource *resource = &draft->resources[i]->resource;
        add_names(&names, resource->classes, resource->class_count);
    }
    sort_once(&names);
    return names;
}

static const struct draft_when *when_of(const struct draft_clause *clause)
{
    static const struct draft_when always = { 0 };

    return clause->when != NULL ? clause->when : &always;
}

/* Those that clauses name, too, where resources of other documents may hold them. */
static struct names classes_of(struct draft *draft, const struct names *held)
{
    struct names names = { 0 };
    size_t room = held->count + 1;

    for (size_t i = 0; i < draft->document_count && draft->options.partial; i++) {
        for (size_t j = 0; j < draft->documents[i]->clause_count; j++) {
            room += when_of(&draft->documents[i]->clauses[j])->class_count;
        }
    }
    names.items = ARENA_NEW(draft->arena, struct slice, room);
    add_names(&names, held->items, held->count);
    for (size_t i = 0; i < draft->document_count && draft->options.partial; i++) {
        for (size_t j = 0; j < draft->documents[i]->clause_count; j++) {
            const struct draft_when *when = when_of(&draft->documents[i]->clauses[j]);
            add_names(&names, when->classes, when->class_count);
        }
    }
    settle(draft, &names, "classes of data");
    return names;
}

static struct names purposes_of(struct draft *draft)
{
    struct names names = { 0 };
    size_t room = 1;

    for (size_t i = 0; i < draft->document_count; i++) {
        for (size_t j = 0; j < draft->documents[i]->clause_count; j++) {
            room += when_of(&draft->documents[i]->clauses[j])->purpose_count;
        }
    }
    names.items = ARENA_NEW(draft->arena, struct slice, room);
    for (size_t i = 0; i < draft->document_count; i++) {
        for (size_t j = 0; j < draft->documents[i]->clause_count; j++) {
            const struct draft_when *when = when_of(&draft->documents[i]->clauses[j]);
            add_names(&names, when->purposes, when->purpose_count);
        }
    }
    settle(draft, &names, "purposes");
    return names;
}

/* --- guards ----------------------------------------------------------------------------------- */

static void report_class(struct draft *draft, const struct yaml_node *at, struct slice name,
                         const struct names *held)
{
    enum diag_level level = draft->options.partial ? DIAG_WARNING : DIAG_ERROR;
    struct diag *diag = diag_add(draft->diags, level, SLA_CODE_NOT_HELD, yaml_span(at),
                                 "`%.*s` is not a class that some resource holds", SLICE_ARG(name));

    sla_report_choices(draft, diag, yaml_span(at), name, held->items, held->count);
    diag_note(draft->diags, diag, "classes are those in `class` of the resources of plane `data`");
    sla_report_partial(draft, diag);
}

static void check_classes(struct draft *draft, const struct draft_document *document,
                          const struct draft_clause *clause, const struct names *held)
{
    const struct yaml_node *list = yaml_get(yaml_get(clause->clause.node, "when"), "class");
    const struct yaml_node *at = sla_texts_first(list);

    if (clause->broken || held->count >= SLA_GUARD_NAMES_MAX ||
        !sla_is_whole_for(draft, document)) {
        return;
    }
    for (size_t i = 0; i < when_of(clause)->class_count && at != NULL; i++) {
        struct slice name = clause->when->classes[i];
        if (held->count == 0 ||
            bsearch(&name, held->items, held->count, sizeof(name), name_order) == NULL) {
            report_class(draft, at, name, held);
        }
        at = sla_texts_next(list, at);
    }
}

struct diag_span sla_part_span(const struct yaml_node *at, struct slice part)
{
    struct diag_span span = yaml_span(at);
    const struct slice text = span.source->text;

    if (part.ptr >= text.ptr && part.ptr + part.len <= text.ptr + text.len) {
        span.byte = (uint32_t)(part.ptr - text.ptr);
        span.byte_end = span.byte + (uint32_t)part.len;
    }
    return span;
}

bool sla_zone_is_known(struct draft *draft, const struct yaml_node *at, struct slice zone)
{
    const struct sla_options *options = &draft->options;

    if (options->zones == NULL || zone_find(options->zones, options->zone_count, zone) != NULL) {
        return true;
    }
    struct slice *names = ARENA_NEW(draft->arena, struct slice, options->zone_count);
    for (size_t i = 0; i < options->zone_count; i++) {
        names[i] = options->zones[i].name;
    }
    struct diag *diag = sla_report_name(draft, SLA_CODE_WORD, sla_part_span(at, zone), zone,
                                        "a time zone", names, options->zone_count);
    diag_note(draft->diags, diag, "zones are those of the tz database of this system");
    return false;
}

static void check_zones(struct draft *draft, const struct draft_clause *clause)
{
    const struct yaml_node *list = yaml_get(yaml_get(clause->clause.node, "when"), "time");
    const struct yaml_node *at = sla_texts_first(list);
    bool good = !clause->broken;

    for (size_t i = 0; good && i < when_of(clause)->window_count && at != NULL; i++) {
        good = sla_zone_is_known(draft, at, clause->when->windows[i].zone);
        at = sla_texts_next(list, at);
    }
}

static uint32_t zone_of(const struct draft *draft, struct slice name)
{
    const struct zone *zone = zone_find(draft->options.zones, draft->options.zone_count, name);
    uint32_t number = sla_guards_zone(draft->guards, name);

    if (zone != NULL && zone->offset_count > 0) {
        sla_guards_offsets(draft->guards, number, zone->offsets_min, zone->offset_count);
    }
    return number;
}

static uint32_t times_of(const struct draft *draft, const struct draft_when *when)
{
    struct sla_week week = { 0 };

    if (when->window_count == 0) {
        return 0;
    }
    struct sla_minutes *items =
        ARENA_NEW(draft->arena, struct sla_minutes, when->window_count * SLA_WEEK_DAYS);
    week.count = sla_week_gather(when->windows, when->window_count, items);
    week.items = items;
    week.zone = zone_of(draft, when->windows[0].zone);
    return sla_guards_week(draft->guards, &week);
}

/* Of all countries it would say nothing. */
static uint32_t places_of(const struct draft *draft, const struct draft_when *when)
{
    struct sla_places places = { { 0 } };

    if (sla_set_is_empty(&when->countries)) {
        return 0;
    }
    const struct sla_set all = sla_set_all(sla_countries.count);
    const struct sla_set left_out = sla_set_minus(&all, &when->countries);
    if (sla_set_is_empty(&left_out)) {
        return 0;
    }
    memcpy(places.bits, when->countries.bits, sizeof(places.bits));
    return sla_guards_places(draft->guards, &places);
}

static struct sla_guard box_of(const struct draft *draft, const struct draft_when *when)
{
    struct sla_guard guard = sla_guard_all();

    if (when == NULL) {
        return guard;
    }
    if (when->severities != 0) {
        guard.severities = (uint8_t)when->severities;
    }
    if (when->phases != 0) {
        guard.phases = (uint8_t)when->phases;
    }
    guard.classes = when->class_count > 0 ? 0 : guard.classes;
    for (size_t i = 0; i < when->class_count; i++) {
        guard.classes |= sla_guards_class(draft->guards, when->classes[i]);
    }
    guard.purposes = when->purpose_count > 0 ? 0 : guard.purposes;
    for (size_t i = 0; i < when->purpose_count; i++) {
        guard.purposes |= sla_guards_purpose(draft->guards, when->purposes[i]);
    }
    guard.times = times_of(draft, when);
    guard.places = places_of(draft, when);
    return guard;
}

uint32_t sla_when_guard(const struct draft *draft, const struct draft_when *when)
{
    const struct sla_guard guard = box_of(draft, when);

    return sla_guards_add(draft->guards, &guard);
}

uint32_t sla_clause_guard(const struct draft *draft, const struct draft_clause *clause)
{
    struct sla_guard guard = box_of(draft, clause->when);

    if (!draft->options.has_day) {
        guard.from_day = clause->clause.valid.from_day;
        guard.until_day = clause->clause.valid.until_day;
    }
    return sla_guards_add(draft->guards, &guard);
}

/* What guards are for people, by number: printed once, for all clauses that speak then. */
struct texts {
    struct slice *items; /* ptr NULL: not printed yet */
    size_t room;
};

static void make_room(struct texts *texts, struct arena *arena, size_t room)
{
    struct slice *grown = ARENA_NEW(arena, struct slice, room);

    for (size_t i = 0; i < texts->room; i++) {
        grown[i] = texts->items[i];
    }
    *texts = (struct texts){ grown, room };
}

static struct slice text_of(const struct draft *draft, struct texts *texts, uint32_t guard)
{
    if (guard >= texts->room) {
        make_room(texts, draft->arena, ((size_t)guard + 1) * 2);
    }
    if (texts->items[guard].ptr == NULL) {
        CLEANUP(buf_done) struct buf text = { 0 };
        sla_guards_print(draft->guards, guard, &text);
        texts->items[guard] = arena_copy(draft->arena, buf_slice(&text));
    }
    return texts->items[guard];
}

static void bind(struct draft *draft, const struct draft_document *document,
                 struct draft_clause *clause, const struct names *held, struct texts *texts)
{
    check_classes(draft, document, clause, held);
    check_zones(draft, clause);
    clause->clause.guard = sla_clause_guard(draft, clause);
    if (clause->clause.guard != SLA_GUARD_ALWAYS) {
        clause->clause.conditions = text_of(draft, texts, clause->clause.guard);
    }
}

void sla_bind_guards(struct draft *draft)
{
    const struct names held = classes_held(draft);
    const struct names classes = classes_of(draft, &held);
    const struct names purposes = purposes_of(draft);
    struct texts texts = { 0 };

    draft->guards =
        sla_guards_new(draft->arena, classes.items, classes.count, purposes.items, purposes.count);
    for (size_t i = 0; i < draft->document_count; i++) {
        struct draft_document *document = draft->documents[i];
        sla_count_errors(draft);
        for (size_t j = 0; j < document->clause_count &&
                           !sla_is_full_at(draft, &document->clauses[j].clause.span);
             j++) {
            bind(draft, document, &document->clauses[j], &held, &texts);
        }
    }
    if (sla_guards_are_full(draft->guards)) {
        struct diag_span nowhere = { .source = NULL };
        struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_LIMIT, nowhere,
                                     "more than %d different conditions", SLA_GUARDS_MAX);
        diag_help(draft->diags, diag, "compile fewer documents at a time");
    }
}
