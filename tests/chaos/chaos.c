/* chaos: every process killed at every stage of one attack, then started again. What must hold: no
 * alert lost or doubled, the loop closes, the ban is in the kernel, the journal verifies.
 *
 * usage: chaos [--quick] [--list] [--case NAME] [--keep]
 * Each case runs in namespaces of its own. Exit code: 0 all passed, 1 a failure, 77 nothing could
 * run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "model/plan.h"
#include "tests/site/namespace.h"
#include "tests/site/site.h"

#define ATTACKER "10.99.0.2"
enum { EXIT_SKIPPED = 77, CASE_DEADLINE_MS = 20000, LEASE_MS = 1000 };

/* What must hold after the part has died. */
enum chaos_end {
    END_RESTART,    /* it is started again and the loop closes */
    END_NOBODY_LEFT /* redand and redan-agg stay dead: the ban holds and ends on the node by itself
                     */
};

struct chaos_case {
    enum site_part part;
    const char *point;
    bool quick; /* part of every test run */
    enum chaos_end end;
};

static const struct chaos_case cases[] = {
    { SITE_NODE, "sma.after_read", true, END_RESTART },
    { SITE_NODE, "sma.after_detect", true, END_RESTART },
    { SITE_NODE, "sma.after_spool", true, END_RESTART },
    { SITE_NODE, "sma.after_send", false, END_RESTART },
    { SITE_NODE, "sma.after_command", false, END_RESTART },
    { SITE_NODE, "sma.before_apply", true, END_RESTART },
    { SITE_NODE, "sma.after_apply", true, END_RESTART },
    { SITE_NODE, "sma.before_result", false, END_RESTART },
    { SITE_NODE, "netd.before_apply", true, END_RESTART },
    { SITE_NODE, "netd.after_apply", false, END_RESTART },
    { SITE_AGG, "agg.before_forward", true, END_RESTART },
    { SITE_AGG, "agg.after_forward", false, END_RESTART },
    { SITE_REDAND, "redand.after_receive", false, END_RESTART },
    { SITE_REDAND, "redand.after_analyse", true, END_RESTART },
    { SITE_REDAND, "redand.after_plan", false, END_RESTART },
    { SITE_REDAND, "redand.before_order", false, END_RESTART },
    { SITE_REDAND, "redand.before_commit", true, END_RESTART },
    { SITE_REDAND, "redand.after_commit", true, END_RESTART },
    { SITE_REDAND, "redand.before_turn_end", false, END_RESTART },
    { SITE_REDAND, "redand.after_turn_end", false, END_RESTART },
    { SITE_REDAND, "redand.after_send", true, END_RESTART },
    { SITE_REDAND, "redand.after_contained", true, END_NOBODY_LEFT },
};

static const char *bin_folder(void)
{
    const char *set = getenv("REDAN_BIN");

    return set != NULL ? set : "build/bin";
}

/* --- one case
 * ---------------------------------------------------------------------------------------- */

struct seen {
    size_t incidents, contained, closed, alerts;
    bool intact;
};

static size_t count_items(const struct json *list)
{
    const struct json *items = list != NULL ? json_get(list, "items") : NULL;

    return items != NULL ? items->count : 0;
}

static struct status look(struct site *site, struct seen *out)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    const struct json *incidents = NULL;
    const struct json *alerts = NULL;

    *out = (struct seen){ 0 };
    TRY(site_ask(site, &arena, "GET", "/v1/incidents", NULL, &incidents));
    TRY(site_ask(site, &arena, "GET", "/v1/alerts", NULL, &alerts));
    out->incidents = count_items(incidents);
    out->alerts = count_items(alerts);
    const struct json *items = json_get(incidents, "items");
    for (const struct json *row = items != NULL ? items->first : NULL; row != NULL;
         row = row->next) {
        out->contained += slice_is(json_text(row, "state"), "contained") ? 1 : 0;
        out->closed += slice_is(json_text(row, "state"), "closed") ? 1 : 0;
    }
    return STATUS_SUCCESS;
}

static bool is_contained(void *arg)
{
    struct seen seen;
    struct status looked = look(arg, &seen);

    return status_ok(&looked) && seen.contained == 1;
}

static bool is_closed(void *arg)
{
    struct seen seen;
    struct status looked = look(arg, &seen);

    return status_ok(&looked) && seen.closed == 1;
}

static bool has_died(void *arg)
{
    struct process *process = arg;
    int state = 0;

    if (process->pid > 0 && waitpid(process->pid, &state, WNOHANG) == process->pid) {
        process->pid = 0;
    }
    return process->pid == 0;
}

static struct status attack(struct site *site, int *out_fd)
{
    uint16_t port = 0;

    TRY(site_connect(site, ATTACKER, 2000, out_fd, &port));
    return site_log_failures(site, ATTACKER, port, 5);
}

static struct status check_journal(struct site *site)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    const struct json *verdict = NULL;

    TRY(site_ask(site, &arena, "GET", "/v1/audit/verify", NULL, &verdict));
    const struct json *intact = json_get(verdict, "intact");
    return intact != NULL && intact->truth
               ? STATUS_SUCCESS
               : status_error(STATUS_CORRUPT, "the journal does not verify");
}

static struct status check_end(struct site *site)
{
    struct seen seen;

    if (!site_wait(is_contained, site, CASE_DEADLINE_MS)) {
        return status_error(STATUS_TIMEOUT, "the incident is not contained");
    }
    TRY(look(site, &seen));
    if (seen.incidents != 1 || seen.alerts != 1) {
        return status_error(STATUS_CONFLICT, "%zu incidents and %zu alerts, expected one each",
                            seen.incidents, seen.alerts);
    }
    if (!site_kernel_denies(site, ATTACKER)) {
        return status_error(STATUS_CONFLICT, "the kernel does not deny the attacker");
    }
    return check_journal(site);
}

static struct status start_with_fault(struct site *site, const struct chaos_case *chosen)
{
    for (size_t i = 0; i < SITE_PARTS; i++) {
        enum site_part part = (enum site_part)i;
        TRY(site_start(site, part, part == chosen->part ? chosen->point : NULL));
        if (part == SITE_REDAND) {
            TRY(site_wait_api(site));
            TRY(site_apply_slas(site));
        }
    }
    return site_wait_ready(site);
}

static bool is_denied(void *arg)
{
    return site_kernel_denies(arg, ATTACKER);
}

static bool is_free(void *arg)
{
    return !site_kernel_denies(arg, ATTACKER);
}

/* Killing those who ordered it frees nobody; and a ban outlives its lease only while evidence
 * lasts, and never PLAN_BAN_LIMIT leases. */
static struct status check_nobody_left(struct site *site)
{
    process_kill(site_process(site, SITE_REDAND));
    process_kill(site_process(site, SITE_AGG));
    if (!site_wait(is_denied, site, CASE_DEADLINE_MS)) {
        return status_error(STATUS_TIMEOUT, "the ban never came into force");
    }
    int64_t since_ms = site_now_ms();
    if (!site_wait(is_free, site, CASE_DEADLINE_MS)) {
        return status_error(STATUS_TIMEOUT, "the ban never ends");
    }
    int64_t held_ms = site_now_ms() - since_ms;
    if (held_ms < LEASE_MS / 2 || held_ms > (int64_t)LEASE_MS * (PLAN_BAN_LIMIT + 1)) {
        return status_error(STATUS_CONFLICT, "the ban held for %lld ms", (long long)held_ms);
    }
    TRY(site_start(site, SITE_REDAND, NULL));
    TRY(site_start(site, SITE_AGG, NULL));
    if (!site_wait(is_closed, site, CASE_DEADLINE_MS)) {
        return status_error(STATUS_TIMEOUT, "redand never hears that the ban has ended");
    }
    return check_journal(site);
}

static struct status run_case(const struct chaos_case *chosen, const char *folder)
{
    const struct site_options options = { .folder = folder,
                                          .lease = chosen->end == END_NOBODY_LEFT ? "1s" : NULL,
                                          .bin = bin_folder() };
    CLEANUP(site_free) struct site *site = NULL;
    CLEANUP(cleanup_close) int fd = -1;

    TRY(site_new(&options, &site));
    TRY(start_with_fault(site, chosen));
    TRY(site_arm(site));
    TRY(attack(site, &fd));
    if (!site_wait(has_died, site_process(site, chosen->part), CASE_DEADLINE_MS)) {
        return status_error(STATUS_TIMEOUT, "the stage was never reached");
    }
    (void)unlink(site_path(site, "armed"));
    if (chosen->end == END_NOBODY_LEFT) {
        return check_nobody_left(site);
    }
    TRY(site_start(site, chosen->part, NULL));
    return check_end(site);
}

/* --- all cases
 * ------------------------------------------------------------------------------------------ */

/* In a child that becomes the first process of new namespaces. */
static int run_in_namespaces(const struct chaos_case *chosen, const char *folder)
{
    (void)fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        namespace_enter();
        struct status outcome = run_case(chosen, folder);
        if (!status_ok(&outcome)) {
            (void)printf("    %s (%s:%d)\n", outcome.msg, outcome.file, outcome.line);
        }
        (void)fflush(NULL);
        _exit(status_ok(&outcome) ? 0 : 1);
    }
    int state = 0;
    if (child < 0 || waitpid(child, &state, 0) != child) {
        return 1;
    }
    return WIFEXITED(state) ? WEXITSTATUS(state) : 1;
}

struct tally {
    unsigned passed, failed, skipped;
};

static void one_case(const struct chaos_case *chosen, struct tally *tally)
{
    char folder[] = "/tmp/redan-chaos-XXXXXX";
    int64_t start_ms = site_now_ms();

    if (mkdtemp(folder) == NULL) {
        perror(folder);
        tally->failed++;
        return;
    }
    (void)printf("  %-12s %-24s ", site_part_name(chosen->part), chosen->point);
    int code = run_in_namespaces(chosen, folder);
    (void)printf(
        "%s %lld ms%s%s\n", code == 0 ? "ok" : (code == EXIT_SKIPPED ? "skipped" : "FAILED"),
        (long long)(site_now_ms() - start_ms), code == 0 ? "" : "  see ", code == 0 ? "" : folder);
    tally->passed += code == 0 ? 1 : 0;
    tally->skipped += code == EXIT_SKIPPED ? 1 : 0;
    tally->failed += code != 0 && code != EXIT_SKIPPED ? 1 : 0;
    if (code == 0) {
        site_remove_folder(folder);
    }
}

struct choice {
    bool quick, list;
    const char *only; /* NULL: all */
};

static struct choice read_arguments(int argc, char **argv)
{
    struct choice out = { 0 };

    for (int i = 1; i < argc; i++) {
        out.quick = out.quick || strcmp(argv[i], "--quick") == 0;
        out.list = out.list || strcmp(argv[i], "--list") == 0;
        if (strcmp(argv[i], "--case") == 0 && i + 1 < argc) {
            out.only = argv[++i];
        }
    }
    return out;
}

static bool is_wanted(const struct choice *choice, const struct chaos_case *row)
{
    return (!choice->quick || row->quick) &&
           (choice->only == NULL || strcmp(choice->only, row->point) == 0);
}

int main(int argc, char **argv)
{
    struct tally tally = { 0 };
    struct choice choice = read_arguments(argc, argv);

    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (!is_wanted(&choice, &cases[i])) {
            continue;
        }
        if (choice.list) {
            (void)puts(cases[i].point);
        } else {
            one_case(&cases[i], &tally);
        }
    }
    (void)printf("chaos: %u passed, %u failed, %u skipped\n", tally.passed, tally.failed,
                 tally.skipped);
    if (tally.failed > 0) {
        return 1;
    }
    return tally.passed == 0 && tally.skipped > 0 ? EXIT_SKIPPED : 0;
}
