#include "base/diag_github.h"
#include "cli/cmd.h"
#include "cli/document.h"
#include "cli/effects.h"
#include "cli/offline.h"
#include "cli/report.h"
#include "cli/sources.h"
#include "cli/table.h"
#include "cli/text.h"
#include "sla/delta.h"
#include "sla/effects.h"

enum { SIDES = 2, TREE_BYTES_SHOWN = 60 };

struct difference {
    const struct sla_world *worlds[SIDES];
    struct diag_list findings[SIDES];
    struct sla_delta delta;
    const struct json *effects; /* an object of each kind (sla/effects.h) */
};

/* --- for people ------------------------------------------------------------------------------ */

static struct slice document_text(struct arena *arena, const struct sla_document *document)
{
    if (document->kind == SLA_AGREEMENT) { /* versions stand side by side */
        return arena_printf(arena, "%s %.*s of %.*s, version %u", sla_kind_name(document->kind),
                            SLICE_ARG(document->name), SLICE_ARG(document->party),
                            document->version);
    }
    return arena_printf(arena, "%s %.*s of %.*s", sla_kind_name(document->kind),
                        SLICE_ARG(document->name), SLICE_ARG(document->party));
}

static struct slice change_text(struct arena *arena, const struct sla_change *change)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    if (change->kind == SLA_MOVED) {
        buf_printf(&text, "to place %u", change->at + 1);
        return arena_copy(arena, buf_slice(&text));
    }
    if (change->before != NULL) {
        sla_tree_format(change->before, TREE_BYTES_SHOWN, &text);
    }
    if (change->kind == SLA_REPLACED) {
        buf_add_cstr(&text, " -> ");
    }
    if (change->after != NULL) {
        sla_tree_format(change->after, TREE_BYTES_SHOWN, &text);
    }
    return arena_copy(arena, buf_slice(&text));
}

/* The changes of one document; how many they are. */
static size_t print_document(struct cli *cli, const struct sla_change *changes, size_t count,
                             struct buf *out)
{
    static const char *const marks[] = {
        [SLA_ADDED] = "+", [SLA_REMOVED] = "-", [SLA_REPLACED] = "~", [SLA_MOVED] = ">"
    };
    struct table table = { .columns = 3, .indent = 2 };
    const struct sla_document *document = changes->document;
    struct slice head = text_safe(&cli->arena, document_text(&cli->arena, document));
    size_t same = 0;

    if (changes->path == NULL) {
        buf_printf(out, "%s ", marks[changes->kind]);
    }
    buf_printf(out, "%.*s\n", SLICE_ARG(head));
    while (same < count && changes[same].document == document) {
        const struct sla_change *change = &changes[same++];
        CLEANUP(buf_done) struct buf path = { 0 };
        if (change->path != NULL) {
            sla_step_format(change->path, &path);
            table_add(cli, &table,
                      (struct slice[]){ slice_from(marks[change->kind]), buf_slice(&path),
                                        change_text(&cli->arena, change) });
        }
    }
    if (table.rows > 0) {
        table_print(cli, &table, out);
    }
    return same;
}

static struct slice total_text(struct arena *arena, const struct sla_delta *delta, size_t documents)
{
    return arena_printf(arena, "%zu change%s in %zu document%s", delta->count,
                        delta->count == 1 ? "" : "s", documents, documents == 1 ? "" : "s");
}

static void print_difference(struct cli *cli, const struct difference *difference)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    const struct sla_delta *delta = &difference->delta;
    size_t documents = 0;

    for (size_t i = 0; i < delta->count; documents++) {
        i += print_document(cli, &delta->changes[i], delta->count - i, &out);
    }
    effects_print(cli, difference->effects, &out);
    buf_printf(&out, "%s%.*s\n", delta->count > 0 ? "\n" : "",
               SLICE_ARG(total_text(&cli->arena, delta, documents)));
    report_answer(buf_slice(&out));
}

/* --- for programs ---------------------------------------------------------------------------- */

static void write_difference(const struct difference *difference, struct buf *out)
{
    struct json_writer writer = { .out = out, .pretty = true };

    json_open_object(&writer);
    json_add_cstr(&writer, "apiVersion", "redan/v1");
    json_add_cstr(&writer, "kind", "DiffReport");
    json_add_cstr(&writer, "before", difference->worlds[0]->policies.digest);
    json_add_cstr(&writer, "after", difference->worlds[1]->policies.digest);
    json_key(&writer, "items");
    sla_delta_write_json(&difference->delta, &writer);
    json_key(&writer, "effects");
    json_put_tree(&writer, difference->effects);
    json_close_object(&writer);
    buf_add_char(out, '\n');
}

static bool is_first_of_document(const struct sla_delta *delta, size_t i)
{
    return i == 0 || delta->changes[i - 1].document != delta->changes[i].document;
}

static void annotate(struct cli *cli, const struct difference *difference, struct buf *out)
{
    const struct sla_delta *delta = &difference->delta;
    size_t documents = 0;

    for (size_t i = 0; i < delta->count; i++) {
        documents += is_first_of_document(delta, i);
    }
    effects_annotate(difference->effects, out);
    diag_github_annotate(DIAG_NOTE, SLICE("redan"), total_text(&cli->arena, delta, documents), out);
}

static void write_names(struct cli *cli, const struct sla_delta *delta, struct buf *out)
{
    for (size_t i = 0; i < delta->count; i++) {
        if (is_first_of_document(delta, i)) {
            struct slice name = document_text(&cli->arena, delta->changes[i].document);
            name = text_safe(&cli->arena, name);
            buf_printf(out, "%.*s\n", SLICE_ARG(name));
        }
    }
}

static enum cli_exit load_side(struct cli *cli, size_t side, struct difference *difference)
{
    struct offline offline;
    enum cli_exit code = offline_load(cli, &cli->args[side], 1, OFFLINE_SOME_DOCUMENTS, &offline);

    if (code != CLI_DONE) {
        return code;
    }
    offline.options.without_repairs = true;
    offline_compile_loaded(cli, &offline);
    difference->worlds[side] = offline.world;
    difference->findings[side] = offline.diags;
    if (offline.world == NULL) {
        sources_print_findings(cli, &offline.diags);
        return report_error(cli, CLI_NO, "`%s` has errors: there is nothing to compare",
                            cli->args[side]);
    }
    return CLI_DONE;
}

static enum cli_exit find_effects(struct cli *cli, struct difference *difference)
{
    const struct sla_effects_side before = { difference->worlds[0], &difference->findings[0] };
    const struct sla_effects_side after = { difference->worlds[1], &difference->findings[1] };
    CLEANUP(buf_done) struct buf text = { 0 };
    struct json_writer writer = { .out = &text };
    struct sla_effects effects;

    sla_effects_find(&cli->arena, &before, &after, &effects);
    sla_effects_write_json(&effects, &writer);
    return report_status(cli, json_read(&cli->arena, arena_copy(&cli->arena, buf_slice(&text)),
                                        &difference->effects));
}

static void print_as(struct cli *cli, const struct difference *difference)
{
    CLEANUP(buf_done) struct buf out = { 0 };

    switch (cli->format) {
    case CLI_JSON:
        write_difference(difference, &out);
        break;
    case CLI_NAME:
        write_names(cli, &difference->delta, &out);
        break;
    case CLI_GITHUB:
        annotate(cli, difference, &out);
        break;
    case CLI_SARIF: /* refused before */
        break;
    case CLI_TABLE:
        print_difference(cli, difference);
        break;
    }
    document_print(cli, buf_slice(&out));
}

enum cli_exit cmd_sla_diff(struct cli *cli)
{
    struct difference difference = { 0 };

    for (size_t side = 0; side < SIDES; side++) {
        enum cli_exit code = load_side(cli, side, &difference);
        if (code != CLI_DONE) {
            return code;
        }
    }
    sla_delta_make(&cli->arena, difference.worlds[0], difference.worlds[1], &difference.delta);
    enum cli_exit code = find_effects(cli, &difference);
    if (code != CLI_DONE) {
        return code;
    }
    print_as(cli, &difference);
    return difference.delta.count > 0 && cli_has(cli, OPTION_EXIT_CODE) ? CLI_PENDING : CLI_DONE;
}
