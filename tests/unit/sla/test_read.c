/* What is wrong with one document: one row, one rule, with the words a person reads. */
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

#define HEAD(kind, meta) "apiVersion: redan/v1\nkind: " kind "\nmetadata: {" meta "}\nspec:\n"
#define SLA_HEAD         HEAD("SecuritySLA", "name: s, party: shop, role: tenant, ucloud: store")
#define OFFER_HEAD                                                                                 \
    HEAD("ProviderOffer",                                                                          \
         "name: o, party: dc, role: provider, assertedBy: {party: dc, how: measured}")
#define UCLOUD_HEAD    HEAD("UCloud", "name: store, party: shop, role: tenant")
#define TARGETS        "  targets: [{id: web, plane: compute}, {id: net, plane: network}]\n"
#define CLAUSE(text)   SLA_HEAD TARGETS "  clauses:\n    - {" text "}\n"
#define OFFER(text)    OFFER_HEAD TARGETS "  clauses:\n    - {" text "}\n"
#define REACTION(text) SLA_HEAD TARGETS "  reactions:\n    - {" text "}\n"
#define RESOURCE(text) UCLOUD_HEAD "  resources:\n    - {" text "}\n"

/* Findings as "CODE LINE:COL message [label] (first help)". */
static const struct {
    const char *text, *wanted;
} rows[] = {
    /* documents */
    { "", "214 1:1 the file holds no document" },
    { "---\n---\n# nothing\n", "214 1:1 the file holds no document" },
    { "- a\n", "203 1:1 a document is a list [expected a mapping]" },
    { "apiVersion: redan/v2\nkind: UCloud\nmetadata: {}\nspec: {}\n",
      "204 1:13 version `redan/v2` is not known here" },
    { "apiVersion: redan/v1\nkind: Ucloud\nmetadata: {}\nspec: {}\n",
      "205 2:7 `Ucloud` is not a kind of document" },
    { "kind: UCloud\nspec: {resources: []}\n",
      "202 1:1 a document needs `apiVersion`; 202 1:1 a document needs `metadata`" },
    { "apiVersion: redan/v1\nmetadata: {}\nspec: {}\n", "202 1:1 a document needs `kind`" },
    { "apiVersion: redan/v1\nkind: UCloud\nspec: {resources: []}\n",
      "202 1:1 a document needs `metadata`" },
    { HEAD("UCloud", "name: Store, party: shop, role: tenant") "  resources: []\n",
      "209 3:18 `Store` cannot be the name of a document [expected a name]" },
    { HEAD("UCloud", "name: store, party: -shop, role: tenant") "  resources: []\n",
      "209 3:32 `-shop` cannot be the name of a party [expected a name]" },
    { HEAD("UCloud", "name: store, party: shop, role: owner") "  resources: []\n",
      "206 3:44 `owner` is not a role" },
    { HEAD("UCloud", "name: store, party: shop, role: provider") "  resources: []\n",
      "215 3:44 a provider cannot write a UCloud" },
    { HEAD("ProviderOffer",
           "name: o, party: dc, role: tenant, assertedBy: {party: dc, how: measured}") TARGETS
      "  clauses: []\n",
      "215 3:38 a tenant cannot write a ProviderOffer" },
    { HEAD("SecuritySLA", "name: s, party: shop, role: tenant, ucloud: '!'") TARGETS,
      "209 3:56 `!` cannot be the name of a U-Cloud [expected a name]" },
    { HEAD("ProviderOffer",
           "name: o, party: dc, role: provider, assertedBy: {party: '?', how: signed}") TARGETS
      "  clauses: []\n",
      "209 3:68 `?` cannot be the name of a party [expected a name]" },
    { HEAD("ProviderOffer",
           "name: o, party: dc, role: provider, assertedBy: {party: shop, how: signed}") TARGETS
      "  clauses: []\n",
      "224 3:68 `shop` cannot sign an offer of `dc`" },
    { HEAD("ProviderOffer", "name: o, party: dc, role: provider, assertedBy: {party: dc}") TARGETS
      "  clauses: []\n",
      "202 3:60 an assertion needs `how`" },
    { HEAD("UCloud", "name: store, party: shop, role: tenant, version: 0") "  resources: []\n",
      "208 3:61 the version is wrong [`0` is not a number from 1 to 2147483647]" },
    { HEAD("UCloud", "name: store, party: shop, role: tenant, version: 07") "  resources: []\n",
      "208 3:61 the version is wrong [`07` begins with a zero]" },
    { HEAD("SecuritySLA", "name: s, party: shop, role: tenant") TARGETS,
      "202 3:11 the metadata of a SecuritySLA needs `ucloud`" },
    { HEAD("SecuritySLA", "name: s, party: shop, role: tenant, template: maybe") TARGETS,
      "206 3:58 `maybe` is not a flag" },
    { HEAD("SecuritySLA", "name: s, party: shop, role: tenant, template: yes, ucloud: store")
          TARGETS,
      "212 3:71 a template has no `ucloud`" },
    { HEAD("ResponsePolicy", "name: r, party: dc, role: provider") "  reactions: []\n",
      "215 3:38 a provider cannot write a ResponsePolicy" },
    { HEAD("ResponsePolicy",
           "name: r, party: shop, role: tenant") "  reactions:\n"
                                                 "    - {id: guessing, on: web, when: {rule: x}, "
                                                 "respond: [network.deny source], lease: 1h}\n",
      "201 6:22 `on` is not a key of a reaction of a policy" },
    { UCLOUD_HEAD "  resources: []\n  targets: []\n",
      "201 6:3 `targets` is not a key of the spec of a UCloud" },
    { SLA_HEAD "  clauses: []\n", "202 5:3 the spec of a SecuritySLA needs `targets`" },
    { SLA_HEAD "  targets: web\n", "203 5:12 `targets` is one value [expected a list]" },
    { SLA_HEAD "  targets:\n", "214 5:3 `targets` has no value [expected a list]" },
    /* targets and groups */
    { SLA_HEAD "  targets: [web]\n", "203 5:13 a target is one value [expected a mapping]" },
    { SLA_HEAD "  targets: [{plane: compute}]\n", "202 5:13 a target needs `id`" },
    { SLA_HEAD "  targets: [{id: web, plane: cpu}]\n", "206 5:30 `cpu` is not a plane" },
    { SLA_HEAD "  targets: [{id: web, layer: l2}]\n", "206 5:30 `l2` is not a layer" },
    { SLA_HEAD "  targets: [{id: web, select: {app: [a]}}]\n", "203 5:37 `app` is not one value" },
    { SLA_HEAD "  targets: []\n  sets: [{id: g, addresses: [10.0.0.1, x, 10.0.0.1/8]}]\n",
      "218 6:40 the address is wrong; 218 6:43 the address is wrong" },
    { SLA_HEAD "  targets: []\n  sets: [{id: G, addresses: 10.0.0.1}]\n",
      "209 6:15 `G` cannot be the id of a set [expected a name]" },
    /* clauses */
    { CLAUSE("on: web, term: location, op: in, value: DE"), "202 7:7 a clause needs `id`" },
    { CLAUSE("id: x, term: location, op: in, value: DE"), "202 7:7 a clause needs `on`" },
    { CLAUSE("id: x, on: web, op: in, value: DE"), "202 7:7 a clause needs `term`" },
    { CLAUSE("id: x, on: web, term: location, value: DE"), "202 7:7 a clause needs `op`" },
    { CLAUSE("id: x, on: web, term: location, op: in"), "202 7:7 a clause needs `value`" },
    { CLAUSE("id: x, on: web, term: location, op: [in], value: DE"),
      "203 7:44 `op` is a list [expected one value]" },
    { CLAUSE("id: x, on: web, term: location, op: in, value: "),
      "214 7:48 `value` has no value [expected a value]" },
    { CLAUSE("id: x, on: {a: b}, term: location, op: in, value: DE"),
      "203 7:19 `on` is a mapping [expected one value or a list of values]" },
    { CLAUSE("id: x, on: [[web]], term: location, op: in, value: DE"),
      "203 7:19 `on` is a list [expected one value or a list of values]" },
    { CLAUSE("id: x, on: web, term: locaton, op: in, value: DE"),
      "210 7:30 `locaton` is not a term" },
    { CLAUSE("id: x, on: web, term: location, op: '>=', value: DE"),
      "211 7:44 `>=` is not an operator of `location`" },
    { CLAUSE("id: x, on: web, term: location, op: in, value: DE, stance: offers"),
      "213 7:67 a SecuritySLA does not offer anything" },
    { CLAUSE("id: x, on: web, term: location, op: in, value: DE, stance: [offers]"),
      "203 7:67 `stance` is a list [expected one value]" },
    { CLAUSE("id: x, on: web, term: location, op: in, value: DE, stance: wants"),
      "206 7:67 `wants` is not a stance" },
    { CLAUSE("id: x, on: web, term: location, op: in, value: DE, strength: may"),
      "206 7:69 `may` is not a strength" },
    { OFFER("id: x, on: web, term: location, op: in, value: DE"),
      "213 7:7 a clause of an offer must say its `stance`" },
    { OFFER("id: x, on: web, stance: reserves, term: location, op: in, value: DE"),
      "213 7:32 term `location` has no stance `reserves`" },
    { OFFER("id: x, on: web, stance: reserves, term: authority, action: compute.suspend, op: deny"),
      "211 7:88 a reserved right cannot be `deny`" },
    { CLAUSE("id: x, on: web, term: location, op: in, value: DE, window: 1h"),
      "212 7:59 `window` means nothing here [not with term `location`, stance `requires`]" },
    { CLAUSE("id: x, on: web, term: availability, op: '>=', value: 99 %"),
      "212 7:7 term `availability` needs `window`" },
    { CLAUSE("id: x, on: web, term: availability, op: '>=', value: 99 %, window: 1d, planned: 1h"),
      "212 7:79 `planned` means nothing here [not with term `availability`, stance `requires`]" },
    { OFFER("id: x, on: web, stance: offers, term: availability, op: '>=', value: 99 %, window: "
            "1h, planned: 2h"),
      "208 7:104 planned work is longer than its window" },
    { CLAUSE("id: x, on: web, term: authority, op: only, value: tenant"),
      "212 7:7 term `authority` needs `action`" },
    { CLAUSE("id: x, on: web, term: authority, action: compute.stop, op: only, value: tenant"),
      "206 7:49 `compute.stop` is not an act" },
    { CLAUSE("id: x, on: web, term: respond.mttr, op: '<=', value: 30 s, when: {severity: grave}"),
      "208 7:84 `grave` is not a bound on severity [expected `\">= high\"`]" },
    { CLAUSE("id: x, on: web, term: respond.mttr, op: '<=', value: 30 s, when: {severity: '>= "
             "grave'}"),
      "208 7:84 `>= grave` is not a bound on severity [expected `\">= high\"`]" },
    { CLAUSE("id: x, on: web, term: respond.mttr, op: '<=', value: 30 s, when: {rule: x}"),
      "201 7:74 `rule` is not a key of a condition" },
    { CLAUSE("id: x, on: web, term: respond.mttr, op: '<=', value: 0 s"),
      "208 7:61 the duration is wrong [must be at least 1 ms]" },
    { CLAUSE("id: x, on: web, term: respond.mttr, op: '<=', value: [30 s]"),
      "203 7:61 the value of `respond.mttr` has another shape [expected a duration]" },
    { CLAUSE("id: x, on: web, term: availability, op: '>=', value: 101 %, window: 1d"),
      "208 7:61 the share is wrong [`101 %` is not a percentage (like `99.99 %`)]" },
    { CLAUSE("id: x, on: web, term: availability, op: '>=', value: {}, window: 1d"),
      "203 7:61 the value of `availability` has another shape [expected a percentage with at most "
      "seven decimals]" },
    { CLAUSE("id: x, on: web, term: location, op: in, value: {}"),
      "203 7:55 the value of `location` has another shape [expected country codes (ISO 3166-1 "
      "alpha-2) and sets of countries, one or a list]" },
    { CLAUSE("id: x, on: web, term: location, op: in, value: [[DE]]"),
      "203 7:55 the value of `location` has another shape [expected country codes (ISO 3166-1 "
      "alpha-2) and sets of countries, one or a list]" },
    { CLAUSE("id: x, on: web, term: location, op: in, value: []"), "214 7:55 the list is empty" },
    { CLAUSE("id: x, on: web, term: location, op: in, value: [EUROPE, DEU, \"NO\"]"),
      "207 7:56 `EUROPE` is not a country code [expected an ISO 3166-1 alpha-2 code]; 207 7:64 "
      "`DEU` is not a country code [expected an ISO 3166-1 alpha-2 code]" },
    { CLAUSE("id: x, on: web, term: authority, action: compute.suspend, op: only, value: {}"),
      "203 7:83 the value of `authority` has another shape [expected a party, a role or a list of "
      "them]" },
    { CLAUSE("id: x, on: web, term: authority, action: compute.suspend, op: only, value: []"),
      "214 7:83 the list is empty" },
    /* flows */
    { CLAUSE("id: x, on: net, term: flow, op: deny, value: any"),
      "203 7:53 the value of `flow` has another shape [expected a mapping: `from` or `to` "
      "(networks, sets, `target/ID` or `any`) and `ports` (`11112/tcp`, `5000-5010/udp`; all when "
      "left out)]" },
    { CLAUSE("id: x, on: net, term: flow, op: deny, value: {ports: 1/tcp}"),
      "202 7:53 a flow needs `from` or `to`" },
    { CLAUSE("id: x, on: net, term: flow, op: deny, value: {from: [], ports: []}"),
      "214 7:60 the list is empty; 214 7:71 the list is empty" },
    { CLAUSE("id: x, on: net, term: flow, op: deny, value: {from: 10.0.0.300}"),
      "218 7:60 the address is wrong" },
    { CLAUSE("id: x, on: net, term: flow, op: deny, value: {from: ward}"),
      "304 7:60 `ward` is not a set of addresses of this document" },
    { CLAUSE("id: x, on: net, term: flow, op: deny, value: {from: any, ports: [80, 0/tcp, 5-4/udp, "
             "x/tcp, 1-/tcp, 70000/udp, 1/sctp]}"),
      "218 7:73 `80` is not a port [expected a port and a protocol]; 218 7:77 `0/tcp` is not a "
      "port [expected a port and a protocol]; 218 7:84 `5-4/udp` is not a port [expected a port "
      "and a protocol]; 218 7:93 `x/tcp` is not a port [expected a port and a protocol]; 218 7:100 "
      "`1-/tcp` is not a port [expected a port and a protocol]; 218 7:108 `70000/udp` is not a "
      "port [expected a port and a protocol]; 218 7:119 `1/sctp` is not a port [expected a port "
      "and a protocol]" },
    /* reactions */
    { REACTION("id: r, on: net, when: {rule: x}, lease: 1h"),
      "202 7:7 a reaction needs `respond`" },
    { REACTION("id: r, on: net, when: {rule: x}, respond: [], lease: 1h"),
      "219 7:50 a reaction has 1 to 8 actions" },
    { REACTION("id: r, on: net, when: {rule: x}, respond: network.deny, lease: 1h"),
      "217 7:50 the action needs its argument `source` [it has to say whom; `source` is who set "
      "the rule off]" },
    { REACTION("id: r, on: net, when: {rule: x}, respond: [network.deny target], lease: 1h"),
      "217 7:51 the action needs its argument `source` [it has to say whom; `source` is who set "
      "the rule off]" },
    { REACTION("id: r, on: web, when: {rule: x}, respond: [compute.suspend source], lease: 1h"),
      "217 7:51 the action takes no argument" },
    { REACTION("id: r, on: web, when: {rule: x}, respond: [compute.stop], lease: 1h"),
      "206 7:51 `compute.stop` is not an action" },
    { REACTION("id: r, on: web, when: {rule: X}, respond: [compute.suspend], lease: 0 s"),
      "209 7:37 `X` cannot be the name of a rule [expected a name]; 208 7:76 the lease is wrong "
      "[must be at least 1 ms]" },
    { REACTION(
          "id: r, on: web, when: {rule: x}, respond: [compute.suspend], lease: 1h, within: soon"),
      "208 7:88 the deadline is wrong [`soon` is not a duration (like `30 s`, `5m`, `1.5h`, "
      "`30d`)]" },
    { REACTION("id: r, on: web, when: {rule: x}, respond: [compute.suspend], lease: 1h, approval: "
               "three"),
      "206 7:90 `three` is not an approval" },
    /* resources */
    { RESOURCE("name: a, plane: compute, layer: L2, node: Node_1, provider: dc"),
      "209 6:50 `Node_1` cannot be the name of a node" },
    { RESOURCE("name: a, plane: compute, layer: L2, node: n1, provider: DC"),
      "209 6:64 `DC` cannot be the name of a party [expected a name]" },
    { RESOURCE("name: a, plane: compute, layer: L2, node: n1, provider: dc, unit: U"),
      "209 6:74 `U` cannot be the name of a unit [expected a name]" },
    { RESOURCE("name: A, plane: gpu, layer: L9, node: n1, provider: dc"),
      "209 6:14 `A` cannot be the name of a resource [expected a name]; 206 6:24 `gpu` is not a "
      "plane; 206 6:36 `L9` is not a layer" },
    { RESOURCE("name: a, plane: network, layer: L2, node: n1, provider: dc"),
      "202 6:7 a resource of plane `network` needs `addresses`" },
    { RESOURCE("name: a, plane: network, layer: L2, node: n1, provider: dc, handle: h, addresses: "
               "10.0.0.1"),
      "212 6:68 a resource of plane `network` has no `handle`" },
    { RESOURCE("name: a, plane: data, layer: L2, node: n1, provider: dc, addresses: 10.0.0.1"),
      "212 6:65 a resource of plane `data` has no `addresses`" },
    { RESOURCE("name: a, plane: network, layer: L2, node: n1, provider: dc, addresses: {}"),
      "203 6:79 `addresses` is a mapping [expected one value or a list of values]" },
    { RESOURCE("name: a, plane: data, layer: L2, node: n1, provider: dc, handle: \"a\\0b\""),
      "209 6:73 the handle is over 127 bytes or holds a NUL" },
    { RESOURCE("name: a, plane: data, layer: L2, node: n1, provider: dc, labels: {unit: x}"),
      "209 6:74 `unit` cannot be a label" },
    { RESOURCE("name: a, plane: data, layer: L2, node: n1, provider: dc, labels: {app: [x]}"),
      "203 6:79 `app` cannot be a label" },
    { UCLOUD_HEAD "  resources: []\n  protected: [{network: everywhere}]\n",
      "202 6:15 a protected asset needs `why`; 218 6:25 the address is wrong" },
};

static struct slice listed(void)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    for (const struct diag *at = bench.diags.first; at != NULL; at = at->next) {
        if (at->code == 302 && at->level == DIAG_WARNING) {
            continue; /* the U-Cloud is left out on purpose */
        }
        buf_printf(&text, "%s%u %u:%u %.*s", text.len > 0 ? "; " : "", at->code, at->span.line,
                   diag_span_start(at->span).col, SLICE_ARG(at->message));
        bool shown = at->label.len > 0 && at->code != 218;
        if (shown ||
            (at->label.len > 0 && slice_find_text(at->message, SLICE("port")) < at->message.len)) {
            buf_printf(&text, " [%.*s]", SLICE_ARG(at->label));
        }
    }
    return arena_copy(&bench.arena, buf_slice(&text));
}

static void each_mistake_is_named_once_with_its_place(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        bench_clear(&bench);
        bench.options.partial = true;
        bench_add(&bench, slice_from(rows[i].text));
        bench_compile(&bench);
        ASSERT_TEXT(listed(), rows[i].wanted);
        CU_ASSERT_PTR_NULL(bench.world);
        for (const struct diag *at = bench.diags.first; at != NULL; at = at->next) {
            CU_ASSERT_TRUE(at->helps != NULL || at->notes != NULL);
        }
    }
}

static void an_older_spelling_means_the_same_and_is_mended(void)
{
    struct slice fixed = { 0 };

    bench_clear(&bench);
    bench_add(&bench,
              slice_from(HEAD("ProviderOffer", "name: o, party: dc, role: provider, "
                                               "assertedBy: shop") TARGETS "  clauses: []\n"));
    bench_compile(&bench);
    ASSERT_TEXT(listed(), "904 3:60 who asserts an offer is written in an older way");
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    const struct sla_assertion *older = &bench.world->documents[0]->asserted_by;
    ASSERT_TEXT(older->party, "shop");
    CU_ASSERT_EQUAL(older->how, SLA_ASSERTED_TRANSCRIBED);
    CU_ASSERT_TRUE(bench.diags.first->fixes->safe);
    ASSERT_OK(
        diag_apply_edits(&bench.arena, &bench.sources[0], bench.diags.first->fixes->edits, &fixed));
    bench_clear(&bench);
    bench_add(&bench, fixed);
    bench_compile(&bench);
    ASSERT_TEXT(listed(), "");
    ASSERT_TEXT(bench.world->documents[0]->asserted_by.party, "shop");
    CU_ASSERT_EQUAL(bench.world->documents[0]->asserted_by.how, SLA_ASSERTED_TRANSCRIBED);
}

static void what_stands_around_a_document_is_kept(void)
{
    bench_clear(&bench);
    bench_add(&bench, slice_from(HEAD("SecuritySLA", "name: s, party: shop, role: tenant, "
                                                     "version: 7, template: yes") TARGETS));
    bench_add(&bench,
              slice_from(HEAD("ProviderOffer", "name: o, party: ops, role: operator, "
                                               "assertedBy: {party: ops, how: measured, "
                                               "source: a probe}") TARGETS "  clauses: []\n"));
    bench_compile(&bench);
    ASSERT_TEXT(listed(), "");
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    const struct sla_document *const *documents = bench.world->documents;
    CU_ASSERT_TRUE(documents[0]->is_template);
    CU_ASSERT_EQUAL(documents[0]->version, 7);
    CU_ASSERT_EQUAL(documents[1]->version, 1);
    CU_ASSERT_EQUAL(documents[1]->asserted_by.how, SLA_ASSERTED_MEASURED);
    ASSERT_TEXT(documents[1]->asserted_by.source, "a probe");
}

static void the_nearest_name_is_offered_as_a_fix(void)
{
    static const struct {
        const char *text, *fix;
    } cases[] = {
        { CLAUSE("id: x, on: web, term: locaton, op: in, value: DE"), "location" },
        { CLAUSE("id: x, on: web, term: location, op: in, value: DEU"), "DE" },
        { CLAUSE("id: x, on: wbe, term: location, op: in, value: DE"), "web" },
        { CLAUSE("id: x, on: web, term: location, op: in, vlaue: DE"), "value" },
        { CLAUSE(
              "id: x, on: web, term: authority, action: compute.suspnd, op: only, value: tenant"),
          "compute.suspend" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct slice text = { 0 };
        bench_clear(&bench);
        bench.options.partial = true;
        bench_add(&bench, slice_from(cases[i].text));
        bench_compile(&bench);
        const struct diag *diag = bench.diags.first;
        while (diag != NULL && diag->fixes == NULL) {
            diag = diag->next;
        }
        CU_ASSERT_PTR_NOT_NULL_FATAL(diag);
        ASSERT_TEXT(diag->fixes->edits->text, cases[i].fix);
        ASSERT_OK(diag_apply_edits(&bench.arena, &bench.sources[0], diag->fixes->edits, &text));
        CU_ASSERT_TRUE(slice_find_text(text, slice_from(cases[i].fix)) < text.len);
    }
}

static void all_documents_are_read_in_one_run(void)
{
    bench.options.partial = true;
    bench_add(&bench,
              SLICE(CLAUSE("id: x, on: web, term: location, op: in, value: XX") "---\n" CLAUSE(
                  "id: x, on: wbe, term: location, op: in, value: DE")));
    bench_add(&bench, SLICE("a: &b c\n"));
    bench_compile(&bench);
    CU_ASSERT_PTR_NULL(bench.world);
    CU_ASSERT_TRUE(bench_has(&bench, 207));
    CU_ASSERT_TRUE(bench_has(&bench, 303));
    CU_ASSERT_TRUE(bench_has(&bench, 104));
}

static void too_much_is_refused(void)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    bench.options.partial = true;
    buf_add_cstr(&text, SLA_HEAD "  targets:\n");
    for (int i = 0; i < SLA_ITEMS_MAX + 1; i++) {
        buf_printf(&text, "    - {id: t%d}\n", i);
    }
    bench_add(&bench, buf_slice(&text));
    bench_compile(&bench);
    CU_ASSERT_TRUE(bench_has(&bench, 219));
    bench_clear(&bench);
    bench.options.partial = true;
    buf_clear(&text);
    for (int i = 0; i < SLA_DOCUMENTS_MAX + 1; i++) {
        buf_printf(&text,
                   "---\n" HEAD("UCloud", "name: u%d, party: p, role: tenant") "  resources: []\n",
                   i);
        if (i == SLA_DOCUMENTS_MAX / 2) { /* one text would be too large with its tree */
            bench_add(&bench, arena_copy(&bench.arena, buf_slice(&text)));
            buf_clear(&text);
        }
    }
    bench_add(&bench, buf_slice(&text));
    bench_compile(&bench);
    ASSERT_TEXT(bench_findings(&bench), "219 196604:1");
    bench_clear(&bench);
    for (size_t i = 0; i < COUNT_OF(bench.sources); i++) {
        bench_add(&bench, SLICE(UCLOUD_HEAD "  resources: []\n"));
    }
    CU_ASSERT_PTR_NULL(
        sla_compile(&bench.arena, bench.sources, SLA_SOURCES_MAX + 1, NULL, &bench.diags));
    CU_ASSERT_TRUE(bench_has(&bench, 219));
}

static CU_TestInfo tests[] = {
    { "each mistake is named once, with its place", each_mistake_is_named_once_with_its_place },
    { "an older spelling means the same and is mended",
      an_older_spelling_means_the_same_and_is_mended },
    { "what stands around a document is kept", what_stands_around_a_document_is_kept },
    { "the nearest name is offered as a fix", the_nearest_name_is_offered_as_a_fix },
    { "all documents are read in one run", all_documents_are_read_in_one_run },
    { "too much is refused", too_much_is_refused },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla reading", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
