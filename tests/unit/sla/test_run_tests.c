/* Tests in documents: how they are read, what comes out, and which clauses they reach. */
#include "sla/run/tests.h"

#include "model/decide.h"
#include "sla/code.h"
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

static const char clauses[] =
    "  targets: [{id: web, plane: network, layer: L2}, {id: vm, plane: compute}, {id: peer, plane: "
    "network, layer: L1}, {id: one, select: {name: web}}]\n"
    "  sets: [{id: ward, addresses: [10.20.0.0/16]}]\n"
    "  clauses:\n"
    "    - {id: ward-in, on: web, term: flow, op: permit, value: {from: ward, ports: "
    "[443/tcp, 5000-5010/udp]}}\n"
    "    - {id: no-lab, on: web, term: flow, op: deny, value: {from: 10.20.9.0/24}}\n"
    "    - {id: out, on: one, term: flow, op: permit, value: {to: target/peer, ports: 22/tcp}}\n"
    "    - {id: home, on: vm, term: location, op: in, value: PT}\n"
    "  reactions:\n"
    "    - {id: slow, on: web, when: {rule: guess}, respond: [network.deny source], lease: 1h, "
    "within: 10 s}\n"
    "    - {id: open, on: [web, vm], when: {rule: guessed}, respond: [compute.snapshot], lease: "
    "1h}\n";

static void compile(const char *tests)
{
    struct slice spec = arena_printf(&bench.arena, "%s  tests:\n%s", clauses, tests);

    bench_clear(&bench);
    bench_add(&bench, text_sla(&bench, "shop", spec.ptr));
    bench_add(&bench,
              text_ucloud(&bench, "store", "shop",
                          "    - {name: web, plane: network, layer: L2, node: n1, provider: dc, "
                          "addresses: [10.99.0.1]}\n"
                          "    - {name: other, plane: network, layer: L1, node: n1, provider: dc, "
                          "addresses: [10.99.0.2]}\n"
                          "    - {name: vm, plane: compute, layer: L2, node: n1, provider: dc}\n"
                          "  protected: [{network: 10.98.0.0/24, why: way in}]\n"));
    bench_compile(&bench);
}

struct row {
    const char *test;
    unsigned code; /* 0: passes */
};

static const struct row rows[] = {
    { "flow: {from: 10.20.0.5, to: store/web, port: 443/tcp}, expect: permit", 0 },
    { "flow: {from: 10.20.0.5, to: store/web, port: 5005/udp}, expect: permit", 0 },
    { "flow: {from: 10.20.0.5, to: store/web, port: 5005/tcp}, expect: deny", 0 },
    { "flow: {from: 10.21.0.5, to: store/web, port: 443/tcp}, expect: deny", 0 },
    { "flow: {from: 10.20.9.5, to: store/web, port: 22/tcp}, expect: deny", 0 },
    { "flow: {from: 10.20.9.5, to: store/web, port: 443/tcp}, expect: deny", 0 },
    { "flow: {from: 10.20.9.5, to: store/web, port: 443/tcp}, expect: permit", 601 },
    { "flow: {from: 10.20.9.5, to: store/web, port: 443/tcp}, expect: conflict", 206 },
    { "flow: {from: 10.98.0.7, to: store/web, port: 22/tcp}, expect: permit", 0 },
    { "flow: {from: 10.20.0.5, to: store/vm, port: 443/tcp}, expect: none", 216 },
    { "flow: {from: 10.99.0.1, to: store/other, port: 22/tcp}, expect: permit", 0 },
    { "flow: {from: 10.99.0.1, to: store/other, port: 23/tcp}, expect: deny", 0 },
    { "flow: {from: 10.99.0.2, to: store/web, port: 443/tcp}, expect: deny", 0 },
    { "flow: {from: 10.99.0.0/24, to: store/other, port: 23/tcp}, expect: none", 601 },
    { "flow: {from: 10.20.0.5, to: store/web, port: 443/tcp}, expect: deny", 601 },
    { "flow: {from: 10.98.0.7, to: store/web, port: 22/tcp}, expect: deny", 601 },
    { "when: {rule: guess, on: store/web}, expect: {respond: network.deny}", 0 },
    { "when: {rule: guess, on: store/web}, expect: {respond: network.deny, within: 10 s}", 0 },
    { "when: {rule: guess, on: store/web}, expect: {respond: network.deny, within: 9 s}", 601 },
    { "when: {rule: guess, on: store/web}, expect: {respond: compute.suspend}", 601 },
    { "when: {rule: guess, on: store/web}, expect: none", 601 },
    { "when: {rule: guess, on: store/vm}, expect: none", 0 },
    { "when: {rule: guessed, on: store/vm}, expect: {respond: compute.snapshot}", 0 },
    { "when: {rule: guessed, on: store/vm}, expect: {respond: compute.snapshot, within: 1 h}",
      601 },
    { "when: {rule: other, on: store/vm}, expect: {respond: compute.snapshot}", 601 },
    { "when: {rule: guess, on: store/web}, expect: deny", 226 },
    { "when: {rule: guess, on: store/web}, expect: [deny]", 226 },
    { "flow: {from: 10.20.0.5, to: store/web, port: 443/tcp}, expect: {respond: network.deny}",
      226 },
    { "flow: {from: 10.20.0.5, to: store/web, port: 443/tcp}, expect: allow", 206 },
    { "expect: deny", 226 },
    { "flow: {from: 10.20.0.5, to: store/web, port: 443/tcp}, when: {rule: guess, on: store/web}, "
      "expect: deny",
      226 },
    { "flow: {from: 10.20.0.5, to: store/wbe, port: 443/tcp}, expect: deny", 307 },
    { "flow: {from: 10.20.0.5, to: store, port: 443/tcp}, expect: deny", 307 },
    { "flow: {from: ward, to: store/web, port: 443/tcp}, expect: deny", 218 },
    { "flow: {from: 10.20.0.5, port: 443/tcp}, expect: deny", 202 },
    { "flow: {from: 10.20.0.5, to: store/web, port: 443/tcp}", 202 },
};

static void a_name_of_two_tests_is_told(void)
{
    static const char passes[] =
        "flow: {from: 10.20.0.5, to: store/web, port: 443/tcp}, expect: permit";

    compile(arena_printf(&bench.arena,
                         "    - {name: in, %s}\n    - {name: also in, %s}\n    - {name: in, %s}\n",
                         passes, passes, passes)
                .ptr);
    CU_ASSERT_EQUAL(bench.diags.errors, 1);
    CU_ASSERT_TRUE(bench_has(&bench, SLA_CODE_REPEATED));
}

static void rows_come_out_as_they_say(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct slice test =
            arena_printf(&bench.arena, "    - {name: it is so, %s}\n", rows[i].test);
        compile(test.ptr);
        bool good = rows[i].code == 0 ? bench.diags.errors == 0
                                      : bench.diags.errors == 1 && bench_has(&bench, rows[i].code);
        if (!good) {
            (void)printf("\n    %s: %.*s", rows[i].test, SLICE_ARG(bench_findings(&bench)));
        }
        CU_ASSERT_TRUE(good);
    }
}

/* As on the planes: rules of who has standing, permits that hold always, what is one's own to
 * protect. */
static void only_who_rules_there_decides(void)
{
    static const char *const offer =
        "  targets: [{id: all, plane: network}]\n  clauses:\n"
        "    - {id: deny, on: all, stance: requires, term: flow, op: deny, value: {from: "
        "10.20.0.0/16}}\n"
        "    - {id: right, on: all, stance: reserves, term: flow, op: permit, value: {from: "
        "10.30.0.0/16}}\n"
        "  protected: [{network: 10.40.0.0/16, why: way in}]\n";
    static const char *const other = "  resources: []\n"
                                     "  protected: [{network: 10.50.0.0/16, why: not theirs}]\n";
    static const char *const rest =
        "    - {id: at-night, on: web, term: flow, op: permit, value: {from: 10.60.0.0/16}, when: "
        "{severity: high}}\n"
        "  tests:\n"
        "    - {name: a, flow: {from: 10.20.0.5, to: store/web, port: 443/tcp}, expect: permit}\n"
        "    - {name: b, flow: {from: 10.40.0.5, to: store/web, port: 443/tcp}, expect: permit}\n"
        "    - {name: c, flow: {from: 10.50.0.5, to: store/web, port: 443/tcp}, expect: deny}\n"
        "    - {name: d, flow: {from: 10.60.0.5, to: store/web, port: 443/tcp}, expect: deny}\n"
        "    - {name: e, flow: {from: 10.30.0.5, to: store/web, port: 443/tcp}, expect: permit}\n";
    struct slice rules = slice_from(clauses);
    struct slice spec = arena_printf(
        &bench.arena, "%.*s%s",
        SLICE_ARG(slice_sub(rules, 0, slice_find_text(rules, SLICE("  reactions:")))), rest);

    bench_clear(&bench);
    bench_add(&bench, text_sla(&bench, "shop", spec.ptr));
    bench_add(&bench, text_offer(&bench, "dc", offer));
    bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                  "    - {name: web, plane: network, layer: L2, node: n1, "
                                  "provider: dc, addresses: [10.99.0.1]}\n"
                                  "    - {name: other, plane: network, layer: L1, provider: dc, "
                                  "addresses: [10.99.0.2]}\n"
                                  "    - {name: vm, plane: compute, layer: L2, provider: dc}\n"));
    bench_add(&bench, arena_printf(&bench.arena,
                                   "apiVersion: redan/v1\nkind: UCloud\nmetadata: {name: attic, "
                                   "party: rival, role: tenant}\nspec:\n%s",
                                   other));
    bench_compile(&bench);
    ASSERT_TEXT(bench_findings(&bench), "401 11:12; 404 12:12; 404 7:12; 912 8:12");
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_EQUAL(bench.world->tests.run, 5);
    CU_ASSERT_EQUAL(bench.world->tests.failed, 0);
}

/* As packets are: the U-Cloud's party, then the owner, then rights that others reserved, which open
 * what nobody denies and close nothing. */
static void who_is_asked_first_decides(void)
{
    static const struct {
        const char *tenant, *owner, *right, *expect;
    } cases[] = {
        { "permit, value: {from: 10.9.0.0/24}", "deny, value: {from: 10.9.0.0/16}", NULL,
          "permit" },
        { "permit, value: {from: 10.8.0.0/24}", "deny, value: {from: 10.9.0.0/16}", NULL, "deny" },
        { "deny, value: {from: 10.9.0.9}", "permit, value: {from: 10.9.0.0/16}", NULL, "deny" },
        { "permit, value: {from: 10.8.0.0/24}", NULL, "{from: 10.9.0.0/16}", "permit" },
        { NULL, "deny, value: {from: 10.9.0.0/16}", "{from: 10.9.0.9}", "deny" },
        { NULL, NULL, "{from: 10.9.0.9}", "permit" },
        { NULL, NULL, "{from: 10.8.0.9}", "none" },
    };
    const char *const sla =
        "apiVersion: redan/v1\nkind: SecuritySLA\nmetadata: {name: %s, party: %s, "
        "role: tenant, ucloud: store}\nspec:\n  targets: [{id: web, plane: "
        "network}]\n%s%s%s  tests:\n    - {name: t, flow: {from: 10.9.0.9, to: "
        "store/web, port: 22/tcp}, expect: %s}\n";
    const char *const clause = "  clauses:\n    - {id: c, on: web, term: flow, op: ";

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *const says[] = { cases[i].tenant, cases[i].owner };
        const char *const names[] = { "shop", "lab" };
        bench_clear(&bench);
        for (size_t j = 0; j < COUNT_OF(says); j++) {
            bool any = says[j] != NULL;
            bench_add(&bench, arena_printf(&bench.arena, sla, names[j], names[j], any ? clause : "",
                                           any ? says[j] : "", any ? "}\n" : "", cases[i].expect));
        }
        if (cases[i].right != NULL) {
            bench_add(&bench, text_offer(&bench, "dc",
                                         arena_printf(&bench.arena,
                                                      "  targets: [{id: all, plane: network}]\n  "
                                                      "clauses:\n    - {id: r, on: all, stance: "
                                                      "reserves, term: flow, op: permit, value: "
                                                      "%s}\n",
                                                      cases[i].right)
                                             .ptr));
        }
        bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                      "    - {name: web, plane: network, layer: L2, node: n1, "
                                      "provider: dc, owner: lab, addresses: [10.99.0.1]}\n"));
        bench_compile(&bench);
        CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
        CU_ASSERT_EQUAL(bench.world->tests.run, 2);
        CU_ASSERT_EQUAL(bench.world->tests.failed, 0);
    }
}

static void of_late_reactions_the_soonest_is_told(void)
{
    bench_clear(&bench);
    bench_add(
        &bench,
        text_sla(&bench, "shop",
                 "  targets: [{id: all}]\n  reactions:\n"
                 "    - {id: a, on: all, when: {rule: x}, respond: [compute.suspend], lease: 1h, "
                 "within: 20 s}\n"
                 "    - {id: b, on: all, when: {rule: x}, respond: [compute.suspend], lease: 1h, "
                 "within: 30 s}\n"
                 "    - {id: c, on: all, when: {rule: x}, respond: [compute.suspend], lease: 1h}\n"
                 "  tests:\n    - {name: t, when: {rule: x, on: store/vm}, expect: {respond: "
                 "compute.suspend, within: 9 s}}\n"));
    bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                  "    - {name: vm, plane: compute, layer: L2, provider: dc}\n"));
    bench_compile(&bench);
    CU_ASSERT_TRUE(bench_has(&bench, 601));
    for (const struct diag *at = bench.diags.first; at != NULL; at = at->next) {
        if (at->code == 601) {
            ASSERT_TEXT(at->label, "it may take 20000 ms");
        }
    }
}

static void clauses_that_decide_are_covered(void)
{
    compile(
        "    - {name: a, flow: {from: 10.20.0.5, to: store/web, port: 443/tcp}, expect: permit}\n"
        "    - {name: b, when: {rule: guess, on: store/web}, expect: {respond: network.deny}}\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    const struct sla_tests_outcome *outcome = &bench.world->tests;
    CU_ASSERT_EQUAL(outcome->run, 2);
    CU_ASSERT_EQUAL(outcome->failed, 0);
    CU_ASSERT_EQUAL(outcome->clauses, 5); /* not where machines are */
    CU_ASSERT_EQUAL(outcome->covered, 2);
    sla_report_coverage(bench.world, &bench.world->tests, INT64_C(400000000),
                        &bench.diags); /* 40 % */
    CU_ASSERT_TRUE(bench_has(&bench, 602));
    CU_ASSERT_FALSE(bench_has(&bench, 603));
    sla_report_coverage(bench.world, &bench.world->tests, INT64_C(400000001), &bench.diags);
    CU_ASSERT_TRUE(bench_has(&bench, 603));
}

/* A label that nothing has takes its resources from a clause, not the clause from the count. */
static void clauses_that_lost_their_resources_are_not_covered(void)
{
    static const char text[] =
        "  targets: [{id: db, plane: data}, {id: lost, plane: data, select: {app: pax}}]\n"
        "  clauses:\n"
        "    - {id: a, on: db, term: authorization, action: data.read, op: permit, value: "
        "user/ann}\n"
        "    - {id: b, on: lost, term: authorization, action: data.read, op: permit, value: "
        "user/bob}\n"
        "  tests:\n    - {name: t, request: {by: user/ann, action: data.read, on: store/db}, "
        "expect: permit}\n";

    bench_clear(&bench);
    bench_add(&bench, text_sla(&bench, "shop", text));
    bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                  "    - {name: db, plane: data, layer: L2, node: n1, provider: "
                                  "dc-one, labels: {app: pacs}}\n"));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_EQUAL(bench.world->tests.clauses, 2);
    CU_ASSERT_EQUAL(bench.world->tests.covered, 1);
}

/* A decision names the first of them, and all are covered. */
static void very_many_clauses_that_decide_are_all_covered(void)
{
    enum { RULES = 2 * POLICY_DECIDING_MAX + 1 };
    CLEANUP(buf_done) struct buf text = { 0 };

    buf_add_cstr(&text, "  targets: [{id: db, plane: data}]\n  clauses:\n");
    for (unsigned i = 0; i < RULES; i++) {
        buf_printf(&text,
                   "    - {id: p%u, on: db, term: authorization, action: data.read, op: "
                   "permit, value: user/ann}\n",
                   i);
    }
    buf_add_cstr(&text, "  tests:\n    - {name: t, request: {by: user/ann, action: data.read, on: "
                        "store/db}, expect: permit}\n");
    bench_clear(&bench);
    bench_add(&bench, text_sla(&bench, "shop", text.ptr));
    bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                  "    - {name: db, plane: data, layer: L2, node: n1, provider: "
                                  "dc-one}\n"));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_EQUAL(bench.world->tests.run, 1);
    CU_ASSERT_EQUAL(bench.world->tests.failed, 0);
    CU_ASSERT_EQUAL(bench.world->tests.clauses, RULES);
    CU_ASSERT_EQUAL(bench.world->tests.covered, RULES);
}

/* What nobody asks cannot be reached: the wish of one who owns nothing there. */
static void a_clause_without_standing_is_not_counted(void)
{
    const char *const asked =
        "  tests:\n    - {name: t, request: {by: user/ann, action: data.read, "
        "on: store/db}, expect: permit}\n";
    const char *const wish =
        "apiVersion: redan/v1\nkind: SecuritySLA\nmetadata: {name: pat, party: "
        "pat, role: user, ucloud: store}\nspec:\n  targets: [{id: db, plane: "
        "data}]\n  clauses:\n    - {id: wish, on: db, term: authorization, "
        "action: data.read, op: deny, value: shop}\n%s";

    bench_clear(&bench);
    bench_add(&bench, text_sla(&bench, "shop",
                               arena_printf(&bench.arena,
                                            "  targets: [{id: db, plane: data}]\n  clauses:\n    - "
                                            "{id: read, on: db, term: authorization, action: "
                                            "data.read, op: permit, value: user/ann}\n%s",
                                            asked)
                                   .ptr));
    bench_add(&bench, arena_printf(&bench.arena, wish,
                                   "  tests:\n    - {name: t, request: {by: shop/user/ann, action: "
                                   "data.read, on: store/db}, expect: permit}\n"));
    bench_add(&bench,
              text_ucloud(&bench, "store", "shop",
                          "    - {name: db, plane: data, layer: L2, node: n1, provider: dc}\n"));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_EQUAL(bench.world->tests.run, 2);
    CU_ASSERT_EQUAL(bench.world->tests.failed, 0);
    CU_ASSERT_EQUAL(bench.world->tests.clauses, 1);
    CU_ASSERT_EQUAL(bench.world->tests.covered, 1);
}

static void a_failed_test_names_the_clause_that_decides(void)
{
    compile("    - {name: guests, flow: {from: 10.20.0.5, to: store/web, port: 443/tcp}, expect: "
            "deny}\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_EQUAL(bench.world->tests.failed, 1);
    for (const struct diag *at = bench.diags.first; at != NULL; at = at->next) {
        if (at->code == 601) {
            ASSERT_TEXT(at->label, "it is `permit`");
            ASSERT_TEXT(at->labels->text, "`ward-in` of shop permits it");
        }
    }
}

static void tests_of_what_is_not_here_are_left_out(void)
{
    struct slice spec =
        arena_printf(&bench.arena,
                     "%s  tests:\n    - {name: a, flow: {from: 10.20.0.5, to: store/web, port: "
                     "443/tcp}, expect: deny}\n",
                     clauses);

    bench_clear(&bench);
    bench.options.partial = true;
    bench_add(&bench, text_sla(&bench, "shop", spec.ptr));
    bench_compile(&bench);
    CU_ASSERT_EQUAL(bench.diags.errors, 0);
    CU_ASSERT_EQUAL(bench.world->tests.run, 0);
}

/* Also where what they are about is of a U-Cloud that is: the clauses speak of nothing there. */
static void tests_of_a_misnamed_ucloud_are_left_out(void)
{
    struct slice spec =
        arena_printf(&bench.arena,
                     "%s  tests:\n    - {name: a, flow: {from: 10.20.0.5, to: stores/web, port: "
                     "443/tcp}, expect: deny}\n",
                     clauses);

    bench_clear(&bench);
    bench.options.partial = true;
    bench_add(&bench, text_sla(&bench, "shop", spec.ptr));
    bench_add(&bench,
              text_ucloud(&bench, "stores", "shop",
                          "    - {name: web, plane: network, layer: L2, node: n1, provider: "
                          "dc, addresses: [192.0.2.9]}\n"));
    bench_compile(&bench);
    CU_ASSERT_EQUAL(bench.diags.errors, 0);
    CU_ASSERT_EQUAL(bench.world->tests.run, 0);
    CU_ASSERT_EQUAL_FATAL(bench.diags.first->code, 302);
    ASSERT_TEXT(bench.diags.first->notes->text, "its tests are not run");
}

static void a_name_is_no_sender_and_gets_help(void)
{
    static const struct {
        const char *from, *help, *fix;
    } senders[] = {
        { "internet", "for somebody outside write an address that no set has, like `203.0.113.77`",
          "203.0.113.77" },
        { "any", "for somebody outside write an address that no set has, like `203.0.113.77`",
          "203.0.113.77" },
        { "ward", "write an address that is in the set: `10.20.0.0/16`", "10.20.0.0/16" },
        { "laptop",
          "names are not looked up: write the address, like `203.0.113.77` for somebody outside",
          NULL },
        { "10.20.0.0/33", "write `10.0.0.1`, `10.0.0.0/8` or `2001:db8::/32`", NULL },
    };

    for (size_t i = 0; i < COUNT_OF(senders); i++) {
        compile(arena_printf(&bench.arena,
                             "    - {name: a, flow: {from: %s, to: store/web, port: 443/tcp}, "
                             "expect: deny}\n",
                             senders[i].from)
                    .ptr);
        const struct diag *diag = bench_find(&bench, SLA_CODE_ADDRESS);
        CU_ASSERT_PTR_NOT_NULL_FATAL(diag);
        CU_ASSERT_EQUAL(bench.diags.errors, 1);
        ASSERT_TEXT(diag->helps->text, senders[i].help);
        CU_ASSERT_EQUAL(diag->fixes != NULL, senders[i].fix != NULL);
        if (diag->fixes != NULL) {
            CU_ASSERT_FALSE(diag->fixes->safe);
            ASSERT_TEXT(diag->fixes->edits->text, senders[i].fix);
        }
    }
}

/* What is permitted besides does not decide, so it is not covered. */
static void a_flow_that_is_denied_and_permitted_is_denied(void)
{
    compile("    - {name: a, flow: {from: 10.20.9.5, to: store/web, port: 443/tcp}, expect: "
            "permit}\n");
    const struct diag *diag = bench_find(&bench, SLA_CODE_TEST_FAILED);
    CU_ASSERT_PTR_NOT_NULL_FATAL(diag);
    ASSERT_TEXT(diag->label, "it is `deny`");
    CU_ASSERT_PTR_NOT_NULL_FATAL(diag->labels);
    CU_ASSERT_PTR_NOT_NULL_FATAL(diag->labels->next);
    ASSERT_TEXT(diag->labels->text, "`no-lab` of shop denies it");
    ASSERT_TEXT(diag->labels->next->text, "`ward-in` of shop permits it, and is asked after that");
    ASSERT_TEXT(diag->helps->text,
                "of one party what is denied comes before what is permitted, as on the planes: "
                "take it out of the `deny`, or expect `deny`");
    CU_ASSERT_EQUAL(bench.world->tests.covered, 1);
}

/* The help is followed: with the line it names the two no longer disagree. */
static void of_two_that_disagree_the_help_says_how_one_counts(void)
{
    static const struct {
        const char *tiers, *tier, *help;
    } rows_of_tiers[] = {
        { "", "",
          "say which counts: `tiers: [{id: rules, combine: forbid-overrides}]` or "
          "`permit-overrides` under `spec`, and `tier: rules` in both clauses" },
        { "  tiers: [{id: rules, combine: forbid-overrides}]\n", ", tier: rules", NULL },
        { "  tiers: [{id: first, combine: forbid-overrides}]\n", "",
          "say which counts: put both into one of the `tiers` that has `combine`, for example "
          "`tier: first`" },
        { "  tiers: [{id: rules}]\n", ", tier: rules",
          "write `{id: rules, combine: forbid-overrides}` or `permit-overrides` in `tiers`" },
        { "  tiers: [{id: rules, combine: most-specific}]\n", ", tier: rules",
          "neither is the more specific one: narrow one, or write `{id: rules, combine: "
          "forbid-overrides}` or `permit-overrides` in `tiers`" },
    };

    for (size_t i = 0; i < COUNT_OF(rows_of_tiers); i++) {
        const char *tier = rows_of_tiers[i].tier;
        const char *const clause =
            "    - {id: %s, on: db, term: authorization, action: data.read, op: "
            "%s, value: user/ann%s}\n";
        struct slice yes = arena_printf(&bench.arena, clause, "yes", "permit", tier);
        struct slice no = arena_printf(&bench.arena, clause, "not", "deny", tier);
        struct slice spec = arena_printf(
            &bench.arena,
            "%s  targets: [{id: db, plane: data}]\n  clauses:\n%s%s  tests:\n    - {name: t, "
            "request: {by: user/ann, action: data.read, on: store/db}, expect: deny}\n",
            rows_of_tiers[i].tiers, yes.ptr, no.ptr);
        bench_clear(&bench);
        bench_add(&bench, text_sla(&bench, "shop", spec.ptr));
        bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                      "    - {name: db, plane: data, layer: L2, provider: dc}\n"));
        bench_compile(&bench);
        const struct diag *failed = bench_find(&bench, SLA_CODE_TEST_FAILED);
        const struct diag *conflict = bench_find(&bench, SLA_CODE_MODALITY);
        if (rows_of_tiers[i].help == NULL) {
            CU_ASSERT_PTR_NULL(failed);
            CU_ASSERT_PTR_NULL(conflict);
            continue;
        }
        CU_ASSERT_PTR_NOT_NULL_FATAL(failed);
        CU_ASSERT_PTR_NOT_NULL_FATAL(conflict);
        ASSERT_TEXT(failed->label, "it is `conflict`");
        ASSERT_TEXT(failed->labels->text, "`not` of shop forbids it");
        ASSERT_TEXT(failed->labels->next->text, "`yes` of shop permits it");
        ASSERT_TEXT(failed->helps->text, rows_of_tiers[i].help);
        ASSERT_TEXT(conflict->helps->next->text, rows_of_tiers[i].help);
    }
}

/* One root cause is told once: the test may be of what could not be read. */
static void a_resource_that_cannot_be_read_is_not_missed(void)
{
    static const struct {
        const char *resource;
        unsigned code;
    } resources[] = {
        { "plane: network, layer: L2, provider: dc, addresses: [10.99.0.1]", 202 }, /* no name */
        { "name: web, plane: net, layer: L2, provider: dc, addresses: [10.99.0.1]", 206 },
    };

    for (size_t i = 0; i < COUNT_OF(resources); i++) {
        bench_clear(&bench);
        bench_add(&bench, text_sla(&bench, "shop",
                                   "  targets: [{id: all}]\n  clauses:\n    - {id: home, on: all, "
                                   "except: store/web, term: location, op: in, value: PT}\n"
                                   "  tests:\n    - {name: t, flow: {from: 10.20.0.5, to: "
                                   "store/web, port: 443/tcp}, expect: none}\n"));
        bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                      arena_printf(
                                          &bench.arena,
                                          "    - {%s}\n    - {name: vm, plane: compute, layer: L2, "
                                          "provider: dc}\n",
                                          resources[i].resource)
                                          .ptr));
        bench_compile(&bench);
        CU_ASSERT_EQUAL(bench.diags.errors, 1);
        CU_ASSERT_TRUE(bench_has(&bench, resources[i].code));
    }
}

static CU_TestInfo tests[] = {
    { "a name is no sender, and gets help", a_name_is_no_sender_and_gets_help },
    { "a flow that is denied and permitted is denied",
      a_flow_that_is_denied_and_permitted_is_denied },
    { "of two that disagree the help says how one counts",
      of_two_that_disagree_the_help_says_how_one_counts },
    { "a resource that cannot be read is not missed",
      a_resource_that_cannot_be_read_is_not_missed },
    { "a name of two tests is told", a_name_of_two_tests_is_told },
    { "rows come out as they say", rows_come_out_as_they_say },
    { "only who rules there decides", only_who_rules_there_decides },
    { "who is asked first decides", who_is_asked_first_decides },
    { "of late reactions the soonest is told", of_late_reactions_the_soonest_is_told },
    { "clauses that decide are covered", clauses_that_decide_are_covered },
    { "clauses that lost their resources are not covered",
      clauses_that_lost_their_resources_are_not_covered },
    { "very many clauses that decide are all covered",
      very_many_clauses_that_decide_are_all_covered },
    { "a clause without standing is not counted", a_clause_without_standing_is_not_counted },
    { "a failed test names the clause that decides", a_failed_test_names_the_clause_that_decides },
    { "tests of what is not here are left out", tests_of_what_is_not_here_are_left_out },
    { "tests of a misnamed ucloud are left out", tests_of_a_misnamed_ucloud_are_left_out },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla run tests", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
