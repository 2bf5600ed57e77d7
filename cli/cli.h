/* cli/cli.h - one run of `redan`: what was asked, and where answers go.
 *
 * stdout carries the answer, stderr everything else. A command is one function that prints and
 * returns an exit code; nothing here exits. One thread. */
#ifndef REDAN_CLI_CLI_H
#define REDAN_CLI_CLI_H

#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"
#include "base/status.h"

/* The same for all commands and programs; numbers never change their meaning. */
enum cli_exit {
    CLI_DONE = 0,
    CLI_NO = 1, /* ran fine, the answer is no: findings, a broken chain */
    CLI_USAGE = 2,
    CLI_PENDING = 3,   /* changes or conflicts are pending; only with --exit-code */
    CLI_NOT_FOUND = 4, /* the named object does not exist */
    CLI_REFUSED = 5,
    CLI_UNREACHABLE = 6, /* safe to try again */
    CLI_STALE = 7,
    CLI_TIMEOUT = 8,
    CLI_PARTLY = 9,
    CLI_INTERNAL = 10
};

/* The last two are of commands with `scans` in their row alone, the last one also of those that
 * have `annotates` there. */
enum cli_format { CLI_TABLE, CLI_JSON, CLI_NAME, CLI_SARIF, CLI_GITHUB };
/* How a document of CLI_JSON is printed: cli/document.h. */
enum cli_shape { CLI_AS_JSON, CLI_AS_LINES, CLI_AS_YAML };

/* Rows of the table in options.c. */
enum option_id {
    OPTION_OUTPUT,
    OPTION_NO_HEADERS,
    OPTION_COLOR,
    OPTION_QUIET,
    OPTION_ENDPOINT,
    OPTION_TIMEOUT,
    OPTION_NO_INPUT,
    OPTION_YES,
    OPTION_UTC,
    OPTION_HELP,
    OPTION_VERSION,
    OPTION_DRY_RUN,
    OPTION_REASON,
    OPTION_EXIT_CODE,
    OPTION_ALL,
    OPTION_LIMIT,
    OPTION_OPEN,
    OPTION_INCIDENT,
    OPTION_CHOOSE,
    OPTION_WRITE,
    OPTION_ROLE,
    OPTION_AGGREGATOR,
    OPTION_SERVICES,
    OPTION_REGISTRY,
    OPTION_OUT,
    OPTION_FROM,
    OPTION_HEAD,
    OPTION_KEEP,
    OPTION_FOR,
    OPTION_SLA,
    OPTION_RULES,
    OPTION_NODE,
    OPTION_CORROBORATE,
    OPTION_AT,
    OPTION_AS_OF,
    OPTION_CHECK,
    OPTION_INSTALL,
    OPTION_EMIT,
    OPTION_CLAUSE,
    OPTION_RESOURCE,
    OPTION_PARTY,
    OPTION_MIN_COVERAGE,
    OPTION_KEYS,
    OPTION_KEY,
    OPTION_BY,
    OPTION_AGREEMENT,
    OPTION_STRICT
};
enum { OPTIONS = 47 };

struct cmd;

struct cli {
    struct arena arena; /* of the whole run */
    const struct cmd *command;
    const char *const *args; /* after noun and verb */
    size_t arg_count;
    const char *values[OPTIONS]; /* NULL: not given; of a flag "" */
    enum cli_format format;
    enum cli_shape shape;
    bool color_out, color_err;
    int64_t now_us; /* wall time at the start: ages count from it */
};

static inline bool cli_has(const struct cli *cli, enum option_id option)
{
    return cli->values[option] != NULL;
}

/* argc and argv of main; returns the exit code. */
enum cli_exit cli_main(int argc, char **argv);

#endif
