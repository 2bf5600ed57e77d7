#include "cli/cmd.h"
#include "cli/daemon.h"
#include "cli/report.h"
#include "cli/view.h"

/* "2 enrolled, 0 silent, 1 pending": the members of a small object. */
static struct slice counts_text(struct cli *cli, const struct json *counts)
{
    CLEANUP(buf_done) struct buf out = { 0 };

    for (const struct json *at = counts != NULL ? counts->first : NULL; at != NULL; at = at->next) {
        buf_printf(&out, "%s%.*s %.*s", out.len > 0 ? ", " : "", SLICE_ARG(at->text),
                   SLICE_ARG(at->key));
    }
    for (size_t i = 0; i < out.len; i++) {
        if (out.ptr[i] == '_') {
            out.ptr[i] = ' ';
        }
    }
    return arena_copy(&cli->arena, buf_slice(&out));
}

static void print_counts(struct cli *cli, const struct json *status, struct buf *out)
{
    static const char *const keys[] = { "nodes", "incidents", "plans", "conflicts" };

    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        struct slice counts = counts_text(cli, json_get(status, keys[i]));
        buf_printf(out, "%-10s %.*s\n", keys[i], SLICE_ARG(counts));
    }
}

static void print_head(struct cli *cli, const struct json *status, struct buf *out)
{
    static const struct view_field version = { "", "version", VIEW_TEXT };
    static const struct view_field started = { "", "started_at", VIEW_AGE };
    static const struct view_field world = { "", "world.version", VIEW_NUMBER };
    static const struct view_field digest = { "", "world.digest", VIEW_TEXT };
    static const struct view_field documents = { "", "world.documents", VIEW_NUMBER };
    static const struct view_field clauses = { "", "world.clauses", VIEW_NUMBER };
    static const struct view_field policies = { "", "world.policies", VIEW_NUMBER };
    struct slice a = view_value(cli, status, &version);
    struct slice b = view_value(cli, status, &started);

    buf_printf(out, "redand %.*s, started %.*s%s\n", SLICE_ARG(a), SLICE_ARG(b),
               cli_has(cli, OPTION_UTC) ? "" : " ago");
    a = view_value(cli, status, &world);
    if (a.len == 0) {
        buf_add_cstr(out, "world      none: no SLA has been applied yet\n");
        return;
    }
    b = slice_sub(view_value(cli, status, &digest), 0, 12);
    buf_printf(out, "world      %.*s (%.*s): ", SLICE_ARG(a), SLICE_ARG(b));
    a = view_value(cli, status, &documents);
    b = view_value(cli, status, &clauses);
    struct slice c = view_value(cli, status, &policies);
    buf_printf(out, "%.*s documents, %.*s clauses, %.*s policies\n", SLICE_ARG(a), SLICE_ARG(b),
               SLICE_ARG(c));
}

static void print_journal(struct cli *cli, const struct json *status, struct buf *out)
{
    static const struct view_field seq = { "", "journal.seq", VIEW_NUMBER };
    static const struct view_field hash = { "", "journal.hash", VIEW_TEXT };
    struct slice a = view_value(cli, status, &seq);
    struct slice b = slice_sub(view_value(cli, status, &hash), 0, 12);

    buf_printf(out, "%-10s %.*s rows, head %.*s\n", "journal", SLICE_ARG(a), SLICE_ARG(b));
}

static void print_status(struct cli *cli, const struct json *status)
{
    static const struct view_field objectives[] = {
        { "NAME", "name", VIEW_TEXT },    { "CLAUSE", "clause", VIEW_TEXT },
        { "STATE", "state", VIEW_TEXT },  { "WORST", "worst_ms", VIEW_MS },
        { "SPENT", "spent_ms", VIEW_MS }, { "LIMIT", "limit_ms", VIEW_MS },
    };
    static const struct view_field loops[] = {
        { "NAME", "name", VIEW_TEXT },
        { "SCOPE", "scope", VIEW_TEXT },
        { "STEPS", "steps", VIEW_NUMBER },
        { "LAST", "last_at", VIEW_AGE },
    };
    static const struct view_field needs[] = {
        { "WHAT", "kind", VIEW_TEXT },
        { "WHY", "text", VIEW_TEXT },
        { "COMMAND", "command", VIEW_TEXT },
    };
    CLEANUP(buf_done) struct buf out = { 0 };

    print_head(cli, status, &out);
    print_counts(cli, status, &out);
    print_journal(cli, status, &out);
    view_section(cli, "objectives", json_get(status, "objectives"), objectives,
                 COUNT_OF(objectives), &out);
    view_section(cli, "loops", json_get(status, "loops"), loops, COUNT_OF(loops), &out);
    view_section(cli, "needs you", json_get(status, "needs"), needs, COUNT_OF(needs), &out);
    struct slice text = buf_slice(&out);
    report_answer(text);
}

enum cli_exit cmd_status(struct cli *cli)
{
    const struct json *status = NULL;
    enum cli_exit code = daemon_get(cli, "/v1/status", &status);

    if (code != CLI_DONE) {
        return code;
    }
    if (cli->format == CLI_TABLE) {
        print_status(cli, status);
    } else {
        daemon_print(cli, status);
    }
    return CLI_DONE;
}
