#include <inttypes.h>

#include "base/clock.h"
#include "cli/cmd.h"
#include "cli/daemon.h"
#include "cli/next.h"
#include "cli/report.h"
#include "cli/table.h"
#include "cli/text.h"
#include "cli/view.h"

enum cli_exit cmd_incident_list(struct cli *cli)
{
    static const struct view_field fields[] = {
        { "ID", "id", VIEW_TEXT },
        { "OPENED", "opened_at", VIEW_AGE },
        { "SEVERITY", "severity", VIEW_TEXT },
        { "STATE", "state", VIEW_TEXT },
        { "RULE", "rule", VIEW_TEXT },
        { "SOURCE", "source", VIEW_TEXT },
        { "TARGET", "target", VIEW_TEXT },
        { "RESPONSE", "mttr_ms", VIEW_MS },
        { "OBJECTIVE", "mttr", VIEW_TEXT },
        { "PLAN", "plan.state", VIEW_TEXT },
        { "WHY", "reason|plan.reason", VIEW_TEXT },
    };
    const char *query = cli_has(cli, OPTION_OPEN) ? "open=true" : "";
    struct daemon_list list = { 0 };
    enum cli_exit code = daemon_list(cli, "/v1/incidents", query, &list);

    if (code == CLI_DONE) {
        view_list(cli, &list, fields, COUNT_OF(fields));
        next_of_list(cli, &list);
    }
    return code;
}

struct stage {
    const char *name;
    const char *key;
};

static bool stage_time(const struct json *incident, const struct stage *stage, int64_t *out_us)
{
    struct slice text = json_text(incident, stage->key);
    struct status status = text.len > 0 ? clock_parse_rfc3339(text, out_us)
                                        : status_error(STATUS_NOT_FOUND, "not yet");

    return status_ok(&status);
}

/* "+9.140 s": every millisecond counts here. */
static struct slice distance(struct arena *arena, int64_t ms)
{
    const char *sign = ms < 0 ? "-" : "+";
    int64_t size = ms < 0 ? -ms : ms;

    return arena_printf(arena, "%s%" PRId64 ".%03" PRId64 " s", sign, size / 1000, size % 1000);
}

/* Each stage with its distance from the first event. */
static void print_timeline(struct cli *cli, const struct json *incident, struct buf *out)
{
    static const struct stage stages[] = {
        { "first event", "first_at" }, { "detected", "detected_at" }, { "opened", "opened_at" },
        { "planned", "planned_at" },   { "enforced", "enforced_at" }, { "proven", "proven_at" },
        { "closed", "closed_at" },
    };
    struct table table = { .columns = 3, .indent = 2 };
    int64_t first_us = 0;
    bool has_first = stage_time(incident, &stages[0], &first_us);

    for (size_t i = 0; i < COUNT_OF(stages); i++) {
        int64_t at_us = 0;
        if (!stage_time(incident, &stages[i], &at_us)) {
            continue;
        }
        struct slice after = distance(&cli->arena, (at_us - first_us) / 1000);
        table_add(cli, &table,
                  (struct slice[]){ slice_from(stages[i].name),
                                    text_time(&cli->arena, at_us, cli_has(cli, OPTION_UTC)),
                                    has_first && i > 0 ? after : SLICE("") });
    }
    buf_add_cstr(out, "\ntimeline\n");
    table_print(cli, &table, out);
}

static void print_incident(struct cli *cli, const struct json *incident)
{
    static const struct view_field fields[] = {
        { "incident", "id", VIEW_TEXT },
        { "severity", "severity", VIEW_TEXT },
        { "state", "state", VIEW_TEXT },
        { "rule", "rule", VIEW_TEXT },
        { "source", "source", VIEW_TEXT },
        { "target", "target", VIEW_TEXT },
        { "unit", "unit", VIEW_TEXT },
        { "objective", "mttr", VIEW_TEXT },
        { "response", "mttr_ms", VIEW_MS },
        { "limit", "mttr_limit_ms", VIEW_MS },
        { "plan", "plan.id", VIEW_TEXT },
        { "plan state", "plan.state", VIEW_TEXT },
        { "why", "reason|plan.reason", VIEW_TEXT },
    };
    static const struct view_field alerts[] = {
        { "ALERT", "id", VIEW_TEXT },
        { "RULE", "rule", VIEW_TEXT },
        { "COUNT", "count", VIEW_NUMBER },
        { "NODE", "node", VIEW_TEXT },
    };
    static const struct view_field plans[] = {
        { "PLAN", "id", VIEW_TEXT },
        { "STATE", "state", VIEW_TEXT },
        { "STEPS", "step_count", VIEW_NUMBER },
        { "SUMMARY", "summary", VIEW_TEXT },
        { "WHY", "reason", VIEW_TEXT },
    };
    CLEANUP(buf_done) struct buf out = { 0 };

    view_fields(cli, incident, fields, COUNT_OF(fields), &out);
    print_timeline(cli, incident, &out);
    view_section(cli, "alerts", json_get(incident, "alerts"), alerts, COUNT_OF(alerts), &out);
    view_section(cli, "plans", json_get(incident, "plans"), plans, COUNT_OF(plans), &out);
    report_answer(buf_slice(&out));
    next_of_incident(cli, incident);
}

enum cli_exit cmd_incident_show(struct cli *cli)
{
    const struct json *incident = NULL;
    enum cli_exit code =
        daemon_get(cli, daemon_path(cli, "/v1/incidents", cli->args[0], NULL), &incident);

    if (code != CLI_DONE) {
        return code;
    }
    if (cli->format == CLI_TABLE) {
        print_incident(cli, incident);
    } else {
        view_object(cli, incident);
    }
    return CLI_DONE;
}
