#include "model/action.h"
#include "tests/suite.h"

#include <stdio.h>
#include <string.h>

static struct action good(enum action_kind kind)
{
    struct action action = {
        .id = { "01HZX3V9KQ0000000000000000" },
        .kind = kind,
        .node = "app-1",
        .lease = { .polarity = LEASE_BAN, .duration_ms = 1000, .limit_ms = 5000 },
    };

    if (action_type(kind)->takes_resource) {
        (void)snprintf(action.resource, sizeof(action.resource), "pacs-vm");
    }
    if (action_type(kind)->takes_source) {
        ASSERT_OK(address_parse(SLICE("10.99.0.2"), &action.source));
    }
    return action;
}

static void test_every_kind_has_one_name(void)
{
    for (size_t i = 0; i < ACTION_KINDS; i++) {
        enum action_kind kind = (enum action_kind)i;
        enum action_kind back = ACTION_DATA_FREEZE;
        CU_ASSERT_PTR_NOT_NULL_FATAL(action_type(kind));
        CU_ASSERT_TRUE(action_kind_parse(slice_from(action_kind_name(kind)), &back));
        CU_ASSERT_EQUAL(back, kind);
        CU_ASSERT_PTR_NOT_NULL(action_type(kind)->openc2_action);
        struct action action = good(kind);
        ASSERT_OK(action_validate(&action));
    }
    enum action_kind kind = ACTION_COMPUTE_SUSPEND;
    CU_ASSERT_FALSE(action_kind_parse(SLICE("network.Deny"), &kind));
    CU_ASSERT_EQUAL(kind, ACTION_COMPUTE_SUSPEND);
    CU_ASSERT_PTR_NULL(action_type((enum action_kind)ACTION_KINDS));
    CU_ASSERT_STRING_EQUAL(action_kind_name((enum action_kind)ACTION_KINDS), "unknown");
    CU_ASSERT_EQUAL(action_type(ACTION_NETWORK_DENY)->plane, PLANE_NETWORK);
    CU_ASSERT_EQUAL(action_type(ACTION_DATA_FREEZE)->plane, PLANE_DATA);
}

static void kind_out_of_range(struct action *a)
{
    a->kind = (enum action_kind)77;
}
static void id_empty(struct action *a)
{
    a->id.text[0] = '\0';
}
static void id_endless(struct action *a)
{
    memset(a->id.text, '0', sizeof(a->id.text));
}
static void node_endless(struct action *a)
{
    memset(a->node, 'a', sizeof(a->node));
}
static void node_upper(struct action *a)
{
    a->node[0] = 'A';
}
static void resource_endless(struct action *a)
{
    memset(a->resource, 'a', sizeof(a->resource));
}
static void resource_given(struct action *a)
{
    a->resource[0] = 'x';
}
static void source_missing(struct action *a)
{
    a->source = (struct address){ 0 };
}
static void polarity_unknown(struct action *a)
{
    a->lease.polarity = (enum lease_polarity)9;
}
static void lease_negative(struct action *a)
{
    a->lease.duration_ms = -1;
}
static void lease_over_limit(struct action *a)
{
    a->lease.duration_ms = 5001;
}
static void lease_endless(struct action *a)
{
    a->lease.duration_ms = a->lease.limit_ms = LEASE_MAX_MS + 1;
}
static void limit_endless(struct action *a)
{
    a->lease.limit_ms = LEASE_MAX_MS + 1;
}

static void test_a_bad_action_is_refused_by_name(void)
{
    static const struct {
        void (*spoil)(struct action *action);
        const char *message;
    } rows[] = {
        { kind_out_of_range, "action: kind 77 is unknown" },
        { id_endless, "action: text without an end" },
        { node_endless, "action: text without an end" },
        { resource_endless, "action: text without an end" },
        { node_upper, "action: `App-1` is not a node name" },
        { resource_given, "network.deny: takes no resource" },
        { source_missing, "network.deny: needs a source address" },
        { polarity_unknown, "action: lease has no polarity" },
        { lease_negative, "action: lease of -1 ms is not from 0 to 31622400000" },
        { lease_over_limit, "action: lease limit of 5000 ms is not from 5001" },
        { lease_endless, "action: lease of 31622400001 ms is not from 0 to 31622400000" },
        { limit_endless, "action: lease limit of 31622400001 ms is not from 1000" },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct action action = good(ACTION_NETWORK_DENY);
        rows[i].spoil(&action);
        struct status status = action_validate(&action);
        CU_ASSERT_EQUAL(status.code, STATUS_INVALID);
        ASSERT_TEXT(slice_from(status.msg), rows[i].message);
    }
    struct action action = good(ACTION_NETWORK_DENY);
    id_empty(&action);
    ASSERT_CODE(action_validate(&action), STATUS_INVALID);
    (void)snprintf(action.id.text, sizeof(action.id.text), "%s", "01hzx3v9kq0000000000000000");
    ASSERT_CODE(action_validate(&action), STATUS_INVALID);
}

static void test_resource_names_are_plain(void)
{
    static const char *const bad[] = { "", ".hidden", "-rf", "a/b", "a b", "a;b", "caf\xc3\xa9" };
    struct action action = good(ACTION_COMPUTE_SUSPEND);

    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        (void)snprintf(action.resource, sizeof(action.resource), "%s", bad[i]);
        ASSERT_CODE(action_validate(&action), STATUS_INVALID);
    }
    (void)snprintf(action.resource, sizeof(action.resource), "%s", "Imaging_2.vm-1");
    ASSERT_OK(action_validate(&action));
    ASSERT_OK(address_parse(SLICE("10.0.0.1"), &action.source));
    ASSERT_CODE(action_validate(&action), STATUS_INVALID);
}

static void test_same_effect_ignores_id_and_lease(void)
{
    struct action a = good(ACTION_NETWORK_DENY);
    struct action b = a;

    b.id.text[25] = '1';
    b.lease.duration_ms = 77;
    CU_ASSERT_TRUE(action_same_effect(&a, &b));
    ASSERT_OK(address_parse(SLICE("10.99.0.3"), &b.source));
    CU_ASSERT_FALSE(action_same_effect(&a, &b));
    b = a;
    b.node[4] = '2';
    CU_ASSERT_FALSE(action_same_effect(&a, &b));
    b = a;
    b.kind = ACTION_NETWORK_ISOLATE;
    CU_ASSERT_FALSE(action_same_effect(&a, &b));
    a = good(ACTION_DATA_FREEZE);
    b = a;
    b.resource[0] = 'q';
    CU_ASSERT_FALSE(action_same_effect(&a, &b));
}

static CU_TestInfo tests[] = {
    { "every kind has one name", test_every_kind_has_one_name },
    { "a bad action is refused by name", test_a_bad_action_is_refused_by_name },
    { "resource names are plain", test_resource_names_are_plain },
    { "same effect ignores id and lease", test_same_effect_ignores_id_and_lease },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = { { "action", NULL, NULL, NULL, NULL, tests }, CU_SUITE_INFO_NULL };
