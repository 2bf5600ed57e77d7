/* The index of rules by whom they mean, against the question asked of each rule by itself. */
#include "sla/policy/meant.h"

#include "sla/terms/domain.h"
#include "sla/terms/party.h"
#include "tests/unit/sla/worlds.h"

static struct bench bench;

static void set_up(void)
{
    bench_start(&bench);
}

static void tear_down(void)
{
    bench_end(&bench);
}

/* People and groups of two parties, one that writes as operator, one that only owns. */
static void compile(void)
{
    bench_add(&bench,
              text_sla(&bench, "shop",
                       "  targets: [{id: all, plane: data}]\n  clauses:\n"
                       "    - {id: p, on: all, term: authorization, action: data.read, op: permit, "
                       "value: [user/ann, group/staff, lab/user/x, lab-two/user/y, dc-one]}\n"));
    bench_add(&bench, text_offer(&bench, "dc-one", "  targets: [{id: all}]\n  clauses: []\n"));
    bench_add(&bench,
              slice_from("apiVersion: redan/v1\nkind: SecuritySLA\n"
                         "metadata: {name: ops, party: ops, role: operator, ucloud: store}\n"
                         "spec:\n  targets: [{id: all}]\n  clauses: []\n"));
    bench_add(
        &bench,
        text_ucloud(&bench, "store", "shop",
                    "    - {name: a, plane: data, layer: L2, node: n1, provider: dc-one}\n"
                    "    - {name: b, plane: data, layer: L2, node: n1, provider: dc-two, "
                    "owner: lab}\n"
                    "    - {name: c, plane: data, layer: L0, node: n1, provider: lab-two}\n"));
    bench_compile(&bench);

    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
}

enum { RULES = 6, WORDS = 3, TURNS = 400, PARTIES_MAX = 32 };

static struct sla_party_ref any_word(const struct sla_world *world, uint64_t *seed)
{
    uint32_t word = (uint32_t)sla_sample_below(seed, world->party_count + SLA_MEANT_ROLES + 2);

    if (word < world->party_count) {
        return (struct sla_party_ref){ .name = world->parties[word].name };
    }
    word -= (uint32_t)world->party_count;
    if (word < SLA_MEANT_ROLES) {
        return (struct sla_party_ref){ .by_role = true, .role = (enum party_role)word };
    }
    return (struct sla_party_ref){ .name = word == SLA_MEANT_ROLES ? SLICE(SLA_ANYONE)
                                                                   : SLICE("nobody") };
}

/* Bit a rule. */
static unsigned meaning(struct sla_meant *meant, uint32_t party)
{
    struct sla_rule_list list = sla_meant_find(meant, party);
    unsigned rules = 0;

    for (size_t i = 0; i < list.count; i++) {
        CU_ASSERT_TRUE(i == 0 || list.items[i - 1] < list.items[i]);
        rules |= 1U << list.items[i];
    }
    return rules;
}

static void check_rules(size_t resource, const struct sla_parties *const *subjects)
{
    const struct sla_world *world = bench.world;
    unsigned rules[PARTIES_MAX] = { 0 };
    struct sla_meant meant;
    uint32_t next = 0;

    sla_meant_index(&meant, &bench.arena, world, resource, subjects, RULES);
    for (uint32_t party = 0; party < world->party_count; party++) {
        rules[party] = meaning(&meant, party);
        for (unsigned i = 0; i < RULES; i++) {
            CU_ASSERT_EQUAL((rules[party] >> i & 1U) != 0,
                            sla_party_is_meant(world, subjects[i], party, resource));
        }
    }
    for (uint32_t party = 0; party < world->party_count; party++) {
        next = next < party || party == 0 ? sla_meant_next(&meant, party) : next;
        bool has_like = party == next;
        for (uint32_t i = 0; i < party; i++) { /* what is left out is like an earlier one */
            has_like |= rules[i] == rules[party];
        }
        CU_ASSERT_TRUE(has_like);
    }
}

static void the_index_means_whom_each_rule_means(void)
{
    compile();
    CU_ASSERT_TRUE_FATAL(bench.world->party_count > 6 && bench.world->party_count <= PARTIES_MAX);
    for (unsigned turn = 1; turn <= TURNS; turn++) {
        const unsigned failed = CU_get_number_of_failures();
        uint64_t seed = turn;
        struct sla_party_ref words[RULES][WORDS];
        struct sla_parties lists[RULES];
        const struct sla_parties *subjects[RULES];
        for (unsigned i = 0; i < RULES; i++) {
            for (unsigned j = 0; j < WORDS; j++) {
                words[i][j] = any_word(bench.world, &seed);
            }
            lists[i] = (struct sla_parties){ words[i], 1 + sla_sample_below(&seed, WORDS) };
            subjects[i] = &lists[i];
        }
        for (size_t i = 0; i < bench.world->policies.resource_count; i++) {
            check_rules(i, subjects);
        }
        if (CU_get_number_of_failures() > failed) {
            printf("seed %u\n", turn);
            return;
        }
    }
}

static CU_TestInfo tests[] = {
    { "the index means whom each rule means", the_index_means_whom_each_rule_means },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "rules by whom they mean", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
