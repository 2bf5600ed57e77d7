/* Rules in the desired state: all that a clause says about who may do what is printed by `policy`.
 */
#include "sla/code.h"
#include "sla/emit/desired.h"
#include "sla/emit/emit.h"
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

#define RESOURCES                                                                                  \
    "    - {name: files, plane: data, layer: L2, node: n1, provider: dc}\n"                        \
    "    - {name: racks, plane: data, layer: L0, node: n1, provider: dc}\n"

/* Of shop, and of club when it says something; shop rules over files, dc over racks. */
static const struct desired *derive(const char *of_shop, const char *of_club)
{
    const char *const clauses[] = { of_shop, of_club };
    const char *const names[] = { "shop", "club" };
    const char *const roles[] = { "tenant", "user" };

    bench_clear(&bench);
    for (size_t i = 0; i < COUNT_OF(clauses); i++) {
        if (clauses[i] != NULL) {
            bench_add(
                &bench,
                arena_printf(
                    &bench.arena,
                    "apiVersion: redan/v1\nkind: SecuritySLA\nmetadata: {name: %s, party: "
                    "%s, role: %s, ucloud: store}\nspec:\n  tiers: [{id: law}]\n  targets: "
                    "[{id: f, select: {name: files}, plane: data}, {id: all}]\n  clauses:\n%s",
                    names[i], names[i], roles[i], clauses[i]));
        }
    }
    bench_add(&bench, text_ucloud(&bench, "store", "shop", RESOURCES));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    return sla_desired(&bench.arena, bench.world);
}

/* What `policy` prints of the rules, without the places of their clauses. */
static struct slice rules_of(const struct desired *desired)
{
    CLEANUP(buf_done) struct buf printed = { 0 };
    CLEANUP(buf_done) struct buf text = { 0 };
    const struct json *policy = NULL;

    ASSERT_OK(sla_emit(desired, SLA_EMITTER_POLICY, (struct slice){ 0 }, &printed, NULL));
    ASSERT_OK(json_read(&bench.arena, buf_slice(&printed), &policy));
    for (const struct json *at = json_get(policy, "rules")->first; at != NULL; at = at->next) {
        CLEANUP(buf_done) struct buf out = { 0 };
        struct json_writer writer = { .out = &out };
        json_put_tree(&writer, at);
        struct slice rule = buf_slice(&out);
        rule = slice_sub(rule, 0, slice_find_text(rule, SLICE(",\"clause\":")));
        buf_printf(&text, "%s%.*s}", text.len > 0 ? ";" : "", SLICE_ARG(rule));
    }
    return arena_copy(&bench.arena, buf_slice(&text));
}

#define RULED(text) "    - {id: r, on: f, " text "}\n"

/* What decisions look up, without the place of its clause; "": nothing is ruled there. */
static const struct {
    const char *clauses, *rules;
} ruled[] = {
    { RULED("term: authorization, action: data.read, op: permit, value: [user/ana, group/lab]"),
      "{\"effect\":\"permit\",\"acts\":[\"data.read\"],\"subjects\":[\"shop/user/ana\","
      "\"shop/group/lab\"],\"on\":[\"store/files\"]}" },
    { RULED("term: authority, action: data.freeze, op: deny, value: provider, when: {severity: "
            "\">= high\"}"),
      "{\"effect\":\"forbid\",\"acts\":[\"data.freeze\"],\"subjects\":[\"provider\"],\"on\":"
      "[\"store/files\"]}" },
    { RULED("term: authority, action: data.freeze, op: only, value: tenant"),
      "{\"effect\":\"only\",\"acts\":[\"data.freeze\"],\"subjects\":[\"tenant\"],\"on\":"
      "[\"store/files\"]}" },
    { RULED("term: respond.actions, op: in, value: [data.freeze, network.deny]"),
      "{\"effect\":\"forbid\",\"acts\":[\"network.isolate\",\"compute.snapshot\","
      "\"compute.suspend\"],\"subjects\":[\"anyone\"],\"on\":[\"store/files\"]}" },
    { RULED("term: hold, op: is, value: yes"),
      "{\"effect\":\"forbid\",\"acts\":[\"data.delete\"],\"subjects\":[\"anyone\"],\"on\":"
      "[\"store/files\"]}" },
    { RULED("term: consent, action: data.share, op: needed, value: [research, billing], within: "
            "24h"),
      "{\"effect\":\"forbid\",\"acts\":[\"data.share\"],\"subjects\":[\"anyone\"],"
      "\"withoutConsentFor\":[\"billing\",\"research\"],\"within_ms\":86400000,\"on\":"
      "[\"store/files\"]}" },
    { RULED("term: duty, op: apart, value: [data.delete, data.export], per: resource"),
      "{\"effect\":\"apart\",\"acts\":[\"data.delete\",\"data.export\"],\"subjects\":[\"anyone\"],"
      "\"per\":\"resource\",\"on\":[\"store/files\"]}" },
    { RULED("term: retention, op: \">=\", value: 3d"), "" },
};

static void rules_stand_as_they_were_written(void)
{
    for (size_t i = 0; i < COUNT_OF(ruled); i++) {
        ASSERT_TEXT(rules_of(derive(ruled[i].clauses, NULL)), ruled[i].rules);
    }
}

/* With the tier of what grants it, and the clause itself. */
static void what_is_granted_names_by_what(void)
{
    const struct desired *desired =
        derive(RULED("term: authorization, action: data.read, op: permit, value: club, delegate: "
                     "1, tier: law"),
               "    - {id: s, on: f, term: authorization, action: data.read, op: permit, value: "
               "user/ann, under: shop/shop/r}\n");

    ASSERT_TEXT(rules_of(desired),
                "{\"effect\":\"permit\",\"acts\":[\"data.read\"],\"subjects\":[\"club/user/ann\"],"
                "\"tier\":\"law\",\"under\":[\"shop/shop/r\"],\"on\":[\"store/files\"]};"
                "{\"effect\":\"permit\",\"acts\":[\"data.read\"],\"subjects\":[\"club\"],"
                "\"tier\":\"law\",\"delegate\":1,\"on\":[\"store/files\"]}");
}

/* Its party has no standing over the racks; a part of the world has the rules of that part. */
static void a_rule_stands_where_it_is_asked(void)
{
    const struct desired *desired =
        derive("    - {id: r, on: all, term: authorization, action: data.read, op: permit, value: "
               "user/ana}\n",
               NULL);

    CU_ASSERT_EQUAL_FATAL(desired->ruling_count, 1);
    CU_ASSERT_EQUAL_FATAL(desired->rulings[0].resource_count, 1);
    CU_ASSERT_EQUAL_FATAL(desired->not_held_count, 1);
    CU_ASSERT_EQUAL(desired->not_held[0].reason, DESIRED_NO_STANDING);
    CU_ASSERT_EQUAL(desired->not_held[0].resource_count, 1);
    const size_t asked = desired->rulings[0].resources[0];
    const struct clause_ref *clause = desired->rulings[0].clause;
    const struct desired *part = sla_desired_select(&bench.arena, desired, NULL, asked);
    CU_ASSERT_EQUAL(part->ruling_count, 1);
    part = sla_desired_select(&bench.arena, desired, NULL, desired->not_held[0].resources[0]);
    CU_ASSERT_EQUAL(part->ruling_count, 0);
    part = sla_desired_select(&bench.arena, desired, clause, DESIRED_ANYWHERE);
    CU_ASSERT_EQUAL(part->ruling_count, 1);
    CU_ASSERT_TRUE(sla_emit_has(part, SLA_EMITTER_POLICY));
}

/* A hold stands in its bucket, too: a dispute of it is told once. */
static void what_is_in_conflict_rules_nothing(void)
{
    const struct desired *desired =
        derive(RULED("term: hold, op: is, value: yes") "    - {id: s, on: f, term: authorization, "
                                                       "action: data.delete, op: permit, "
                                                       "value: user/ana}\n",
               NULL);

    CU_ASSERT_EQUAL(bench.world->conflict_count, 1);
    CU_ASSERT_EQUAL(desired->ruling_count, 0);
    CU_ASSERT_EQUAL(desired->not_held_count, 2);
    for (size_t i = 0; i < desired->not_held_count; i++) {
        CU_ASSERT_EQUAL(desired->not_held[i].reason, DESIRED_DISPUTED);
        CU_ASSERT_EQUAL(desired->not_held[i].resource_count, 1);
    }
}

static CU_TestInfo tests[] = {
    { "rules stand as they were written", rules_stand_as_they_were_written },
    { "what is granted names by what", what_is_granted_names_by_what },
    { "a rule stands where it is asked", a_rule_stands_where_it_is_asked },
    { "what is in conflict rules nothing", what_is_in_conflict_rules_nothing },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla ruling", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
