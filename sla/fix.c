#include "sla/fix.h"

#include "sla/pinned.h"

#include <assert.h>
#include <stdlib.h>

/* A finding, known again after the text around it has changed. */
struct key {
    uint32_t code;
    const char *file; /* "" without a place */
    struct slice message;
    const struct diag *diag;
};

struct keys {
    struct key *items; /* in order */
    size_t count;
};

/* The first safe fix of a finding. */
struct candidate {
    const struct diag *diag;
    const struct diag_fix *fix;
    bool chosen;
};

/* What a fix wrote, in the new text. */
struct written {
    size_t source; /* its index */
    size_t from, to;
    uint32_t hundred; /* of the finding it mends */
};

struct fixing {
    struct arena *arena;
    struct arena scratch; /* of one trial */
    const struct diag_source *sources;
    size_t source_count;
    struct sla_options options;
    struct diag_list diags;   /* of `sources` */
    struct sla_pinned pinned; /* likewise */
    struct candidate *candidates;
    size_t candidate_count;
    const struct diag **refused; /* did not mend in an earlier round */
    size_t refused_count, refused_room;
    struct sla_fix_applied *applied;
    size_t applied_count, applied_room;
    size_t tries;
};

static uint32_t hundred_of(const struct diag *diag)
{
    return diag->code / 100;
}

static const char *file_of(const struct diag *diag)
{
    return diag->span.source != NULL ? diag->span.source->name : "";
}

/* --- findings before and after ---------------------------------------------------------------- */

static int key_order(const void *left, const void *right)
{
    const struct key *a = left;
    const struct key *b = right;
    int order = (a->code > b->code) - (a->code < b->code);

    if (order == 0) {
        order = slice_cmp(slice_from(a->file), slice_from(b->file));
    }
    return order != 0 ? order : slice_cmp(a->message, b->message);
}

static struct key key_of(const struct diag *diag)
{
    return (struct key){ diag->code, file_of(diag), diag->message, diag };
}

static struct keys keys_of(struct arena *arena, const struct diag_list *diags)
{
    struct keys keys = { 0 };
    size_t room = 0;

    for (const struct diag *at = diags->first; at != NULL; at = at->next) {
        room++;
    }
    keys.items = ARENA_NEW(arena, struct key, room + 1);
    for (const struct diag *at = diags->first; at != NULL; at = at->next) {
        keys.items[keys.count++] = key_of(at);
    }
    qsort(keys.items, keys.count, sizeof(*keys.items), key_order);
    return keys;
}

/* How many findings of this key there are. */
static size_t key_count(const struct keys *keys, const struct key *key)
{
    size_t low = 0;
    size_t high = keys->count;
    size_t found = 0;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (key_order(&keys->items[middle], key) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    while (low + found < keys->count && key_order(&keys->items[low + found], key) == 0) {
        found++;
    }
    return found;
}

/* --- the edits of a choice -------------------------------------------------------------------- */

static size_t source_index(const struct fixing *self, const struct diag_span *span)
{
    assert(span->source >= self->sources && span->source < self->sources + self->source_count);
    return (size_t)(span->source - self->sources);
}

static bool touch(const struct diag_span *a, const struct diag_span *b)
{
    return a->source == b->source && a->byte <= b->byte_end && b->byte <= a->byte_end;
}

static bool fixes_touch(const struct diag_fix *a, const struct diag_fix *b)
{
    for (const struct diag_edit *x = a->edits; x != NULL; x = x->next) {
        for (const struct diag_edit *y = b->edits; y != NULL; y = y->next) {
            if (touch(&x->span, &y->span)) {
                return true;
            }
        }
    }
    return false;
}

/* All edits of the chosen candidates as one list. */
static struct diag_edit *chosen_edits(struct fixing *self, struct arena *arena)
{
    struct diag_edit *first = NULL;
    struct diag_edit **tail = &first;

    for (size_t i = 0; i < self->candidate_count; i++) {
        if (!self->candidates[i].chosen) {
            continue;
        }
        for (const struct diag_edit *at = self->candidates[i].fix->edits; at != NULL;
             at = at->next) {
            *tail = ARENA_NEW(arena, struct diag_edit, 1);
            **tail = *at;
            (*tail)->next = NULL;
            tail = &(*tail)->next;
        }
    }
    return first;
}

/* The sources with the chosen candidates applied; NULL when one of the fixes cannot be. */
static const struct diag_source *apply_chosen(struct fixing *self, struct arena *arena)
{
    struct diag_source *sources = ARENA_NEW(arena, struct diag_source, self->source_count + 1);
    const struct diag_edit *edits = chosen_edits(self, arena);
    bool *changes = ARENA_NEW(arena, bool, self->source_count + 1);

    for (const struct diag_edit *at = edits; at != NULL; at = at->next) {
        changes[source_index(self, &at->span)] = true;
    }
    for (size_t i = 0; i < self->source_count; i++) {
        sources[i] = self->sources[i];
        if (changes[i]) {
            struct status status =
                diag_apply_edits(arena, &self->sources[i], edits, &sources[i].text);
            if (!status_ok(&status)) {
                return NULL;
            }
        }
    }
    return sources;
}

/* Where an edit's text begins in the new source: all edits before it have moved it. */
static size_t moved(const struct diag_edit *edits, const struct diag_edit *edit)
{
    size_t at = edit->span.byte;

    for (const struct diag_edit *other = edits; other != NULL; other = other->next) {
        if (other->span.source == edit->span.source && other->span.byte < edit->span.byte) {
            at += other->text.len;
            at -= other->span.byte_end - other->span.byte;
        }
    }
    return at;
}

/* What the chosen candidates wrote, from `edits`, which are theirs in the same order. */
static struct written *written_of(struct fixing *self, const struct diag_edit *edits,
                                  size_t *out_count)
{
    const struct diag_edit *at = edits;
    size_t room = 0;
    size_t count = 0;

    for (; at != NULL; at = at->next) {
        room++;
    }
    struct written *written = ARENA_NEW(&self->scratch, struct written, room + 1);
    at = edits;
    for (size_t i = 0; i < self->candidate_count; i++) {
        const struct candidate *candidate = &self->candidates[i];
        const struct diag_edit *edit = candidate->chosen ? candidate->fix->edits : NULL;
        for (; edit != NULL && at != NULL; edit = edit->next, at = at->next) {
            size_t from = moved(edits, at);
            written[count++] = (struct written){ source_index(self, &at->span), from,
                                                 from + at->text.len, hundred_of(candidate->diag) };
        }
    }
    *out_count = count;
    return written;
}

/* --- whether it mended ------------------------------------------------------------------------ */

/* Every mended finding is gone. */
static bool all_gone(const struct fixing *self, struct arena *arena, const struct keys *before,
                     const struct keys *after)
{
    struct keys chosen = { ARENA_NEW(arena, struct key, self->candidate_count + 1), 0 };

    for (size_t i = 0; i < self->candidate_count; i++) {
        if (self->candidates[i].chosen) {
            chosen.items[chosen.count++] = key_of(self->candidates[i].diag);
        }
    }
    qsort(chosen.items, chosen.count, sizeof(*chosen.items), key_order);
    for (size_t i = 0; i < chosen.count; i++) {
        const struct key *key = &chosen.items[i];
        if (key_count(after, key) + key_count(&chosen, key) > key_count(before, key)) {
            return false;
        }
    }
    return true;
}

/* Whether a new error is the fault of what was written. */
static bool is_harm(const struct written *written, size_t count, const struct diag_source *sources,
                    const struct diag *diag)
{
    uint32_t earliest = UINT32_MAX;

    for (size_t i = 0; i < count; i++) {
        bool here = diag->span.source == &sources[written[i].source] &&
                    diag->span.byte < written[i].to && written[i].from < diag->span.byte_end;
        if (here && hundred_of(diag) <= written[i].hundred) {
            return true;
        }
        earliest = written[i].hundred < earliest ? written[i].hundred : earliest;
    }
    return hundred_of(diag) < earliest;
}

static bool none_harmed(struct fixing *self, const struct diag_source *sources,
                        const struct keys *before, const struct keys *after)
{
    size_t count = 0;
    const struct written *written = written_of(self, chosen_edits(self, &self->scratch), &count);

    for (size_t i = 0; i < after->count; i++) {
        const struct key *key = &after->items[i];
        if (key->diag->level == DIAG_ERROR && key_count(after, key) > key_count(before, key) &&
            is_harm(written, count, sources, key->diag)) {
            return false;
        }
    }
    return true;
}

static bool choice_mends(struct fixing *self)
{
    struct diag_list diags;

    arena_reset(&self->scratch);
    const struct diag_source *sources = apply_chosen(self, &self->scratch);
    if (sources == NULL) {
        return false;
    }
    diag_list_init(&diags, &self->scratch);
    (void)sla_compile(&self->scratch, sources, self->source_count, &self->options, &diags);
    struct keys before = keys_of(&self->scratch, &self->diags);
    struct keys after = keys_of(&self->scratch, &diags);
    return all_gone(self, &self->scratch, &before, &after) &&
           none_harmed(self, sources, &before, &after);
}

/* --- rounds ----------------------------------------------------------------------------------- */

static const struct diag_fix *safe_fix(const struct diag *diag)
{
    const struct diag_fix *fix = diag->fixes;

    while (fix != NULL && (!fix->safe || fix->edits == NULL)) {
        fix = fix->next;
    }
    return fix;
}

static bool was_refused(const struct fixing *self, const struct diag *diag)
{
    struct key key = key_of(diag);

    for (size_t i = 0; i < self->refused_count; i++) {
        struct key other = key_of(self->refused[i]);
        if (key_order(&key, &other) == 0) {
            return true;
        }
    }
    return false;
}

static void compile(struct fixing *self)
{
    diag_list_init(&self->diags, self->arena);
    (void)sla_compile(self->arena, self->sources, self->source_count, &self->options, &self->diags);
    sla_pinned_read(self->arena, self->sources, self->source_count, &self->pinned);
}

/* The agreement that pins what the fix would edit; empty: none does. */
static struct slice pinned_by(const struct fixing *self, const struct diag_fix *fix)
{
    struct slice agreement = { 0 };

    for (const struct diag_edit *at = fix->edits; at != NULL && agreement.ptr == NULL;
         at = at->next) {
        agreement = sla_pinned_by(&self->pinned, &at->span);
    }
    return agreement;
}

static void collect(struct fixing *self)
{
    size_t room = 0;

    for (const struct diag *at = self->diags.first; at != NULL; at = at->next) {
        room += safe_fix(at) != NULL;
    }
    self->candidates = ARENA_NEW(self->arena, struct candidate, room + 1);
    self->candidate_count = 0;
    for (const struct diag *at = self->diags.first; at != NULL; at = at->next) {
        const struct diag_fix *fix = safe_fix(at);
        bool free = fix != NULL && pinned_by(self, fix).ptr == NULL && !was_refused(self, at);
        for (size_t i = 0; free && i < self->candidate_count; i++) {
            free = !fixes_touch(self->candidates[i].fix, fix);
        }
        if (free) {
            self->candidates[self->candidate_count++] = (struct candidate){ at, fix, true };
        }
    }
}

static void refuse(struct fixing *self, const struct diag *diag)
{
    if (self->refused_count == self->refused_room) {
        size_t room = self->refused_room * 2 + 16;
        const struct diag **items = ARENA_NEW(self->arena, const struct diag *, room);
        for (size_t i = 0; i < self->refused_count; i++) {
            items[i] = self->refused[i];
        }
        self->refused = items;
        self->refused_room = room;
    }
    self->refused[self->refused_count++] = diag;
}

/* Each on top of those before it that mended. */
static void choose_singly(struct fixing *self)
{
    for (size_t i = 0; i < self->candidate_count; i++) {
        self->candidates[i].chosen = false;
    }
    for (size_t i = 0; i < self->candidate_count; i++) {
        bool may_try = self->tries < SLA_FIX_TRIES_MAX;
        self->candidates[i].chosen = may_try;
        self->tries++;
        if (may_try && !choice_mends(self)) {
            self->candidates[i].chosen = false;
            refuse(self, self->candidates[i].diag);
        }
    }
}

static size_t remember_applied(struct fixing *self)
{
    size_t kept = 0;

    if (self->applied_count + self->candidate_count > self->applied_room) {
        size_t room = self->applied_count + self->candidate_count;
        struct sla_fix_applied *items = ARENA_NEW(self->arena, struct sla_fix_applied, room + 1);
        for (size_t i = 0; i < self->applied_count; i++) {
            items[i] = self->applied[i];
        }
        self->applied = items;
        self->applied_room = room;
    }
    for (size_t i = 0; i < self->candidate_count; i++) {
        const struct candidate *candidate = &self->candidates[i];
        if (candidate->chosen) {
            self->applied[self->applied_count++] = (struct sla_fix_applied){
                .code = candidate->diag->code,
                .file = file_of(candidate->diag),
                .line = candidate->diag->span.line,
                .title = candidate->fix->title,
            };
            kept++;
        }
    }
    return kept;
}

/* False: there is nothing more to mend. */
static bool run_round(struct fixing *self)
{
    collect(self);
    if (self->candidate_count == 0) {
        return false;
    }
    if (!choice_mends(self)) {
        choose_singly(self);
    }
    if (remember_applied(self) == 0) {
        return false;
    }
    self->sources = apply_chosen(self, self->arena);
    assert(self->sources != NULL); /* the same edits went well in the trial */
    compile(self);
    return true;
}

/* What stays: pinned, or not mended. */
static void list_left(struct fixing *self, struct sla_fix_result *out)
{
    size_t room = 0;
    size_t pinned = 0;

    for (const struct diag *at = self->diags.first; at != NULL; at = at->next) {
        room += safe_fix(at) != NULL;
    }
    struct sla_fix_pinned *items = ARENA_NEW(self->arena, struct sla_fix_pinned, room + 1);
    for (const struct diag *at = self->diags.first; at != NULL; at = at->next) {
        const struct diag_fix *fix = safe_fix(at);
        struct slice agreement = fix != NULL ? pinned_by(self, fix) : (struct slice){ 0 };
        if (agreement.ptr != NULL) {
            items[pinned++] =
                (struct sla_fix_pinned){ at->code, file_of(at), at->span.line, agreement };
        }
    }
    out->pinned = items;
    out->pinned_count = pinned;
    out->left_out = room - pinned;
}

void sla_fix(struct arena *arena, const struct diag_source *sources, size_t count,
             const struct sla_options *options, struct sla_fix_result *out)
{
    struct fixing self = { .arena = arena, .sources = sources, .source_count = count };
    size_t round = 0;

    if (options != NULL) {
        self.options = *options;
    }
    self.options.without_repairs = true; /* nobody reads them here */
    compile(&self);
    while (round < SLA_FIX_ROUNDS_MAX && run_round(&self)) {
        round++;
    }
    arena_done(&self.scratch);
    *out = (struct sla_fix_result){ .sources = self.sources,
                                    .applied = self.applied,
                                    .applied_count = self.applied_count,
                                    .diags = self.diags };
    list_left(&self, out);
}
