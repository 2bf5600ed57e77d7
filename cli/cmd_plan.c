#include "base/buf.h"
#include "cli/cmd.h"
#include "cli/daemon.h"
#include "cli/next.h"
#include "cli/offline.h"
#include "cli/report.h"
#include "cli/view.h"

/* --- list ------------------------------------------------------------------------------------ */

enum cli_exit cmd_plan_list(struct cli *cli)
{
    static const struct view_field fields[] = {
        { "ID", "id", VIEW_TEXT },
        { "MADE", "made_at", VIEW_AGE },
        { "STATE", "state", VIEW_TEXT },
        { "APPROVAL", "approval", VIEW_TEXT },
        { "STEPS", "step_count", VIEW_NUMBER },
        { "INCIDENT", "incident", VIEW_TEXT },
        { "SUMMARY", "summary", VIEW_TEXT },
        { "WHY", "reason", VIEW_TEXT },
    };
    CLEANUP(buf_done) struct buf query = { 0 };
    const char *incident = cli->values[OPTION_INCIDENT];

    buf_add_cstr(&query, cli_has(cli, OPTION_OPEN) ? "open=true" : "");
    if (incident != NULL) {
        buf_printf(&query, "%sincident=%s", query.len > 0 ? "&" : "",
                   daemon_encode(&cli->arena, slice_from(incident)));
    }
    struct daemon_list list = { 0 };
    enum cli_exit code = daemon_list(cli, "/v1/plans", query.ptr, &list);
    if (code == CLI_DONE) {
        view_list(cli, &list, fields, COUNT_OF(fields));
        next_of_list(cli, &list);
    }
    return code;
}

/* --- show ------------------------------------------------------------------------------------ */

static void print_plan(struct cli *cli, const struct json *plan)
{
    static const struct view_field fields[] = {
        { "plan", "id", VIEW_TEXT },
        { "summary", "summary", VIEW_TEXT },
        { "state", "state", VIEW_TEXT },
        { "reason", "reason", VIEW_TEXT },
        { "incident", "incident", VIEW_TEXT },
        { "approval", "approval", VIEW_TEXT },
        { "digest", "digest", VIEW_TEXT },
        { "base", "base_digest", VIEW_TEXT },
        { "made", "made_at", VIEW_TIME },
        { "decided", "decided_at", VIEW_TIME },
        { "started", "started_at", VIEW_TIME },
        { "finished", "finished_at", VIEW_TIME },
        { "undone", "undone_at", VIEW_TIME },
        { "lost service", "cost.availability_ms", VIEW_MS },
        { "touches", "cost.blast", VIEW_NUMBER },
        { "work", "expansions", VIEW_NUMBER },
    };
    static const struct view_field steps[] = {
        { "STEP", "index", VIEW_NUMBER },
        { "ACTION", "action", VIEW_TEXT },
        { "NODE", "node", VIEW_TEXT },
        { "RESOURCE", "resource", VIEW_TEXT },
        { "SOURCE", "source", VIEW_TEXT },
        { "AFTER", "after", VIEW_LIST },
        { "LEASE", "lease_ms", VIEW_MS },
        { "UNDO", "reversible", VIEW_TRUTH },
        { "CLAUSE", "clause.clause", VIEW_TEXT },
        { "STATE", "state", VIEW_TEXT },
        { "VERIFIED BY", "verified_by", VIEW_TEXT },
    };
    static const struct view_field candidates[] = {
        { "VERDICT", "verdict", VIEW_TEXT },
        { "CANDIDATE", "name", VIEW_TEXT },
        { "LOST SERVICE", "cost.availability_ms", VIEW_MS },
        { "TOUCHES", "cost.blast", VIEW_NUMBER },
        { "WHY", "reason", VIEW_TEXT },
    };
    static const struct view_field approvals[] = {
        { "WHO", "who", VIEW_TEXT },
        { "WHEN", "at", VIEW_TIME },
    };
    CLEANUP(buf_done) struct buf out = { 0 };

    view_fields(cli, plan, fields, COUNT_OF(fields), &out);
    view_section(cli, "steps", json_get(plan, "steps"), steps, COUNT_OF(steps), &out);
    view_section(cli, "weighed", json_get(plan, "candidates"), candidates, COUNT_OF(candidates),
                 &out);
    view_section(cli, "approved by", json_get(plan, "approvals"), approvals, COUNT_OF(approvals),
                 &out);
    report_answer(buf_slice(&out));
    next_of_plan(cli, plan);
}

static enum cli_exit get_plan(struct cli *cli, const struct json **out)
{
    return daemon_get(cli, daemon_path(cli, "/v1/plans", cli->args[0], NULL), out);
}

enum cli_exit cmd_plan_show(struct cli *cli)
{
    const struct json *plan = NULL;
    enum cli_exit code = get_plan(cli, &plan);

    if (code != CLI_DONE) {
        return code;
    }
    if (cli->format == CLI_TABLE) {
        print_plan(cli, plan);
    } else {
        view_object(cli, plan);
    }
    return CLI_DONE;
}

/* --- approve, undo --------------------------------------------------------------------------- */

/* What became of the plan, in a line; the rest is for `plan show`. */
static void print_outcome(struct cli *cli, const struct json *plan)
{
    static const struct view_field fields[] = {
        { "plan", "id", VIEW_TEXT },
        { "state", "state", VIEW_TEXT },
        { "reason", "reason", VIEW_TEXT },
    };
    CLEANUP(buf_done) struct buf out = { 0 };

    if (cli->format != CLI_TABLE) {
        view_object(cli, plan);
        return;
    }
    view_fields(cli, plan, fields, COUNT_OF(fields), &out);
    report_answer(buf_slice(&out));
    next_of_plan(cli, plan);
}

static enum cli_exit change_plan(struct cli *cli, const char *verb, struct slice digest)
{
    CLEANUP(buf_done) struct buf body = { 0 };
    struct json_writer writer = { .out = &body };
    const struct json *plan = NULL;

    json_open_object(&writer);
    if (digest.len > 0) {
        json_add_text(&writer, "digest", digest);
    }
    offline_write_change(cli, &writer);
    json_close_object(&writer);
    enum cli_exit code = daemon_post(cli, daemon_path(cli, "/v1/plans", cli->args[0], verb),
                                     buf_slice(&body), &plan);
    if (code == CLI_DONE) {
        print_outcome(cli, plan);
    }
    return code;
}

/* What is approved is what the plan says at this moment: its digest goes along. */
enum cli_exit cmd_plan_approve(struct cli *cli)
{
    const struct json *plan = NULL;
    enum cli_exit code = get_plan(cli, &plan);

    return code == CLI_DONE ? change_plan(cli, "approve", json_text(plan, "digest")) : code;
}

enum cli_exit cmd_plan_undo(struct cli *cli)
{
    enum cli_exit code = CLI_DONE;

    if (!cli_has(cli, OPTION_DRY_RUN)) {
        code = report_ask(cli, "take back every step of plan `%s`", cli->args[0]);
    }
    return code == CLI_DONE ? change_plan(cli, "undo", (struct slice){ 0 }) : code;
}
