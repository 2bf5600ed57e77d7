#include "cli/next.h"

#include "cli/report.h"

enum { NEXT_SHOWN_MAX = 3 };

static bool waits(const struct json *plan)
{
    return slice_is(json_text(plan, "state"), "awaiting-approval");
}

static bool came_to_nothing(const struct json *plan)
{
    struct slice state = json_text(plan, "state");

    return slice_is(state, "refused") || slice_is(state, "failed");
}

void next_of_plan(const struct cli *cli, const struct json *plan)
{
    struct slice id = json_text(plan, "id");
    struct slice incident = json_text(plan, "incident");

    if (cli->format != CLI_TABLE) {
        return;
    }
    if (waits(plan)) {
        report_help(cli, "nothing happens before somebody approves: redan plan approve %.*s",
                    SLICE_ARG(id));
    } else if (came_to_nothing(plan) && incident.len > 0) {
        report_help(cli, "what became of the incident: redan incident show %.*s",
                    SLICE_ARG(incident));
    }
}

/* Open, and no plan was ever made. */
static void explain_without_plan(const struct cli *cli, const struct json *incident)
{
    struct slice rule = json_text(incident, "rule");

    if (json_text(incident, "reason").len == 0) {
        report_note(cli, "nothing is done: no plan was asked for");
    }
    report_help(cli, "an SLA agrees to responses by its `reactions` to rule `%.*s`",
                SLICE_ARG(rule));
}

void next_of_incident(const struct cli *cli, const struct json *incident)
{
    const struct json *plan = json_get(incident, "plan");
    bool has_plan = plan != NULL && plan->kind == JSON_OBJECT;
    bool is_open = slice_is(json_text(incident, "state"), "open");
    struct slice id = json_text(plan, "id");

    if (cli->format != CLI_TABLE || plan == NULL) {
        return;
    }
    if (has_plan && waits(plan)) {
        next_of_plan(cli, plan);
    } else if (has_plan && is_open && came_to_nothing(plan)) {
        report_help(cli, "what was weighed, and why not: redan plan show %.*s", SLICE_ARG(id));
    } else if (!has_plan && is_open) {
        explain_without_plan(cli, incident);
    }
}

void next_of_list(const struct cli *cli, const struct daemon_list *list)
{
    size_t shown = 0;

    for (size_t i = 0; i < list->count && cli->format == CLI_TABLE; i++) {
        const struct json *inner = json_get(list->items[i], "plan");
        const struct json *plan = inner != NULL ? inner : list->items[i];
        struct slice id = json_text(plan, "id");
        if (waits(plan) && shown++ < NEXT_SHOWN_MAX) {
            report_help(cli, "waits for approval: redan plan approve %.*s", SLICE_ARG(id));
        }
    }
    if (shown > NEXT_SHOWN_MAX) {
        report_note(cli, "%zu more wait for approval", shown - NEXT_SHOWN_MAX);
    }
}
