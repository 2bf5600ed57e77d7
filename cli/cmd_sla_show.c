#include "cli/agreement.h"
#include "cli/cmd.h"
#include "cli/document.h"
#include "cli/emission.h"
#include "cli/offline.h"
#include "cli/report.h"
#include "cli/view.h"
#include "sla/compose/compose.h"
#include "sla/compose/recovery.h"
#include "sla/tell/shown.h"

static const struct view_field service_fields[] = {
    { "SERVICE", "service", VIEW_TEXT },
    { "TERM", "term", VIEW_TEXT },
    { "REQUIRED BY", "requirement", VIEW_TEXT },
    { "WINDOW", "window_ms", VIEW_MS },
    { "ALLOWED", "allowed_ms", VIEW_MS },
    { "GETS", "figure_ms", VIEW_MS },
    { "VERDICT", "verdict", VIEW_TEXT },
    { "EVIDENCE", "evidence", VIEW_TEXT },
    { "BY", "formulas", VIEW_TEXT },
    { "ASSUMES", "assumes", VIEW_LIST },
};

static enum cli_exit list_figures(struct cli *cli, const struct sla_world *world,
                                  struct daemon_list *list)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    struct json_writer writer = { .out = &text };

    json_open_array(&writer);
    for (size_t i = 0; i < world->figure_count; i++) {
        sla_figure_write_json(&world->figures[i], &writer);
    }
    for (size_t i = 0; i < world->recovery_count; i++) {
        sla_recovery_write_json(&world->recoveries[i], &writer);
    }
    json_close_array(&writer);
    return view_read_list(cli, buf_slice(&text), list);
}

static const struct view_field clause_fields[] = {
    { "clause", "clause", VIEW_TEXT },
    { "asks", "text", VIEW_TEXT },
    { "strength", "strength", VIEW_TEXT },
    { "on", "on", VIEW_LIST },
    { "verdict", "verdict", VIEW_TEXT },
    { "evidence", "evidence", VIEW_TEXT },
    { "asserted by", "assertedBy.party", VIEW_TEXT },
    { "as", "assertedBy.how", VIEW_TEXT },
    { "source", "assertedBy.source", VIEW_TEXT },
    { "known", "known", VIEW_TEXT },
    { "measured by", "measuredBy.party", VIEW_TEXT },
    { "how", "measuredBy.how", VIEW_TEXT },
    { "every", "measuredBy.every_ms", VIEW_MS },
    { "controls", "controls", VIEW_LIST },
    { "why", "why", VIEW_TEXT },
};

static enum cli_exit read_back(struct cli *cli, const struct buf *text, const struct json **out)
{
    return report_status(cli,
                         json_read(&cli->arena, arena_copy(&cli->arena, buf_slice(text)), out));
}

static enum cli_exit show_clause(struct cli *cli, const struct sla_world *world)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    struct json_writer writer = { .out = &text };
    const struct json *shown = NULL;
    size_t clause = 0;
    enum cli_exit code = emission_clause(cli, world, &clause);

    if (code != CLI_DONE) {
        return code;
    }
    sla_clause_write_json(world, clause, &writer);
    code = read_back(cli, &text, &shown);
    if (code != CLI_DONE) {
        return code;
    }
    if (cli->format != CLI_TABLE) {
        view_object(cli, shown);
        return CLI_DONE;
    }
    buf_clear(&text);
    view_fields(cli, shown, clause_fields, COUNT_OF(clause_fields), &text);
    document_print(cli, buf_slice(&text));
    return CLI_DONE;
}

static enum cli_exit show_agreement(struct cli *cli, const struct sla_world *world)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    struct json_writer writer = { .out = &text };
    const struct json *shown = NULL;
    enum cli_exit code = CLI_DONE;
    const struct sla_agreement *agreement =
        agreement_find(cli, world, cli->values[OPTION_AGREEMENT], &code);

    if (agreement == NULL) {
        return code;
    }
    if (cli->format == CLI_TABLE) {
        agreement_print(cli, world, agreement, NULL, &text);
        document_print(cli, buf_slice(&text));
        return CLI_DONE;
    }
    agreement_write_json(cli, agreement, &writer);
    code = read_back(cli, &text, &shown);
    if (code == CLI_DONE) {
        view_object(cli, shown);
    }
    return code;
}

static enum cli_exit show_services(struct cli *cli, const struct sla_world *world)
{
    struct daemon_list list = { .kind = SLICE("ServiceFigureList") };
    enum cli_exit code = list_figures(cli, world, &list);

    if (code != CLI_DONE) {
        return code;
    }
    if (list.count == 0 && cli->format == CLI_TABLE) {
        report_line(cli, "no requirement speaks of a service");
    } else {
        view_list(cli, &list, service_fields, COUNT_OF(service_fields));
    }
    return CLI_DONE;
}

enum cli_exit cmd_sla_show(struct cli *cli)
{
    struct offline offline;

    enum cli_exit code =
        offline_compile(cli, cli->args, cli->arg_count, OFFLINE_ALL_DOCUMENTS, &offline);
    if (code != CLI_DONE) {
        return code;
    }
    if (offline.world == NULL) {
        sources_print_findings(cli, &offline.diags);
        return report_error(cli, CLI_NO, "the documents have errors");
    }
    code = cli_has(cli, OPTION_CLAUSE)      ? show_clause(cli, offline.world)
           : cli_has(cli, OPTION_AGREEMENT) ? show_agreement(cli, offline.world)
                                            : show_services(cli, offline.world);
    if (code == CLI_DONE && offline.world->conflicts_incomplete) {
        report_line(cli, "enumeration incomplete: there may be more");
    }
    return code;
}
