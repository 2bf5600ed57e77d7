#include "cli/offline.h"

#include "base/date.h"
#include "cli/daemon.h"
#include "cli/keys.h"
#include "cli/report.h"
#include "cli/rules.h"
#include "cli/view.h"

void offline_compile_loaded(struct cli *cli, struct offline *offline)
{
    diag_list_init(&offline->diags, &cli->arena);
    offline->world = sla_compile(&cli->arena, offline->sources.items, offline->sources.count,
                                 &offline->options, &offline->diags);
}

/* What holds is asked of a day: the one given, else this one. */
static enum cli_exit read_day(struct cli *cli, int64_t time_us, struct sla_options *options)
{
    const int64_t day_us = INT64_C(24) * 60 * 60 * 1000 * 1000;

    options->has_day = true;
    options->as_of_day = (int32_t)(time_us / day_us);
    if (!cli_has(cli, OPTION_AS_OF)) {
        return CLI_DONE;
    }
    struct status status = date_parse(slice_from(cli->values[OPTION_AS_OF]), &options->as_of_day);
    return report_status(cli, status_wrap(status, "--as-of"));
}

static void report_unread(struct cli *cli, const struct sla_options *options)
{
    for (size_t i = 0; i < options->zone_count; i++) {
        const struct zone *zone = &options->zones[i];
        if (zone->is_unread) {
            report_line(cli, "hours of `%.*s` are not checked: its file in %s cannot be read",
                        SLICE_ARG(zone->name), ZONE_FOLDER);
        }
    }
}

/* Without the database nothing is known of zones, and any offset may be. */
static void load_zones(struct cli *cli, struct offline *offline)
{
    const int64_t day_s = INT64_C(24) * 60 * 60;
    const struct sources *sources = &offline->sources;
    struct sla_options *options = &offline->options;
    struct slice *texts = ARENA_NEW(&cli->arena, struct slice, sources->count + 1);

    for (size_t i = 0; i < sources->count; i++) {
        texts[i] = sources->items[i].text;
    }
    struct status loaded =
        zones_load(&cli->arena, ZONE_FOLDER, texts, sources->count, options->as_of_day * day_s,
                   &options->zones, &options->zone_count);
    if (!status_ok(&loaded)) {
        report_line(cli, "time zones are not checked: %s", loaded.msg);
    }
    report_unread(cli, options);
}

static enum cli_exit load_as_at(struct cli *cli, const char *const *paths, size_t count,
                                enum offline_scope scope, int64_t time_us, struct offline *out)
{
    const struct rule_set *rules = NULL;

    *out = (struct offline){ .options.partial = scope == OFFLINE_SOME_DOCUMENTS };
    enum cli_exit code = sources_load(cli, paths, count, &out->sources);
    code = code == CLI_DONE ? read_day(cli, time_us, &out->options) : code;
    code = code == CLI_DONE ? rules_load(cli, &rules) : code;
    if (code != CLI_DONE) {
        return code;
    }
    load_zones(cli, out);
    if (rules != NULL) {
        out->options.rules_from = cli_has(cli, OPTION_RULES)
                                      ? cli->values[OPTION_RULES]
                                      : "the rules that come with Redan; `--rules` names others";
        out->options.rules = rules_detecting(&cli->arena, rules, &out->options.rule_count);
    }
    return keys_load(cli, &out->options);
}

enum cli_exit offline_load(struct cli *cli, const char *const *paths, size_t count,
                           enum offline_scope scope, struct offline *out)
{
    return load_as_at(cli, paths, count, scope, cli->now_us, out);
}

enum cli_exit offline_compile(struct cli *cli, const char *const *paths, size_t count,
                              enum offline_scope scope, struct offline *out)
{
    enum cli_exit code = offline_load(cli, paths, count, scope, out);

    if (code == CLI_DONE) {
        offline_compile_loaded(cli, out);
    }
    return code;
}

enum cli_exit offline_compile_as_at(struct cli *cli, const char *const *paths, size_t count,
                                    int64_t time_us, struct offline *out)
{
    enum cli_exit code = load_as_at(cli, paths, count, OFFLINE_ALL_DOCUMENTS, time_us, out);

    if (code == CLI_DONE) {
        offline_compile_loaded(cli, out);
    }
    return code;
}

bool offline_fails(const struct cli *cli, size_t errors, size_t warnings)
{
    return errors > 0 || (warnings > 0 && cli_has(cli, OPTION_STRICT));
}

enum cli_exit offline_verdict(const struct cli *cli, const struct diag_list *diags)
{
    if (!offline_fails(cli, diags->errors, diags->warnings)) {
        return CLI_DONE;
    }
    if (diags->errors == 0) {
        report_note(cli, "%zu warning%s fail%s with --strict", diags->warnings,
                    diags->warnings == 1 ? "" : "s", diags->warnings == 1 ? "s" : "");
    }
    return CLI_NO;
}

enum cli_exit offline_check_nodes(struct cli *cli, struct offline *offline)
{
    struct daemon_list list = { 0 };
    enum cli_exit code = daemon_list(cli, "/v1/nodes", "", &list);

    if (code != CLI_DONE) {
        return code;
    }
    struct slice *names = ARENA_NEW(&cli->arena, struct slice, list.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < list.count; i++) {
        if (slice_is(json_text(list.items[i], "state"), "enrolled")) {
            names[count++] = json_text(list.items[i], "name");
        }
    }
    if (count > 0) { /* before the first node there is nothing to compare with */
        offline->options.nodes = names;
        offline->options.node_count = count;
        offline_compile_loaded(cli, offline);
    }
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
        { "conflicts", "conflicts", VIEW_COUNT },    { "degradations", "degradations", VIEW_COUNT },
    };
    CLEANUP(buf_done) struct buf out = { 0 };
    struct slice version = { 0 };

    switch (cli->format) {
    case CLI_JSON:
        daemon_print(cli, world);
        return;
    case CLI_NAME:
        version = view_value(cli, world, &fields[0]);
        buf_printf(&out, "%.*s\n", SLICE_ARG(version));
        break;
    case CLI_SARIF:
    case CLI_GITHUB: /* refused before: no command that changes something scans */
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
