#include <inttypes.h>
#include <string.h>

#include "base/file.h"
#include "detect/rule_file.h"
#include "sim/replay.h"
#include "sla/sla.h"
#include "tests/suite.h"

static struct arena arena;
static struct buf log_text;
static struct buf rows;
static const struct rule_set *rules;
static const struct sla_world *world;

static struct diag_source source(const char *path)
{
    struct diag_source out = { .name = path };
    struct status loaded = file_load(&arena, path, 1 << 20, &out.text);

    return status_ok(&loaded) ? out : (struct diag_source){ .name = path };
}

static int set_up(void)
{
    static struct diag_source rule_file;
    static struct diag_source documents[3];
    struct diag_list diags;

    diag_list_init(&diags, &arena);
    rule_file = source("rules/linux/ssh.yaml");
    rules = rules_read(&arena, &rule_file, 1, &diags);
    documents[0] = source("examples/hospital/imaging-archive.yaml");
    documents[1] = source("examples/hospital/imaging-ucloud.yaml");
    documents[2] = source("examples/hospital/private-dc.yaml");
    world = sla_compile(&arena, documents, 3, NULL, &diags);
    return rules != NULL && world != NULL ? 0 : 1;
}

static int tear_down(void)
{
    buf_done(&log_text);
    buf_done(&rows);
    arena_done(&arena);
    return 0;
}

static void begin(void)
{
    buf_clear(&log_text);
    buf_clear(&rows);
}

/* One sshd line at second `at` of a fixed day. */
static void line(unsigned at, const char *text)
{
    buf_printf(&log_text, "2026-03-01T10:%02u:%02u.000000+00:00 app-1 sshd[77]: %s\n", at / 60,
               at % 60, text);
}

static void failures(unsigned at, unsigned count, const char *user, const char *address)
{
    for (unsigned i = 0; i < count; i++) {
        CLEANUP(buf_done) struct buf text = { 0 };
        buf_printf(&text, "Failed password for %s from %s port %u ssh2", user, address, 4000 + i);
        line(at + i, text.ptr);
    }
}

static void keep_row(void *arg, const struct replay_row *row)
{
    (void)arg;
    buf_printf(&rows, "%" PRId64 " %s %.*s %.*s %.*s\n", row->time_us,
               replay_row_kind_name(row->kind), SLICE_ARG(row->what), SLICE_ARG(row->source),
               SLICE_ARG(row->detail));
}

static struct replay_summary run(bool corroborated)
{
    CLEANUP(replay_free) struct replay *replay = NULL;
    struct replay_summary summary = { 0 };
    const struct replay_options options = { .log = buf_slice(&log_text),
                                            .rules = rules,
                                            .world = sla_world_policy_set(world),
                                            .node = SLICE("node-1"),
                                            .assume_corroborated = corroborated };

    ASSERT_OK(replay_new(&options, keep_row, NULL, &replay));
    ASSERT_OK(replay_run(replay, &summary));
    return summary;
}

static size_t count_of(const char *word)
{
    struct slice rest = buf_slice(&rows);
    size_t count = 0;

    while (rest.len > 0) {
        struct slice row = slice_cut(&rest, '\n');
        count += slice_find_text(row, slice_from(word)) < row.len ? 1 : 0;
    }
    return count;
}

static void a_brute_force_is_cut_and_what_follows_is_prevented(void)
{
    begin();
    failures(0, 20, "root", "10.99.0.2");
    line(30, "Failed password for anna from 10.99.0.3 port 9 ssh2");
    line(31, "Accepted password for anna from 10.99.0.3 port 9 ssh2");
    struct replay_summary got = run(true);

    CU_ASSERT_EQUAL(got.lines, 22);
    CU_ASSERT_EQUAL(got.events, 7); /* five until the cut, two of the innocent */
    CU_ASSERT_EQUAL(got.prevented, 15);
    CU_ASSERT_EQUAL(got.incidents, 1);
    CU_ASSERT_EQUAL(got.enforced, 1);
    CU_ASSERT_EQUAL(got.samples, 1);
    CU_ASSERT_EQUAL(got.detect_median_us, 4000000);
    CU_ASSERT_EQUAL(got.respond_median_us, 5000);
    CU_ASSERT_EQUAL(got.mttr_met, 1);
    CU_ASSERT_EQUAL(count_of(" enforced network.deny 10.99.0.2 "), 1);
}

static void a_break_in_is_answered_on_three_planes(void)
{
    begin();
    failures(0, 3, "guest", "10.99.0.4");
    line(5, "Accepted password for guest from 10.99.0.4 port 4100 ssh2");
    struct replay_summary got = run(true);

    CU_ASSERT_EQUAL(got.enforced, 4);
    CU_ASSERT_EQUAL(count_of(" enforced network.deny "), 1);
    CU_ASSERT_EQUAL(count_of(" enforced compute.snapshot "), 1);
    CU_ASSERT_EQUAL(count_of(" enforced compute.suspend "), 1);
    CU_ASSERT_EQUAL(count_of(" enforced data.freeze "), 1);
    CU_ASSERT_EQUAL(count_of(" contained "), 1);
}

static void nobody_is_cut_when_the_kernel_is_silent(void)
{
    begin();
    failures(0, 8, "root", "10.99.0.2");
    struct replay_summary got = run(false);

    CU_ASSERT(got.detections >= 1);
    CU_ASSERT_EQUAL(got.enforced, 0);
    CU_ASSERT_EQUAL(got.prevented, 0);
}

static void a_user_name_frames_nobody(void)
{
    begin();
    failures(0, 8, "invalid user x from 10.99.0.3 port 22 ssh2", "10.99.0.2");
    struct replay_summary got = run(true);

    CU_ASSERT_EQUAL(got.incidents, 1);
    CU_ASSERT_EQUAL(count_of("10.99.0.3"), 0);
    CU_ASSERT_EQUAL(count_of(" enforced network.deny 10.99.0.2 "), 1);
}

static void a_lease_ends_and_the_attacker_may_come_back(void)
{
    begin();
    failures(0, 6, "root", "10.99.0.2");
    buf_add_cstr(&log_text, "2026-03-01T12:00:00.000000+00:00 app-1 sshd[77]: Failed password for "
                            "root from 10.99.0.2 port 5 ssh2\n");
    struct replay_summary got = run(true);

    CU_ASSERT_EQUAL(got.expired, 1);
    CU_ASSERT_EQUAL(got.prevented, 1);
    CU_ASSERT_EQUAL(got.events, 6);
}

static void the_same_log_gives_the_same_bytes(void)
{
    CLEANUP(arena_done) struct arena kept = { 0 };

    begin();
    failures(0, 9, "root", "10.99.0.2");
    failures(10, 3, "guest", "10.99.0.4");
    line(15, "Accepted password for guest from 10.99.0.4 port 4100 ssh2");
    line(16, "a line that says nothing");
    buf_add_cstr(&log_text, "not a syslog line\n");
    struct replay_summary one = run(true);
    struct slice first = arena_copy(&kept, buf_slice(&rows));
    buf_clear(&rows);
    struct replay_summary two = run(true);
    CU_ASSERT_TRUE(slice_eq(first, buf_slice(&rows)));
    CU_ASSERT_EQUAL(memcmp(&one, &two, sizeof(one)), 0);
    CU_ASSERT(first.len > 0);
    CU_ASSERT_EQUAL(one.bad_lines, 1);
    CU_ASSERT_EQUAL(one.other_lines, 1);
    CU_ASSERT_EQUAL(one.first_bad_line, 15);
    ASSERT_TEXT(one.first_bad, "not a syslog line");
}

static void without_slas_there_are_detections_only(void)
{
    CLEANUP(replay_free) struct replay *replay = NULL;
    struct replay_summary got = { 0 };

    begin();
    failures(0, 6, "root", "10.99.0.2");
    const struct replay_options options = { .log = buf_slice(&log_text),
                                            .rules = rules,
                                            .node = SLICE("node-1"),
                                            .assume_corroborated = true };
    ASSERT_OK(replay_new(&options, keep_row, NULL, &replay));
    ASSERT_OK(replay_run(replay, &got));
    CU_ASSERT(got.detections >= 1);
    CU_ASSERT_EQUAL(got.plans, 0);
}

/* A real victim's log: 2,000 lines of OpenSSH under attack. */
static void a_recorded_attack_is_replayed(void)
{
    const char *root = suite_data("data/loghub/OpenSSH_2k.log");
    struct slice text;

    if (root == NULL) {
        return;
    }
    begin();
    CLEANUP(buf_done) struct buf path = { 0 };
    buf_printf(&path, "%s/data/loghub/OpenSSH_2k.log", root);
    struct status loaded = file_load(&arena, path.ptr, 1 << 24, &text);
    if (!status_ok(&loaded)) {
        suite_skip("%s", loaded.msg);
        return;
    }
    buf_add_slice(&log_text, text);
    struct replay_summary got = run(true);
    CU_ASSERT_EQUAL(got.bad_lines, 0);
    CU_ASSERT(got.incidents > 0);
    CU_ASSERT(got.prevented > got.events / 4);
}

static CU_TestInfo tests[] = {
    { "a brute force is cut and what follows is prevented",
      a_brute_force_is_cut_and_what_follows_is_prevented },
    { "a break-in is answered on three planes", a_break_in_is_answered_on_three_planes },
    { "nobody is cut when the kernel is silent", nobody_is_cut_when_the_kernel_is_silent },
    { "a user name frames nobody", a_user_name_frames_nobody },
    { "a lease ends and the attacker may come back", a_lease_ends_and_the_attacker_may_come_back },
    { "the same log gives the same bytes", the_same_log_gives_the_same_bytes },
    { "without SLAs there are detections only", without_slas_there_are_detections_only },
    { "a recorded attack is replayed", a_recorded_attack_is_replayed },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "replay", set_up, tear_down, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
