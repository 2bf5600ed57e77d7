#include "cli/offline.h"

#include "cli/daemon.h"
#include "cli/report.h"
#include "cli/view.h"

enum cli_exit offline_compile(struct cli *cli, const char *const *paths, size_t count,
                              enum offline_scope scope, struct offline *out)
{
    const struct sla_options options = { .partial = scope == OFFLINE_SOME_DOCUMENTS };

    *out = (struct offline){ 0 };
    enum cli_exit code = sources_load(cli, paths, count, &out->sources);
    if (code != CLI_DONE) {
        return code;
    }
    diag_list_init(&out->diags, &cli->arena);
    out->world =
        sla_compile(&cli->arena, out->sources.items, out->sources.count, &options, &out->diags);
    return CLI_DONE;
}

void offline_write_change(const struct cli *cli, struct json_writer *writer)
{
    if (cli_has(cli, OPTION_DRY_RUN)) {
        json_add_bool(writer, "dry_run", true);
    }
    if (cli_has(cli, OPTION_REASON)) {
        json_add_cstr(writer, "reason", cli->values[OPTION_REASON]);
    }
}

static void print_world(struct cli *cli, const struct json *world)
{
    static const struct view_field fields[] = {
        { "version", "version", VIEW_NUMBER },       { "digest", "digest", VIEW_TEXT },
        { "unchanged", "unchanged", VIEW_TRUTH },    { "documents", "documents", VIEW_NUMBER },
        { "clauses", "clauses", VIEW_NUMBER },       { "policies", "policies", VIEW_NUMBER },
        { "objectives", "objectives", VIEW_NUMBER }, { "reactions", "reactions", VIEW_NUMBER },
        { "conflicts", "conflicts", VIEW_COUNT },
    };
    CLEANUP(buf_done) struct buf out = { 0 };
    struct slice version = { 0 };

    switch (cli->format) {
    case CLI_JSON:
        daemon_print(world);
        return;
    case CLI_NAME:
        version = view_value(cli, world, &fields[0]);
        buf_printf(&out, "%.*s\n", SLICE_ARG(version));
        break;
    case CLI_TABLE:
        view_fields(cli, world, fields, COUNT_OF(fields), &out);
        break;
    }
    report_answer(buf_slice(&out));
}

void offline_print_world(struct cli *cli, const struct json *world)
{
    print_world(cli, world);
    if (cli_has(cli, OPTION_DRY_RUN)) {
        report_line(cli, "dry run: nothing was changed");
    }
}
