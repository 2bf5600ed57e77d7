/* tests/integration/check/bench.h - a site's files that a test breaks, and its programs, run with
 * and without `--check` as a user without rights. */
#ifndef REDAN_TESTS_INTEGRATION_CHECK_BENCH_H
#define REDAN_TESTS_INTEGRATION_CHECK_BENCH_H

#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"

enum { BENCH_ARGS_MAX = 24, BENCH_WAIT_MS = 15000 };

struct bench {
    struct arena arena;
    const char *folder; /* short: socket paths have 107 bytes */
    bool is_other_user; /* programs run as another user than the test, who is root */
};

/* Keys of an orchestrator (`keys`), an aggregator (`keys-agg`) and a node (`keys-sma`), one rule
 * file and a log, in a fresh folder that belongs to the user the programs run as. */
struct status bench_new(struct bench *bench) MUST_USE;
void bench_done(struct bench *bench);

const char *bench_path(struct bench *bench, const char *name);
/* Puts a file there; `text` with every `@` replaced by the folder. */
struct status bench_write(struct bench *bench, const char *name, const char *text) MUST_USE;
/* Everything goes to the programs' user: after the last change of a test. */
void bench_give(struct bench *bench);
/* Names, kinds, sizes, modes, owners and times of all below, as one text. */
struct slice bench_tree(struct bench *bench);

struct bench_run {
    int code;         /* exit code, 128 + signal */
    bool ready;       /* it told READY=1; then it was stopped by SIGTERM */
    bool told_stop;   /* it told STOPPING=1 */
    struct slice out; /* standard output and error */
    int64_t took_ms;
};

/* Runs PROGRAM with the words after it (NULL-terminated). `supervised`: with a NOTIFY_SOCKET; when
 * it gets ready it is stopped. As root when `as_root` (and the test is). */
struct bench_run bench_run(struct bench *bench, const char *const *words, bool supervised,
                           bool as_root);

/* "BIN/NAME" of our programs. */
const char *bench_program(struct bench *bench, const char *name);
/* How often it is there. */
size_t bench_count(struct slice text, const char *needle);

#endif
