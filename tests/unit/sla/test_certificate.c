/* The checker accepts what the search finds (see the other tests) and nothing that was tampered
 * with. */
#include "sla/certificate/certificate.h"
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

#define TARGETS "  targets: [{id: all}]\n  clauses:\n"

/* One conflict of each class: acts, sets, budgets, in this order. */
static void compile(void)
{
    bench_clear(&bench);
    bench_add(&bench,
              text_sla(&bench, "shop",
                       TARGETS "    - {id: mine, on: all, term: authority, action: "
                               "compute.suspend, op: only, value: tenant}\n"
                               "    - {id: residency, on: all, term: location, op: in, value: "
                               "[DE, FR]}\n"
                               "    - {id: uptime, on: all, term: availability, op: \">=\", "
                               "value: 99.99 %, window: 7d}\n"));
    bench_add(&bench,
              text_offer(&bench, "dc-one",
                         TARGETS "    - {id: stop, on: all, stance: reserves, term: authority, "
                                 "action: compute.suspend}\n"
                                 "    - {id: zone, on: all, stance: offers, term: location, op: "
                                 "in, value: [US]}\n"
                                 "    - {id: service, on: all, stance: offers, term: "
                                 "availability, op: \">=\", value: 99.9 %, window: 30d}\n"));
    bench_add(&bench,
              text_ucloud(&bench, "store", "shop",
                          "    - {name: db, plane: data, layer: L2, node: n1, provider: other}\n"
                          "    - {name: vm, plane: compute, layer: L2, node: n1, provider: "
                          "dc-one}\n"));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, 3);
}

static struct sla_conflict copy_of(enum sla_conflict_class class)
{
    for (size_t i = 0; i < bench.world->conflict_count; i++) {
        if (bench.world->conflicts[i].class == class) {
            return bench.world->conflicts[i];
        }
    }
    return (struct sla_conflict){ 0 };
}

static void refuse(const struct sla_conflict *conflict, const char *why)
{
    struct status status = sla_certificate_check(bench.world, conflict);

    CU_ASSERT_EQUAL(status.code, STATUS_INVALID);
    ASSERT_TEXT(slice_from(status.msg), why);
}

static void what_was_found_is_accepted(void)
{
    compile();
    check_certificates(bench.world);
}

static void a_malformed_frame_is_refused(void)
{
    compile();
    struct sla_conflict conflict = copy_of(SLA_CONFLICT_SET);
    conflict.certificate.resource = 99;
    refuse(&conflict, "the certificate is malformed");
    conflict = copy_of(SLA_CONFLICT_SET);
    conflict.clause_count = 0;
    refuse(&conflict, "the certificate is malformed");
    conflict = copy_of(SLA_CONFLICT_SET);
    conflict.certificate.resource = 0; /* store/db, where dc-one offers nothing */
    refuse(&conflict, "clause `zone` does not speak of the resource");
}

static void another_act_is_refused(void)
{
    compile();
    struct sla_conflict conflict = copy_of(SLA_CONFLICT_MODALITY);
    conflict.certificate.subject = SLICE("shop");
    refuse(&conflict, "the clauses do not disagree about compute.suspend by `shop`");
    conflict = copy_of(SLA_CONFLICT_MODALITY);
    conflict.certificate.action = SLA_ACT_COMPUTE_SNAPSHOT;
    refuse(&conflict, "the clauses do not disagree about compute.snapshot by `dc-one`");
    conflict = copy_of(SLA_CONFLICT_MODALITY);
    conflict.clause_count = 1;
    refuse(&conflict, "two clauses collide over an act, not 1");
    conflict = copy_of(SLA_CONFLICT_SET);
    conflict.class = SLA_CONFLICT_MODALITY;
    conflict.certificate.subject = SLICE("dc-one");
    refuse(&conflict, "the clauses do not disagree about network.deny by `dc-one`");
}

static void sets_that_meet_are_refused(void)
{
    compile();
    struct sla_conflict conflict = copy_of(SLA_CONFLICT_SET);
    struct sla_clause wider = *conflict.clauses[0];
    sla_set_add(&wider.value.set, sla_set_first(&conflict.clauses[1]->value.set));
    conflict.clauses[0] = &wider;
    refuse(&conflict, "all clauses allow DE");
    conflict = copy_of(SLA_CONFLICT_SET);
    conflict.certificate.relaxed[0] = 0; /* AD */
    refuse(&conflict, "clause `zone` can be left out");
    struct sla_conflict budget = copy_of(SLA_CONFLICT_ARITHMETIC);
    conflict = copy_of(SLA_CONFLICT_SET);
    conflict.clauses[1] = budget.clauses[0];
    refuse(&conflict, "the clauses are of different terms");
}

static void wrong_arithmetic_is_refused(void)
{
    compile();
    struct sla_conflict conflict = copy_of(SLA_CONFLICT_ARITHMETIC);
    int64_t allowed_ms = conflict.certificate.allowed_ms;
    conflict.certificate.allowed_ms = allowed_ms - 1;
    refuse(&conflict, "60479 ms is not what is allowed");
    conflict.certificate.allowed_ms = allowed_ms + 1;
    refuse(&conflict, "60481 ms is not what is allowed");
    conflict.certificate.allowed_ms = -1;
    refuse(&conflict, "-1 ms is not what is allowed");
    conflict = copy_of(SLA_CONFLICT_ARITHMETIC);
    conflict.certificate.offered_ms++;
    refuse(&conflict, "the offer keeps within less than 5184001 ms");
    conflict.certificate.offered_ms = allowed_ms;
    refuse(&conflict, "what is offered fits what is allowed");
    conflict = copy_of(SLA_CONFLICT_ARITHMETIC);
    const struct sla_clause *requirement = conflict.clauses[0];
    conflict.clauses[0] = conflict.clauses[1];
    conflict.clauses[1] = requirement;
    refuse(&conflict, "not a requirement and an offer of one term");
}

/* An operator, a reaction and a role that nobody has, as the checker reads them. */
static void roles_are_read_again(void)
{
    bench_clear(&bench);
    bench_add(&bench, SLICE("apiVersion: redan/v1\nkind: SecuritySLA\nmetadata: {name: rules, "
                            "party: boss, role: operator, ucloud: store}\nspec:\n" TARGETS
                            "    - {id: a, on: all, term: authority, action: compute.suspend, op: "
                            "only, value: operator}\n"
                            "    - {id: b, on: all, term: authority, action: compute.suspend, op: "
                            "permit, value: [user, provider]}\n"
                            "    - {id: c, on: all, term: authority, action: compute.suspend, op: "
                            "deny, value: tenant}\n"));
    bench_add(&bench, text_sla(&bench, "shop",
                               "  targets: [{id: all}]\n  reactions:\n    - {id: r, on: all, when: "
                               "{rule: x}, respond: [compute.suspend, compute.snapshot], lease: "
                               "1h}\n"));
    bench_add(&bench,
              text_ucloud(&bench, "store", "shop",
                          "    - {name: vm, plane: compute, layer: L2, node: n1, provider: dc}\n"));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_EQUAL(bench.world->conflict_count, 3); /* a-b by dc, a-r and c-r by shop */
    check_certificates(bench.world);
    check_repairs(&bench);
}

static CU_TestInfo tests[] = {
    { "what was found is accepted", what_was_found_is_accepted },
    { "a malformed frame is refused", a_malformed_frame_is_refused },
    { "another act is refused", another_act_is_refused },
    { "sets that meet are refused", sets_that_meet_are_refused },
    { "wrong arithmetic is refused", wrong_arithmetic_is_refused },
    { "roles are read again", roles_are_read_again },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla certificates", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
