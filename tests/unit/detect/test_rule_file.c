#include "base/file.h"
#include "detect/rule_file.h"
#include "tests/suite.h"

#include <stdio.h>
#include <string.h>

static struct arena arena;
static struct diag_list diags;

static int clear(void)
{
    arena_done(&arena);
    return 0;
}

static const struct rule_set *read_text(const char *text)
{
    struct diag_source *source = ARENA_NEW(&arena, struct diag_source, 1);

    *source = (struct diag_source){ "rules.yaml", slice_from(text) };
    diag_list_init(&diags, &arena);
    return rules_read(&arena, source, 1, &diags);
}

#define HEAD "title: T\nid: i1\nname: one\nlevel: low\n"
#define BASE                                                                                       \
    HEAD "logsource: {product: linux, service: sshd}\ndetection:\n"                                \
         "  selection: {kind: auth.failure}\n  condition: selection\n"
#define COUNT_HEAD "---\ntitle: C\nid: i2\nname: two\nlevel: high\ncorrelation:\n"
#define COUNT(rules, rest)                                                                         \
    COUNT_HEAD "  type: event_count\n  rules: [" rules "]\n  timespan: 5m\n" rest

static const struct rule *rule_named(const struct rule_set *set, const char *name)
{
    for (size_t i = 0; set != NULL && i < set->count; i++) {
        if (slice_is(set->rules[i].name, name)) {
            return &set->rules[i];
        }
    }
    return NULL;
}

static void test_shipped_rules_are_read(void)
{
    struct slice text = { 0 };
    struct diag_source source = { "rules/linux/ssh.yaml", { 0 } };

    ASSERT_OK(file_load(&arena, source.name, 1 << 20, &text));
    source.text = text;
    diag_list_init(&diags, &arena);
    const struct rule_set *set = rules_read(&arena, &source, 1, &diags);
    CU_ASSERT_PTR_NOT_NULL_FATAL(set);
    CU_ASSERT_EQUAL(set->count, 5);
    CU_ASSERT_FALSE(rule_named(set, "ssh-failure")->emits);
    CU_ASSERT_FALSE(rule_named(set, "ssh-several-failures")->emits);
    CU_ASSERT_TRUE(rule_named(set, "ssh-guessed")->emits);
    const struct rule *brute = rule_named(set, "ssh-bruteforce");
    CU_ASSERT_EQUAL(brute->kind, RULE_CORRELATION);
    CU_ASSERT_EQUAL(brute->level, SEVERITY_HIGH);
    CU_ASSERT_EQUAL(brute->correlation.threshold, 5);
    CU_ASSERT_EQUAL(brute->correlation.timespan_us, 60000000);
    CU_ASSERT_EQUAL(brute->correlation.group_by_count, 2);
    ASSERT_TEXT(set->rules[brute->correlation.rules[0]].name, "ssh-failure");
}

static void test_rules_come_after_those_they_name(void)
{
    const struct rule_set *set = read_text(
        "title: O\nid: i3\nname: outer\nlevel: high\ncorrelation:\n"
        "  type: temporal_ordered\n  rules: [two, i1]\n  group-by: [node]\n"
        "  timespan: 1h\n  generate: true\n" COUNT("one", "  group-by: [node, user]\n"
                                                          "  condition: {gt: 3}\n") "---\n" BASE);

    CU_ASSERT_PTR_NOT_NULL_FATAL(set);
    CU_ASSERT_EQUAL(set->count, 3);
    ASSERT_TEXT(set->rules[0].name, "one");
    ASSERT_TEXT(set->rules[1].name, "two");
    ASSERT_TEXT(set->rules[2].name, "outer");
    CU_ASSERT_EQUAL(set->rules[1].correlation.compare, COMPARE_GT);
    CU_ASSERT_EQUAL(set->rules[2].correlation.rules[0], 1);
    CU_ASSERT_TRUE(set->rules[0].emits); /* generate */
}

static struct event_field fields[3];

static struct event make_event(const char *user, const char *service)
{
    fields[0] = (struct event_field){ SLICE("service"), slice_from(service), PROVENANCE_SERVICE };
    fields[1] = (struct event_field){ SLICE("user"), slice_from(user), PROVENANCE_APP_LOG };
    return (struct event){ .node = SLICE("n"),
                           .kind = SLICE("auth.failure"),
                           .layer = LAYER_L2,
                           .plane = PLANE_NETWORK,
                           .fields = fields,
                           .field_count = user[0] != '-' ? 2 : 1 };
}

static void test_conditions_decide(void)
{
    static const struct {
        const char *condition;
        const char *user;
        bool wanted;
    } rows[] = {
        { "a", "Root", true },
        { "a", "bob", false },
        { "a or b", "bob", true },
        { "a and b", "root", false },
        { "not a", "bob", true },
        { "not a", "-", true },
        { "b and not a", "bob", true },
        { "(a or b) and not b", "root", true },
        { "not (a or b)", "root", false },
        { "a or b and not b", "root", true },
        { "not not a", "root", true },
        { "c", "x", true },
        { "c", "y", false },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char text[600];
        (void)snprintf(text, sizeof(text),
                       HEAD "logsource: {service: sshd}\ndetection:\n  a: {user: [root, admin]}\n"
                            "  b: [{user: bob}, {user: eve, kind: auth.failure}]\n"
                            "  c: {plane: network, layer: L2, node: n, user: x}\n"
                            "  condition: (%s) or (a and b and c)\n",
                       rows[i].condition);
        const struct rule_set *set = read_text(text);
        CU_ASSERT_PTR_NOT_NULL_FATAL(set);
        struct event event = make_event(rows[i].user, "sshd");
        suite_check(rule_matches(&set->rules[0], &event) == rows[i].wanted, rows[i].condition,
                    __FILE__, __LINE__);
        CU_ASSERT_EQUAL(rule_set_wants(set, &event), rows[i].wanted);
        event = make_event(rows[i].user, "cron");
        CU_ASSERT_FALSE(rule_matches(&set->rules[0], &event));
    }
}

/* One row, one refusal: text, code, line, message. */
static const struct {
    const char *text;
    unsigned code, line;
    const char *message;
} refusals[] = {
    { "- a\n", 1003, 1, "this document is not a rule" },
    { BASE "detecton: x\n", 1001, 9, "unknown key `detecton` in a rule" },
    { BASE "action: global\n", 1001, 9, "unknown key `action` in a rule" },
    { BASE "taxonomy: mine\n", 1001, 9, "unknown key `taxonomy` in a rule" },
    { BASE "status: unsupported\n", 1004, 9, "the rule is marked as unsupported" },
    { "id: i\nlevel: low\nlogsource: {service: sshd}\ndetection: {s: {kind: x}, condition: s}\n",
      1002, 1, "a rule needs `title`" },
    { "title: t\nlevel: low\nlogsource: {service: sshd}\ndetection: {s: {kind: x}, condition: s}\n",
      1002, 1, "a rule needs `id`" },
    { "title: t\nid: i\nlogsource: {service: sshd}\ndetection: {s: {kind: x}, condition: s}\n",
      1002, 1, "a rule needs `level`" },
    { "title: t\nid: i\nlevel: bad\nlogsource: {service: sshd}\n"
      "detection: {s: {kind: x}, condition: s}\n",
      1003, 3, "`bad` is not a level" },
    { HEAD "detection: {s: {kind: x}, condition: s}\n", 1002, 1, "a base rule needs `logsource`" },
    { HEAD "logsource: {product: windows, service: security}\n"
           "detection: {s: {kind: x}, condition: s}\n",
      1004, 5, "the log source is not known here" },
    { HEAD "logsource: {category: process_creation, service: sshd}\n"
           "detection: {s: {kind: x}, condition: s}\n",
      1001, 5, "unknown key `category` in a log source" },
    { HEAD "logsource: {product: linux}\ndetection: {s: {kind: x}, condition: s}\n", 1002, 5,
      "a log source needs `service`" },
    { HEAD "logsource: {service: sshd}\n", 1002, 1, "a base rule needs `detection`" },
    { HEAD "logsource: {service: sshd}\ndetection: {s: {kind: x}}\n", 1002, 6,
      "a detection needs `condition`" },
    { HEAD "logsource: {service: sshd}\ndetection: {s: {kind: x}, condition: [s]}\n", 1003, 6,
      "`condition` must be a value" },
    { HEAD "logsource: {service: sshd}\ndetection: {s: {user|contains: x}, condition: s}\n", 1004,
      6, "the modifier `contains` is not supported" },
    { HEAD "logsource: {service: sshd}\ndetection: {s: {user: 'x*'}, condition: s}\n", 1004, 6,
      "wildcards and escapes in a value are not supported" },
    { HEAD "logsource: {service: sshd}\ndetection: {s: {user: null}, condition: s}\n", 1004, 6,
      "a test for null is not supported" },
    { HEAD "logsource: {service: sshd}\ndetection: {s: {user: {a: b}}, condition: s}\n", 1003, 6,
      "a field is compared with values only" },
    { HEAD "logsource: {service: sshd}\ndetection: {s: {user: []}, condition: s}\n", 1003, 6,
      "the list of values is empty" },
    { HEAD "logsource: {service: sshd}\ndetection: {s: {usr: x}, condition: s}\n", 1003, 6,
      "`usr` is not a field of this log source" },
    { HEAD "logsource: {service: sshd}\ndetection: {s: {CommandLine: x}, condition: s}\n", 1003, 6,
      "`CommandLine` is not a field of this log source" },
    { HEAD "logsource: {service: sshd}\ndetection: {s: [a, b], condition: s}\n", 1004, 6,
      "a selection needs fields and values" },
    { HEAD "logsource: {service: sshd}\ndetection: {s: [], condition: s}\n", 1003, 6,
      "the selection is empty" },
    { HEAD "logsource: {service: sshd}\ndetection: {s: {kind: x}, t: {kind: y}, condition: s}\n",
      1003, 6, "the selection `t` is not used" },
    { HEAD "logsource: {service: sshd}\ndetection: {s: {kind: x}, condition: 1 of s}\n", 1004, 6,
      "`1` of several selections is not evaluated" },
    { HEAD "logsource: {service: sshd}\ndetection: {s: {kind: x}, condition: all of them}\n", 1004,
      6, "`all` of several selections is not evaluated" },
    { HEAD "logsource: {service: sshd}\ndetection: {s: {kind: x}, condition: s | count() > 5}\n",
      1003, 6, "`|` stands where `and`, `or` or the end is expected" },
    { HEAD "logsource: {service: sshd}\ndetection: {s: {kind: x}, condition: s and}\n", 1003, 6,
      "`` stands where a selection name is expected" },
    { HEAD "logsource: {service: sshd}\ndetection: {s: {kind: x}, condition: (s}\n", 1003, 6,
      "`` stands where `)` is expected" },
    { HEAD "logsource: {service: sshd}\ndetection: {s: {kind: x}, condition: other}\n", 1003, 6,
      "`other` is not a selection of this rule" },
    { BASE COUNT("one", ""), 1002, 14, "a correlation of counts needs `condition`" },
    { BASE COUNT("one", "  condition: {gte: 1, lte: 2}\n"), 1004, 18,
      "a condition compares with one bound" },
    { BASE COUNT("one", "  condition: {field: user}\n"), 1004, 18,
      "`field` is not supported in this condition" },
    { BASE COUNT("one", "  condition: {gte: 0}\n"), 1003, 18, "`0` is not a bound for a count" },
    { BASE COUNT("one", "  condition: {gt: 4097}\n"), 1003, 18,
      "`4097` is not a bound for a count" },
    { BASE COUNT("three", "  condition: {gte: 1}\n"), 1005, 16, "there is no rule `three`" },
    { BASE COUNT("two", "  condition: {gte: 1}\n"), 1006, 10, "the rule `two` cannot be placed" },
    { BASE COUNT("", "  condition: {gte: 1}\n"), 1003, 16, "`rules` needs 1 to 16 names" },
    { BASE COUNT("one", "  condition: {gte: 1}\n  aliases: {x: {one: user}}\n"), 1001, 19,
      "unknown key `aliases` in a correlation" },
    { BASE COUNT("one", "  condition: {gte: 1}\n  generate: maybe\n"), 1003, 19,
      "`generate` is neither true nor false" },
    { BASE COUNT("one", "  condition: {gte: 1}\n  group-by: user\n"), 1003, 19,
      "`group-by` must be a list" },
    { BASE COUNT("one", "  condition: {gte: 1}\n  group-by: [a,b,c,d,e,f,g,h,i]\n"), 1003, 19,
      "`group-by` needs 1 to 8 names" },
    { BASE COUNT_HEAD "  type: value_count\n  rules: [one]\n  timespan: 5m\n", 1004, 15,
      "the correlation type `value_count` is not supported" },
    { BASE COUNT_HEAD "  type: temporal_ordered\n  rules: [one]\n  timespan: 5m\n"
                      "  condition: {gte: 1}\n",
      1004, 18, "a condition of `temporal_ordered` is not supported" },
    { BASE COUNT_HEAD "  type: temporal_ordered\n  rules: [one]\n  timespan: 5 min\n", 1003, 17,
      "`5 min` is not a time span" },
    { BASE COUNT_HEAD "  type: temporal_ordered\n  rules: [one]\n  timespan: 8d\n", 1003, 17,
      "`8d` is not a time span" },
    { BASE COUNT_HEAD "  type: temporal_ordered\n  rules: [one]\n", 1002, 14,
      "a correlation needs `timespan`" },
    { BASE "---\n" BASE, 1007, 10, "two rules have the id `i1`" },
    { BASE "---\ntitle: C\nid: i1\nname: two\nlevel: high\ncorrelation: {type: temporal_ordered, "
           "rules: [two], timespan: 1s}\n",
      1007, 10, "two rules have the id `i1`" },
    { BASE COUNT("one",
                 "  group-by: [user]\n  condition: {gte: 1}\n") "---\ntitle: O\nid: i3\nlevel: "
                                                                "low\ncorrelation:\n  type: "
                                                                "event_count\n  rules: [two]\n"
                                                                "  timespan: 1s\n  group-by: "
                                                                "[src_ip]\n  condition: {gte: 1}\n",
      1003, 28, "`two` does not group by `src_ip`" },
    { BASE COUNT("one", "  condition: {gte: 1}\n  group-by: [usr]\n"), 1003, 19,
      "`usr` is not a field of this log source" },
    { BASE COUNT(
          "one",
          "  condition: {lt: 1}\n") "---\ntitle: O\nid: i3\nlevel: low\ncorrelation:\n  type: "
                                    "event_count\n"
                                    "  rules: [two]\n  timespan: 1s\n  condition: {gte: 1}\n",
      1004, 25, "`two` is known only when its time is over" },
    { "title: [\n", 0, 0, "" }, /* YAML's own finding */
};

static void test_what_is_not_evaluated_is_refused(void)
{
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        const struct rule_set *set = read_text(refusals[i].text);
        CU_ASSERT_PTR_NULL(set);
        CU_ASSERT_TRUE(diags.errors >= 1);
        if (refusals[i].code == 0 || diags.first == NULL) {
            continue;
        }
        ASSERT_TEXT(diags.first->message, refusals[i].message);
        CU_ASSERT_EQUAL(diags.first->code, refusals[i].code);
        if (diags.first->span.line != refusals[i].line) {
            (void)printf("\n  `%s`: line %u\n", refusals[i].message, diags.first->span.line);
        }
        CU_ASSERT_EQUAL(diags.first->span.line, refusals[i].line);
        CU_ASSERT_TRUE(diags.first->helps != NULL);
    }
}

static void test_deep_conditions_are_refused(void)
{
    char text[2000];
    char many[1200] = "";
    CLEANUP(buf_done) struct buf deep = { 0 };

    for (size_t i = 0; i < 20; i++) {
        buf_add_cstr(&deep, "not ");
    }
    (void)snprintf(
        text, sizeof(text), "%s%ss}\n",
        HEAD "logsource: {service: sshd}\ndetection: {s: {kind: x}, condition: ", deep.ptr);
    CU_ASSERT_PTR_NULL(read_text(text));
    CU_ASSERT_EQUAL(diags.first->code, RULE_CODE_LIMIT);
    for (size_t i = 0; i < 65; i++) {
        (void)snprintf(many + i * 6, 8, "s and ");
    }
    (void)snprintf(text, sizeof(text), "%s%ss}\n",
                   HEAD "logsource: {service: sshd}\ndetection: {s: {kind: x}, condition: ", many);
    CU_ASSERT_PTR_NULL(read_text(text));
    CU_ASSERT_EQUAL(diags.first->code, RULE_CODE_LIMIT);
}

static void test_chains_have_a_limit(void)
{
    CLEANUP(buf_done) struct buf below = { 0 };
    CLEANUP(buf_done) struct buf above = { 0 };

    buf_add_cstr(&below, BASE);
    for (unsigned i = 0; i <= RULE_DEPTH_MAX; i++) {
        CLEANUP(buf_done) struct buf rule = { 0 };
        buf_printf(&rule,
                   "title: C\nid: c%u\nlevel: high\ncorrelation: {type: event_count, rules: "
                   "[%s%u], timespan: 1s, condition: {gte: 1}}\n---\n",
                   i, i == 0 ? "i" : "c", i == 0 ? 1 : i - 1);
        CU_ASSERT_PTR_NOT_NULL(read_text(below.ptr)); /* at most RULE_DEPTH_MAX deep yet */
        buf_add_cstr(&below, "---\n");
        buf_add_slice(&below, buf_slice(&rule));
        buf_add_slice(&rule, buf_slice(&above)); /* the outermost first */
        buf_clear(&above);
        buf_add_slice(&above, buf_slice(&rule));
    }
    CU_ASSERT_PTR_NULL(read_text(below.ptr));
    CU_ASSERT_EQUAL(diags.first->code, RULE_CODE_LIMIT);
    buf_add_cstr(&above, BASE);
    CU_ASSERT_PTR_NULL(read_text(above.ptr));
    CU_ASSERT_EQUAL(diags.first->code, RULE_CODE_LIMIT);
}

static void test_third_party_rules_are_refused_or_read_whole(void)
{
    static const char *const names[] = {
        "data/sigma/correlation/pysigma_correlation_rule.yml",
        "data/sigma/correlation/Sec_4648_Med_ExplicitLogon_PW-Spray_Correlation.yml",
        "data/sigma/correlation/Sec_4625_Med_LogonFail_WrongPW_PW-Guessing_Correlation.yml",
    };
    const char *root = suite_data(names[0]);

    for (size_t i = 0; root != NULL && i < COUNT_OF(names); i++) {
        struct slice text = { 0 };
        ASSERT_OK(file_load(&arena, file_path(&arena, root, names[i]), 1 << 20, &text));
        CU_ASSERT_PTR_NULL(read_text(arena_cstr(&arena, text)));
        CU_ASSERT_TRUE(diags.errors > 0);
    }
}

static void test_names_are_spelled_once(void)
{
    ASSERT_TEXT(slice_from(correlation_type_name(CORRELATION_EVENT_COUNT)), "event_count");
    ASSERT_TEXT(slice_from(correlation_compare_name(COMPARE_NEQ)), "neq");
    ASSERT_TEXT(slice_from(correlation_compare_name((enum correlation_compare)9)), "unknown");
}

static CU_TestInfo tests[] = {
    { "shipped rules are read", test_shipped_rules_are_read },
    { "rules come after those they name", test_rules_come_after_those_they_name },
    { "conditions decide", test_conditions_decide },
    { "what is not evaluated is refused", test_what_is_not_evaluated_is_refused },
    { "deep conditions are refused", test_deep_conditions_are_refused },
    { "chains have a limit", test_chains_have_a_limit },
    { "third-party rules are refused or read whole",
      test_third_party_rules_are_refused_or_read_whole },
    { "names are spelled once", test_names_are_spelled_once },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { .pName = "rule_file", .pCleanupFunc = clear, .pTests = tests },
    CU_SUITE_INFO_NULL,
};
