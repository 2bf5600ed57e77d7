/* Names across documents, selection of resources, and the JSON of a world. */
#include <string.h>

#include "sla/conflict/conflict.h"
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
    "    - {name: web-1, plane: compute, layer: L2, node: n1, provider: dc-one, unit: web, "       \
    "labels: {app: web, tier: gold, gpu: \"\"}}\n"                                                 \
    "    - {name: web-2, plane: compute, layer: L1, node: n2, provider: dc-two, labels: {app: "    \
    "web}}\n"                                                                                      \
    "    - {name: db, plane: data, layer: L2, node: n1, provider: dc-one, unit: web}\n"            \
    "    - {name: edge, plane: network, layer: L0, node: n1, provider: dc-one, addresses: "        \
    "[10.0.0.1, \"2001:db8::1\"]}\n"

static struct slice target(const char *select)
{
    return arena_printf(&bench.arena,
                        "  targets: [{id: x, %s}]\n  clauses:\n    - {id: c, on: x, term: "
                        "respond.mttr, op: \"<=\", value: 1 s}\n",
                        select);
}

/* Selector and the names it selects, in order. */
static const struct {
    const char *select, *wanted;
} selections[] = {
    { "plane: compute", "web-1 web-2 " },
    { "layer: L2", "db web-1 " },
    { "plane: compute, layer: L1", "web-2 " },
    { "select: {app: web}", "web-1 web-2 " },
    { "select: {app: web, tier: gold}", "web-1 " },
    { "select: {unit: web}", "db web-1 " },
    { "select: {unit: web-2}", "web-2 " },
    { "select: {node: n1}", "db edge web-1 " },
    { "select: {provider: dc-two}", "web-2 " },
    { "select: {name: db}", "db " },
    { "select: {bucket: db}", "db " },
    { "select: {bucket: web-1}", "" },
    { "select: {domain: web-1}", "web-1 " },
    { "select: {host: edge}", "edge " },
    { "select: {colour: red}", "" },
    { "select: {matchExpressions: [{key: app, operator: In, values: [web, db]}]}", "web-1 web-2 " },
    { "select: {matchExpressions: [{key: app, operator: In, values: web}]}", "web-1 web-2 " },
    { "select: {matchExpressions: [{key: app, operator: NotIn, values: [web]}]}", "db edge " },
    { "select: {matchExpressions: [{key: tier, operator: Exists}]}", "web-1 " },
    { "select: {matchExpressions: [{key: tier, operator: DoesNotExist}]}", "db edge web-2 " },
    { "select: {app: web, matchExpressions: [{key: tier, operator: DoesNotExist}]}", "web-2 " },
    { "plane: compute, select: {node: n1, matchExpressions: [{key: app, operator: Exists}, {key: "
      "tier, operator: NotIn, values: [iron]}]}",
      "web-1 " },
    { "select: {matchExpressions: [{key: app, operator: In, values: [none]}]}", "" },
    /* a label without a text is one all the same */
    { "select: {gpu: \"\"}", "web-1 " },
    { "select: {gpu: x}", "" },
    { "select: {app: \"\"}", "" },
    { "select: {matchExpressions: [{key: gpu, operator: In, values: \"\"}]}", "web-1 " },
    { "select: {matchExpressions: [{key: gpu, operator: In, values: [\"\", x]}]}", "web-1 " },
    { "select: {matchExpressions: [{key: gpu, operator: NotIn, values: \"\"}]}", "db edge web-2 " },
};

static void selectors_choose_resources(void)
{
    for (size_t i = 0; i < COUNT_OF(selections); i++) {
        CLEANUP(buf_done) struct buf names = { 0 };
        bench_clear(&bench);
        bench_add(&bench, text_sla(&bench, "shop", target(selections[i].select).ptr));
        bench_add(&bench, text_ucloud(&bench, "store", "shop", RESOURCES));
        bench_add(&bench, text_ucloud(&bench, "attic", "shop", RESOURCES));
        bench_compile(&bench);
        CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
        const struct sla_clause *clause = bench.world->clauses[0];
        for (size_t j = 0; j < clause->resource_count; j++) {
            const struct resource *at = &bench.world->policies.resources[clause->resources[j]];
            ASSERT_TEXT(at->ucloud, "store");
            buf_printf(&names, "%.*s ", SLICE_ARG(at->name));
        }
        ASSERT_TEXT(buf_slice(&names), selections[i].wanted);
        CU_ASSERT_EQUAL(bench_has(&bench, 306), selections[i].wanted[0] == '\0');
    }
}

/* Who owns something in the U-Cloud of another speaks of that alone. */
static void owners_select_what_is_theirs(void)
{
    static const struct {
        const char *role, *owner, *wanted; /* NULL: refused */
    } cases[] = {
        { "tenant", "bank", "db " },        { "user", "bank", "db " },
        { "operator", "bank", "db edge " }, { "user", "shop", "db edge " },
        { "tenant", "shop", NULL },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(buf_done) struct buf names = { 0 };
        bench_clear(&bench);
        bench_add(&bench,
                  arena_printf(&bench.arena,
                               "apiVersion: redan/v1\nkind: SecuritySLA\n"
                               "metadata: {name: theirs, party: bank, role: %s, ucloud: store}\n"
                               "spec:\n%.*s",
                               cases[i].role, SLICE_ARG(target("layer: L2"))));
        bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                      arena_printf(&bench.arena,
                                                   "    - {name: db, plane: data, layer: L2, node: "
                                                   "n1, provider: dc, owner: %s}\n"
                                                   "    - {name: edge, plane: network, layer: L2, "
                                                   "node: n1, provider: dc, addresses: 10.0.0.1}\n",
                                                   cases[i].owner)
                                          .ptr));
        bench_compile(&bench);
        CU_ASSERT_EQUAL(bench_has(&bench, SLA_CODE_OWNER), cases[i].wanted == NULL);
        if (cases[i].wanted == NULL) {
            continue;
        }
        CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
        for (size_t j = 0; j < bench.world->clauses[0]->resource_count; j++) {
            size_t at = bench.world->clauses[0]->resources[j];
            buf_printf(&names, "%.*s ", SLICE_ARG(bench.world->policies.resources[at].name));
        }
        ASSERT_TEXT(buf_slice(&names), cases[i].wanted);
    }
}

static const struct {
    const char *select, *wanted;
} bad_selections[] = {
    { "select: {}", "214 5:29" },
    { "select: {matchExpressions: {}}", "203 5:48" },
    { "select: {matchExpressions: [{key: role, operator: NotIn, values: [db]}]}", "225 5:55" },
    { "select: {matchExpressions: [{key: a b, operator: Exists}]}", "225 5:55" },
    { "select: {matchExpressions: [{key: app, operator: NotIn, values: [web, d b]}]}", "225 5:91" },
    { "select: {matchExpressions: [{key: app, operator: In}]}", "225 5:49" },
    { "select: {matchExpressions: [{key: app, operator: In, values: []}]}", "225 5:49" },
    { "select: {matchExpressions: [{key: app, operator: Exists, values: [a]}]}", "225 5:86" },
    { "select: {matchExpressions: [{key: app, operator: in, values: [a]}]}", "206 5:70" },
    { "select: {matchExpressions: [{operator: Exists}]}", "202 5:49" },
    { "select: {matchExpressions: [{key: a, operator: In, values: [x]}, {key: a, operator: In, "
      "values: [y, z]}]}",
      "225 5:86" },
    { "select: {matchExpressions: [{key: a, operator: Exists}, {key: a, operator: DoesNotExist}]}",
      "225 5:49" },
    { "select: {a: x, matchExpressions: [{key: a, operator: NotIn, values: [x]}]}", "225 5:55" },
    { "select: {a: x, matchExpressions: [{key: a, operator: In, values: [x, y]}]}", "306 5:30" },
    { "select: {matchLabels: {app: web}}", "201 5:30" },
};

static void wrong_selectors_are_told(void)
{
    for (size_t i = 0; i < COUNT_OF(bad_selections); i++) {
        bench_clear(&bench);
        bench_add(&bench, text_sla(&bench, "shop", target(bad_selections[i].select).ptr));
        bench_add(&bench, text_ucloud(&bench, "store", "shop", RESOURCES));
        bench_compile(&bench);
        ASSERT_TEXT(bench_findings(&bench), bad_selections[i].wanted);
    }
}

static void match_labels_are_written_out(void)
{
    static const struct {
        const char *select, *fixed;
    } cases[] = {
        { "select: {matchLabels: {app: web, tier: gold}}", "select: {app: web, tier: gold}" },
        { "\n      select:\n        matchLabels:\n          app: web\n          tier: gold\n      "
          "layer: L2",
          "select:\n        app: web\n        tier: gold\n" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct slice fixed = { 0 };
        bool flow = cases[i].select[0] != '\n';
        bench_clear(&bench);
        bench_add(&bench, text_sla(&bench, "shop",
                                   arena_printf(&bench.arena,
                                                flow ? "  targets: [{id: x, %s}]\n"
                                                     : "  targets:\n    - id: x%s\n",
                                                cases[i].select)
                                       .ptr));
        bench_add(&bench, text_ucloud(&bench, "store", "shop", RESOURCES));
        bench_compile(&bench);
        CU_ASSERT_TRUE(bench_has(&bench, 201));
        CU_ASSERT_PTR_NOT_NULL_FATAL(bench.diags.first->fixes);
        ASSERT_OK(diag_apply_edits(&bench.arena, &bench.sources[0], bench.diags.first->fixes->edits,
                                   &fixed));
        CU_ASSERT_TRUE(slice_find_text(fixed, slice_from(cases[i].fixed)) < fixed.len);
        bench_clear(&bench);
        bench_add(&bench, fixed);
        bench_add(&bench, text_ucloud(&bench, "store", "shop", RESOURCES));
        bench_compile(&bench);
        CU_ASSERT_EQUAL(bench.diags.errors, 0);
    }
}

static void what_an_earlier_release_took_compiles_when_it_is_stored(void)
{
    bench_add(&bench, text_sla(&bench, "shop", target("select: {}").ptr));
    bench_add(&bench, text_ucloud(&bench, "store", "shop", RESOURCES));
    bench.options.stored = true;
    bench_compile(&bench);
    ASSERT_TEXT(bench_findings(&bench), "214 5:29");
    CU_ASSERT_EQUAL(bench.diags.warnings, 1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_EQUAL(bench.world->clauses[0]->resource_count, 4);
}

static void an_offer_that_another_signed_compiles_when_it_is_stored(void)
{
    static const char offer[] =
        "apiVersion: redan/v1\nkind: ProviderOffer\nmetadata: {name: dc, party: dc, role: "
        "provider, "
        "assertedBy: {party: shop, how: signed}}\nspec: {targets: [{id: all}], clauses: []}\n";

    for (int stored = 0; stored < 2; stored++) {
        bench_clear(&bench);
        bench.options.stored = stored != 0;
        bench_add(&bench, slice_from(offer));
        bench_compile(&bench);
        CU_ASSERT_EQUAL(bench.world != NULL, stored != 0);
        CU_ASSERT_TRUE(bench_has(&bench, 224));
    }
}

static void labels_of_any_text_compile_when_they_are_stored(void)
{
    bench_add(&bench, text_sla(&bench, "shop", target("select: {app: two words}").ptr));
    bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                  "    - {name: web-1, plane: compute, layer: L2, node: n1, "
                                  "provider: dc-one, labels: {app: two words}}\n"));
    bench.options.stored = true;
    bench_compile(&bench);
    ASSERT_TEXT(bench_findings(&bench), "209 5:35; 209 6:90");
    CU_ASSERT_EQUAL(bench.diags.warnings, 2);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_EQUAL(bench.world->clauses[0]->resource_count, 1);
}

static void an_offer_speaks_of_what_stands_at_its_provider(void)
{
    bench_add(&bench, text_offer(&bench, "dc-one",
                                 "  targets: [{id: all}, {id: none, plane: data, select: {app: "
                                 "x}}]\n  clauses:\n    - {id: zone, on: [all, none], except: "
                                 "store/db, stance: offers, term: location, op: in, value: DE}\n"));
    bench_add(&bench, text_ucloud(&bench, "store", "shop", RESOURCES));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_EQUAL(bench.world->clauses[0]->resource_count, 2);
    CU_ASSERT_TRUE(sla_clause_covers(bench.world->clauses[0], 1));  /* edge */
    CU_ASSERT_TRUE(sla_clause_covers(bench.world->clauses[0], 2));  /* web-1 */
    CU_ASSERT_FALSE(sla_clause_covers(bench.world->clauses[0], 0)); /* db */
    CU_ASSERT_FALSE(sla_clause_covers(bench.world->clauses[0], 3));
    CU_ASSERT_EQUAL(bench.diags.warnings, 1);
    CU_ASSERT_TRUE(bench_has(&bench, 306)); /* `none`: there is data at dc-one, and none is so */
    ASSERT_TEXT(sla_world_owner(bench.world, 0), "shop");
}

static void an_offer_of_the_operator_speaks_of_everything(void)
{
    bench_add(&bench, SLICE("apiVersion: redan/v1\nkind: ProviderOffer\n"
                            "metadata: {name: watch, party: ops, role: operator, assertedBy: "
                            "{party: ops, how: measured}}\n"
                            "spec:\n  targets: [{id: all}, {id: webs, select: {app: web}}]\n"
                            "  clauses:\n"
                            "    - {id: zone, on: all, stance: offers, term: location, op: in, "
                            "value: DE}\n"
                            "    - {id: web, on: webs, stance: offers, term: location, op: in, "
                            "value: DE}\n"));
    bench_add(&bench, text_ucloud(&bench, "store", "shop", RESOURCES));
    bench_add(&bench, text_ucloud(&bench, "attic", "shop", RESOURCES));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_EQUAL(bench.world->clauses[1]->resource_count, 8);
    CU_ASSERT_EQUAL(bench.world->clauses[0]->resource_count, 4);
}

static void templates_and_shared_responses_make_nothing_by_themselves(void)
{
    bench_add(&bench,
              SLICE("apiVersion: redan/v1\nkind: SecuritySLA\n"
                    "metadata: {name: base, party: shop, role: tenant, template: yes}\n"
                    "spec:\n  targets: [{id: web, select: {app: web}}]\n  clauses:\n"
                    "    - {id: fast, on: web, term: respond.mttr, op: \"<=\", value: 1 s}\n"
                    "---\napiVersion: redan/v1\nkind: ResponsePolicy\n"
                    "metadata: {name: stop, party: shop, role: tenant}\nspec:\n  reactions:\n"
                    "    - {id: guess, when: {rule: x}, respond: [data.freeze], lease: 1h}\n"));
    bench_add(&bench, text_ucloud(&bench, "store", "shop", RESOURCES));
    bench_compile(&bench);
    ASSERT_TEXT(bench_findings(&bench), "");
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_EQUAL(bench.world->clause_count, 0);
    CU_ASSERT_EQUAL(bench.world->policies.objective_count, 0);
    CU_ASSERT_EQUAL(bench.world->policies.reaction_count, 0);
    CU_ASSERT_EQUAL(bench.world->summary.documents[SLA_RESPONSE_POLICY], 1);
}

static void units_and_handles_default_to_the_name(void)
{
    bench_add(&bench, text_ucloud(&bench, "store", "shop", RESOURCES));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    const struct resource *resources = bench.world->policies.resources;
    ASSERT_TEXT(resources[3].unit, "web-2");
    ASSERT_TEXT(resources[3].handle, "web-2");
    ASSERT_TEXT(resources[1].handle, "");
    CU_ASSERT_EQUAL(resources[1].address_count, 2);
}

/* Two sources and the findings they give. */
static const struct {
    const char *first, *second, *wanted;
} rows[] = {
    { "UCloud store shop", "UCloud store shop", "301 3:18" },
    { "UCloud store shop", "UCloud store bank", "301 3:18" },
    { "UCloud store shop", "UCloud attic shop", "" },
    { "SLA shop", "SLA shop", "302 3:59; 301 3:18; 302 3:59" },
    { "SLA shop", "UCloud store shop", "" },
    { "SLA shop", "UCloud store bank", "309 3:59" },
    { "OFFER dc-one", "OFFER dc-one", "301 3:18" },
    { "OFFER dc-one", "OFFER dc-two", "" },
};

static struct slice document(const char *what)
{
    struct slice rest = slice_from(what);
    struct slice kind = slice_cut(&rest, ' ');
    struct slice name = slice_cut(&rest, ' ');
    const char *cname = arena_cstr(&bench.arena, name);

    if (slice_is(kind, "SLA")) {
        return text_sla(&bench, cname, "  targets: []\n");
    }
    if (slice_is(kind, "OFFER")) {
        return text_offer(&bench, cname, "  targets: []\n  clauses: []\n");
    }
    return text_ucloud(&bench, cname, arena_cstr(&bench.arena, rest), "    []\n");
}

static void documents_are_unique_and_belong_to_their_party(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (int swap = 0; swap < 2; swap++) {
            bench_clear(&bench);
            bench_add(&bench, document(swap != 0 ? rows[i].second : rows[i].first));
            bench_add(&bench, document(swap != 0 ? rows[i].first : rows[i].second));
            bench_compile(&bench);
            ASSERT_TEXT(bench_findings(&bench), rows[i].wanted);
        }
    }
}

static void names_in_a_document_are_unique(void)
{
    bench_add(&bench,
              text_sla(&bench, "shop",
                       "  targets: [{id: a}, {id: a}]\n"
                       "  sets: [{id: g, addresses: 10.0.0.1}, {id: g, addresses: 10.0.0.2}]\n"
                       "  clauses:\n    - {id: c, on: a, term: respond.mttr, op: \"<=\", value: 1 "
                       "s}\n"
                       "  reactions:\n    - {id: c, on: a, when: {rule: r}, respond: "
                       "compute.suspend, lease: 1h}\n"));
    bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                  "    - {name: a, plane: compute, layer: L2, node: m, provider: "
                                  "p}\n    - {name: a, plane: data, layer: L2, node: m, provider: "
                                  "p}\n"));
    bench_compile(&bench);
    ASSERT_TEXT(bench_findings(&bench), "301 5:27; 301 6:45; 301 10:12; 301 7:14");
}

static void planes_of_terms_and_actions_are_checked(void)
{
    bench.options.partial = true;
    bench_add(&bench,
              text_sla(&bench, "shop",
                       "  targets: [{id: vm, plane: compute}, {id: net, plane: network}, {id: "
                       "any}]\n  clauses:\n"
                       "    - {id: a, on: [vm, any], term: flow, op: permit, value: {from: any}}\n"
                       "    - {id: b, on: [net, any], term: authority, action: compute.suspend, "
                       "op: only, value: tenant}\n"));
    bench_compile(&bench);
    ASSERT_TEXT(bench_findings(&bench), "302 3:59; 216 7:20; 216 8:20");
    ASSERT_TEXT(bench.diags.first->next->message, "term `flow` means nothing on plane `compute`");
    ASSERT_TEXT(bench.diags.first->next->next->message,
                "action `compute.suspend` means nothing on plane `network`");
}

static void what_covers_nothing_is_a_warning(void)
{
    bench_add(&bench,
              text_sla(&bench, "shop",
                       "  targets: [{id: net, plane: network}]\n"
                       "  clauses:\n    - {id: a, on: net, except: store, term: respond.mttr, op: "
                       "\"<=\", value: 1 s}\n"
                       "  reactions:\n    - {id: r, on: net, when: {rule: r}, respond: "
                       "[network.deny source, data.freeze], lease: 1h}\n"));
    bench_add(&bench, text_ucloud(&bench, "store", "shop", RESOURCES));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL(bench.world);
    CU_ASSERT_EQUAL(bench.diags.warnings, 2);
    ASSERT_TEXT(bench_findings(&bench), "308 7:12; 308 9:50");
}

static void parties_and_exemptions_are_looked_up(void)
{
    bench_add(&bench, text_sla(&bench, "shop",
                               "  targets: [{id: vm, plane: compute}]\n  clauses:\n"
                               "    - {id: a, on: vm, term: authority, action: compute.suspend, "
                               "op: only, value: [tenant, dc-on, dc-two, nobody-at-all]}\n"
                               "    - {id: b, on: vm, except: [store/web-9, attic], term: "
                               "respond.mttr, op: \"<=\", value: 1 s}\n"));
    bench_add(&bench, text_ucloud(&bench, "store", "shop", RESOURCES));
    bench_compile(&bench);
    ASSERT_TEXT(bench_findings(&bench), "305 7:91; 305 7:106; 307 8:32; 307 8:45");
    ASSERT_TEXT(bench.diags.first->helps->text, "did you mean `dc-one`?");
}

static void a_target_that_is_wrong_is_reported_once(void)
{
    bench.options.partial = true;
    bench_add(&bench, text_sla(&bench, "shop", target("plane: cpu").ptr));
    bench_compile(&bench);
    ASSERT_TEXT(bench_findings(&bench), "302 3:59; 206 5:28");
}

static void coverage_has_a_limit(void)
{
    CLEANUP(buf_done) struct buf resources = { 0 };
    CLEANUP(buf_done) struct buf clauses = { 0 };

    buf_add_cstr(&clauses, "  targets: [{id: all}]\n  clauses:\n");
    for (int i = 0; i < 3000; i++) {
        buf_printf(&resources,
                   "    - {name: r%d, plane: compute, layer: L2, node: n, provider: "
                   "p}\n",
                   i);
        buf_printf(&clauses,
                   "    - {id: c%d, on: all, term: respond.mttr, op: \"<=\", value: 1 "
                   "s}\n",
                   i);
    }
    bench_add(&bench, text_sla(&bench, "shop", clauses.ptr));
    bench_add(&bench, text_ucloud(&bench, "store", "shop", resources.ptr));
    bench_compile(&bench);
    CU_ASSERT_PTR_NULL(bench.world);
    CU_ASSERT_TRUE(bench_has(&bench, 219));
}

static void clauses_of_each_term_are_written_canonically(void)
{
    static const struct {
        const char *clause, *wanted;
    } cases[] = {
        { "term: location, op: in, value: [FR, DE]", "location in {DE, FR}" },
        { "term: location, op: not in, value: US", "location not in {US}" },
        { "term: availability, op: \">=\", value: 99.9 %, window: 30d",
          "availability >= 99.9 % over 30 d" },
        { "term: respond.mttr, op: \"<=\", value: 90 s", "respond.mttr <= 90 s" },
        { "term: flow, op: deny, value: {from: [ward, 10.0.0.0/8], ports: [1/tcp, 5-7/udp]}",
          "flow deny from 192.0.2.1 10.0.0.0/8 to 1/tcp, 5-7/udp" },
        { "term: flow, op: permit, value: {from: [ward, any]}", "flow permit from any" },
        { "term: authority, action: network.deny, op: only, value: [tenant, boss]",
          "network.deny only tenant, boss" },
        { "stance: reserves, term: authority, action: network.deny",
          "reserves network.deny for shop" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(buf_done) struct buf text = { 0 };
        struct slice spec = arena_printf(&bench.arena,
                                         "  targets: [{id: x, plane: network}]\n"
                                         "  sets: [{id: ward, addresses: 192.0.2.1}]\n"
                                         "  clauses:\n    - {id: c, on: x, %s}\n",
                                         cases[i].clause);
        bench_clear(&bench);
        bench.options.partial = true;
        bench_add(&bench, text_sla(&bench, "shop", spec.ptr));
        bench_compile(&bench);
        CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
        sla_clause_format(bench.world->clauses[0], &text);
        ASSERT_TEXT(buf_slice(&text), cases[i].wanted);
    }
}

static void controls_default_to_those_of_the_term(void)
{
    bench.options.partial = true;
    bench_add(&bench, text_sla(&bench, "shop",
                               "  targets: [{id: x}]\n  clauses:\n"
                               "    - {id: a, on: x, term: location, op: in, value: DE}\n"
                               "    - {id: b, on: x, term: location, op: in, value: DE, controls: "
                               "[iso:1, iso:2, iso:3]}\n"));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    ASSERT_TEXT(bench.world->clauses[0]->controls[0], "nist:SA-9(5)");
    CU_ASSERT_EQUAL(bench.world->clauses[1]->control_count, 3);
    ASSERT_TEXT(bench.world->clauses[1]->controls[2], "iso:3");
}

/* One conflict of each class, as JSON that parses and holds what a client needs. */
static void json_of_conflicts_and_summary_is_complete(void)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    struct json_writer writer;
    const struct json *read = NULL;
    static const char *const keys[] = { "subject", "withoutClause", "offered_ms" };

    bench_add(&bench, text_sla(&bench, "shop",
                               "  targets: [{id: vm, plane: compute}]\n  clauses:\n"
                               "    - {id: a, on: vm, term: authority, action: compute.suspend, "
                               "op: only, value: tenant}\n"
                               "    - {id: b, on: vm, term: location, op: in, value: DE}\n"
                               "    - {id: c, on: vm, term: availability, op: \">=\", value: "
                               "99.9 %, window: 1d}\n"));
    bench_add(&bench, text_offer(&bench, "dc-one",
                                 "  targets: [{id: vm}]\n  clauses:\n"
                                 "    - {id: d, on: vm, stance: reserves, term: authority, action: "
                                 "compute.suspend}\n"
                                 "    - {id: e, on: vm, stance: offers, term: location, op: in, "
                                 "value: US}\n"
                                 "    - {id: f, on: vm, stance: offers, term: availability, op: "
                                 "\">=\", value: 99 %, window: 1d}\n"));
    bench_add(&bench, text_offer(&bench, "dc-two", "  targets: []\n  clauses: []\n"));
    bench_add(&bench, text_ucloud(&bench, "store", "shop", RESOURCES));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, 3);
    for (size_t i = 0; i < 3; i++) {
        buf_clear(&out);
        writer = (struct json_writer){ .out = &out };
        sla_conflict_write_json(bench.world, &bench.world->conflicts[i], &writer);
        ASSERT_OK(json_read(&bench.arena, buf_slice(&out), &read));
        CU_ASSERT_TRUE(slice_eq(json_text(read, "id"), bench.world->conflicts[i].id));
        CU_ASSERT_EQUAL(json_get(read, "clauses")->count, 2);
        CU_ASSERT_PTR_NOT_NULL(json_get(json_get(read, "certificate"), keys[i]));
        const struct json *repair = json_get(read, "repairs")->first;
        CU_ASSERT_EQUAL(json_text(repair, "digest").len, 64);
        CU_ASSERT_TRUE(json_get(repair, "edits")->count > 0);
        ASSERT_TEXT(json_get(repair, "choice")->text, "1");
    }
    buf_clear(&out);
    writer = (struct json_writer){ .out = &out };
    sla_summary_write_json(bench.world, &writer);
    ASSERT_OK(json_read(&bench.arena, buf_slice(&out), &read));
    ASSERT_TEXT(json_get(read, "conflicts")->text, "3");
    ASSERT_TEXT(json_get(read, "offers")->text, "2");
    ASSERT_TEXT(json_text(read, "digest"), bench.world->policies.digest);
    CU_ASSERT_PTR_NULL(sla_world_conflict(bench.world, SLICE("cf-00000000")));
}

static void protected_assets_come_from_offers_and_uclouds(void)
{
    bench_add(&bench, text_offer(&bench, "dc-one",
                                 "  targets: []\n  clauses: []\n  protected: [{network: "
                                 "10.98.0.0/24, why: management}]\n"));
    bench_add(&bench,
              arena_printf(&bench.arena, "%.*s  protected: [{network: 10.97.0.1, why: backup}]\n",
                           SLICE_ARG(text_ucloud(&bench, "store", "shop", RESOURCES))));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    const struct policy_set *set = sla_world_policy_set(bench.world);
    CU_ASSERT_EQUAL_FATAL(set->protected_count, 2);
    ASSERT_TEXT(set->protected_assets[0].why, "management");
    ASSERT_TEXT(set->protected_assets[1].why, "backup");
    ASSERT_TEXT(set->protected_assets[1].clause.party, "shop");
}

/* The first finding of a code as "LEVEL LINE:COL MESSAGE | LABEL | HELP". */
static struct slice finding(unsigned code)
{
    const struct diag *at = bench_find(&bench, code);

    if (at == NULL) {
        return SLICE("none");
    }
    struct slice help = at->helps != NULL ? at->helps->text : SLICE("");
    return arena_printf(&bench.arena, "%s %u:%u %.*s | %.*s | %.*s", diag_level_name(at->level),
                        at->span.line, diag_span_start(at->span).col, SLICE_ARG(at->message),
                        SLICE_ARG(at->label), SLICE_ARG(help));
}

#define REACTION                                                                                   \
    "  targets: [{id: x}]\n  reactions:\n    - {id: r, on: x, when: {rule: %s}, respond: "         \
    "[compute.snapshot], lease: 1h}\n"

static void compile_reaction(const char *rule)
{
    bench_add(&bench, text_sla(&bench, "shop", arena_printf(&bench.arena, REACTION, rule).ptr));
    bench_add(&bench, text_ucloud(&bench, "store", "shop", RESOURCES));
    bench_compile(&bench);
}

static void a_reaction_to_no_rule_is_told_when_the_rules_are_known(void)
{
    const struct slice rules[] = { SLICE("ssh-bruteforce"), SLICE("ssh-guessed") };
    static const struct {
        const char *rule, *wanted;
        bool known;
    } cases[] = {
        { "ssh-bruteforce", "none", true },
        { "ssh-brutefroce",
          "warning 7:35 no rule that detects is named `ssh-brutefroce` | reaction `r` never acts | "
          "did you mean `ssh-bruteforce`?",
          true },
        { "port-scan",
          "warning 7:35 no rule that detects is named `port-scan` | reaction `r` never acts | "
          "expected one of `ssh-bruteforce`, `ssh-guessed`",
          true },
        { "port-scan", "none", false },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        bench_clear(&bench);
        if (cases[i].known) {
            bench.options.rules = rules;
            bench.options.rule_count = COUNT_OF(rules);
        }
        compile_reaction(cases[i].rule);
        CU_ASSERT_PTR_NOT_NULL(bench.world);
        ASSERT_TEXT(finding(310), cases[i].wanted);
    }
}

static void a_node_that_is_not_enrolled_is_told_when_the_nodes_are_known(void)
{
    const struct slice nodes[] = { SLICE("n2"), SLICE("app-n1") };

    bench.options.nodes = nodes;
    bench.options.node_count = COUNT_OF(nodes);
    compile_reaction("any");
    CU_ASSERT_PTR_NOT_NULL(bench.world);
    ASSERT_TEXT(finding(311), "warning 6:54 node `n1` is not enrolled | nothing can act on `web-1` "
                              "| did you mean `n2`?");
}

static void what_matches_nothing_names_what_is_near(void)
{
    static const struct {
        const char *select, *wanted;
    } cases[] = {
        { "plane: compute, select: {app: wbe}",
          "warning 5:51 target `x` selects no resource | no resource of U-Cloud `store` has this "
          "`app` | did you mean `web`?" },
        { "select: {domain: web-3}",
          "warning 5:38 target `x` selects no resource | no resource of U-Cloud `store` has this "
          "`domain` | did you mean `web-1` or `web-2`?" },
        { "plane: compute, select: {app: xwb}", /* two letters of three, and one value there */
          "warning 5:51 target `x` selects no resource | no resource of U-Cloud `store` has this "
          "`app` | did you mean `web`?" },
        { "plane: data, select: {app: web}",
          "warning 5:18 target `x` selects no resource |  | compare plane, layer and `select` with "
          "the resources of U-Cloud `store`" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        bench_clear(&bench);
        bench_add(&bench, text_sla(&bench, "shop", target(cases[i].select).ptr));
        bench_add(&bench, text_ucloud(&bench, "store", "shop", RESOURCES));
        bench_compile(&bench);
        ASSERT_TEXT(finding(306), cases[i].wanted);
    }
}

/* Other worlds may have what an offer selects: it is told only where its plane is there. */
static void an_offer_that_selects_nothing_is_told_where_it_could(void)
{
    static const struct {
        const char *provider, *target, *wanted;
    } cases[] = {
        { "dc-one", "plane: compute, select: {app: wbe}",
          "warning 5:51 target `x` selects no resource | no resource at `dc-one` has this `app` | "
          "did you mean `web`?" },
        { "dc-one", "plane: compute, select: {app: mail}",
          "warning 5:51 target `x` selects no resource | no resource at `dc-one` has this `app` | "
          "compare plane, layer and `select` with the resources at `dc-one`" },
        { "dc-one", "plane: compute, layer: L0, select: {app: mail}", "none" },
        { "dc-nine", "plane: compute, select: {app: wbe}", "none" },
        { "dc-one", "plane: compute, select: {app: web}", "none" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        bench_clear(&bench);
        bench_add(&bench, text_offer(&bench, cases[i].provider, target(cases[i].target).ptr));
        bench_add(&bench, text_ucloud(&bench, "store", "shop", RESOURCES));
        bench_compile(&bench);
        ASSERT_TEXT(finding(306), cases[i].wanted);
    }
}

/* A property is not a label: what the target selects by would be another thing. */
static void a_property_is_a_safe_fix_for_a_label_only_when_something_has_its_value(void)
{
    static const struct {
        const char *select;
        bool is_safe;
    } cases[] = {
        { "noed: n1", true },
        { "noed: lisbon", false },
        { "mode: n1", false },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *text = arena_printf(&bench.arena, "select: {%s}", cases[i].select).ptr;
        bench_clear(&bench);
        bench_add(&bench, text_sla(&bench, "shop", target(text).ptr));
        bench_add(&bench, text_ucloud(&bench, "store", "shop", RESOURCES));
        bench_compile(&bench);
        const struct diag *at = bench.diags.first;
        while (at != NULL && at->code != SLA_CODE_NOTHING_SELECTED) {
            at = at->next;
        }
        CU_ASSERT_PTR_NOT_NULL_FATAL(at);
        CU_ASSERT_PTR_NOT_NULL_FATAL(at->fixes);
        CU_ASSERT_EQUAL(at->fixes->safe, cases[i].is_safe);
    }
}

static void a_missing_ucloud_is_a_warning_with_the_nearest_name(void)
{
    bench.options.partial = true;
    bench_add(&bench, text_sla(&bench, "shop", target("plane: compute").ptr));
    bench_add(&bench, text_ucloud(&bench, "stroe", "shop", RESOURCES));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL(bench.world);
    ASSERT_TEXT(finding(302), "warning 3:59 U-Cloud `store` is not among the documents | what its "
                              "clauses are about cannot be checked | did you mean `stroe`?");
}

/* A resource that was read in part is no candidate, but its labels are known: what is written
 * there is never proposed in its own place. */
static void what_is_written_is_not_proposed(void)
{
    bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                  "    - {name: web, plane: compute, layer: l2, provider: dc, "
                                  "labels: {app: web}}\n"));
    bench_add(&bench, text_sla(&bench, "shop",
                               "  targets: [{id: w, select: {app: web}}]\n  clauses:\n"
                               "    - {id: a, on: w, term: location, op: in, value: [PT]}\n"));
    bench_compile(&bench);
    CU_ASSERT(bench.diags.errors > 0);
    for (const struct diag *at = bench.diags.first; at != NULL; at = at->next) {
        const struct diag_edit *edit = at->fixes != NULL ? at->fixes->edits : NULL;
        if (edit != NULL) {
            struct slice there =
                slice_sub(edit->span.source->text, edit->span.byte, edit->span.byte_end);
            CU_ASSERT_FALSE(slice_eq(edit->text, there));
        }
    }
}

static CU_TestInfo tests[] = {
    { "what is written is not proposed", what_is_written_is_not_proposed },
    { "owners select what is theirs", owners_select_what_is_theirs },
    { "a reaction to no rule is told when the rules are known",
      a_reaction_to_no_rule_is_told_when_the_rules_are_known },
    { "a node that is not enrolled is told when the nodes are known",
      a_node_that_is_not_enrolled_is_told_when_the_nodes_are_known },
    { "what matches nothing names what is near", what_matches_nothing_names_what_is_near },
    { "an offer that selects nothing is told where it could",
      an_offer_that_selects_nothing_is_told_where_it_could },
    { "a property is a safe fix for a label only when something has its value",
      a_property_is_a_safe_fix_for_a_label_only_when_something_has_its_value },
    { "a missing U-Cloud is a warning with the nearest name",
      a_missing_ucloud_is_a_warning_with_the_nearest_name },
    { "selectors choose resources", selectors_choose_resources },
    { "wrong selectors are told", wrong_selectors_are_told },
    { "match labels are written out", match_labels_are_written_out },
    { "what an earlier release took compiles when it is stored",
      what_an_earlier_release_took_compiles_when_it_is_stored },
    { "an offer that another signed compiles when it is stored",
      an_offer_that_another_signed_compiles_when_it_is_stored },
    { "labels of any text compile when they are stored",
      labels_of_any_text_compile_when_they_are_stored },
    { "an offer speaks of what stands at its provider",
      an_offer_speaks_of_what_stands_at_its_provider },
    { "an offer of the operator speaks of everything",
      an_offer_of_the_operator_speaks_of_everything },
    { "templates and shared responses make nothing by themselves",
      templates_and_shared_responses_make_nothing_by_themselves },
    { "units and handles default to the name", units_and_handles_default_to_the_name },
    { "documents are unique and belong to their party",
      documents_are_unique_and_belong_to_their_party },
    { "names in a document are unique", names_in_a_document_are_unique },
    { "planes of terms and actions are checked", planes_of_terms_and_actions_are_checked },
    { "what covers nothing is a warning", what_covers_nothing_is_a_warning },
    { "parties and exemptions are looked up", parties_and_exemptions_are_looked_up },
    { "a target that is wrong is reported once", a_target_that_is_wrong_is_reported_once },
    { "coverage has a limit", coverage_has_a_limit },
    { "clauses of each term are written canonically",
      clauses_of_each_term_are_written_canonically },
    { "controls default to those of the term", controls_default_to_those_of_the_term },
    { "JSON of conflicts and summary is complete", json_of_conflicts_and_summary_is_complete },
    { "protected assets come from offers and U-Clouds",
      protected_assets_come_from_offers_and_uclouds },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla resolution", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
