#include "base/parse.h"
#include "base/yaml.h"
#include "cli/cmd.h"
#include "cli/document.h"
#include "cli/offline.h"
#include "cli/report.h"
#include "cli/view.h"
#include "sla/sla.h"

/* --- list ------------------------------------------------------------------------------------ */

static const struct view_field list_fields[] = {
    { "ID", "id", VIEW_TEXT },           { "CLASS", "class", VIEW_TEXT },
    { "STATE", "state", VIEW_TEXT },     { "GIVES WAY", "yields", VIEW_TEXT },
    { "SUMMARY", "summary", VIEW_TEXT },
};

/* A conflict as the API has it. */
static void write_conflict(const struct sla_world *world, const struct sla_conflict *conflict,
                           bool with_finding, struct json_writer *writer)
{
    json_open_object(writer);
    if (with_finding) {
        json_add_cstr(writer, "apiVersion", "redan/v1");
        json_add_cstr(writer, "kind", "Conflict");
    }
    json_add_text(writer, "id", conflict->id);
    json_add_cstr(writer, "class", sla_conflict_class_name(conflict->class));
    json_add_cstr(writer, "state", "open");
    json_add_text(writer, "summary", conflict->witness);
    json_key(writer, "yields");
    if (conflict->yields != NULL) {
        CLEANUP(arena_done) struct arena scratch = { 0 };
        json_put_text(writer, sla_clause_path(&scratch, conflict->yields));
    } else {
        json_put_null(writer);
    }
    if (with_finding) {
        json_key(writer, "finding");
        sla_conflict_write_json(world, conflict, writer);
    }
    json_close_object(writer);
}

/* Compiles the files; conflicts can be spoken of only when all documents are understood. */
static enum cli_exit compile(struct cli *cli, const char *const *paths, size_t count,
                             struct offline *out)
{
    enum cli_exit code = offline_compile(cli, paths, count, OFFLINE_ALL_DOCUMENTS, out);

    if (code == CLI_DONE && out->world == NULL) {
        sources_print_findings(cli, &out->diags);
        code = report_error(cli, CLI_NO, "the documents have errors");
    }
    return code;
}

static enum cli_exit read_back(struct cli *cli, const struct buf *text, const struct json **out)
{
    return report_status(cli,
                         json_read(&cli->arena, arena_copy(&cli->arena, buf_slice(text)), out));
}

static enum cli_exit list_files(struct cli *cli, struct daemon_list *list)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    struct json_writer writer = { .out = &text };
    const struct json *array = NULL;
    struct offline offline;
    enum cli_exit code = compile(cli, cli->args, cli->arg_count, &offline);

    if (code != CLI_DONE) {
        return code;
    }
    json_open_array(&writer);
    for (size_t i = 0; i < offline.world->conflict_count; i++) {
        const struct sla_conflict *conflict = &offline.world->conflicts[i];
        if (!cli_has(cli, OPTION_OPEN) || conflict->yields == NULL) {
            write_conflict(offline.world, conflict, false, &writer);
        }
    }
    json_close_array(&writer);
    code = read_back(cli, &text, &array);
    if (code != CLI_DONE) {
        return code;
    }
    list->kind = SLICE("ConflictList");
    list->items = ARENA_NEW(&cli->arena, const struct json *, array->count + 1);
    for (const struct json *at = array->first; at != NULL; at = at->next) {
        list->items[list->count++] = at;
    }
    if (offline.world->conflicts_incomplete) {
        report_line(cli, "enumeration incomplete: there may be more");
    }
    return CLI_DONE;
}

/* A degradation waits for nobody. */
static bool any_open(const struct daemon_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (slice_is(json_text(list->items[i], "state"), "open") &&
            json_text(list->items[i], "yields").len == 0) {
            return true;
        }
    }
    return false;
}

enum cli_exit cmd_conflict_list(struct cli *cli)
{
    struct daemon_list list = { 0 };
    const char *query = cli_has(cli, OPTION_OPEN) ? "open=true" : "";
    enum cli_exit code = cli->arg_count > 0 ? list_files(cli, &list)
                                            : daemon_list(cli, "/v1/conflicts", query, &list);

    if (code != CLI_DONE) {
        return code;
    }
    view_list(cli, &list, list_fields, COUNT_OF(list_fields));
    return cli_has(cli, OPTION_EXIT_CODE) && any_open(&list) ? CLI_PENDING : CLI_DONE;
}

/* --- show ------------------------------------------------------------------------------------ */

static enum cli_exit find_conflict(struct cli *cli, const struct offline *offline,
                                   const struct sla_conflict **out)
{
    const struct sla_world *world = offline->world;
    struct slice id = slice_from(cli->args[0]);
    struct slice *ids = ARENA_NEW(&cli->arena, struct slice, world->conflict_count + 1);

    *out = sla_world_conflict(world, id);
    if (*out != NULL) {
        return CLI_DONE;
    }
    for (size_t i = 0; i < world->conflict_count; i++) {
        ids[i] = world->conflicts[i].id;
    }
    enum cli_exit code =
        report_error(cli, CLI_NOT_FOUND, "no conflict `%s` in these files", cli->args[0]);
    if (world->conflict_count == 0) {
        report_note(cli, "there is none at all");
    } else if (!report_nearest(cli, id, ids, world->conflict_count)) {
        report_choices(cli, ids, world->conflict_count);
    }
    return code;
}

/* The finding that sla_compile made of it: it carries a note with the id. */
static const struct diag *diag_of(const struct offline *offline, struct slice id)
{
    for (const struct diag *at = offline->diags.first; at != NULL; at = at->next) {
        for (const struct diag_text *note = at->notes; note != NULL; note = note->next) {
            if (slice_starts(note->text, SLICE("conflict ")) && slice_ends(note->text, id)) {
                return at;
            }
        }
    }
    return NULL;
}

static enum cli_exit show_from_files(struct cli *cli)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    struct json_writer writer = { .out = &out, .pretty = true };
    struct diag_style style = { .color = cli->color_out };
    const struct sla_conflict *conflict = NULL;
    struct offline offline;
    enum cli_exit code = compile(cli, cli->args + 1, cli->arg_count - 1, &offline);

    if (code == CLI_DONE) {
        code = find_conflict(cli, &offline, &conflict);
    }
    if (code != CLI_DONE) {
        return code;
    }
    const struct diag *diag = diag_of(&offline, conflict->id);
    if (cli->format == CLI_TABLE && diag != NULL) {
        diag_render(diag, style, &out);
    } else if (cli->format == CLI_NAME) {
        buf_printf(&out, "%.*s\n", SLICE_ARG(conflict->id));
    } else {
        write_conflict(offline.world, conflict, true, &writer);
        buf_add_char(&out, '\n');
    }
    document_print(cli, buf_slice(&out));
    return CLI_DONE;
}

static void print_conflict(struct cli *cli, const struct json *conflict)
{
    static const struct view_field fields[] = {
        { "conflict", "id", VIEW_TEXT },
        { "class", "class", VIEW_TEXT },
        { "state", "state", VIEW_TEXT },
        { "gives way", "yields", VIEW_TEXT },
        { "chosen", "chosen", VIEW_NUMBER },
        { "by", "by", VIEW_TEXT },
        { "reason", "reason", VIEW_TEXT },
        { "opened", "opened_at", VIEW_TIME },
        { "decided", "decided_at", VIEW_TIME },
        { "resources", "finding.resources", VIEW_LIST },
        { "witness", "finding.witness", VIEW_TEXT },
        { "arithmetic", "finding.arithmetic", VIEW_TEXT },
    };
    static const struct view_field clauses[] = {
        { "PARTY", "party", VIEW_TEXT },       { "ROLE", "role", VIEW_TEXT },
        { "DOCUMENT", "document", VIEW_TEXT }, { "CLAUSE", "clause", VIEW_TEXT },
        { "FILE", "file", VIEW_TEXT },         { "LINE", "line", VIEW_NUMBER },
        { "SAYS", "text", VIEW_TEXT },
    };
    static const struct view_field repairs[] = {
        { "CHOICE", "choice", VIEW_NUMBER },
        { "REPAIR", "title", VIEW_TEXT },
    };
    CLEANUP(buf_done) struct buf out = { 0 };
    const struct json *finding = json_get(conflict, "finding");

    view_fields(cli, conflict, fields, COUNT_OF(fields), &out);
    buf_add_cstr(&out, "\nclauses\n");
    view_table(cli, json_get(finding, "clauses"), clauses, COUNT_OF(clauses), 2, &out);
    buf_add_cstr(&out, "\nrepairs, cheapest first\n");
    view_table(cli, json_get(finding, "repairs"), repairs, COUNT_OF(repairs), 2, &out);
    report_answer(buf_slice(&out));
}

enum cli_exit cmd_conflict_show(struct cli *cli)
{
    const struct json *conflict = NULL;

    if (cli->arg_count > 1) {
        return show_from_files(cli);
    }
    enum cli_exit code =
        daemon_get(cli, daemon_path(cli, "/v1/conflicts", cli->args[0], NULL), &conflict);
    if (code != CLI_DONE) {
        return code;
    }
    if (cli->format == CLI_TABLE) {
        print_conflict(cli, conflict);
    } else {
        view_object(cli, conflict);
    }
    return CLI_DONE;
}

/* --- resolve --------------------------------------------------------------------------------- */

static enum cli_exit read_choice(const struct cli *cli, uint32_t max, uint32_t *out)
{
    const char *given = cli->values[OPTION_CHOOSE];

    if (given == NULL) {
        enum cli_exit code = report_error(cli, CLI_USAGE, "which repair?");
        report_help(cli, "`redan conflict show %s` numbers them; add `--choose N`", cli->args[0]);
        return code;
    }
    struct status status = parse_u32(slice_from(given), 1, max, out);
    return report_status(cli, status_wrap(status, "--choose"));
}

/* What was promised when the repair was offered, once more on what will be written. */
static enum cli_exit check_gone(struct cli *cli, const struct offline *offline,
                                const struct diag_source *repaired, size_t count, struct slice id)
{
    struct diag_list diags;

    diag_list_init(&diags, &cli->arena);
    const struct sla_world *world =
        sla_compile(&cli->arena, repaired, count, &offline->options, &diags);
    if (world == NULL || sla_world_conflict(world, id) != NULL) {
        return report_error(cli, CLI_INTERNAL, "the repair does not mend `%.*s`", SLICE_ARG(id));
    }
    size_t open = world->conflict_count - world->degradation_count;
    report_line(cli, "compiled again: `%.*s` is gone, %zu conflict%s left", SLICE_ARG(id), open,
                open == 1 ? "" : "s");
    return CLI_DONE;
}

/* Of several documents in one file the last that begins before the edit. */
static const struct sla_document *document_of(const struct sla_world *world,
                                              const struct diag_edit *edit)
{
    const struct sla_document *found = NULL;
    uint32_t begin = 0;

    for (size_t i = 0; i < world->document_count; i++) {
        const struct sla_document *at = world->documents[i];
        struct diag_span span = yaml_span(at->root);
        if (at->source == edit->span.source && span.byte <= edit->span.byte &&
            (found == NULL || span.byte > begin)) {
            found = at;
            begin = span.byte;
        }
    }
    return found;
}

/* What somebody wrote down of another's promises does not change by being written otherwise. */
static void tell_whose(const struct cli *cli, const struct sla_world *world,
                       const struct sla_repair *repair)
{
    for (size_t i = 0; i < world->document_count; i++) {
        const struct sla_document *document = world->documents[i];
        bool changes = false;
        for (const struct diag_edit *at = repair->edits; at != NULL; at = at->next) {
            changes |= document_of(world, at) == document;
        }
        if (changes && document->kind == SLA_UCLOUD) {
            report_note(cli,
                        "%s states where resources stand: this counts when the resource has been "
                        "moved, and a `node` that stays is one of its old provider",
                        document->source->name);
        }
        if (changes && document->kind == SLA_PROVIDER_OFFER &&
            document->asserted_by.how == SLA_ASSERTED_TRANSCRIBED) {
            report_note(cli,
                        "%s states what `%.*s` has promised and reserved: this counts when "
                        "`%.*s` has agreed",
                        document->source->name, SLICE_ARG(document->party),
                        SLICE_ARG(document->party));
        }
    }
}

static enum cli_exit resolve_in_files(struct cli *cli)
{
    const struct sla_conflict *conflict = NULL;
    struct diag_source *repaired = NULL;
    struct offline offline;
    uint32_t choice = 0;
    enum cli_exit code = compile(cli, cli->args + 1, cli->arg_count - 1, &offline);

    if (code == CLI_DONE) {
        code = find_conflict(cli, &offline, &conflict);
    }
    if (code == CLI_DONE && conflict->repair_count == 0) {
        return report_error(cli, CLI_NO, "no repair is known for `%s`", cli->args[0]);
    }
    if (code == CLI_DONE) {
        code = read_choice(cli, (uint32_t)conflict->repair_count, &choice);
    }
    if (code == CLI_DONE) {
        code = report_status(cli, sla_repair_apply(&cli->arena, offline.world, conflict, choice - 1,
                                                   &repaired, NULL));
    }
    if (code == CLI_DONE) {
        code = check_gone(cli, &offline, repaired, offline.sources.count, conflict->id);
    }
    if (code == CLI_DONE) {
        code = sources_change(cli, &offline.sources, repaired);
    }
    if (code == CLI_DONE) {
        tell_whose(cli, offline.world, &conflict->repairs[choice - 1]);
    }
    return code;
}

static enum cli_exit resolve_in_daemon(struct cli *cli)
{
    CLEANUP(buf_done) struct buf body = { 0 };
    struct json_writer writer = { .out = &body };
    const struct json *world = NULL;
    uint32_t choice = 0;

    if (cli_has(cli, OPTION_WRITE)) {
        return report_error(cli, CLI_USAGE, "`--write` needs the files");
    }
    enum cli_exit code = read_choice(cli, SLA_REPAIRS_MAX, &choice);
    if (code != CLI_DONE) {
        return code;
    }
    json_open_object(&writer);
    json_add_i64(&writer, "choose", choice);
    offline_write_change(cli, &writer);
    json_close_object(&writer);
    code = daemon_post(cli, daemon_path(cli, "/v1/conflicts", cli->args[0], "resolve"),
                       buf_slice(&body), &world);
    if (code != CLI_DONE) {
        return code;
    }
    offline_print_world(cli, world);
    const struct json *documents = json_get(world, "changed_documents");
    for (const struct json *at = documents != NULL ? documents->first : NULL; at != NULL;
         at = at->next) {
        struct slice name = json_text(at, "name");
        report_line(cli, "%s in redand: `%.*s`",
                    cli_has(cli, OPTION_DRY_RUN) ? "would change" : "changed", SLICE_ARG(name));
    }
    if (documents != NULL && documents->count > 0 && !cli_has(cli, OPTION_DRY_RUN)) {
        report_help(cli,
                    "redand has these texts now; `--write FILE...` does the same to your files");
    }
    return CLI_DONE;
}

enum cli_exit cmd_conflict_resolve(struct cli *cli)
{
    return cli->arg_count > 1 ? resolve_in_files(cli) : resolve_in_daemon(cli);
}
