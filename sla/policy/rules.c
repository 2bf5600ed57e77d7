#include "sla/policy/rules.h"

#include "model/decide.h"
#include "sla/policy/classes.h"
#include "sla/policy/combine.h"
#include "sla/policy/delegation.h"
#include "sla/policy/slots.h"
#include "sla/policy/standing.h"
#include "sla/policy/tiers.h"
#include "sla/terms/domain.h"
#include "sla/terms/party.h"
#include "sla/terms/rule.h"
#include "sla/values/guard.h"
#include "sla/values/intern.h"

#include <stdlib.h>
#include <string.h>

struct building {
    struct arena *arena;
    struct sla_world *world;
    struct policy_rules *rules;
    struct sla_classes classes;
    struct sla_standing *standings;  /* by class */
    struct sla_intern lists;         /* resource lists by place and length */
    struct policy_list *class_lists; /* the same as classes */
    uint32_t *subject_of;            /* by index of a party */
    struct sla_intern guards;        /* keys: struct guard_key */
    struct sla_entry *entries;
    size_t entry_count, entry_room;
    const struct sla_clause *largest; /* the clause with most entries */
    size_t largest_count;
    bool is_full;
};

/* --- classes ---------------------------------------------------------------------------------- */

static bool is_rule(const struct sla_clause *clause)
{
    return clause->guard != SLA_GUARD_NEVER && clause->held_count > 0 &&
           (clause->reaction != NULL || clause->term->becomes == SLA_BECOMES_POLICY);
}

static struct slice list_key(const struct sla_clause *clause, const void *key[2])
{
    key[0] = clause->held;
    memcpy(&key[1], &clause->held_count, sizeof(clause->held_count));
    return (struct slice){ (const char *)key, 2 * sizeof(*key) };
}

/* Resources of different standing or plane are apart before any clause speaks. */
static void split_by_standing(struct building *building)
{
    const struct sla_world *world = building->world;
    size_t count = world->policies.resource_count;
    CLEANUP(arena_done) struct arena scratch = { 0 };
    struct sla_intern kinds = { 0 };
    uint32_t *kind_of = ARENA_NEW(&scratch, uint32_t, count + 1);
    size_t *members = ARENA_NEW(&scratch, size_t, count + 1);

    for (size_t i = 0; i < count; i++) {
        const struct sla_kind_of_resource kind = sla_standing_kind(world, i);
        kind_of[i] =
            sla_intern(&kinds, &scratch, (struct slice){ (const char *)&kind, sizeof(kind) });
    }
    size_t *start = ARENA_NEW(&scratch, size_t, kinds.count + 2);
    for (size_t i = 0; i < count; i++) {
        start[kind_of[i] + 2]++;
    }
    for (size_t i = 2; i < kinds.count + 2; i++) {
        start[i] += start[i - 1];
    }
    for (size_t i = 0; i < count; i++) {
        members[start[kind_of[i] + 1]++] = i;
    }
    for (size_t i = 0; i < kinds.count; i++) {
        sla_classes_split(&building->classes, &members[start[i]], start[i + 1] - start[i]);
    }
}

static void make_classes(struct building *building)
{
    const struct sla_world *world = building->world;
    const void *key[2];

    sla_classes_init(&building->classes, building->arena, world->policies.resource_count);
    split_by_standing(building);
    for (size_t i = 0; i < world->clause_count; i++) {
        const struct sla_clause *clause = world->clauses[i];
        size_t before = building->lists.count;
        if (is_rule(clause) &&
            sla_intern(&building->lists, building->arena, list_key(clause, key)) == before) {
            sla_classes_split(&building->classes, clause->held, clause->held_count);
        }
    }
    building->rules->class_of = building->classes.of;
    building->rules->class_count = building->classes.count;
}

static int number_order(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left;
    uint32_t b = *(const uint32_t *)right;

    return (a > b) - (a < b);
}

/* The classes of each list, ascending. */
static void make_lists(struct building *building)
{
    uint32_t *turns = ARENA_NEW(building->arena, uint32_t, building->classes.count + 1);

    building->class_lists =
        ARENA_NEW(building->arena, struct policy_list, building->lists.count + 1);
    for (size_t i = 0; i < building->lists.count; i++) {
        const void *key[2];
        size_t count = 0;
        memcpy(key, building->lists.keys[i].ptr, sizeof(key));
        memcpy(&count, &key[1], sizeof(count));
        const size_t *resources = key[0];
        size_t room = count < building->classes.count ? count : building->classes.count;
        uint32_t *classes = ARENA_NEW(building->arena, uint32_t, room);
        struct policy_list *list = &building->class_lists[i];
        for (size_t j = 0; j < count; j++) {
            uint32_t class = building->classes.of[resources[j]];
            if (turns[class] != i + 1) {
                turns[class] = (uint32_t)i + 1;
                classes[list->count++] = class;
            }
        }
        qsort(classes, list->count, sizeof(*classes), number_order);
        list->classes = classes;
    }
    building->rules->lists = building->class_lists;
}

/* --- standing and tiers ----------------------------------------------------------------------- */

static void fill_outcomes(enum sla_strategy strategy, struct policy_tier *out)
{
    static const enum sla_combining combining[] = {
        [SLA_STRATEGY_FORBID_OVERRIDES] = SLA_COMBINE_FORBID_OVERRIDES,
        [SLA_STRATEGY_PERMIT_OVERRIDES] = SLA_COMBINE_PERMIT_OVERRIDES,
        [SLA_STRATEGY_FIRST_APPLICABLE] = SLA_COMBINE_FIRST_APPLICABLE,
        [SLA_STRATEGY_FORBID_UNLESS_PERMIT] = SLA_COMBINE_FORBID_UNLESS_PERMIT,
        [SLA_STRATEGY_PERMIT_UNLESS_FORBID] = SLA_COMBINE_PERMIT_UNLESS_FORBID,
    };
    static const uint8_t plain[POLICY_SEEN] = { POLICY_NEXT, POLICY_PERMITS, POLICY_FORBIDS,
                                                POLICY_CONFLICTS };
    static const uint8_t outcomes[] = { [SLA_DECISION_SILENT] = POLICY_NEXT,
                                        [SLA_DECISION_PERMIT] = POLICY_PERMITS,
                                        [SLA_DECISION_DENY] = POLICY_FORBIDS };

    memcpy(out->outcome, plain, sizeof(plain));
    if (strategy == SLA_STRATEGY_MOST_SPECIFIC) {
        out->outcome[POLICY_SEEN - 1] = POLICY_BY_SPECIFICITY;
        return;
    }
    for (unsigned seen = 0; seen < POLICY_SEEN && strategy != SLA_STRATEGY_NONE; seen++) {
        const enum sla_decision decisions[] = {
            (seen & 1U) != 0 ? SLA_DECISION_PERMIT : SLA_DECISION_SILENT,
            (seen & 2U) != 0 ? SLA_DECISION_DENY : SLA_DECISION_SILENT,
        };
        out->outcome[seen] =
            outcomes[sla_combine(combining[strategy], decisions, COUNT_OF(decisions))];
    }
    if (strategy == SLA_STRATEGY_FIRST_APPLICABLE) {
        out->outcome[POLICY_SEEN - 1] = POLICY_BY_ORDER;
    }
}

/* The tiers of those with standing, in their order; then reserved rights and reactions. */
static void fill_class(struct building *building, uint32_t class, struct policy_class *out)
{
    struct sla_standing *standing = &building->standings[class];
    struct policy_tier *tiers =
        ARENA_NEW(building->arena, struct policy_tier, (SLA_TIERS_MAX + 1) * 2 + 1);

    out->closes = POLICY_NO_TIER;
    out->tiers = tiers;
    for (size_t i = 0; i < standing->count; i++) {
        const struct sla_party_tiers *own = &building->world->party_tiers[standing->parties[i]];
        standing->first_tier[i] = out->tier_count;
        for (size_t j = 0; j < own->count; j++) {
            fill_outcomes(own->items[j].strategy, &tiers[out->tier_count++]);
        }
        fill_outcomes(SLA_STRATEGY_NONE, &tiers[out->tier_count++]);
    }
    standing->rights_tier = out->tier_count;
    fill_outcomes(SLA_STRATEGY_NONE, &tiers[out->tier_count++]);
    for (uint8_t i = 0; i < out->tier_count && out->closes == POLICY_NO_TIER; i++) {
        out->closes = tiers[i].outcome[0] != POLICY_NEXT ? i : out->closes;
    }
    for (size_t i = 0; i < standing->owner_count; i++) {
        out->parties[i] = building->subject_of[standing->owners[i]];
    }
}

static void make_standings(struct building *building)
{
    const struct sla_world *world = building->world;
    uint32_t count = building->classes.count;
    struct policy_class *classes = ARENA_NEW(building->arena, struct policy_class, count + 1);

    building->standings = ARENA_NEW(building->arena, struct sla_standing, count + 1);
    for (size_t i = world->policies.resource_count; i-- > 0;) {
        building->standings[building->classes.of[i]] = sla_standing_of(world, i);
    }
    for (uint32_t i = 0; i < count; i++) {
        fill_class(building, i, &classes[i]);
    }
    building->rules->classes = classes;
}

/* False: the clause decides nothing there. */
static bool tier_of(const struct building *building, const struct sla_clause *clause,
                    uint32_t class, uint8_t *out)
{
    const struct sla_standing *standing = &building->standings[class];

    if (clause->reaction != NULL || clause->stance == SLA_RESERVES) {
        *out = standing->rights_tier;
        return true;
    }
    const struct sla_clause *root = sla_delegation_root(clause);
    size_t place = sla_standing_place(building->world, standing, root);
    if (place == SLA_STANDING_MAX) {
        return false;
    }
    *out = (uint8_t)(standing->first_tier[place] + root->tier);
    return true;
}

/* --- subjects --------------------------------------------------------------------------------- */

static void make_subjects(struct building *building)
{
    const struct sla_world *world = building->world;
    struct policy_subject *subjects =
        ARENA_NEW(building->arena, struct policy_subject, world->party_count + 1);
    size_t count = 1;

    building->subject_of = ARENA_NEW(building->arena, uint32_t, world->party_count + 1);
    for (size_t i = 0; i < world->party_count; i++) {
        if (count == 1 || !slice_eq(subjects[count - 1].name, world->parties[i].name)) {
            subjects[count] =
                (struct policy_subject){ .name = world->parties[i].name, .party = (uint32_t)count };
            count++;
        }
        building->subject_of[i] = (uint32_t)count - 1;
    }
    for (size_t i = 0; i < world->party_count && world->has_members; i++) {
        uint32_t base = sla_party_base(world, (uint32_t)i);
        subjects[building->subject_of[i]].party =
            base != SLA_NOBODY ? building->subject_of[base] : POLICY_ANYONE;
    }
    building->rules->subjects = subjects;
    building->rules->subject_count = count;
}

/* --- guards ----------------------------------------------------------------------------------- */

struct guard_key {
    uint64_t apart, consent;
    uint32_t guard, none;
};

static uint32_t guard_of(struct building *building, uint32_t guard, uint64_t apart,
                         uint64_t consent)
{
    const struct guard_key key = { apart, consent, guard, 0 };

    return sla_intern(&building->guards, building->arena,
                      (struct slice){ (const char *)&key, sizeof(key) });
}

static void set_minutes(struct policy_window *window, const struct sla_week *week)
{
    for (size_t i = 0; i < week->count; i++) {
        for (unsigned at = week->items[i].from; at < week->items[i].until; at++) {
            window->minutes[at / 64] |= UINT64_C(1) << (at % 64);
        }
    }
}

static void fill_guard(struct building *building, const struct guard_key *key,
                       struct policy_guard *out)
{
    const struct sla_guards *guards = building->world->guards;
    const struct sla_guard *box = sla_guards_at(guards, key->guard);
    const struct sla_times times = sla_guards_times(guards, building->arena, box->times);
    struct policy_window *windows =
        ARENA_NEW(building->arena, struct policy_window, times.count + 1);

    for (size_t i = 0; i < times.count; i++) {
        windows[i].zone = (uint16_t)times.weeks[i].zone;
        set_minutes(&windows[i], &times.weeks[i]);
    }
    *out = (struct policy_guard){
        .from_day = box->from_day,
        .until_day = box->until_day,
        .windows = windows,
        .window_count = (uint16_t)times.count,
        .countries = box->places == 0 ? NULL : sla_guards_places_at(guards, box->places)->bits,
        .classes = box->classes,
        .purposes = box->purposes,
        .apart = key->apart,
        .consent = key->consent,
        .severities = box->severities,
        .phases = box->phases,
    };
}

static void make_guards(struct building *building)
{
    struct policy_guard *guards =
        ARENA_NEW(building->arena, struct policy_guard, building->guards.count + 1);

    for (size_t i = 0; i < building->guards.count; i++) {
        fill_guard(building, (const void *)building->guards.keys[i].ptr, &guards[i]);
    }
    building->rules->guards = guards;
}

/* --- entries ---------------------------------------------------------------------------------- */

/* What one clause says in one class. */
struct saying {
    const struct sla_clause *clause;
    struct policy_rule rule;
    uint32_t class;
    unsigned act;
};

static void add_entry(struct building *building, const struct saying *saying, uint32_t subject,
                      unsigned effects, uint8_t rank)
{
    if (building->entry_count == SLA_RULES_MAX) {
        building->is_full = true;
        return;
    }
    if (building->entry_count == building->entry_room) {
        size_t room = building->entry_room == 0 ? 256 : building->entry_room * 2;
        struct sla_entry *grown = ARENA_NEW(building->arena, struct sla_entry, room);
        if (building->entry_count > 0) {
            memcpy(grown, building->entries, building->entry_count * sizeof(*grown));
        }
        building->entries = grown;
        building->entry_room = room;
    }
    struct sla_entry *entry = &building->entries[building->entry_count++];
    *entry =
        (struct sla_entry){ (uint32_t)saying->act << 26U | saying->class, subject, saying->rule };
    entry->rule.effects = (uint8_t)effects;
    entry->rule.rank = rank;
}

/* Whom one word of the clause means there. */
static void add_subject(struct building *building, const struct saying *saying,
                        const struct sla_party_ref *ref, unsigned effects)
{
    const struct sla_world *world = building->world;
    enum sla_rank rank = sla_party_rank(ref);
    uint32_t some[SLA_STANDING_OWNERS_MAX];
    size_t count = 0;

    if (rank == SLA_RANK_ANYONE) {
        add_entry(building, saying, POLICY_ANYONE, effects, (uint8_t)rank);
        return;
    }
    if (ref->by_role && ref->role == PARTY_OPERATOR) {
        for (size_t i = 0; i < world->operator_count; i++) {
            add_entry(building, saying, building->subject_of[world->operators[i]], effects,
                      (uint8_t)rank);
        }
        return;
    }
    if (ref->by_role) {
        count = sla_standing_with_role(world, &building->standings[saying->class], ref->role, some);
    } else {
        some[0] = sla_party_find(world, ref->name);
        count = some[0] != SLA_NOBODY ? 1 : 0;
    }
    for (size_t i = 0; i < count; i++) {
        add_entry(building, saying, building->subject_of[some[i]], effects, (uint8_t)rank);
    }
}

static void add_named(struct building *building, const struct saying *saying, unsigned effects)
{
    const struct sla_parties *parties = &saying->clause->subjects;

    for (size_t i = 0; i < parties->count; i++) {
        add_subject(building, saying, &parties->items[i], effects);
    }
}

static bool names_anyone(const struct sla_clause *clause)
{
    for (size_t i = 0; i < clause->subjects.count; i++) {
        if (slice_is(clause->subjects.items[i].name, SLA_ANYONE)) {
            return true;
        }
    }
    return false;
}

static void add_by_op(struct building *building, const struct saying *saying)
{
    switch (saying->clause->op) {
    case SLA_OP_ONLY:
        add_named(building, saying, POLICY_RULE_PERMIT | POLICY_RULE_NAMED);
        if (!names_anyone(saying->clause)) {
            add_entry(building, saying, POLICY_ANYONE, POLICY_RULE_OTHERS, SLA_RANK_ANYONE);
        }
        break;
    case SLA_OP_PERMIT:
    case SLA_OP_OBLIGE: /* may, and must */
        add_named(building, saying, POLICY_RULE_PERMIT);
        break;
    case SLA_OP_DENY:
        add_named(building, saying, POLICY_RULE_FORBID);
        break;
    case SLA_OP_PASS:
        add_named(building, saying, POLICY_RULE_PASS);
        break;
    case SLA_OP_IN:
    case SLA_OP_IS:
    case SLA_OP_NEEDED:
    case SLA_OP_APART: /* of rules that name nobody */
        add_named(building, saying,
                  sla_rule_forbids(saying->clause) ? POLICY_RULE_FORBID : POLICY_RULE_PERMIT);
        break;
    case SLA_OP_NOT_IN:
    case SLA_OP_AT_LEAST:
    case SLA_OP_AT_MOST:
    case SLA_OP_INCLUDES:
        break; /* not of rules */
    }
}

static uint32_t guard_of_act(struct building *building, const struct sla_clause *clause,
                             enum sla_act act)
{
    const struct sla_guard *box = sla_guards_at(building->world->guards, clause->guard);

    return guard_of(building, clause->guard, sla_rule_apart(clause, act),
                    sla_rule_needs_consent(clause) ? box->purposes : 0);
}

/* Each act of the clause that can be done on the class's plane. */
static void add_acts(struct building *building, struct saying *saying)
{
    uint64_t acts = sla_clause_acts(saying->clause);
    unsigned plane = SLA_BIT(building->standings[saying->class].plane);

    for (unsigned act = 0; act < SLA_ACTS; act++) {
        if ((acts >> act & 1U) != 0 && (sla_act_type((enum sla_act)act)->planes & plane) != 0) {
            saying->act = act;
            saying->rule.guard = guard_of_act(building, saying->clause, (enum sla_act)act);
            add_by_op(building, saying);
        }
    }
}

/* A reaction permits its party what it responds with. */
static void add_reaction(struct building *building, struct saying *saying, enum plane_kind plane)
{
    const struct reaction *reaction = saying->clause->reaction;
    uint32_t party = sla_party_find(building->world, saying->clause->ref.party);

    for (size_t i = 0; i < reaction->respond_count; i++) {
        if (action_type(reaction->respond[i])->plane == plane) {
            saying->act = (unsigned)reaction->respond[i];
            add_entry(building, saying, building->subject_of[party], POLICY_RULE_PERMIT,
                      SLA_RANK_PARTY);
        }
    }
}

static void add_clause(struct building *building, size_t index)
{
    const struct sla_clause *clause = building->world->clauses[index];
    const void *key[2];
    uint32_t list = sla_intern(&building->lists, building->arena, list_key(clause, key));
    size_t before = building->entry_count;

    for (size_t i = 0; i < building->class_lists[list].count && !building->is_full; i++) {
        struct saying saying = { .clause = clause,
                                 .class = building->class_lists[list].classes[i] };
        saying.rule = (struct policy_rule){
            .guard = guard_of(building, clause->guard, 0, 0),
            .clause = (uint32_t)index,
            .list = list,
            .order = sla_delegation_root(clause)->order,
        };
        if (!tier_of(building, clause, saying.class, &saying.rule.tier)) {
            continue;
        }
        if (clause->reaction != NULL) {
            add_reaction(building, &saying, building->standings[saying.class].plane);
        } else {
            add_acts(building, &saying);
        }
    }
    if (building->entry_count - before > building->largest_count) {
        building->largest = clause;
        building->largest_count = building->entry_count - before;
    }
}

/* --- all of it ------------------------------------------------------------------------------- */

static const struct clause_ref *const *refs_of(struct building *building)
{
    const struct sla_world *world = building->world;
    const struct clause_ref **refs =
        ARENA_NEW(building->arena, const struct clause_ref *, world->clause_count + 1);

    for (size_t i = 0; i < world->clause_count; i++) {
        refs[i] = &world->clauses[i]->ref;
    }
    return refs;
}

/* What requests are about, by the numbers that rules know it by. */
static void take_names(struct building *building)
{
    const struct sla_guards *guards = building->world->guards;
    struct policy_rules *rules = building->rules;
    struct slice *zones =
        ARENA_NEW(building->arena, struct slice, sla_guards_zone_count(guards) + 1);

    rules->zone_count = sla_guards_zone_count(guards);
    for (uint32_t i = 0; i < rules->zone_count; i++) {
        zones[i] = sla_guards_zone_name(guards, i);
    }
    rules->zones = zones;
    rules->data_classes = sla_guards_classes(guards, &rules->data_class_count);
    rules->purposes = sla_guards_purposes(guards, &rules->purpose_count);
}

static void report_full(struct draft *draft, const struct sla_clause *largest)
{
    struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_LIMIT, largest->span,
                                 "more than %d rules: this clause makes most", SLA_RULES_MAX);

    diag_help(draft->diags, diag, "name fewer subjects or resources, or compile fewer documents");
}

void sla_compile_rules(struct draft *draft, struct sla_world *world)
{
    struct building building = { .arena = draft->arena, .world = world };

    building.rules = ARENA_NEW(draft->arena, struct policy_rules, 1);
    (void)guard_of(&building, SLA_GUARD_ALWAYS, 0, 0);
    make_classes(&building);
    make_lists(&building);
    make_subjects(&building);
    make_standings(&building);
    for (size_t i = 0; i < world->clause_count && !building.is_full; i++) {
        if (is_rule(world->clauses[i])) {
            add_clause(&building, i);
        }
    }
    if (building.is_full) {
        report_full(draft, building.largest);
        return;
    }
    sla_make_slots(building.arena, building.entries, building.entry_count, building.rules);
    make_guards(&building);
    building.rules->clauses = refs_of(&building);
    take_names(&building);
    world->policies.rules = building.rules;
}
