/* The generic reader: each type of field with a good and a wrong value, and what is wrong with a
 * mapping as such. */
#include <string.h>

#include "sla/draft.h"
#include "tests/unit/sla/worlds.h"

static struct bench bench;
static struct draft *draft;
static struct draft_document *document;
static struct address ward[2];
static struct draft_set set = {
    .kind = SLA_SET_ADDRESSES, .has_kind = true, .addresses = ward, .address_count = COUNT_OF(ward)
};

static void set_up(void)
{
    bench_start(&bench);
    draft = ARENA_NEW(&bench.arena, struct draft, 1);
    document = ARENA_NEW(&bench.arena, struct draft_document, 1);
    draft->arena = &bench.arena;
    draft->diags = &bench.diags;
    ASSERT_OK(address_parse(SLICE("10.20.0.0/16"), &ward[0]));
    ASSERT_OK(address_parse(SLICE("2001:db8::/32"), &ward[1]));
    set.id = SLICE("ward");
    document->sets = &set;
    document->set_count = 1;
    document->sorted_sets = NULL;
}

static void tear_down(void)
{
    bench_end(&bench);
}

/* --- a record with a field of each type ------------------------------------------------------ */

struct part {
    struct slice name;
};

struct sample {
    struct slice name, node_name, text;
    enum layer layer;
    bool flag;
    uint32_t tally;
    int64_t duration_ms;
    int32_t day;
    struct sla_set countries;
    struct address address;
    const struct address *addresses;
    size_t address_count;
    const struct yaml_node *refs, *select, *arguments, *labels, *value, *plain;
    const struct slice *texts;
    size_t text_count;
    const struct address *peers;
    size_t peer_count;
    const struct sla_ports *ports;
    size_t port_count;
    enum action_kind act;
    enum action_kind acts[REACTION_ACTIONS_MAX];
    size_t act_count;
    unsigned severities, layers;
    const struct slice *names;
    size_t name_count;
    const struct sla_term *term;
    struct part part;
    struct part *parts;
    size_t part_count;
    size_t checks; /* how often its check ran */
};

enum field_of_sample {
    AT_NAME,
    AT_NODE_NAME,
    AT_TEXT,
    AT_NOTHING,
    AT_WORD,
    AT_FLAG,
    AT_COUNT,
    AT_DURATION,
    AT_DATE,
    AT_COUNTRIES,
    AT_ADDRESS,
    AT_ADDRESSES,
    AT_REFS,
    AT_SELECT,
    AT_ARGUMENTS,
    AT_LABELS,
    AT_VALUE,
    AT_TEXTS,
    AT_PEERS,
    AT_PORTS,
    AT_ACT,
    AT_ACTS,
    AT_SEVERITY,
    AT_TERM,
    AT_NAMES,
    AT_WORDS,
    AT_PLAIN,
    AT_PART,
    AT_PARTS
};

static const char *const layer_names[] = { "L0", "L1", "L2" };
static const struct sla_words layer_words = { layer_names, COUNT_OF(layer_names) };

static const struct sla_field part_fields[] = {
    { .key = "name",
      .type = SLA_TYPE_NAME,
      .required = true,
      .offset = offsetof(struct part, name),
      .what = "the name of a part",
      .doc = "Which part.",
      .example = "a" },
};
static const struct sla_record part_record =
    SLA_RECORD(part_fields, struct part, NULL, "a part", "sample.part", "A part.");

#define FIELD(key_, type_, member_)                                                                \
    .key = (key_), .type = (type_), .offset = offsetof(struct sample, member_), .doc = "A doc."

static const struct sla_field sample_fields[] = {
    [AT_NAME] = { FIELD("name", SLA_TYPE_NAME, name), .required = true, .what = "a sample" },
    [AT_NODE_NAME] = { FIELD("node", SLA_TYPE_NODE_NAME, node_name) },
    [AT_TEXT] = { FIELD("text", SLA_TYPE_TEXT, text) },
    [AT_NOTHING] = { .key = NULL },
    [AT_WORD] = { FIELD("layer", SLA_TYPE_WORD, layer), .of.words = &layer_words,
                  .what = "a layer" },
    [AT_FLAG] = { FIELD("flag", SLA_TYPE_FLAG, flag) },
    [AT_COUNT] = { FIELD("tally", SLA_TYPE_COUNT, tally), .of.limits = { 2, 9 },
                   .what = "the tally" },
    [AT_DURATION] = { FIELD("within", SLA_TYPE_DURATION, duration_ms), .of.least_ms = 5,
                      .what = "the deadline" },
    [AT_DATE] = { FIELD("since", SLA_TYPE_DATE, day), .what = "the first day" },
    [AT_COUNTRIES] = { FIELD("countries", SLA_TYPE_COUNTRIES, countries) },
    [AT_ADDRESS] = { FIELD("address", SLA_TYPE_ADDRESS, address) },
    [AT_ADDRESSES] = { FIELD("addresses", SLA_TYPE_ADDRESSES, addresses),
                       .count = offsetof(struct sample, address_count) },
    [AT_REFS] = { FIELD("on", SLA_TYPE_REFS, refs) },
    [AT_SELECT] = { FIELD("select", SLA_TYPE_SELECT, select) },
    [AT_ARGUMENTS] = { FIELD("with", SLA_TYPE_ARGUMENTS, arguments) },
    [AT_LABELS] = { FIELD("labels", SLA_TYPE_LABELS, labels) },
    [AT_VALUE] = { FIELD("value", SLA_TYPE_VALUE, value) },
    [AT_TEXTS] = { FIELD("controls", SLA_TYPE_TEXTS, texts),
                   .count = offsetof(struct sample, text_count) },
    [AT_PEERS] = { FIELD("from", SLA_TYPE_PEERS, peers),
                   .count = offsetof(struct sample, peer_count) },
    [AT_PORTS] = { FIELD("ports", SLA_TYPE_PORTS, ports),
                   .count = offsetof(struct sample, port_count) },
    [AT_ACT] = { FIELD("action", SLA_TYPE_ACT, act) },
    [AT_ACTS] = { FIELD("respond", SLA_TYPE_ACTIONS, acts),
                  .count = offsetof(struct sample, act_count) },
    [AT_SEVERITY] = { FIELD("severity", SLA_TYPE_SEVERITY, severities) },
    [AT_TERM] = { FIELD("term", SLA_TYPE_TERM, term) },
    [AT_NAMES] = { FIELD("class", SLA_TYPE_NAMES, names),
                   .count = offsetof(struct sample, name_count), .what = "a class" },
    [AT_WORDS] = { FIELD("layers", SLA_TYPE_WORDS, layers), .of.words = &layer_words,
                   .what = "a layer" },
    [AT_PLAIN] = { FIELD("plain", SLA_TYPE_RECORD, plain) },
    [AT_PART] = { FIELD("part", SLA_TYPE_RECORD, part), .of.record = &part_record },
    [AT_PARTS] = { FIELD("parts", SLA_TYPE_RECORDS, parts),
                   .count = offsetof(struct sample, part_count), .of.record = &part_record },
};

static void check_sample(struct sla_reading *reading, void *filled)
{
    struct sample *sample = filled;

    sample->checks++;
    if (sla_reading_filled(reading, AT_TEXT) && slice_is(sample->text, "refused")) {
        reading->good = false;
    }
}

static const struct sla_record sample_record = SLA_RECORD(
    sample_fields, struct sample, check_sample, "a sample", "sample", "What the test reads.");

static bool fill(const char *text, struct sample *out)
{
    bench_clear(&bench);
    bench_add(&bench, slice_from(text));
    sla_count_errors(draft);
    const struct yaml_document *read =
        yaml_read(&bench.arena, &bench.sources[bench.count - 1], &bench.diags);
    CU_ASSERT_PTR_NOT_NULL_FATAL(read);
    *out = (struct sample){ 0 };
    return sla_record_fill(draft, document, &sample_record, read->root, out);
}

/* Findings as "CODE LINE:COL message [label]". */
static struct slice listed(void)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    diag_sort(&bench.diags);
    for (const struct diag *at = bench.diags.first; at != NULL; at = at->next) {
        buf_printf(&text, "%s%u %u:%u %.*s", text.len > 0 ? "; " : "", at->code, at->span.line,
                   diag_span_start(at->span).col, SLICE_ARG(at->message));
        if (at->label.len > 0) {
            buf_printf(&text, " [%.*s]", SLICE_ARG(at->label));
        }
        CU_ASSERT_TRUE(at->helps != NULL || at->notes != NULL);
    }
    return arena_copy(&bench.arena, buf_slice(&text));
}

/* --- good ------------------------------------------------------------------------------------ */

static void each_type_fills_its_place(void)
{
    struct sample got;

    CU_ASSERT_TRUE(fill("{name: a-1, node: n-1, text: 'any: thing', layer: L2, within: 5 ms, "
                        "since: 1970-01-03, countries: [AD, EFTA@2020-01-01], "
                        "address: 10.0.0.0/8, addresses: [10.0.0.1, '2001:db8::1'], on: [a, b], "
                        "select: {app: x}, labels: {app: x}, value: {a: [b]}, plain: {c: d}, "
                        "flag: yes, tally: 9, with: {a: b, c: [d, e]}, "
                        "part: {name: p}, parts: [{name: q}, {name: r}]}\n",
                        &got));
    ASSERT_TEXT(listed(), "");
    ASSERT_TEXT(got.name, "a-1");
    ASSERT_TEXT(got.node_name, "n-1");
    ASSERT_TEXT(got.text, "any: thing");
    CU_ASSERT_EQUAL(got.layer, LAYER_L2);
    CU_ASSERT_EQUAL(got.duration_ms, 5);
    CU_ASSERT_EQUAL(got.day, 2);
    CU_ASSERT_TRUE(sla_set_has(&got.countries, 0) && !sla_set_has(&got.countries, 1));
    CU_ASSERT_EQUAL(got.address.prefix_len, 8);
    CU_ASSERT_EQUAL(got.address_count, 2);
    CU_ASSERT_EQUAL(got.addresses[1].prefix_len, 128);
    CU_ASSERT_EQUAL(got.refs->count, 2);
    ASSERT_TEXT(got.select->first->text, "x");
    ASSERT_TEXT(got.labels->first->key, "app");
    CU_ASSERT_TRUE(got.flag);
    CU_ASSERT_EQUAL(got.tally, 9);
    CU_ASSERT_EQUAL(got.arguments->count, 2);
    CU_ASSERT_EQUAL(got.value->kind, YAML_MAPPING);
    ASSERT_TEXT(got.plain->first->text, "d");
    ASSERT_TEXT(got.part.name, "p");
    CU_ASSERT_EQUAL(got.part_count, 2);
    ASSERT_TEXT(got.parts[1].name, "r");
    CU_ASSERT_EQUAL(got.checks, 1);
}

static void types_of_clauses_fill_their_place(void)
{
    struct sample got;

    CU_ASSERT_TRUE(fill("{name: a, controls: [a, b], from: [ward, 10.1.0.0/16], ports: [443/tcp, "
                        "5000-5010/udp], action: data.freeze, respond: [network.deny source, "
                        "compute.snapshot], severity: '>= high', term: location, class: [x, y-1], "
                        "layers: [L2, L0]}\n",
                        &got));
    ASSERT_TEXT(listed(), "");
    CU_ASSERT_EQUAL(got.text_count, 2);
    ASSERT_TEXT(got.texts[1], "b");
    CU_ASSERT_EQUAL(got.peer_count, 3);
    CU_ASSERT_TRUE(address_eq(&got.peers[1], &ward[1]));
    CU_ASSERT_EQUAL(got.port_count, 2);
    CU_ASSERT_EQUAL(got.ports[1].protocol, SLA_UDP);
    CU_ASSERT_EQUAL(got.ports[1].last, 5010);
    CU_ASSERT_EQUAL(got.act, ACTION_DATA_FREEZE);
    CU_ASSERT_EQUAL(got.act_count, 2);
    CU_ASSERT_EQUAL(got.acts[1], ACTION_COMPUTE_SNAPSHOT);
    CU_ASSERT_EQUAL(got.severities, 0x18);
    CU_ASSERT_EQUAL(got.name_count, 2);
    ASSERT_TEXT(got.names[1], "y-1");
    CU_ASSERT_EQUAL(got.layers, 5);
    ASSERT_TEXT(slice_from(got.term->name), "location");
    CU_ASSERT_TRUE(fill("{name: a, from: [ward, any]}\n", &got));
    CU_ASSERT_EQUAL(got.peer_count, 0); /* from anywhere */
}

/* Text positions alone: quantities and flags are typed by others just as well. */
static const struct {
    const char *text, *wanted, *fix;
} readers[] = {
    { "{name: a, text: NO}\n", "901 1:17 other readers of YAML take `NO` for yes or no", "\"NO\"" },
    { "{name: a, text: 'NO'}\n", "", "" },
    { "{name: a, text: \"012\"}\n", "", "" },
    { "{name: a, text: 012}\n", "901 1:17 other readers of YAML take `012` for a number",
      "\"012\"" },
    { "{name: 12}\n", "901 1:8 other readers of YAML take `12` for a number", "\"12\"" },
    { "{name: a, on: [web, 22:22]}\n", "901 1:21 other readers of YAML take `22:22` for a number",
      "\"22:22\"" },
    { "{name: a, labels: {day: 2026-01-31, app: x}}\n",
      "901 1:25 other readers of YAML take `2026-01-31` for a date", "\"2026-01-31\"" },
    { "{name: a, countries: [SE, NO]}\n", "901 1:27 other readers of YAML take `NO` for yes or no",
      "\"NO\"" },
    { "{name: a, text: ~}\n", "901 1:17 other readers of YAML take `~` for nothing (null)",
      "\"~\"" },
    { "{name: a, flag: no, tally: 7, since: 2026-01-31}\n", "", "" },
};

static void what_other_readers_take_for_something_else_is_told(void)
{
    for (size_t i = 0; i < COUNT_OF(readers); i++) {
        struct sample got;
        CU_ASSERT_TRUE(fill(readers[i].text, &got));
        ASSERT_TEXT(listed(), readers[i].wanted);
        const struct diag *diag = bench.diags.first;
        ASSERT_TEXT(diag != NULL ? diag->fixes->edits->text : SLICE(""), readers[i].fix);
        CU_ASSERT_TRUE(diag == NULL || (diag->fixes->safe && diag->level == DIAG_WARNING));
    }
}

static void what_is_absent_stays_as_it_was(void)
{
    struct sample got;

    CU_ASSERT_TRUE(fill("{name: a}\n", &got));
    CU_ASSERT_EQUAL(got.duration_ms, 0);
    CU_ASSERT_PTR_NULL(got.addresses);
    CU_ASSERT_PTR_NULL(got.parts);
    CU_ASSERT_PTR_NULL(got.select);
}

static void members_may_stand_in_any_order(void)
{
    struct sample got;

    CU_ASSERT_TRUE(fill("{parts: [], within: 1 s, name: a, text: b}\n", &got));
    ASSERT_TEXT(got.name, "a");
    ASSERT_TEXT(got.text, "b");
    CU_ASSERT_EQUAL(got.duration_ms, 1000);
}

static void a_list_of_one_may_be_a_scalar(void)
{
    struct sample got;

    CU_ASSERT_TRUE(fill("{name: a, addresses: 10.0.0.1, on: web}\n", &got));
    CU_ASSERT_EQUAL(got.address_count, 1);
    ASSERT_TEXT(got.refs->text, "web");
}

/* --- wrong ----------------------------------------------------------------------------------- */

static const struct {
    const char *text, *wanted;
} wrong[] = {
    { "[a]\n", "203 1:1 a sample is a list [expected a mapping]" },
    { "{text: b}\n", "202 1:1 a sample needs `name`" },
    { "{name: a, texts: b}\n", "201 1:11 `texts` is not a key of a sample" },
    { "{nmae: a}\n", "201 1:2 `nmae` is not a key of a sample" },
    { "{nmae: a, name: b}\n", "201 1:2 `nmae` is not a key of a sample" },
    { "{xyzzy: a}\n", "202 1:1 a sample needs `name`; 201 1:2 `xyzzy` is not a key of a sample" },
    { "{name: , text: b}\n", "214 1:2 `name` has no value [expected one value]" },
    { "{name: [a]}\n", "203 1:8 `name` is a list [expected one value]" },
    { "{name: A}\n", "209 1:8 `A` cannot be a sample [expected a name]" },
    { "{name: ''}\n", "209 1:8 `` cannot be a sample [expected a name]" },
    { "{name: a, node: n_1}\n", "209 1:17 `n_1` cannot be the name of a node" },
    { "{name: a, text: {}}\n", "203 1:17 `text` is a mapping [expected one value]" },
    { "{name: a, layer: l2}\n", "206 1:18 `l2` is not a layer" },
    { "{name: a, flag: true}\n", "206 1:17 `true` is not a flag" },
    { "{name: a, tally: 1}\n", "208 1:18 the tally is wrong [`1` is not a number from 2 to 9]" },
    { "{name: a, tally: 02}\n", "208 1:18 the tally is wrong [`02` begins with a zero]" },
    { "{name: a, tally: 1e1}\n",
      "208 1:18 the tally is wrong [`1e1` is not a number from 2 to 9]" },
    { "{name: a, with: {b: {c: d}, e: [[f]]}}\n",
      "203 1:21 `b` is neither a value nor a list; 203 1:32 `e` is neither a value nor a list" },
    { "{name: a, layers: [L1, l2]}\n", "206 1:24 `l2` is not a layer" },
    { "{name: a, layers: []}\n", "214 1:19 the list is empty" },
    { "{name: a, class: [x, Y, -]}\n", "209 1:22 `Y` cannot be a class [expected a name]; 209 1:25 "
                                       "`-` cannot be a class [expected a "
                                       "name]" },
    { "{name: a, class: []}\n", "214 1:18 the list is empty" },
    { "{name: a, within: 4 ms}\n", "208 1:19 the deadline is wrong [must be at least 5 ms]" },
    { "{name: a, within: 4}\n",
      "208 1:19 the deadline is wrong [`4` is not a duration (like `30 s`, `5m`, `1.5h`, `30d`)]" },
    { "{name: a, since: 2026-02-30}\n",
      "208 1:18 the first day is wrong [the calendar has no `2026-02-30`]" },
    { "{name: a, countries: [PT, Portugal]}\n",
      "207 1:27 `Portugal` is not a country code [expected an ISO 3166-1 alpha-2 code]" },
    { "{name: a, within: [1 s]}\n", "203 1:19 `within` is a list [expected one value]" },
    { "{name: a, addresses: [10.0.0.1, [x]]}\n",
      "203 1:22 `addresses` is a list [expected one value or a list of values]" },
    { "{name: a, on: {}}\n",
      "203 1:15 `on` is a mapping [expected one value or a list of values]" },
    { "{name: a, select: app}\n", "203 1:19 `select` is one value [expected a mapping]" },
    { "{name: a, select: {app: [x], tier: {}}}\n",
      "203 1:25 `app` is not one value; 203 1:36 `tier` is not one value" },
    { "{name: a, labels: {name: x}}\n", "209 1:20 `name` cannot be a label" },
    { "{name: a, labels: {app: [x]}}\n", "203 1:25 `app` cannot be a label" },
    { "{name: a, labels: {-app: x}}\n",
      "209 1:20 `-app` cannot be the key of a label [a key has 1 to 63 of a-z, A-Z, 0-9 and, "
      "inside, `-`, `_` and `.`]" },
    { "{name: a, labels: {app: two words, Example/app: x}}\n",
      "209 1:25 `two words` cannot be the value of a label [a value has at most 63 of a-z, A-Z, "
      "0-9 and, inside, `-`, `_` and `.`]; "
      "209 1:36 `Example/app` cannot be the key of a label [before the `/` stands a DNS name of at "
      "most 253 bytes]" },
    { "{name: a, select: {name: two words, app!: x}}\n",
      "209 1:37 `app!` cannot be the key of a label [a key has 1 to 63 of a-z, A-Z, 0-9 and, "
      "inside, `-`, `_` and `.`]" },
    { "{name: a, controls: {}}\n",
      "203 1:21 `controls` is a mapping [expected one value or a list of values]" },
    { "{name: a, from: [wrd, 10.0.0.1/8]}\n",
      "304 1:18 `wrd` is not a set of addresses of this document; 218 1:23 the address is wrong "
      "[`10.0.0.1/8` "
      "has bits set behind its prefix]" },
    { "{name: a, from: []}\n", "214 1:17 the list is empty" },
    { "{name: a, ports: [80]}\n", "218 1:19 `80` is not a port [expected a port and a protocol]" },
    { "{name: a, ports: []}\n", "214 1:18 the list is empty" },
    { "{name: a, action: compute.stop}\n", "206 1:19 `compute.stop` is not an act" },
    { "{name: a, respond: []}\n", "219 1:20 a reaction has 1 to 8 actions" },
    { "{name: a, respond: compute.snapshot now}\n", "217 1:20 the action takes no argument" },
    { "{name: a, respond: network.deny}\n", "217 1:20 the action needs its argument `source` [it "
                                            "has to say whom; `source` is who set the rule off]" },
    { "{name: a, severity: grave}\n",
      "208 1:21 `grave` is not a bound on severity [expected `\">= high\"`]" },
    { "{name: a, term: locaton}\n", "210 1:17 `locaton` is not a term" },
    { "{name: a, within: 1,5 h}\n", "201 1:19 the comma divides two members of a sample" },
    { "{name: a, within: 1, 5 h: }\n", "201 1:19 the comma divides two members of a sample" },
    { "{name: a, b, c}\n", "201 1:8 the comma divides two members of a sample" },
    { "{name: a, txt}\n", "201 1:11 `txt` is not a key of a sample" },
    { "{name: a, on: web, web, web}\n", "201 1:15 the comma divides two members of a sample" },
    { "{name: a, text: so, and so}\n", "201 1:17 the comma divides two members of a sample" },
    { "{name: a, plain: b}\n", "203 1:18 `plain` is one value [expected a mapping]" },
    { "{name: a, part: {}}\n", "202 1:17 a part needs `name`" },
    { "{name: a, part: {name: P}}\n",
      "209 1:24 `P` cannot be the name of a part [expected a name]" },
    { "{name: a, parts: {}}\n", "203 1:18 `parts` is a mapping [expected a list]" },
    { "{name: A, layer: x, within: y, huh: z}\n",
      "209 1:8 `A` cannot be a sample [expected a name]; 206 1:18 `x` is not a layer; 208 1:29 the "
      "deadline is wrong [`y` is not a duration (like `30 s`, `5m`, `1.5h`, `30d`)]; 201 1:32 "
      "`huh` is not a key of a sample" },
};

static void each_mistake_is_told_with_its_place(void)
{
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct sample got;
        CU_ASSERT_FALSE(fill(wrong[i].text, &got));
        ASSERT_TEXT(listed(), wrong[i].wanted);
        CU_ASSERT_EQUAL(got.checks, 1);
    }
}

static void a_name_that_shares_a_part_is_proposed(void)
{
    static const struct {
        const char *text, *help, *fix;
    } rows[] = {
        { "{name: a, term: encryption.at-rest}\n",
          "did you mean one of `encryption.rest`, `encryption.transit`, `encryption.use`?", "" },
        { "{name: a, term: rest}\n", "did you mean `encryption.rest`?", "encryption.rest" },
        { "{name: a, term: a.mttr}\n", "did you mean `respond.mttr`?", "respond.mttr" },
        { "{name: a, action: network.block}\n",
          "did you mean one of `network.deny`, `network.isolate`, `network.scan`?", "" },
        { "{name: a, within: 1,5 h}\n", "write `1.5 h`: decimals follow a point", "1.5 h" },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct sample got;
        CU_ASSERT_FALSE(fill(rows[i].text, &got));
        CU_ASSERT_EQUAL_FATAL(bench.diags.errors, 1);
        const struct diag *diag = bench.diags.first;
        ASSERT_TEXT(diag->helps->text, rows[i].help);
        const struct diag_fix *fix = diag->fixes;
        ASSERT_TEXT(fix != NULL ? fix->edits->text : SLICE(""), rows[i].fix);
        CU_ASSERT_TRUE(fix == NULL || !fix->safe); /* nobody but its writer knows */
    }
}

static void a_text_with_commas_becomes_a_list_when_that_means_the_same(void)
{
    static const struct {
        const char *text, *fix;
        bool safe;
    } rows[] = {
        { "{name: a, on: \"front, data\"}\n", "[front, data]", true },
        { "{name: a, ports: \"443/tcp, 53/udp\"}\n", "[443/tcp, 53/udp]", true },
        { "{name: a, respond: \"network.deny source, compute.snapshot\"}\n",
          "[network.deny source, compute.snapshot]", true },
        { "{name: a, ports: \"443, 80/tcp\"}\n", "[\"443\", 80/tcp]", false },
        { "{name: a, on: \"front, of all shops\"}\n", "[front, of all shops]", false },
        { "{name: a, on: \"machines, not stores\"}\n", "", false },
        { "{name: a, on: \"all, except stores\"}\n", "", false },
        { "{name: a, from: \"any, except 10.0.0.0/8\"}\n", "", false },
        { "{name: a, from: \"any, !10.0.0.0/8\"}\n", "", false },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct sample got;
        CU_ASSERT_FALSE(fill(rows[i].text, &got));
        CU_ASSERT_EQUAL_FATAL(bench.diags.errors, 1);
        const struct diag_fix *fix = bench.diags.first->fixes;
        ASSERT_TEXT(fix != NULL ? fix->edits->text : SLICE(""), rows[i].fix);
        CU_ASSERT_EQUAL(fix != NULL && fix->safe, rows[i].safe);
        CU_ASSERT_PTR_NOT_NULL(bench.diags.first->helps);
    }
}

static void wrong_items_of_a_list_stay_in_it(void)
{
    struct sample got;

    CU_ASSERT_TRUE(fill("{name: a, parts: [{name: P}, {name: q}, r]}\n", &got));
    CU_ASSERT_EQUAL(bench.diags.errors, 2);
    CU_ASSERT_EQUAL(got.part_count, 3);
    ASSERT_TEXT(got.parts[0].name, "P");
    ASSERT_TEXT(got.parts[1].name, "q");
}

static void wrong_addresses_are_left_out(void)
{
    struct sample got;

    CU_ASSERT_FALSE(fill("{name: a, addresses: [x, 10.0.0.1, y], address: z}\n", &got));
    CU_ASSERT_EQUAL(bench.diags.errors, 3);
    CU_ASSERT_EQUAL(got.address_count, 1);
}

static void the_check_has_the_last_word(void)
{
    struct sample got;

    CU_ASSERT_FALSE(fill("{name: a, text: refused}\n", &got));
    ASSERT_TEXT(listed(), "");
}

/* --- limits ---------------------------------------------------------------------------------- */

static void too_many_actions_are_refused(void)
{
    struct sample got;

    CU_ASSERT_TRUE(fill("{name: a, respond: [data.freeze, data.freeze, data.freeze, data.freeze, "
                        "data.freeze, data.freeze, data.freeze, data.freeze]}\n",
                        &got));
    CU_ASSERT_EQUAL(got.act_count, REACTION_ACTIONS_MAX);
    CU_ASSERT_FALSE(fill("{name: a, respond: [data.freeze, data.freeze, data.freeze, data.freeze, "
                         "data.freeze, data.freeze, data.freeze, data.freeze, data.freeze]}\n",
                         &got));
    ASSERT_TEXT(listed(), "219 1:20 a reaction has 1 to 8 actions");
    CU_ASSERT_EQUAL(got.act_count, 0);
}

static void too_long_a_list_is_refused_as_a_whole(void)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    struct sample got;

    buf_add_cstr(&text, "name: a\nparts:\n");
    for (int i = 0; i < SLA_ITEMS_MAX; i++) {
        buf_add_cstr(&text, "  - {name: p}\n");
    }
    CU_ASSERT_TRUE(fill(text.ptr, &got));
    CU_ASSERT_EQUAL(got.part_count, SLA_ITEMS_MAX);
    buf_add_cstr(&text, "  - {name: p}\n");
    CU_ASSERT_TRUE(fill(text.ptr, &got));
    ASSERT_TEXT(listed(), "219 2:1 `parts` has 65537 items");
    CU_ASSERT_EQUAL(got.part_count, 0);
}

static void a_text_full_of_errors_is_given_up(void)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    struct sample got;

    buf_add_cstr(&text, "name: a\nparts:\n");
    for (int i = 0; i < YAML_ERRORS_MAX + 10; i++) {
        buf_add_cstr(&text, "  - {name: P}\n");
    }
    CU_ASSERT_TRUE(fill(text.ptr, &got));
    CU_ASSERT_EQUAL(got.part_count, YAML_ERRORS_MAX);
    CU_ASSERT_TRUE(bench_has(&bench, 111));
}

/* --- the tables of the language -------------------------------------------------------------- */

/* Each member alone: others may be missing, but the example itself is right. */
static void every_example_of_a_field_reads(void)
{
    size_t count = 0;
    const struct sla_record *const *records = sla_records(&count);

    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < records[i]->count; j++) {
            const struct sla_field *field = &records[i]->fields[j];
            struct sla_reading reading = {
                .draft = draft, .document = document, .record = records[i], .good = true
            };
            if (field->key == NULL) {
                continue;
            }
            bench_clear(&bench);
            bench_add(&bench, arena_printf(&bench.arena, "%s: %s\n", field->key, field->example));
            sla_count_errors(draft);
            *document = (struct draft_document){ .document.source = &bench.sources[0] };
            const struct yaml_document *read =
                yaml_read(&bench.arena, &bench.sources[0], &bench.diags);
            void *filled = arena_alloc(&bench.arena, 1, records[i]->size);
            CU_ASSERT_PTR_NOT_NULL_FATAL(read);
            CU_ASSERT_TRUE(sla_field_read(&reading, field, read->root->first, filled));
            ASSERT_TEXT(listed(), "");
        }
    }
}

static CU_TestInfo tests[] = {
    { "each type fills its place", each_type_fills_its_place },
    { "types of clauses fill their place", types_of_clauses_fill_their_place },
    { "what other readers take for something else is told",
      what_other_readers_take_for_something_else_is_told },
    { "what is absent stays as it was", what_is_absent_stays_as_it_was },
    { "members may stand in any order", members_may_stand_in_any_order },
    { "a list of one may be a scalar", a_list_of_one_may_be_a_scalar },
    { "each mistake is told with its place", each_mistake_is_told_with_its_place },
    { "a name that shares a part is proposed", a_name_that_shares_a_part_is_proposed },
    { "a text with commas becomes a list when that means the same",
      a_text_with_commas_becomes_a_list_when_that_means_the_same },
    { "wrong items of a list stay in it", wrong_items_of_a_list_stay_in_it },
    { "wrong addresses are left out", wrong_addresses_are_left_out },
    { "the check has the last word", the_check_has_the_last_word },
    { "too many actions are refused", too_many_actions_are_refused },
    { "too long a list is refused as a whole", too_long_a_list_is_refused_as_a_whole },
    { "a text full of errors is given up", a_text_full_of_errors_is_given_up },
    { "every example of a field reads", every_example_of_a_field_reads },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla fields", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
