/* What targets print: the words, what must not get into them, and that it reads back. */
#include <string.h>

#include "base/json.h"
#include "base/yaml.h"
#include "sla/emit/desired.h"
#include "sla/emit/emit.h"
#include "tests/unit/sla/random_world.h"

static struct bench bench;

static void set_up(void)
{
    bench_start(&bench);
}

static void tear_down(void)
{
    bench_end(&bench);
}

#define TENANT                                                                                     \
    "  targets: [{id: x, plane: network}, {id: f, plane: data}, {id: all}]\n  clauses:\n"          \
    "    - {id: a, on: x, term: flow, op: permit, value: {from: [10.1.0.0/16, "                    \
    "\"2001:db8::/32\"], "                                                                         \
    "ports: [22/tcp, 53/udp, 80-90/tcp]}}\n"                                                       \
    "    - {id: b, on: x, term: flow, op: deny, value: {from: any, ports: 25/tcp}}\n"              \
    "    - {id: home, on: f, term: location, op: in, value: [PT, ES]}\n"                           \
    "    - {id: own, on: f, term: authority, action: data.freeze, op: only, value: tenant}\n"      \
    "    - {id: fast, on: all, term: respond.mttr, op: \"<=\", value: 5 s}\n"                      \
    "  reactions:\n"                                                                               \
    "    - {id: r, on: x, when: {rule: guess}, respond: [network.deny source], lease: 1h}\n"

#define HOSTS                                                                                      \
    "    - {name: web, plane: network, layer: L2, node: n1, provider: dc, addresses: [10.0.0.1, "  \
    "\"2001:db8::1\"]}\n"                                                                          \
    "    - {name: files, plane: data, layer: L2, node: n1, provider: dc, handle: \"a\\\"b\\n# "    \
    "c\"}\n"                                                                                       \
    "  protected:\n    - {network: 10.9.0.0/24, why: \"who\\\"; drop { it }\"}\n"

#define TWINS                                                                                      \
    "    - {name: web, plane: network, layer: L2, node: n1, provider: dc, addresses: 10.0.0.1}\n"  \
    "    - {name: twin, plane: network, layer: L2, node: n1, provider: dc, addresses: "            \
    "10.0.0.0/24}\n"                                                                               \
    "    - {name: files, plane: data, layer: L2, node: n1, provider: dc}\n"

static const struct desired *derive(const char *tenant, const char *hosts)
{
    bench_clear(&bench);
    bench_add(&bench, text_ucloud(&bench, "store", "shop", hosts));
    bench_add(&bench, text_sla(&bench, "shop", tenant));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    return sla_desired(&bench.arena, bench.world);
}

static struct slice print(const struct desired *desired, enum sla_emitter target)
{
    CLEANUP(buf_done) struct buf out = { 0 };

    ASSERT_OK(sla_emit(desired, target, (struct slice){ 0 }, &out, NULL));
    return arena_copy(&bench.arena, buf_slice(&out));
}

static struct slice after_head(struct slice text)
{
    return slice_sub(text, slice_find(text, '\n') + 1, text.len);
}

static void nft_is_one_table(void)
{
    struct slice text = print(derive(TENANT, HOSTS), SLA_EMITTER_NFT);

    ASSERT_TEXT(
        after_head(text),
        "table inet redan_sla\n"
        "delete table inet redan_sla\n"
        "\n"
        "table inet redan_sla {\n"
        "    chain passes {\n"
        "        ct direction reply ct state established accept\n"
        "        ct state related meta l4proto { icmp, ipv6-icmp } accept\n"
        "        icmpv6 type { nd-router-solicit, nd-router-advert, nd-neighbor-solicit, "
        "nd-neighbor-advert } ip6 hoplimit 255 accept\n"
        "    }\n"
        "    chain input {\n"
        "        type filter hook input priority filter; policy accept;\n"
        "        meta iifname lo accept\n"
        "        jump passes\n"
        "        ip daddr vmap {\n"
        "            10.0.0.1 : goto in/store/web,\n"
        "        }\n"
        "        ip6 daddr vmap {\n"
        "            2001:db8::1 : goto in/store/web,\n"
        "        }\n"
        "    }\n"
        "    chain forward_in {\n"
        "        type filter hook forward priority filter + 1; policy accept;\n"
        "        meta iifname lo accept\n"
        "        jump passes\n"
        "        ip daddr vmap {\n"
        "            10.0.0.1 : goto in/store/web,\n"
        "        }\n"
        "        ip6 daddr vmap {\n"
        "            2001:db8::1 : goto in/store/web,\n"
        "        }\n"
        "    }\n"
        "    chain in/store/web {\n"
        "        # shop/store/protected\n"
        "        ip saddr { 10.9.0.0/24 } accept\n"
        "        # shop/shop/b\n"
        "        tcp dport { 25 } drop\n"
        "        # shop/shop/a\n"
        "        ip saddr { 10.1.0.0/16 } tcp dport { 22, 80-90 } accept\n"
        "        ip saddr { 10.1.0.0/16 } udp dport { 53 } accept\n"
        "        ip6 saddr { 2001:db8::/32 } tcp dport { 22, 80-90 } accept\n"
        "        ip6 saddr { 2001:db8::/32 } udp dport { 53 } accept\n"
        "        # shop/shop/a\n"
        "        drop\n"
        "    }\n"
        "}\n"
        "# not held: shop/shop/home: held against offers; no plane is told (store/files)\n"
        "# not held: shop/shop/fast: an objective: a breach is seen, not prevented (store/files, "
        "store/web)\n");
}

static void a_watch_list_is_one_partys(void)
{
    const struct desired *desired = derive(TENANT, HOSTS);
    CLEANUP(buf_done) struct buf out = { 0 };

    ASSERT_TEXT(after_head(print(desired, SLA_EMITTER_WATCHLIST)),
                "party: \"shop\"\n"
                "watch:\n"
                "  # shop/shop/r\n"
                "  - node: \"n1\"\n"
                "    rule: \"guess\"\n"
                "    on: [\"store/web\"]\n"
                "    addresses: [\"10.0.0.1\", \"2001:db8::1\"]\n"
                "heed: []\n"
                "protected:\n"
                "  # shop/store/protected\n"
                "  - \"10.9.0.0/24\"\n"
                "# not held: shop/shop/home: held against offers; no plane is told "
                "(store/files)\n"
                "# not held: shop/shop/fast: an objective: a breach is seen, not prevented "
                "(store/files, store/web)\n");
    ASSERT_CODE(sla_emit(desired, SLA_EMITTER_WATCHLIST, SLICE("rival"), &out, NULL),
                STATUS_NOT_FOUND);
}

/* What the detectors of the node of `files`, the first resource, shall see. */
static struct desired heeding(const struct desired_item *heed)
{
    struct desired desired = *derive(TENANT, HOSTS);

    desired.heeds = heed;
    desired.heed_count = 1;
    return desired;
}

static void what_detectors_shall_see_is_a_list_of_names(void)
{
    const struct slice techniques[] = { SLICE("T1110"), SLICE("T1110.003") };
    struct desired_fact fact = { .term = "detect.techniques",
                                 .kind = DESIRED_ALL,
                                 .names = techniques,
                                 .name_count = COUNT_OF(techniques) };
    const struct desired_item heed = { .party = SLICE("shop"), .facts = &fact, .fact_count = 1 };
    struct desired desired = heeding(&heed);
    struct slice text = print(&desired, SLA_EMITTER_WATCHLIST);
    CLEANUP(buf_done) struct buf out = { 0 };

    CU_ASSERT_TRUE(slice_find_text(text, SLICE("heed:\n"
                                               "  - node: \"n1\"\n"
                                               "    on: \"store/files\"\n"
                                               "    term: \"detect.techniques\"\n"
                                               "    all: [\"T1110\", \"T1110.003\"]\n")) <
                   text.len);
    /* cppcheck-suppress unreadVariable; the item points to it */
    fact.kind = DESIRED_TEXT; /* else something would be left out */
    desired = heeding(&heed);
    ASSERT_CODE(sla_emit(&desired, SLA_EMITTER_WATCHLIST, (struct slice){ 0 }, &out, NULL),
                STATUS_UNSUPPORTED);
}

/* A host is put into the one segment that is asked for; of several none is picked. */
static void a_host_is_in_one_segment(void)
{
    const struct slice segments[] = { SLICE("back"), SLICE("front") };
    const struct desired_fact facts[] = {
        { .term = "segment", .kind = DESIRED_AMONG, .names = segments, .name_count = 1 },
        { .term = "encryption.transit", .text = SLICE("mutual") },
        { .term = "segment",
          .kind = DESIRED_AMONG,
          .names = segments,
          .name_count = COUNT_OF(segments) },
    };
    const struct desired_item items[] = {
        { .resource = 1, .facts = &facts[0], .fact_count = 1 },
        { .resource = 1, .facts = &facts[1], .fact_count = 1 },
        { .resource = 1, .facts = &facts[2], .fact_count = 1 },
    };
    struct desired desired = *derive(TENANT, HOSTS);
    CLEANUP(buf_done) struct buf out = { 0 };

    desired.items = &items[0];
    desired.item_count = 1;
    struct slice text = print(&desired, SLA_EMITTER_OVN);
    CU_ASSERT_TRUE(slice_find_text(text, SLICE("\"name\": \"store/back\"")) < text.len);
    CU_ASSERT_EQUAL(slice_find_text(text, SLICE("\"ipsec\"")), text.len);
    desired.items = &items[1];
    text = print(&desired, SLA_EMITTER_OVN);
    CU_ASSERT_TRUE(slice_find_text(text, SLICE("\"ipsec\": true")) < text.len);
    desired.items = &items[2];
    ASSERT_CODE(sla_emit(&desired, SLA_EMITTER_OVN, (struct slice){ 0 }, &out, NULL),
                STATUS_UNSUPPORTED);
}

#define SEGMENTS                                                                                   \
    "    - {name: net, plane: network, kind: segment, layer: L1, node: n1, provider: dc, "         \
    "addresses: 10.0.0.0/24}\n"                                                                    \
    "    - {name: empty, plane: network, kind: segment, layer: L1, node: n1, provider: dc, "       \
    "addresses: 10.1.0.0/24}\n"                                                                    \
    "    - {name: web, plane: network, segment: net, layer: L2, node: n1, provider: dc, "          \
    "addresses: 10.0.0.1}\n"                                                                       \
    "    - {name: db, plane: network, segment: net, layer: L2, node: n1, provider: dc, "           \
    "addresses: 10.0.0.2}\n"

/* "store/net 2; store/empty 0; " */
static struct slice switches_of(const struct json *rows)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    for (const struct json *row = rows->first; row != NULL; row = row->next) {
        if (slice_is(json_text(row, "table"), "Logical_Switch") &&
            slice_is(json_text(row, "op"), "insert")) {
            const struct json *content = json_get(row, "row");
            buf_printf(&text, "%.*s %zu; ", SLICE_ARG(json_text(content, "name")),
                       json_get(content, "ports")->first->next->count);
        }
    }
    return arena_copy(&bench.arena, buf_slice(&text));
}

static void segments_are_logical_switches(void)
{
    const struct json *rows = NULL;
    const struct desired *desired =
        derive("  targets: [{id: all}]\n  clauses:\n"
               "    - {id: a, on: all, term: flow, op: permit, value: {from: any}}\n",
               SEGMENTS);
    struct slice text = print(desired, SLA_EMITTER_OVN);

    ASSERT_OK(json_read(&bench.arena, text, &rows));
    ASSERT_TEXT(switches_of(rows), "store/empty 0; store/net 2; ");
    CU_ASSERT_TRUE(slice_find_text(text, SLICE("a segment takes and sends nothing itself")) <
                   text.len);
    (void)print(desired, SLA_EMITTER_NFT); /* a segment's addresses are no host's */
}

static void of_several_parties_one_is_chosen(void)
{
    CLEANUP(buf_done) struct buf out = { 0 };

    bench_clear(&bench);
    bench_add(&bench, text_ucloud(&bench, "store", "shop", HOSTS));
    bench_add(&bench, text_sla(&bench, "shop", TENANT));
    bench_add(&bench, text_ucloud(&bench, "depot", "rival",
                                  "    - {name: v, plane: network, layer: L2, node: n1, provider: "
                                  "dc, addresses: 10.0.0.9}\n"));
    bench_add(&bench,
              SLICE("apiVersion: redan/v1\nkind: SecuritySLA\n"
                    "metadata: {name: mine, party: rival, role: tenant, ucloud: depot}\n"
                    "spec:\n  targets: [{id: x}]\n  reactions:\n"
                    "    - {id: q, on: x, when: {rule: guess}, respond: [network.deny source], "
                    "lease: 1h}\n"));
    bench_compile(&bench);
    const struct desired *desired = sla_desired(&bench.arena, bench.world);
    ASSERT_CODE(sla_emit(desired, SLA_EMITTER_WATCHLIST, (struct slice){ 0 }, &out, NULL),
                STATUS_NOT_FOUND);
    buf_clear(&out);
    ASSERT_OK(sla_emit(desired, SLA_EMITTER_WATCHLIST, SLICE("rival"), &out, NULL));
    CU_ASSERT_EQUAL(slice_find_text(buf_slice(&out), SLICE("shop")), out.len);
    CU_ASSERT_TRUE(slice_find_text(buf_slice(&out), SLICE("rival/mine/q")) < out.len);
}

/* --- conditions and parts --------------------------------------------------------------------- */

#define AT_TIMES                                                                                   \
    "  targets: [{id: x, plane: network}, {id: f, plane: data}]\n  clauses:\n"                     \
    "    - {id: a, on: x, term: flow, op: deny, value: {from: any}, when: {phase: incident}}\n"    \
    "    - {id: own, on: f, term: authority, action: data.freeze, op: deny, value: dc, when: "     \
    "{purpose: treatment}}\n"

static void a_condition_is_told(void)
{
    const struct desired *desired = derive(AT_TIMES, HOSTS);
    struct slice text = print(desired, SLA_EMITTER_NFT);
    const struct json *policy = NULL;

    CU_ASSERT_TRUE(slice_ends(text, SLICE("# not held: shop/shop/a: its condition alone: it stands "
                                          "always, as no plane can tell when: {phase: incident} "
                                          "(store/web)\n")));
    ASSERT_OK(json_read(&bench.arena, print(desired, SLA_EMITTER_POLICY), &policy));
    const struct json *condition = json_get(policy, "conditions")->first;
    ASSERT_TEXT(json_text(condition, "clause"), "shop/shop/own");
    ASSERT_TEXT(json_text(condition, "when"), "purpose: treatment");
    ASSERT_TEXT(json_text(json_get(policy, "notHeld")->first, "when"), "phase: incident");
}

static void one_clause_names_its_resources_alone(void)
{
    const struct desired *all = derive(TENANT, HOSTS);

    for (size_t i = 0; i < bench.world->clause_count; i++) {
        const struct sla_clause *clause = bench.world->clauses[i];
        const struct desired *one =
            sla_desired_select(&bench.arena, all, &clause->ref, DESIRED_ANYWHERE);
        const struct json *policy = NULL;
        ASSERT_OK(json_read(&bench.arena, print(one, SLA_EMITTER_POLICY), &policy));
        CU_ASSERT_EQUAL(json_get(policy, "resources")->count, clause->resource_count);
    }
}

/* --- free text and hostile names -------------------------------------------------------------- */

static void free_text_stands_in_json_alone(void)
{
    const struct desired *desired = derive(TENANT, HOSTS);
    struct slice text = print(desired, SLA_EMITTER_NFT);
    const struct json *policy = NULL;
    const struct json *store = NULL;

    CU_ASSERT_EQUAL(slice_find_text(text, SLICE("who")), text.len);
    CU_ASSERT_EQUAL(slice_find_text(text, SLICE("a\"b")), text.len);
    ASSERT_OK(json_read(&bench.arena, print(desired, SLA_EMITTER_POLICY), &policy));
    ASSERT_OK(json_read(&bench.arena, print(desired, SLA_EMITTER_STORE), &store));
    ASSERT_TEXT(json_text(json_get(policy, "protected")->first, "why"), "who\"; drop { it }");
    ASSERT_TEXT(json_text(json_get(policy, "resources")->first, "handle"), "a\"b\n# c");
    ASSERT_TEXT(json_text(json_get(store, "buckets")->first, "bucket"), "a\"b\n# c");
}

static const char *const hostile[] = {
    "",         "a b",      "a\nadd rule inet filter input accept",
    "a;b",      "a}b",      "{",
    "\"",       "a\\",      "a#b",
    "\xc3\xa9", "A",        "-a",
    "a/../b",   "a\x1b[2J", "a\x7f",
    "$(id)x",   "a'b",      "a,b",
    "a:b",      "a`b",
};

static void hostile_names_are_an_error_of_the_target(void)
{
    static const enum sla_emitter text_targets[] = { SLA_EMITTER_NFT, SLA_EMITTER_WATCHLIST };

    for (size_t i = 0; i < COUNT_OF(hostile); i++) {
        const struct desired *desired = derive(TENANT, HOSTS);
        struct resource *resources = ARENA_NEW(&bench.arena, struct resource, 2);
        struct policy_set set = *desired->policies;
        struct desired changed = *desired;
        memcpy(resources, set.resources, 2 * sizeof(*resources));
        resources[0].name = slice_from(hostile[i]);
        resources[1].name = slice_from(hostile[i]);
        set.resources = resources;
        changed.policies = &set;
        for (size_t j = 0; j < COUNT_OF(text_targets); j++) {
            CLEANUP(buf_done) struct buf out = { 0 };
            ASSERT_CODE(sla_emit(&changed, text_targets[j], (struct slice){ 0 }, &out, NULL),
                        STATUS_UNSUPPORTED);
        }
    }
}

static void hostile_clauses_are_an_error_of_the_target(void)
{
    for (size_t i = 0; i < COUNT_OF(hostile); i++) {
        CLEANUP(buf_done) struct buf out = { 0 };
        const struct desired *desired = derive(TENANT, HOSTS);
        struct clause_ref ref = *desired->not_held[0].clause;
        struct desired_not_held entry = desired->not_held[0];
        struct desired changed = *desired;
        ref.clause = slice_from(hostile[i]);
        entry.clause = &ref;
        changed.not_held = &entry;
        changed.not_held_count = 1;
        ASSERT_CODE(sla_emit(&changed, SLA_EMITTER_NFT, (struct slice){ 0 }, &out, NULL),
                    STATUS_UNSUPPORTED);
    }
}

/* What does not fit into nft, and the words about it. */
static const struct {
    const char *tenant, *hosts, *wanted, *clause;
} unfit[] = {
    { "  targets: [{id: x}]\n  clauses:\n    - {id: a, on: x, term: flow, op: permit, value: "
      "{from: \"fe80::1%eth0\"}}\n",
      HOSTS, "nft: fe80::1%eth0 stands for one interface of one node", "a" },
    { TENANT, TWINS,
      "nft: 10.0.0.1 is of `store/twin` and of `store/web`: choose one with --resource", "b" },
};

static void what_a_target_cannot_carry_is_its_error(void)
{
    for (size_t i = 0; i < COUNT_OF(unfit); i++) {
        CLEANUP(buf_done) struct buf out = { 0 };
        const struct desired *desired = derive(unfit[i].tenant, unfit[i].hosts);
        const struct clause_ref *at = NULL;
        struct status status = sla_emit(desired, SLA_EMITTER_NFT, (struct slice){ 0 }, &out, &at);
        CU_ASSERT_EQUAL(status.code, STATUS_UNSUPPORTED);
        CU_ASSERT_PTR_NOT_NULL_FATAL(at);
        ASSERT_TEXT(at->clause, unfit[i].clause);
        CU_ASSERT_STRING_EQUAL(status.msg, unfit[i].wanted);
    }
}

/* --- all of it -------------------------------------------------------------------------------- */

/* When one of these grows, sla/emit/policy.c has a member to write. */
static void policy_prints_every_member(void)
{
    const struct json *policy = NULL;

    CU_ASSERT_EQUAL(sizeof(struct clause_ref), 80);
    CU_ASSERT_EQUAL(sizeof(struct resource), 216);
    CU_ASSERT_EQUAL(sizeof(struct policy), 48);
    CU_ASSERT_EQUAL(sizeof(struct objective), 128);
    CU_ASSERT_EQUAL(sizeof(struct reaction), 176);
    CU_ASSERT_EQUAL(sizeof(struct protected_asset), 136);
    CU_ASSERT_EQUAL(sizeof(struct degradation), 120);
    CU_ASSERT_EQUAL(sizeof(struct policy_set), 176);
    CU_ASSERT_EQUAL(sizeof(struct desired_ruling), 136);
    ASSERT_OK(json_read(&bench.arena, print(derive(TENANT, HOSTS), SLA_EMITTER_POLICY), &policy));
    static const struct {
        const char *list;
        size_t count;
    } wanted[] = { { "resources", 2 }, { "policies", 2 },  { "rules", 1 },      { "objectives", 1 },
                   { "reactions", 1 }, { "protected", 1 }, { "boxes", 1 },      { "items", 1 },
                   { "heeds", 0 },     { "watches", 1 },   { "conditions", 0 }, { "notHeld", 2 },
                   { "degrade", 0 } };
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        const struct json *list = json_get(policy, wanted[i].list);
        CU_ASSERT_PTR_NOT_NULL_FATAL(list);
        CU_ASSERT_EQUAL(list->count, wanted[i].count);
    }
}

/* --- what a store is told --------------------------------------------------------------------- */

#define HOUR_MS INT64_C(3600000)

/* Of one bucket: what is asked, what S3 and Swift are told. */
static const struct {
    const char *term;
    int64_t least, most;
    const char *text, *s3, *swift;
} told[] = {
    { "retention", 25 * HOUR_MS, INT64_MAX, "25 h",
      "{\"PutBucketVersioning\":{\"Status\":\"Enabled\"},\"PutObjectLockConfiguration\":"
      "{\"ObjectLockEnabled\":\"Enabled\",\"Rule\":{\"DefaultRetention\":{\"Mode\":\"COMPLIANCE\","
      "\"Days\":2}}},\"untold\":[]}",
      "{\"untold\":[\"retention\"]}" },
    { "retention", 0, 720 * HOUR_MS, "30 d",
      "{\"PutBucketLifecycleConfiguration\":{\"Rules\":[{\"ID\":\"redan-retention\",\"Status\":"
      "\"Enabled\",\"Filter\":{},\"Expiration\":{\"Days\":29}}]},\"untold\":[]}",
      "{\"X-Delete-After\":2592000,\"untold\":[]}" },
    { "retention", 0, 25 * HOUR_MS, "25 h", "{\"untold\":[\"retention\"]}",
      "{\"X-Delete-After\":90000,\"untold\":[]}" },
    { "encryption.rest", 0, 0, "provider",
      "{\"PutBucketEncryption\":{\"Rules\":[{\"ApplyServerSideEncryptionByDefault\":{"
      "\"SSEAlgorithm\":\"AES256\"}}]},\"untold\":[]}",
      "{\"untold\":[\"encryption.rest\"]}" },
    { "encryption.rest", 0, 0, "client", "{\"untold\":[\"encryption.rest\"]}",
      "{\"untold\":[\"encryption.rest\"]}" },
};

static struct slice compact(const struct json *tree)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    struct json_writer writer = { .out = &out };

    json_put_tree(&writer, tree);
    return arena_copy(&bench.arena, buf_slice(&out));
}

static void stores_are_told_in_their_own_fields(void)
{
    const struct desired *base = derive("  targets: [{id: f, plane: data}]\n", HOSTS);

    for (size_t i = 0; i < COUNT_OF(told); i++) {
        CLEANUP(buf_done) struct buf out = { 0 };
        const struct json *store = NULL;
        const struct desired_fact fact = { .term = told[i].term,
                                           .least = told[i].least,
                                           .most = told[i].most,
                                           .unit = "ms",
                                           .text = slice_from(told[i].text) };
        const struct desired_item item = { .facts = &fact, .fact_count = 1 };
        struct desired desired = *base;
        desired.items = &item; /* of `files`, the first resource */
        desired.item_count = 1;
        ASSERT_OK(sla_emit(&desired, SLA_EMITTER_STORE, (struct slice){ 0 }, &out, NULL));
        ASSERT_OK(json_read(&bench.arena, buf_slice(&out), &store));
        const struct json *bucket = json_get(store, "buckets")->first;
        ASSERT_TEXT(compact(json_get(bucket, "s3")), told[i].s3);
        ASSERT_TEXT(compact(json_get(bucket, "swift")), told[i].swift);
    }
}

/* What S3 is told of a `tiering`; NULL: it has no way. */
static const struct {
    const char *value, *rules;
} tierings[] = {
    { "[{from: 0 s, classes: [hot]}, {from: 180d, classes: [cool, cold]}, {from: 730d, classes: "
      "[archive]}]",
      "{\"Days\":180,\"StorageClass\":\"STANDARD_IA\"},"
      "{\"Days\":730,\"StorageClass\":\"DEEP_ARCHIVE\"}" },
    { "[{from: 90d, classes: [archive, cold]}]", "{\"Days\":90,\"StorageClass\":\"GLACIER_IR\"}" },
    { "[{from: 0 s, classes: [cold]}]", "{\"Days\":0,\"StorageClass\":\"GLACIER_IR\"}" },
    /* STANDARD_IA: not before its 30th day, and not for less */
    { "[{from: 10d, classes: [cool, cold]}]", "{\"Days\":10,\"StorageClass\":\"GLACIER_IR\"}" },
    { "[{from: 40d, classes: [cool, cold]}, {from: 60d, classes: [cold, archive]}]",
      "{\"Days\":40,\"StorageClass\":\"GLACIER_IR\"}" },
    { "[{from: 40d, classes: [cool]}, {from: 60d, classes: [cool, cold]}]",
      "{\"Days\":40,\"StorageClass\":\"STANDARD_IA\"}" },
    { "[{from: 10d, classes: [cool]}]", NULL },
    { "[{from: 36h, classes: [cold]}]", NULL },                              /* no whole day */
    { "[{from: 0 s, classes: [cold]}, {from: 60d, classes: [hot]}]", NULL }, /* never up */
    { "[{from: 0 s, classes: [hot, cool, cold, archive]}]", "" },            /* nothing is asked */
};

static const struct json *store_of(const char *clauses)
{
    const struct json *store = NULL;
    struct slice spec =
        arena_printf(&bench.arena, "  targets: [{id: f, plane: data}]\n  clauses:\n%s", clauses);
    const struct desired *desired = derive(spec.ptr, HOSTS);

    ASSERT_OK(json_read(&bench.arena, print(desired, SLA_EMITTER_STORE), &store));
    return json_get(store, "buckets")->first;
}

static void data_that_ages_moves_down(void)
{
    for (size_t i = 0; i < COUNT_OF(tierings); i++) {
        struct slice clause =
            arena_printf(&bench.arena, "    - {id: a, on: f, term: tiering, op: is, value: %s}\n",
                         tierings[i].value);
        const struct json *s3 = json_get(store_of(clause.ptr), "s3");
        struct slice wanted =
            tierings[i].rules == NULL ? SLICE("{\"untold\":[\"tiering\"]}")
            : tierings[i].rules[0] == '\0'
                ? SLICE("{\"untold\":[]}")
                : arena_printf(&bench.arena,
                               "{\"PutBucketLifecycleConfiguration\":{\"Rules\":[{\"ID\":"
                               "\"redan-tiering\",\"Status\":\"Enabled\",\"Filter\":"
                               "{\"ObjectSizeGreaterThan\":0},\"Transitions\":[%s]}]},"
                               "\"untold\":[]}",
                               tierings[i].rules);
        ASSERT_TEXT(compact(s3), wanted.ptr);
    }
}

/* One call sets all rules: what ends and what moves stand together. What is met is what is told. */
static void a_bucket_has_one_lifecycle(void)
{
    const struct json *bucket = store_of(
        "    - {id: a, on: f, term: retention, op: \">=\", value: 365d}\n"
        "    - {id: b, on: f, term: retention, op: \"<=\", value: 730d}\n"
        "    - {id: c, on: f, term: tiering, op: is, value: [{from: 90d, classes: [cool, cold]}]}\n"
        "    - {id: d, on: f, term: tiering, op: is, value: [{from: 0 s, classes: [hot]}, {from: "
        "60d, classes: [hot, cold]}]}\n");

    ASSERT_TEXT(compact(json_get(json_get(bucket, "s3"), "PutBucketLifecycleConfiguration")),
                "{\"Rules\":[{\"ID\":\"redan-retention\",\"Status\":\"Enabled\",\"Filter\":{},"
                "\"Expiration\":{\"Days\":727},\"NoncurrentVersionExpiration\":{\"NoncurrentDays\":"
                "1}},{\"ID\":\"redan-tiering\",\"Status\":\"Enabled\",\"Filter\":"
                "{\"ObjectSizeGreaterThan\":0},\"Transitions\":[{\"Days\":90,\"StorageClass\":"
                "\"GLACIER_IR\"}]}]}");
    ASSERT_TEXT(compact(json_get(json_get(bucket, "s3"), "untold")), "[\"tiering\"]");
    ASSERT_TEXT(compact(json_get(bucket, "facts")->first->next),
                "{\"term\":\"tiering\",\"ages\":[{\"from_ms\":0,\"among\":[\"hot\"]},"
                "{\"from_ms\":5184000000,\"among\":[\"hot\",\"cold\"]},"
                "{\"from_ms\":7776000000,\"among\":[\"cold\"]}],\"clauses\":[\"shop/shop/c\","
                "\"shop/shop/d\"]}");
    ASSERT_TEXT(compact(json_get(json_get(bucket, "swift"), "untold")),
                "[\"retention\",\"tiering\"]");
}

/* S3 refuses a move that would come when the object is gone. */
static void what_is_gone_moves_no_more(void)
{
    const struct json *bucket = store_of(
        "    - {id: b, on: f, term: retention, op: \"<=\", value: 70d}\n"
        "    - {id: c, on: f, term: tiering, op: is, value: [{from: 30d, classes: [cold]}, {from: "
        "90d, classes: [archive]}]}\n");

    ASSERT_TEXT(compact(json_get(json_get(bucket, "s3"), "PutBucketLifecycleConfiguration")),
                "{\"Rules\":[{\"ID\":\"redan-retention\",\"Status\":\"Enabled\",\"Filter\":{},"
                "\"Expiration\":{\"Days\":69}},{\"ID\":\"redan-tiering\",\"Status\":\"Enabled\","
                "\"Filter\":{\"ObjectSizeGreaterThan\":0},\"Transitions\":[{\"Days\":30,"
                "\"StorageClass\":\"GLACIER_IR\"}]}]}");
    ASSERT_TEXT(compact(json_get(json_get(bucket, "s3"), "untold")), "[]");
}

/* The bucket that keeps a rate; NULL: none does. Of one a second no two come in a second. */
static const struct {
    const char *value, *limit;
} rates[] = {
    { "100/s", "limit rate 50/second burst 50 packets" },
    { "5000/10m", "limit rate 250/minute burst 2500 packets" },
    { "7/10s", "limit rate 18/minute burst 4 packets" },
    { "1/s", "limit rate 59/minute burst 1 packets" },
    { "1/d", "limit rate 6/week burst 1 packets" },
    { "3/11s", "limit rate 5/minute burst 3 packets" }, /* 1 in 11 s is no whole number */
    { "2/ms", "limit rate 1000/second burst 1 packets" },
    { "1/ms", "limit rate 999/second burst 1 packets" },
    { "0/s", NULL },
};

static void rates_become_buckets_of_tokens(void)
{
    for (size_t i = 0; i < COUNT_OF(rates); i++) {
        struct slice spec =
            arena_printf(&bench.arena,
                         "  targets: [{id: w, select: {name: web}}]\n  clauses:\n"
                         "    - {id: r, on: w, term: rate, op: \"<=\", value: %s, per: resource}\n",
                         rates[i].value);
        struct slice text = print(derive(spec.ptr, HOSTS), SLA_EMITTER_NFT);
        struct slice wanted = arena_printf(
            &bench.arena,
            "    chain rate/store/web/1 {\n        # shop/shop/r\n%s%s%s        drop\n",
            rates[i].limit != NULL ? "        " : "", rates[i].limit != NULL ? rates[i].limit : "",
            rates[i].limit != NULL ? " return\n" : "");
        bool found = slice_find_text(text, wanted) < text.len;
        CU_ASSERT_TRUE(found);
        if (!found) {
            (void)printf("\n    %s: %.*s", rates[i].value, SLICE_ARG(text));
        }
        CU_ASSERT_TRUE(slice_find_text(text, SLICE("ct state new jump rate/store/web/1\n")) <
                       text.len);
    }
}

/* A limit by itself, and beside flows; who is protected is not counted. */
static void a_limit_has_a_box(void)
{
    const struct desired *all =
        derive("  targets: [{id: w, select: {name: web}}]\n  clauses:\n"
               "    - {id: r, on: w, term: rate, op: \"<=\", value: 10/s, per: source}\n"
               "    - {id: s, on: w, term: rate, op: \"<=\", value: 20/s, per: source}\n"
               "    - {id: t, on: w, term: rate, op: \"<=\", value: 99/h, per: resource}\n"
               "    - {id: u, on: w, term: rate, op: \"<=\", value: 9/s, per: subject}\n",
               HOSTS);
    const struct clause_ref *r = all->boxes[0].limits[0].origin.clauses[0];
    const struct desired *part = sla_desired_select(&bench.arena, all, r, DESIRED_ANYWHERE);

    CU_ASSERT_EQUAL(all->box_count, 1);
    CU_ASSERT_EQUAL(all->boxes[0].limit_count, 2); /* the one per source that implies the other */
    CU_ASSERT_EQUAL(all->boxes[0].always.peer_count, 1);
    struct slice text = print(part, SLA_EMITTER_NFT);
    CU_ASSERT_TRUE(slice_find_text(text, SLICE("set rate/store/web/1/ip6 {")) < text.len);
    CU_ASSERT_EQUAL(slice_find_text(text, SLICE("rate/store/web/2")), text.len);
    text = print(all, SLA_EMITTER_NFT);
    CU_ASSERT_TRUE(slice_find_text(text, SLICE("jump rate/store/web/2\n")) < text.len);
    CU_ASSERT_TRUE(slice_find_text(text, SLICE("# not held: shop/shop/u: ")) < text.len);
}

/* And takes nothing else with it: neither too slow nor fuller than a timeout goes. */
static void a_rate_that_no_bucket_keeps_is_not_held(void)
{
    const struct desired *desired = derive(
        "  targets: [{id: w, select: {name: web}}]\n  clauses:\n"
        "    - {id: f, on: w, term: flow, op: permit, value: {from: 10.0.0.0/8}}\n"
        "    - {id: r, on: w, term: rate, op: \"<=\", value: 1/400d, per: source}\n"
        "    - {id: s, on: w, term: rate, op: \"<=\", value: 2147483647/36500d, per: source}\n",
        HOSTS);
    struct slice text = print(desired, SLA_EMITTER_NFT);

    CU_ASSERT_TRUE(slice_find_text(text, SLICE("ip saddr { 10.0.0.0/8 } accept")) < text.len);
    CU_ASSERT_TRUE(slice_find_text(text, SLICE("# not held: shop/shop/r: ")) < text.len);
    CU_ASSERT_TRUE(slice_find_text(text, SLICE("# not held: shop/shop/s: ")) < text.len);
    CU_ASSERT_EQUAL(slice_find_text(text, SLICE("limit rate")), text.len);
}

/* Free text is escaped; names may hold what a comment of XML may not. */
static void libvirt_is_told_of_sizes_and_disks(void)
{
    static const struct {
        const char *resource, *value;
        const char *parts[4]; /* in this order */
    } cases[] = {
        { "kind: vm, handle: \"a<b>&'\\\"c\", size: {cpu: 2, memory: 1 GiB}",
          "provider",
          { "<name>a&lt;b&gt;&amp;&apos;&quot;c</name>", "<vcpu>2</vcpu>",
            "<memory unit=\"bytes\">1073741824</memory>", "usage=\"store/m--1\"" } },
        { "kind: vm, size: {disk: 1 GiB}",
          "none",
          { "told=\"yes\"", "path=\"shop/shop/need--1\"", "<name>redan.store.m--1</name>",
            "<capacity unit=\"bytes\">1073741824</capacity>\n  </volume>" } },
        { "kind: vm", "customer", { "<name>m--1</name>", "value=\"customer\" told=\"no\"" } },
        { "kind: container, size: {cpu: 2}",
          "provider",
          { "world=", ">\n  <redan:not-held clause=\"shop/shop/need--1\">no plane is told" } },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct desired *desired = derive(
            arena_printf(&bench.arena,
                         "  targets: [{id: all}]\n  clauses:\n    - {id: need--1, on: all, term: "
                         "encryption.rest, op: \">=\", value: %s}\n",
                         cases[i].value)
                .ptr,
            arena_printf(&bench.arena,
                         "    - {name: m--1, plane: compute, layer: L2, node: n1, provider: dc, "
                         "%s}\n",
                         cases[i].resource)
                .ptr);
        struct slice text = print(desired, SLA_EMITTER_LIBVIRT);
        for (size_t j = 0; j < COUNT_OF(cases[i].parts) && cases[i].parts[j] != NULL; j++) {
            size_t at = slice_find_text(text, slice_from(cases[i].parts[j]));
            CU_ASSERT_FATAL(at < text.len);
            text = slice_sub(text, at, text.len);
        }
        CU_ASSERT(slice_ends(text, SLICE("</redan:desired>\n")));
    }
}

static void a_machine_chosen_alone_keeps_its_size(void)
{
    const struct desired *all = derive(
        "  targets: [{id: all}]\n  clauses:\n    - {id: home, on: all, term: location, op: "
        "in, value: PT}\n",
        "    - {name: a, plane: compute, layer: L2, node: n1, provider: dc, size: {cpu: 2}}\n"
        "    - {name: b, plane: compute, layer: L2, node: n1, provider: dc, size: {cpu: 3}}\n");
    const struct clause_ref *home = &bench.world->clauses[0]->ref;
    const struct {
        const struct clause_ref *clause;
        size_t resource;
        bool wanted;
    } cases[] = {
        { NULL, 0, true }, { NULL, 1, false }, { home, DESIRED_ANYWHERE, false }, { home, 0, false }
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct desired *part =
            sla_desired_select(&bench.arena, all, cases[i].clause, cases[i].resource);
        struct slice text = print(part, SLA_EMITTER_LIBVIRT);
        CU_ASSERT_EQUAL(slice_find_text(text, SLICE("<vcpu>2</vcpu>")) < text.len, cases[i].wanted);
    }
}

static void nobody_who_watches_is_said_so(void)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    const struct desired *desired =
        derive("  targets: [{id: all}]\n  clauses: []\n",
               "    - {name: m, plane: compute, layer: L2, node: n1, provider: dc}\n");
    struct status status =
        sla_emit(desired, SLA_EMITTER_WATCHLIST, (struct slice){ 0 }, &out, NULL);

    CU_ASSERT_EQUAL(status.code, STATUS_NOT_FOUND);
    CU_ASSERT_STRING_EQUAL(status.msg, "sigma-watchlist: nobody has anything to watch");
}

static void a_control_character_is_no_xml(void)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    const struct desired *desired =
        derive("  targets: [{id: all}]\n  clauses: []\n",
               "    - {name: m, plane: compute, layer: L2, node: n1, provider: dc, handle: "
               "\"a\\tb\", size: {cpu: 1}}\n");

    ASSERT_CODE(sla_emit(desired, SLA_EMITTER_LIBVIRT, (struct slice){ 0 }, &out, NULL),
                STATUS_UNSUPPORTED);
}

static void requirements_on_one_bucket_are_met(void)
{
    const struct json *store = NULL;
    const struct desired *desired = derive(
        "  targets: [{id: f, plane: data}]\n  clauses:\n"
        "    - {id: a, on: f, term: replication.copies, op: \">=\", value: 2}\n"
        "    - {id: b, on: f, term: replication.copies, op: \">=\", value: 3}\n"
        "    - {id: c, on: f, term: replication.spread, op: \">=\", value: 2, by: provider}\n"
        "    - {id: d, on: f, term: replication.spread, op: \">=\", value: 3, by: zone}\n"
        "    - {id: h, on: f, term: integrity.level, op: \">=\", value: signed}\n"
        "    - {id: e, on: f, term: location, op: in, value: [PT, ES]}\n"
        "    - {id: g, on: f, term: location, op: not in, value: [ES]}\n",
        HOSTS);

    ASSERT_OK(json_read(&bench.arena, print(desired, SLA_EMITTER_STORE), &store));
    ASSERT_TEXT(
        compact(json_get(json_get(store, "buckets")->first, "facts")),
        "[{\"term\":\"location\",\"among\":[\"PT\"],\"clauses\":[\"shop/shop/e\",\"shop/shop/g\"]},"
        "{\"term\":\"integrity.level\",\"atLeast\":\"signed\",\"clauses\":[\"shop/shop/h\"]},"
        "{\"term\":\"replication.copies\",\"least\":3,\"clauses\":[\"shop/shop/a\",\"shop/shop/"
        "b\"]},"
        "{\"term\":\"replication.spread\",\"least\":2,\"unit\":\"provider\",\"clauses\":"
        "[\"shop/shop/c\"]},"
        "{\"term\":\"replication.spread\",\"least\":3,\"unit\":\"zone\",\"clauses\":"
        "[\"shop/shop/d\"]}]");
}

/* --- chance ----------------------------------------------------------------------------------- */

enum { WORLDS = 200 };

static bool reads_back(enum sla_emitter target, struct slice text)
{
    const struct json *tree = NULL;
    struct status status = STATUS_SUCCESS;

    if (target == SLA_EMITTER_WATCHLIST) {
        struct diag_list diags;
        struct diag_source source = { "watch.yaml", text };
        diag_list_init(&diags, &bench.arena);
        return yaml_read(&bench.arena, &source, &diags) != NULL && diags.errors == 0;
    }
    if (target == SLA_EMITTER_LIBVIRT) { /* by libvirt itself: tests/integration/compute */
        return slice_ends(text, SLICE("</redan:desired>\n"));
    }
    if (target != SLA_EMITTER_NFT) { /* by nft itself: tests/integration/network */
        status = json_read(&bench.arena, text, &tree);
    }
    return status_ok(&status);
}

/* Order of the documents changes nothing: not a byte. */
static void what_is_printed_reads_back(void)
{
    uint64_t seed = 20260714;

    for (size_t i = 0; i < WORLDS; i++) {
        uint64_t first = seed;
        random_world(&bench, &seed);
        const struct desired *desired = sla_desired(&bench.arena, bench.world);
        struct slice printed[SLA_EMITTERS];
        for (unsigned target = 0; target < SLA_EMITTERS; target++) {
            printed[target] = print(desired, (enum sla_emitter)target);
            if (!reads_back((enum sla_emitter)target, printed[target])) {
                CU_FAIL("it does not read back");
                (void)printf("    %s, seed %llu\n%.*s", sla_emitter_names[target],
                             (unsigned long long)first, SLICE_ARG(printed[target]));
            }
        }
        struct diag_source swapped = bench.sources[0];
        bench.sources[0] = bench.sources[2];
        bench.sources[2] = swapped;
        bench_compile(&bench);
        desired = sla_desired(&bench.arena, bench.world);
        for (unsigned target = 0; target < SLA_EMITTERS; target++) {
            CU_ASSERT_TRUE(slice_eq(print(desired, (enum sla_emitter)target), printed[target]));
        }
        arena_reset(&bench.arena);
    }
}

static CU_TestInfo tests[] = {
    { "nft is one table", nft_is_one_table },
    { "a watch list is one party's", a_watch_list_is_one_partys },
    { "what detectors shall see is a list of names", what_detectors_shall_see_is_a_list_of_names },
    { "a host is in one segment", a_host_is_in_one_segment },
    { "segments are logical switches", segments_are_logical_switches },
    { "of several parties one is chosen", of_several_parties_one_is_chosen },
    { "a condition is told", a_condition_is_told },
    { "one clause names its resources alone", one_clause_names_its_resources_alone },
    { "free text stands in JSON alone", free_text_stands_in_json_alone },
    { "hostile names are an error of the target", hostile_names_are_an_error_of_the_target },
    { "hostile clauses are an error of the target", hostile_clauses_are_an_error_of_the_target },
    { "what a target cannot carry is its error", what_a_target_cannot_carry_is_its_error },
    { "stores are told in their own fields", stores_are_told_in_their_own_fields },
    { "data that ages moves down", data_that_ages_moves_down },
    { "rates become buckets of tokens", rates_become_buckets_of_tokens },
    { "a limit has a box", a_limit_has_a_box },
    { "a rate that no bucket keeps is not held", a_rate_that_no_bucket_keeps_is_not_held },
    { "a bucket has one lifecycle", a_bucket_has_one_lifecycle },
    { "what is gone moves no more", what_is_gone_moves_no_more },
    { "libvirt is told of sizes and disks", libvirt_is_told_of_sizes_and_disks },
    { "a machine chosen alone keeps its size", a_machine_chosen_alone_keeps_its_size },
    { "nobody who watches is said so", nobody_who_watches_is_said_so },
    { "a control character is no XML", a_control_character_is_no_xml },
    { "requirements on one bucket are met", requirements_on_one_bucket_are_met },
    { "what is printed reads back", what_is_printed_reads_back },
    { "policy prints every member", policy_prints_every_member },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "emit", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
