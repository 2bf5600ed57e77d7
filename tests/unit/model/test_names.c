#include "model/command.h"
#include "model/names.h"
#include "model/node.h"
#include "model/policy.h"
#include "tests/suite.h"

#include <stdio.h>

/* NOLINTBEGIN(bugprone-macro-parentheses): a type's name cannot stand in parentheses. */
/* Every value has a name that parses back to it; the first value past the end has none. */
#define ROUND_TRIP(type, count)                                                                    \
    do {                                                                                           \
        enum type value_ = (enum type)0;                                                           \
        for (int i = 0; i < (count); i++) {                                                        \
            CU_ASSERT_TRUE(type##_parse(slice_from(type##_name((enum type)i)), &value_));          \
            CU_ASSERT_EQUAL((int)value_, i);                                                       \
        }                                                                                          \
        CU_ASSERT_STRING_EQUAL(type##_name((enum type)(count)), "unknown");                        \
        CU_ASSERT_FALSE(type##_parse(SLICE("unknown?"), &value_));                                 \
        CU_ASSERT_EQUAL((int)value_, (count)-1);                                                   \
    } while (0)
/* NOLINTEND(bugprone-macro-parentheses) */

static void test_names_parse_back(void)
{
    ROUND_TRIP(layer, 3);
    ROUND_TRIP(plane_kind, 3);
    ROUND_TRIP(phase, PHASE_KINDS);
    ROUND_TRIP(severity, SEVERITY_KINDS);
    ROUND_TRIP(provenance, 4);
    ROUND_TRIP(party_role, 4);
    ROUND_TRIP(peer_role, 3);
    ROUND_TRIP(approval, 3);
    ROUND_TRIP(node_state, 4);
    ROUND_TRIP(control_state, 7);
    ROUND_TRIP(verified_by, 5);
}

static void test_printed_only_names(void)
{
    CU_ASSERT_STRING_EQUAL(objective_state_name(OBJECTIVE_BREACHED), "breached");
    CU_ASSERT_STRING_EQUAL(policy_effect_name(POLICY_OBLIGE), "oblige");
    CU_ASSERT_STRING_EQUAL(policy_effect_name((enum policy_effect)3), "unknown");
    CU_ASSERT_STRING_EQUAL(objective_kind_name(OBJECTIVE_RESPOND_MTTR), "respond.mttr");
    CU_ASSERT_STRING_EQUAL(objective_kind_name((enum objective_kind)2), "unknown");
    CU_ASSERT_STRING_EQUAL(command_verb_name(COMMAND_UNDO), "undo");
    CU_ASSERT_STRING_EQUAL(command_verb_name((enum command_verb)3), "unknown");
    CU_ASSERT_STRING_EQUAL(command_outcome_name(COMMAND_EXPIRED), "expired");
    CU_ASSERT_STRING_EQUAL(command_outcome_name((enum command_outcome)4), "unknown");
    CU_ASSERT_STRING_EQUAL(service_kind_name((enum service_kind)2), "unknown");
}

static void test_node_names_are_labels(void)
{
    static const char *const good[] = { "a", "app-1", "0", "x--y" };
    static const char too_long[] =
        "0123456789012345678901234567890123456789012345678901234567890123";
    static const char *const bad[] = { "",    "-a",  "a-",          "A",     "a.b",
                                       "a_b", "a b", "caf\xc3\xa9", too_long };

    for (size_t i = 0; i < COUNT_OF(good); i++) {
        CU_ASSERT_TRUE(node_name_is_valid(slice_from(good[i])));
    }
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        CU_ASSERT_FALSE(node_name_is_valid(slice_from(bad[i])));
    }
}

static void test_what_enforces_also_reports(void)
{
    static const struct service_id ids[] = { { LAYER_L2, PLANE_NETWORK, SERVICE_ENFORCE },
                                             { LAYER_L2, PLANE_NETWORK, SERVICE_MONITOR },
                                             { LAYER_L2, PLANE_DATA, SERVICE_MONITOR },
                                             { LAYER_L2, PLANE_COMPUTE, SERVICE_ENFORCE },
                                             { LAYER_L0, PLANE_COMPUTE, SERVICE_MONITOR } };

    ASSERT_OK(service_ids_check(NULL, 0));
    ASSERT_OK(service_ids_check(ids, 3));
    ASSERT_CODE(service_ids_check(ids, 1), STATUS_INVALID);
    struct status lonely = service_ids_check(ids, COUNT_OF(ids)); /* nor by another layer's */
    CU_ASSERT_STRING_EQUAL(lonely.msg, "L2.compute.enforce without L2.compute.monitor: the end of "
                                       "its controls could not be reported");
}

static void test_service_ids_round_trip(void)
{
    const struct service_id id = { LAYER_L2, PLANE_NETWORK, SERVICE_ENFORCE };
    static const char *const bad[] = { "",           "L2.network",          "L3.network.enforce",
                                       "L2.net.x",   "L2.network.enforce.", "L2.network.Enforce",
                                       "L2..enforce" };
    struct service_id back = { 0 };
    char text[SERVICE_ID_TEXT_MAX];

    service_id_format(&id, text);
    CU_ASSERT_STRING_EQUAL(text, "L2.network.enforce");
    CU_ASSERT_TRUE(service_id_parse(slice_from(text), &back));
    CU_ASSERT_TRUE(service_id_eq(&id, &back));
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        CU_ASSERT_FALSE(service_id_parse(slice_from(bad[i]), &back));
    }
    back.service = SERVICE_MONITOR;
    CU_ASSERT_FALSE(service_id_eq(&id, &back));
    service_id_format(&back, text);
    CU_ASSERT_STRING_EQUAL(text, "L2.network.monitor");
}

static CU_TestInfo tests[] = {
    { "names parse back", test_names_parse_back },
    { "names that are only printed", test_printed_only_names },
    { "node names are labels", test_node_names_are_labels },
    { "what enforces also reports", test_what_enforces_also_reports },
    { "service ids round trip", test_service_ids_round_trip },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = { { "names", NULL, NULL, NULL, NULL, tests }, CU_SUITE_INFO_NULL };
