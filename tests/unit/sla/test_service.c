/* Services of a U-Cloud: parts, cycles, depth; targets and clauses that name a service. */
#include "sla/resolve/service.h"

#include <string.h>

#include "sla/draft.h"
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
    "    - {name: app-1, plane: network, layer: L2, node: n1, provider: dc, unit: app, "           \
    "addresses: "                                                                                  \
    "10.0.0.1}\n"                                                                                  \
    "    - {name: app-vm, plane: compute, layer: L2, node: n1, provider: dc, unit: app}\n"         \
    "    - {name: db-1, plane: compute, layer: L2, node: n1, provider: dc}\n"                      \
    "    - {name: db-2, plane: compute, layer: L2, node: n1, provider: dc}\n"                      \
    "    - {name: db-3, plane: compute, layer: L2, node: n1, provider: dc}\n"                      \
    "    - {name: files, plane: data, layer: L2, node: n1, provider: dc}\n"

static void compile(const char *services, const char *spec)
{
    bench_clear(&bench);
    if (spec != NULL) {
        bench_add(&bench, text_sla(&bench, "shop", spec));
    }
    bench_add(
        &bench,
        text_ucloud(&bench, "store", "shop",
                    arena_printf(&bench.arena, "%s  services:\n%s", RESOURCES, services).ptr));
    bench_compile(&bench);
}

static const struct sla_service *service_of(const char *id)
{
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    for (size_t i = 0; i < bench.world->service_count; i++) {
        if (slice_is(bench.world->services[i]->id, id)) {
            return bench.world->services[i];
        }
    }
    CU_FAIL_FATAL("no such service");
    return NULL;
}

static struct slice names_of(const size_t *resources, size_t count)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    for (size_t i = 0; i < count; i++) {
        buf_printf(&text, "%s%.*s", i > 0 ? " " : "",
                   SLICE_ARG(bench.world->policies.resources[resources[i]].name));
    }
    return arena_copy(&bench.arena, buf_slice(&text));
}

static void parts_are_resources_units_and_services(void)
{
    compile("    - {id: lis, needs: [app, db, files]}\n"
            "    - {id: db, needs: {atLeast: 2, of: [db-1, db-2, db-3]}}\n",
            NULL);
    const struct sla_service *lis = service_of("lis");
    const struct sla_service *db = service_of("db");

    ASSERT_TEXT(bench_findings(&bench), "");
    CU_ASSERT_EQUAL(lis->part_count, 3);
    CU_ASSERT_EQUAL(lis->need, 3);
    CU_ASSERT_EQUAL(lis->depth, 2);
    ASSERT_TEXT(lis->ucloud, "store");
    ASSERT_TEXT(names_of(lis->parts[0].resources, lis->parts[0].resource_count), "app-1 app-vm");
    CU_ASSERT_PTR_EQUAL(lis->parts[1].service, db);
    ASSERT_TEXT(names_of(lis->parts[2].resources, lis->parts[2].resource_count), "files");
    ASSERT_TEXT(names_of(lis->resources, lis->resource_count), "app-1 app-vm db-1 db-2 db-3 files");
    CU_ASSERT_EQUAL(db->need, 2);
    CU_ASSERT_EQUAL(db->part_count, 3);
    CU_ASSERT_EQUAL(db->depth, 1);
    CU_ASSERT_PTR_EQUAL(bench.world->services[0], db); /* by id, not as written */
}

static void a_resource_counts_once(void)
{
    compile("    - {id: top, needs: [left, right, files]}\n"
            "    - {id: left, needs: [files, db-1]}\n"
            "    - {id: right, needs: [files, db-1, db-2]}\n",
            NULL);
    const struct sla_service *top = service_of("top");

    ASSERT_TEXT(names_of(top->resources, top->resource_count), "db-1 db-2 files");
}

static const struct {
    const char *services, *wanted;
} rows[] = {
    { "    - {id: a, needs: app}\n", "" },
    { "    - {id: a, needs: [app-1]}\n", "" },
    { "    - {id: a, needs: [db-4]}\n", "323 13:23" },
    { "    - {id: a, needs: []}\n", "214 13:22" },
    { "    - {id: a, needs: [[db-1]]}\n", "203 13:23" },
    { "    - {id: a}\n", "202 13:7" },
    { "    - {id: a, needs: {of: [db-1]}}\n", "202 13:22" },
    { "    - {id: a, needs: {atLeast: 0, of: [db-1]}}\n", "208 13:32" },
    { "    - {id: a, needs: {atLeast: 2, of: [db-1]}}\n", "208 13:22" },
    { "    - {id: a, needs: {atLeast: 1, of: [db-1], any: 1}}\n", "201 13:47" },
    { "    - {id: a, needs: [db-1, db-1]}\n", "301 13:29" },
    { "    - {id: a, needs: db-1}\n    - {id: a, needs: db-2}\n", "301 14:12" },
    { "    - {id: db-1, needs: db-2}\n    - {id: b, needs: db-1}\n", "301 14:22" },
    { "    - {id: app, needs: db-2}\n    - {id: b, needs: app}\n", "301 14:22" },
    { "    - {id: app, needs: db-2}\n", "" }, /* nobody asks which one is meant */
    { "    - {id: a, needs: a}\n", "313 13:12" },
    { "    - {id: a, needs: b}\n    - {id: b, needs: [c, d]}\n    - {id: c, needs: a}\n"
      "    - {id: d, needs: db-1}\n    - {id: e, needs: a}\n",
      "313 13:12" },
    { "    - {id: a, needs: b}\n    - {id: b, needs: a}\n    - {id: c, needs: [d, a]}\n"
      "    - {id: d, needs: c}\n",
      "313 13:12; 313 15:12" },
    { "    - {id: a, needs: x}\n    - {id: b, needs: a}\n", "323 13:22" },
};

static void each_mistake_is_told_once(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        compile(rows[i].services, NULL);
        ASSERT_TEXT(bench_findings(&bench), rows[i].wanted);
        CU_ASSERT_EQUAL(bench.world != NULL, rows[i].wanted[0] == '\0');
    }
}

static void compile_tower(unsigned height)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    buf_add_cstr(&text, "    - {id: s1, needs: db-1}\n");
    for (unsigned i = 2; i <= height; i++) {
        buf_printf(&text, "    - {id: s%u, needs: [s%u, db-2]}\n", i, i - 1);
    }
    compile(text.ptr, NULL);
}

static void services_are_sixteen_deep_at_most(void)
{
    compile_tower(16);
    CU_ASSERT_EQUAL(service_of("s16")->depth, 16);
    compile_tower(18);
    ASSERT_TEXT(bench_findings(&bench), "313 29:12"); /* the 17th; what rests on it is silent */
}

static void a_service_has_sixty_four_parts_at_most(void)
{
    for (unsigned count = 64; count <= 65; count++) {
        CLEANUP(buf_done) struct buf text = { 0 };
        buf_add_cstr(&text, "    - {id: a, needs: [");
        for (unsigned i = 0; i < count; i++) {
            buf_printf(&text, "%sb%u", i > 0 ? ", " : "", i);
        }
        buf_add_cstr(&text, "]}\n");
        for (unsigned i = 0; i < count; i++) {
            buf_printf(&text, "    - {id: b%u, needs: db-1}\n", i);
        }
        compile(text.ptr, NULL);
        ASSERT_TEXT(bench_findings(&bench), count == 64 ? "" : "219 13:22");
    }
}

/* --- targets --------------------------------------------------------------------------------- */

#define SERVICES "    - {id: db, needs: {atLeast: 2, of: [db-1, db-2, db-3]}}\n"

static const struct {
    const char *spec, *wanted;
} targets[] = {
    { "  targets: [{id: x, service: db}]\n  clauses:\n    - {id: c, on: x, term: respond.mttr, op: "
      "\"<=\", value: 1 s}\n",
      "" },
    { "  targets: [{id: x, service: dbs}]\n  clauses:\n    - {id: c, on: x, term: respond.mttr, "
      "op: \"<=\", value: 1 s}\n",
      "323 5:30" },
    { "  targets: [{id: x, service: db, plane: compute, select: {a: b}}]\n  clauses: []\n",
      "212 5:34; 212 5:50" },
    { "  targets: [{id: x, service: db}]\n  clauses:\n    - {id: c, on: x, term: location, op: in, "
      "value: PT}\n",
      "216 7:19" },
    { "  targets: [{id: x, service: db}]\n  clauses:\n    - {id: c, on: x, term: authority, "
      "action: compute.suspend, op: only, value: tenant}\n",
      "216 7:19" },
};

static void targets_name_services(void)
{
    for (size_t i = 0; i < COUNT_OF(targets); i++) {
        compile(SERVICES, targets[i].spec);
        ASSERT_TEXT(bench_findings(&bench), targets[i].wanted);
    }
}

static void an_offer_knows_no_services(void)
{
    bench_add(&bench,
              text_offer(&bench, "dc", "  targets: [{id: x, service: db}]\n  clauses: []\n"));
    bench_add(&bench, text_ucloud(&bench, "store", "shop", RESOURCES));
    bench_compile(&bench);
    ASSERT_TEXT(bench_findings(&bench), "212 5:30");
}

/* A term that does not compose means all that the service needs; so does a reaction. */
static void a_service_is_all_of_its_resources(void)
{
    compile(SERVICES, "  targets: [{id: x, service: db}, {id: y, select: {name: files}}]\n"
                      "  clauses:\n    - {id: c, on: [x, y], term: respond.mttr, op: \"<=\", "
                      "value: 1 s}\n"
                      "  reactions:\n    - {id: r, on: x, except: store/db-2, when: {rule: x}, "
                      "respond: compute.suspend, lease: 1h}\n");
    ASSERT_TEXT(bench_findings(&bench), "");
    const struct sla_clause *clause = bench.world->clauses[0];
    const struct sla_clause *reaction = bench.world->clauses[1];

    ASSERT_TEXT(names_of(clause->resources, clause->resource_count), "db-1 db-2 db-3 files");
    CU_ASSERT_EQUAL(clause->service_count, 0);
    ASSERT_TEXT(names_of(reaction->resources, reaction->resource_count), "db-1 db-3");
    CU_ASSERT_PTR_EQUAL(clause->document->targets[0].service, service_of("db"));
}

static void availability_speaks_of_the_service_itself(void)
{
    compile(
        SERVICES "    - {id: all, needs: [db, files]}\n",
        "  targets: [{id: x, service: db}, {id: y, service: all}, {id: z, service: db}, {id: w, "
        "select: {name: files}}]\n"
        "  clauses:\n    - {id: c, on: [x, y, z, w], term: availability, op: \">=\", value: 99 "
        "%, window: 30d}\n");
    const struct sla_clause *clause = bench.world->clauses[0];

    CU_ASSERT_EQUAL_FATAL(clause->service_count, 2);
    CU_ASSERT_PTR_EQUAL(clause->services[0], service_of("all"));
    CU_ASSERT_PTR_EQUAL(clause->services[1], service_of("db"));
    ASSERT_TEXT(names_of(clause->resources, clause->resource_count), "files");
}

static CU_TestInfo tests[] = {
    { "parts are resources, units and services", parts_are_resources_units_and_services },
    { "a resource counts once", a_resource_counts_once },
    { "each mistake is told once", each_mistake_is_told_once },
    { "services are sixteen deep at most", services_are_sixteen_deep_at_most },
    { "a service has sixty-four parts at most", a_service_has_sixty_four_parts_at_most },
    { "targets name services", targets_name_services },
    { "an offer knows no services", an_offer_knows_no_services },
    { "a service is all of its resources", a_service_is_all_of_its_resources },
    { "availability speaks of the service itself", availability_speaks_of_the_service_itself },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla service", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
