#include "cli/agreement.h"

#include "base/date.h"
#include "cli/report.h"
#include "cli/table.h"
#include "cli/text.h"
#include "sla/agree/sign.h"
#include "sla/conflict/conflict.h"

#include <stdlib.h>

enum { CLAUSES_SHOWN = 20 };

/* --- which one ------------------------------------------------------------------------------- */

/* NAME, or NAME@VERSION. */
static bool is_named(const struct sla_agreement *agreement, struct slice given)
{
    struct slice name = slice_cut(&given, '@');
    const struct sla_document *document = agreement->document;
    CLEANUP(buf_done) struct buf version = { 0 };

    buf_printf(&version, "%u", document->version);
    return slice_eq(document->name, name) &&
           (given.len == 0 || slice_eq(given, buf_slice(&version)));
}

const struct sla_agreement *agreement_find(struct cli *cli, const struct sla_world *world,
                                           const char *name, enum cli_exit *out_code)
{
    struct slice given = slice_from(name);
    struct slice *names = ARENA_NEW(&cli->arena, struct slice, world->agreement_count + 1);
    const struct sla_agreement *named = NULL;
    size_t found = 0;

    for (size_t i = 0; i < world->agreement_count; i++) {
        const struct sla_document *document = world->agreements[i]->document;
        names[i] =
            arena_printf(&cli->arena, "%.*s@%u", SLICE_ARG(document->name), document->version);
        if (is_named(world->agreements[i], given)) {
            named = world->agreements[i];
            found++;
        }
    }
    if (found == 1) {
        return named;
    }
    *out_code = found == 0
                    ? report_error(cli, CLI_NOT_FOUND, "no agreement `%s` in the documents", name)
                    : report_error(cli, CLI_USAGE, "%zu agreements are named `%s`", found, name);
    report_choices(cli, names, world->agreement_count);
    return NULL;
}

/* --- in words -------------------------------------------------------------------------------- */

static struct slice day_text(struct arena *arena, int32_t day)
{
    char text[DATE_TEXT_MAX];

    date_format(day, text);
    return arena_copy(arena, slice_from(text));
}

static void print_validity(struct cli *cli, const struct sla_agreement *agreement, struct buf *out)
{
    const struct sla_period *valid = &agreement->valid;

    if (!agreement->has_valid) {
        buf_add_cstr(out, "  says nothing of when it holds\n");
        return;
    }
    buf_add_cstr(out, "  holds");
    if (valid->from_day > INT32_MIN) {
        buf_printf(out, " from %.*s", SLICE_ARG(day_text(&cli->arena, valid->from_day)));
    }
    if (valid->until_day < INT32_MAX) {
        buf_printf(out, " until %.*s, that day not included",
                   SLICE_ARG(day_text(&cli->arena, valid->until_day)));
    }
    buf_add_char(out, '\n');
}

static void print_ending(struct cli *cli, const struct sla_ending *ended, struct buf *out)
{
    struct slice why = text_safe(&cli->arena, ended->why);

    buf_printf(out, "  ended on %.*s by %.*s: %.*s\n",
               SLICE_ARG(day_text(&cli->arena, ended->at_day)), SLICE_ARG(ended->by),
               SLICE_ARG(why));
}

static void print_head(struct cli *cli, const struct sla_agreement *agreement, struct buf *out)
{
    const struct sla_document *document = agreement->document;

    buf_printf(out, "agreement `%.*s` of %.*s, version %u, %s\n", SLICE_ARG(document->name),
               SLICE_ARG(document->party), document->version,
               sla_agreement_state_name(agreement->state));
    print_validity(cli, agreement, out);
    if (agreement->has_ended) {
        print_ending(cli, &agreement->ended, out);
    }
    if (agreement->replaces.version > 0) {
        struct slice digest = text_digest(&cli->arena, &agreement->replaces.digest);
        buf_printf(out, "  replaces version %u, %.*s\n", agreement->replaces.version,
                   SLICE_ARG(digest));
    }
    struct slice digest = text_digest(&cli->arena, &agreement->signed_digest);
    buf_printf(out, "  its digest is %.*s\n", SLICE_ARG(digest));
}

static size_t count_resources(const struct sla_world *world, const struct sla_document *ucloud)
{
    size_t count = 0;

    for (size_t i = 0; i < world->policies.resource_count; i++) {
        count += slice_eq(world->policies.resources[i].ucloud, ucloud->name) ? 1 : 0;
    }
    return count;
}

/* The words of one document; what is over CLAUSES_SHOWN is counted, unless all is asked for. */
struct words {
    struct cli *cli;
    const struct sla_document *document;
    size_t count;
    struct buf *out;
};

static void print_days(struct cli *cli, const struct sla_period *valid, struct buf *out)
{
    if (valid->from_day > INT32_MIN) {
        buf_printf(out, ", from %.*s", SLICE_ARG(day_text(&cli->arena, valid->from_day)));
    }
    if (valid->until_day < INT32_MAX) {
        buf_printf(out, ", until %.*s", SLICE_ARG(day_text(&cli->arena, valid->until_day)));
    }
}

/* `owner` answers for it, or NULL: it is asked or offered. */
static void print_clause(struct words *words, const struct sla_clause *clause,
                         const struct slice *owner)
{
    struct arena *arena = &words->cli->arena;
    CLEANUP(buf_done) struct buf text = { 0 };

    if (clause->document != words->document ||
        (words->count++ >= CLAUSES_SHOWN && !cli_has(words->cli, OPTION_ALL))) {
        return;
    }
    if (owner != NULL) {
        buf_printf(&text, "%.*s answers for ", SLICE_ARG(*owner));
    } else if (clause->strength == SLA_SHOULD) {
        buf_add_cstr(&text, "should ");
    }
    sla_clause_format(clause, &text);
    struct slice safe = text_safe(arena, buf_slice(&text));
    buf_printf(words->out, "    %.*s: %.*s", SLICE_ARG(clause->ref.clause), SLICE_ARG(safe));
    print_days(words->cli, &clause->valid, words->out);
    buf_add_char(words->out, '\n');
}

/* What a pinned document says, on whatever day: its clauses and what it assumes, or how many
 * resources. */
static void print_document(struct cli *cli, const struct sla_world *world,
                           const struct sla_document *document, struct buf *out)
{
    struct words words = { cli, document, 0, out };

    if (document->kind == SLA_UCLOUD) {
        size_t count = count_resources(world, document);
        buf_printf(out, "    %zu resource%s\n", count, count == 1 ? "" : "s");
    }
    for (size_t i = 0; i < world->clause_count; i++) {
        print_clause(&words, world->clauses[i], NULL);
    }
    for (size_t i = 0; i < world->dormant_count; i++) {
        print_clause(&words, world->dormant[i], NULL);
    }
    for (size_t i = 0; i < world->assumption_count; i++) {
        print_clause(&words, world->assumptions[i].clause, &world->assumptions[i].owner);
    }
    if (words.count > CLAUSES_SHOWN && !cli_has(cli, OPTION_ALL)) {
        buf_printf(out, "    and %zu more: `--all` shows them\n", words.count - CLAUSES_SHOWN);
    }
}

static void print_pins(struct cli *cli, const struct sla_world *world,
                       const struct sla_agreement *agreement, struct buf *out)
{
    for (size_t i = 0; i < agreement->pin_count; i++) {
        const struct sla_pin *pin = &agreement->pins[i];
        struct slice digest = text_digest(&cli->arena, &pin->digest);
        buf_printf(out, "  %s %.*s/%.*s, version %u, %.*s\n", sla_kind_name(pin->kind),
                   SLICE_ARG(pin->party), SLICE_ARG(pin->name), pin->version,
                   SLICE_ARG(pin->has_digest ? digest : SLICE("without a digest")));
        if (pin->document != NULL) {
            print_document(cli, world, pin->document, out);
        }
    }
}

static int pin_order(const void *left, const void *right)
{
    const struct sla_pin *a = *(const struct sla_pin *const *)left;
    const struct sla_pin *b = *(const struct sla_pin *const *)right;
    int order = slice_cmp(a->party, b->party);

    return order != 0 ? order : (a > b) - (a < b); /* of one list */
}

size_t agreement_parties(struct arena *arena, const struct sla_agreement *agreement,
                         const struct slice **out)
{
    size_t count = agreement->pin_count;
    const struct sla_pin **pins = ARENA_NEW(arena, const struct sla_pin *, count + 1);
    bool *is_later = ARENA_NEW(arena, bool, count + 1);
    struct slice *parties = ARENA_NEW(arena, struct slice, count + 1);
    size_t found = 0;

    for (size_t i = 0; i < count; i++) {
        pins[i] = &agreement->pins[i];
    }
    if (count > 1) {
        qsort(pins, count, sizeof(const struct sla_pin *), pin_order);
    }
    for (size_t i = 1; i < count; i++) {
        is_later[pins[i] - agreement->pins] = slice_eq(pins[i]->party, pins[i - 1]->party);
    }
    for (size_t i = 0; i < count; i++) {
        if (!is_later[i]) {
            parties[found++] = agreement->pins[i].party;
        }
    }
    *out = parties;
    return found;
}

static void add_party(struct cli *cli, struct table *table, struct slice party,
                      const struct sla_signature *signature, const char *verdict)
{
    struct slice cells[] = { party, SLICE(""), SLICE(""), slice_from(verdict) };

    if (signature != NULL) {
        cells[1] = signature->by;
        cells[2] = day_text(&cli->arena, signature->at_day);
    }
    table_add(cli, table, cells);
}

static void print_parties(struct cli *cli, const struct sla_agreement *agreement,
                          const struct sla_signature *own, struct buf *out)
{
    static const char *const heads[] = { "PARTY", "BY", "AT", "SIGNATURE" };
    struct table table = { .heads = heads, .columns = COUNT_OF(heads), .indent = 2 };

    const struct slice *parties = NULL;
    size_t count = agreement_parties(&cli->arena, agreement, &parties);

    for (size_t i = 0; i < count; i++) {
        struct slice party = parties[i];
        const struct sla_signature *signature = sla_agreement_signature(agreement, party);
        if (own != NULL && slice_eq(party, own->party)) {
            add_party(cli, &table, party, own, "this one");
        } else {
            add_party(cli, &table, party, signature,
                      signature != NULL ? sla_signature_verdict_name(signature->verdict)
                                        : "missing");
        }
    }
    for (size_t i = 0; i < agreement->signature_count; i++) {
        const struct sla_signature *signature = &agreement->signatures[i];
        if (!sla_agreement_has_party(agreement, signature->party)) {
            add_party(cli, &table, signature->party, signature,
                      sla_signature_verdict_name(SLA_SIGNATURE_NO_DOCUMENT));
        }
    }
    table_print(cli, &table, out);
}

/* What is not in force yet binds nobody, and what is over does no more. */
static const char *makes(const struct sla_agreement *agreement)
{
    if (sla_agreement_is_over(agreement)) {
        return "made";
    }
    return agreement->state == SLA_AGREEMENT_IN_FORCE ? "makes" : "would make";
}

void agreement_print(struct cli *cli, const struct sla_world *world,
                     const struct sla_agreement *agreement, const struct sla_signature *own,
                     struct buf *out)
{
    print_head(cli, agreement, out);
    buf_printf(out, "\nit %s binding\n", makes(agreement));
    print_pins(cli, world, agreement, out);
    buf_add_cstr(out, "\nsigned by\n");
    print_parties(cli, agreement, own, out);
}

/* --- for programs ---------------------------------------------------------------------------- */

static void write_signature(struct cli *cli, const struct sla_signature *signature,
                            struct json_writer *writer)
{
    json_open_object(writer);
    json_add_text(writer, "party", signature->party);
    json_add_text(writer, "by", signature->by);
    json_add_text(writer, "at", day_text(&cli->arena, signature->at_day));
    json_add_text(writer, "key", text_digest(&cli->arena, &signature->key));
    json_add_cstr(writer, "verdict", sla_signature_verdict_name(signature->verdict));
    json_close_object(writer);
}

static void write_ending(struct cli *cli, const struct sla_agreement *agreement,
                         struct json_writer *writer)
{
    if (!agreement->has_ended) {
        json_put_null(writer);
        return;
    }
    json_open_object(writer);
    json_add_text(writer, "at", day_text(&cli->arena, agreement->ended.at_day));
    json_add_text(writer, "by", agreement->ended.by);
    json_add_text(writer, "why", agreement->ended.why);
    json_close_object(writer);
}

void agreement_write_json(struct cli *cli, const struct sla_agreement *agreement,
                          struct json_writer *writer)
{
    const struct slice *parties = NULL;
    size_t count = agreement_parties(&cli->arena, agreement, &parties);

    json_open_object(writer);
    json_add_cstr(writer, "state", sla_agreement_state_name(agreement->state));
    json_add_text(writer, "signedDigest", text_digest(&cli->arena, &agreement->signed_digest));
    json_key(writer, "ended");
    write_ending(cli, agreement, writer);
    json_key(writer, "signatures");
    json_open_array(writer);
    for (size_t i = 0; i < agreement->signature_count; i++) {
        write_signature(cli, &agreement->signatures[i], writer);
    }
    json_close_array(writer);
    json_key(writer, "missing");
    json_open_array(writer);
    for (size_t i = 0; i < count; i++) {
        if (sla_agreement_signature(agreement, parties[i]) == NULL) {
            json_put_text(writer, parties[i]);
        }
    }
    json_close_array(writer);
    json_close_object(writer);
}
