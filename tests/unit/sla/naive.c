#include "tests/unit/sla/naive.h"

#include "base/cleanup.h"

#include <stdio.h>

/* The order of parties is that of their roles, but for the second tenant-side one. */
enum { SHOP, LAB, DC_ONE, DC_TWO, BOSS };
enum { TENANT, USER, PROVIDER, OPERATOR, ROLES };
enum { COMPUTE, DATA };
enum { NO_STRATEGY, FORBIDS_WIN, PERMITS_WIN, FIRST, CLOSED, OPEN, SPECIFIC, STRATEGIES };

const char *const naive_parties[NAIVE_PARTIES] = { "shop", "lab", "dc-one", "dc-two", "boss" };
enum {
    ANYONE = NAIVE_PARTIES + ROLES,
    PERSON = ANYONE + 1,
    GROUP = PERSON + NAIVE_PARTIES * NAIVE_PEOPLE,
    VALUES = GROUP + NAIVE_PARTIES * NAIVE_PEOPLE
};
enum { EXECUTED = 3, NEVER_RULED = NAIVE_ACTS - 1 }; /* the acts after those are for people too */
const char *const naive_acts[NAIVE_ACTS] = {
    "compute.suspend", "compute.snapshot", "data.freeze",
    "data.read",       "compute.console",  "network.deny"
};
static const char *const roles[ROLES] = { "tenant", "user", "provider", "operator" };
static const unsigned role_of[NAIVE_PARTIES] = { TENANT, USER, PROVIDER, PROVIDER, OPERATOR };
static const char *const strategies[STRATEGIES] = {
    "",
    "forbid-overrides",
    "permit-overrides",
    "first-applicable",
    "forbid-unless-permit",
    "permit-unless-forbid",
    "most-specific",
};
static const char *const ops[] = { "only", "permit", "deny", "oblige", "pass" };
static const char *const severities[] = { "info", "low", "medium", "high", "critical" };
static const char *const phases[] = { "normal", "incident", "recovery", "maintenance" };
static const char *const classes[NAIVE_NAMES] = { "billing", "patient", "video" };
static const char *const purposes[NAIVE_NAMES] = { "audit", "care", "study" };
const char *const naive_places[NAIVE_PLACES] = { "ES", "FR", "PT" };
const char *const naive_zones[NAIVE_ZONES] = { "UTC", "Europe/Lisbon", "Asia/Kolkata" };
static const char *const days[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };
static const unsigned plane_of_act[NAIVE_ACTS] = { COMPUTE, COMPUTE, DATA, DATA, COMPUTE, 2 };

static uint64_t state;

void naive_seed(uint64_t seed)
{
    state = seed;
}

unsigned naive_below(unsigned limit)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(state >> 33U) % limit;
}

static bool one_in(unsigned count)
{
    return naive_below(count) == 0;
}

/* --- worlds ----------------------------------------------------------------------------------- */

static void make_resource(struct naive_resource *out)
{
    *out = (struct naive_resource){
        .plane = one_in(3) ? DATA : COMPUTE,
        .provider = one_in(2) ? DC_ONE : DC_TWO,
        .owner = one_in(3) ? LAB : SHOP,
        .physical = one_in(4),
        .groups = naive_below(1U << NAIVE_GROUPS),
    };
    out->classes = out->plane == DATA ? naive_below(1U << NAIVE_NAMES) : 0;
}

static const struct naive_when whenever = { 31, 15, ~0U, ~0U, ~0U, 0, 0, 0, 0 };

static void make_window(struct naive_when *out)
{
    unsigned first = naive_below(7);

    for (unsigned i = 0; i <= naive_below(3); i++) {
        out->days |= 1U << (first + i) % 7;
    }
    out->zone = naive_below(NAIVE_ZONES);
    out->from_hour = naive_below(24);
    out->until_hour = out->from_hour + 1 + naive_below(24 - out->from_hour);
}

/* Severities that go up or down, others any. */
static void make_when(struct naive_when *out)
{
    *out = whenever;
    if (one_in(4)) {
        unsigned bound = naive_below(5);
        out->severities = one_in(2) ? 31U & (31U << bound) : 31U >> (4 - bound);
    }
    if (one_in(5)) {
        out->phases = 1 + naive_below(15);
    }
    if (one_in(5)) {
        out->classes = 1 + naive_below((1U << NAIVE_NAMES) - 1);
    }
    if (one_in(5)) {
        out->purposes = 1 + naive_below((1U << NAIVE_NAMES) - 1);
    }
    if (one_in(6)) {
        out->places = 1 + naive_below((1U << NAIVE_PLACES) - 1);
    }
    if (one_in(6)) {
        make_window(out);
    }
}

/* Of term `authorization`; others are of `authority`. */
static bool is_for_people(const struct naive_rule *rule)
{
    return rule->act >= EXECUTED && role_of[rule->party] != PROVIDER;
}

/* There nothing is granted on. */
static bool takes_the_closest(const struct naive_world *world, const struct naive_rule *rule)
{
    return rule->tier < NAIVE_TIERS_MAX &&
           world->strategies[rule->party][rule->tier] == STRATEGIES - 1;
}

static void make_rule(const struct naive_world *world, struct naive_rule *out)
{
    unsigned effect = naive_below(NAIVE_REACTION);

    *out = (struct naive_rule){
        .party = naive_below(NAIVE_PARTIES),
        .act = naive_below(NEVER_RULED),
        .group = naive_below(NAIVE_GROUPS),
        .effect = (enum naive_effect)effect,
        .tier = NAIVE_TIERS_MAX,
        .under = -1,
        .value_count = 1 + naive_below(NAIVE_VALUES_MAX),
    };
    for (unsigned i = 0; i < out->value_count; i++) {
        out->values[i] = naive_below(is_for_people(out) ? VALUES : ANYONE + 1);
    }
    make_when(&out->when);
    if (role_of[out->party] == PROVIDER && one_in(3)) {
        out->reserved = true;
        out->effect = NAIVE_PERMIT;
    } else if (role_of[out->party] != PROVIDER && out->act < EXECUTED && one_in(12)) {
        out->effect = NAIVE_REACTION;
        out->when = whenever;
    } else if (world->tiers[out->party] > 0 && !one_in(3)) {
        out->tier = naive_below(world->tiers[out->party]);
    }
    if ((out->effect == NAIVE_PERMIT || out->effect == NAIVE_ONLY) && !out->reserved &&
        !takes_the_closest(world, out)) {
        out->delegate = naive_below(4);
    }
}

/* A provider speaks of what stands there, who owns something of what is theirs. */
static bool may_speak(const struct naive_world *world, unsigned party,
                      const struct naive_resource *resource)
{
    bool owns = false;

    if (role_of[party] == PROVIDER) {
        return resource->provider == party;
    }
    for (unsigned i = 0; i < NAIVE_RESOURCES; i++) {
        owns |= world->resources[i].owner == party;
    }
    return party != LAB || !owns || resource->owner == party;
}

static bool speaks_of(const struct naive_world *world, const struct naive_rule *rule,
                      const struct naive_resource *resource)
{
    return may_speak(world, rule->party, resource) && resource->plane == plane_of_act[rule->act] &&
           (resource->groups >> rule->group & 1U) != 0;
}

static bool covers_resource(const struct naive_world *world, const struct naive_rule *rule,
                            unsigned at)
{
    return speaks_of(world, rule, &world->resources[at]);
}

static const struct naive_rule *root_of(const struct naive_world *world,
                                        const struct naive_rule *rule)
{
    while (rule->under >= 0) {
        rule = &world->rules[rule->under];
    }
    return rule;
}

/* Those beside the ones that are asked about hold each class of data (naive_print). */
static const struct naive_resource held = { DATA, DC_ONE, SHOP, false, ~0U, ~0U };

static bool has_standing(const struct naive_resource *resource, unsigned party)
{
    return resource->physical ? resource->provider == party
                              : party == SHOP || resource->owner == party;
}

/* What the lower speaks of the upper does too, and the first of the chain may rule there. */
static bool reaches(const struct naive_world *world, const struct naive_rule *upper,
                    const struct naive_rule *lower)
{
    for (unsigned i = 0; i <= NAIVE_RESOURCES; i++) {
        const struct naive_resource *at = i < NAIVE_RESOURCES ? &world->resources[i] : &held;
        if (speaks_of(world, lower, at) &&
            (!speaks_of(world, upper, at) || !has_standing(at, root_of(world, upper)->party))) {
            return false;
        }
    }
    return true;
}

static unsigned any_value(const struct naive_rule *rule)
{
    return rule->values[naive_below(rule->value_count)];
}

/* The party of the word; NAIVE_PARTIES: it names none. */
static unsigned party_of(unsigned value)
{
    if (value >= PERSON) {
        return (value - (value < GROUP ? PERSON : GROUP)) / NAIVE_PEOPLE;
    }
    return value == ANYONE         ? naive_below(NAIVE_PARTIES)
           : value < NAIVE_PARTIES ? value
                                   : NAIVE_PARTIES;
}

/* The rule as one that another grants, if that may. */
static void grant(struct naive_world *world, size_t at, unsigned by)
{
    const struct naive_rule *upper = &world->rules[by];
    struct naive_rule lower = { .party = one_in(2) ? upper->party : party_of(any_value(upper)),
                                .act = upper->act,
                                .group = upper->group,
                                .effect = NAIVE_PERMIT,
                                .tier = NAIVE_TIERS_MAX,
                                .delegate = naive_below(3),
                                .under = (int)by,
                                .value_count = 1,
                                .when = upper->when };
    unsigned value = any_value(upper);
    unsigned whose = party_of(value);
    unsigned links = 1;

    for (const struct naive_rule *up = upper;; up = &world->rules[up->under], links++) {
        if (up->delegate < links) {
            return;
        }
        if (up->under < 0) {
            break;
        }
    }
    if (whose == NAIVE_PARTIES || lower.party == NAIVE_PARTIES || !reaches(world, upper, &lower)) {
        return;
    }
    if (value >= PERSON) { /* to them alone */
        whose = value;
    } else if (is_for_people(&lower) && one_in(2)) {
        whose = PERSON + whose * NAIVE_PEOPLE + naive_below(NAIVE_PEOPLE);
    }
    if (whose >= PERSON && !is_for_people(&lower)) {
        return;
    }
    lower.values[0] = whose;
    if ((lower.when.severities & 24U) == 24U && one_in(2)) {
        lower.when.severities = 31U & (lower.when.severities << 1U);
    }
    world->rules[at] = lower;
}

void naive_make(size_t rule_count, struct naive_world *out)
{
    *out = (struct naive_world){ .rule_count = rule_count };
    for (size_t i = 0; i < NAIVE_RESOURCES; i++) {
        make_resource(&out->resources[i]);
    }
    for (size_t i = 0; i < NAIVE_PARTIES; i++) {
        out->tiers[i] = naive_below(NAIVE_TIERS_MAX + 1);
        for (size_t j = 0; j < out->tiers[i]; j++) {
            out->strategies[i][j] = naive_below(STRATEGIES);
        }
    }
    for (size_t i = 0; i < rule_count; i++) {
        make_rule(out, &out->rules[i]);
        if (i > 0 && one_in(2)) {
            grant(out, i, naive_below((unsigned)i));
        }
    }
}

void naive_ask(const struct naive_world *world, struct naive_request *out)
{
    *out = (struct naive_request){
        .subject = (int)naive_below(NAIVE_PARTIES + 1) - 1,
        .act = naive_below(NAIVE_ACTS),
        .resource = naive_below(NAIVE_RESOURCES),
        .severity = naive_below(5),
        .phase = naive_below(4),
        .purpose = naive_below(NAIVE_NAMES + 1),
        .knows_severity = !one_in(6),
        .knows_phase = !one_in(6),
        .knows_classes = !one_in(6),
        .knows_purpose = !one_in(6),
        .place = naive_below(NAIVE_PLACES + 1),
        .utc_minute = naive_below(10 * 7 * 24 * 60),
        .offsets = { 0, one_in(2) ? 60 : 0, 330 },
        .knows_place = !one_in(6),
        .knows_time = !one_in(6),
    };
    out->classes = world->resources[out->resource].classes;
    out->person = one_in(2) ? -1 : (int)naive_below(NAIVE_PEOPLE);
    out->groups = out->person < 0 ? 0 : naive_below(1U << NAIVE_PEOPLE);
}

/* --- as documents ----------------------------------------------------------------------------- */

static void print_list(unsigned mask, unsigned count, const char *const *names, const char *key,
                       bool *first, struct buf *out)
{
    bool begun = false;

    buf_printf(out, "%s%s: [", *first ? "" : ", ", key);
    for (unsigned i = 0; i < count; i++) {
        if ((mask >> i & 1U) != 0) {
            buf_printf(out, "%s%s", begun ? ", " : "", names[i]);
            begun = true;
        }
    }
    buf_add_char(out, ']');
    *first = false;
}

static void print_severities(unsigned mask, bool *first, struct buf *out)
{
    unsigned low = 0;
    unsigned high = 4;

    while ((mask >> low & 1U) == 0) {
        low++;
    }
    while ((mask >> high & 1U) == 0) {
        high--;
    }
    buf_printf(out, "severity: \"%s %s\"",
               high == 4 ? ">=" : "<=", severities[high == 4 ? low : high]);
    *first = false;
}

/* A window for each of its days. */
static void print_time(const struct naive_when *when, bool *first, struct buf *out)
{
    bool begun = false;

    buf_printf(out, "%stime: [", *first ? "" : ", ");
    for (unsigned day = 0; day < 7; day++) {
        if ((when->days >> day & 1U) != 0) {
            buf_printf(out, "%s%s %02u:00-%02u:00 %s", begun ? ", " : "", days[day],
                       when->from_hour, when->until_hour, naive_zones[when->zone]);
            begun = true;
        }
    }
    buf_add_char(out, ']');
    *first = false;
}

static void print_when(const struct naive_when *when, struct buf *out)
{
    bool first = true;

    if (when->severities == 31 && when->phases == 15 && when->classes == ~0U &&
        when->purposes == ~0U && when->places == ~0U && when->days == 0) {
        return;
    }
    buf_add_cstr(out, ", when: {");
    if (when->severities != 31) {
        print_severities(when->severities, &first, out);
    }
    if (when->phases != 15) {
        print_list(when->phases, 4, phases, "phase", &first, out);
    }
    if (when->classes != ~0U) {
        print_list(when->classes, NAIVE_NAMES, classes, "class", &first, out);
    }
    if (when->purposes != ~0U) {
        print_list(when->purposes, NAIVE_NAMES, purposes, "purpose", &first, out);
    }
    if (when->places != ~0U) {
        print_list(when->places, NAIVE_PLACES, naive_places, "location", &first, out);
    }
    if (when->days != 0) {
        print_time(when, &first, out);
    }
    buf_add_cstr(out, first ? "phase: [normal, incident, recovery, maintenance]}" : "}");
}

void naive_person(unsigned party, unsigned person, char out[32])
{
    (void)snprintf(out, 32, "%s/user/p%u", naive_parties[party], person);
}

void naive_group(unsigned party, unsigned group, char out[32])
{
    (void)snprintf(out, 32, "%s/group/q%u", naive_parties[party], group);
}

static void print_value(unsigned value, struct buf *out)
{
    char text[32] = "anyone";

    if (value < ANYONE) {
        buf_add_cstr(out,
                     value < NAIVE_PARTIES ? naive_parties[value] : roles[value - NAIVE_PARTIES]);
        return;
    }
    if (value >= GROUP) {
        naive_group((value - GROUP) / NAIVE_PEOPLE, (value - GROUP) % NAIVE_PEOPLE, text);
    } else if (value >= PERSON) {
        naive_person((value - PERSON) / NAIVE_PEOPLE, (value - PERSON) % NAIVE_PEOPLE, text);
    }
    buf_add_cstr(out, text);
}

static void print_rule(const struct naive_world *world, size_t index, struct buf *out)
{
    const struct naive_rule *rule = &world->rules[index];

    bool oblige = rule->effect == NAIVE_OBLIGE && is_for_people(rule); /* says no more there */

    buf_printf(out, "    - {id: r%zu, on: g%u, term: %s, action: %s, op: %s, value: [", index,
               rule->group, is_for_people(rule) ? "authorization" : "authority",
               naive_acts[rule->act], oblige ? "permit" : ops[rule->effect]);
    for (unsigned i = 0; i < rule->value_count; i++) {
        buf_add_cstr(out, i > 0 ? ", " : "");
        print_value(rule->values[i], out);
    }
    buf_add_char(out, ']');
    if (role_of[rule->party] == PROVIDER) {
        buf_printf(out, ", stance: %s", rule->reserved ? "reserves" : "requires");
    }
    if (rule->tier < NAIVE_TIERS_MAX) {
        buf_printf(out, ", tier: t%u", rule->tier);
    }
    if (rule->delegate > 0) {
        buf_printf(out, ", delegate: %u", rule->delegate);
    }
    if (rule->under >= 0) {
        const char *by = naive_parties[world->rules[rule->under].party];
        buf_printf(out, ", under: %s/%s/r%d", by, by, rule->under);
    }
    print_when(&rule->when, out);
    buf_add_cstr(out, "}\n");
}

static void print_reaction(const struct naive_world *world, size_t index, struct buf *out)
{
    const struct naive_rule *rule = &world->rules[index];

    buf_printf(out, "    - {id: r%zu, on: g%u, when: {rule: x}, respond: %s, lease: 1h}\n", index,
               rule->group, naive_acts[rule->act]);
}

static void print_rules(const struct naive_world *world, unsigned party, bool reactions,
                        struct buf *out)
{
    bool any = false;

    for (size_t i = 0; i < world->rule_count; i++) {
        const struct naive_rule *rule = &world->rules[i];
        if (rule->party != party || (rule->effect == NAIVE_REACTION) != reactions) {
            continue;
        }
        buf_add_cstr(out, any ? "" : reactions ? "  reactions:\n" : "  clauses:\n");
        any = true;
        if (reactions) {
            print_reaction(world, i, out);
        } else {
            print_rule(world, i, out);
        }
    }
    buf_add_cstr(out, any || reactions ? "" : "  clauses: []\n");
}

static void print_spec(const struct naive_world *world, unsigned party, struct buf *out)
{
    buf_add_cstr(out, "spec:\n  targets:\n");
    for (unsigned i = 0; i < NAIVE_GROUPS; i++) {
        buf_printf(out, "    - {id: g%u, select: {g%u: in}}\n", i, i);
    }
    for (unsigned i = 0; i < world->tiers[party]; i++) {
        unsigned strategy = world->strategies[party][i];
        buf_printf(out, "%s    - {id: t%u%s%s}\n", i == 0 ? "  tiers:\n" : "", i,
                   strategy != 0 ? ", combine: " : "", strategies[strategy]);
    }
    print_rules(world, party, false, out);
    print_rules(world, party, true, out);
}

static void print_resources(const struct naive_world *world, struct buf *out)
{
    for (unsigned i = 0; i < NAIVE_RESOURCES; i++) {
        const struct naive_resource *resource = &world->resources[i];
        bool first = false;
        buf_printf(out,
                   "    - {name: x%u, plane: %s, layer: %s, node: n1, provider: %s, owner: %s, "
                   "labels: {any: one",
                   i, resource->plane == DATA ? "data" : "compute",
                   resource->physical ? "L0" : "L2", naive_parties[resource->provider],
                   naive_parties[resource->owner]);
        for (unsigned j = 0; j < NAIVE_GROUPS; j++) {
            if ((resource->groups >> j & 1U) != 0) {
                buf_printf(out, ", g%u: in", j);
            }
        }
        buf_add_cstr(out, "}");
        if (resource->classes != 0) {
            print_list(resource->classes, NAIVE_NAMES, classes, "class", &first, out);
        }
        buf_add_cstr(out, "}\n");
    }
}

void naive_print(const struct naive_world *world, struct buf *out)
{
    buf_add_cstr(out, "apiVersion: redan/v1\nkind: UCloud\nmetadata: {name: store, party: shop, "
                      "role: tenant}\nspec:\n  resources:\n");
    print_resources(world, out);
    for (unsigned i = 0; i < NAIVE_NAMES; i++) { /* each class is held somewhere */
        buf_printf(
            out,
            "    - {name: held-%u, plane: data, layer: L2, node: n1, provider: dc-one, class: "
            "%s, labels: {g0: in, g1: in, g2: in, g3: in, g4: in}}\n",
            i, classes[i]);
    }
    for (unsigned party = 0; party < NAIVE_PARTIES; party++) {
        bool offer = role_of[party] == PROVIDER;
        buf_printf(out,
                   "---\napiVersion: redan/v1\nkind: %s\nmetadata: {name: %s, party: %s, role: "
                   "%s, %s}\n",
                   offer ? "ProviderOffer" : "SecuritySLA", naive_parties[party],
                   naive_parties[party], roles[role_of[party]],
                   offer ? "assertedBy: shop" : "ucloud: store");
        print_spec(world, party, out);
    }
}

/* --- decisions -------------------------------------------------------------------------------- */

/* Is it `owner` or the U-Cloud's party, and has it this role? */
static bool has_role(const struct naive_resource *resource, unsigned role, unsigned party)
{
    switch (role) {
    case PROVIDER:
        return resource->provider == party;
    case OPERATOR:
        return party == BOSS;
    default:
        return role_of[party] == role && (party == SHOP || party == resource->owner);
    }
}

static unsigned rank_of_people(unsigned value, unsigned party, const struct naive_request *request)
{
    if (value < GROUP) {
        unsigned person = PERSON + party * NAIVE_PEOPLE + (unsigned)request->person;
        return request->person >= 0 && value == person ? 0 : 5;
    }
    bool same_party = (value - GROUP) / NAIVE_PEOPLE == party;
    return same_party && (request->groups >> ((value - GROUP) % NAIVE_PEOPLE) & 1U) != 0 ? 1 : 5;
}

/* How one word of a clause names who asks: 0 as a person, 1 by a group, 2 by the party, 3 by role,
 * 4 as anyone, 5 not at all. */
static unsigned rank_of_value(const struct naive_world *world, unsigned value,
                              const struct naive_request *request)
{
    const struct naive_resource *resource = &world->resources[request->resource];
    unsigned party = (unsigned)request->subject;

    if (value == ANYONE || request->subject < 0) {
        return value == ANYONE ? 4 : 5;
    }
    if (value < NAIVE_PARTIES) {
        return value == party ? 2 : 5;
    }
    if (value < ANYONE) {
        return has_role(resource, value - NAIVE_PARTIES, party) ? 3 : 5;
    }
    return rank_of_people(value, party, request);
}

/* The most specific of its words. Reactions name their own party. */
static unsigned rank_of(const struct naive_world *world, const struct naive_rule *rule,
                        const struct naive_request *request)
{
    unsigned rank = 5;

    if (rule->effect == NAIVE_REACTION) {
        return request->subject >= 0 && rule->party == (unsigned)request->subject ? 2 : 5;
    }
    for (unsigned i = 0; i < rule->value_count; i++) {
        unsigned here = rank_of_value(world, rule->values[i], request);
        rank = here < rank ? here : rank;
    }
    return rank;
}

/* A prohibition of all others ranks as one of anyone. */
static unsigned rank_to_compare(const struct naive_world *world, const struct naive_rule *rule,
                                const struct naive_request *request)
{
    unsigned rank = rank_of(world, rule, request);

    return rank < 4 ? rank : 4;
}

/* Surely (for permits), or perhaps (for prohibitions). */
static bool in_one(bool knows, unsigned mask, unsigned all, unsigned value, bool surely)
{
    if ((mask & all) == all) {
        return true;
    }
    return knows ? (mask >> value & 1U) != 0 : !surely;
}

static bool in_place(const struct naive_when *when, const struct naive_request *request,
                     bool surely)
{
    if (when->places == ~0U) {
        return true;
    }
    return request->knows_place
               ? request->place < NAIVE_PLACES && (when->places >> request->place & 1U) != 0
               : !surely;
}

static bool in_time(const struct naive_when *when, const struct naive_request *request, bool surely)
{
    if (when->days == 0) {
        return true;
    }
    if (!request->knows_time) {
        return !surely;
    }
    unsigned local = request->utc_minute + (unsigned)request->offsets[when->zone];
    unsigned hour = local / 60 % 24;
    return (when->days >> (local / (24 * 60) % 7) & 1U) != 0 && when->from_hour <= hour &&
           hour < when->until_hour;
}

static bool speaks(const struct naive_when *when, const struct naive_request *request, bool surely)
{
    bool in_class = when->classes == ~0U;
    bool in_purpose = when->purposes == ~0U;

    if (!in_class && !request->knows_classes) {
        in_class = !surely;
    } else if (!in_class && request->classes != 0) {
        in_class = surely ? (request->classes & ~when->classes) == 0
                          : (request->classes & when->classes) != 0;
    }
    if (!in_purpose) {
        in_purpose = request->knows_purpose ? request->purpose < NAIVE_NAMES &&
                                                  (when->purposes >> request->purpose & 1U) != 0
                                            : !surely;
    }
    return in_class && in_purpose && in_place(when, request, surely) &&
           in_time(when, request, surely) &&
           in_one(request->knows_severity, when->severities, 31, request->severity, surely) &&
           in_one(request->knows_phase, when->phases, 15, request->phase, surely);
}

enum { LETS = 1, BANS = 2, PASSES = 4, MAY_PASS = 8, SPEAKS = LETS | BANS };

/* What one rule says of the request. */
static unsigned says(const struct naive_world *world, const struct naive_rule *rule,
                     const struct naive_request *request)
{
    bool named = rank_of(world, rule, request) < 5;

    if (rule->act != request->act || !covers_resource(world, rule, request->resource)) {
        return 0;
    }
    if (rule->effect == NAIVE_ONLY && !named) {
        return speaks(&rule->when, request, false) ? BANS : 0;
    }
    if (!named || !speaks(&rule->when, request, false)) {
        return 0;
    }
    if (rule->effect == NAIVE_DENY) {
        return BANS;
    }
    bool surely = speaks(&rule->when, request, true);
    if (rule->effect == NAIVE_PASS) {
        return surely ? PASSES : MAY_PASS;
    }
    return surely ? LETS : 0;
}

static bool fewer_resources(const struct naive_world *world, const struct naive_rule *a,
                            const struct naive_rule *b, bool *out_strictly)
{
    *out_strictly = false;
    for (unsigned i = 0; i < NAIVE_RESOURCES; i++) {
        bool in_a = covers_resource(world, a, i);
        bool in_b = covers_resource(world, b, i);
        if (in_a && !in_b) {
            return false;
        }
        *out_strictly |= in_b && !in_a;
    }
    return true;
}

static bool beats(const struct naive_world *world, const struct naive_rule *a,
                  const struct naive_rule *b, const struct naive_request *request)
{
    bool strictly = false;
    unsigned rank_a = rank_to_compare(world, a, request);
    unsigned rank_b = rank_to_compare(world, b, request);

    return fewer_resources(world, a, b, &strictly) && rank_a <= rank_b &&
           (strictly || rank_a < rank_b);
}

/* Those of the tier that say something of `what`: numbers of rules into `out`. */
static size_t matching(const struct naive_world *world, const struct naive_request *request,
                       unsigned party, unsigned tier, unsigned what, size_t *out)
{
    size_t count = 0;

    for (size_t i = 0; i < world->rule_count; i++) {
        const struct naive_rule *rule = &world->rules[i];
        const struct naive_rule *root = root_of(world, rule);
        if (root->party == party && root->tier == tier && !rule->reserved &&
            rule->effect != NAIVE_REACTION && (says(world, rule, request) & what) != 0) {
            out[count++] = i;
        }
    }
    return count;
}

static unsigned unbeaten(const struct naive_world *world, const struct naive_request *request,
                         const size_t *rules, size_t count)
{
    unsigned seen = 0;

    for (size_t i = 0; i < count; i++) {
        bool beaten = false;
        for (size_t j = 0; j < count && !beaten; j++) {
            beaten = beats(world, &world->rules[rules[j]], &world->rules[rules[i]], request);
        }
        seen |= beaten ? 0U : says(world, &world->rules[rules[i]], request);
    }
    return seen;
}

/* Of a chain its first rule has the place. */
static const struct naive_rule *first_of(const struct naive_world *world, const size_t *rules,
                                         size_t count)
{
    const struct naive_rule *first = &world->rules[rules[0]];

    for (size_t i = 1; i < count; i++) {
        const struct naive_rule *rule = &world->rules[rules[i]];
        first = root_of(world, rule) < root_of(world, first) ? rule : first;
    }
    return first;
}

/* What a tier decides: LETS, BANS, both for a conflict, 0 to ask the next one. `rules` permit or
 * forbid. */
static unsigned ask_tier(const struct naive_world *world, const struct naive_request *request,
                         unsigned strategy, const size_t *rules, size_t count)
{
    unsigned seen = 0;

    for (size_t i = 0; i < count; i++) {
        seen |= says(world, &world->rules[rules[i]], request);
    }
    if (strategy == CLOSED) {
        return (seen & LETS) != 0 ? LETS : BANS;
    }
    if (strategy == OPEN) {
        return (seen & BANS) != 0 ? BANS : LETS;
    }
    if (seen != SPEAKS) {
        return seen;
    }
    switch (strategy) {
    case FORBIDS_WIN:
        return BANS;
    case PERMITS_WIN:
        return LETS;
    case FIRST:
        return says(world, first_of(world, rules, count), request);
    case SPECIFIC:
        return unbeaten(world, request, rules, count);
    default:
        return seen;
    }
}

static enum naive_verdict settle(const struct naive_world *world,
                                 const struct naive_request *request, unsigned decided,
                                 const size_t *rules, size_t count, bool *out_deciding)
{
    for (size_t i = 0; i < count; i++) {
        out_deciding[rules[i]] = (says(world, &world->rules[rules[i]], request) & decided) != 0;
    }
    return decided == LETS ? NAIVE_PERMITS : decided == BANS ? NAIVE_FORBIDS : NAIVE_CONFLICTS;
}

/* The rules of one party, tier by tier; false when none of them decides. */
static bool ask_party(const struct naive_world *world, const struct naive_request *request,
                      unsigned party, bool *out_deciding, enum naive_verdict *out)
{
    size_t rules[NAIVE_RULES_MAX];

    for (unsigned tier = 0; tier <= world->tiers[party]; tier++) {
        bool last = tier == world->tiers[party];
        unsigned named = last ? NAIVE_TIERS_MAX : tier;
        if (matching(world, request, party, named, PASSES, rules) > 0) {
            continue;
        }
        bool may_pass = matching(world, request, party, named, MAY_PASS, rules) > 0;
        size_t count = matching(world, request, party, named, SPEAKS, rules);
        unsigned decided = ask_tier(
            world, request, last ? NO_STRATEGY : world->strategies[party][tier], rules, count);
        if (decided != 0 && (decided != LETS || !may_pass)) {
            *out = settle(world, request, decided, rules, count, out_deciding);
            return true;
        }
    }
    return false;
}

/* Reserved rights and reactions. */
static size_t moves(const struct naive_world *world, const struct naive_request *request,
                    size_t *rules)
{
    size_t count = 0;

    for (size_t i = 0; i < world->rule_count; i++) {
        const struct naive_rule *rule = &world->rules[i];
        if ((rule->reserved || rule->effect == NAIVE_REACTION) && says(world, rule, request) != 0) {
            rules[count++] = i;
        }
    }
    return count;
}

enum naive_verdict naive_decide(const struct naive_world *world,
                                const struct naive_request *request,
                                bool out_deciding[NAIVE_RULES_MAX])
{
    const struct naive_resource *resource = &world->resources[request->resource];
    unsigned standing[2] = { SHOP, resource->owner };
    size_t standing_count = resource->owner == SHOP ? 1 : 2;
    size_t rules[NAIVE_RULES_MAX];
    enum naive_verdict verdict = NAIVE_NONE;

    for (size_t i = 0; i < world->rule_count; i++) {
        out_deciding[i] = false;
    }
    if (resource->physical) {
        standing[0] = resource->provider;
        standing_count = 1;
    }
    for (size_t i = 0; i < standing_count; i++) {
        if (ask_party(world, request, standing[i], out_deciding, &verdict)) {
            return verdict;
        }
    }
    size_t count = moves(world, request, rules);
    if (count > 0) {
        return settle(world, request, LETS, rules, count, out_deciding);
    }
    bool own = request->subject == SHOP ||
               (request->subject >= 0 && (unsigned)request->subject == resource->owner);
    return own ? NAIVE_NONE : NAIVE_FORBIDS;
}
