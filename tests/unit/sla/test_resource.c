/* Resources of a U-Cloud: what fits its plane, and what selectors see of it. */
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

#define AT ", layer: L2, node: n1, provider: dc"

static const struct {
    const char *resource, *finding; /* code and place */
} rows[] = {
    { "plane: compute" AT ", size: {cpu: 4, memory: 16 GiB, disk: 200 GB}, role: db", "" },
    { "plane: compute" AT ", kind: container", "" },
    { "plane: data" AT ", kind: volume", "" },
    { "plane: compute" AT ", kind: bucket", "212 8:74" },
    { "plane: data" AT ", kind: vm", "212 8:71" },
    { "plane: data" AT ", kind: disk", "206 8:71" },
    { "plane: data" AT ", size: {cpu: 1}", "212 8:65" },
    { "plane: data" AT ", segment: net", "212 8:65" },
    { "plane: network" AT ", addresses: 10.0.0.1, segment: net", "" },
    { "plane: network" AT ", addresses: 10.0.0.1, segment: nett", "324 8:98" },
    { "plane: network" AT ", addresses: 10.0.0.1, segment: host", "324 8:98" },
    { "plane: network" AT ", addresses: 10.0.0.0/8, kind: segment, segment: net", "212 8:106" },
    { "plane: network" AT ", kind: segment", "202 8:7" },
    { "plane: compute" AT ", size: {}", "214 8:74" },
    { "plane: compute" AT ", size: {memory: 16}", "208 8:83" },
    { "plane: compute" AT ", size: {memory: 0 GiB}", "208 8:83" },
    { "plane: compute" AT ", size: {cpu: 0}", "208 8:80" },
};

#define AROUND                                                                                     \
    "    - {name: net, plane: network, kind: segment, addresses: 10.0.0.0/24" AT "}\n"             \
    "    - {name: host, plane: network, addresses: 10.0.0.7" AT "}\n"

static void what_a_resource_is_fits_its_plane(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        bench_clear(&bench);
        bench_add(
            &bench,
            text_ucloud(
                &bench, "store", "shop",
                arena_printf(&bench.arena, AROUND "    - {name: x, %s}\n", rows[i].resource).ptr));
        bench_compile(&bench);
        struct slice findings = bench_findings(&bench);
        ASSERT_TEXT(findings, rows[i].finding);
    }
}

static const struct {
    const char *select, *names;
} selections[] = {
    { "{role: db}", "a b " },
    { "{kind: vm}", "a " },
    { "{kind: container, role: db}", "b " },
    { "{segment: net}", "web " },
    { "{kind: segment}", "net " },
};

static void selectors_see_kind_role_and_segment(void)
{
    for (size_t i = 0; i < COUNT_OF(selections); i++) {
        CLEANUP(buf_done) struct buf names = { 0 };
        bench_clear(&bench);
        bench_add(&bench,
                  text_ucloud(&bench, "store", "shop",
                              AROUND
                              "    - {name: a, plane: compute, role: db" AT "}\n"
                              "    - {name: b, plane: compute, kind: container, role: db" AT
                              "}\n    - {name: web, plane: network, segment: net, addresses: "
                              "10.0.0.8" AT "}\n"));
        bench_add(&bench, text_sla(&bench, "shop",
                                   arena_printf(&bench.arena, "  targets: [{id: x, select: %s}]\n",
                                                selections[i].select)
                                       .ptr));
        bench_compile(&bench);
        CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
        for (size_t d = 0; d < bench.world->document_count; d++) {
            const struct sla_document *document = bench.world->documents[d];
            for (size_t j = 0; document->target_count > 0 && j < document->targets->resource_count;
                 j++) {
                size_t at = document->targets->resources[j];
                buf_printf(&names, "%.*s ", SLICE_ARG(bench.world->policies.resources[at].name));
            }
        }
        ASSERT_TEXT(buf_slice(&names), selections[i].names);
    }
}

static CU_TestInfo tests[] = {
    { "what a resource is fits its plane", what_a_resource_is_fits_its_plane },
    { "selectors see kind, role and segment", selectors_see_kind_role_and_segment },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "resource", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
