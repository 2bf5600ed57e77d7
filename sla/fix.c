#include "sla/fix.h"

#include "base/sorted.h"
#include "sla/agree/pinned.h"

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
    bool stays; /* its finding was not gone in the last trial */
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

static void sort_keys(struct keys *keys)
{
    if (keys->count > 1) {
        qsort(keys->items, keys->count, sizeof(*keys->items), key_order);
    }
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
    sort_keys(&keys);
    return keys;
}

/* How many findings of this key there are: all of a file may read the same. */
static size_t key_count(const struct keys *keys, const struct key *key)
{
    return sorted_upper_bound(keys->items, keys->count, sizeof(*keys->items), key, key_order) -
           sorted_lower_bound(keys->items, keys->count, sizeof(*keys->items), key, key_order);
}

/* --- the edits of a choice -------------------------------------------------------------------- */

static size_t source_index(const struct fixing *self, const struct diag_span *span)
{
    assert(span->source >= self->sources && span->source < self->sources + self->source_count);
    return (size_t)(span->source - self->sources);
}

/* Edits of the chosen candidates, by source, each list in the order of candidates. */
static struct diag_edit **edits_by_source(struct fixing *self, struct arena *arena)
{
    struct diag_edit **firsts = ARENA_NEW(arena, struct diag_edit *, self->source_count + 1);

    for (size_t i = self->candidate_count; i-- > 0;) {
        const struct candidate *candidate = &self->candidates[i];
        const struct diag_edit *edit = candidate->chosen ? candidate->fix->edits : NULL;
        for (; edit != NULL; edit = edit->next) {
            struct diag_edit **first = &firsts[source_index(self, &edit->span)];
            struct diag_edit *copy = ARENA_NEW(arena, struct diag_edit, 1);
            *copy = *edit;
            copy->next = *first;
            *first = copy;
        }
    }
    return firsts;
}

/* The sources with the chosen candidates applied; NULL when one of the fixes cannot be. */
static const struct diag_source *apply_chosen(struct fixing *self, struct arena *arena)
{
    struct diag_source *sources = ARENA_NEW(arena, struct diag_source, self->source_count + 1);
    struct diag_edit **edits = edits_by_source(self, arena);

    for (size_t i = 0; i < self->source_count; i++) {
        sources[i] = self->sources[i];
        if (edits[i] != NULL) {
            struct status status =
                diag_apply_edits(arena, &self->sources[i], edits[i], &sources[i].text);
            if (!status_ok(&status)) {
                return NULL;
            }
        }
    }
    return sources;
}

/* An edit of a candidate. */
struct placed {
    const struct diag_edit *edit;
    size_t source, candidate;
};

static int placed_order(const void *left, const void *right)
{
    const struct placed *a = left;
    const struct placed *b = right;

    if (a->source != b->source) {
        return a->source < b->source ? -1 : 1;
    }
    if (a->edit->span.byte != b->edit->span.byte) {
        return a->edit->span.byte < b->edit->span.byte ? -1 : 1;
    }
    return (a->candidate > b->candidate) - (a->candidate < b->candidate);
}

/* All edits of candidates, by place; `only_chosen`: of those. */
static struct placed *place_edits(struct fixing *self, struct arena *arena, bool only_chosen,
                                  size_t *out_count)
{
    size_t room = 0;
    size_t count = 0;

    for (size_t i = 0; i < self->candidate_count; i++) {
        for (const struct diag_edit *at = self->candidates[i].fix->edits; at != NULL;
             at = at->next) {
            room++;
        }
    }
    struct placed *placed = ARENA_NEW(arena, struct placed, room + 1);
    for (size_t i = 0; i < self->candidate_count; i++) {
        bool is_taken = !only_chosen || self->candidates[i].chosen;
        const struct diag_edit *at = is_taken ? self->candidates[i].fix->edits : NULL;
        for (; at != NULL; at = at->next) {
            placed[count++] = (struct placed){ at, source_index(self, &at->span), i };
        }
    }
    if (count > 1) {
        qsort(placed, count, sizeof(*placed), placed_order);
    }
    *out_count = count;
    return placed;
}

/* What the chosen candidates wrote: all edits before one have moved it. */
static struct written *written_of(struct fixing *self, size_t *out_count)
{
    const struct placed *placed = place_edits(self, &self->scratch, true, out_count);
    struct written *written = ARENA_NEW(&self->scratch, struct written, *out_count + 1);
    size_t taken = 0; /* of the old text, and written in its place, before */
    size_t given = 0;

    for (size_t i = 0; i < *out_count; i++) {
        const struct diag_edit *edit = placed[i].edit;
        if (i > 0 && placed[i - 1].source != placed[i].source) {
            taken = 0;
            given = 0;
        }
        size_t from = edit->span.byte - taken + given;
        written[i] = (struct written){ placed[i].source, from, from + edit->text.len,
                                       hundred_of(self->candidates[placed[i].candidate].diag) };
        taken += edit->span.byte_end - edit->span.byte;
        given += edit->text.len;
    }
    return written;
}

/* --- whether it mended ------------------------------------------------------------------------ */

/* Which of the chosen findings were not gone in the trial; how many. */
static size_t mark_staying(struct fixing *self, const struct keys *before, const struct keys *after)
{
    struct keys chosen = { ARENA_NEW(&self->scratch, struct key, self->candidate_count + 1), 0 };
    size_t count = 0;

    for (size_t i = 0; i < self->candidate_count; i++) {
        if (self->candidates[i].chosen) {
            chosen.items[chosen.count++] = key_of(self->candidates[i].diag);
        }
    }
    sort_keys(&chosen);
    for (size_t i = 0; i < self->candidate_count; i++) {
        struct candidate *candidate = &self->candidates[i];
        const struct key key = key_of(candidate->diag);
        candidate->stays = candidate->chosen && key_count(after, &key) + key_count(&chosen, &key) >
                                                    key_count(before, &key);
        count += candidate->stays;
    }
    return count;
}

/* Whether a new error is the fault of what was written, and not found only now that errors before
 * it are gone. */
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
    const struct written *written = written_of(self, &count);

    for (size_t i = 0; i < after->count; i++) {
        const struct key *key = &after->items[i];
        if (key->diag->level == DIAG_ERROR && key_count(after, key) > key_count(before, key) &&
            (self->diags.errors == 0 || is_harm(written, count, sources, key->diag))) {
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
    diags.kept_max = SLA_FIX_SEEN_MAX;
    (void)sla_compile(&self->scratch, sources, self->source_count, &self->options, &diags);
    struct keys before = keys_of(&self->scratch, &self->diags);
    struct keys after = keys_of(&self->scratch, &diags);
    return mark_staying(self, &before, &after) == 0 && none_harmed(self, sources, &before, &after);
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

static struct keys refused_keys(struct fixing *self)
{
    struct keys keys = { ARENA_NEW(self->arena, struct key, self->refused_count + 1),
                         self->refused_count };

    for (size_t i = 0; i < keys.count; i++) {
        keys.items[i] = key_of(self->refused[i]);
    }
    sort_keys(&keys);
    return keys;
}

static void compile(struct fixing *self)
{
    diag_list_init(&self->diags, self->arena);
    self->diags.kept_max = SLA_FIX_SEEN_MAX;
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

/* Places that fixes would write to, ascending; none touches one of another fix. */
struct places {
    const struct diag_span **items;
    size_t count;
};

/* Less than 0: it ends before the place. */
static int place_order(const void *item, const void *key)
{
    const struct diag_span *at = *(const struct diag_span *const *)item;
    const struct diag_span *span = key;

    return at->source != span->source ? (at->source > span->source) - (at->source < span->source)
                                      : (at->byte_end >= span->byte) - (at->byte_end < span->byte);
}

static size_t find_place(const struct places *places, const struct diag_span *span)
{
    return sorted_lower_bound(places->items, places->count, sizeof(struct diag_span *), span,
                              place_order);
}

static bool is_free(const struct places *places, const struct diag_fix *fix)
{
    for (const struct diag_edit *edit = fix->edits; edit != NULL; edit = edit->next) {
        size_t at = find_place(places, &edit->span);
        if (at < places->count && places->items[at]->source == edit->span.source &&
            places->items[at]->byte <= edit->span.byte_end) {
            return false;
        }
    }
    return true;
}

/* Findings come by place, so nearly always at the end. */
static void take_places(struct places *places, const struct diag_fix *fix)
{
    for (const struct diag_edit *edit = fix->edits; edit != NULL; edit = edit->next) {
        size_t at = find_place(places, &edit->span);
        for (size_t i = places->count++; i > at; i--) {
            places->items[i] = places->items[i - 1];
        }
        places->items[at] = &edit->span;
    }
}

static void collect(struct fixing *self)
{
    const struct keys refused = refused_keys(self);
    struct places places = { .items = NULL };
    size_t room = 0;
    size_t edits = 0;

    for (const struct diag *at = self->diags.first; at != NULL; at = at->next) {
        const struct diag_fix *fix = safe_fix(at);
        room += fix != NULL;
        for (const struct diag_edit *edit = fix != NULL ? fix->edits : NULL; edit != NULL;
             edit = edit->next) {
            edits++;
        }
    }
    places.items = ARENA_NEW(self->arena, const struct diag_span *, edits + 1);
    self->candidates = ARENA_NEW(self->arena, struct candidate, room + 1);
    self->candidate_count = 0;
    for (const struct diag *at = self->diags.first; at != NULL; at = at->next) {
        const struct diag_fix *fix = safe_fix(at);
        const struct key key = key_of(at);
        if (fix != NULL && pinned_by(self, fix).ptr == NULL && key_count(&refused, &key) == 0 &&
            is_free(&places, fix)) {
            take_places(&places, fix);
            self->candidates[self->candidate_count++] =
                (struct candidate){ .diag = at, .fix = fix, .chosen = true };
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

static void choose(struct fixing *self, size_t from, size_t to, bool chosen)
{
    for (size_t i = from; i < to; i++) {
        self->candidates[i].chosen = chosen;
    }
}

/* Those whose finding stayed in the trial are left for the next round: what one fix writes may be
 * undone by another, as a digest is by all that is written in its document. */
static bool choose_mended(struct fixing *self)
{
    size_t count = 0;

    for (size_t i = 0; i < self->candidate_count; i++) {
        self->candidates[i].chosen = !self->candidates[i].stays;
        count += self->candidates[i].chosen;
    }
    return count > 0 && count < self->candidate_count && choice_mends(self);
}

/* All of these, on top of those before them that mended, else either half of them. */
/* NOLINTNEXTLINE(misc-no-recursion): as deep as a size has bits */
static void choose_among(struct fixing *self, size_t from, size_t to)
{
    if (from == to || self->tries >= SLA_FIX_TRIES_MAX) {
        return;
    }
    self->tries++;
    choose(self, from, to, true);
    if (choice_mends(self)) {
        return;
    }
    choose(self, from, to, false);
    if (to - from == 1) {
        refuse(self, self->candidates[from].diag);
        return;
    }
    choose_among(self, from, from + (to - from) / 2);
    choose_among(self, from + (to - from) / 2, to);
}

static void choose_in_parts(struct fixing *self)
{
    size_t half = self->candidate_count / 2;

    choose(self, 0, self->candidate_count, false);
    choose_among(self, 0, half);
    choose_among(self, half, self->candidate_count);
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
    if (!choice_mends(self) && !choose_mended(self)) {
        choose_in_parts(self);
    }
    if (remember_applied(self) == 0) {
        return false;
    }
    self->sources = apply_chosen(self, self->arena);
    assert(self->sources != NULL); /* the same edits went well in the trial */
    compile(self);
    return true;
}

/* What stays: pinned, not mended, or not tried before a limit was reached. */
static void list_left(struct fixing *self, struct sla_fix_result *out)
{
    const struct keys refused = refused_keys(self);
    size_t room = 0;

    for (const struct diag *at = self->diags.first; at != NULL; at = at->next) {
        room += safe_fix(at) != NULL;
    }
    struct sla_fix_pinned *items = ARENA_NEW(self->arena, struct sla_fix_pinned, room + 1);
    for (const struct diag *at = self->diags.first; at != NULL; at = at->next) {
        const struct diag_fix *fix = safe_fix(at);
        struct slice agreement = fix != NULL ? pinned_by(self, fix) : (struct slice){ 0 };
        if (agreement.ptr != NULL) {
            items[out->pinned_count++] =
                (struct sla_fix_pinned){ at->code, file_of(at), at->span.line, agreement };
        } else if (fix != NULL) {
            const struct key key = key_of(at);
            out->left_out += key_count(&refused, &key) > 0;
        }
    }
    out->pinned = items;
    out->untried = room - out->pinned_count - out->left_out;
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
