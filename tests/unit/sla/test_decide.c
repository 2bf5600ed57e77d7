/* Decisions against the language read word by word (naive.h), in random worlds.
 *
 * $REDAN_DECIDE_WORLDS asks for that many worlds of 5,000 requests each, instead of a few; 2,000
 * make ten million. */
#include "model/decide.h"

#include "base/parse.h"
#include "tests/unit/sla/naive.h"
#include "tests/unit/sla/worlds.h"

#include <stdlib.h>

enum { WORLDS = 100, REQUESTS = 5000, RULES_MIN = 20, SEED = 20, SHOWN_MAX = 3 };

static struct bench bench;
static struct naive_world world;
static uint32_t rule_of[NAIVE_RULES_MAX]; /* by clause of the world: its number here */
static unsigned wrong;

static void set_up(void)
{
    bench_start(&bench);
    wrong = 0;
}

static void tear_down(void)
{
    bench_end(&bench);
}

static void compile(void)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    naive_print(&world, &text);
    bench_end(&bench);
    bench_start(&bench);
    bench.options.without_repairs = true;
    bench.options.max_expansions = 1; /* which of them collide is not asked here */
    bench_add(&bench, arena_copy(&bench.arena, buf_slice(&text)));
    bench_compile(&bench);
    if (bench.world == NULL) {
        (void)printf("%.*s\n%.*s\n", SLICE_ARG(buf_slice(&text)),
                     SLICE_ARG(bench_findings(&bench)));
    }
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_EQUAL_FATAL(bench.world->clause_count, world.rule_count);
    for (size_t i = 0; i < bench.world->clause_count; i++) {
        struct slice id = bench.world->clauses[i]->ref.clause;
        ASSERT_OK(parse_u32(slice_sub(id, 1, id.len), 0, NAIVE_RULES_MAX, &rule_of[i]));
    }
}

static size_t find_resource(unsigned number)
{
    const struct policy_set *set = &bench.world->policies;
    char name[16];
    size_t at = 0;

    (void)snprintf(name, sizeof(name), "x%u", number);
    while (at < set->resource_count && !slice_is(set->resources[at].name, name)) {
        at++;
    }
    return at;
}

static uint8_t known_of(const struct naive_request *asked)
{
    return (uint8_t)((asked->knows_time ? POLICY_KNOWS_TIME : 0U) |
                     (asked->knows_place ? POLICY_KNOWS_COUNTRY : 0U) |
                     (asked->knows_severity ? POLICY_KNOWS_SEVERITY : 0U) |
                     (asked->knows_phase ? POLICY_KNOWS_PHASE : 0U) |
                     (asked->knows_classes ? POLICY_KNOWS_CLASSES : 0U) |
                     (asked->knows_purpose ? POLICY_KNOWS_PURPOSE : 0U));
}

/* Bits and numbers of names are those of the compiled set: some are not named by any clause. */
static uint64_t class_bits(unsigned classes)
{
    static const char *const names[] = { "billing", "patient", "video" };
    const struct policy_rules *rules = bench.world->policies.rules;
    uint64_t bits = 0;

    for (size_t i = 0; i < rules->data_class_count; i++) {
        for (unsigned j = 0; j < COUNT_OF(names); j++) {
            if (slice_is(rules->data_classes[i], names[j]) && (classes >> j & 1U) != 0) {
                bits |= UINT64_C(1) << i;
            }
        }
    }
    return bits;
}

static uint16_t purpose_number(unsigned purpose)
{
    static const char *const names[] = { "audit", "care", "study", "fun" };
    const struct policy_rules *rules = bench.world->policies.rules;

    for (size_t i = 0; i < rules->purpose_count; i++) {
        if (slice_is(rules->purposes[i], names[purpose])) {
            return (uint16_t)(i + 1);
        }
    }
    return 0;
}

static uint16_t country_number(unsigned place)
{
    uint32_t element = 0;

    CU_ASSERT_TRUE(sla_universe_find(
        &sla_countries, slice_from(place < NAIVE_PLACES ? naive_places[place] : "DE"), &element));
    return (uint16_t)(element + 1);
}

/* What the clocks of the set's zones show, in its order. */
static void find_offsets(const struct naive_request *asked, int16_t out[NAIVE_ZONES])
{
    const struct policy_rules *rules = bench.world->policies.rules;

    CU_ASSERT_TRUE_FATAL(rules->zone_count <= NAIVE_ZONES);
    for (size_t i = 0; i < rules->zone_count; i++) {
        for (unsigned j = 0; j < NAIVE_ZONES; j++) {
            if (slice_is(rules->zones[i], naive_zones[j])) {
                out[i] = (int16_t)asked->offsets[j];
            }
        }
    }
}

/* Who asks, by name, and the groups of that party. */
static uint32_t find_subjects(const struct naive_request *asked, uint32_t groups[NAIVE_PEOPLE],
                              uint8_t *out_count)
{
    const struct policy_set *set = &bench.world->policies;
    char name[32];

    *out_count = 0;
    if (asked->subject < 0) {
        return POLICY_ANYONE;
    }
    for (unsigned i = 0; i < NAIVE_PEOPLE; i++) {
        naive_group((unsigned)asked->subject, i, name);
        if ((asked->groups >> i & 1U) != 0) {
            groups[(*out_count)++] = policy_subject_find(set, slice_from(name));
        }
    }
    if (asked->person < 0) {
        return policy_subject_find(set, slice_from(naive_parties[asked->subject]));
    }
    naive_person((unsigned)asked->subject, (unsigned)asked->person, name);
    return policy_subject_find(set, slice_from(name));
}

static struct policy_request request_of(const struct naive_request *asked,
                                        const size_t resources[NAIVE_RESOURCES],
                                        uint32_t groups[NAIVE_PEOPLE], int16_t offsets[NAIVE_ZONES])
{
    const int64_t monday = INT64_C(19723) * 24 * 60; /* 2024-01-01 */
    enum sla_act act = SLA_ACT_NETWORK_DENY;
    struct policy_request request = {
        .groups = groups,
        .resource = (uint32_t)resources[asked->resource],
        .severity = (uint8_t)asked->severity,
        .phase = (uint8_t)asked->phase,
        .classes = class_bits(asked->classes),
        .purpose = purpose_number(asked->purpose),
        .country = country_number(asked->place),
        .utc_minute = monday + asked->utc_minute,
        .zone_offset_min = offsets,
        .known = known_of(asked),
    };

    find_offsets(asked, offsets);

    (void)sla_act_parse(slice_from(naive_acts[asked->act]), &act);
    request.act = (uint16_t)act;
    request.subject = find_subjects(asked, groups, &request.group_count);
    return request;
}

static bool same_clauses(const struct policy_decision *got, const bool *deciding)
{
    uint32_t total = 0;

    for (uint32_t i = 0; i < bench.world->clause_count; i++) {
        if (!deciding[rule_of[i]]) {
            continue;
        }
        if (total < POLICY_DECIDING_MAX &&
            (total >= got->deciding_count || got->deciding[total] != i)) {
            return false;
        }
        total++;
    }
    return total == got->deciding_total &&
           got->deciding_count == (total < POLICY_DECIDING_MAX ? total : POLICY_DECIDING_MAX);
}

static void check_one(const size_t resources[NAIVE_RESOURCES], unsigned *verdicts)
{
    struct naive_request asked;
    bool deciding[NAIVE_RULES_MAX];
    struct policy_decision got;

    naive_ask(&world, &asked);
    enum naive_verdict wanted = naive_decide(&world, &asked, deciding);
    uint32_t groups[NAIVE_PEOPLE];
    int16_t offsets[NAIVE_ZONES] = { 0 };
    const struct policy_request request = request_of(&asked, resources, groups, offsets);
    policy_decide(&bench.world->policies, &request, &got);
    bool same = (unsigned)got.verdict == (unsigned)wanted &&
                got.verdict == policy_verdict(&bench.world->policies, &request) &&
                same_clauses(&got, deciding);
    verdicts[wanted]++;
    if (!same && wrong++ < SHOWN_MAX) {
        (void)printf("\n    subject %d act %u resource x%u: wanted %s, got %s by %u clauses\n",
                     asked.subject, asked.act, asked.resource,
                     policy_verdict_name((enum policy_verdict)wanted),
                     policy_verdict_name(got.verdict), got.deciding_total);
    }
}

static unsigned worlds_wanted(void)
{
    const char *set = getenv("REDAN_DECIDE_WORLDS"); /* NOLINT(concurrency-mt-unsafe): one thread */
    uint32_t count = WORLDS;

    if (set != NULL) {
        ASSERT_OK(parse_u32(slice_from(set), 1, 1000 * 1000, &count));
    }
    return count;
}

static void random_worlds_decide_as_the_language_says(void)
{
    unsigned verdicts[4] = { 0 };
    unsigned count = worlds_wanted();

    naive_seed(SEED);
    for (unsigned i = 0; i < count && wrong == 0; i++) {
        size_t resources[NAIVE_RESOURCES];
        naive_make(RULES_MIN + naive_below(NAIVE_RULES_MAX - RULES_MIN + 1), &world);
        compile();
        for (unsigned j = 0; j < NAIVE_RESOURCES; j++) {
            resources[j] = find_resource(j);
        }
        for (unsigned j = 0; j < REQUESTS; j++) {
            check_one(resources, verdicts);
        }
        if (wrong > 0) {
            (void)printf("    seed %d, world %u of %zu rules\n", SEED, i, world.rule_count);
        }
    }
    CU_ASSERT_EQUAL(wrong, 0);
    for (size_t i = 0; i < COUNT_OF(verdicts); i++) {
        CU_ASSERT_TRUE(verdicts[i] > count); /* each is seen often */
    }
}

static CU_TestInfo tests[] = {
    { "random worlds decide as the language says", random_worlds_decide_as_the_language_says },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "decisions", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
