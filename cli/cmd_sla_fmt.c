#include "sla/edit/fmt.h"

#include <string.h>

#include "cli/cmd.h"
#include "cli/document.h"
#include "cli/report.h"
#include "cli/sources.h"

enum fate { FATE_SAME, FATE_CHANGED, FATE_REFUSED };

struct fmt_run {
    struct sources sources;
    struct slice *texts; /* of each source, in the layout */
    enum fate *fates;
    struct diag_list diags;
    enum cli_exit code; /* the gravest so far */
};

static void remember(struct fmt_run *run, enum cli_exit code)
{
    run->code = code > run->code ? code : run->code;
}

static void format_one(struct cli *cli, struct fmt_run *run, size_t index)
{
    const struct diag_source *source = &run->sources.items[index];
    struct status status = sla_fmt(&cli->arena, source, &run->diags, &run->texts[index]);

    if (status_ok(&status)) {
        bool same = slice_eq(source->text, run->texts[index]);
        run->fates[index] = same ? FATE_SAME : FATE_CHANGED;
        return;
    }
    run->fates[index] = FATE_REFUSED;
    /* What is wrong with a text is told by the findings. */
    remember(run, status.code == STATUS_INVALID ? CLI_NO : report_status(cli, status));
}

static void write_changed(struct cli *cli, struct fmt_run *run)
{
    for (size_t i = 0; i < run->sources.count; i++) {
        if (run->fates[i] != FATE_CHANGED) {
            continue;
        }
        enum cli_exit code =
            report_file(cli, sources_replace(cli, &run->sources.items[i], run->texts[i]));
        run->fates[i] = code == CLI_DONE ? FATE_CHANGED : FATE_REFUSED;
        remember(run, code);
    }
}

static size_t count_fates(const struct fmt_run *run, enum fate fate)
{
    size_t count = 0;

    for (size_t i = 0; i < run->sources.count; i++) {
        count += run->fates[i] == fate;
    }
    return count;
}

static void add_names(const struct fmt_run *run, const char *before, struct buf *out)
{
    for (size_t i = 0; i < run->sources.count; i++) {
        if (run->fates[i] == FATE_CHANGED) {
            buf_printf(out, "%s%s\n", before, run->sources.items[i].name);
        }
    }
}

static void print_run(struct cli *cli, const struct fmt_run *run)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    bool check = cli_has(cli, OPTION_CHECK);
    size_t refused = count_fates(run, FATE_REFUSED);

    sources_print_findings(cli, &run->diags);
    add_names(run, check ? "would change " : "changed ", &out);
    buf_printf(&out, "%zu file%s: %zu %s", run->sources.count, run->sources.count == 1 ? "" : "s",
               count_fates(run, FATE_CHANGED), check ? "would change" : "changed");
    if (refused > 0) {
        buf_printf(&out, ", %zu left as %s", refused, refused == 1 ? "it is" : "they are");
    }
    buf_add_char(&out, '\n');
    report_answer(buf_slice(&out));
}

static void write_report(const struct fmt_run *run, struct buf *out)
{
    static const char *const names[] = {
        [FATE_SAME] = "same", [FATE_CHANGED] = "changed", [FATE_REFUSED] = "refused"
    };
    struct json_writer writer = { .out = out, .pretty = true };

    json_open_object(&writer);
    json_add_cstr(&writer, "apiVersion", "redan/v1");
    json_add_cstr(&writer, "kind", "FormatReport");
    json_key(&writer, "files");
    json_open_array(&writer);
    for (size_t i = 0; i < run->sources.count; i++) {
        json_open_object(&writer);
        json_add_cstr(&writer, "name", run->sources.items[i].name);
        json_add_cstr(&writer, "layout", names[run->fates[i]]);
        json_close_object(&writer);
    }
    json_close_array(&writer);
    json_add_i64(&writer, "changed", (int64_t)count_fates(run, FATE_CHANGED));
    json_add_i64(&writer, "refused", (int64_t)count_fates(run, FATE_REFUSED));
    json_key(&writer, "diagnostics");
    json_open_array(&writer);
    for (const struct diag *at = run->diags.first; at != NULL; at = at->next) {
        diag_write_json(at, &writer);
    }
    json_close_array(&writer);
    json_close_object(&writer);
    buf_add_char(out, '\n');
}

/* As a filter, for editors: the new text is the answer; none where the old one cannot be read. */
static void print_filtered(struct cli *cli, const struct fmt_run *run)
{
    if (run->fates[0] == FATE_REFUSED) {
        sources_print_errors(cli, &run->diags);
    } else {
        report_answer(run->texts[0]);
    }
}

enum cli_exit cmd_sla_fmt(struct cli *cli)
{
    static const char *const here[] = { "." };
    CLEANUP(buf_done) struct buf out = { 0 };
    bool check = cli_has(cli, OPTION_CHECK);
    bool any = cli->arg_count > 0;
    bool filters =
        cli->arg_count == 1 && strcmp(cli->args[0], "-") == 0 && !check && cli->format == CLI_TABLE;
    struct fmt_run run = { .code = CLI_DONE };
    enum cli_exit code =
        sources_load(cli, any ? cli->args : here, any ? cli->arg_count : 1, &run.sources);

    if (code != CLI_DONE) {
        return code;
    }
    diag_list_init(&run.diags, &cli->arena);
    run.texts = ARENA_NEW(&cli->arena, struct slice, run.sources.count);
    run.fates = ARENA_NEW(&cli->arena, enum fate, run.sources.count);
    for (size_t i = 0; i < run.sources.count; i++) {
        format_one(cli, &run, i);
    }
    if (filters) {
        print_filtered(cli, &run);
        return run.code;
    }
    if (!check) {
        write_changed(cli, &run);
    } else if (count_fates(&run, FATE_CHANGED) > 0) {
        remember(&run, CLI_NO);
    }
    if (cli->format == CLI_TABLE) {
        print_run(cli, &run);
    } else if (cli->format == CLI_JSON) {
        write_report(&run, &out);
    } else {
        add_names(&run, "", &out);
    }
    document_print(cli, buf_slice(&out));
    return run.code;
}
