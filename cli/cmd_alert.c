#include "cli/cmd.h"
#include "cli/daemon.h"
#include "cli/report.h"
#include "cli/view.h"

static const char *incident_query(struct cli *cli)
{
    const char *incident = cli->values[OPTION_INCIDENT];

    if (incident == NULL) {
        return "";
    }
    return arena_printf(&cli->arena, "incident=%s",
                        daemon_encode(&cli->arena, slice_from(incident)))
        .ptr;
}

enum cli_exit cmd_alert_list(struct cli *cli)
{
    static const struct view_field fields[] = {
        { "ID", "id", VIEW_TEXT },
        { "LAST", "last_at", VIEW_AGE },
        { "SEVERITY", "severity", VIEW_TEXT },
        { "RULE", "rule", VIEW_TEXT },
        { "SOURCE", "source", VIEW_TEXT },
        { "NODE", "node", VIEW_TEXT },
        { "COUNT", "count", VIEW_NUMBER },
        { "SEEN BY KERNEL", "corroborated", VIEW_TRUTH },
    };

    return view_list_command(cli, "/v1/alerts", incident_query(cli), fields, COUNT_OF(fields));
}

/* The detection's own fields, whatever they are. */
static void print_event(struct cli *cli, const struct json *event, struct buf *out)
{
    if (event == NULL || event->kind != JSON_OBJECT || event->count == 0) {
        return;
    }
    buf_add_cstr(out, "\nevent\n");
    view_members(cli, event, 2, out);
}

enum cli_exit cmd_alert_show(struct cli *cli)
{
    static const struct view_field fields[] = {
        { "alert", "id", VIEW_TEXT },
        { "rule", "rule", VIEW_TEXT },
        { "severity", "severity", VIEW_TEXT },
        { "source", "source", VIEW_TEXT },
        { "node", "node", VIEW_TEXT },
        { "resource", "resource", VIEW_TEXT },
        { "count", "count", VIEW_NUMBER },
        { "seen by kernel", "corroborated", VIEW_TRUTH },
        { "incident", "incident", VIEW_TEXT },
        { "first", "first_at", VIEW_TIME },
        { "last", "last_at", VIEW_TIME },
        { "detected", "detected_at", VIEW_TIME },
        { "received", "received_at", VIEW_TIME },
    };
    CLEANUP(buf_done) struct buf out = { 0 };
    const struct json *alert = NULL;
    enum cli_exit code =
        daemon_get(cli, daemon_path(cli, "/v1/alerts", cli->args[0], NULL), &alert);

    if (code != CLI_DONE) {
        return code;
    }
    if (cli->format != CLI_TABLE) {
        view_object(cli, alert);
        return CLI_DONE;
    }
    view_fields(cli, alert, fields, COUNT_OF(fields), &out);
    print_event(cli, json_get(alert, "event"), &out);
    report_answer(buf_slice(&out));
    return CLI_DONE;
}
