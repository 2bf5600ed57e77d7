/* Cells against what section 9 of the language makes of each request, read word by word. */
#include "sla/diff/effects_cells.h"
#include "sla/values/acts.h"
#include "sla/values/universe.h"
#include "tests/unit/sla/naive.h"
#include "tests/unit/sla/worlds.h"

#include <stdio.h>

enum {
    SIDES = 2,
    SEED = 20261130,
    ROUNDS = 40,
    CASES = 120,
    REQUESTS = 40,
    RULES = 60,
    EDITS = 20,
    NOBODY = 1000 /* a person of whom no rule speaks */
};

static struct bench sides[SIDES];
static struct naive_world worlds[SIDES];
static const struct sla_world *compiled[SIDES];

static void set_up(void)
{
    for (size_t i = 0; i < SIDES; i++) {
        bench_start(&sides[i]);
    }
    (void)printf(" seed %d ", SEED);
}

static void tear_down(void)
{
    for (size_t i = 0; i < SIDES; i++) {
        bench_end(&sides[i]);
    }
}

/* False: not every edit leads to documents that can be understood. */
static bool compile(size_t side)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    bench_end(&sides[side]);
    bench_start(&sides[side]);
    naive_print(&worlds[side], &text);
    bench_add(&sides[side], arena_copy(&sides[side].arena, buf_slice(&text)));
    sides[side].options.without_repairs = true;
    bench_compile(&sides[side]);
    compiled[side] = sides[side].world;
    return compiled[side] != NULL;
}

/* Takes some rules of another world, each at the place and by the party of the one it replaces. */
static void edit(struct naive_world *edited)
{
    static struct naive_world other;

    naive_make(RULES, &other);
    for (size_t i = 0; i < EDITS; i++) {
        struct naive_rule *rule = &edited->rules[naive_below(RULES)];
        struct naive_rule fresh = other.rules[naive_below(RULES)];
        bool plain = fresh.effect != NAIVE_REACTION && rule->effect != NAIVE_REACTION &&
                     !fresh.reserved && !rule->reserved;
        fresh.tier = rule->tier;
        fresh.party = rule->party;
        *rule = plain ? fresh : *rule;
    }
}

static void make_worlds(void)
{
    do {
        naive_make(RULES, &worlds[0]);
        worlds[1] = worlds[0];
        edit(&worlds[1]);
    } while (!compile(0) || !compile(1));
}

static size_t find_resource(size_t side, unsigned number)
{
    const struct policy_set *set = &compiled[side]->policies;
    char name[16];
    size_t at = 0;

    (void)snprintf(name, sizeof(name), "x%u", number);
    while (at < set->resource_count && !slice_is(set->resources[at].name, name)) {
        at++;
    }
    return at;
}

/* --- boxes ------------------------------------------------------------------------------------ */

enum { BOXES_MAX = 512, SAIDS = 3 };

struct boxes {
    struct arena arena;
    struct slice when[BOXES_MAX];
    enum sla_said said[BOXES_MAX][SIDES];
    size_t count;
};

static void keep(void *arg, const enum sla_said said[SIDES], struct slice when)
{
    struct boxes *boxes = arg;

    CU_ASSERT_TRUE_FATAL(boxes->count < BOXES_MAX);
    boxes->when[boxes->count] = arena_copy(&boxes->arena, when);
    boxes->said[boxes->count][0] = said[0];
    boxes->said[boxes->count++][1] = said[1];
}

static bool has(const struct boxes *boxes, enum sla_said before, enum sla_said after)
{
    for (size_t i = 0; i < boxes->count; i++) {
        if (boxes->said[i][0] == before && boxes->said[i][1] == after) {
            return true;
        }
    }
    return false;
}

/* Exchanging the worlds exchanges what each box says, and nothing else. */
static bool are_mirrored(const struct boxes *a, const struct boxes *b)
{
    size_t found = 0;

    for (size_t i = 0; i < a->count; i++) {
        for (size_t j = 0; j < b->count; j++) {
            found += slice_eq(a->when[i], b->when[j]) && a->said[i][0] == b->said[j][1] &&
                     a->said[i][1] == b->said[j][0];
        }
    }
    return found == a->count && a->count == b->count;
}

/* --- requests --------------------------------------------------------------------------------- */

static enum sla_said said_by(enum naive_verdict verdict)
{
    static const enum sla_said said[] = { [NAIVE_PERMITS] = SLA_SAID_PERMIT,
                                          [NAIVE_FORBIDS] = SLA_SAID_FORBID,
                                          [NAIVE_NONE] = SLA_SAID_NOTHING,
                                          [NAIVE_CONFLICTS] = SLA_SAID_FORBID };

    return said[verdict];
}

/* One class of data is meant, and it is one that the bucket holds; half of the time all is known.
 */
static void settle(const struct naive_request *about, struct naive_request *asked)
{
    bool all = naive_below(2) == 0;

    const struct naive_resource *resource = &worlds[0].resources[about->resource];
    unsigned held = resource->plane == PLANE_DATA ? resource->classes : (1U << NAIVE_NAMES) - 1;

    asked->subject = about->subject;
    asked->person = about->person;
    asked->groups = about->groups;
    asked->act = about->act;
    asked->resource = about->resource;
    asked->knows_severity |= all;
    asked->knows_phase |= all;
    asked->knows_classes |= all || resource->plane == PLANE_DATA;
    asked->knows_purpose |= all;
    asked->knows_place |= all;
    asked->knows_time |= all;
    asked->classes = 0;
    for (unsigned tries = 0; held != 0 && tries < 16 && asked->classes == 0; tries++) {
        asked->classes = (1U << naive_below(NAIVE_NAMES)) & held;
    }
}

static struct slice subject_name(const struct naive_request *about, char out[32])
{
    if (about->subject < 0) {
        return (struct slice){ 0 };
    }
    if (about->person < 0) {
        return slice_from(naive_parties[about->subject]);
    }
    naive_person((unsigned)about->subject, (unsigned)about->person, out);
    return slice_from(out);
}

/* Of two groups the first. */
static struct slice group_name(struct naive_request *about, char out[32])
{
    unsigned group = 0;

    if (about->subject < 0 || about->groups == 0) {
        return (struct slice){ 0 };
    }
    while ((about->groups >> group & 1U) == 0) {
        group++;
    }
    about->groups = 1U << group;
    naive_group((unsigned)about->subject, group, out);
    return slice_from(out);
}

/* Whoever is only one of the two, the person or somebody in the group, sees the same. */
static bool is_told_of_one(const struct naive_request *asked, enum sla_said before,
                           enum sla_said after)
{
    struct naive_request alone[SIDES] = { *asked, *asked };
    bool deciding[NAIVE_RULES_MAX];
    bool found = false;

    alone[0].groups = 0;
    alone[1].person = NOBODY;
    for (size_t i = 0; i < SIDES && asked->groups != 0; i++) {
        found |= said_by(naive_decide(&worlds[0], &alone[i], deciding)) == before &&
                 said_by(naive_decide(&worlds[1], &alone[i], deciding)) == after;
    }
    return found;
}

static void ask_about(const struct naive_request *about, const struct boxes *boxes, size_t *differ)
{
    for (size_t i = 0; i < REQUESTS; i++) {
        struct naive_request asked;
        bool deciding[NAIVE_RULES_MAX];
        naive_ask(&worlds[0], &asked);
        settle(about, &asked);
        enum sla_said before = said_by(naive_decide(&worlds[0], &asked, deciding));
        enum sla_said after = said_by(naive_decide(&worlds[1], &asked, deciding));
        *differ += before != after;
        CU_ASSERT_TRUE(before == after || has(boxes, before, after) ||
                       is_told_of_one(&asked, before, after));
    }
}

static void compare(struct naive_request *about, struct boxes *forth, struct boxes *back)
{
    const struct sla_world *const exchanged[] = { compiled[1], compiled[0] };
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct sla_cells *cells[SIDES] = { sla_cells_new(&arena, compiled),
                                       sla_cells_new(&arena, exchanged) };
    size_t before = find_resource(0, about->resource);
    size_t after = find_resource(1, about->resource);
    enum sla_act act = SLA_ACT_NETWORK_DENY;
    char name[32];
    char group[32];

    CU_ASSERT_TRUE_FATAL(sla_act_parse(slice_from(naive_acts[about->act]), &act));
    const struct sla_asked asked = {
        (uint16_t)act, { before, after }, subject_name(about, name), group_name(about, group)
    };
    const struct sla_asked turned = { asked.act, { after, before }, asked.subject, asked.with };
    CU_ASSERT_TRUE_FATAL(sla_cells_compare(cells[0], &asked, keep, forth));
    CU_ASSERT_TRUE_FATAL(sla_cells_compare(cells[1], &turned, keep, back));
    sla_cells_done(cells[0]);
    sla_cells_done(cells[1]);
}

static void what_differs_for_a_request_is_in_a_box(void)
{
    size_t differ = 0;
    size_t boxes = 0;

    naive_seed(SEED);
    for (size_t round = 0; round < ROUNDS; round++) {
        make_worlds();
        for (size_t i = 0; i < CASES; i++) {
            static struct boxes forth, back;
            struct naive_request about;
            forth.count = back.count = 0;
            naive_ask(&worlds[0], &about);
            compare(&about, &forth, &back);
            CU_ASSERT_TRUE(are_mirrored(&forth, &back));
            ask_about(&about, &forth, &differ);
            boxes += forth.count;
            arena_done(&forth.arena);
            arena_done(&back.arena);
        }
    }
    (void)printf(" %zu boxes, %zu requests differ ", boxes, differ);
    CU_ASSERT_TRUE(boxes > ROUNDS && differ > ROUNDS);
}

static CU_TestInfo tests[] = {
    { "what differs for a request is in a box", what_differs_for_a_request_is_in_a_box },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla effects cells", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
