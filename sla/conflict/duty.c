#include "sla/conflict/conflict.h"
#include "sla/conflict/settled.h"
#include "sla/policy/delegation.h"
#include "sla/policy/meant.h"
#include "sla/policy/standing.h"
#include "sla/policy/tiers.h"
#include "sla/terms/domain.h"
#include "sla/terms/held.h"
#include "sla/terms/rule.h"
#include "sla/values/guard.h"

#include <string.h>

/* One subject would hold two acts that must be apart: one clause permits both, or two do, in force
 * together, and no rule that comes first takes either away. Groups are not opened: whoever clauses
 * mean by name, party or role is known here, who is in two groups is not.
 *
 * Of each duty and resource the rules about its acts are gathered once; then subject by subject
 * those that mean it are held against each other. */

enum { STEPS_AN_EXPANSION = 16 }; /* a step is a look at one rule */

struct speaker {
    const struct sla_clause *clause;
    uint64_t acts;   /* of those kept apart */
    uint64_t passed; /* a forbid: of these, those about which its tier may pass on */
    size_t place;    /* of its party among those asked; SLA_STANDING_MAX: after them all */
    uint32_t guard;  /* a permit: when there is something to speak of, and the duty speaks */
    bool is_permit;
    bool holds_both; /* told by itself */
    /* of the subject at hand */
    bool is_meant;
    uint64_t left; /* acts that nothing takes away whenever the duty and it speak */
};

/* A tier that forbids what nobody permits in it. */
struct closed {
    size_t place, tier;
};
enum { CLOSED_MAX = SLA_STANDING_MAX * SLA_TIERS_MAX };

struct holding {
    struct sla_search *search;
    struct arena *arena; /* for this duty and resource */
    const struct sla_clause *duty;
    size_t resource;
    uint64_t apart; /* acts there is something to do to, there */
    struct sla_standing standing;
    uint32_t held; /* when there is something to speak of */
    struct speaker *speakers;
    size_t count;
    uint32_t *forbids; /* numbers of those that may forbid somebody */
    size_t forbid_count;
    uint32_t *permits; /* of the subject at hand, ascending */
    uint32_t *others;  /* of each of these the place of the next that gives it something else */
    size_t permit_count;
    struct closed closed[CLOSED_MAX];
    size_t closed_count;
    uint32_t party; /* the subject at hand */
    uint64_t steps;
    bool is_cut;
};

/* Each duty has a share of its own on each resource, so that a busy one hides no other. */
static bool spend(struct holding *self, uint64_t steps)
{
    self->steps += steps;
    self->is_cut |= self->steps > SLA_DUTY_SHARE_STEPS_MAX ||
                    self->search->duty_steps + self->steps > SLA_DUTY_STEPS_MAX ||
                    self->search->is_over;
    return !self->is_cut;
}

/* --- what comes first ------------------------------------------------------------------------- */

/* Of two clauses in one tier, by how the tier combines them. */
static bool prevails(struct holding *self, const struct sla_clause *forbid,
                     const struct sla_clause *root, enum sla_strategy strategy)
{
    const struct sla_disagreement between = { .party = self->party, .resource = self->resource };

    switch (strategy) {
    case SLA_STRATEGY_FORBID_OVERRIDES:
    case SLA_STRATEGY_PERMIT_UNLESS_FORBID:
        return true;
    case SLA_STRATEGY_FIRST_APPLICABLE:
        return forbid->order < root->order;
    case SLA_STRATEGY_MOST_SPECIFIC:
        return spend(self, forbid->subjects.count + root->subjects.count + forbid->resource_count +
                               root->resource_count) &&
               sla_is_closer(self->search->world, &between, forbid, root);
    case SLA_STRATEGY_NONE: /* told as a conflict */
    case SLA_STRATEGY_PERMIT_OVERRIDES:
    case SLA_STRATEGY_FORBID_UNLESS_PERMIT:
        break;
    }
    return false;
}

static bool is_first(struct holding *self, const struct speaker *forbid,
                     const struct speaker *permit)
{
    const struct sla_clause *root = sla_delegation_root(permit->clause);

    if (forbid->place != permit->place) {
        return forbid->place < permit->place;
    }
    const struct sla_party_tiers *tiers =
        &self->search->world->party_tiers[self->standing.parties[forbid->place]];
    size_t tier = forbid->clause->tier;
    return tier < root->tier || (tier == root->tier && tier < tiers->count &&
                                 prevails(self, forbid->clause, root, tiers->items[tier].strategy));
}

/* Some clause of the tier may let the subject do it at that time, or pass on. */
static bool is_open(struct holding *self, const struct closed *at, enum sla_act act, uint32_t guard)
{
    struct sla_guards *guards = self->search->world->guards;

    for (size_t i = 0; i < self->count && spend(self, 1); i++) {
        const struct speaker *speaker = &self->speakers[i];
        const struct sla_clause *clause = speaker->clause;
        if ((speaker->acts >> act & 1U) != 0 && speaker->place == at->place &&
            sla_delegation_root(clause)->tier == at->tier &&
            (clause->op == SLA_OP_PASS ||
             (!sla_rule_forbids(clause) && speaker->is_meant &&
              sla_guards_meet(guards, clause->guard, guard) != SLA_GUARD_NEVER))) {
            return true;
        }
    }
    return false;
}

/* A tier that is asked before the permit forbids whatever nobody permits in it. */
static bool is_closed(struct holding *self, const struct speaker *permit, enum sla_act act,
                      uint32_t guard)
{
    size_t tier = sla_delegation_root(permit->clause)->tier;

    for (size_t i = 0; i < self->closed_count; i++) {
        const struct closed *at = &self->closed[i];
        bool is_earlier =
            at->place < permit->place || (at->place == permit->place && at->tier < tier);
        if (is_earlier && !is_open(self, at, act, guard)) {
            return true;
        }
    }
    return false;
}

/* Of the acts of the permit those that nothing takes away from the subject whenever all speak: no
 * clause that is asked before it, and no tier. */
static uint64_t left_of(struct holding *self, const struct speaker *permit, uint64_t acts,
                        uint32_t guard)
{
    const struct sla_guards *guards = self->search->world->guards;

    for (size_t i = 0; i < self->forbid_count && acts != 0 && spend(self, 1); i++) {
        const struct speaker *forbid = &self->speakers[self->forbids[i]];
        uint64_t taken = forbid->acts & ~forbid->passed & acts;
        if (taken != 0 && forbid->is_meant == (forbid->clause->op != SLA_OP_ONLY) &&
            sla_guards_covers(guards, forbid->clause->guard, guard) &&
            is_first(self, forbid, permit)) {
            acts &= ~taken;
        }
    }
    for (unsigned act = 0; act < SLA_ACTS && self->closed_count > 0; act++) {
        if ((acts >> act & 1U) != 0 && is_closed(self, permit, (enum sla_act)act, guard)) {
            acts &= ~(UINT64_C(1) << act);
        }
    }
    return acts;
}

/* --- who speaks ------------------------------------------------------------------------------- */

static bool is_several(uint64_t acts)
{
    return (acts & (acts - 1)) != 0;
}

/* A permit that is asked at all: of who has standing, or a right that is taken. */
static bool is_permit(const struct sla_clause *clause)
{
    return !sla_rule_forbids(clause) && clause->op != SLA_OP_PASS;
}

/* Somebody, always. */
static bool may_forbid(const struct sla_clause *clause)
{
    return !sla_rule_needs_consent(clause) && clause->op != SLA_OP_APART &&
           (sla_rule_forbids(clause) || clause->op == SLA_OP_ONLY);
}

static void add_speaker(struct holding *self, const struct sla_clause *clause)
{
    struct sla_guards *guards = self->search->world->guards;
    bool is_right = clause->stance == SLA_RESERVES;
    struct speaker speaker = {
        .clause = clause,
        .acts = sla_clause_acts(clause) & self->apart,
        .place = is_right ? SLA_STANDING_MAX
                          : sla_standing_place(self->search->world, &self->standing,
                                               sla_delegation_root(clause)),
        .guard = SLA_GUARD_NEVER,
    };

    if (is_permit(clause)) {
        speaker.guard = sla_guards_meet(
            guards, sla_guards_meet(guards, self->duty->guard, clause->guard), self->held);
    }
    speaker.is_permit = speaker.guard != SLA_GUARD_NEVER;
    if (speaker.place < SLA_STANDING_MAX || (is_right && speaker.is_permit)) {
        self->speakers[self->count++] = speaker;
    }
}

/* A tier that may pass on decides nothing for sure. */
static uint64_t passed_by(struct holding *self, const struct speaker *forbid)
{
    uint64_t passed = 0;

    for (size_t i = 0; i < self->count && spend(self, 1); i++) {
        const struct speaker *other = &self->speakers[i];
        if (other->clause->op == SLA_OP_PASS && other->place == forbid->place &&
            other->clause->tier == forbid->clause->tier) {
            passed |= other->acts;
        }
    }
    return passed;
}

static void gather_closed(struct holding *self)
{
    for (size_t place = 0; place < self->standing.count; place++) {
        const struct sla_party_tiers *tiers =
            &self->search->world->party_tiers[self->standing.parties[place]];
        for (size_t tier = 0; tier < tiers->count; tier++) {
            if (tiers->items[tier].strategy == SLA_STRATEGY_FORBID_UNLESS_PERMIT) {
                self->closed[self->closed_count++] = (struct closed){ place, tier };
            }
        }
    }
}

/* False: no two acts are permitted at all, or there is too much to look at. */
static bool gather(struct holding *self)
{
    const struct sla_search *search = self->search;
    size_t room = search->start[self->resource + 1] - search->start[self->resource];
    uint64_t permitted = 0;
    bool has_pass = false;

    if (!spend(self, room)) {
        return false;
    }
    self->speakers = ARENA_NEW(self->arena, struct speaker, room + 1);
    for (size_t i = search->start[self->resource]; i < search->start[self->resource + 1]; i++) {
        const struct sla_clause *clause = search->world->clauses[search->items[i]];
        if (clause->reaction == NULL && (sla_clause_acts(clause) & self->apart) != 0) {
            add_speaker(self, clause);
        }
    }
    self->forbids = ARENA_NEW(self->arena, uint32_t, self->count + 1);
    self->permits = ARENA_NEW(self->arena, uint32_t, self->count + 1);
    self->others = ARENA_NEW(self->arena, uint32_t, self->count + 1);
    for (size_t i = 0; i < self->count; i++) {
        permitted |= self->speakers[i].is_permit ? self->speakers[i].acts : 0;
        has_pass |= self->speakers[i].clause->op == SLA_OP_PASS;
        if (may_forbid(self->speakers[i].clause) && self->speakers[i].place < SLA_STANDING_MAX) {
            self->forbids[self->forbid_count++] = (uint32_t)i;
        }
    }
    for (size_t i = 0; has_pass && i < self->forbid_count; i++) {
        struct speaker *forbid = &self->speakers[self->forbids[i]];
        forbid->passed = passed_by(self, forbid);
    }
    gather_closed(self);
    return is_several(permitted) && !self->is_cut;
}

/* --- pairs ------------------------------------------------------------------------------------ */

/* An act of each, not the same; `out` names them. */
static bool find_acts(uint64_t first, uint64_t second, struct sla_certificate *out)
{
    for (unsigned a = 0; a < SLA_ACTS; a++) {
        uint64_t others = second & ~(UINT64_C(1) << a);
        if ((first >> a & 1U) != 0 && others != 0) {
            int other = __builtin_ctzll(others);
            out->action = (enum sla_act)a;
            out->other = (enum sla_act)other;
            return true;
        }
    }
    return false;
}

static void tell(struct holding *self, const struct speaker *first, const struct speaker *second,
                 struct sla_certificate *certificate)
{
    const struct sla_world *world = self->search->world;
    const struct sla_clause *all[] = { self->duty, first->clause, second->clause };
    size_t count = first == second ? 2 : 3;

    certificate->resource = self->resource;
    certificate->subject = world->parties[self->party].name;
    certificate->guard = sla_guards_meet(
        world->guards, self->duty->guard,
        sla_guards_meet(world->guards, first->clause->guard, second->clause->guard));
    for (size_t i = 1; i < count; i++) {
        for (size_t j = i; j > 0 && sla_clause_ref_cmp(&all[j]->ref, &all[j - 1]->ref) < 0; j--) {
            const struct sla_clause *later = all[j - 1];
            all[j - 1] = all[j];
            all[j] = later;
        }
    }
    sla_search_add(self->search, SLA_CONFLICT_DUTY, all, count, certificate);
}

static void try_pair(struct holding *self, const struct speaker *first,
                     const struct speaker *second)
{
    struct sla_guards *guards = self->search->world->guards;
    struct sla_certificate certificate = { .resource = self->resource };
    uint32_t guard = sla_guards_meet(guards, first->guard, second->guard);

    if (guard == SLA_GUARD_NEVER || !find_acts(first->left, second->left, &certificate)) {
        return;
    }
    uint64_t left_first =
        guard == first->guard ? first->left : left_of(self, first, first->left, guard);
    uint64_t left_second =
        guard == second->guard ? second->left : left_of(self, second, second->left, guard);
    if (!self->is_cut && find_acts(left_first, left_second, &certificate)) {
        tell(self, first, second, &certificate);
    }
}

static uint64_t left_at(const struct holding *self, size_t place)
{
    return self->speakers[self->permits[place]].left;
}

/* Of those that mean the subject the ones that permit it something, and the acts that they do. */
static uint64_t gather_permits(struct holding *self, const struct sla_rule_list *meaning)
{
    uint64_t permitted = 0;

    self->permit_count = 0;
    for (size_t i = 0; i < meaning->count && spend(self, 1); i++) {
        struct speaker *speaker = &self->speakers[meaning->items[i]];
        speaker->left =
            speaker->is_permit ? left_of(self, speaker, speaker->acts, speaker->guard) : 0;
        permitted |= speaker->left;
        if (speaker->left != 0) {
            self->permits[self->permit_count++] = meaning->items[i];
        }
    }
    for (size_t i = self->permit_count; i-- > 0;) {
        bool is_same = i + 1 < self->permit_count && left_at(self, i) == left_at(self, i + 1);
        self->others[i] = is_same ? self->others[i + 1] : (uint32_t)i + 1;
    }
    return permitted;
}

/* Those that give one and the same act are passed over. */
static void try_all_with(struct holding *self, size_t at)
{
    const struct speaker *first = &self->speakers[self->permits[at]];
    size_t next = at + 1;

    for (size_t i = next; i < self->permit_count && spend(self, 1); i = next) {
        const struct speaker *second = &self->speakers[self->permits[i]];
        bool is_same = second->left == first->left && !is_several(first->left);
        next = is_same ? self->others[i] : i + 1;
        if (!is_same && !second->holds_both) {
            try_pair(self, first, second);
        }
    }
}

static void try_subject(struct holding *self, const struct sla_rule_list *meaning)
{
    if (!is_several(gather_permits(self, meaning)) || self->is_cut) {
        return;
    }
    for (size_t i = 0; i < self->permit_count && !self->is_cut; i++) {
        struct speaker *permit = &self->speakers[self->permits[i]];
        struct sla_certificate certificate = { .resource = self->resource };
        if (find_acts(permit->left, permit->left, &certificate)) {
            permit->holds_both = true;
            tell(self, permit, permit, &certificate);
        }
    }
    for (size_t i = 0; i < self->permit_count && !self->is_cut; i++) {
        if (!self->speakers[self->permits[i]].holds_both) {
            try_all_with(self, i);
        }
    }
}

static void try_subjects(struct holding *self)
{
    const struct sla_world *world = self->search->world;
    const struct sla_parties **subjects =
        ARENA_NEW(self->arena, const struct sla_parties *, self->count + 1);
    struct sla_meant meant;
    uint64_t words = world->party_count;

    for (size_t i = 0; i < self->count; i++) {
        subjects[i] = &self->speakers[i].clause->subjects;
        words += subjects[i]->count;
    }
    if (!spend(self, words / 2)) {
        return;
    }
    sla_meant_index(&meant, self->arena, world, self->resource, subjects, self->count);
    for (self->party = sla_meant_next(&meant, 0); self->party < world->party_count && !self->is_cut;
         self->party = sla_meant_next(&meant, self->party + 1)) {
        struct sla_rule_list meaning = sla_meant_find(&meant, self->party);
        for (size_t i = 0; i < meaning.count; i++) {
            self->speakers[meaning.items[i]].is_meant = true;
        }
        try_subject(self, &meaning);
        for (size_t i = 0; i < meaning.count; i++) {
            self->speakers[meaning.items[i]].is_meant = false;
        }
    }
}

/* --- resources -------------------------------------------------------------------------------- */

static uint64_t acts_on(enum plane_kind plane)
{
    uint64_t acts = 0;

    for (unsigned act = 0; act < SLA_ACTS; act++) {
        if ((sla_act_type((enum sla_act)act)->planes & SLA_BIT(plane)) != 0) {
            acts |= UINT64_C(1) << act;
        }
    }
    return acts;
}

static void search_duty(struct sla_search *search, const struct sla_clause *duty, size_t resource)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };
    struct sla_world *world = search->world;
    struct holding self = {
        .search = search,
        .arena = &scratch,
        .duty = duty,
        .resource = resource,
        .apart = sla_rule_kept_apart(duty) & acts_on(world->policies.resources[resource].plane),
        .standing = sla_standing_of(world, resource),
        .held = sla_held_when(world, resource),
    };

    if (is_several(self.apart) && gather(&self)) {
        try_subjects(&self);
    }
    search->incomplete |= self.is_cut;
    search->duty_steps += self.steps;
    (void)sla_search_spend(search, self.steps / STEPS_AN_EXPANSION);
}

/* The same rules about the same things as on the resource before: nothing new can be found. */
static bool is_like_last(const struct sla_search *search, size_t resource)
{
    const struct sla_world *world = search->world;
    size_t count = search->start[resource + 1] - search->start[resource];

    if (resource == 0 || search->start[resource] - search->start[resource - 1] != count ||
        sla_held_when(world, resource) != sla_held_when(world, resource - 1)) {
        return false;
    }
    const struct sla_kind_of_resource a = sla_standing_kind(world, resource - 1);
    const struct sla_kind_of_resource b = sla_standing_kind(world, resource);
    return memcmp(&a, &b, sizeof(a)) == 0 &&
           memcmp(&search->items[search->start[resource]],
                  &search->items[search->start[resource - 1]], count * sizeof(size_t)) == 0;
}

void sla_search_duties(struct sla_search *search, size_t resource)
{
    if (is_like_last(search, resource)) {
        sla_search_add_alike(search, SLA_CONFLICT_DUTY, resource);
        return;
    }
    for (size_t i = search->start[resource]; i < search->start[resource + 1] && !search->is_over;
         i++) {
        const struct sla_clause *clause = search->world->clauses[search->items[i]];
        if (sla_rule_is_held(clause)) {
            search_duty(search, clause, resource);
        }
    }
}
