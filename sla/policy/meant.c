#include "sla/policy/meant.h"

#include "sla/terms/party.h"

#include <stdlib.h>

/* --- the index -------------------------------------------------------------------------------- */

static int naming_order(const void *left, const void *right)
{
    const struct sla_rule_naming *a = left;
    const struct sla_rule_naming *b = right;

    if (a->party != b->party) {
        return a->party < b->party ? -1 : 1;
    }
    return (a->rule > b->rule) - (a->rule < b->rule);
}

static void add_rule(struct sla_rule_list *list, uint32_t rule)
{
    if (list->count == 0 || list->items[list->count - 1] != rule) {
        list->items[list->count++] = rule;
    }
}

static void add_word(struct sla_meant *self, const struct sla_party_ref *ref, uint32_t rule)
{
    uint32_t party = SLA_NOBODY;

    if (ref->by_role) {
        add_rule(&self->by_role[ref->role], rule);
    } else if (slice_is(ref->name, SLA_ANYONE)) {
        add_rule(&self->anyone, rule);
    } else {
        party = sla_party_find(self->world, ref->name);
    }
    if (party != SLA_NOBODY) {
        self->namings[self->naming_count++] = (struct sla_rule_naming){ party, rule };
    }
}

void sla_meant_index(struct sla_meant *self, struct arena *arena, const struct sla_world *world,
                     size_t resource, const struct sla_parties *const *subjects, size_t count)
{
    size_t words = 0;

    for (size_t i = 0; i < count; i++) {
        words += subjects[i]->count;
    }
    *self = (struct sla_meant){ .world = world, .resource = resource };
    self->namings = ARENA_NEW(arena, struct sla_rule_naming, words + 1);
    self->anyone.items = ARENA_NEW(arena, uint32_t, count + 1);
    self->of.items = ARENA_NEW(arena, uint32_t, count + 1);
    self->is_seen = ARENA_NEW(arena, bool, count + 1);
    for (unsigned role = 0; role < SLA_MEANT_ROLES; role++) {
        self->by_role[role].items = ARENA_NEW(arena, uint32_t, count + 1);
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < subjects[i]->count; j++) {
            add_word(self, &subjects[i]->items[j], (uint32_t)i);
        }
    }
    if (self->naming_count > 1) {
        qsort(self->namings, self->naming_count, sizeof(struct sla_rule_naming), naming_order);
    }
}

/* --- subjects --------------------------------------------------------------------------------- */

/* The first of the namings whose party is not less. */
static size_t first_naming(const struct sla_meant *self, uint32_t party)
{
    size_t low = 0;
    size_t high = self->naming_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (self->namings[middle].party < party) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool is_named(const struct sla_meant *self, uint32_t party)
{
    size_t at = first_naming(self, party);

    return at < self->naming_count && self->namings[at].party == party;
}

/* Bit an enum party_role that some rule speaks of and the party has towards the resource. */
static unsigned roles_of(const struct sla_meant *self, uint32_t party)
{
    unsigned roles = 0;

    for (unsigned role = 0; role < SLA_MEANT_ROLES; role++) {
        const struct sla_party_ref word = { .by_role = true, .role = (enum party_role)role };
        const struct sla_parties one = { &word, 1 };
        if (self->by_role[role].count > 0 &&
            sla_party_is_meant(self->world, &one, party, self->resource)) {
            roles |= SLA_BIT(role);
        }
    }
    return roles;
}

/* Members that no rule names are meant as their party is, which stands before them; parties that
 * none names, as others of their roles. */
static bool is_new(struct sla_meant *self, uint32_t party)
{
    const struct sla_party *parties = self->world->parties;

    if (party > 0 && slice_eq(parties[party].name, parties[party - 1].name)) {
        return false; /* a party is named by its first index */
    }
    if (is_named(self, party)) {
        return true;
    }
    uint32_t base = sla_party_base(self->world, party);
    if (base != party && base != SLA_NOBODY) {
        return false;
    }
    unsigned kind = 1U << (base == party ? roles_of(self, party) : 0);
    bool is_first = (self->kinds_tried & kind) == 0;
    self->kinds_tried |= kind;
    return is_first;
}

uint32_t sla_meant_next(struct sla_meant *self, uint32_t party)
{
    while (party < self->world->party_count && !is_new(self, party)) {
        party++;
    }
    return party;
}

/* --- answers ---------------------------------------------------------------------------------- */

static int number_order(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left;
    uint32_t b = *(const uint32_t *)right;

    return (a > b) - (a < b);
}

static void take_rule(struct sla_meant *self, uint32_t rule)
{
    if (!self->is_seen[rule]) {
        self->is_seen[rule] = true;
        self->of.items[self->of.count++] = rule;
    }
}

static void take_named(struct sla_meant *self, uint32_t party)
{
    for (size_t i = first_naming(self, party);
         i < self->naming_count && self->namings[i].party == party; i++) {
        take_rule(self, self->namings[i].rule);
    }
}

static void take_list(struct sla_meant *self, const struct sla_rule_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        take_rule(self, list->items[i]);
    }
}

struct sla_rule_list sla_meant_find(struct sla_meant *self, uint32_t party)
{
    uint32_t base = sla_party_base(self->world, party);
    unsigned roles = base != SLA_NOBODY ? roles_of(self, base) : 0;

    self->of.count = 0;
    take_named(self, party);
    if (base != party && base != SLA_NOBODY) {
        take_named(self, base);
    }
    take_list(self, &self->anyone);
    for (unsigned role = 0; role < SLA_MEANT_ROLES; role++) {
        if ((roles & SLA_BIT(role)) != 0) {
            take_list(self, &self->by_role[role]);
        }
    }
    if (self->of.count > 1) {
        qsort(self->of.items, self->of.count, sizeof(uint32_t), number_order);
    }
    for (size_t i = 0; i < self->of.count; i++) {
        self->is_seen[self->of.items[i]] = false;
    }
    return self->of;
}
