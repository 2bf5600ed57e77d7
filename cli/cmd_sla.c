#include "base/diag_github.h"
#include "base/diag_sarif.h"
#include "base/parse.h"
#include "cli/cmd.h"
#include "cli/codes.h"
#include "cli/daemon.h"
#include "cli/document.h"
#include "cli/effects.h"
#include "cli/emission.h"
#include "cli/offline.h"
#include "cli/report.h"
#include "cli/sources.h"
#include "cli/table.h"
#include "cli/text.h"
#include "sla/code.h"
#include "sla/sla.h"

#include <limits.h>
#include <unistd.h>

/* --- check ----------------------------------------------------------------------------------- */

struct counts {
    size_t errors, warnings;
    bool is_least; /* not all was read */
};

/* Where reading stopped since there were too many errors (RDN0111); NULL: nowhere. */
static const struct diag *find_stop(const struct diag_list *diags, const struct diag_source *source)
{
    const struct diag *at = diags->first;

    while (at != NULL &&
           (at->code != SLA_CODE_STOPPED || (source != NULL && at->span.source != source))) {
        at = at->next;
    }
    return at;
}

static struct counts count_findings(const struct diag_list *diags, const struct diag_source *source)
{
    struct counts counts = { 0 };

    for (const struct diag *at = diags->first; at != NULL; at = at->next) {
        if (at->span.source == source) {
            counts.errors += at->level == DIAG_ERROR;
            counts.warnings += at->level == DIAG_WARNING;
        }
    }
    counts.is_least = find_stop(diags, source) != NULL;
    return counts;
}

static struct slice counts_text(struct arena *arena, struct counts counts)
{
    return arena_printf(arena, "%s%zu error%s, %zu warning%s", counts.is_least ? "at least " : "",
                        counts.errors, counts.errors == 1 ? "" : "s", counts.warnings,
                        counts.warnings == 1 ? "" : "s");
}

/* "ok, 14 clauses", of what one file says; of one that has none, and when nothing was compiled,
 * only that it is. */
static struct slice good_text(struct arena *arena, const struct sla_world *world,
                              const struct diag_source *source)
{
    size_t clauses = 0;

    for (size_t i = 0; world != NULL && i < world->clause_count; i++) {
        const struct sla_clause *clause = world->clauses[i];
        clauses += clause->document->source == source && clause->reaction == NULL;
    }
    return clauses == 0 ? SLICE("ok")
                        : arena_printf(arena, "ok, %zu clause%s", clauses, clauses == 1 ? "" : "s");
}

/* Findings that `redan sla fix` may mend. */
static size_t count_fixable(const struct diag_list *diags)
{
    size_t count = 0;

    for (const struct diag *at = diags->first; at != NULL; at = at->next) {
        const struct diag_fix *fix = at->fixes;
        while (fix != NULL && !fix->safe) {
            fix = fix->next;
        }
        count += fix != NULL;
    }
    return count;
}

static void print_check(struct cli *cli, const struct offline *offline)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    struct table table = { .columns = 2 };
    const struct sources *sources = &offline->sources;
    const struct diag *stop = find_stop(&offline->diags, NULL);
    struct counts all = { offline->diags.errors, offline->diags.warnings, stop != NULL };

    for (size_t i = 0; i < sources->count; i++) {
        const struct diag_source *source = &sources->items[i];
        struct counts counts = count_findings(&offline->diags, source);
        bool clean = counts.errors == 0 && counts.warnings == 0;
        struct slice found = clean ? good_text(&cli->arena, offline->world, source)
                                   : counts_text(&cli->arena, counts);
        table_add(cli, &table, (struct slice[]){ slice_from(source->name), found });
    }
    table_print(cli, &table, &out);
    report_answer(buf_slice(&out));
    sources_print_findings(cli, &offline->diags);
    buf_clear(&out);
    struct slice total = counts_text(&cli->arena, all);
    buf_printf(&out, "checked %zu file%s: %.*s\n", sources->count, sources->count == 1 ? "" : "s",
               SLICE_ARG(total));
    report_answer(buf_slice(&out));
    if (stop != NULL && stop->span.source != NULL) {
        report_note(cli, "RDN%04u: %s:%u: %.*s", (unsigned)stop->code, stop->span.source->name,
                    (unsigned)stop->span.line, SLICE_ARG(stop->message));
    }
    size_t fixable = count_fixable(&offline->diags);
    if (fixable > 0) {
        report_help(cli, "`redan sla fix` shows how to mend %zu of them", fixable);
    }
}

/* Something that other readers of YAML take for something else, in the source or (NULL) anywhere: a
 * warning, as it means one thing here, but the file is wrong for others until it is quoted. */
static bool misleads(const struct diag_list *diags, const struct diag_source *source)
{
    const struct diag *at = diags->first;

    while (at != NULL &&
           (at->code != SLA_CODE_READERS || (source != NULL && at->span.source != source))) {
        at = at->next;
    }
    return at != NULL;
}

static void write_files(struct json_writer *writer, const struct offline *offline)
{
    json_key(writer, "files");
    json_open_array(writer);
    for (size_t i = 0; i < offline->sources.count; i++) {
        const struct diag_source *source = &offline->sources.items[i];
        struct counts counts = count_findings(&offline->diags, source);
        json_open_object(writer);
        json_add_cstr(writer, "name", source->name);
        json_add_i64(writer, "errors", (int64_t)counts.errors);
        json_add_i64(writer, "warnings", (int64_t)counts.warnings);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void write_report(const char *kind, const struct offline *offline, struct buf *out)
{
    struct json_writer writer = { .out = out, .pretty = true };

    json_open_object(&writer);
    json_add_cstr(&writer, "apiVersion", "redan/v1");
    json_add_cstr(&writer, "kind", kind);
    write_files(&writer, offline);
    json_add_i64(&writer, "errors", (int64_t)offline->diags.errors);
    json_add_i64(&writer, "warnings", (int64_t)offline->diags.warnings);
    json_key(&writer, "diagnostics");
    json_open_array(&writer);
    for (const struct diag *at = offline->diags.first; at != NULL; at = at->next) {
        diag_write_json(at, &writer);
    }
    json_close_array(&writer);
    json_key(&writer, "summary");
    if (offline->world != NULL) {
        sla_summary_write_json(offline->world, &writer);
    } else {
        json_put_null(&writer);
    }
    json_close_object(&writer);
    buf_add_char(out, '\n');
}

/* For what reads findings instead of people. */
static enum cli_exit write_scan(struct cli *cli, const struct offline *offline, struct buf *out)
{
    char folder[PATH_MAX];
    bool fails = offline_fails(cli, offline->diags.errors, offline->diags.warnings) ||
                 misleads(&offline->diags, NULL);
    struct diag_sarif about = {
        .tool = "Redan",
        .version = REDAN_VERSION,
        .pages = code_pages(),
        .folder = getcwd(folder, sizeof(folder)),
        .exit_code = fails ? CLI_NO : CLI_DONE,
        .rule = code_rule,
    };

    if (about.folder == NULL || folder[0] != '/') {
        return report_error(cli, CLI_USAGE, "the working folder has no path");
    }
    if (cli->format == CLI_SARIF) {
        diag_write_sarif(&offline->diags, &about, out);
    } else {
        diag_write_github(&offline->diags, folder, out);
    }
    if (out->overflow) {
        return report_error(cli, CLI_INTERNAL, "the findings take over %d bytes", BUF_LIMIT_BYTES);
    }
    return CLI_DONE;
}

static void write_names(const struct cli *cli, const struct offline *offline, struct buf *out)
{
    for (size_t i = 0; i < offline->sources.count; i++) {
        struct counts counts = count_findings(&offline->diags, &offline->sources.items[i]);
        if (offline_fails(cli, counts.errors, counts.warnings) ||
            misleads(&offline->diags, &offline->sources.items[i])) {
            buf_printf(out, "%s\n", offline->sources.items[i].name);
        }
    }
}

enum cli_exit cmd_sla_check(struct cli *cli)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    struct offline offline;
    enum cli_exit code =
        offline_compile(cli, cli->args, cli->arg_count, OFFLINE_SOME_DOCUMENTS, &offline);

    if (code != CLI_DONE) {
        return code;
    }
    switch (cli->format) {
    case CLI_TABLE:
        print_check(cli, &offline);
        break;
    case CLI_JSON:
        write_report("CheckReport", &offline, &out);
        break;
    case CLI_NAME:
        write_names(cli, &offline, &out);
        break;
    case CLI_SARIF:
    case CLI_GITHUB:
        code = write_scan(cli, &offline, &out);
        break;
    }
    if (code != CLI_DONE) {
        return code;
    }
    document_print(cli, buf_slice(&out));
    code = offline_verdict(cli, &offline.diags);
    if (code == CLI_DONE && misleads(&offline.diags, NULL)) {
        if (cli->format == CLI_TABLE) {
            report_note(cli, "what other readers of YAML take for something else fails the check");
        }
        return CLI_NO;
    }
    return code;
}

/* --- compile --------------------------------------------------------------------------------- */

static struct slice resource_names(struct arena *arena, const struct sla_world *world,
                                   const size_t *targets, size_t count)
{
    CLEANUP(buf_done) struct buf out = { 0 };

    for (size_t i = 0; i < count; i++) {
        const struct resource *resource = &world->policies.resources[targets[i]];
        buf_printf(&out, "%s%.*s", i > 0 ? ", " : "", SLICE_ARG(resource->name));
    }
    return arena_copy(arena, buf_slice(&out));
}

static struct slice clause_text(struct arena *arena, const struct clause_ref *clause)
{
    return arena_printf(arena, "%.*s/%.*s", SLICE_ARG(clause->document), SLICE_ARG(clause->clause));
}

static void print_policies(struct cli *cli, const struct sla_world *world, struct buf *out)
{
    static const char *const heads[] = { "EFFECT", "ACTION", "SUBJECT", "ON", "CLAUSE" };
    struct table table = { .heads = heads, .columns = COUNT_OF(heads) };
    const struct policy_set *set = &world->policies;

    for (size_t i = 0; i < set->policy_count; i++) {
        const struct policy *policy = &set->policies[i];
        table_add(cli, &table,
                  (struct slice[]){
                      slice_from(policy_effect_name(policy->effect)),
                      slice_from(action_kind_name(policy->action)),
                      policy->subject,
                      resource_names(&cli->arena, world, policy->targets, policy->target_count),
                      clause_text(&cli->arena, policy->clause),
                  });
    }
    if (table.rows > 0) {
        buf_add_char(out, '\n');
        table_print(cli, &table, out);
    }
}

static void print_objectives(struct cli *cli, const struct sla_world *world, struct buf *out)
{
    static const char *const heads[] = { "OBJECTIVE", "LIMIT", "ON", "CLAUSE" };
    struct table table = { .heads = heads, .columns = COUNT_OF(heads) };
    const struct policy_set *set = &world->policies;

    for (size_t i = 0; i < set->objective_count; i++) {
        const struct objective *objective = &set->objectives[i];
        struct slice limit = text_duration(&cli->arena, objective->limit);
        if (objective->kind == OBJECTIVE_AVAILABILITY) {
            char share[PARSE_TEXT_MAX];
            format_percent_ppb(objective->limit, share);
            limit = arena_copy(&cli->arena, slice_from(share));
        }
        table_add(
            cli, &table,
            (struct slice[]){
                slice_from(objective_kind_name(objective->kind)),
                limit,
                resource_names(&cli->arena, world, objective->targets, objective->target_count),
                clause_text(&cli->arena, &objective->clause),
            });
    }
    if (table.rows > 0) {
        buf_add_char(out, '\n');
        table_print(cli, &table, out);
    }
}

static struct slice actions_text(struct arena *arena, const struct reaction *reaction)
{
    CLEANUP(buf_done) struct buf out = { 0 };

    for (size_t i = 0; i < reaction->respond_count; i++) {
        buf_printf(&out, "%s%s", i > 0 ? ", " : "", action_kind_name(reaction->respond[i]));
    }
    return arena_copy(arena, buf_slice(&out));
}

static void print_reactions(struct cli *cli, const struct sla_world *world, struct buf *out)
{
    static const char *const heads[] = { "WHEN", "MAY", "LEASE", "APPROVAL", "ON", "CLAUSE" };
    struct table table = { .heads = heads, .columns = COUNT_OF(heads) };
    const struct policy_set *set = &world->policies;

    for (size_t i = 0; i < set->reaction_count; i++) {
        const struct reaction *reaction = &set->reactions[i];
        table_add(cli, &table,
                  (struct slice[]){
                      reaction->rule,
                      actions_text(&cli->arena, reaction),
                      text_duration(&cli->arena, reaction->lease_ms),
                      slice_from(approval_name(reaction->approval)),
                      resource_names(&cli->arena, world, reaction->targets, reaction->target_count),
                      clause_text(&cli->arena, &reaction->clause),
                  });
    }
    if (table.rows > 0) {
        buf_add_char(out, '\n');
        table_print(cli, &table, out);
    }
}

/* Clauses that rule over somebody, by their term: flows and what others ask about are no policies
 * of a plane. */
static void print_rules(const struct sla_world *world, struct buf *out)
{
    size_t listed = 0;

    for (size_t i = 0; i < sla_terms_rule.count; i++) {
        const struct sla_term *term = &sla_terms_rule.terms[i];
        size_t count = 0;
        for (size_t j = 0; j < world->clause_count; j++) {
            count += world->clauses[j]->reaction == NULL && world->clauses[j]->term == term;
        }
        if (count > 0) {
            buf_printf(out, "%s%s %zu", listed++ > 0 ? ", " : "rules: ", term->name, count);
        }
    }
    if (listed > 0) {
        buf_add_char(out, '\n');
    }
}

static void print_summary(const struct sla_world *world, struct buf *out)
{
    const struct sla_summary *summary = &world->summary;

    buf_printf(out, "world %.12s: %zu documents, %zu clauses -> %zu policies",
               world->policies.digest, world->document_count, summary->clauses, summary->policies);
    for (size_t i = 0; i < PLANE_KINDS; i++) {
        buf_printf(out, "%s%s %zu", i == 0 ? " (" : ", ", plane_kind_name((enum plane_kind)i),
                   summary->policies_by_plane[i]);
    }
    buf_printf(out, "), %zu objectives, %zu reactions\n", summary->objectives, summary->reactions);
    print_rules(world, out);
    size_t open = world->conflict_count - world->degradation_count;
    buf_printf(out, "%zu held against offers only, %zu unproven, %zu conflict%s",
               summary->checked_only, summary->unproven, open, open == 1 ? "" : "s");
    if (world->degradation_count > 0) {
        buf_printf(out, ", %zu degradation%s", world->degradation_count,
                   world->degradation_count == 1 ? "" : "s");
    }
    buf_printf(out, "%s\n", world->conflicts_incomplete ? " (enumeration incomplete)" : "");
}

enum cli_exit cmd_sla_compile(struct cli *cli)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    struct offline offline;
    enum cli_exit code = emission_check(cli);

    if (code == CLI_DONE) {
        code = offline_compile(cli, cli->args, cli->arg_count, OFFLINE_ALL_DOCUMENTS, &offline);
    }
    if (code != CLI_DONE) {
        return code;
    }
    if (cli_has(cli, OPTION_EMIT) && offline.world != NULL) {
        return emission_print(cli, &offline);
    }
    if (cli->format == CLI_JSON) {
        write_report("CompileReport", &offline, &out);
    } else if (cli->format == CLI_NAME && offline.world != NULL) {
        buf_printf(&out, "%s\n", offline.world->policies.digest);
    } else {
        sources_print_findings(cli, &offline.diags);
    }
    if (cli->format == CLI_TABLE && offline.world != NULL) {
        print_summary(offline.world, &out);
        print_policies(cli, offline.world, &out);
        print_objectives(cli, offline.world, &out);
        print_reactions(cli, offline.world, &out);
    }
    document_print(cli, buf_slice(&out));
    return offline.diags.errors > 0 ? CLI_NO : CLI_DONE;
}

/* --- apply ----------------------------------------------------------------------------------- */

static void write_documents(const struct cli *cli, const struct sources *sources, bool preview,
                            struct buf *out)
{
    struct json_writer writer = { .out = out };

    json_open_object(&writer);
    json_key(&writer, "documents");
    json_open_array(&writer);
    for (size_t i = 0; i < sources->count; i++) {
        json_open_object(&writer);
        json_add_cstr(&writer, "name", sources->items[i].name);
        json_add_text(&writer, "text", sources->items[i].text);
        json_close_object(&writer);
    }
    json_close_array(&writer);
    if (preview) {
        json_add_bool(&writer, "dry_run", true);
    }
    offline_write_change(cli, &writer);
    json_close_object(&writer);
}

/* A service that cannot get what is required: an error that, unlike a conflict, waits for nobody's
 * decision. */
static bool has_impossible(const struct diag_list *diags)
{
    for (const struct diag *at = diags->first; at != NULL; at = at->next) {
        if (at->level == DIAG_ERROR && at->code == SLA_CODE_SERVICE_IMPOSSIBLE) {
            return true;
        }
    }
    return false;
}

/* Findings are shown from here, with their excerpts; the daemon would only repeat them. */
static enum cli_exit check_before(struct cli *cli, const struct offline *offline)
{
    if (offline->world != NULL && !has_impossible(&offline->diags)) {
        return CLI_DONE;
    }
    sources_print_findings(cli, &offline->diags);
    return report_error(cli, CLI_NO, "the documents have errors: nothing was applied");
}

static void list_conflicts(struct cli *cli, const char *what, const struct json *ids)
{
    for (const struct json *at = ids != NULL ? ids->first : NULL; at != NULL; at = at->next) {
        report_line(cli, "%s: redan conflict show %.*s", what, SLICE_ARG(at->text));
    }
}

static enum cli_exit print_world(struct cli *cli, const struct json *world)
{
    const struct json *conflicts = json_get(world, "conflicts");
    bool any = conflicts != NULL && conflicts->count > 0;

    offline_print_world(cli, world);
    if (cli->format == CLI_TABLE && cli_has(cli, OPTION_DRY_RUN)) {
        CLEANUP(buf_done) struct buf effects = { 0 };
        effects_print(cli, json_get(world, "effects"), &effects);
        report_answer(buf_slice(&effects));
    }
    list_conflicts(cli, "open", conflicts);
    list_conflicts(cli, "gives way", json_get(world, "degradations"));
    return any && cli_has(cli, OPTION_EXIT_CODE) ? CLI_PENDING : CLI_DONE;
}

/* Asks redand what it would mean, says so, then asks whoever is there. */
static enum cli_exit ask_before(struct cli *cli, const struct sources *sources)
{
    CLEANUP(buf_done) struct buf body = { 0 };
    const struct json *world = NULL;

    write_documents(cli, sources, true, &body);
    enum cli_exit code = daemon_post(cli, "/v1/sla", buf_slice(&body), &world);
    if (code != CLI_DONE) {
        return code;
    }
    effects_report(cli, json_get(world, "effects"));
    return report_ask(cli, "put %zu document%s in force, in place of those before", sources->count,
                      sources->count == 1 ? "" : "s");
}

enum cli_exit cmd_sla_apply(struct cli *cli)
{
    CLEANUP(buf_done) struct buf body = { 0 };
    struct offline offline;
    const struct json *world = NULL;
    enum cli_exit code =
        offline_compile(cli, cli->args, cli->arg_count, OFFLINE_ALL_DOCUMENTS, &offline);

    if (code == CLI_DONE) {
        code = check_before(cli, &offline);
    }
    if (code == CLI_DONE) {
        code = offline_check_nodes(cli, &offline);
    }
    if (code == CLI_DONE) {
        sources_print_warnings(cli, &offline.diags);
    }
    if (code == CLI_DONE && !cli_has(cli, OPTION_DRY_RUN)) {
        code = ask_before(cli, &offline.sources);
    }
    if (code == CLI_DONE) {
        write_documents(cli, &offline.sources, false, &body);
        code = daemon_post(cli, "/v1/sla", buf_slice(&body), &world);
    }
    return code == CLI_DONE ? print_world(cli, world) : code;
}
