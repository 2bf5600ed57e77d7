#include "cli/emission.h"

#include "base/date.h"
#include "cli/options.h"
#include "cli/report.h"
#include "sla/emit/desired.h"
#include "sla/emit/emit.h"
#include "sla/values/period.h"

/* Names that an option may mean, by a path or by the end of one. */
struct paths {
    struct slice *whole; /* "hospital-a/imaging/home" */
    size_t count;
};

static struct paths clause_paths(struct arena *arena, const struct sla_clause *const *clauses,
                                 size_t count)
{
    struct paths paths = { .whole = ARENA_NEW(arena, struct slice, count + 1), .count = count };

    for (size_t i = 0; i < count; i++) {
        const struct clause_ref *ref = &clauses[i]->ref;
        paths.whole[i] = arena_printf(arena, "%.*s/%.*s/%.*s", SLICE_ARG(ref->party),
                                      SLICE_ARG(ref->document), SLICE_ARG(ref->clause));
    }
    return paths;
}

static struct paths resource_paths(struct arena *arena, const struct policy_set *set)
{
    struct paths paths = { .whole = ARENA_NEW(arena, struct slice, set->resource_count + 1),
                           .count = set->resource_count };

    for (size_t i = 0; i < paths.count; i++) {
        const struct resource *at = &set->resources[i];
        paths.whole[i] =
            arena_printf(arena, "%.*s/%.*s", SLICE_ARG(at->ucloud), SLICE_ARG(at->name));
    }
    return paths;
}

static bool is_meant(struct slice path, struct slice given)
{
    return slice_eq(path, given) || (path.len > given.len && slice_ends(path, given) &&
                                     path.ptr[path.len - given.len - 1] == '/');
}

static enum cli_exit report_unknown(struct cli *cli, enum option_id option, struct slice given,
                                    const struct paths *paths)
{
    struct slice *ends = ARENA_NEW(&cli->arena, struct slice, paths->count + 1);
    enum cli_exit code = report_error(cli, CLI_NOT_FOUND, "no %s is called `%.*s`",
                                      option_at(option)->name, SLICE_ARG(given));

    for (size_t i = 0; i < paths->count; i++) {
        struct slice path = paths->whole[i];
        ends[i] = slice_sub(path, slice_rfind(path, '/') + 1, path.len);
    }
    if (!report_nearest(cli, given, ends, paths->count)) {
        report_choices(cli, paths->whole, paths->count);
    }
    return code;
}

/* The one of the paths that the option means; left alone when it was not given. */
static enum cli_exit choose(struct cli *cli, enum option_id option, const struct paths *paths,
                            size_t *out)
{
    struct slice given = slice_from(cli->values[option]);
    struct slice *found = ARENA_NEW(&cli->arena, struct slice, paths->count + 1);
    size_t count = 0;

    for (size_t i = 0; i < paths->count && cli_has(cli, option); i++) {
        if (is_meant(paths->whole[i], given)) {
            *out = i;
            found[count++] = paths->whole[i];
        }
    }
    if (count == 0 && cli_has(cli, option)) {
        return report_unknown(cli, option, given, paths);
    }
    if (count > 1) {
        enum cli_exit code =
            report_error(cli, CLI_USAGE, "`%.*s` is the name of several", SLICE_ARG(given));
        report_choices(cli, found, count);
        return code;
    }
    return CLI_DONE;
}

/* The place of the first that is meant; their count: none is. */
static size_t find_meant(const struct paths *paths, struct slice given)
{
    size_t at = 0;

    while (at < paths->count && !is_meant(paths->whole[at], given)) {
        at++;
    }
    return at;
}

/* It is there, but says nothing on that day. */
static enum cli_exit report_dormant(struct cli *cli, const struct sla_world *world,
                                    const struct sla_clause *clause, struct slice path)
{
    CLEANUP(buf_done) struct buf days = { 0 };
    const struct sla_period *valid = &clause->valid;
    char today[DATE_TEXT_MAX];
    char then[DATE_TEXT_MAX];

    sla_period_format(valid, &days);
    date_format(world->as_of_day, today);
    date_format(world->as_of_day < valid->from_day ? valid->from_day : valid->until_day - 1, then);
    enum cli_exit code = report_error(cli, CLI_NOT_FOUND, "clause `%.*s` is not in force on %s",
                                      SLICE_ARG(path), today);
    report_help(cli, "it is %.*s: --as-of %s asks of then", SLICE_ARG(buf_slice(&days)), then);
    return code;
}

enum cli_exit emission_clause(struct cli *cli, const struct sla_world *world, size_t *out)
{
    struct paths clauses = clause_paths(&cli->arena, world->clauses, world->clause_count);

    if (cli_has(cli, OPTION_CLAUSE)) {
        struct slice given = slice_from(cli->values[OPTION_CLAUSE]);
        struct paths dormant = clause_paths(&cli->arena, world->dormant, world->dormant_count);
        size_t at = find_meant(&dormant, given);
        if (at < dormant.count && find_meant(&clauses, given) == clauses.count) {
            return report_dormant(cli, world, world->dormant[at], dormant.whole[at]);
        }
    }
    return choose(cli, OPTION_CLAUSE, &clauses, out);
}

static enum cli_exit select_asked(struct cli *cli, const struct sla_world *world,
                                  const struct desired **in_out)
{
    struct paths resources = resource_paths(&cli->arena, &world->policies);
    size_t clause = SIZE_MAX;
    size_t resource = DESIRED_ANYWHERE;
    enum cli_exit code = emission_clause(cli, world, &clause);

    code = code == CLI_DONE ? choose(cli, OPTION_RESOURCE, &resources, &resource) : code;
    if (code == CLI_DONE && (clause != SIZE_MAX || resource != DESIRED_ANYWHERE)) {
        *in_out =
            sla_desired_select(&cli->arena, *in_out,
                               clause != SIZE_MAX ? &world->clauses[clause]->ref : NULL, resource);
    }
    return code;
}

/* A clause that another plane holds would otherwise look like one that does nothing. */
static void tell_elsewhere(struct cli *cli, const struct desired *desired, enum sla_emitter target)
{
    if (!cli_has(cli, OPTION_CLAUSE) || sla_emit_has(desired, target)) {
        return;
    }
    for (unsigned i = 0; i < SLA_EMITTERS; i++) {
        if (sla_emit_has(desired, (enum sla_emitter)i)) {
            report_note(cli, "`%s` is held elsewhere: --emit %s", cli->values[OPTION_CLAUSE],
                        sla_emitter_names[i]);
        }
    }
}

static void tell_conflicts(struct cli *cli, const struct sla_world *world)
{
    for (size_t i = 0; i < world->conflict_count; i++) {
        if (world->conflicts[i].yields == NULL) {
            report_line(cli, "open: redan conflict show %.*s", SLICE_ARG(world->conflicts[i].id));
        }
    }
}

enum cli_exit emission_check(const struct cli *cli)
{
    static const enum option_id chosen[] = { OPTION_CLAUSE, OPTION_RESOURCE, OPTION_PARTY };

    for (size_t i = 0; i < COUNT_OF(chosen); i++) {
        if (cli_has(cli, chosen[i]) && !cli_has(cli, OPTION_EMIT)) {
            return report_error(cli, CLI_USAGE, "--%s goes with --emit",
                                option_at(chosen[i])->name);
        }
    }
    return CLI_DONE;
}

/* "FILE:LINE:COLUMN: " before it, where one clause stands for what could not be printed. */
static struct status placed(const struct sla_world *world, const struct clause_ref *at,
                            struct status status)
{
    for (size_t i = 0; i < world->clause_count && at != NULL; i++) {
        const struct sla_clause *clause = world->clauses[i];
        if (sla_clause_ref_cmp(&clause->ref, at) == 0) {
            struct diag_place place = diag_span_start(clause->span);
            return status_wrap(status, "%.*s:%u:%u", SLICE_ARG(at->file), place.line, place.col);
        }
    }
    return status;
}

enum cli_exit emission_print(struct cli *cli, const struct offline *offline)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    const struct desired *desired = sla_desired(&cli->arena, offline->world);
    enum sla_emitter target = SLA_EMITTER_POLICY;

    (void)sla_emitter_parse(slice_from(cli->values[OPTION_EMIT]), &target); /* one of the choices */
    enum cli_exit code = select_asked(cli, offline->world, &desired);
    if (code != CLI_DONE) {
        return code;
    }
    const struct clause_ref *at = NULL;
    struct status status =
        sla_emit(desired, target, slice_from(cli->values[OPTION_PARTY]), &out, &at);
    if (!status_ok(&status)) {
        return report_status(cli, placed(offline->world, at, status));
    }
    sources_print_warnings(cli, &offline->diags);
    report_answer(buf_slice(&out));
    tell_elsewhere(cli, desired, target);
    tell_conflicts(cli, offline->world);
    return offline->diags.errors > 0 ? CLI_NO : CLI_DONE;
}
