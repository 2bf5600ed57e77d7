#include "base/date.h"
#include "base/diag_github.h"
#include "cli/cmd.h"
#include "cli/document.h"
#include "cli/effects.h"
#include "cli/offline.h"
#include "cli/report.h"
#include "cli/sources.h"
#include "cli/table.h"
#include "cli/text.h"
#include "sla/diff/delta.h"
#include "sla/diff/effects.h"

enum { SIDES = 2, TREE_BYTES_SHOWN = 60, LATER_DAYS_MAX = 16, LATER_CLAUSES_MAX = 200 * 1000 };

struct difference {
    struct offline sides[SIDES];
    struct sla_delta delta;
    const struct json *effects;    /* an object of each kind (sla/diff/effects.h) */
    int32_t later[LATER_DAYS_MAX]; /* days from which on there are other effects; ascending */
    size_t later_count;
    int32_t unseen_day; /* the first on which something begins or ends that was not looked at;
                         * INT32_MAX: none */
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

static struct slice day_text(struct arena *arena, int32_t day)
{
    char text[DATE_TEXT_MAX];

    date_format(day, text);
    return arena_copy(arena, slice_from(text));
}

/* Empty: all effects are those of the day that was asked about. */
static struct slice later_text(struct arena *arena, const struct difference *difference)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    for (size_t i = 0; i < difference->later_count; i++) {
        buf_printf(&text, "%s%.*s", i == 0 ? "other effects from " : ", ",
                   SLICE_ARG(day_text(arena, difference->later[i])));
    }
    if (difference->later_count > 0) {
        buf_add_cstr(&text, " on: `--as-of DAY` tells them");
    }
    if (difference->unseen_day < INT32_MAX) {
        buf_printf(&text, "%swhat begins or ends from %.*s on was not looked at",
                   text.len > 0 ? "; " : "", SLICE_ARG(day_text(arena, difference->unseen_day)));
    }
    return arena_copy(arena, buf_slice(&text));
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
    struct slice later = later_text(&cli->arena, difference);
    if (later.len > 0) {
        buf_printf(&out, "%.*s\n", SLICE_ARG(later));
    }
    report_answer(buf_slice(&out));
}

/* --- for programs ---------------------------------------------------------------------------- */

static void write_later(struct cli *cli, const struct difference *difference,
                        struct json_writer *writer)
{
    json_key(writer, "later");
    json_open_array(writer);
    for (size_t i = 0; i < difference->later_count; i++) {
        json_put_text(writer, day_text(&cli->arena, difference->later[i]));
    }
    json_close_array(writer);
    json_key(writer, "unseenFrom");
    if (difference->unseen_day < INT32_MAX) {
        json_put_text(writer, day_text(&cli->arena, difference->unseen_day));
    } else {
        json_put_null(writer);
    }
}

static void write_difference(struct cli *cli, const struct difference *difference, struct buf *out)
{
    struct json_writer writer = { .out = out, .pretty = true };

    json_open_object(&writer);
    json_add_cstr(&writer, "apiVersion", "redan/v1");
    json_add_cstr(&writer, "kind", "DiffReport");
    json_add_cstr(&writer, "before", difference->sides[0].world->policies.digest);
    json_add_cstr(&writer, "after", difference->sides[1].world->policies.digest);
    json_key(&writer, "items");
    sla_delta_write_json(&difference->delta, &writer);
    json_key(&writer, "effects");
    json_put_tree(&writer, difference->effects);
    write_later(cli, difference, &writer);
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
    struct slice later = later_text(&cli->arena, difference);
    if (later.len > 0) {
        diag_github_annotate(DIAG_NOTE, SLICE("redan"), later, out);
    }
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
    struct offline *offline = &difference->sides[side];
    enum cli_exit code = offline_load(cli, &cli->args[side], 1, OFFLINE_SOME_DOCUMENTS, offline);

    if (code != CLI_DONE) {
        return code;
    }
    offline->options.without_repairs = true;
    offline_compile_loaded(cli, offline);
    if (offline->world == NULL) {
        sources_print_findings(cli, &offline->diags);
        return report_error(cli, CLI_NO, "`%s` has errors: there is nothing to compare",
                            cli->args[side]);
    }
    return CLI_DONE;
}

static bool has_ucloud(const struct sla_world *world, struct slice name)
{
    for (size_t i = 0; i < world->document_count; i++) {
        const struct sla_document *at = world->documents[i];
        if (at->kind == SLA_UCLOUD && slice_eq(at->name, name)) {
            return true;
        }
    }
    return false;
}

/* A clause without its resources decides nothing, so no effects are found, whatever they are. True:
 * it was told. */
static bool tell_unknown(const struct cli *cli, const struct sla_world *world)
{
    for (size_t i = 0; i < world->document_count; i++) {
        const struct sla_document *at = world->documents[i];
        if (at->kind == SLA_SECURITY_SLA && at->ucloud.len > 0 && !has_ucloud(world, at->ucloud)) {
            report_note(cli,
                        "U-Cloud `%.*s` is not among what is compared (%s): what becomes permitted "
                        "there is not known",
                        SLICE_ARG(at->ucloud), at->source->name);
            return true;
        }
    }
    return false;
}

/* As JSON. */
static struct slice effects_of(struct cli *cli, const struct offline sides[SIDES])
{
    const struct sla_effects_side before = { sides[0].world, &sides[0].diags };
    const struct sla_effects_side after = { sides[1].world, &sides[1].diags };
    CLEANUP(buf_done) struct buf text = { 0 };
    struct json_writer writer = { .out = &text };
    struct sla_effects effects;

    sla_effects_find(&cli->arena, &before, &after, &effects);
    sla_effects_write_json(&effects, &writer);
    return arena_copy(&cli->arena, buf_slice(&text));
}

static int32_t next_change(const struct offline sides[SIDES])
{
    int32_t before = sides[0].world->next_change_day;
    int32_t after = sides[1].world->next_change_day;

    return before < after ? before : after;
}

/* False: the documents have errors on that day. */
static bool compile_as_of(struct cli *cli, int32_t day, struct offline sides[SIDES])
{
    for (size_t side = 0; side < SIDES; side++) {
        sides[side].options.as_of_day = day;
        offline_compile_loaded(cli, &sides[side]);
    }
    return sides[0].world != NULL && sides[1].world != NULL;
}

/* Effects with another word for the day that was asked about: findings name it. */
static void put_timeless(struct slice effects, int32_t day, struct buf *out)
{
    char text[DATE_TEXT_MAX];

    date_format(day, text);
    struct slice name = slice_from(text);
    buf_clear(out);
    for (size_t at = slice_find_text(effects, name); at < effects.len;
         at = slice_find_text(effects, name)) {
        buf_add(out, effects.ptr, at);
        buf_add_cstr(out, "that day");
        effects = slice_sub(effects, at + name.len, effects.len);
    }
    buf_add(out, effects.ptr, effects.len);
}

/* One day, in memory of its own. The day of the next change; INT32_MAX: there is none. False: the
 * documents have errors then. */
static bool look_at(struct cli *cli, const struct difference *difference, int32_t day,
                    struct buf *out_effects, int32_t *out_next)
{
    struct offline sides[SIDES] = { difference->sides[0], difference->sides[1] };
    struct arena kept = cli->arena;

    cli->arena = (struct arena){ 0 };
    bool compiled = compile_as_of(cli, day, sides);
    if (compiled) {
        put_timeless(effects_of(cli, sides), day, out_effects);
        *out_next = next_change(sides);
    }
    arena_done(&cli->arena);
    cli->arena = kept;
    return compiled;
}

/* What begins or ends on a later day may have effects that this one does not show. Each day is as
 * much work as the first, so of large worlds fewer are looked at. */
static void find_later(struct cli *cli, struct slice effects, struct difference *difference)
{
    CLEANUP(buf_done) struct buf now = { 0 };
    CLEANUP(buf_done) struct buf then = { 0 };
    const struct offline *sides = difference->sides;
    size_t clauses = sides[0].world->clause_count + sides[1].world->clause_count + 1;
    int32_t day = next_change(sides);

    put_timeless(effects, sides[0].options.as_of_day, &now);
    for (size_t looked = 0;
         looked < LATER_DAYS_MAX && day < INT32_MAX && looked * clauses <= LATER_CLAUSES_MAX;
         looked++) {
        int32_t next = INT32_MAX;
        if (!look_at(cli, difference, day, &then, &next)) {
            break; /* what comes then is not known */
        }
        if (!slice_eq(buf_slice(&now), buf_slice(&then))) {
            difference->later[difference->later_count++] = day;
        }
        struct buf kept = now;
        now = then;
        then = kept;
        day = next;
    }
    difference->unseen_day = day;
}

static enum cli_exit find_effects(struct cli *cli, struct difference *difference)
{
    struct slice now = effects_of(cli, difference->sides);

    difference->unseen_day = INT32_MAX;
    if (difference->delta.count > 0) {
        find_later(cli, now, difference);
    }
    return report_status(cli, json_read(&cli->arena, now, &difference->effects));
}

static void print_as(struct cli *cli, const struct difference *difference)
{
    CLEANUP(buf_done) struct buf out = { 0 };

    switch (cli->format) {
    case CLI_JSON:
        write_difference(cli, difference, &out);
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
    sla_delta_make(&cli->arena, difference.sides[0].world, difference.sides[1].world,
                   &difference.delta);
    enum cli_exit code = find_effects(cli, &difference);
    if (code != CLI_DONE) {
        return code;
    }
    print_as(cli, &difference);
    if (!tell_unknown(cli, difference.sides[1].world)) {
        (void)tell_unknown(cli, difference.sides[0].world);
    }
    return difference.delta.count > 0 && cli_has(cli, OPTION_EXIT_CODE) ? CLI_PENDING : CLI_DONE;
}
