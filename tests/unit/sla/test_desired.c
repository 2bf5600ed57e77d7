/* The desired state: that every clause is accounted for, in which order boxes ask, and what is left
 * of it for one clause. */
#include <string.h>

#include "sla/code.h"
#include "sla/emit/desired.h"
#include "sla/emit/emit.h"
#include "sla/terms/domain.h"
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

/* --- every clause ----------------------------------------------------------------------------- */

static bool is_held_by_rules(const struct desired *desired, const struct clause_ref *clause,
                             size_t resource)
{
    for (size_t i = 0; i < desired->box_count; i++) {
        const struct desired_box *box = &desired->boxes[i];
        for (size_t j = 0; j < box->rule_count && box->resource == resource; j++) {
            if (desired_origin_has(&box->rules[j].origin, clause)) {
                return true;
            }
        }
    }
    for (size_t i = 0; i < desired->policies->policy_count; i++) {
        const struct policy *policy = &desired->policies->policies[i];
        for (size_t j = 0; j < policy->target_count; j++) {
            if (policy->targets[j] == resource &&
                slice_eq(policy->clause->clause, clause->clause)) {
                return true;
            }
        }
    }
    return false;
}

static bool is_held_by_items(const struct desired_item *items, size_t count,
                             const struct clause_ref *clause, size_t resource)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < items[i].fact_count && items[i].resource == resource; j++) {
            if (desired_origin_has(&items[i].facts[j].origin, clause)) {
                return true;
            }
        }
    }
    return false;
}

static bool is_held_elsewhere(const struct desired *desired, const struct clause_ref *clause,
                              size_t resource)
{
    if (is_held_by_items(desired->items, desired->item_count, clause, resource) ||
        is_held_by_items(desired->heeds, desired->heed_count, clause, resource)) {
        return true;
    }
    for (size_t i = 0; i < desired->watch_count; i++) {
        const struct desired_watch *watch = &desired->watches[i];
        for (size_t j = 0; j < watch->resource_count; j++) {
            if (watch->resources[j] == resource && desired_origin_has(&watch->origin, clause)) {
                return true;
            }
        }
    }
    return false;
}

static bool is_held_by_rulings(const struct desired *desired, const struct clause_ref *clause,
                               size_t resource)
{
    for (size_t i = 0; i < desired->ruling_count; i++) {
        const struct desired_ruling *ruling = &desired->rulings[i];
        for (size_t j = 0; j < ruling->resource_count && ruling->clause == clause; j++) {
            if (ruling->resources[j] == resource) {
                return true;
            }
        }
    }
    return false;
}

static bool is_told(const struct desired *desired, const struct clause_ref *clause, size_t resource)
{
    for (size_t i = 0; i < desired->not_held_count; i++) {
        const struct desired_not_held *entry = &desired->not_held[i];
        for (size_t j = 0; j < entry->resource_count; j++) {
            if (entry->clause == clause && entry->resources[j] == resource) {
                return true;
            }
        }
    }
    return false;
}

/* How many clauses and resources are neither held nor told. */
static size_t count_lost(const struct sla_world *world, const struct desired *desired)
{
    size_t lost = 0;

    for (size_t i = 0; i < world->clause_count; i++) {
        const struct sla_clause *clause = world->clauses[i];
        for (size_t j = 0; j < clause->resource_count; j++) {
            size_t at = clause->resources[j];
            lost += !is_held_by_rules(desired, &clause->ref, at) &&
                    !is_held_by_rulings(desired, &clause->ref, at) &&
                    !is_held_elsewhere(desired, &clause->ref, at) &&
                    !is_told(desired, &clause->ref, at);
        }
    }
    return lost;
}

enum { HOST, DOMAIN, BUCKET, RESOURCES };
enum { OWNER, PROVIDER, PARTIES };
enum { SAMPLES = 20 };

static const size_t everything[RESOURCES] = { HOST, DOMAIN, BUCKET };

static void fill_resources(struct resource *out)
{
    struct address *address = ARENA_NEW(&bench.arena, struct address, 1);

    ASSERT_OK(address_parse(SLICE("10.0.0.1"), address));
    for (size_t i = 0; i < RESOURCES; i++) {
        out[i] = (struct resource){ .ucloud = SLICE("u"), .layer = LAYER_L2, .node = SLICE("n") };
    }
    out[HOST].name = SLICE("host");
    out[HOST].plane = PLANE_NETWORK;
    out[HOST].addresses = address;
    out[HOST].address_count = 1;
    out[DOMAIN].name = SLICE("vm");
    out[DOMAIN].plane = PLANE_COMPUTE;
    out[BUCKET].name = SLICE("bucket");
    out[BUCKET].plane = PLANE_DATA;
}

/* A world of one clause, made by hand: whatever a row of the term table may say. */
static struct sla_world *world_of(const struct sla_clause *const *clause)
{
    static const uint32_t owners[RESOURCES] = { OWNER, OWNER, OWNER };
    static const uint32_t providers[RESOURCES] = { PROVIDER, PROVIDER, PROVIDER };
    static const struct sla_party_tiers tiers[PARTIES]; /* none has any */
    struct sla_party *parties = ARENA_NEW(&bench.arena, struct sla_party, PARTIES);
    struct resource *resources = ARENA_NEW(&bench.arena, struct resource, RESOURCES);
    struct sla_world *world = ARENA_NEW(&bench.arena, struct sla_world, 1);

    parties[OWNER] = (struct sla_party){ SLICE("a"), PARTY_TENANT };
    parties[PROVIDER] = (struct sla_party){ SLICE("p"), PARTY_PROVIDER };
    fill_resources(resources);
    world->policies.resources = resources;
    world->policies.resource_count = RESOURCES;
    world->clauses = clause;
    world->clause_count = 1;
    world->parties = parties;
    world->party_count = PARTIES;
    world->party_tiers = tiers;
    world->owners = owners;
    world->providers = providers;
    return world;
}

/* Printed by a target of some plane, or refused by one. */
static bool is_printed(const struct desired *desired)
{
    for (unsigned target = SLA_EMITTER_POLICY + 1; target < SLA_EMITTERS; target++) {
        CLEANUP(buf_done) struct buf out = { 0 };
        struct status status =
            sla_emit(desired, (enum sla_emitter)target, (struct slice){ 0 }, &out, NULL);
        if (status.code == STATUS_UNSUPPORTED ||
            (status_ok(&status) && target != SLA_EMITTER_WATCHLIST &&
             slice_find_text(buf_slice(&out), SLICE("a/d/c")) < out.len) ||
            (status_ok(&status) && target == SLA_EMITTER_WATCHLIST)) {
            return true;
        }
    }
    return false;
}

static void account(const struct sla_term *term, enum sla_stance stance, enum sla_op op,
                    uint64_t *seed)
{
    static const struct sla_document document;
    struct sla_clause clause = { .document = &document,
                                 .ref = { .party = stance == SLA_REQUIRES ? SLICE("a") : SLICE("p"),
                                          .document = SLICE("d"),
                                          .clause = SLICE("c") },
                                 .term = term,
                                 .stance = stance,
                                 .op = op,
                                 .resources = everything,
                                 .resource_count = RESOURCES };
    const struct sla_clause *clauses[] = { &clause };

    term->domain->sample(term, &bench.arena, seed, &clause.value);
    const struct sla_world *world = world_of(clauses);
    const struct desired *desired = sla_desired(&bench.arena, world);
    if (count_lost(world, desired) > 0) {
        CU_FAIL("a clause is neither held nor said not to be");
        printf("\n    term %s, stance %s, op %s\n", term->name, sla_stance_name(stance),
               sla_op_name(op));
    }
    struct desired quiet = *desired; /* the path then stands at parts alone */
    quiet.not_held_count = 0;
    if (stance == SLA_REQUIRES && term->becomes != SLA_BECOMES_POLICY &&
        desired->box_count + desired->item_count + desired->heed_count > 0 && !is_printed(&quiet)) {
        CU_FAIL("a part is printed by no target");
        printf("\n    term %s, op %s\n", term->name, sla_op_name(op));
    }
}

static void every_term_becomes_a_part_or_is_told(void)
{
    uint64_t seed = 20260101;

    for (size_t i = 0; i < sla_term_count(); i++) {
        const struct sla_term *term = sla_term_at(i);
        for (unsigned stance = 0; stance < SLA_STANCES; stance++) {
            for (unsigned op = 0; op < SLA_OPS; op++) {
                bool allowed =
                    (term->stances & SLA_BIT(stance)) != 0 && (term->ops & SLA_BIT(op)) != 0;
                for (size_t j = 0; j < SAMPLES && allowed; j++) {
                    account(term, (enum sla_stance)stance, (enum sla_op)op, &seed);
                }
            }
        }
    }
}

/* --- boxes ------------------------------------------------------------------------------------ */

#define HOSTS                                                                                      \
    "    - {name: web, plane: network, layer: L2, node: n1, provider: dc, addresses: "             \
    "[10.0.0.1]}\n"                                                                                \
    "    - {name: gate, plane: network, layer: L0, node: n1, provider: dc, addresses: "            \
    "[10.0.0.2]}\n"                                                                                \
    "    - {name: files, plane: data, layer: L2, node: n1, provider: dc}\n"                        \
    "  protected:\n    - {network: 10.9.0.0/24, why: \"who; drop { it }\"}\n"

static void compile(const char *tenant, const char *offer)
{
    bench_clear(&bench);
    bench_add(&bench, text_ucloud(&bench, "store", "shop", HOSTS));
    bench_add(&bench, text_sla(&bench, "shop", tenant));
    bench_add(&bench, text_offer(&bench, "dc", offer));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
}

/* "store/web in: accept b, drop a, closed; " */
static struct slice boxes_text(const struct desired *desired)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    for (size_t i = 0; i < desired->box_count; i++) {
        const struct desired_box *box = &desired->boxes[i];
        struct slice name = desired->policies->resources[box->resource].name;
        buf_printf(&text, "%s%.*s %s:", i > 0 ? "; " : "", SLICE_ARG(name),
                   desired_direction_name(box->direction));
        for (size_t j = 0; j < box->rule_count; j++) {
            buf_printf(&text, " %s %.*s", desired_verdict_name(box->rules[j].verdict),
                       SLICE_ARG(box->rules[j].origin.clauses[0]->clause));
        }
        buf_add_cstr(&text, box->closed ? " closed" : " open");
    }
    return arena_copy(&bench.arena, buf_slice(&text));
}

#define TENANT "  targets: [{id: x, plane: network}]\n  clauses:\n"
#define OFFER  "  targets: [{id: x, plane: network}]\n  clauses:\n"
#define FLOW(id, op, from)                                                                         \
    "    - {id: " id ", on: x, term: flow, op: " op ", value: {from: " from "}}\n"
#define SENT(id, op, to) "    - {id: " id ", on: x, term: flow, op: " op ", value: {to: " to "}}\n"
#define RESERVED(id, from)                                                                         \
    "    - {id: " id ", on: x, stance: reserves, term: flow, op: permit, value: {from: " from "}}" \
    "\n"
#define REQUIRED(id, op, from)                                                                     \
    "    - {id: " id ", on: x, stance: requires, term: flow, op: " op ", value: {from: " from "}}" \
    "\n"
#define QUIET "    - {id: z, on: x, stance: offers, term: location, op: in, value: PT}\n"

static const struct {
    const char *tenant, *offer, *wanted;
} orders[] = {
    { FLOW("a", "permit", "any"), QUIET, "web in: accept a closed" },
    { FLOW("a", "deny", "any"), QUIET, "web in: drop a open" },
    { FLOW("a", "permit", "any") FLOW("b", "deny", "10.1.0.0/16"), QUIET,
      "web in: drop b accept a closed" },
    { FLOW("a", "permit", "any"), REQUIRED("p", "deny", "any"),
      "gate in: drop p open; web in: accept a closed" },
    { FLOW("a", "permit", "10.1.0.0/16"), RESERVED("p", "10.2.0.0/16"),
      "gate in: accept p open; web in: accept a accept p closed" },
    { SENT("a", "permit", "any"), QUIET, "web out: accept a closed" },
    { SENT("a", "deny", "10.1.0.0/16") FLOW("b", "permit", "target/x") SENT("c", "permit", "any"),
      QUIET, "web in: accept b closed; web out: drop a accept c closed" },
    { FLOW("b", "deny", "any"), RESERVED("a", "any"),
      "gate in: accept a open; web in: drop b accept a open" },
};

static void boxes_ask_in_the_order_of_standing(void)
{
    for (size_t i = 0; i < COUNT_OF(orders); i++) {
        compile(arena_printf(&bench.arena, TENANT "%s", orders[i].tenant).ptr,
                arena_printf(&bench.arena, OFFER "%s", orders[i].offer).ptr);
        const struct desired *desired = sla_desired(&bench.arena, bench.world);
        ASSERT_TEXT(boxes_text(desired), orders[i].wanted);
        CU_ASSERT_EQUAL(count_lost(bench.world, desired), 0);
    }
}

/* The party of the U-Cloud decides first, and each denies before it permits. */
static void an_owner_is_asked_after_the_party_of_the_ucloud(void)
{
    bench_clear(&bench);
    bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                  "    - {name: vault, plane: network, layer: L2, node: n1, "
                                  "provider: dc, owner: bank, addresses: [10.0.0.3]}\n"));
    bench_add(&bench, text_sla(&bench, "shop", TENANT FLOW("s", "deny", "10.1.0.0/16")));
    bench_add(&bench, text_sla(&bench, "bank",
                               TENANT FLOW("b", "permit", "any") FLOW("c", "deny", "10.2.0.0/16")));
    bench_add(&bench, text_offer(&bench, "dc", OFFER RESERVED("a", "10.3.0.0/16")));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    const struct desired *desired = sla_desired(&bench.arena, bench.world);
    ASSERT_TEXT(boxes_text(desired), "vault in: drop s drop c accept b accept a closed");
}

static void what_a_stranger_protects_opens_nothing(void)
{
    compile(TENANT FLOW("a", "permit", "any"),
            OFFER QUIET "  protected: [{network: 10.8.0.0/24, why: link}]\n");
    bench_add(&bench, text_ucloud(&bench, "other", "rival",
                                  "    - {name: v, plane: compute, layer: L2, node: n1, provider: "
                                  "rival-dc}\n  protected: [{network: 0.0.0.0/0, why: mine}]\n"));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    const struct desired *desired = sla_desired(&bench.arena, bench.world);
    CU_ASSERT_EQUAL_FATAL(desired->box_count, 1);
    CU_ASSERT_EQUAL(desired->policies->protected_count, 3);
    CU_ASSERT_EQUAL(desired->boxes[0].always.peer_count, 2);
}

static void lists_have_no_overlaps(void)
{
    compile(TENANT "    - {id: a, on: x, term: flow, op: permit, value: {from: [10.1.2.3, "
                   "10.1.0.0/16, \"2001:db8::1\", 10.1.0.0/16, 10.0.0.0/16], ports: [80/tcp, "
                   "90-100/tcp, 81/tcp, 95-120/tcp, 80/udp]}}\n",
            OFFER QUIET);
    const struct desired *desired = sla_desired(&bench.arena, bench.world);
    const struct desired_rule *rule = &desired->boxes[0].rules[0];
    const struct desired_ports wanted[] = { { DESIRED_TCP, 80, 81 },
                                            { DESIRED_TCP, 90, 120 },
                                            { DESIRED_UDP, 80, 80 } };
    char text[ADDRESS_TEXT_MAX];

    CU_ASSERT_EQUAL_FATAL(rule->peer_count, 3);
    address_format(&rule->peers[1], text);
    CU_ASSERT_STRING_EQUAL(text, "10.1.0.0/16");
    CU_ASSERT_EQUAL_FATAL(rule->port_count, COUNT_OF(wanted));
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        CU_ASSERT_EQUAL(rule->ports[i].protocol, wanted[i].protocol);
        CU_ASSERT_EQUAL(rule->ports[i].first, wanted[i].first);
        CU_ASSERT_EQUAL(rule->ports[i].last, wanted[i].last);
    }
}

/* --- not held --------------------------------------------------------------------------------- */

static struct slice reasons_text(const struct desired *desired)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    for (size_t i = 0; i < desired->not_held_count; i++) {
        const struct desired_not_held *entry = &desired->not_held[i];
        buf_printf(&text, "%s%.*s %d %zu", i > 0 ? "; " : "", SLICE_ARG(entry->clause->clause),
                   (int)entry->reason, entry->resource_count);
    }
    return arena_copy(&bench.arena, buf_slice(&text));
}

static void what_is_in_conflict_shapes_nothing_there(void)
{
    compile("  targets: [{id: x}]\n  clauses:\n"
            "    - {id: a, on: x, term: location, op: in, value: [PT]}\n"
            "    - {id: b, on: x, term: location, op: in, value: [PT, ES], strength: should}\n",
            "  targets: [{id: x, plane: data}]\n  clauses:\n"
            "    - {id: o, on: x, stance: offers, term: location, op: in, value: DE}\n");
    const struct desired *desired = sla_desired(&bench.arena, bench.world);

    CU_ASSERT_EQUAL(bench.world->conflict_count, 2);
    CU_ASSERT_EQUAL(desired->item_count, 0);
    CU_ASSERT_EQUAL(count_lost(bench.world, desired), 0);
    ASSERT_TEXT(reasons_text(desired),
                arena_printf(&bench.arena, "a %d 2; a %d 1; b %d 2; b %d 1; o %d 1",
                             DESIRED_CHECKED, DESIRED_DISPUTED, DESIRED_CHECKED, DESIRED_GAVE_WAY,
                             DESIRED_OFFERED)
                    .ptr);
}

/* --- conditions --------------------------------------------------------------------------------
 */

#define HIGH "when: {severity: \">= high\"}"

static const struct {
    const char *clauses, *boxes, *reasons;
} flows_at_times[] = {
    { "    - {id: a, on: x, term: flow, op: permit, value: {from: any}, " HIGH "}\n",
      "web in: closed", "a 4 1; a 10 1; z 0 2" },
    { "    - {id: a, on: x, term: flow, op: deny, value: {from: any}, " HIGH "}\n",
      "web in: drop a open", "a 4 1; a 11 1; z 0 2" },
    { FLOW("b", "permit", "10.1.0.0/16") "    - {id: a, on: x, term: flow, op: permit, value: "
                                         "{from: 10.2.0.0/16}, " HIGH "}\n",
      "web in: accept b closed", "b 4 1; a 4 1; a 10 1; z 0 2" },
};

/* What `sla check` notes of planes: without it only an emission told. */
static struct slice notes_of_planes(void)
{
    CLEANUP(buf_done) struct buf out = { 0 };

    for (const struct diag *at = bench.diags.first; at != NULL; at = at->next) {
        if (at->code == SLA_CODE_NO_PLANE && at->level == DIAG_NOTE) {
            buf_printf(&out, "%s%u", out.len > 0 ? "; " : "", at->code);
        }
    }
    return arena_copy(&bench.arena, buf_slice(&out));
}

static struct slice first_when(const struct desired *desired)
{
    size_t i = 0;

    while (i + 1 < desired->not_held_count && desired->not_held[i].when.len == 0) {
        i++;
    }
    return desired->not_held[i].when;
}

static void a_flow_under_a_condition_stands_always(void)
{
    for (size_t i = 0; i < COUNT_OF(flows_at_times); i++) {
        compile(arena_printf(&bench.arena, TENANT "%s", flows_at_times[i].clauses).ptr,
                OFFER QUIET);
        const struct desired *desired = sla_desired(&bench.arena, bench.world);
        ASSERT_TEXT(boxes_text(desired), flows_at_times[i].boxes);
        ASSERT_TEXT(reasons_text(desired), flows_at_times[i].reasons);
        ASSERT_TEXT(first_when(desired), "severity: \">= high\"");
        ASSERT_TEXT(notes_of_planes(), "404");
        CU_ASSERT_EQUAL(count_lost(bench.world, desired), 0);
    }
}

/* On three buckets: `logs` holds logs, `both` holds logs and patients' data, `bare` names none. */
static const struct {
    const char *clause, *held, *reasons;
} facts_at_times[] = {
    { "term: encryption.rest, op: \">=\", value: customer", "bare both logs", "a 3 3" },
    { "term: encryption.rest, op: \">=\", value: customer, when: {class: logs}", "logs",
      "a 3 1; a 9 1; a 10 1" },
    { "term: encryption.rest, op: \">=\", value: customer, when: {class: [patient, logs]}",
      "both logs", "a 3 2; a 9 1" },
};

static void a_class_is_settled_by_what_a_bucket_holds(void)
{
    for (size_t i = 0; i < COUNT_OF(facts_at_times); i++) {
        CLEANUP(buf_done) struct buf held = { 0 };
        bench_clear(&bench);
        bench_add(
            &bench,
            text_ucloud(&bench, "store", "shop",
                        "    - {name: logs, plane: data, layer: L2, node: n1, provider: dc, class: "
                        "logs}\n"
                        "    - {name: both, plane: data, layer: L2, node: n1, provider: dc, class: "
                        "[logs, patient]}\n"
                        "    - {name: bare, plane: data, layer: L2, node: n1, provider: dc}\n"));
        bench_add(&bench,
                  text_sla(&bench, "shop",
                           arena_printf(&bench.arena,
                                        "  targets: [{id: x}]\n  clauses:\n    - {id: a, on: x, "
                                        "%s}\n",
                                        facts_at_times[i].clause)
                               .ptr));
        bench_compile(&bench);
        CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
        const struct desired *desired = sla_desired(&bench.arena, bench.world);
        for (size_t j = 0; j < desired->item_count; j++) {
            buf_printf(&held, "%s%.*s", j > 0 ? " " : "",
                       SLICE_ARG(desired->policies->resources[desired->items[j].resource].name));
        }
        ASSERT_TEXT(buf_slice(&held), facts_at_times[i].held);
        ASSERT_TEXT(reasons_text(desired), facts_at_times[i].reasons);
    }
}

/* --- one clause ------------------------------------------------------------------------------- */

static void one_clause_is_chosen_from_the_same_parts(void)
{
    compile("  targets: [{id: x, plane: network}, {id: f, plane: data}]\n  clauses:\n" FLOW(
                "a", "permit", "10.1.0.0/16") FLOW("b", "permit", "10.2.0.0/16")
                FLOW("d", "deny", "10.2.3.0/24") "    - {id: home, on: f, term: location, op: in, "
                                                 "value: PT}\n",
            OFFER QUIET);
    const struct desired *all = sla_desired(&bench.arena, bench.world);
    const struct sla_clause *const *clauses = bench.world->clauses;

    ASSERT_TEXT(boxes_text(all), "web in: drop d accept a accept b closed");
    for (size_t i = 0; i < bench.world->clause_count; i++) {
        const struct desired *one =
            sla_desired_select(&bench.arena, all, &clauses[i]->ref, DESIRED_ANYWHERE);
        CU_ASSERT_TRUE(one->is_part);
        if (slice_is(clauses[i]->ref.clause, "d")) {
            ASSERT_TEXT(boxes_text(one), "web in: drop d open");
        }
        if (slice_is(clauses[i]->ref.clause, "a")) {
            ASSERT_TEXT(boxes_text(one), "web in: accept a closed");
            CU_ASSERT_EQUAL(one->item_count, 0);
        }
        if (slice_is(clauses[i]->ref.clause, "home")) {
            CU_ASSERT_EQUAL(one->box_count, 0);
            CU_ASSERT_EQUAL(one->item_count, 1);
        }
    }
}

static void one_resource_is_chosen_from_the_same_parts(void)
{
    compile("  targets: [{id: x, plane: network}, {id: f}]\n  clauses:\n" FLOW(
                "a", "permit", "10.1.0.0/16") "    - {id: home, on: f, term: location, op: in, "
                                              "value: PT}\n",
            OFFER QUIET);
    const struct desired *all = sla_desired(&bench.arena, bench.world);

    for (size_t i = 0; i < bench.world->policies.resource_count; i++) {
        const struct desired *one = sla_desired_select(&bench.arena, all, NULL, i);
        struct slice name = bench.world->policies.resources[i].name;
        CU_ASSERT_EQUAL(one->box_count, slice_is(name, "web"));
        CU_ASSERT_EQUAL(one->item_count, slice_is(name, "files"));
    }
}

/* Rules have no verdict: what no plane holds of a flow is told all the same. */
static void flows_that_no_plane_holds_are_told(void)
{
    static const struct {
        const char *on, *told;
    } cases[] = {
        { "seg",
          "no plane enforces clause `a`: a segment takes and sends nothing itself: its hosts "
          "do" },
        { "gate", "no plane enforces clause `a`: `shop` does not rule there: at L0 the provider "
                  "does, above it the party of the U-Cloud and the owner" },
        { "x", "" },
        { "all", "" }, /* of web it is */
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        bench_clear(&bench);
        bench_add(
            &bench,
            text_sla(&bench, "shop",
                     arena_printf(&bench.arena,
                                  "  targets: [{id: x, select: {host: web}}, {id: gate, select: "
                                  "{host: gate}}, {id: seg, select: {kind: segment}}, {id: "
                                  "all, plane: network}]\n  clauses:\n    - {id: a, on: %s, "
                                  "term: flow, op: deny, value: {from: 10.7.0.0/16}}\n",
                                  cases[i].on)
                         .ptr));
        bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                      "    - {name: net, plane: network, kind: segment, layer: L1, "
                                      "node: n1, provider: dc, addresses: 10.0.0.0/24}\n" HOSTS));
        bench_compile(&bench);
        CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
        const struct diag *told = bench.diags.first;
        struct slice text = SLICE("");
        if (told != NULL) {
            text = arena_printf(&bench.arena, "%.*s: %.*s", SLICE_ARG(told->message),
                                SLICE_ARG(told->notes->text));
        }
        ASSERT_TEXT(text, cases[i].told);
        CU_ASSERT_TRUE(told == NULL || (told->code == SLA_CODE_NO_PLANE && told->next == NULL));
    }
}

static CU_TestInfo tests[] = {
    { "flows that no plane holds are told", flows_that_no_plane_holds_are_told },
    { "every term becomes a part or is told", every_term_becomes_a_part_or_is_told },
    { "boxes ask in the order of standing", boxes_ask_in_the_order_of_standing },
    { "an owner is asked after the party of the U-Cloud",
      an_owner_is_asked_after_the_party_of_the_ucloud },
    { "what a stranger protects opens nothing", what_a_stranger_protects_opens_nothing },
    { "lists have no overlaps", lists_have_no_overlaps },
    { "what is in conflict shapes nothing there", what_is_in_conflict_shapes_nothing_there },
    { "a flow under a condition stands always", a_flow_under_a_condition_stands_always },
    { "a class is settled by what a bucket holds", a_class_is_settled_by_what_a_bucket_holds },
    { "one clause is chosen from the same parts", one_clause_is_chosen_from_the_same_parts },
    { "one resource is chosen from the same parts", one_resource_is_chosen_from_the_same_parts },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "desired", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
