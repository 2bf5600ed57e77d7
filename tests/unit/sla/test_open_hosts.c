/* Hosts that flow clauses leave out. */
#include "sla/resolve/open_hosts.h"

#include "tests/unit/sla/worlds.h"

#include <string.h>

static struct bench bench;

static void set_up(void)
{
    bench_start(&bench);
}

static void tear_down(void)
{
    bench_end(&bench);
}

/* Members of up to five resources (from line 6 on), a clause on the target `web`, and the lines of
 * the hosts that are then told. */
static const struct {
    const char *members[5], *clause, *lines;
} rows[] = {
    { { "labels: {tier: web}, addresses: 10.0.0.1", "labels: {tier: web}, addresses: 10.0.0.2",
        "labels: {tier: app}, addresses: 10.0.0.3" },
      "op: permit, value: {from: any, ports: 443/tcp}",
      "8" },
    /* As many as are closed: then it is a note. */
    { { "labels: {tier: web}, addresses: 10.0.0.1", "labels: {tier: app}, addresses: 10.0.0.3" },
      "op: permit, value: {from: any, ports: 443/tcp}",
      "note 7" },
    /* A deny closes nothing, and still something is said. */
    { { "labels: {tier: web}, addresses: 10.0.0.1", "labels: {tier: web}, addresses: 10.0.0.2",
        "labels: {tier: app}, addresses: 10.0.0.3" },
      "op: deny, value: {from: 10.9.0.0/16}",
      "" },
    /* The provider's to close, or no host. */
    { { "labels: {tier: web}, addresses: 10.0.0.1", "labels: {tier: web}, addresses: 10.0.0.2",
        "layer: L0, addresses: 10.0.0.3" },
      "op: permit, value: {from: any, ports: 443/tcp}",
      "" },
    { { "labels: {tier: web}, addresses: 10.0.0.1", "labels: {tier: web}, addresses: 10.0.0.2",
        "kind: segment, labels: {tier: app}, addresses: 10.0.0.0/24" },
      "op: permit, value: {from: any, ports: 443/tcp}",
      "" },
    /* Once for all. */
    { { "labels: {tier: web}, addresses: 10.0.0.1", "addresses: 10.0.0.2",
        "labels: {tier: web}, addresses: 10.0.0.3", "labels: {tier: web}, addresses: 10.0.0.4",
        "addresses: 10.0.0.5" },
      "op: permit, value: {from: any, ports: 443/tcp}",
      "7 10" },
    /* Sending alone closes nothing that is taken. */
    { { "labels: {tier: web}, addresses: 10.0.0.1", "labels: {tier: app}, addresses: 10.0.0.3" },
      "op: permit, value: {to: any}",
      "" },
    /* Nothing at all is taken. */
    { { "labels: {tier: web}, addresses: 10.0.0.1", "labels: {tier: app}, addresses: 10.0.0.3" },
      "op: deny, value: {from: any}",
      "note 7" },
    /* However all addresses of the host's family are written, of one family or both. */
    { { "labels: {tier: web}, addresses: 10.0.0.1", "labels: {tier: app}, addresses: 10.0.0.3" },
      "op: deny, value: {from: 0.0.0.0/0}",
      "note 7" },
    { { "labels: {tier: web}, addresses: 10.0.0.1", "labels: {tier: app}, addresses: 10.0.0.3" },
      "op: deny, value: {from: [0.0.0.0/1, 128.0.0.0/1]}",
      "note 7" },
    { { "labels: {tier: web}, addresses: 10.0.0.1", "labels: {tier: app}, addresses: 10.0.0.3" },
      "op: deny, value: {from: [128.0.0.0/1, 64.0.0.0/2, 0.0.0.0/2, 0.0.0.0/1]}",
      "note 7" },
    { { "labels: {tier: web}, addresses: 10.0.0.1", "labels: {tier: app}, addresses: 10.0.0.3" },
      "op: deny, value: {from: '::/0'}",
      "" },
    /* Half of all, or all but one port, is not all. */
    { { "labels: {tier: web}, addresses: 10.0.0.1", "labels: {tier: app}, addresses: 10.0.0.3" },
      "op: permit, value: {from: any, ports: 443/tcp}}, {id: d, on: app, term: flow, op: deny, "
      "value: {from: [0.0.0.0/1, 128.0.0.0/2]}",
      "14" },
    { { "labels: {tier: web}, addresses: 10.0.0.1", "labels: {tier: app}, addresses: 10.0.0.3" },
      "op: permit, value: {from: any, ports: 443/tcp}}, {id: d, on: app, term: flow, op: deny, "
      "value: {from: '::/0'}",
      "14" },
    { { "labels: {tier: web}, addresses: 10.0.0.1", "labels: {tier: app}, addresses: [10.0.0.3, "
                                                    "'2001:db8::3']" },
      "op: permit, value: {from: any, ports: 443/tcp}}, {id: d, on: app, term: flow, op: deny, "
      "value: {from: 0.0.0.0/0}}, {id: e, on: app, term: flow, op: deny, value: {from: '::/0'}",
      "" },
    /* A permit of all in numbers opens. */
    { { "labels: {tier: web}, addresses: 10.0.0.1", "labels: {tier: app}, addresses: 10.0.0.3" },
      "op: permit, value: {from: any, ports: 443/tcp}}, {id: d, on: app, term: flow, op: permit, "
      "value: {from: 0.0.0.0/0}",
      "" },
    /* The other is spoken of, and not closed: told at the clause (a line each). */
    { { "labels: {tier: web}, addresses: 10.0.0.1", "labels: {tier: app}, addresses: 10.0.0.3" },
      "op: permit, value: {from: any, ports: 443/tcp}}, {id: d, on: app, term: flow, op: deny, "
      "value: {from: any, "
      "ports: 22/tcp}",
      "14" },
    { { "labels: {tier: web}, addresses: 10.0.0.1", "labels: {tier: app}, addresses: 10.0.0.3" },
      "op: permit, value: {from: any, ports: 443/tcp}}, {id: d, on: app, term: flow, op: permit, "
      "value: {to: any}",
      "14" },
    /* Only blocklists speak of the other. */
    { { "labels: {tier: web}, addresses: 10.0.0.1", "labels: {tier: app}, addresses: 10.0.0.3" },
      "op: permit, value: {from: any, ports: 443/tcp}}, {id: d, on: [web, app], term: flow, op: "
      "deny, value: {from: 10.9.0.0/16}",
      "14" },
    /* Excepted by name, or opened in so many words: meant. */
    { { "labels: {tier: web}, addresses: 10.0.0.1", "labels: {tier: app}, addresses: 10.0.0.3" },
      "op: permit, value: {from: any, ports: 443/tcp}}, {id: d, on: [web, app], except: store/m1, "
      "term: flow, op: permit, value: {from: 10.9.0.0/16}",
      "" },
    { { "labels: {tier: web}, addresses: 10.0.0.1", "labels: {tier: app}, addresses: 10.0.0.3" },
      "op: permit, value: {from: any, ports: 443/tcp}}, {id: d, on: app, term: flow, op: permit, "
      "value: {from: any}",
      "" },
    { { "labels: {tier: web}, addresses: 10.0.0.1", "labels: {tier: app}, addresses: 10.0.0.3" },
      "op: permit, value: {from: any}",
      "" },
};

static void add_lines(struct buf *out)
{
    for (const struct diag *at = bench.diags.first; at != NULL; at = at->next) {
        if (at->code == SLA_CODE_OPEN_HOST) {
            buf_printf(out, "%s%s%u", out->len > 0 ? "; " : "",
                       at->level == DIAG_NOTE ? "note " : "", at->span.line);
            for (const struct diag_label *on = at->labels; on != NULL; on = on->next) {
                buf_printf(out, " %u", on->span.line);
            }
        }
    }
}

static void a_host_left_out_among_closed_ones_is_told(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(buf_done) struct buf world = { 0 };
        CLEANUP(buf_done) struct buf lines = { 0 };
        buf_add_cstr(&world, "apiVersion: redan/v1\nkind: UCloud\n"
                             "metadata: {name: store, party: shop, role: tenant}\n"
                             "spec:\n  resources:\n");
        for (size_t j = 0; j < COUNT_OF(rows[i].members) && rows[i].members[j] != NULL; j++) {
            buf_printf(&world, "    - {name: m%zu, plane: network, %sprovider: dc, %s}\n", j,
                       strstr(rows[i].members[j], "layer") != NULL ? "" : "layer: L2, ",
                       rows[i].members[j]);
        }
        buf_printf(&world,
                   "---\napiVersion: redan/v1\nkind: SecuritySLA\n"
                   "metadata: {name: s, party: shop, role: tenant, ucloud: store}\nspec:\n"
                   "  targets: [{id: web, plane: network, select: {tier: web}}, {id: app, plane: "
                   "network, select: {tier: app}}]\n"
                   "  clauses: [{id: c, on: web, term: flow, %s}]\n",
                   rows[i].clause);
        bench_clear(&bench);
        bench.options.partial = true;
        bench_add(&bench, buf_slice(&world));
        bench_compile(&bench);
        CU_ASSERT_PTR_NOT_NULL(bench.world);
        add_lines(&lines);
        ASSERT_TEXT(buf_slice(&lines), rows[i].lines);
    }
}

static void all_that_speaks_of_it_is_named(void)
{
    static const struct {
        const char *clauses, *label;
    } cases[] = {
        { "{id: d, on: app, term: flow, op: permit, value: {to: any}}",
          "it still takes everything else: only `to` speaks of it" },
        { "{id: d, on: app, term: flow, op: permit, value: {to: any}}, {id: e, on: app, term: "
          "flow, op: deny, value: {from: any, ports: 22/tcp}}",
          "it still takes everything else: only `to` and `deny` speak of it" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        bench_clear(&bench);
        bench_add(
            &bench,
            arena_printf(&bench.arena,
                         "apiVersion: redan/v1\nkind: UCloud\n"
                         "metadata: {name: store, party: shop, role: tenant}\nspec:\n  resources:\n"
                         "    - {name: a, plane: network, layer: L2, provider: dc, addresses: "
                         "10.0.0.1, labels: {tier: web}}\n"
                         "    - {name: b, plane: network, layer: L2, provider: dc, addresses: "
                         "10.0.0.2, labels: {tier: app}}\n"
                         "---\napiVersion: redan/v1\nkind: SecuritySLA\n"
                         "metadata: {name: s, party: shop, role: tenant, ucloud: store}\nspec:\n"
                         "  targets: [{id: web, plane: network, select: {tier: web}}, {id: app, "
                         "plane: network, select: {tier: app}}]\n"
                         "  clauses: [{id: c, on: web, term: flow, op: permit, value: {from: any, "
                         "ports: 443/tcp}}, %s]\n",
                         cases[i].clauses));
        bench_compile(&bench);
        const struct diag *told = bench.diags.first;
        while (told != NULL && told->code != SLA_CODE_OPEN_HOST) {
            told = told->next;
        }
        CU_ASSERT_PTR_NOT_NULL_FATAL(told);
        ASSERT_TEXT(told->label, cases[i].label);
    }
}

static CU_TestInfo tests[] = {
    { "all that speaks of it is named", all_that_speaks_of_it_is_named },
    { "a host left out among closed ones is told", a_host_left_out_among_closed_ones_is_told },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla open hosts", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
