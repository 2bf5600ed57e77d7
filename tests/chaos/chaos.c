/* chaos: every process killed at every stage of one attack, then started again.
 *
 * usage: redan-chaos [--quick] [--list] [--points] [--case NAME] [--jobs N] [--keep]
 * Each case runs in namespaces of its own. Exit code: 0 all passed, 1 a failure, 2 wrong usage, 77
 * nothing could run. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/parse.h"
#include "tests/chaos/matrix.h"
#include "tests/chaos/story.h"
#include "tests/site/namespace.h"

enum { EXIT_USAGE = 2, EXIT_BUSY = 75, EXIT_SKIPPED = 77 };
enum { LEASE_S = 1, LEASE_WHEN_BUSY_S = 4 };
enum { JOBS_MAX = 16, JOBS_DEFAULT = 4, CASES_MAX = 512 };

struct running {
    pid_t pid; /* 0: free */
    const struct chaos_case *chosen;
    int64_t start_ms;
    unsigned lease_s;
    char folder[32];
};

struct run {
    struct arena arena;
    struct chaos_case *cases; /* those to run, in order */
    size_t count;
    struct running jobs[JOBS_MAX];
    int64_t *took_ms; /* of what has passed */
    unsigned passed, failed, skipped;
    /* what was asked for */
    bool quick, list, points, keep;
    uint32_t job_count;
    const char *only; /* NULL: all */
};

/* --- one case ----------------------------------------------------------------------------------
 */

/* The child becomes the parent of the first process of new namespaces. */
static int in_namespaces(const struct running *job)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    const char *log = file_path(&arena, job->folder, "outcome");

    if (freopen(log, "we", stdout) == NULL) {
        return 1;
    }
    namespace_enter();
    struct status outcome = story_run(job->chosen, job->folder, job->lease_s);
    if (!status_ok(&outcome)) {
        (void)printf("    %s (%s:%d)\n", outcome.msg, outcome.file, outcome.line);
    }
    (void)fflush(NULL);
    if (outcome.code == STATUS_EXHAUSTED) {
        return EXIT_BUSY;
    }
    return status_ok(&outcome) ? 0 : (outcome.code == STATUS_UNSUPPORTED ? EXIT_SKIPPED : 1);
}

static struct status begin(struct running *job, const struct chaos_case *chosen, unsigned lease_s)
{
    *job = (struct running){ .chosen = chosen, .start_ms = site_now_ms(), .lease_s = lease_s };
    (void)snprintf(job->folder, sizeof(job->folder), "/tmp/redan-chaos-XXXXXX");
    if (mkdtemp(job->folder) == NULL) {
        return status_error(STATUS_UNAVAILABLE, "%s: %s", job->folder, strerrordesc_np(errno));
    }
    (void)fflush(NULL);
    job->pid = fork();
    if (job->pid == 0) {
        _exit(in_namespaces(job));
    }
    return job->pid > 0 ? STATUS_SUCCESS
                        : status_error(STATUS_UNAVAILABLE, "fork: %s", strerrordesc_np(errno));
}

static void print_outcome(const char *folder)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct slice said = { 0 };
    struct status loaded = file_load(&arena, file_path(&arena, folder, "outcome"), 1 << 20, &said);

    if (status_ok(&loaded)) {
        (void)printf("%.*s", SLICE_ARG(said));
    }
}

/* Once more, with leases that a busy machine can keep up with. */
static bool try_again(struct running *job, int state)
{
    if (!WIFEXITED(state) || WEXITSTATUS(state) != EXIT_BUSY || job->lease_s != LEASE_S) {
        return false;
    }
    site_remove_folder(job->folder);
    struct status begun = begin(job, job->chosen, LEASE_WHEN_BUSY_S);
    return status_ok(&begun);
}

static void end(struct run *run, struct running *job, int state)
{
    int code = WIFEXITED(state) ? WEXITSTATUS(state) : 1;
    code = code == EXIT_BUSY ? EXIT_SKIPPED : code;
    int64_t took_ms = site_now_ms() - job->start_ms;
    const char *verdict = code == 0 ? "ok" : (code == EXIT_SKIPPED ? "skipped" : "FAILED");

    (void)printf("  %-44s %s %lld ms%s%s\n", chaos_name(&run->arena, job->chosen).ptr, verdict,
                 (long long)took_ms, code == 0 ? "" : "  see ", code == 0 ? "" : job->folder);
    if (code == 0) {
        run->took_ms[run->passed++] = took_ms;
    } else {
        print_outcome(job->folder);
    }
    run->skipped += code == EXIT_SKIPPED ? 1 : 0;
    run->failed += code != 0 && code != EXIT_SKIPPED ? 1 : 0;
    if (code == 0 && !run->keep) {
        site_remove_folder(job->folder);
    }
    job->pid = 0;
}

/* --- all cases ---------------------------------------------------------------------------------
 */

static struct running *job_of(struct run *run, pid_t pid)
{
    for (size_t i = 0; i < run->job_count; i++) {
        if (run->jobs[i].pid == pid) {
            return &run->jobs[i];
        }
    }
    return NULL;
}

static void await_one(struct run *run)
{
    int state = 0;
    struct running *job = job_of(run, waitpid(-1, &state, 0));

    if (job != NULL && !try_again(job, state)) {
        end(run, job, state);
    }
}

static bool is_one_running(const struct run *run)
{
    for (size_t i = 0; i < run->job_count; i++) {
        if (run->jobs[i].pid > 0) {
            return true;
        }
    }
    return false;
}

static void run_all(struct run *run)
{
    for (size_t i = 0; i < run->count; i++) {
        while (job_of(run, 0) == NULL) {
            await_one(run);
        }
        struct status begun = begin(job_of(run, 0), &run->cases[i], LEASE_S);
        if (!status_ok(&begun)) {
            (void)printf("  %s\n", begun.msg);
            run->failed++;
        }
    }
    while (is_one_running(run)) {
        await_one(run);
    }
}

static int by_time(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static int report(struct run *run, int64_t start_ms)
{
    if (run->passed > 0) {
        qsort(run->took_ms, run->passed, sizeof(run->took_ms[0]), by_time);
        (void)printf("chaos: a case took %lld ms in the median, %lld at most; all %lld s, %u at a "
                     "time\n",
                     (long long)run->took_ms[run->passed / 2],
                     (long long)run->took_ms[run->passed - 1],
                     (long long)(site_now_ms() - start_ms) / 1000, run->job_count);
    }
    (void)printf("chaos: %u passed, %u failed, %u skipped\n", run->passed, run->failed,
                 run->skipped);
    if (run->failed > 0) {
        return 1;
    }
    return run->passed == 0 ? EXIT_SKIPPED : 0;
}

/* --- what is asked for -------------------------------------------------------------------------
 */

static bool is_wanted(struct run *run, const struct chaos_case *each)
{
    return (!run->quick || chaos_is_quick(each)) &&
           (run->only == NULL ||
            slice_find_text(chaos_name(&run->arena, each), slice_from(run->only)) <
                chaos_name(&run->arena, each).len);
}

static void take(void *arg, const struct chaos_case *each)
{
    struct run *run = arg;

    if (run->count < CASES_MAX && is_wanted(run, each)) {
        run->cases[run->count++] = *each;
    }
}

static void choose(struct run *run)
{
    static const enum chaos_phase census[] = { PHASE_BREAK_IN, PHASE_BAN, PHASE_LEASE };

    run->cases = ARENA_NEW(&run->arena, struct chaos_case, CASES_MAX);
    run->took_ms = ARENA_NEW(&run->arena, int64_t, CASES_MAX);
    for (size_t i = 0; i < COUNT_OF(census); i++) {
        take(run, &(struct chaos_case){ .phase = census[i] });
    }
    chaos_each(take, run);
}

static bool read_arguments(int argc, char **argv, struct run *run)
{
    for (int i = 1; i < argc; i++) {
        struct slice word = slice_from(argv[i]);
        bool has_value = i + 1 < argc;
        if (slice_is(word, "--quick")) {
            run->quick = true;
        } else if (slice_is(word, "--list")) {
            run->list = true;
        } else if (slice_is(word, "--points")) {
            run->points = true;
        } else if (slice_is(word, "--keep")) {
            run->keep = true;
        } else if (slice_is(word, "--case") && has_value) {
            run->only = argv[++i];
        } else if (slice_is(word, "--jobs") && has_value) {
            struct status parsed = parse_u32(slice_from(argv[++i]), 1, JOBS_MAX, &run->job_count);
            if (!status_ok(&parsed)) {
                return false;
            }
        } else {
            return false;
        }
    }
    return true;
}

int main(int argc, char **argv)
{
    static struct run run = { .job_count = JOBS_DEFAULT };
    int64_t start_ms = site_now_ms();

    if (!read_arguments(argc, argv, &run)) {
        (void)fprintf(stderr, "usage: redan-chaos [--quick] [--list] [--points] [--case NAME] "
                              "[--jobs N] [--keep]\n");
        return EXIT_USAGE;
    }
    if (run.list) {
        chaos_print();
        return 0;
    }
    if (run.points) {
        for (size_t i = 0; i < chaos_row_count; i++) {
            (void)puts(chaos_rows[i].point);
        }
        return 0;
    }
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    choose(&run);
    run_all(&run);
    int code = report(&run, start_ms);
    arena_done(&run.arena);
    return code;
}
