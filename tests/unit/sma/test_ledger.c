#include "base/file.h"
#include "sma/ledger.h"
#include "tests/suite.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static struct arena arena;
static struct ledger *ledger;
static const char *path;
static unsigned number;

enum { ENTRY_BYTES = 40 };
static const int64_t second_us = 1000000;

static void set_up(void)
{
    path = arena_printf(&arena, "%s/ledger%u", suite_folder(), ++number).ptr;
    ASSERT_OK(ledger_open(path, &ledger));
    CU_ASSERT_PTR_NOT_NULL_FATAL(ledger);
}

static void tear_down(void)
{
    ledger_close(&ledger);
}

static int clear(void)
{
    arena_done(&arena);
    return 0;
}

static void reopen(void)
{
    ledger_close(&ledger);
    ASSERT_OK(ledger_open(path, &ledger));
    CU_ASSERT_PTR_NOT_NULL_FATAL(ledger);
}

static struct address peer(const char *text)
{
    struct address address = { 0 };

    ASSERT_OK(address_parse(slice_from(text), &address));
    return address;
}

static bool has(const char *text, uint16_t port, int64_t wall_us)
{
    struct address address = peer(text);

    return ledger_has(ledger, &address, port, wall_us);
}

static void add(const char *text, uint16_t port, int64_t wall_us)
{
    struct address address = peer(text);

    ledger_add(ledger, &address, port, wall_us);
}

static void check_entries(void)
{
    int64_t then = 1000 * second_us;

    CU_ASSERT_TRUE(has("10.0.0.1", 22, then));
    CU_ASSERT_TRUE(has("10.0.0.1", 22, then + LEDGER_SLACK_US));
    CU_ASSERT_TRUE(has("10.0.0.1", 22, then - LEDGER_SLACK_US));
    CU_ASSERT_FALSE(has("10.0.0.1", 22, then + LEDGER_SLACK_US + 1));
    CU_ASSERT_FALSE(has("10.0.0.1", 22, then - LEDGER_SLACK_US - 1));
    CU_ASSERT_FALSE(has("10.0.0.1", 23, then));
    CU_ASSERT_FALSE(has("10.0.0.2", 22, then));
    CU_ASSERT_TRUE(has("2001:db8::1", 22, then));
    CU_ASSERT_FALSE(has("::a00:1", 22, then)); /* same bytes in part, another family */
    CU_ASSERT_TRUE(has("fe80::1%eth0", 22, then));
    CU_ASSERT_FALSE(has("fe80::1%eth1", 22, then));
    CU_ASSERT_FALSE(has("fe80::1", 22, then));
}

static void test_an_entry_vouches_for_its_moment_and_survives(void)
{
    add("10.0.0.1", 22, 1000 * second_us);
    add("2001:db8::1", 22, 1000 * second_us);
    add("fe80::1%eth0", 22, 1000 * second_us);
    check_entries();
    reopen();
    check_entries();
    CU_ASSERT_EQUAL(ledger_write_failures(ledger), 0);
}

static void test_the_newest_are_kept(void)
{
    for (int64_t i = 0; i < LEDGER_ENTRIES + 100; i++) {
        char text[32];
        (void)snprintf(text, sizeof(text), "10.%d.%d.1", (int)(i / 250 % 250), (int)(i % 250));
        add(text, (uint16_t)(i / 62500 + 1), (i + 1) * second_us);
    }
    CU_ASSERT_FALSE(has("10.0.0.1", 1, second_us));
    CU_ASSERT_FALSE(has("10.0.99.1", 1, 100 * second_us));
    CU_ASSERT_TRUE(has("10.0.100.1", 1, 101 * second_us));
    reopen();
    CU_ASSERT_FALSE(has("10.0.99.1", 1, 100 * second_us));
    CU_ASSERT_TRUE(has("10.0.100.1", 1, 101 * second_us));
    add("10.9.9.9", 9, 5 * second_us);
    CU_ASSERT_FALSE(has("10.0.100.1", 1, 101 * second_us)); /* the oldest made room */
    reopen();
    CU_ASSERT_TRUE(has("10.9.9.9", 9, 5 * second_us));
}

static void test_damage_costs_its_entry_only(void)
{
    add("10.0.0.1", 1, second_us);
    add("10.0.0.2", 1, second_us);
    add("10.0.0.3", 1, second_us);
    ledger_close(&ledger);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    CU_ASSERT_EQUAL(pwrite(fd, "x", 1, ENTRY_BYTES + 20), 1);
    CU_ASSERT_EQUAL(ftruncate(fd, 3 * ENTRY_BYTES - 1), 0);
    (void)close(fd);
    ASSERT_OK(ledger_open(path, &ledger));
    CU_ASSERT_TRUE(has("10.0.0.1", 1, second_us));
    CU_ASSERT_FALSE(has("10.0.0.2", 1, second_us));
    CU_ASSERT_FALSE(has("10.0.0.3", 1, second_us));
}

static void test_a_ledger_that_cannot_be_opened_is_an_error(void)
{
    struct ledger *none = NULL;

    ASSERT_CODE(ledger_open(suite_folder(), &none), STATUS_UNAVAILABLE);
    CU_ASSERT_PTR_NULL(none);
    ledger_close(&none);
}

static CU_TestInfo tests[] = {
    { "an entry vouches for its moment and survives",
      test_an_entry_vouches_for_its_moment_and_survives },
    { "the newest are kept", test_the_newest_are_kept },
    { "damage costs its entry only", test_damage_costs_its_entry_only },
    { "a ledger that cannot be opened is an error",
      test_a_ledger_that_cannot_be_opened_is_an_error },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { .pName = "ledger",
      .pCleanupFunc = clear,
      .pSetUpFunc = set_up,
      .pTearDownFunc = tear_down,
      .pTests = tests },
    CU_SUITE_INFO_NULL,
};
