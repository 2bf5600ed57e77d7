#include "sla/values/acts.h"

#include <string.h>

#include "sla/values/universe.h"
#include "tests/suite.h"

static void names_read_back_and_nothing_else_does(void)
{
    static const char *const bad[] = { "", "data", "data.Read", "data.read ", "compute.stop" };
    enum sla_act act = SLA_ACT_DATA_READ;

    for (unsigned i = 0; i < SLA_ACTS; i++) {
        CU_ASSERT_TRUE(sla_act_parse(slice_from(sla_act_name((enum sla_act)i)), &act));
        CU_ASSERT_EQUAL(act, i);
        CU_ASSERT_TRUE(strlen(sla_act_type(act)->doc) > 8);
    }
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        CU_ASSERT_FALSE(sla_act_parse(slice_from(bad[i]), &act));
    }
    CU_ASSERT_EQUAL(act, SLA_ACTS - 1);
}

/* Both tables speak of the same five: neither may drift. */
static void what_redan_executes_is_an_act_of_that_name_and_plane(void)
{
    enum action_kind action = ACTION_NETWORK_DENY;

    for (unsigned i = 0; i < ACTION_KINDS; i++) {
        const struct action_type *type = action_type((enum action_kind)i);
        enum sla_act act = sla_act_of_action((enum action_kind)i);
        CU_ASSERT_STRING_EQUAL(sla_act_name(act), type->name);
        CU_ASSERT_EQUAL(sla_act_type(act)->planes, 1U << type->plane);
        CU_ASSERT_TRUE(sla_act_action(act, &action));
        CU_ASSERT_EQUAL(action, i);
    }
    for (unsigned i = ACTION_KINDS; i < SLA_ACTS; i++) {
        CU_ASSERT_FALSE(sla_act_action((enum sla_act)i, &action));
    }
    CU_ASSERT_EQUAL(action, ACTION_KINDS - 1);
}

/* "compute.console" is done to machines; keys belong to what they encrypt. */
static void names_begin_with_their_plane(void)
{
    static const char *const prefixes[PLANE_KINDS] = { "compute.", "data.", "network." };

    for (unsigned i = 0; i < SLA_ACTS; i++) {
        const struct sla_act_type *type = sla_act_type((enum sla_act)i);
        bool of_plane = false;
        for (unsigned plane = 0; plane < PLANE_KINDS; plane++) {
            of_plane |= type->planes == 1U << plane &&
                        slice_starts(slice_from(type->name), slice_from(prefixes[plane]));
        }
        CU_ASSERT_TRUE(of_plane || slice_starts(slice_from(type->name), SLICE("key.")));
    }
}

static void every_act_can_be_audited(void)
{
    uint32_t ignored = 0;

    for (unsigned i = 0; i < SLA_ACTS; i++) {
        CU_ASSERT_TRUE(sla_universe_find(&sla_audit_events,
                                         slice_from(sla_act_name((enum sla_act)i)), &ignored));
    }
    for (uint32_t i = 1; i < sla_audit_events.count; i++) {
        CU_ASSERT_TRUE(strcmp(sla_audit_events.names[i - 1], sla_audit_events.names[i]) < 0);
    }
}

static CU_TestInfo tests[] = {
    { "names read back and nothing else does", names_read_back_and_nothing_else_does },
    { "what Redan executes is an act of that name and plane",
      what_redan_executes_is_an_act_of_that_name_and_plane },
    { "names begin with their plane", names_begin_with_their_plane },
    { "every act can be audited", every_act_can_be_audited },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla acts", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
