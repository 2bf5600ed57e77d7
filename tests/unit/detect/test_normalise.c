#include "base/file.h"
#include "detect/normalise.h"
#include "detect/sshd.h"
#include "tests/suite.h"

#include <stdio.h>

enum { LOGHUB_FAILURES = 524, LOGHUB_FAILURES_WITH_REPEATS = 532 }; /* by grep */

static struct arena arena;

static const struct normalise_context context = { .node = { "app-1", 5 },
                                                  .layer = LAYER_L2,
                                                  .plane = PLANE_NETWORK,
                                                  .seen_us = INT64_C(1795294538) * 1000000 };

static int clear(void)
{
    arena_done(&arena);
    return 0;
}

static struct normalised read_line(const char *line)
{
    struct normalised out = { 0 };

    ASSERT_OK(normalise_syslog(&arena, slice_from(line), &context, &out));
    return out;
}

static void test_a_failure_becomes_fields(void)
{
    struct normalised got =
        read_line("2026-11-21T20:55:38.000001+00:00 n sshd[7]: message repeated "
                  "3 times: [ Failed password for invalid user x y from "
                  "::ffff:192.0.2.1 port 22 ssh2]");

    CU_ASSERT_TRUE(got.is_event);
    ASSERT_OK(event_validate(&got.event));
    ASSERT_TEXT(got.event.kind, EVENT_AUTH_FAILURE);
    ASSERT_TEXT(got.event.node, "app-1");
    ASSERT_TEXT(event_value(&got.event, "service"), "sshd");
    ASSERT_TEXT(event_value(&got.event, "user"), "x y");
    ASSERT_TEXT(event_value(&got.event, "src_ip"), "192.0.2.1");
    ASSERT_TEXT(event_value(&got.event, "src_port"), "22");
    ASSERT_TEXT(event_value(&got.event, "method"), "password");
    ASSERT_TEXT(event_value(&got.event, "invalid_user"), "true");
    ASSERT_TEXT(event_value(&got.event, "repeat"), "3");
    ASSERT_TEXT(event_value(&got.event, "pid"), "7");
    CU_ASSERT_EQUAL(got.weight, 3);
    CU_ASSERT_EQUAL(got.src_port, 22);
    CU_ASSERT_EQUAL(got.event.time_us, INT64_C(1795294538000001));
    CU_ASSERT_EQUAL(got.event.seen_us, context.seen_us);
}

static void test_addresses_are_app_log_until_the_kernel_says_so(void)
{
    struct normalised got = read_line(
        "2026-11-21T20:55:38Z n sshd[7]: Failed password for u from 192.0.2.1 port 2 ssh2");

    CU_ASSERT_EQUAL(event_field(&got.event, "src_ip")->provenance, PROVENANCE_APP_LOG);
    normalise_corroborate(&got.event);
    CU_ASSERT_EQUAL(event_field(&got.event, "src_ip")->provenance, PROVENANCE_KERNEL);
    CU_ASSERT_EQUAL(event_field(&got.event, "user")->provenance, PROVENANCE_APP_LOG);
}

static void test_a_zone_stays_with_its_address(void)
{
    struct normalised got = read_line(
        "2026-11-21T20:55:38Z n sshd[7]: Failed password for u from FE80:0::2%eth0 port 2 ssh2");

    ASSERT_TEXT(event_value(&got.event, "src_ip"), "fe80::2%eth0");
    CU_ASSERT_PTR_NULL(event_field(&got.event, "src_host"));
}

static void test_other_lines_are_no_events(void)
{
    CU_ASSERT_FALSE(read_line("2026-11-21T20:55:38Z n cron[7]: ran").is_event);
    CU_ASSERT_FALSE(read_line("2026-11-21T20:55:38Z n sshd[7]: Server listening").is_event);
    CU_ASSERT_EQUAL(read_line("2026-11-21T20:55:38Z n sshd[7]: x").weight, 1);
}

static void test_a_message_without_time_gets_the_time_of_reading(void)
{
    struct normalised got = read_line("<13>1 - n sshd 7 - - Invalid user x from host.example");

    CU_ASSERT_EQUAL(got.event.time_us, context.seen_us);
    ASSERT_TEXT(event_value(&got.event, "src_host"), "host.example");
    CU_ASSERT_PTR_NULL(event_field(&got.event, "src_ip"));
    CU_ASSERT_PTR_NULL(event_field(&got.event, "src_port"));
}

static void test_a_damaged_line_is_an_error(void)
{
    struct normalised out = { 0 };

    ASSERT_CODE(normalise_syslog(&arena, SLICE("nonsense"), &context, &out), STATUS_INVALID);
}

/* --- third-party data ------------------------------------------------------------------------- */

/* "\"host\":\"VALUE\"" of a line of JSON; "" when absent. */
static struct slice json_member(struct slice line, const char *quoted_key)
{
    size_t at = slice_find_text(line, slice_from(quoted_key));
    struct slice rest = slice_sub(line, at + slice_from(quoted_key).len, line.len);

    return at == line.len ? SLICE("") : slice_cut(&rest, '"');
}

static bool is_password_line(struct slice line)
{
    return slice_find_text(line, SLICE(": Failed password for ")) < line.len ||
           slice_find_text(line, SLICE(": Failed keyboard-interactive")) < line.len;
}

/* In this one, other software takes the address from text that a peer chose: a user called
 * "test from 127.0.0.1 port 58946 ssh2:" writes exactly this line. sshd itself adds nothing behind
 * "ssh2" for passwords, so the right end is the peer. */
static bool is_disputed(struct slice line)
{
    return slice_ends(line, SLICE("ssh2: from 10.10.1.2 port 55555 ssh2"));
}

static void test_hosts_of_failed_passwords_agree_with_fail2ban(void)
{
    const char *root = suite_data("data/fail2ban/sshd.log");
    struct slice log = { 0 };
    struct slice expected = { 0 };
    size_t checked = 0;

    if (root == NULL) {
        return;
    }
    ASSERT_OK(file_load(&arena, file_path(&arena, root, "data/fail2ban/sshd.log"), 1 << 20, &log));
    ASSERT_OK(file_load(&arena, file_path(&arena, root, "data/fail2ban/sshd.expected.jsonl"),
                        1 << 20, &expected));
    while (log.len > 0 && expected.len > 0) {
        struct slice line = slice_cut(&log, '\n');
        struct slice row = slice_cut(&expected, '\n');
        struct slice host = json_member(row, "\"host\":\"");
        if (!is_password_line(line) || host.len == 0 || is_disputed(line)) {
            continue;
        }
        struct normalised got = { 0 };
        ASSERT_OK(normalise_syslog(&arena, line, &context, &got));
        struct slice src = event_value(&got.event, "src_ip");
        CU_ASSERT_TRUE(got.is_event);
        suite_check(slice_eq(src.len > 0 ? src : event_value(&got.event, "src_host"), host),
                    "other host than expected", __FILE__, __LINE__);
        checked++;
    }
    CU_ASSERT_TRUE(checked >= 15);
}

static void count_loghub(struct slice log, size_t *failures, size_t *successes, size_t *weight)
{
    while (log.len > 0) {
        struct slice line = slice_cut(&log, '\n');
        struct normalised got = { 0 };
        ASSERT_OK(normalise_syslog(&arena, line, &context, &got));
        if (got.is_event && slice_is(got.event.kind, EVENT_AUTH_FAILURE)) {
            CU_ASSERT_PTR_NOT_NULL(event_field(&got.event, "src_ip"));
            *failures += 1;
            *weight += got.weight;
        }
        *successes += got.is_event && slice_is(got.event.kind, EVENT_AUTH_SUCCESS);
    }
}

static void test_every_failure_of_a_real_brute_force_is_read(void)
{
    const char *root = suite_data("data/loghub/OpenSSH_2k.log");
    struct slice log = { 0 };
    size_t failures = 0;
    size_t successes = 0;
    size_t weight = 0;

    if (root == NULL) {
        return;
    }
    ASSERT_OK(
        file_load(&arena, file_path(&arena, root, "data/loghub/OpenSSH_2k.log"), 1 << 20, &log));
    count_loghub(log, &failures, &successes, &weight);
    (void)printf("failures %zu, with repeats %zu, successes %zu ", failures, weight, successes);
    CU_ASSERT_EQUAL(failures, LOGHUB_FAILURES);
    CU_ASSERT_EQUAL(successes, 1);
    CU_ASSERT_EQUAL(weight, LOGHUB_FAILURES_WITH_REPEATS);
}

/* Lines of "text":"..." with \n and \" escapes only. */
static struct slice unescape(struct slice text)
{
    char *out = ARENA_NEW(&arena, char, text.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < text.len && text.ptr[i] != '"'; i++) {
        if (text.ptr[i] == '\\' && i + 1 < text.len) {
            i++;
            out[len] = text.ptr[i];
            if (text.ptr[i] == 'n') {
                out[len] = '\n';
            }
            len++;
        } else {
            out[len++] = text.ptr[i];
        }
    }
    return (struct slice){ out, len };
}

static void test_seeds_of_another_project_are_taken(void)
{
    const char *root = suite_data("vectors/syslog/rsyslog-seeds.jsonl");
    struct slice seeds = { 0 };
    size_t count = 0;

    if (root == NULL) {
        return;
    }
    ASSERT_OK(file_load(&arena, file_path(&arena, root, "vectors/syslog/rsyslog-seeds.jsonl"),
                        1 << 20, &seeds));
    while (seeds.len > 0) {
        struct slice row = slice_cut(&seeds, '\n');
        static const struct slice key = { "\"text\":\"", 8 };
        size_t at = slice_find_text(row, key);
        struct normalised got = { 0 };
        ASSERT_OK(normalise_syslog(&arena, unescape(slice_sub(row, at + key.len, row.len)),
                                   &context, &got));
        count++;
    }
    CU_ASSERT_EQUAL(count, 7);
}

static CU_TestInfo tests[] = {
    { "a failure becomes fields", test_a_failure_becomes_fields },
    { "addresses are app-log until the kernel says so",
      test_addresses_are_app_log_until_the_kernel_says_so },
    { "a zone stays with its address", test_a_zone_stays_with_its_address },
    { "other lines are no events", test_other_lines_are_no_events },
    { "a message without time gets the time of reading",
      test_a_message_without_time_gets_the_time_of_reading },
    { "a damaged line is an error", test_a_damaged_line_is_an_error },
    { "hosts of failed passwords agree with fail2ban",
      test_hosts_of_failed_passwords_agree_with_fail2ban },
    { "every failure of a real brute force is read",
      test_every_failure_of_a_real_brute_force_is_read },
    { "seeds of another project are taken", test_seeds_of_another_project_are_taken },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { .pName = "normalise", .pCleanupFunc = clear, .pTests = tests },
    CU_SUITE_INFO_NULL,
};
