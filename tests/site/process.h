/* tests/site/process.h - child programs of a test: started, killed, waited for with deadlines. */
#ifndef REDAN_TESTS_SITE_PROCESS_H
#define REDAN_TESTS_SITE_PROCESS_H

#include <stdint.h>
#include <sys/types.h>

#include "base/status.h"

enum { PROCESS_ARGS_MAX = 32, PROCESS_DEADLINE_MS = 15000 };

struct process {
    const char *name; /* for messages and its log file */
    pid_t pid;        /* 0: not running */
    pid_t group;      /* it and what it starts */
};

/* Output goes to LOG_PATH, appended. `environment`: "NAME=value" added to ours, NULL-terminated, or
 * NULL. The child dies with us. argv[0] is looked up as a path. */
struct status process_start(struct process *process, const char *name, const char *const *argv,
                            const char *const *environment, const char *log_path) MUST_USE;
void process_kill(struct process *process);                   /* SIGKILL, and waits */
struct status process_stop(struct process *process) MUST_USE; /* SIGTERM; must end with 0 in time */
/* Waits for its end. *out_code: exit code, or 128 + signal. Errors: STATUS_TIMEOUT. */
struct status process_wait(struct process *process, int timeout_ms, int *out_code) MUST_USE;
/* Waits until nothing is left of its group, as a supervisor does before it starts anew. Only the
 * first process of a PID namespace inherits what it left behind, and can wait. */
struct status process_wait_group(struct process *process, int timeout_ms) MUST_USE;
bool process_is_running(struct process *process);

int64_t site_now_ms(void); /* monotonic */
/* Polls until `check` says yes; the wait between two looks is a poll(2), not a fixed sleep. */
typedef bool(site_check_fn)(void *arg);
bool site_wait(site_check_fn *check, void *arg, int timeout_ms);

#endif
