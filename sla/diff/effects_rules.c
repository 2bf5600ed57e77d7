#include "sla/diff/effects_cells.h"

#include "sla/values/acts.h"
#include "sla/values/intern.h"

#include <stdlib.h>
#include <string.h>

enum { SIDES = SLA_EFFECT_SIDES };

/* A resource of either world, or of both. */
struct pair {
    size_t resources[SIDES];
    uint32_t group;
};

/* Resources that nothing tells apart: the same class of rules in each world, the same data. */
struct group_key {
    uint32_t classes[SIDES]; /* UINT32_MAX: not in that world */
    uint64_t data;           /* of a bucket, what it holds; a hash of the names */
};

struct group {
    const struct pair *first;
    size_t count;
};

/* Who may do what to the resources of a group. */
struct asking {
    uint16_t act;
    uint32_t group;
    struct slice subject; /* empty: everybody else */
    struct slice with;    /* the group it is in, too; empty: none is asked for */
};

/* A box in which both worlds differ. */
struct change {
    const struct asking *asking;
    struct slice when;
    enum sla_effect_kind kind;
    const char *mark; /* behind a subject that one of the worlds does not know */
};

struct comparing {
    struct sla_effect_finding *finding;
    struct arena scratch;
    struct sla_cells *cells;
    struct pair *pairs; /* by name */
    size_t pair_count;
    struct group *groups;
    size_t group_count;
    uint32_t *groups_of[SIDES]; /* of each class of rules: items from starts[class] on */
    size_t *starts[SIDES];
    struct slice *strangers; /* parties of one world alone */
    size_t stranger_count;
    struct asking *askings;
    size_t asking_count;
    bool is_cut;        /* more than SLA_EFFECT_CASES_MAX */
    size_t pairs_from;  /* askings of two subjects begin there */
    bool pairs_are_cut; /* more than SLA_EFFECT_PAIRS_MAX */
    size_t known_only;  /* questions that were asked of known facts alone */
    bool is_over;       /* more than SLA_EFFECT_DECISIONS_MAX */
    const struct asking *asking;
    struct change *changes;
    size_t change_count, change_room;
};

static const struct policy_rules *rules_of(const struct comparing *self, size_t side)
{
    return self->finding->worlds[side]->policies.rules;
}

static const struct resource *resource_of(const struct comparing *self, const struct pair *pair)
{
    size_t side = pair->resources[1] != SIZE_MAX ? 1 : 0;

    return &self->finding->worlds[side]->policies.resources[pair->resources[side]];
}

/* --- resources -------------------------------------------------------------------------------- */

/* FNV-1a: a clash would only make two buckets share one answer of their first. */
static uint64_t hash_names(const struct slice *names, size_t count)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j <= names[i].len; j++) {
            unsigned char byte = j < names[i].len ? (unsigned char)names[i].ptr[j] : 0;
            hash = (hash ^ byte) * UINT64_C(0x100000001b3);
        }
    }
    return hash;
}

static struct group_key key_of(const struct comparing *self, const struct pair *pair)
{
    struct group_key key = { { UINT32_MAX, UINT32_MAX }, 0 };

    for (size_t side = 0; side < SIDES; side++) {
        size_t at = pair->resources[side];
        if (at == SIZE_MAX) {
            continue;
        }
        const struct resource *resource = &self->finding->worlds[side]->policies.resources[at];
        key.classes[side] = rules_of(self, side)->class_of[at];
        if (resource->plane == PLANE_DATA) {
            key.data = key.data * 31 + 1 + hash_names(resource->classes, resource->class_count);
        }
    }
    return key;
}

static void pair_resources(struct comparing *self)
{
    const struct policy_set *before = &self->finding->worlds[0]->policies;
    const struct policy_set *after = &self->finding->worlds[1]->policies;
    struct sla_effect_walk walk = { .sets = { before, after },
                                    .counts = { before->resource_count, after->resource_count } };
    size_t room = before->resource_count + after->resource_count;
    struct sla_intern keys = { 0 };

    self->pairs = ARENA_NEW(&self->scratch, struct pair, room + 1);
    self->groups = ARENA_NEW(&self->scratch, struct group, room + 1);
    while (sla_effect_next(&walk, self->pairs[self->pair_count].resources)) {
        struct pair *pair = &self->pairs[self->pair_count++];
        const struct group_key key = key_of(self, pair);
        pair->group =
            sla_intern(&keys, &self->scratch, (struct slice){ (const char *)&key, sizeof(key) });
        struct group *group = &self->groups[pair->group];
        group->first = group->count == 0 ? pair : group->first;
        group->count++;
    }
    self->group_count = keys.count;
}

static uint32_t class_of(const struct comparing *self, size_t side, size_t group)
{
    size_t at = self->groups[group].first->resources[side];

    return at == SIZE_MAX ? UINT32_MAX : rules_of(self, side)->class_of[at];
}

/* A class may be divided by the other world. */
static void index_groups(struct comparing *self, size_t side)
{
    size_t count = rules_of(self, side)->class_count;
    size_t *starts = ARENA_NEW(&self->scratch, size_t, count + 2);

    self->groups_of[side] = ARENA_NEW(&self->scratch, uint32_t, self->group_count + 1);
    self->starts[side] = starts;
    for (size_t i = 0; i < self->group_count; i++) {
        uint32_t class = class_of(self, side, i);
        starts[class != UINT32_MAX ? class + 2 : 0]++;
    }
    starts[0] = 0;
    for (size_t i = 2; i < count + 2; i++) {
        starts[i] += starts[i - 1];
    }
    for (size_t i = 0; i < self->group_count; i++) {
        uint32_t class = class_of(self, side, i);
        if (class != UINT32_MAX) {
            self->groups_of[side][starts[class + 1]++] = (uint32_t)i;
        }
    }
}

/* --- what there is to ask --------------------------------------------------------------------- */

static void add_asking(struct comparing *self, uint16_t act, uint32_t group, struct slice subject)
{
    if (self->asking_count == SLA_EFFECT_CASES_MAX) {
        self->is_cut = true;
        return;
    }
    self->askings[self->asking_count++] = (struct asking){ act, group, subject, { 0 } };
}

/* By default an owner may and others may not, so what is said of anyone changes for both; and what
 * is said of anyone is all that a party has which the other world does not know. */
static void add_everybody(struct comparing *self, uint16_t act, uint32_t group)
{
    add_asking(self, act, group, (struct slice){ 0 });
    for (size_t side = 0; side < SIDES; side++) {
        const struct policy_rules *rules = rules_of(self, side);
        uint32_t class = class_of(self, side, group);
        for (size_t i = 0; class != UINT32_MAX && i < 2; i++) {
            uint32_t party = rules->classes[class].parties[i];
            if (party != POLICY_ANYONE) {
                add_asking(self, act, group, rules->subjects[party].name);
            }
        }
    }
    for (size_t i = 0; i < self->stranger_count; i++) {
        add_asking(self, act, group, self->strangers[i]);
    }
}

static void take_slots(struct comparing *self, size_t side)
{
    const struct policy_rules *rules = rules_of(self, side);

    for (size_t i = 0; i < rules->slot_room; i++) {
        const struct policy_slot *slot = &rules->slots[i];
        uint32_t class = slot->act_class & (POLICY_CLASSES_MAX - 1);
        uint16_t act = (uint16_t)(slot->act_class >> 26U);
        if (slot->count == 0) {
            continue;
        }
        size_t end = self->starts[side][class + 1];
        for (size_t at = self->starts[side][class]; at < end && !self->is_cut; at++) {
            if (slot->subject == POLICY_ANYONE) {
                add_everybody(self, act, self->groups_of[side][at]);
            } else {
                add_asking(self, act, self->groups_of[side][at],
                           rules->subjects[slot->subject].name);
            }
        }
    }
}

/* Parties, not the people in them. */
static void take_strangers(struct comparing *self)
{
    size_t room = rules_of(self, 0)->subject_count + rules_of(self, 1)->subject_count;

    self->strangers = ARENA_NEW(&self->scratch, struct slice, room);
    for (size_t side = 0; side < SIDES; side++) {
        const struct policy_rules *rules = rules_of(self, side);
        for (size_t i = 1; i < rules->subject_count; i++) {
            if (rules->subjects[i].party == i &&
                !sla_cells_knows(self->cells, 1 - side, rules->subjects[i].name)) {
                self->strangers[self->stranger_count++] = rules->subjects[i].name;
            }
        }
    }
}

static int asking_order(const void *left, const void *right)
{
    const struct asking *a = left;
    const struct asking *b = right;
    int order = (a->act > b->act) - (a->act < b->act);

    order = order != 0 ? order : slice_cmp(a->with, b->with);
    order = order != 0 ? order : slice_cmp(a->subject, b->subject);
    return order != 0 ? order : (a->group > b->group) - (a->group < b->group);
}

/* --- who is in a group ------------------------------------------------------------------------ */

static int place_order(const void *left, const void *right)
{
    const struct asking *a = left;
    const struct asking *b = right;
    int order = (a->act > b->act) - (a->act < b->act);

    order = order != 0 ? order : (a->group > b->group) - (a->group < b->group);
    return order != 0 ? order : slice_cmp(a->subject, b->subject);
}

static bool is_group(struct slice subject)
{
    struct slice rest = subject;

    (void)slice_cut(&rest, '/');
    return slice_starts(rest, SLICE("group/"));
}

/* Of one party, and one of them a group: "shop/user/ana" is in "shop/group/lab". */
static bool can_be_one(struct slice a, struct slice b)
{
    struct slice rest_a = a, rest_b = b;

    return slice_eq(slice_cut(&rest_a, '/'), slice_cut(&rest_b, '/')) && rest_a.len > 0 &&
           rest_b.len > 0 && (is_group(a) || is_group(b)) && !slice_eq(a, b);
}

static void add_pair(struct comparing *self, const struct asking *a, const struct asking *b)
{
    bool second = is_group(b->subject);

    if (self->asking_count - self->pairs_from == SLA_EFFECT_PAIRS_MAX) {
        self->pairs_are_cut = true;
        return;
    }
    self->askings[self->asking_count++] =
        (struct asking){ a->act, a->group, second ? a->subject : b->subject,
                         second ? b->subject : a->subject };
}

/* The two worlds ask much the same: whether the next one asks it again. */
static bool is_repeated(const struct comparing *self, size_t at, size_t count)
{
    return at + 1 < count && place_order(&self->askings[at], &self->askings[at + 1]) == 0;
}

/* Rules that name two of them on the same resources may come to something else for who is both.
 * Those of a party stand together, its groups before its people: what is looked at behind a group
 * is a pair, so that the limit of pairs is one of time, too. */
static void add_pairs(struct comparing *self)
{
    size_t count = self->asking_count;

    self->pairs_from = count;
    if (count > 1) {
        qsort(self->askings, count, sizeof(*self->askings), place_order);
    }
    for (size_t i = 0; i < count; i++) {
        const struct asking *a = &self->askings[i];
        bool may_pair = is_group(a->subject) && !is_repeated(self, i, count);
        for (size_t j = i + 1; may_pair && j < count && !self->pairs_are_cut; j++) {
            const struct asking *b = &self->askings[j];
            struct slice rest_a = a->subject, rest_b = b->subject;
            if (a->act != b->act || a->group != b->group ||
                !slice_eq(slice_cut(&rest_a, '/'), slice_cut(&rest_b, '/'))) {
                break;
            }
            if (can_be_one(a->subject, b->subject) && !is_repeated(self, j, count)) {
                add_pair(self, a, b);
            }
        }
    }
}

/* --- answers ---------------------------------------------------------------------------------- */

static void keep_change(void *arg, const enum sla_said said[SIDES], struct slice when)
{
    static const enum sla_effect_kind told[] = { [SLA_SAID_NOTHING] = SLA_NO_LONGER_RULED,
                                                 [SLA_SAID_PERMIT] = SLA_NEWLY_PERMITTED,
                                                 [SLA_SAID_FORBID] = SLA_NEWLY_FORBIDDEN };
    struct comparing *self = arg;
    struct slice subject = self->asking->subject;

    if (self->change_count == self->change_room) {
        size_t room = self->change_room == 0 ? 256 : self->change_room * 2;
        struct change *grown = ARENA_NEW(&self->scratch, struct change, room);
        if (self->change_count > 0) {
            memcpy(grown, self->changes, self->change_count * sizeof(*grown));
        }
        self->changes = grown;
        self->change_room = room;
    }
    self->changes[self->change_count++] = (struct change){
        .asking = self->asking,
        .when = arena_copy(&self->scratch, when),
        .kind = told[said[1]],
        .mark = !sla_cells_knows(self->cells, 0, subject)   ? " (new)"
                : !sla_cells_knows(self->cells, 1, subject) ? " (gone)"
                                                            : "",
    };
}

static void add_subject(struct buf *out, const struct change *change)
{
    if (change->asking->subject.len == 0) {
        buf_add_cstr(out, "everybody else");
        return;
    }
    buf_printf(out, "`%.*s`%s", SLICE_ARG(change->asking->subject), change->mark);
    if (change->asking->with.len > 0) {
        buf_printf(out, " in `%.*s`", SLICE_ARG(change->asking->with));
    }
}

/* The places of all changes of a sentence, by name; how many they are. */
static size_t add_places(const struct comparing *self, const struct change *changes, size_t count,
                         struct buf *out)
{
    struct sla_effect_names names = { .out = out };
    CLEANUP(arena_done) struct arena scratch = { 0 };
    bool *is_meant = ARENA_NEW(&scratch, bool, self->group_count);

    for (size_t i = 0; i < count; i++) {
        is_meant[changes[i].asking->group] = true;
    }
    for (size_t i = 0; i < self->pair_count; i++) {
        if (is_meant[self->pairs[i].group]) {
            sla_effect_name_resource(&names, resource_of(self, &self->pairs[i]));
        }
    }
    sla_effect_names_end(&names);
    return names.count;
}

static void tell_changes(struct comparing *self, const struct change *changes, size_t count)
{
    static const struct {
        const char *before, *verb;
    } words[] = { [SLA_NEWLY_PERMITTED] = { "", "may do" },
                  [SLA_NEWLY_FORBIDDEN] = { "", "may not do" },
                  [SLA_NO_LONGER_RULED] = { "no clause says whether ", "may do" },
                  [SLA_NOT_ENUMERATED] = { "too many conditions to tell whether ", "may do" } };
    enum sla_effect_kind kind = changes->kind;
    CLEANUP(buf_done) struct buf text = { 0 };

    buf_add_cstr(&text, words[kind].before);
    add_subject(&text, changes);
    buf_printf(&text, " %s %s on ", words[kind].verb,
               sla_act_name((enum sla_act)changes->asking->act));
    size_t places = add_places(self, changes, count, &text);
    if (changes->when.len > 0) {
        buf_printf(&text, " when %.*s", SLICE_ARG(changes->when));
    }
    sla_effect_tell(self->finding, kind, places,
                    sla_effect_is_shown(self->finding, kind)
                        ? arena_copy(self->finding->arena, buf_slice(&text))
                        : (struct slice){ 0 });
}

static int sentence_order(const struct change *a, const struct change *b)
{
    int order = (int)a->kind - (int)b->kind;

    order =
        order != 0 ? order : (a->asking->act > b->asking->act) - (a->asking->act < b->asking->act);
    order = order != 0 ? order : slice_cmp(a->asking->subject, b->asking->subject);
    order = order != 0 ? order : slice_cmp(a->asking->with, b->asking->with);
    return order != 0 ? order : slice_cmp(a->when, b->when);
}

static int change_order(const void *left, const void *right)
{
    const struct change *a = left;
    const struct change *b = right;
    int order = sentence_order(a, b);

    return order != 0
               ? order
               : (a->asking->group > b->asking->group) - (a->asking->group < b->asking->group);
}

static void tell_limits(struct comparing *self)
{
    const struct {
        size_t count;
        const char *what;
    } limits[] = {
        { self->is_cut ? SLA_EFFECT_CASES_MAX : 0, "acts, subjects and resources" },
        { self->pairs_are_cut ? SLA_EFFECT_PAIRS_MAX : 0, "people in groups" },
        { self->is_over ? SLA_EFFECT_DECISIONS_MAX : 0,
          "decisions about acts, subjects and resources" },
    };

    for (size_t i = 0; i < COUNT_OF(limits); i++) {
        if (limits[i].count > 0) {
            sla_effect_tell(self->finding, SLA_NOT_ENUMERATED, 1,
                            arena_printf(self->finding->arena,
                                         "over %zu %s: the rest was not looked at", limits[i].count,
                                         limits[i].what));
        }
    }
    if (self->known_only > 0) {
        sla_effect_tell(self->finding, SLA_NOT_ENUMERATED, self->known_only,
                        arena_printf(self->finding->arena,
                                     "too many conditions to ask about facts that are not known: "
                                     "%zu acts, subjects and resources",
                                     self->known_only));
    }
}

static void tell_all(struct comparing *self)
{
    size_t end = 0;

    if (self->change_count > 1) {
        qsort(self->changes, self->change_count, sizeof(*self->changes), change_order);
    }
    for (size_t from = 0; from < self->change_count; from = end) {
        while (end < self->change_count &&
               sentence_order(&self->changes[from], &self->changes[end]) == 0) {
            end++;
        }
        tell_changes(self, &self->changes[from], end - from);
    }
    tell_limits(self);
}

static void answer(struct comparing *self)
{
    for (size_t i = 0; i < self->asking_count; i++) {
        self->asking = &self->askings[i];
        if (i > 0 && asking_order(self->asking, self->asking - 1) == 0) {
            continue;
        }
        if (sla_cells_spent(self->cells) >= SLA_EFFECT_DECISIONS_MAX) {
            self->is_over = true;
            return;
        }
        const struct pair *pair = self->groups[self->asking->group].first;
        const struct sla_asked asked = { .act = self->asking->act,
                                         .resources = { pair->resources[0], pair->resources[1] },
                                         .subject = self->asking->subject,
                                         .with = self->asking->with };
        if (!sla_cells_compare(self->cells, &asked, keep_change, self)) {
            keep_change(self, (const enum sla_said[]){ SLA_SAID_NOTHING, SLA_SAID_NOTHING },
                        (struct slice){ 0 });
            self->changes[self->change_count - 1].kind = SLA_NOT_ENUMERATED;
        } else {
            self->known_only += sla_cells_is_known_only(self->cells) ? 1 : 0;
        }
    }
}

void sla_effects_find_rules(struct sla_effect_finding *finding)
{
    struct comparing self = { .finding = finding };

    self.cells = sla_cells_new(&self.scratch, finding->worlds);
    pair_resources(&self);
    index_groups(&self, 0);
    index_groups(&self, 1);
    take_strangers(&self);
    self.askings =
        ARENA_NEW(&self.scratch, struct asking, SLA_EFFECT_CASES_MAX + SLA_EFFECT_PAIRS_MAX);
    take_slots(&self, 0);
    take_slots(&self, 1);
    add_pairs(&self);
    if (self.asking_count > 1) {
        qsort(self.askings, self.asking_count, sizeof(*self.askings), asking_order);
    }
    answer(&self);
    tell_all(&self);
    sla_cells_done(self.cells);
    arena_done(&self.scratch);
}
