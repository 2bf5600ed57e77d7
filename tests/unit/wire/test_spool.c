#include "wire/spool.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/parse.h"
#include "tests/suite.h"
#include "tests/unit/wire/wire_world.h"
#include "wire/record.h"
#include "wire/spool_priv.h"

static struct arena arena;
static struct spool *spool;
static char folder[512];
static unsigned made;

static void begin(void)
{
    (void)snprintf(folder, sizeof(folder), "%s/spool-%u", suite_folder(), made++);
}

static void open_bounded(uint64_t max_bytes)
{
    const struct spool_options options = { folder, SLICE("app-1"), max_bytes };

    ASSERT_OK(spool_open(&options, &spool));
    CU_ASSERT_PTR_NOT_NULL_FATAL(spool);
}

static void open_it(void)
{
    open_bounded(0);
}

static void end_test(void)
{
    spool_close(&spool);
    arena_done(&arena);
}

static void append(unsigned number, enum severity severity)
{
    struct event event = world_event(&arena, number, severity);
    uint64_t seq = 0;

    ASSERT_OK(spool_append(spool, &event, &seq));
}

static void append_many(unsigned count, enum severity severity)
{
    for (unsigned i = 0; i < count; i++) {
        append(i, severity);
    }
    ASSERT_OK(spool_sync(spool));
}

static size_t read_from(uint64_t seq, size_t max, struct event **events)
{
    size_t count = 0;

    ASSERT_OK(spool_read_from(spool, &arena, seq, max, BATCH_BYTES_WANTED, events, &count));
    return count;
}

/* Reads everything after the ack and checks that every number is told once, in order. Returns how
 * many events (not gaps) there are. */
static uint64_t walk(uint64_t *out_gapped)
{
    uint64_t next = spool_read_stats(spool).acked_seq + 1;
    uint64_t events_seen = 0;
    struct event *events = NULL;
    size_t count = 0;

    *out_gapped = 0;
    while ((count = read_from(next, 64, &events)) > 0) {
        for (size_t i = 0; i < count; i++) {
            if (slice_is(events[i].kind, EVENT_SENSOR_GAP)) {
                uint64_t from = 0;
                ASSERT_OK(parse_u64(event_value(&events[i], "from"), 1, UINT64_MAX, &from));
                CU_ASSERT_EQUAL(from, next);
                *out_gapped += events[i].seq - from + 1;
            } else {
                CU_ASSERT_EQUAL(events[i].seq, next);
                events_seen++;
            }
            ASSERT_OK(event_validate(&events[i]));
            next = events[i].seq + 1;
        }
    }
    CU_ASSERT_EQUAL(next, spool_read_stats(spool).next_seq);
    return events_seen;
}

static void test_what_was_synced_is_read_back_after_a_restart(void)
{
    struct event *events = NULL;

    begin();
    open_it();
    append_many(3, SEVERITY_LOW);
    uint64_t epoch = spool_read_stats(spool).epoch;
    spool_close(&spool);
    open_it();
    CU_ASSERT_EQUAL(read_from(1, 64, &events), 3);
    ASSERT_TEXT(events[2].node, "app-1");
    CU_ASSERT_EQUAL(events[2].seq, 3);
    CU_ASSERT_EQUAL(events[2].epoch, epoch);
    ASSERT_TEXT(event_value(&events[2], "user"), "user-2");
    CU_ASSERT_EQUAL(spool_read_stats(spool).next_seq, 4);
    CU_ASSERT_EQUAL(spool_read_stats(spool).torn_bytes, 0);
}

static void test_what_is_not_synced_is_not_read(void)
{
    struct event *events = NULL;

    begin();
    open_it();
    append(1, SEVERITY_LOW);
    CU_ASSERT_EQUAL(read_from(1, 64, &events), 0);
    ASSERT_OK(spool_sync(spool));
    ASSERT_OK(spool_sync(spool));
    CU_ASSERT_EQUAL(read_from(1, 64, &events), 1);
}

static void test_batches_end_at_limits_and_at_another_service(void)
{
    struct event *events = NULL;

    begin();
    open_it();
    append_many(10, SEVERITY_LOW);
    struct event other = world_event(&arena, 11, SEVERITY_LOW);
    uint64_t seq = 0;
    other.plane = PLANE_DATA;
    ASSERT_OK(spool_append(spool, &other, &seq));
    append_many(2, SEVERITY_LOW);
    CU_ASSERT_EQUAL(read_from(1, 4, &events), 4);
    CU_ASSERT_EQUAL(read_from(5, 64, &events), 6);
    CU_ASSERT_EQUAL(read_from(11, 64, &events), 1);
    CU_ASSERT_EQUAL(events[0].plane, PLANE_DATA);
    CU_ASSERT_EQUAL(read_from(12, 64, &events), 2);
    CU_ASSERT_EQUAL(read_from(14, 64, &events), 0);
    size_t count = 0;
    ASSERT_OK(spool_read_from(spool, &arena, 1, 64, 1, &events, &count));
    CU_ASSERT_EQUAL(count, 1);                     /* over the bytes, but one always goes */
    CU_ASSERT_EQUAL(read_from(9, 64, &events), 2); /* back and forth */
    CU_ASSERT_EQUAL(events[0].seq, 9);
}

static void test_an_ack_is_kept_and_never_ahead(void)
{
    struct event *events = NULL;

    begin();
    open_it();
    append_many(5, SEVERITY_LOW);
    ASSERT_CODE(spool_ack(spool, 6), STATUS_INVALID);
    ASSERT_OK(spool_ack(spool, 3));
    ASSERT_OK(spool_ack(spool, 2));
    CU_ASSERT_EQUAL(read_from(1, 64, &events), 2);
    CU_ASSERT_EQUAL(events[0].seq, 4);
    spool_close(&spool);
    open_it();
    CU_ASSERT_EQUAL(spool_read_stats(spool).acked_seq, 3);
    CU_ASSERT_EQUAL(read_from(1, 64, &events), 2);
}

static void test_acknowledged_segments_are_deleted(void)
{
    begin();
    open_bounded(SPOOL_BYTES_MIN);
    append_many(4000, SEVERITY_LOW);
    uint64_t before = spool_read_stats(spool).bytes;
    ASSERT_OK(spool_ack(spool, 4000));
    CU_ASSERT(spool_read_stats(spool).bytes < before / 4);
    spool_close(&spool);
    open_bounded(SPOOL_BYTES_MIN);
    CU_ASSERT_EQUAL(spool_read_stats(spool).next_seq, 4001);
    append_many(1, SEVERITY_LOW);
    uint64_t gapped = 0;
    CU_ASSERT_EQUAL(walk(&gapped), 1);
    CU_ASSERT_EQUAL(gapped, 0);
}

static void test_when_full_the_lowest_severity_goes_first_and_a_gap_says_so(void)
{
    uint64_t gapped = 0;

    begin();
    open_bounded(SPOOL_BYTES_MIN);
    append_many(10, SEVERITY_CRITICAL);
    for (unsigned i = 0; i < 200; i++) {
        append_many(49, SEVERITY_LOW);
        append_many(1, SEVERITY_HIGH);
    }
    struct spool_stats stats = spool_read_stats(spool);
    CU_ASSERT(stats.bytes <= SPOOL_BYTES_MIN);
    CU_ASSERT(stats.dropped > 0);
    uint64_t seen = walk(&gapped);
    CU_ASSERT_EQUAL(seen + gapped, 10010);
    CU_ASSERT_EQUAL(gapped, stats.dropped);

    unsigned grave = 0;
    struct event *events = NULL;
    for (uint64_t next = 1; read_from(next, 1, &events) > 0; next = events[0].seq + 1) {
        grave += events[0].severity >= SEVERITY_HIGH ? 1 : 0;
    }
    CU_ASSERT_EQUAL(grave, 210);
    spool_close(&spool);
    open_bounded(SPOOL_BYTES_MIN);
    CU_ASSERT_EQUAL(walk(&gapped), seen);
    CU_ASSERT_EQUAL(seen + gapped, 10010);
}

static void test_even_the_gravest_make_room_in_the_end(void)
{
    uint64_t gapped = 0;

    begin();
    open_bounded(SPOOL_BYTES_MIN);
    for (unsigned i = 0; i < 60; i++) {
        append_many(500, SEVERITY_CRITICAL);
    }
    CU_ASSERT(spool_read_stats(spool).bytes <= SPOOL_BYTES_MIN);
    uint64_t seen = walk(&gapped);
    CU_ASSERT_EQUAL(seen + gapped, 30000);
    CU_ASSERT(gapped > 0);
    CU_ASSERT(spool->segment_count < 20); /* gaps that are neighbours become one */
    ASSERT_OK(spool_ack(spool, 29000));
    spool_close(&spool);
    open_bounded(SPOOL_BYTES_MIN);
    CU_ASSERT_EQUAL(walk(&gapped), 1000);
}

static void test_a_gap_is_told_only_from_where_it_matters(void)
{
    uint64_t gapped = 0;

    begin();
    open_bounded(SPOOL_BYTES_MIN);
    for (unsigned i = 0; i < 40; i++) {
        append_many(500, SEVERITY_LOW);
    }
    struct event *events = NULL;
    CU_ASSERT_EQUAL(read_from(1, 1, &events), 1);
    CU_ASSERT_TRUE(slice_is(events[0].kind, EVENT_SENSOR_GAP));
    ASSERT_OK(spool_ack(spool, 5));
    CU_ASSERT_EQUAL(read_from(1, 1, &events), 1);
    ASSERT_TEXT(event_value(&events[0], "from"), "6");
    ASSERT_TEXT(event_value(&events[0], "reason"), "spool full");
    (void)walk(&gapped);
}

/* --- damage ----------------------------------------------------------------------------- */

static const char *only_segment(void)
{
    return arena_printf(&arena, "%s/%020d.seg", folder, 1).ptr;
}

static void test_a_torn_tail_is_cut_and_its_numbers_are_not_used_again(void)
{
    uint64_t gapped = 0;

    begin();
    open_it();
    append_many(5, SEVERITY_LOW);
    uint64_t epoch = spool_read_stats(spool).epoch;
    spool_close(&spool);
    struct stat info;
    CU_ASSERT_EQUAL(stat(only_segment(), &info), 0);
    CU_ASSERT_EQUAL(truncate(only_segment(), info.st_size - 3), 0);
    open_it();
    struct spool_stats stats = spool_read_stats(spool);
    CU_ASSERT_EQUAL(stats.epoch, epoch);
    CU_ASSERT(stats.torn_bytes > 0);
    CU_ASSERT(stats.next_seq >= 6);
    CU_ASSERT_EQUAL(walk(&gapped), 4);
    CU_ASSERT_EQUAL(gapped, stats.next_seq - 5);
    append_many(1, SEVERITY_LOW);
    CU_ASSERT_EQUAL(walk(&gapped), 5);
}

static void test_damage_in_the_middle_becomes_a_gap(void)
{
    uint64_t gapped = 0;

    begin();
    open_it();
    append_many(5, SEVERITY_LOW);
    spool_close(&spool);
    int fd = open(only_segment(), O_RDWR | O_CLOEXEC);
    struct stat info;
    CU_ASSERT_EQUAL(fstat(fd, &info), 0);
    CU_ASSERT_EQUAL(pwrite(fd, "\xff\xff", 2, info.st_size / 2), 2);
    (void)close(fd);
    open_it();
    CU_ASSERT_EQUAL(walk(&gapped), 4);
    CU_ASSERT_EQUAL(gapped, 1);
    struct event *events = NULL;
    for (uint64_t next = 1; read_from(next, 1, &events) > 0; next = events[0].seq + 1) {
        if (slice_is(events[0].kind, EVENT_SENSOR_GAP)) {
            ASSERT_TEXT(event_value(&events[0], "reason"), "damaged");
        }
    }
    spool_close(&spool);
    open_it(); /* repaired for good */
    CU_ASSERT_EQUAL(walk(&gapped), 4);
}

static void test_a_missing_segment_becomes_a_gap(void)
{
    uint64_t gapped = 0;

    begin();
    open_bounded(SPOOL_BYTES_MIN);
    append_many(100, SEVERITY_LOW);
    for (unsigned i = 0; i < 30; i++) {
        append_many(100, SEVERITY_LOW);
    }
    CU_ASSERT_FATAL(spool->segment_count >= 3);
    uint64_t first = spool->segments[1].first_seq;
    uint64_t past = spool->segments[2].first_seq;
    uint64_t all = spool_read_stats(spool).next_seq - 1;
    spool_close(&spool);
    CU_ASSERT_EQUAL(unlink(arena_printf(&arena, "%s/%020" PRIu64 ".seg", folder, first).ptr), 0);
    open_bounded(SPOOL_BYTES_MIN);
    CU_ASSERT_EQUAL(walk(&gapped), all - (past - first));
    CU_ASSERT_EQUAL(gapped, past - first);
}

static void test_a_lost_spool_gets_a_higher_epoch(void)
{
    begin();
    open_it();
    append_many(5, SEVERITY_LOW);
    uint64_t before = spool_read_stats(spool).epoch;
    spool_close(&spool);
    CU_ASSERT_EQUAL(unlink(only_segment()), 0);
    open_it();
    struct spool_stats stats = spool_read_stats(spool);
    CU_ASSERT(stats.epoch >> 32 > before >> 32);
    CU_ASSERT_EQUAL(stats.next_seq, 1);
    CU_ASSERT_EQUAL(stats.acked_seq, 0);
    before = stats.epoch;
    spool_close(&spool); /* the epoch file alone lost: the segment knows */
    CU_ASSERT_EQUAL(unlink(file_path(&arena, folder, "epoch")), 0);
    open_it();
    CU_ASSERT_EQUAL(spool_read_stats(spool).epoch, before);
}

static void test_a_foreign_file_is_put_aside(void)
{
    begin();
    open_it();
    append_many(5, SEVERITY_LOW);
    spool_close(&spool);
    const char *foreign = arena_printf(&arena, "%s/%020d.seg", folder, 77).ptr;
    ASSERT_OK(file_store(foreign, SLICE("not a segment"), 0600));
    ASSERT_OK(file_store(file_path(&arena, folder, "note.seg"), SLICE("x"), 0600));
    open_it();
    uint64_t gapped = 0;
    CU_ASSERT_EQUAL(walk(&gapped), 5);
    CU_ASSERT_EQUAL(access(arena_printf(&arena, "%s.bad", foreign).ptr, F_OK), 0);
}

static void test_a_damaged_cursor_only_means_sending_again(void)
{
    uint64_t gapped = 0;

    begin();
    open_it();
    append_many(5, SEVERITY_LOW);
    ASSERT_OK(spool_ack(spool, 3));
    spool_close(&spool);
    ASSERT_OK(file_store(file_path(&arena, folder, "ack"), SLICE("0123456789abcdef"), 0600));
    open_it();
    CU_ASSERT_EQUAL(walk(&gapped), 5);
}

static void test_a_joined_gap_left_by_a_crash_is_told_once(void)
{
    uint64_t gapped = 0;

    begin();
    open_bounded(SPOOL_BYTES_MIN);
    for (unsigned i = 0; i < 40; i++) {
        append_many(100, SEVERITY_LOW);
    }
    CU_ASSERT_FATAL(spool->segment_count >= 4);
    uint64_t second = spool->segments[1].first_seq;
    uint64_t third = spool->segments[2].first_seq;
    spool_close(&spool);
    /* As if segment 1 had been joined with what segment 2 still holds. */
    CLEANUP(buf_done) struct buf text = { 0 };
    uint64_t first = 1;
    const char **names = NULL;
    size_t count = 0;
    ASSERT_OK(file_list(&arena, folder, 100, &names, &count));
    ASSERT_OK(parse_u64(slice_sub(slice_from(names[0]), 0, 20), 1, UINT64_MAX, &first));
    open_bounded(SPOOL_BYTES_MIN);
    segment_begin(spool_read_stats(spool).epoch, first, &text);
    spool_close(&spool);
    const struct entry gap = { .kind = ENTRY_GAP,
                               .layer = LAYER_L2,
                               .plane = PLANE_NETWORK,
                               .from = first,
                               .seq = third - 1 };
    entry_write(&gap, &text);
    ASSERT_OK(file_store(arena_printf(&arena, "%s/%020" PRIu64 ".seg", folder, first).ptr,
                         buf_slice(&text), 0600));
    open_bounded(SPOOL_BYTES_MIN);
    uint64_t all = spool_read_stats(spool).next_seq - first;
    CU_ASSERT_EQUAL(walk(&gapped), all - (third - first));
    CU_ASSERT_EQUAL(gapped, third - first);
    CU_ASSERT(second < third);
}

static void test_one_process_at_a_time(void)
{
    struct spool *second = NULL;

    begin();
    open_it();
    const struct spool_options options = { folder, SLICE("app-1"), 0 };
    ASSERT_CODE(spool_open(&options, &second), STATUS_CONFLICT);
    const struct spool_options nowhere = { "/proc/nowhere/spool", SLICE("app-1"), 0 };
    struct status failed = spool_open(&nowhere, &second);
    CU_ASSERT_FALSE(status_ok(&failed));
    CU_ASSERT_PTR_NULL(second);
}

static void test_a_bad_event_uses_no_number(void)
{
    struct event event = world_event(&arena, 1, (enum severity)9);
    uint64_t seq = 99;

    begin();
    open_it();
    ASSERT_CODE(spool_append(spool, &event, &seq), STATUS_INVALID);
    CU_ASSERT_EQUAL(seq, 99);
    CU_ASSERT_EQUAL(spool_read_stats(spool).next_seq, 1);
}

/* --- kill -9 ---------------------------------------------------------------------------- */

/* A child appends and tells over a pipe what is synced; it is killed in the middle. */
static uint64_t append_until_killed(unsigned milliseconds)
{
    int ends[2];
    uint64_t synced = 0;
    uint64_t told = 0;

    CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        open_it();
        for (unsigned i = 0;; i++) {
            append(i, SEVERITY_LOW);
            struct status done = spool_sync(spool);
            uint64_t seq = spool_read_stats(spool).next_seq - 1;
            if (!status_ok(&done) || write(ends[1], &seq, sizeof(seq)) != sizeof(seq)) {
                _exit(1);
            }
        }
    }
    (void)close(ends[1]);
    for (unsigned i = 0; i < milliseconds; i++) {
        if (read(ends[0], &told, sizeof(told)) == (ssize_t)sizeof(told)) {
            synced = told;
        }
    }
    (void)kill(child, SIGKILL);
    (void)waitpid(child, NULL, 0);
    while (read(ends[0], &told, sizeof(told)) == (ssize_t)sizeof(told)) {
        synced = told;
    }
    (void)close(ends[0]);
    return synced;
}

static void test_kill_9_loses_nothing_that_was_synced(void)
{
    uint64_t gapped = 0;

    begin();
    for (unsigned round = 1; round <= 5; round++) {
        uint64_t synced = append_until_killed(5 * round);
        open_it();
        struct spool_stats stats = spool_read_stats(spool);
        CU_ASSERT(stats.next_seq > synced);
        uint64_t seen = walk(&gapped);
        CU_ASSERT_EQUAL(seen + gapped, stats.next_seq - 1);
        CU_ASSERT(seen >= synced - gapped);
        spool_close(&spool);
    }
}

/* --- records ---------------------------------------------------------------------------- */

static void test_records_end_at_the_first_damage(void)
{
    CLEANUP(buf_done) struct buf file = { 0 };
    struct slice payload;
    size_t offset = 0;

    record_add(&file, SLICE("one"));
    record_add(&file, SLICE("two"));
    CU_ASSERT_TRUE(record_next(buf_slice(&file), &offset, &payload));
    ASSERT_TEXT(payload, "one");
    size_t second = offset;
    CU_ASSERT_TRUE(record_next(buf_slice(&file), &offset, &payload));
    ASSERT_TEXT(payload, "two");
    CU_ASSERT_FALSE(record_next(buf_slice(&file), &offset, &payload));
    for (size_t at = second; at < file.len; at++) {
        offset = second;
        file.ptr[at] = (char)(file.ptr[at] ^ 0x10);
        CU_ASSERT_FALSE(record_next(buf_slice(&file), &offset, &payload));
        CU_ASSERT_EQUAL(offset, second);
        file.ptr[at] = (char)(file.ptr[at] ^ 0x10);
    }
}

static void test_entries_out_of_range_are_refused(void)
{
    static const struct {
        size_t at;
        char byte;
    } changes[] = { { 0, 9 }, { 0, ENTRY_HEADER }, { 1, 7 }, { 2, 7 }, { 3, 7 }, { 28, 7 } };
    const struct entry gap = { .kind = ENTRY_GAP, .from = 5, .seq = 9 };
    CLEANUP(buf_done) struct buf file = { 0 };
    struct slice payload;
    struct entry back;
    size_t offset = 0;

    entry_write(&gap, &file);
    CU_ASSERT_TRUE_FATAL(record_next(buf_slice(&file), &offset, &payload));
    CU_ASSERT_TRUE(entry_read(payload, &back));
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        char *bytes = arena_cstr(&arena, payload);
        bytes[changes[i].at] = changes[i].byte;
        CU_ASSERT_FALSE(entry_read((struct slice){ bytes, payload.len }, &back));
    }
    CU_ASSERT_FALSE(entry_read(slice_sub(payload, 0, 11), &back));
    CU_ASSERT_FALSE(entry_read(slice_sub(payload, 0, 20), &back));
    char *bytes = arena_cstr(&arena, payload);
    bytes[12] = 10; /* from > to */
    CU_ASSERT_FALSE(entry_read((struct slice){ bytes, payload.len }, &back));
}

static void test_a_renewed_spool_keeps_what_is_not_acknowledged(void)
{
    struct event *events = NULL;

    begin();
    open_it();
    append_many(6, SEVERITY_LOW);
    ASSERT_OK(spool_ack(spool, 4));
    append(6, SEVERITY_HIGH); /* not synced yet */
    uint64_t epoch = spool_read_stats(spool).epoch;
    ASSERT_OK(spool_renew(spool));
    for (int round = 0; round < 2; round++) {
        struct spool_stats stats = spool_read_stats(spool);
        CU_ASSERT(stats.epoch >> 32 > epoch >> 32);
        CU_ASSERT_EQUAL(stats.acked_seq, 0);
        CU_ASSERT_EQUAL(stats.next_seq, 4);
        CU_ASSERT_EQUAL_FATAL(read_from(1, 10, &events), 3);
        CU_ASSERT_EQUAL(events[0].epoch, stats.epoch);
        CU_ASSERT_EQUAL(events[2].seq, 3);
        CU_ASSERT_EQUAL(events[2].severity, SEVERITY_HIGH);
        ASSERT_TEXT(event_value(&events[0], "user"), "user-4");
        spool_close(&spool);
        open_it();
    }
    append_many(1, SEVERITY_LOW);
    CU_ASSERT_EQUAL(spool_read_stats(spool).next_seq, 5);
    ASSERT_OK(spool_renew(spool)); /* again, over what was put aside */
    CU_ASSERT_EQUAL(read_from(1, 10, &events), 4);
}

static CU_TestInfo tests[] = {
    { "what was synced is read back after a restart",
      test_what_was_synced_is_read_back_after_a_restart },
    { "a renewed spool keeps what is not acknowledged",
      test_a_renewed_spool_keeps_what_is_not_acknowledged },
    { "what is not synced is not read", test_what_is_not_synced_is_not_read },
    { "batches end at limits and at another service",
      test_batches_end_at_limits_and_at_another_service },
    { "an ack is kept and never ahead", test_an_ack_is_kept_and_never_ahead },
    { "acknowledged segments are deleted", test_acknowledged_segments_are_deleted },
    { "when full the lowest severity goes first and a gap says so",
      test_when_full_the_lowest_severity_goes_first_and_a_gap_says_so },
    { "even the gravest make room in the end", test_even_the_gravest_make_room_in_the_end },
    { "a gap is told only from where it matters", test_a_gap_is_told_only_from_where_it_matters },
    { "a torn tail is cut and its numbers are not used again",
      test_a_torn_tail_is_cut_and_its_numbers_are_not_used_again },
    { "damage in the middle becomes a gap", test_damage_in_the_middle_becomes_a_gap },
    { "a missing segment becomes a gap", test_a_missing_segment_becomes_a_gap },
    { "a lost spool gets a higher epoch", test_a_lost_spool_gets_a_higher_epoch },
    { "a foreign file is put aside", test_a_foreign_file_is_put_aside },
    { "a damaged cursor only means sending again", test_a_damaged_cursor_only_means_sending_again },
    { "a joined gap left by a crash is told once", test_a_joined_gap_left_by_a_crash_is_told_once },
    { "one process at a time", test_one_process_at_a_time },
    { "a bad event uses no number", test_a_bad_event_uses_no_number },
    { "kill -9 loses nothing that was synced", test_kill_9_loses_nothing_that_was_synced },
    { "records end at the first damage", test_records_end_at_the_first_damage },
    { "entries out of range are refused", test_entries_out_of_range_are_refused },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = { { "wire/spool", NULL, NULL, NULL, end_test, tests }, CU_SUITE_INFO_NULL };
