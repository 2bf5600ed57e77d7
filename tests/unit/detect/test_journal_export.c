#include "detect/journal_export.h"
#include "tests/suite.h"

#include <stdio.h>
#include <string.h>

#define ENTRY(rest)                                                                                \
    "__CURSOR=s=1;i=2\n__REALTIME_TIMESTAMP=1795294538000001\n_PID=77\n_HOSTNAME=app-1\n" rest "\n"

static struct journal_entry entry;
static size_t used;

static enum journal_step next(const char *text)
{
    entry = (struct journal_entry){ 0 };
    used = 0;
    return journal_export_next(slice_from(text), &entry, &used);
}

static void test_an_entry_becomes_a_message(void)
{
    static const char text[] = ENTRY("PRIORITY=6\nSYSLOG_IDENTIFIER=sshd\n_COMM=sshd\n_UID=0\n"
                                     "MESSAGE=Invalid user x from 10.0.0.1 port 4\n") "next";

    CU_ASSERT_EQUAL(next(text), JOURNAL_ENTRY);
    CU_ASSERT_EQUAL(used, sizeof(text) - 1 - 4);
    ASSERT_TEXT(entry.cursor, "s=1;i=2");
    ASSERT_TEXT(entry.message.app, "sshd");
    ASSERT_TEXT(entry.message.procid, "77");
    ASSERT_TEXT(entry.message.host, "app-1");
    ASSERT_TEXT(entry.message.text, "Invalid user x from 10.0.0.1 port 4");
    CU_ASSERT_TRUE(entry.message.has_time);
    CU_ASSERT_EQUAL(entry.message.time_us, INT64_C(1795294538000001));
    CU_ASSERT_FALSE(entry.is_forged);
}

static void test_blank_lines_between_entries_are_skipped(void)
{
    CU_ASSERT_EQUAL(next("\n\nMESSAGE=a\n\n"), JOURNAL_ENTRY);
    ASSERT_TEXT(entry.message.text, "a");
    CU_ASSERT_EQUAL(next("\n\n"), JOURNAL_MORE);
}

static void test_binary_fields_are_read_by_their_length(void)
{
    static const char text[] =
        "MESSAGE\n\x05\0\0\0\0\0\0\0a\n=\n\x01\nSYSLOG_IDENTIFIER=x\n_UID=0\n\n";
    struct slice bytes = { text, sizeof(text) - 1 };

    CU_ASSERT_EQUAL(journal_export_next(bytes, &entry, &used), JOURNAL_ENTRY);
    CU_ASSERT_EQUAL(entry.message.text.len, 5);
    ASSERT_TEXT(entry.message.app, "x");
    for (size_t len = 0; len < bytes.len; len++) { /* any shorter text is not yet an entry */
        CU_ASSERT_EQUAL(journal_export_next((struct slice){ text, len }, &entry, &used),
                        JOURNAL_MORE);
    }
}

static void test_a_borrowed_identifier_is_not_believed(void)
{
    static const struct {
        const char *sender;
        bool forged, believed;
    } rows[] = {
        { "_UID=0\n_COMM=logger\n", true, false },
        { "_UID=0\n_COMM=sshd\n", false, true },
        { "_UID=0\n", false, true },                 /* gone before the journal could look */
        { "_UID=1000\n_COMM=sshd\n", false, false }, /* prctl(2) gives any name */
        { "_UID=1000\n", false, false },
        { "_COMM=sshd\n", false, false },
        { "_UID=1000\n_UID=0\n", false, false },
        { "_UID=0\n_UID=1000\n", false, false },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char text[256];
        (void)snprintf(text, sizeof(text), ENTRY("SYSLOG_IDENTIFIER=sshd\n%sMESSAGE=x\n"),
                       rows[i].sender);
        CU_ASSERT_EQUAL(next(text), JOURNAL_ENTRY);
        CU_ASSERT_EQUAL(entry.is_forged, rows[i].forged);
        ASSERT_TEXT(entry.message.app, rows[i].believed ? "sshd" : "");
    }
}

static void test_damage_is_skipped_to_the_next_entry(void)
{
    static const struct {
        const char *text;
        size_t used;
    } rows[] = {
        { "lower=1\n\nMESSAGE=a\n\n", 9 },
        { "=1\nX=2\n\nMESSAGE=a\n\n", 8 },
        { "bad name=1\n", 11 },
        { "X\n\xff\xff\xff\xff\xff\xff\xff\xff zz\n\nMESSAGE=a\n\n", 15 },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CU_ASSERT_EQUAL(next(rows[i].text), JOURNAL_DAMAGED);
        CU_ASSERT_EQUAL(used, rows[i].used);
    }
    struct slice broken = { "X\n\x01\0\0\0\0\0\0\0ab\n\n", 14 };
    CU_ASSERT_EQUAL(journal_export_next(broken, &entry, &used), JOURNAL_DAMAGED);
}

static void test_an_endless_entry_is_damage(void)
{
    static char text[JOURNAL_ENTRY_MAX + 10];

    memset(text, 'X', sizeof(text));
    CU_ASSERT_EQUAL(journal_export_next((struct slice){ text, JOURNAL_ENTRY_MAX }, &entry, &used),
                    JOURNAL_MORE);
    CU_ASSERT_EQUAL(journal_export_next((struct slice){ text, sizeof(text) }, &entry, &used),
                    JOURNAL_DAMAGED);
    CU_ASSERT_EQUAL(used, JOURNAL_LINE_END);
}

/* What an over-long entry holds is the sender's and may look like entries of the journal's own. */
static void test_an_over_long_entry_is_left_out_field_by_field(void)
{
    static char text[JOURNAL_ENTRY_MAX + 100];
    static const char large[] = "MESSAGE\n\x01\0\x08\0\0\0\0\0z\n\n_UID=0\nMESSAGE=a\n\n";
    static const char first[] = "MESSAGE\n\x40\0\x03\0\0\0\0\0z\n\n_UID=0\nMESSAGE=a\n\n";
    const size_t first_len = 8 + 8 + 0x30040 + 1;

    CU_ASSERT_EQUAL(journal_export_next((struct slice){ large, sizeof(large) - 1 }, &entry, &used),
                    JOURNAL_DAMAGED);
    CU_ASSERT_EQUAL(used, 8 + 8 + 0x80001 + 1);
    memset(text, 'X', sizeof(text));
    memcpy(text, first, sizeof(first) - 1);
    text[first_len - 1] = '\n';
    CU_ASSERT_EQUAL(journal_export_next((struct slice){ text, sizeof(text) }, &entry, &used),
                    JOURNAL_DAMAGED);
    CU_ASSERT_EQUAL(used, first_len); /* a whole field, then a line that has no end yet */
}

static void test_odd_times_and_long_cursors_are_left_out(void)
{
    char text[JOURNAL_CURSOR_MAX + 100];
    char cursor[JOURNAL_CURSOR_MAX + 2];

    memset(cursor, 'c', sizeof(cursor) - 1);
    cursor[sizeof(cursor) - 1] = '\0';
    (void)snprintf(text, sizeof(text), "__CURSOR=%s\n__REALTIME_TIMESTAMP=x\nMESSAGE=a\n\n",
                   cursor);
    CU_ASSERT_EQUAL(next(text), JOURNAL_ENTRY);
    CU_ASSERT_EQUAL(entry.cursor.len, 0);
    CU_ASSERT_FALSE(entry.message.has_time);
}

static CU_TestInfo tests[] = {
    { "an entry becomes a message", test_an_entry_becomes_a_message },
    { "blank lines between entries are skipped", test_blank_lines_between_entries_are_skipped },
    { "binary fields are read by their length", test_binary_fields_are_read_by_their_length },
    { "a borrowed identifier is not believed", test_a_borrowed_identifier_is_not_believed },
    { "damage is skipped to the next entry", test_damage_is_skipped_to_the_next_entry },
    { "an endless entry is damage", test_an_endless_entry_is_damage },
    { "an over-long entry is left out field by field",
      test_an_over_long_entry_is_left_out_field_by_field },
    { "odd times and long cursors are left out", test_odd_times_and_long_cursors_are_left_out },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { .pName = "journal_export", .pTests = tests },
    CU_SUITE_INFO_NULL,
};
