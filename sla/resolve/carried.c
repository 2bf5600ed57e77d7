#include "sla/resolve/carried.h"

#include "base/sorted.h"
#include "sla/read/expression.h"
#include "sla/read/field_types.h"
#include "sla/read/index.h"
#include "sla/report.h"
#include "sla/words/slip.h"

#include <stdlib.h>

enum {
    SIBLINGS_MIN = 2, /* so many carry a name that nothing asks for, and still is the right one */
    FREQUENT_MIN = 4  /* ... of which a name with another letter is a slip, and no other word */
};

enum carried_kind {
    CARRIED_KEY,
    CARRIED_LABEL,
    CARRIED_ROLE,
    CARRIED_UNIT,
    CARRIED_NODE,
    CARRIED_CLASS
};

static const struct {
    const char *what;   /* for people */
    const char *member; /* of the resource */
} kinds[] = {
    [CARRIED_KEY] = { "label", "labels" }, [CARRIED_LABEL] = { "label", "labels" },
    [CARRIED_ROLE] = { "role", "role" },   [CARRIED_UNIT] = { "unit", "unit" },
    [CARRIED_NODE] = { "node", "node" },   [CARRIED_CLASS] = { "class", "class" },
};

#define NOBODY UINT32_MAX /* carries a name that is excluded */

/* A name on a resource; of a label's value `key` says which label. Its place is looked up when
 * something is told of it. */
struct carried {
    struct slice key, name;
    uint32_t resource;
    enum carried_kind kind;
};

/* What asks for a name: of one U-Cloud, or of all that there are (offers, templates). */
struct asked {
    struct slice ucloud, key, name;
    enum carried_kind kind;
    bool excludes; /* asks for what does not have it */
    struct diag_span span;
};

/* One name of a U-Cloud, and who carries it. */
struct tally {
    const struct carried *first;
    size_t count;
    const struct asked *asked; /* NULL: by nothing */
};

struct checking {
    struct draft *draft;
    struct arena scratch;
    struct asked *asked;
    size_t asked_count, asked_room;
    struct carried *carried; /* of one U-Cloud */
    struct tally *tallies;   /* likewise */
    size_t carried_count, tally_count;
    size_t compared;
};

/* --- what is asked for ------------------------------------------------------------------------ */

static void ask(struct checking *self, struct asked asked)
{
    if (self->asked_count == self->asked_room) {
        size_t room = 2 * self->asked_room + 16;
        struct asked *grown = ARENA_NEW(&self->scratch, struct asked, room);
        for (size_t i = 0; i < self->asked_count; i++) {
            grown[i] = self->asked[i];
        }
        self->asked = grown;
        self->asked_room = room;
    }
    self->asked[self->asked_count++] = asked;
}

static void ask_for_member(struct checking *self, struct asked asked, struct slice key,
                           struct slice value)
{
    static const enum carried_kind free_names[] = { CARRIED_ROLE, CARRIED_UNIT, CARRIED_NODE };

    asked.name = value;
    for (size_t i = 0; i < COUNT_OF(free_names); i++) {
        if (slice_is(key, kinds[free_names[i]].member)) {
            asked.kind = free_names[i];
            ask(self, asked);
        }
    }
    if (!sla_is_property(key)) {
        asked.kind = CARRIED_LABEL;
        asked.key = key;
        ask(self, asked);
    }
}

static void ask_for_key(struct checking *self, struct asked asked, struct slice key)
{
    asked.kind = CARRIED_KEY;
    asked.name = key;
    ask(self, asked);
}

static void ask_by_target(struct checking *self, const struct draft_document *document,
                          const struct draft_target *target)
{
    const struct asked asked = { .ucloud = document->document.ucloud, .span = target->span };

    for (const struct yaml_node *at = sla_equality_first(target); at != NULL;
         at = sla_equality_next(at)) {
        ask_for_key(self, asked, at->key);
        ask_for_member(self, asked, at->key, at->text);
    }
    for (size_t i = 0; i < target->expression_count; i++) {
        const struct draft_expression *expression = &target->expressions[i];
        struct asked within = asked;
        within.excludes =
            expression->operator== SLA_NOT_IN || expression->operator== SLA_DOES_NOT_EXIST;
        ask_for_key(self, within, expression->key);
        for (size_t j = 0; j < expression->value_count; j++) {
            ask_for_member(self, within, expression->key, expression->values[j]);
        }
    }
}

static void ask_by_document(struct checking *self, const struct draft_document *document)
{
    for (size_t i = 0; i < document->target_count; i++) {
        ask_by_target(self, document, &document->targets[i]);
    }
    for (size_t i = 0; i < document->clause_count; i++) {
        const struct draft_clause *clause = &document->clauses[i];
        for (size_t j = 0; clause->when != NULL && j < clause->when->class_count; j++) {
            ask(self, (struct asked){ .ucloud = document->document.ucloud,
                                      .kind = CARRIED_CLASS,
                                      .name = clause->when->classes[j],
                                      .span = clause->clause.span });
        }
    }
    for (size_t i = 0; i < document->service_count; i++) {
        const struct draft_service *service = &document->services[i];
        for (const struct yaml_node *at = sla_texts_first(service->needs.of); at != NULL;
             at = sla_texts_next(service->needs.of, at)) {
            ask(self, (struct asked){ .ucloud = document->document.name,
                                      .kind = CARRIED_UNIT,
                                      .name = at->text,
                                      .span = service->service.span });
        }
    }
}

static int asked_order(const void *left, const void *right)
{
    const struct asked *a = left;
    const struct asked *b = right;
    int order = slice_cmp(a->ucloud, b->ucloud);

    order = order != 0 ? order : (int)a->kind - (int)b->kind;
    order = order != 0 ? order : slice_cmp(a->key, b->key);
    return order != 0 ? order : slice_cmp(a->name, b->name);
}

static int place_order(const void *left, const void *right)
{
    const struct asked *a = left;
    const struct asked *b = right;
    int order = asked_order(left, right);

    order =
        order != 0 ? order : (a->span.source > b->span.source) - (a->span.source < b->span.source);
    return order != 0 ? order : (a->span.byte > b->span.byte) - (a->span.byte < b->span.byte);
}

static void gather_asked(struct checking *self)
{
    for (size_t i = 0; i < self->draft->document_count; i++) {
        ask_by_document(self, self->draft->documents[i]);
    }
    if (self->asked_count > 1) {
        qsort(self->asked, self->asked_count, sizeof(*self->asked), place_order);
    }
}

/* Where it stands among what is asked for, or would. */
static size_t place_of(const struct checking *self, const struct asked *wanted)
{
    return sorted_lower_bound(self->asked, self->asked_count, sizeof(*self->asked), wanted,
                              asked_order);
}

static const struct asked *find_asked(const struct checking *self, const struct asked *wanted)
{
    size_t at = place_of(self, wanted);
    bool found = at < self->asked_count && asked_order(&self->asked[at], wanted) == 0;

    return found ? &self->asked[at] : NULL;
}

/* By a document about the U-Cloud, or by one about any. */
static const struct asked *asked_for(const struct checking *self, struct slice ucloud,
                                     const struct carried *name)
{
    struct asked wanted = {
        .ucloud = ucloud, .kind = name->kind, .key = name->key, .name = name->name
    };
    const struct asked *found = find_asked(self, &wanted);

    wanted.ucloud = (struct slice){ 0 };
    return found != NULL ? found : find_asked(self, &wanted);
}

/* --- what is carried -------------------------------------------------------------------------- */

static void carry(struct checking *self, enum carried_kind kind, struct slice key,
                  struct slice name, size_t resource)
{
    if (name.len > 0) {
        self->carried[self->carried_count++] =
            (struct carried){ key, name, (uint32_t)resource, kind };
    }
}

static size_t room_of(const struct draft *draft, size_t from, size_t to)
{
    size_t room = 1;

    for (size_t i = from; i < to; i++) {
        const struct draft_resource *at = draft->resources[i];
        room += 3 + at->resource.class_count;
        room += at->labels != NULL ? 2 * at->labels->count : 0;
    }
    return room;
}

static void carry_all(struct checking *self, size_t resource)
{
    const struct draft_resource *at = self->draft->resources[resource];
    const struct yaml_node *label = at->labels != NULL ? at->labels->first : NULL;
    const struct slice none = { 0 };

    for (; label != NULL; label = label->next) {
        carry(self, CARRIED_KEY, none, label->key, resource);
        carry(self, CARRIED_LABEL, label->key, label->text, resource);
    }
    carry(self, CARRIED_ROLE, none, at->resource.role, resource);
    carry(self, CARRIED_UNIT, none, at->resource.unit, resource);
    if (self->draft->options.nodes == NULL) { /* else RDN0311 knows better */
        carry(self, CARRIED_NODE, none, at->resource.node, resource);
    }
    for (size_t i = 0; i < at->resource.class_count; i++) {
        carry(self, CARRIED_CLASS, none, at->resource.classes[i], resource);
    }
}

static int name_order(const struct carried *a, const struct carried *b)
{
    int order = (int)a->kind - (int)b->kind;

    order = order != 0 ? order : slice_cmp(a->key, b->key);
    return order != 0 ? order : slice_cmp(a->name, b->name);
}

static int carried_order(const void *left, const void *right)
{
    const struct carried *a = left;
    const struct carried *b = right;
    int order = name_order(a, b);

    return order != 0 ? order : (a->resource > b->resource) - (a->resource < b->resource);
}

static size_t first_asked(const struct checking *self, struct slice ucloud)
{
    return place_of(self, &(struct asked){ .ucloud = ucloud });
}

static bool is_asked_of(const struct checking *self, size_t at, struct slice ucloud)
{
    return at < self->asked_count && slice_eq(self->asked[at].ucloud, ucloud);
}

static size_t asked_count_of(const struct checking *self, struct slice ucloud)
{
    size_t first = first_asked(self, ucloud);
    size_t end = first;

    while (is_asked_of(self, end, ucloud)) {
        end++;
    }
    return end - first;
}

/* A selector that excludes a name fits all when nobody carries it, and nothing is missed: so it is
 * there to be compared with, too. */
static void carry_excluded(struct checking *self, struct slice ucloud)
{
    for (size_t at = first_asked(self, ucloud); is_asked_of(self, at, ucloud); at++) {
        const struct asked *asked = &self->asked[at];
        if (asked->excludes) {
            carry(self, asked->kind, asked->key, asked->name, NOBODY);
        }
    }
}

/* What the resources [from, to) of one U-Cloud carry, and the different names of that. */
static void gather_carried(struct checking *self, struct arena *arena, size_t from, size_t to)
{
    struct slice ucloud = self->draft->resources[from]->resource.ucloud;
    size_t room = room_of(self->draft, from, to) + asked_count_of(self, ucloud);

    self->carried = ARENA_NEW(arena, struct carried, room);
    self->carried_count = 0;
    self->tally_count = 0;
    for (size_t i = from; i < to; i++) {
        if (!self->draft->resources[i]->broken) {
            carry_all(self, i);
        }
    }
    carry_excluded(self, ucloud);
    if (self->carried_count > 1) {
        qsort(self->carried, self->carried_count, sizeof(*self->carried), carried_order);
    }
    self->tallies = ARENA_NEW(arena, struct tally, self->carried_count + 1);
    for (size_t i = 0; i < self->carried_count; i++) {
        const struct carried *at = &self->carried[i];
        if (i == 0 || name_order(at - 1, at) != 0) {
            self->tallies[self->tally_count++] =
                (struct tally){ .first = at, .asked = asked_for(self, ucloud, at) };
        }
        self->tallies[self->tally_count - 1].count += at->resource != NOBODY ? 1 : 0;
    }
}

/* --- telling ---------------------------------------------------------------------------------- */

/* Where the resource carries the name. */
static struct diag_span span_of(const struct checking *self, const struct carried *carried)
{
    const struct draft_resource *resource = self->draft->resources[carried->resource];
    const struct yaml_node *member = yaml_get(resource->node, kinds[carried->kind].member);
    const struct yaml_node *at = sla_texts_first(member);

    switch (carried->kind) {
    case CARRIED_KEY:
        for (at = member->first; !slice_eq(at->key, carried->name);) {
            at = at->next;
        }
        return yaml_key_span(at);
    case CARRIED_LABEL:
        for (at = member->first; !slice_eq(at->key, carried->key);) {
            at = at->next;
        }
        return yaml_span(at);
    case CARRIED_CLASS:
        while (!slice_eq(at->text, carried->name)) {
            at = sla_texts_next(member, at);
        }
        return yaml_span(at);
    case CARRIED_ROLE:
    case CARRIED_UNIT:
    case CARRIED_NODE:
        break;
    }
    return yaml_span(member);
}

/* "tier: wbe", or the name alone. */
static struct slice shown(struct checking *self, const struct carried *carried)
{
    return carried->key.len > 0 ? arena_printf(self->draft->arena, "%.*s: %.*s",
                                               SLICE_ARG(carried->key), SLICE_ARG(carried->name))
                                : carried->name;
}

static void report(struct checking *self, const struct tally *told, const struct tally *meant)
{
    struct draft *draft = self->draft;
    struct slice right = shown(self, meant->first);
    struct diag_span span = span_of(self, told->first);
    struct diag *diag = diag_add(draft->diags, DIAG_WARNING, SLA_CODE_RESEMBLING, span,
                                 "nothing asks for %s `%.*s`, which resembles `%.*s`",
                                 kinds[told->first->kind].what, SLICE_ARG(shown(self, told->first)),
                                 SLICE_ARG(right));
    struct slice carrier = draft->resources[told->first->resource]->resource.name;

    if (told->count > 1) {
        diag_label(draft->diags, diag, "carried by `%.*s` and %zu more", SLICE_ARG(carrier),
                   told->count - 1);
    } else {
        diag_label(draft->diags, diag, "carried by `%.*s`", SLICE_ARG(carrier));
    }
    if (meant->asked != NULL) {
        diag_secondary(draft->diags, diag, meant->asked->span, "asks for `%.*s`", SLICE_ARG(right));
    } else {
        diag_secondary(draft->diags, diag, span_of(self, meant->first), "%zu resources carry it",
                       meant->count);
    }
    diag_help(draft->diags, diag, "if the same is meant, write `%.*s`", SLICE_ARG(right));
    sla_report_some(draft, diag);
    struct diag_fix *fix = diag_fix(draft->diags, diag, false, span, meant->first->name,
                                    "replace with `%.*s`", SLICE_ARG(right));
    for (size_t i = 1; i < told->count; i++) {
        diag_fix_edit(draft->diags, fix, span_of(self, &told->first[i]), meant->first->name);
    }
}

/* Keys that stand on one resource side by side are two things. */
static bool stand_together(const struct checking *self, const struct tally *one,
                           const struct tally *other)
{
    for (size_t i = 0; one->first->kind == CARRIED_KEY && i < one->count; i++) {
        const struct yaml_node *at = self->draft->resources[one->first[i].resource]->labels->first;
        while (at != NULL && !slice_eq(at->key, other->first->name)) {
            at = at->next;
        }
        if (at != NULL) {
            return true;
        }
    }
    return false;
}

/* That it may be the right one, of which others are slips. Keys that nothing asks for are free. */
static bool is_strong(const struct tally *tally)
{
    return tally->asked != NULL ||
           (tally->count >= SIBLINGS_MIN && tally->first->kind != CARRIED_KEY);
}

/* Whether more speaks for the other name, and this one is a slip of it. Of two that nothing asks
 * for and of which each may be a word of its own, one must be rare and the other frequent. */
static bool is_meant(const struct checking *self, const struct tally *told,
                     const struct tally *meant)
{
    enum sla_slip slip = sla_slip_of(told->first->name, meant->first->name);
    bool is_likely = meant->asked != NULL ||
                     (slip == SLA_SLIP_SURE ? meant->count > told->count
                                            : told->count == 1 && meant->count >= FREQUENT_MIN);

    return slip != SLA_SLIP_NONE && is_likely && !stand_together(self, told, meant);
}

/* Of names one that is asked for, or else the first; NULL: none is meant. */
static const struct tally *find_meant(struct checking *self, const struct tally *told,
                                      const struct tally *const *strong, size_t count)
{
    const struct tally *meant = NULL;

    if (told->asked != NULL || self->compared + count > SLA_CARRIED_COMPARED_MAX) {
        return NULL;
    }
    self->compared += count;
    for (size_t i = 0; i < count; i++) {
        bool is_better = meant == NULL || (meant->asked == NULL && strong[i]->asked != NULL);
        if (is_better && is_meant(self, told, strong[i])) {
            meant = strong[i];
        }
    }
    return meant;
}

/* The values of a label that nothing asks for are free: a repeated one proves nothing. */
static bool is_free(const struct checking *self, struct slice ucloud, const struct carried *name)
{
    const struct carried key = { .kind = CARRIED_KEY, .name = name->key };

    return name->kind == CARRIED_LABEL && asked_for(self, ucloud, &key) == NULL;
}

/* Those that could be taken for each other. */
static void check_group(struct checking *self, const struct tally *tallies, size_t count,
                        const struct tally **strong)
{
    size_t strong_count = 0;

    for (size_t i = 0; i < count; i++) {
        if (is_strong(&tallies[i])) {
            strong[strong_count++] = &tallies[i];
        }
    }
    for (size_t i = 0; i < count; i++) {
        const struct tally *meant = find_meant(self, &tallies[i], strong, strong_count);
        if (meant != NULL) {
            report(self, &tallies[i], meant);
        }
    }
}

static void check_ucloud(struct checking *self, size_t from, size_t to)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };

    gather_carried(self, &scratch, from, to);
    const struct tally **strong = ARENA_NEW(&scratch, const struct tally *, self->tally_count + 1);
    for (size_t i = 0; i < self->tally_count;) {
        const struct carried *first = self->tallies[i].first;
        size_t end = i + 1;
        while (end < self->tally_count && self->tallies[end].first->kind == first->kind &&
               slice_eq(self->tallies[end].first->key, first->key)) {
            end++;
        }
        if (!is_free(self, self->draft->resources[from]->resource.ucloud, first)) {
            check_group(self, &self->tallies[i], end - i, strong);
        }
        i = end;
    }
}

void sla_check_carried(struct draft *draft)
{
    struct checking self = { .draft = draft };

    if (draft->is_unread) {
        return;
    }
    gather_asked(&self);
    for (size_t from = 0; from < draft->resource_count;) {
        struct slice ucloud = draft->resources[from]->resource.ucloud;
        size_t to = from + 1;
        while (to < draft->resource_count &&
               slice_eq(draft->resources[to]->resource.ucloud, ucloud)) {
            to++;
        }
        check_ucloud(&self, from, to);
        from = to;
    }
    arena_done(&self.scratch);
}
