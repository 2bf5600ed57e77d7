#include "model/event.h"
#include "tests/suite.h"

#include <string.h>

static struct event_field fields[EVENT_FIELDS_MAX + 1];
static char long_value[EVENT_VALUE_MAX + 1];

static struct event good(void)
{
    fields[0] = (struct event_field){ SLICE("user"), SLICE("root"), PROVENANCE_APP_LOG };
    fields[1] = (struct event_field){ SLICE("src_ip"), SLICE("10.99.0.2"), PROVENANCE_KERNEL };
    return (struct event){
        .node = SLICE("app-1"),
        .kind = SLICE(EVENT_AUTH_FAILURE),
        .severity = SEVERITY_LOW,
        .layer = LAYER_L2,
        .plane = PLANE_NETWORK,
        .fields = fields,
        .field_count = 2,
    };
}

static void test_fields_are_found_by_name(void)
{
    struct event event = good();

    CU_ASSERT_PTR_EQUAL(event_field(&event, "src_ip"), &fields[1]);
    CU_ASSERT_PTR_NULL(event_field(&event, "src"));
    ASSERT_TEXT(event_value(&event, "user"), "root");
    ASSERT_TEXT(event_value(&event, "absent"), "");
    ASSERT_OK(event_validate(&event));
}

static void node_bad(struct event *e)
{
    e->node = SLICE("-x");
}
static void kind_empty(struct event *e)
{
    e->kind = SLICE("");
}
static void kind_upper(struct event *e)
{
    e->kind = SLICE("Auth");
}
static void severity_bad(struct event *e)
{
    e->severity = (enum severity)5;
}
static void layer_bad(struct event *e)
{
    e->layer = (enum layer)3;
}
static void plane_bad(struct event *e)
{
    e->plane = (enum plane_kind)3;
}
static void many_fields(struct event *e)
{
    e->field_count = EVENT_FIELDS_MAX + 1;
}
static void field_name_bad(struct event *e)
{
    e->fields[1].name = SLICE("src ip");
}
static void field_twice(struct event *e)
{
    e->fields[1].name = SLICE("user");
}
static void value_long(struct event *e)
{
    e->fields[0].value = (struct slice){ long_value, sizeof(long_value) };
}
static void provenance_bad(struct event *e)
{
    e->fields[0].provenance = (enum provenance)4;
}

static void test_a_bad_event_is_refused_by_name(void)
{
    static const struct {
        void (*spoil)(struct event *event);
        const char *message;
    } rows[] = {
        { node_bad, "event: node is not a node name" },
        { kind_empty, "event: kind is not 1 to 64 of [a-z0-9_.]" },
        { kind_upper, "event: kind is not 1 to 64 of [a-z0-9_.]" },
        { severity_bad, "event: severity is unknown" },
        { layer_bad, "event: layer is unknown" },
        { plane_bad, "event: plane is unknown" },
        { many_fields, "event: over 32 fields" },
        { field_name_bad, "event: name of field 2 is not 1 to 64 of [a-z0-9_.]" },
        { field_twice, "event: field `user` is there twice" },
        { value_long, "event: field `user` is over 4096 bytes" },
        { provenance_bad, "event: provenance of field `user` is unknown" },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct event event = good();
        rows[i].spoil(&event);
        struct status status = event_validate(&event);
        CU_ASSERT_EQUAL(status.code, STATUS_INVALID);
        ASSERT_TEXT(slice_from(status.msg), rows[i].message);
    }
}

static CU_TestInfo tests[] = {
    { "fields are found by name", test_fields_are_found_by_name },
    { "a bad event is refused by name", test_a_bad_event_is_refused_by_name },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = { { "event", NULL, NULL, NULL, NULL, tests }, CU_SUITE_INFO_NULL };
