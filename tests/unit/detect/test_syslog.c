#include "base/clock.h"
#include "detect/syslog.h"
#include "tests/suite.h"

#include <stdio.h>
#include <string.h>

/* 2026-11-21T20:55:38Z */
static const struct syslog_reference here = { INT64_C(1795294538) * 1000000, 0 };

struct row {
    const char *line;
    const char *time; /* "-": none */
    const char *host, *app, *procid, *text;
    int priority;
};

static const struct row good_rows[] = {
    { "<34>Oct 11 22:14:15 mymachine su: 'su root' failed\n", "2026-10-11T22:14:15.000000Z",
      "mymachine", "su", "", "'su root' failed", 34 },
    { "Oct 11 22:14:15 host.example app[123]: no priority", "2026-10-11T22:14:15.000000Z",
      "host.example", "app", "123", "no priority", -1 },
    { "Feb 7 16:01:07 linux sshd[5106]: one digit", "2026-02-07T16:01:07.000000Z", "linux", "sshd",
      "5106", "one digit", -1 },
    { "Mar  3 00:17:22 [sshd]: no host", "2026-03-03T00:17:22.000000Z", "", "sshd", "", "no host",
      -1 },
    { "Jun 25 23:53:34 [sshd] boxed", "2026-06-25T23:53:34.000000Z", "", "sshd", "", "boxed", -1 },
    { "Nov 23 21:50:19 sshd[8148]: bare", "2025-11-23T21:50:19.000000Z", "", "sshd", "8148", "bare",
      -1 },
    { "Nov 11 08:04:51 box last message repeated 3 times", "2026-11-11T08:04:51.000000Z", "box", "",
      "", "last message repeated 3 times", -1 },
    { "Nov 11 08:04:51 box pam_unix(sshd:auth): x", "2026-11-11T08:04:51.000000Z", "box", "", "",
      "pam_unix(sshd:auth): x", -1 },
    { "Nov 11 08:04:51 word", "2026-11-11T08:04:51.000000Z", "", "", "", "word", -1 },
    { "Nov 11 08:04:51", "2026-11-11T08:04:51.000000Z", "", "", "", "", -1 },
    { "Nov 11 08:04:51 box sshd[1]:", "2026-11-11T08:04:51.000000Z", "box", "sshd", "1", "", -1 },
    { "Nov 11 08:04:51 box sshd[1 2]: x", "2026-11-11T08:04:51.000000Z", "box", "", "",
      "sshd[1 2]: x", -1 },
    { "Nov 11 08:04:51 box sshd[12: x", "2026-11-11T08:04:51.000000Z", "box", "", "", "sshd[12: x",
      -1 },
    { "<0>x\n", "-", "", "", "", "x", 0 },
    { "<13>Nov 31 10:00:00 host app: no such day", "-", "", "", "",
      "Nov 31 10:00:00 host app: no such day", 13 },
    { "<13>2026-07-23T09:30:45.123+02:00 host daemon: variant\r\n", "2026-07-23T07:30:45.123000Z",
      "host", "daemon", "", "variant", 13 },
    { "2026-11-21T20:55:38.000001+00:00 node-1 sshd[77]: text", "2026-11-21T20:55:38.000001Z",
      "node-1", "sshd", "77", "text", -1 },
    { "2026-11-21T20:55:38.000001+00:00", "2026-11-21T20:55:38.000001Z", "", "", "", "", -1 },
    { "<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 "
      "[exampleSDID@32473 iut=\"3\" eventSource=\"Application\"] An entry",
      "2003-10-11T22:14:15.003000Z", "mymachine.example.com", "evntslog", "", "An entry", 165 },
    { "<34>1 2026-07-23T09:30:45+02:00 host app 123 msg [m@1 v=\"a\\]b\" q=\"\\\"\"][n@1] payload",
      "2026-07-23T07:30:45.000000Z", "host", "app", "123", "payload", 34 },
    { "<13>1 - - - - - - minimal", "-", "", "", "", "minimal", 13 },
    { "<13>1 - - - - - -", "-", "", "", "", "", 13 },
    { "<13>1 - - - - - - \xEF\xBB\xBFmarked", "-", "", "", "", "marked", 13 },
};

static void test_good_lines_come_apart(void)
{
    for (size_t i = 0; i < COUNT_OF(good_rows); i++) {
        const struct row *row = &good_rows[i];
        struct syslog_message message = { 0 };
        char time[CLOCK_TEXT_MAX] = "-";
        ASSERT_OK(syslog_parse(slice_from(row->line), &here, &message));
        if (message.has_time) {
            clock_format_us(message.time_us, time);
        }
        ASSERT_TEXT(slice_from(time), row->time);
        ASSERT_TEXT(message.host, row->host);
        ASSERT_TEXT(message.app, row->app);
        ASSERT_TEXT(message.procid, row->procid);
        ASSERT_TEXT(message.text, row->text);
        CU_ASSERT_EQUAL(message.priority, row->priority);
    }
}

static void test_parts_of_rfc5424_are_kept(void)
{
    struct syslog_message message = { 0 };

    ASSERT_OK(syslog_parse(SLICE("<34>1 - h a p m [x@1 v=\"a b\"][y@1] t"), &here, &message));
    CU_ASSERT_EQUAL(message.format, SYSLOG_RFC5424);
    ASSERT_TEXT(message.msgid, "m");
    ASSERT_TEXT(message.details, "[x@1 v=\"a b\"][y@1]");
}

static void test_bad_lines_say_where(void)
{
    static const struct {
        const char *line;
        const char *message;
    } rows[] = {
        { "", "byte 1: empty line" },
        { "\n", "byte 1: empty line" },
        { "no time here", "byte 1: no time in RFC 3164, RFC 3339 or RFC 5424 format" },
        { "Oct 32 22:14:15 h a: x", "byte 1: no time in RFC 3164, RFC 3339 or RFC 5424 format" },
        { "Oct  0 22:14:15 h a: x", "byte 1: no time in RFC 3164, RFC 3339 or RFC 5424 format" },
        { "Oct 11 24:14:15 h a: x", "byte 1: no time in RFC 3164, RFC 3339 or RFC 5424 format" },
        { "Oct 11 22:60:15 h a: x", "byte 1: no time in RFC 3164, RFC 3339 or RFC 5424 format" },
        { "Oct 11 22:14:15.5 h a: x", "byte 1: no time in RFC 3164, RFC 3339 or RFC 5424 format" },
        { "Oct 1x 22:14:15 h a: x", "byte 1: no time in RFC 3164, RFC 3339 or RFC 5424 format" },
        { "Oct", "byte 1: no time in RFC 3164, RFC 3339 or RFC 5424 format" },
        { "<192>x", "byte 1: priority is not <0> to <191>" },
        { "<01>x", "byte 1: priority is not <0> to <191>" },
        { "<>x", "byte 1: priority is not <0> to <191>" },
        { "<34", "byte 1: priority is not <0> to <191>" },
        { "2026-13-01T00:00:00Z h a: x", "byte 1: not an RFC 3339 time" },
        { "<1>1 2026-13-01T00:00:00Z h a p m - x", "byte 6: not an RFC 3339 time" },
        { "<1>1 ", "byte 6: no time" },
        { "<1>1 -", "byte 6: no time" },
        { "<1>1 - h", "byte 8: no host name" },
        { "<1>1 - h a", "byte 10: no application name" },
        { "<1>1 - h a p", "byte 12: no process id" },
        { "<1>1 - h a p m", "byte 14: no message id" },
        { "<1>1 - h a p m x", "byte 16: structured data is neither `-` nor whole in brackets" },
        { "<1>1 - h a p m [x", "byte 16: structured data is neither `-` nor whole in brackets" },
        { "<1>1 - h a p m [x v=\"]\\\"",
          "byte 16: structured data is neither `-` nor whole in brackets" },
        { "<1>1 - h a p m [x]y", "byte 19: no blank after the structured data" },
        { "<1>1 - h\x01 a p m - x", "byte 8: no host name" },
        { "Oct 11 22:14:15 h\x01st a: x", "byte 16: host name is not printable or too long" },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct syslog_message message = { .priority = 77 };
        struct status status = syslog_parse(slice_from(rows[i].line), &here, &message);
        CU_ASSERT_EQUAL(status.code, STATUS_INVALID);
        ASSERT_TEXT(slice_from(status.msg), rows[i].message);
        CU_ASSERT_EQUAL(message.priority, 77);
    }
}

static void test_a_line_over_the_limit_is_refused_whole(void)
{
    static char line[SYSLOG_LINE_MAX + 2];
    struct syslog_message message = { 0 };

    memset(line, 'x', sizeof(line));
    (void)snprintf(line, 22, "Oct 11 22:14:15 h a: ");
    line[21] = 'x';
    ASSERT_OK(syslog_parse((struct slice){ line, SYSLOG_LINE_MAX }, &here, &message));
    CU_ASSERT_EQUAL(message.text.len, SYSLOG_LINE_MAX - 21);
    ASSERT_CODE(syslog_parse((struct slice){ line, SYSLOG_LINE_MAX + 1 }, &here, &message),
                STATUS_EXHAUSTED);
}

static void test_a_host_name_has_its_limit(void)
{
    char line[400];
    char host[300];
    struct syslog_message message = { 0 };

    memset(host, 'h', sizeof(host));
    (void)snprintf(line, sizeof(line), "Oct 11 22:14:15 %.255s a: x", host);
    ASSERT_OK(syslog_parse(slice_from(line), &here, &message));
    CU_ASSERT_EQUAL(message.host.len, 255);
    (void)snprintf(line, sizeof(line), "Oct 11 22:14:15 %.256s a: x", host);
    ASSERT_CODE(syslog_parse(slice_from(line), &here, &message), STATUS_INVALID);
}

static void check_year(const char *now, int32_t zone_east_s, const char *line, const char *wanted)
{
    struct syslog_reference reference = { 0, zone_east_s };
    struct syslog_message message = { 0 };
    char time[CLOCK_TEXT_MAX];

    ASSERT_OK(clock_parse_rfc3339(slice_from(now), &reference.now_us));
    ASSERT_OK(syslog_parse(slice_from(line), &reference, &message));
    clock_format_us(message.time_us, time);
    ASSERT_TEXT(slice_from(time), wanted);
}

static void test_the_year_comes_from_the_reference(void)
{
    static const struct {
        const char *now, *line, *wanted;
        int32_t zone_east_s;
    } rows[] = {
        { "2026-01-01T00:00:10Z", "Dec 31 23:59:59 h a: x", "2025-12-31T23:59:59.000000Z", 0 },
        { "2025-12-31T23:59:50Z", "Jan  1 00:00:02 h a: x", "2026-01-01T00:00:02.000000Z", 0 },
        { "2025-12-30T23:00:00Z", "Jan  1 00:00:02 h a: x", "2025-01-01T00:00:02.000000Z", 0 },
        { "2026-11-21T00:00:00Z", "Feb 29 12:00:00 h a: x", "2024-02-29T12:00:00.000000Z", 0 },
        { "2103-11-21T00:00:00Z", "Feb 29 12:00:00 h a: x", "2096-02-29T12:00:00.000000Z", 0 },
        { "2026-06-01T12:00:00Z", "Jun  1 14:00:00 h a: x", "2026-06-01T12:00:00.000000Z", 7200 },
        { "2026-06-01T12:00:00Z", "Jun  1 04:00:00 h a: x", "2026-06-01T12:00:00.000000Z", -28800 },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        check_year(rows[i].now, rows[i].zone_east_s, rows[i].line, rows[i].wanted);
    }
}

static CU_TestInfo tests[] = {
    { "good lines come apart", test_good_lines_come_apart },
    { "parts of RFC 5424 are kept", test_parts_of_rfc5424_are_kept },
    { "bad lines say where", test_bad_lines_say_where },
    { "a line over the limit is refused whole", test_a_line_over_the_limit_is_refused_whole },
    { "a host name has its limit", test_a_host_name_has_its_limit },
    { "the year comes from the reference", test_the_year_comes_from_the_reference },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { .pName = "syslog", .pTests = tests },
    CU_SUITE_INFO_NULL,
};
