#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/parse.h"
#include "cli/cmd.h"
#include "cli/daemon.h"
#include "cli/report.h"

enum { LOOK_EVERY_MS = 100, WAIT_MS = 30 * 1000 };

/* The nouns one can wait for, and the word each uses when --for is left out. */
static const struct waitable {
    const char *noun;
    const char *path;
    const char *state;
} waitables[] = {
    { "node", "/v1/nodes", "seen" },
    { "incident", "/v1/incidents", "contained" },
    { "plan", "/v1/plans", "done" },
    { "conflict", "/v1/conflicts", "resolved" },
};

static const struct waitable *find_waitable(struct slice noun)
{
    for (size_t i = 0; i < COUNT_OF(waitables); i++) {
        if (slice_is(noun, waitables[i].noun)) {
            return &waitables[i];
        }
    }
    return NULL;
}

/* Nodes have no page of their own. */
static const struct json *find_node(const struct json *list, const char *name)
{
    const struct json *items = json_get(list, "items");

    for (const struct json *at = items != NULL ? items->first : NULL; at != NULL; at = at->next) {
        if (slice_is(json_text(at, "name"), name)) {
            return at;
        }
    }
    return NULL;
}

static bool has_come(const struct json *object, const char *wanted)
{
    const struct json *seen = json_get(object, "last_seen_at");

    if (strcmp(wanted, "seen") == 0) {
        return seen != NULL && seen->kind == JSON_STRING;
    }
    return slice_is(json_text(object, "state"), wanted);
}

static enum cli_exit look(struct cli *cli, const struct waitable *what, const char *id,
                          const char *wanted, bool *out)
{
    bool is_node = strcmp(what->noun, "node") == 0;
    const char *path = is_node ? "/v1/nodes?limit=1000" : daemon_path(cli, what->path, id, NULL);
    const struct json *answer = NULL;
    enum cli_exit code = daemon_get(cli, path, &answer);

    if (code != CLI_DONE) {
        return code;
    }
    const struct json *object = is_node ? find_node(answer, id) : answer;
    *out = has_come(object, wanted);
    return CLI_DONE;
}

static enum cli_exit wait_for(struct cli *cli, const struct waitable *what, const char *id,
                              const char *wanted)
{
    const struct timespec pause = { .tv_nsec = LOOK_EVERY_MS * 1000000L };
    const char *given = cli->values[OPTION_TIMEOUT];
    int64_t timeout_ms = WAIT_MS;
    struct status status =
        given != NULL ? parse_duration_ms(slice_from(given), &timeout_ms) : STATUS_SUCCESS;

    if (!status_ok(&status)) {
        return report_status(cli, status_wrap(status, "--timeout"));
    }
    int64_t end_ms = clock_mono_ms(&clock_real) + timeout_ms;
    for (;;) {
        bool come = false;
        enum cli_exit code = look(cli, what, id, wanted, &come);
        if (code != CLI_DONE || come) {
            return code;
        }
        if (clock_mono_ms(&clock_real) >= end_ms) {
            return report_error(cli, CLI_TIMEOUT, "%s `%s` is not %s yet", what->noun, id, wanted);
        }
        (void)nanosleep(&pause, NULL);
    }
}

enum cli_exit cmd_wait(struct cli *cli)
{
    struct slice rest = slice_from(cli->args[0]);
    struct slice noun = slice_cut(&rest, '/');
    const struct waitable *what = find_waitable(noun);
    const char *wanted = cli->values[OPTION_FOR];

    if (what == NULL || rest.len == 0) {
        enum cli_exit code =
            report_error(cli, CLI_USAGE, "`%s` is nothing to wait for", cli->args[0]);
        report_help(cli, "like `node/app-1`, `incident/ID`, `plan/ID`, `conflict/ID`");
        return code;
    }
    return wait_for(cli, what, rest.ptr, wanted != NULL ? wanted : what->state);
}
