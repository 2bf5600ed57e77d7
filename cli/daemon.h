/* cli/daemon.h - calls to redand's API (docs/reference/api.md).
 *
 * Each prints what went wrong and returns the exit code it means; on CLI_DONE the answer is in the
 * run's arena. */
#ifndef REDAN_CLI_DAEMON_H
#define REDAN_CLI_DAEMON_H

#include "base/json.h"
#include "cli/cli.h"

enum { DAEMON_ANSWER_MAX = 64 * 1024 * 1024, DAEMON_ROWS_DEFAULT = 1000 };

enum cli_exit daemon_get(struct cli *cli, const char *path, const struct json **out);
enum cli_exit daemon_post(struct cli *cli, const char *path, struct slice body,
                          const struct json **out);

struct daemon_list {
    struct slice kind;         /* "AlertList" */
    const struct json **items; /* of all pages that were read */
    size_t count;
    struct slice more; /* the next cursor; ptr NULL at the end */
};
/* Pages until the end or --limit rows. `query` is "" or like "open=true&incident=01J..". */
enum cli_exit daemon_list(struct cli *cli, const char *path, const char *query,
                          struct daemon_list *out);

/* "/v1/plans/01J.../undo": `id` percent-encoded; `verb` may be NULL. */
const char *daemon_path(struct cli *cli, const char *collection, const char *id, const char *verb);
/* A name or value for a query, percent-encoded. */
const char *daemon_encode(struct arena *arena, struct slice text);

/* The answer as one document on stdout. */
void daemon_print(struct cli *cli, const struct json *answer);
void daemon_print_list(struct cli *cli, const struct daemon_list *list);

/* The ids at `path` that start with `prefix`, quietly and fast: for the completion. */
void daemon_complete(struct cli *cli, const char *path, struct slice prefix);

#endif
