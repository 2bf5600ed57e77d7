#include "orchestrator/knowledge/commands.h"

#include "tests/suite.h"
#include "tests/unit/knowledge/store.h"

static struct command_record sample(uint64_t number, const char *node, uint64_t seq)
{
    return (struct command_record){ .id = store_id(number),
                                    .node = slice_from(node),
                                    .service = SLICE("L2.network.enforce"),
                                    .verb = COMMAND_UNDO,
                                    .action = store_id(500),
                                    .seq = seq,
                                    .fencing_epoch = 3,
                                    .state = COMMAND_STATE_PLANNED,
                                    .issued_ms = 1,
                                    .expires_ms = 2,
                                    .sent_ms = 3,
                                    .sent_count = 4,
                                    .bytes = SLICE("signed\0bytes"),
                                    .result = SLICE("result"),
                                    .detail = SLICE("detail") };
}

static void put(uint64_t number, const char *node, uint64_t seq, enum command_state state)
{
    struct command_record command = sample(number, node, seq);

    command.state = state;
    ASSERT_OK(knowledge_put_command(store, &command));
}

static void test_a_command_is_read_as_written(void)
{
    struct command_record wrote = sample(1, "app-1", 1);
    struct command_record got = { 0 };

    store_begin();
    ASSERT_OK(knowledge_put_command(store, &wrote));
    store_commit();
    ASSERT_OK(knowledge_get_command(view, slice_from(wrote.id.text), &store_arena, &got));
    ASSERT_TEXT(got.node, "app-1");
    ASSERT_TEXT(got.service, "L2.network.enforce");
    CU_ASSERT_EQUAL(got.verb, COMMAND_UNDO);
    CU_ASSERT_STRING_EQUAL(got.action.text, wrote.action.text);
    CU_ASSERT_EQUAL(got.seq, 1);
    CU_ASSERT_EQUAL(got.fencing_epoch, 3);
    CU_ASSERT_EQUAL(got.state, COMMAND_STATE_PLANNED);
    CU_ASSERT_EQUAL(got.issued_ms, 1);
    CU_ASSERT_EQUAL(got.expires_ms, 2);
    CU_ASSERT_EQUAL(got.sent_ms, 3);
    CU_ASSERT_EQUAL(got.sent_count, 4);
    CU_ASSERT_TRUE(slice_eq(got.bytes, wrote.bytes));
    ASSERT_TEXT(got.result, "result");
    ASSERT_TEXT(got.detail, "detail");
    ASSERT_CODE(knowledge_get_command(view, SLICE("x"), &store_arena, &got), STATUS_NOT_FOUND);
}

static void test_each_target_counts_for_itself(void)
{
    uint64_t seq = 0;

    store_begin();
    ASSERT_OK(knowledge_next_command_seq(store, SLICE("a"), &seq));
    CU_ASSERT_EQUAL(seq, 1);
    ASSERT_OK(knowledge_next_command_seq(store, SLICE("a"), &seq));
    CU_ASSERT_EQUAL(seq, 2);
    ASSERT_OK(knowledge_next_command_seq(store, SLICE("b"), &seq));
    CU_ASSERT_EQUAL(seq, 1);
    store_commit();
    store_begin();
    ASSERT_OK(knowledge_next_command_seq(store, SLICE("a"), &seq));
    CU_ASSERT_EQUAL(seq, 3);
    knowledge_rollback(store); /* a number nobody has used comes again */
    store_begin();
    ASSERT_OK(knowledge_next_command_seq(store, SLICE("a"), &seq));
    CU_ASSERT_EQUAL(seq, 3);
    ASSERT_CODE(knowledge_next_command_seq(store, SLICE(""), &seq), STATUS_INVALID);
    store_commit();
}

static void test_a_number_belongs_to_one_command(void)
{
    struct command_record second = sample(2, "app-1", 1);

    store_begin();
    put(1, "app-1", 1, COMMAND_STATE_PLANNED);
    put(1, "app-1", 1, COMMAND_STATE_SENT); /* the same one again */
    ASSERT_CODE(knowledge_put_command(store, &second), STATUS_CONFLICT);
    second.node = SLICE("app-2");
    ASSERT_OK(knowledge_put_command(store, &second));
    second.seq = 0;
    ASSERT_CODE(knowledge_put_command(store, &second), STATUS_INVALID);
    store_commit();
}

struct seen {
    char last[16];
    size_t count;
};

static struct status see(void *arg, const struct command_record *row)
{
    struct seen *seen = arg;

    seen->last[seen->count++] = row->id.text[ULID_TEXT_LEN - 1];
    return STATUS_SUCCESS;
}

static void test_a_restart_finds_what_is_unfinished_in_order(void)
{
    struct seen seen = { .count = 0 };
    struct command_query query = { .page.limit = 2, .unfinished = true };
    struct ulid last = store_id(1);
    bool more = false;

    store_begin();
    for (uint64_t state = COMMAND_STATE_PLANNED; state <= COMMAND_STATE_REFUSED; state++) {
        put(state, state == 2 ? "app-2" : "app-1", state + 1, (enum command_state)state);
    }
    store_commit();
    CU_ASSERT_TRUE_FATAL(store_reopen());
    ASSERT_OK(knowledge_list_commands(view, &query, see, &seen, &more));
    CU_ASSERT_TRUE(more);
    query.page.after = slice_from(last.text);
    ASSERT_OK(knowledge_list_commands(view, &query, see, &seen, &more));
    CU_ASSERT_FALSE(more);
    CU_ASSERT_STRING_EQUAL(seen.last, "012");
    query = (struct command_query){ .page.limit = 9, .unfinished = true, .node = SLICE("app-2") };
    ASSERT_OK(knowledge_list_commands(view, &query, see, &seen, &more));
    query = (struct command_query){ .page.limit = 3, .node = SLICE("app-1") };
    ASSERT_OK(knowledge_list_commands(view, &query, see, &seen, &more));
    CU_ASSERT_STRING_EQUAL(seen.last, "0122654"); /* all: newest first */
    query.page.limit = 0;
    ASSERT_CODE(knowledge_list_commands(view, &query, see, &seen, &more), STATUS_INVALID);
}

static void test_states_have_names_and_ends(void)
{
    for (int i = COMMAND_STATE_PLANNED; i <= COMMAND_STATE_REFUSED; i++) {
        enum command_state state = COMMAND_STATE_PLANNED;
        const char *name = command_state_name((enum command_state)i);
        CU_ASSERT_TRUE(command_state_parse(slice_from(name), &state));
        CU_ASSERT_EQUAL((int)state, i);
        CU_ASSERT_EQUAL(command_state_is_final(state), i > 2);
    }
    enum command_state state = COMMAND_STATE_SENT;
    CU_ASSERT_FALSE(command_state_parse(SLICE("gone"), &state));
    CU_ASSERT_EQUAL(state, COMMAND_STATE_SENT);
}

static CU_TestInfo tests[] = {
    { "a command is read as written", test_a_command_is_read_as_written },
    { "each target counts for itself", test_each_target_counts_for_itself },
    { "a number belongs to one command", test_a_number_belongs_to_one_command },
    { "a restart finds what is unfinished, in order",
      test_a_restart_finds_what_is_unfinished_in_order },
    { "states have names and ends", test_states_have_names_and_ends },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "commands", NULL, NULL, store_set_up, store_tear_down, tests },
    CU_SUITE_INFO_NULL,
};
