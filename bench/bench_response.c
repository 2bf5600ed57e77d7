/* bench_response: from the return of write(2) of a log line to the ban's commit in the kernel,
 * heard by another process: 1,000 detections from as many sources, one after the other, through
 * redan-sma, redan-agg, redand, and back. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "bench/nft_watch.h"
#include "bench/report.h"
#include "tests/site/namespace.h"
#include "tests/site/site.h"

enum {
    DETECTIONS = 1000,
    WARM_UP = 20,
    ANSWER_MS = 10000,
    TRIES = 3,
    P50_GOAL_US = 10000,
    P99_GOAL_US = 50000,
    FAILURES = 5, /* what the rule asks for */
    ROUND_TRIPS = 1000
};

/* Medians of the way's parts, by the times that journal and nodes keep (wall clock of one machine).
 */
enum stage { DETECT, UPLINK, DECIDE, ORDER, APPLY, READ_BACK };
enum { STAGES = 6 };
static const char *const stage_names[] = { "response.stage.detect", "response.stage.uplink",
                                           "response.stage.decide", "response.stage.downlink",
                                           "response.stage.apply",  "response.stage.read_back" };

struct bench {
    struct site *site;
    struct nft_watch watch;
    int64_t total_us[DETECTIONS];
    int64_t written_us[DETECTIONS + WARM_UP]; /* wall */
    char source[DETECTIONS + WARM_UP][16];
    int64_t stages_us[STAGES][DETECTIONS];
    size_t stage_count;
    int64_t round_trip_us, fdatasync_us;
};

static void name_source(size_t number, char out[16])
{
    (void)snprintf(out, 16, "10.99.%u.%u", (unsigned)(10 + number / 200) & 0xffU,
                   (unsigned)(1 + number % 200) & 0xffU);
}

/* One detection: a real connection, five refused passwords in one write, and the kernel's word. */
static struct status respond_once(struct bench *bench, size_t number, int64_t *out_us)
{
    struct nft_seen seen;
    uint16_t port = 0;
    int fd = -1;
    char got[16];

    name_source(number, bench->source[number]);
    TRY(site_connect(bench->site, bench->source[number], 2000, &fd, &port));
    CLEANUP(cleanup_close) int kept = fd;
    TRY(site_log_failures(bench->site, bench->source[number], port, FAILURES));
    int64_t start_us = report_now_us();
    bench->written_us[number] = clock_wall_us(&clock_real);
    do {
        TRY(nft_watch_next(&bench->watch, ANSWER_MS, &seen));
        (void)snprintf(got, sizeof(got), "%u.%u.%u.%u", seen.address[0], seen.address[1],
                       seen.address[2], seen.address[3]);
    } while (strcmp(got, bench->source[number]) != 0);
    *out_us = seen.at_us - start_us;
    return kept >= 0 ? STATUS_SUCCESS : status_error(STATUS_INTERNAL, "no connection");
}

/* --- where the time went
 * ----------------------------------------------------------------------------- */

static int64_t time_of(const struct json *object, const char *key)
{
    int64_t at_us = 0;
    struct status parsed = clock_parse_rfc3339(json_text(object, key), &at_us);

    return status_ok(&parsed) ? at_us : 0;
}

static int64_t written_at(const struct bench *bench, struct slice source)
{
    for (size_t i = WARM_UP; i < WARM_UP + DETECTIONS; i++) {
        if (slice_is(source, bench->source[i])) {
            return bench->written_us[i];
        }
    }
    return 0;
}

static void keep_stages(struct bench *bench, const struct json *incident, const struct json *alert,
                        const struct json *step)
{
    const int64_t at_us[STAGES + 1] = { written_at(bench, json_text(incident, "source")),
                                        time_of(alert, "detected_at"),
                                        time_of(alert, "received_at"),
                                        time_of(incident, "planned_at"),
                                        time_of(step, "sent_at"),
                                        time_of(step, "applied_at"),
                                        time_of(step, "enforced_at") };

    if (at_us[0] == 0 || bench->stage_count == DETECTIONS) {
        return;
    }
    for (size_t i = 0; i < STAGES; i++) {
        bench->stages_us[i][bench->stage_count] = at_us[i + 1] - at_us[i];
    }
    bench->stage_count++;
}

static struct status read_incident(struct bench *bench, struct slice id)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    const struct json *incident = NULL;
    const struct json *plan = NULL;
    struct slice path = arena_printf(&arena, "/v1/incidents/%.*s", SLICE_ARG(id));

    TRY(site_ask(bench->site, &arena, "GET", path.ptr, NULL, &incident));
    const struct json *alerts = json_get(incident, "alerts");
    const struct json *plans = json_get(incident, "plans");
    if (alerts == NULL || alerts->first == NULL || plans == NULL || plans->first == NULL) {
        return STATUS_SUCCESS;
    }
    path = arena_printf(&arena, "/v1/plans/%.*s", SLICE_ARG(json_text(plans->first, "id")));
    TRY(site_ask(bench->site, &arena, "GET", path.ptr, NULL, &plan));
    const struct json *steps = json_get(plan, "steps");
    if (steps != NULL && steps->first != NULL) {
        keep_stages(bench, incident, alerts->first, steps->first);
    }
    return STATUS_SUCCESS;
}

static struct status read_stages(struct bench *bench)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    const struct json *list = NULL;

    TRY(site_ask(bench->site, &arena, "GET", "/v1/incidents?limit=1000", NULL, &list));
    const struct json *items = json_get(list, "items");
    for (const struct json *row = items != NULL ? items->first : NULL; row != NULL;
         row = row->next) {
        TRY(read_incident(bench, json_text(row, "id")));
    }
    return STATUS_SUCCESS;
}

/* --- what the machine itself needs
 * ---------------------------------------------------------------------- */

static void echo(int fd)
{
    char byte = 0;

    while (read(fd, &byte, 1) == 1 && write(fd, &byte, 1) == 1) {
    }
    _exit(0);
}

/* One byte there and back between two processes over a connected TCP socket. */
static struct status measure_round_trip(struct bench *bench)
{
    static int64_t samples_us[ROUND_TRIPS];
    CLEANUP(cleanup_close) int client = -1;
    uint16_t port = 0;
    char byte = 'x';

    TRY(site_connect(bench->site, "10.99.0.3", 2000, &client, &port));
    int served = site_accept(bench->site);
    pid_t child = fork();
    if (child == 0) {
        echo(served);
    }
    (void)close(served);
    for (size_t i = 0; i < ROUND_TRIPS; i++) {
        int64_t start_us = report_now_us();
        TRY(file_write_all(client, &byte, 1));
        while (read(client, &byte, 1) < 0) {
        }
        samples_us[i] = report_now_us() - start_us;
    }
    bench->round_trip_us = report_median(samples_us, ROUND_TRIPS);
    (void)kill(child, SIGKILL);
    (void)waitpid(child, NULL, 0);
    return STATUS_SUCCESS;
}

/* --- the run
 * --------------------------------------------------------------------------------------------- */

static struct status measure(struct bench *bench)
{
    int64_t ignored_us = 0;

    TRY(measure_round_trip(bench));
    for (size_t i = 0; i < WARM_UP; i++) {
        TRY(respond_once(bench, i, &ignored_us));
    }
    for (size_t i = 0; i < DETECTIONS; i++) {
        TRY(respond_once(bench, WARM_UP + i, &bench->total_us[i]));
    }
    return read_stages(bench);
}

static void print_row(const struct bench *bench, const char *name, int64_t value_us,
                      int64_t goal_us, bool noisy)
{
    char goal[32];
    const struct report_row row = { .name = name,
                                    .value_milli = value_us,
                                    .unit = "ms",
                                    .goal = goal_us > 0 ? goal : NULL,
                                    .has_goal = goal_us > 0,
                                    .pass = value_us <= goal_us,
                                    .reference = "raw TCP round trip",
                                    .reference_milli = bench->round_trip_us,
                                    .runs = DETECTIONS,
                                    .noisy = noisy };

    (void)snprintf(goal, sizeof(goal), "<= %" PRId64 " ms", goal_us / 1000);
    report_print(&row);
}

static void print(struct bench *bench, bool noisy)
{
    int64_t p50_us = report_median(bench->total_us, DETECTIONS); /* sorts */

    print_row(bench, "response.p50", p50_us, P50_GOAL_US, noisy);
    print_row(bench, "response.p99", bench->total_us[DETECTIONS * 99 / 100], P99_GOAL_US, noisy);
    print_row(bench, "response.max", bench->total_us[DETECTIONS - 1], 0, noisy);
    for (size_t i = 0; i < STAGES && bench->stage_count > 0; i++) {
        print_row(bench, stage_names[i], report_median(bench->stages_us[i], bench->stage_count), 0,
                  noisy);
    }
    print_row(bench, "machine.tcp_round_trip", bench->round_trip_us, 0, noisy);
    print_row(bench, "machine.fdatasync", bench->fdatasync_us, 0, noisy);
}

static struct status run(struct bench *bench, const char *folder)
{
    const char *bin = getenv("REDAN_BIN");
    const struct site_options options = { .folder = folder,
                                          .lease = "10m",
                                          .bin = bin != NULL ? bin : "build/release/bin" };

    TRY(report_fdatasync_us(folder, &bench->fdatasync_us));
    TRY(site_new(&options, &bench->site));
    TRY(site_start_all(bench->site));
    TRY(nft_watch_start(&bench->watch));
    return measure(bench);
}

static struct status try_once(bool last, bool *out_noisy)
{
    char folder[] = "/tmp/redan-bench-XXXXXX";
    struct bench *bench = calloc(1, sizeof(*bench));

    if (bench == NULL || mkdtemp(folder) == NULL) {
        abort();
    }
    struct status outcome = run(bench, folder);
    *out_noisy = status_ok(&outcome) && report_is_noisy(bench->fdatasync_us);
    if (status_ok(&outcome) && (!*out_noisy || last)) {
        print(bench, *out_noisy);
    }
    nft_watch_stop(&bench->watch);
    site_free(&bench->site);
    if (status_ok(&outcome)) {
        site_remove_folder(folder);
    } else {
        (void)fprintf(stderr, "bench_response: see %s\n", folder);
    }
    free(bench);
    return outcome;
}

int main(void)
{
    bool noisy = true;

    namespace_enter();
    for (int i = 0; noisy && i < TRIES; i++) {
        struct status outcome = try_once(i == TRIES - 1, &noisy);
        if (!status_ok(&outcome)) {
            (void)fprintf(stderr, "bench_response: %s (%s:%d)\n", outcome.msg, outcome.file,
                          outcome.line);
            return 1;
        }
    }
    return 0;
}
