#include "sla/fix.h"

#include "cli/cmd.h"
#include "cli/document.h"
#include "cli/offline.h"
#include "cli/report.h"
#include "cli/sources.h"

static void print_fixes(const struct sla_fix_result *fixed, struct buf *out)
{
    for (size_t i = 0; i < fixed->applied_count; i++) {
        const struct sla_fix_applied *at = &fixed->applied[i];
        buf_printf(out, "%s:%u: RDN%04u: %.*s\n", at->file, at->line, at->code,
                   SLICE_ARG(at->title));
    }
    for (size_t i = 0; i < fixed->pinned_count; i++) {
        const struct sla_fix_pinned *at = &fixed->pinned[i];
        buf_printf(out, "%s:%u: RDN%04u: left as it is: agreement `%.*s` is in force\n", at->file,
                   at->line, at->code, SLICE_ARG(at->agreement));
    }
    buf_printf(out, "%zu fix%s", fixed->applied_count, fixed->applied_count == 1 ? "" : "es");
    if (fixed->left_out > 0) {
        buf_printf(out, ", %zu left out that would not mend", fixed->left_out);
    }
    if (fixed->untried > 0) {
        buf_printf(out, ", %zu left for another run", fixed->untried);
    }
    buf_printf(out, "; left: %zu error%s, %zu warning%s\n", fixed->diags.errors,
               fixed->diags.errors == 1 ? "" : "s", fixed->diags.warnings,
               fixed->diags.warnings == 1 ? "" : "s");
}

/* What is mended, or left since it is pinned. */
static void write_place(uint32_t code, const char *file, uint32_t line, struct json_writer *writer)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    buf_printf(&text, "RDN%04u", code);
    json_add_text(writer, "code", buf_slice(&text));
    json_add_cstr(writer, "file", file);
    json_add_i64(writer, "line", line);
}

static void write_fixes(const struct sla_fix_result *fixed, struct json_writer *writer)
{
    json_key(writer, "fixes");
    json_open_array(writer);
    for (size_t i = 0; i < fixed->applied_count; i++) {
        const struct sla_fix_applied *at = &fixed->applied[i];
        json_open_object(writer);
        write_place(at->code, at->file, at->line, writer);
        json_add_text(writer, "title", at->title);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void write_pinned(const struct sla_fix_result *fixed, struct json_writer *writer)
{
    json_key(writer, "pinned");
    json_open_array(writer);
    for (size_t i = 0; i < fixed->pinned_count; i++) {
        const struct sla_fix_pinned *at = &fixed->pinned[i];
        json_open_object(writer);
        write_place(at->code, at->file, at->line, writer);
        json_add_text(writer, "agreement", at->agreement);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void write_report(struct cli *cli, const struct sources *before,
                         const struct sla_fix_result *fixed, struct buf *out)
{
    struct json_writer writer = { .out = out, .pretty = true };

    json_open_object(&writer);
    json_add_cstr(&writer, "apiVersion", "redan/v1");
    json_add_cstr(&writer, "kind", "FixReport");
    write_fixes(fixed, &writer);
    json_key(&writer, "changed");
    json_open_array(&writer);
    for (size_t i = 0; i < before->count; i++) {
        if (!slice_eq(before->items[i].text, fixed->sources[i].text)) {
            json_put_cstr(&writer, before->items[i].name);
        }
    }
    json_close_array(&writer);
    json_add_bool(&writer, "written", cli_has(cli, OPTION_WRITE));
    write_pinned(fixed, &writer);
    json_add_i64(&writer, "left_out", (int64_t)fixed->left_out);
    json_add_i64(&writer, "untried", (int64_t)fixed->untried);
    json_add_i64(&writer, "errors", (int64_t)fixed->diags.errors);
    json_add_i64(&writer, "warnings", (int64_t)fixed->diags.warnings);
    json_close_object(&writer);
    buf_add_char(out, '\n');
}

/* Files that are changed, or with --write were. */
static void write_names(const struct sources *before, const struct sla_fix_result *fixed,
                        struct buf *out)
{
    for (size_t i = 0; i < before->count; i++) {
        if (!slice_eq(before->items[i].text, fixed->sources[i].text)) {
            buf_printf(out, "%s\n", before->items[i].name);
        }
    }
}

enum cli_exit cmd_sla_fix(struct cli *cli)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    struct sla_fix_result fixed;
    struct offline offline;
    enum cli_exit code =
        offline_load(cli, cli->args, cli->arg_count, OFFLINE_SOME_DOCUMENTS, &offline);

    if (code != CLI_DONE) {
        return code;
    }
    sla_fix(&cli->arena, offline.sources.items, offline.sources.count, &offline.options, &fixed);
    if (cli->format == CLI_TABLE) {
        code = sources_change(cli, &offline.sources, fixed.sources);
        print_fixes(&fixed, &out);
    } else if (cli_has(cli, OPTION_WRITE)) {
        code = sources_write_changed(cli, &offline.sources, fixed.sources, NULL);
    }
    if (code != CLI_DONE) {
        return code;
    }
    if (cli->format == CLI_JSON) {
        write_report(cli, &offline.sources, &fixed, &out);
    } else if (cli->format == CLI_NAME) {
        write_names(&offline.sources, &fixed, &out);
    }
    document_print(cli, buf_slice(&out));
    if (fixed.diags.errors + fixed.diags.warnings > 0) {
        report_help(cli, "`redan check` shows what is left, and what to write");
    }
    return fixed.diags.errors > 0 ? CLI_NO : CLI_DONE;
}
