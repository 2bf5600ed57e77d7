#include "planes/hold.h"
#include "tests/suite.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static struct holds holds;
static struct holds again;
static struct buf text;

static void set_up(void)
{
    holds = (struct holds){ 0 };
    again = (struct holds){ 0 };
}

static void tear_down(void)
{
    buf_done(&text);
}

static struct action freeze(unsigned number)
{
    struct action action = { .kind = ACTION_DATA_FREEZE,
                             .node = "node-1",
                             .resource = "studies",
                             .lease = { LEASE_BAN, 60000, 120000 } };

    (void)snprintf(action.id.text, sizeof(action.id.text), "01HZH0XD00000000000000%04u",
                   number % 10000);
    return action;
}

static void test_what_is_printed_is_read_back(void)
{
    struct action first = freeze(1);
    struct action second = freeze(2);

    second.lease = (struct lease){ LEASE_GRANT, 0, 0 };
    ASSERT_OK(holds_add(&holds, &first, 1000));
    ASSERT_OK(holds_add(&holds, &second, 1000));
    ASSERT_OK(holds_set_note(&holds, "paused-by", "redan"));
    ASSERT_OK(holds_set_note(&holds, "paused-by", "owner"));
    holds_print(&holds, &text);
    ASSERT_TEXT(
        buf_slice(&text),
        "redan-holds 1\n"
        "hold 01HZH0XD000000000000000001 data.freeze node-1 studies ban 60000 120000 61000\n"
        "hold 01HZH0XD000000000000000002 data.freeze node-1 studies grant 0 0 0\n"
        "note paused-by owner\n");
    ASSERT_OK(holds_parse(buf_slice(&text), &again));
    CU_ASSERT_EQUAL(again.count, 2);
    CU_ASSERT_STRING_EQUAL(holds_note(&again, "paused-by"), "owner");
    CU_ASSERT_PTR_NULL(holds_note(&again, "other"));
    const struct hold *found = holds_find(&again, &first.id);
    CU_ASSERT_PTR_NOT_NULL_FATAL(found);
    assert(found != NULL); /* for the analyser */
    CU_ASSERT_TRUE(action_same_effect(&found->action, &first));
    CU_ASSERT_EQUAL(found->action.lease.limit_ms, 120000);
    CU_ASSERT_EQUAL(hold_left_ms(found, 1000), 60000);
    CU_ASSERT_EQUAL(hold_left_ms(found, 61000), 0);
    CU_ASSERT_EQUAL(hold_left_ms(found, 99000), 0);
    CU_ASSERT_EQUAL(hold_left_ms(holds_find(&again, &second.id), 99000), -1);
}

static void test_the_same_id_renews_and_removes(void)
{
    struct action action = freeze(1);

    ASSERT_OK(holds_add(&holds, &action, 1000));
    ASSERT_OK(holds_add(&holds, &action, 5000));
    CU_ASSERT_EQUAL(holds.count, 1);
    CU_ASSERT_EQUAL(holds.items[0].until_ms, 65000);
    struct action other = freeze(1);
    (void)snprintf(other.resource, sizeof(other.resource), "reports");
    ASSERT_CODE(holds_add(&holds, &other, 5000), STATUS_CONFLICT);
    CU_ASSERT_TRUE(holds_remove(&holds, &action.id));
    CU_ASSERT_FALSE(holds_remove(&holds, &action.id));
    CU_ASSERT_EQUAL(holds.count, 0);
}

static void test_the_list_has_a_limit(void)
{
    struct action action;

    for (unsigned i = 0; i < HOLDS_MAX; i++) {
        action = freeze(i);
        ASSERT_OK(holds_add(&holds, &action, 0));
    }
    ASSERT_OK(holds_add(&holds, &action, 0));
    action = freeze(HOLDS_MAX);
    ASSERT_CODE(holds_add(&holds, &action, 0), STATUS_EXHAUSTED);
    for (unsigned i = 0; i < HOLD_NOTES_MAX; i++) {
        char key[16];
        (void)snprintf(key, sizeof(key), "key-%u", i);
        ASSERT_OK(holds_set_note(&holds, key, "v"));
    }
    ASSERT_CODE(holds_set_note(&holds, "one-more", "v"), STATUS_EXHAUSTED);
    ASSERT_OK(holds_set_note(&holds, "key-3", "w"));
    holds_print(&holds, &text);
    ASSERT_OK(holds_parse(buf_slice(&text), &again));
    CU_ASSERT_EQUAL(again.count, HOLDS_MAX);
    CU_ASSERT_EQUAL(again.note_count, HOLD_NOTES_MAX);
    /* One hold more than fits. */
    buf_add_cstr(&text, "hold 01HZH0XD00000000000000009Z data.freeze node-1 studies ban 0 0 0\n");
    ASSERT_CODE(holds_parse(buf_slice(&text), &again), STATUS_CORRUPT);
}

static void test_notes_are_plain(void)
{
    static const char *const bad[] = { "", "a b", "a\n", "<a>", "a&b", "\x80" };

    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        ASSERT_CODE(holds_set_note(&holds, bad[i], "v"), STATUS_INVALID);
        ASSERT_CODE(holds_set_note(&holds, "k", bad[i]), STATUS_INVALID);
    }
    ASSERT_CODE(holds_set_note(&holds, "k", "longer-than-sixteen"), STATUS_INVALID);
    CU_ASSERT_EQUAL(holds.note_count, 0);
}

#define HEAD "redan-holds 1\n"
#define ID   "01HZH0XD000000000000000001"

static void test_damage_is_refused(void)
{
    static const char *const bad[] = {
        "",
        "redan-holds 2\n",
        HEAD "what\n",
        HEAD "\n",
        HEAD "hold\n",
        HEAD "hold 01HZ data.freeze node-1 studies ban 0 0 0\n",
        HEAD "hold " ID " data.melt node-1 studies ban 0 0 0\n",
        HEAD "hold " ID " data.freeze Node/1 studies ban 0 0 0\n",
        HEAD "hold " ID " data.freeze node-1 ../studies ban 0 0 0\n",
        HEAD "hold " ID " data.freeze node-1 studies loan 0 0 0\n",
        HEAD "hold " ID " data.freeze node-1 studies ban -1 0 0\n",
        HEAD "hold " ID " data.freeze node-1 studies ban 0 x 0\n",
        HEAD "hold " ID " data.freeze node-1 studies ban 10 5 0\n",
        HEAD "hold " ID " data.freeze node-1 studies ban 0 0\n",
        HEAD "hold " ID " data.freeze node-1 studies ban 0 0 0 0\n",
        HEAD "hold " ID " network.deny node-1 studies ban 0 0 0\n",
        HEAD "hold " ID " data.freeze node-1 studies ban 0 0 0\n"
             "hold " ID " data.freeze node-1 studies ban 0 0 0\n",
        HEAD "note\n",
        HEAD "note a\n",
        HEAD "note a <b>\n",
    };

    static const char hidden[] =
        HEAD "hold " ID " network.isolate node-1 \0studies ban 0 0 0\n"; /* an empty resource */

    ASSERT_CODE(holds_parse((struct slice){ hidden, sizeof(hidden) - 1 }, &again), STATUS_CORRUPT);
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct status status = holds_parse(slice_from(bad[i]), &again);
        if (status.code != STATUS_CORRUPT) {
            (void)printf("\n    taken: %s\n", bad[i]);
        }
        CU_ASSERT_EQUAL(status.code, STATUS_CORRUPT);
        CU_ASSERT_EQUAL(again.count, 0);
    }
}

static void test_holds_are_of_what_they_lie_on(void)
{
    struct action action = freeze(1);

    ASSERT_OK(holds_add(&holds, &action, 0));
    ASSERT_OK(holds_claim(&holds, ACTION_DATA_FREEZE, "reports"));
    CU_ASSERT_STRING_EQUAL(holds.items[0].action.resource, "reports");
    ASSERT_CODE(holds_claim(&holds, ACTION_COMPUTE_SUSPEND, "reports"), STATUS_CORRUPT);
    ASSERT_CODE(holds_claim(&holds, ACTION_DATA_FREEZE, "no/name"), STATUS_CORRUPT);
}

static CU_TestInfo tests[] = {
    { "what is printed is read back", test_what_is_printed_is_read_back },
    { "the same id renews and removes", test_the_same_id_renews_and_removes },
    { "the list has a limit", test_the_list_has_a_limit },
    { "notes are plain", test_notes_are_plain },
    { "damage is refused", test_damage_is_refused },
    { "holds are of what they lie on", test_holds_are_of_what_they_lie_on },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "holds", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
