#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/json.h"
#include "cli/cmd.h"
#include "cli/document.h"
#include "cli/offline.h"
#include "cli/report.h"
#include "cli/rules.h"
#include "cli/sources.h"
#include "cli/table.h"
#include "cli/text.h"
#include "sim/replay.h"

enum { LOG_BYTES_MAX = 1024 * 1024 * 1024, US_PER_MS = 1000 };

/* --- what is replayed ------------------------------------------------------------------------ */

struct scenario {
    const char *log_name;
    struct replay_options options;
    struct offline sla;
};

static enum cli_exit load_log(struct cli *cli, struct scenario *scenario)
{
    const char *path = cli->args[0];
    struct stat info;

    if (strcmp(path, "hospital") == 0) {
        path = sources_shipped(cli, "examples/hospital/auth.log");
        if (path == NULL) {
            return report_error(cli, CLI_NOT_FOUND, "the log `hospital` is not installed");
        }
    }
    scenario->log_name = path;
    enum cli_exit code = sources_load_file(cli, path, LOG_BYTES_MAX, &scenario->options.log);
    if (code == CLI_DONE && stat(path, &info) == 0) {
        scenario->options.reference_us = (int64_t)info.st_mtime * 1000 * US_PER_MS;
    }
    return code;
}

static enum cli_exit load_time(struct cli *cli, struct scenario *scenario)
{
    const char *at = cli->values[OPTION_AT];
    struct status status = STATUS_SUCCESS;

    if (at != NULL) {
        status = clock_parse_rfc3339(slice_from(at), &scenario->options.reference_us);
    }
    return report_status(cli, status_wrap(status, "--at"));
}

static enum cli_exit load_rules(struct cli *cli, struct scenario *scenario)
{
    enum cli_exit code = rules_load(cli, &scenario->options.rules);

    if (code == CLI_DONE && scenario->options.rules == NULL) {
        code = report_error(cli, CLI_NOT_FOUND, "the rules of Redan are not installed");
        report_help(cli, "`--rules` names others");
    }
    return code;
}

static enum cli_exit load_world(struct cli *cli, struct scenario *scenario)
{
    const char *given = cli->values[OPTION_SLA];
    const char *path = given != NULL ? given : sources_shipped(cli, "examples/hospital");

    if (path == NULL) {
        enum cli_exit missing =
            report_error(cli, CLI_NOT_FOUND, "the SLA documents of `hospital` are not installed");
        report_help(cli, "`--sla` names others");
        return missing;
    }
    enum cli_exit code =
        offline_compile_as_at(cli, &path, 1, replay_first_us(&scenario->options), &scenario->sla);
    if (code != CLI_DONE) {
        return code;
    }
    if (scenario->sla.world == NULL) {
        sources_print_findings(cli, &scenario->sla.diags);
        return report_error(cli, CLI_NO, "the SLA documents have errors");
    }
    scenario->options.world = sla_world_policy_set(scenario->sla.world);
    sources_print_warnings(cli, &scenario->sla.diags);
    size_t open = scenario->sla.world->conflict_count - scenario->sla.world->degradation_count;
    if (open > 0) {
        report_line(cli, "the documents hold %zu conflict%s that nobody has resolved", open,
                    open == 1 ? "" : "s");
    }
    return CLI_DONE;
}

static enum cli_exit load(struct cli *cli, struct scenario *scenario)
{
    const char *node = cli->values[OPTION_NODE];
    const char *corroborate = cli->values[OPTION_CORROBORATE];
    enum cli_exit code = load_log(cli, scenario);

    scenario->options.node = slice_from(node != NULL ? node : "node-1");
    scenario->options.assume_corroborated =
        corroborate == NULL || strcmp(corroborate, "assume") == 0;
    code = code == CLI_DONE ? load_time(cli, scenario) : code;
    code = code == CLI_DONE ? load_rules(cli, scenario) : code;
    return code == CLI_DONE ? load_world(cli, scenario) : code;
}

/* --- what came of it ------------------------------------------------------------------------- */

struct report {
    struct cli *cli;
    struct table table;
    struct json_writer writer;
};

/* "2026-03-01 10:00:04.000Z": the log's own time, always in UTC, so that bytes are equal. */
static struct slice log_time(struct cli *cli, int64_t time_us)
{
    return text_time(&cli->arena, time_us, true);
}

static void keep_table_row(void *arg, const struct replay_row *row)
{
    struct report *report = arg;

    table_add(report->cli, &report->table,
              (struct slice[]){ log_time(report->cli, row->time_us),
                                slice_from(replay_row_kind_name(row->kind)), row->what, row->source,
                                slice_from(severity_name(row->severity)), row->detail });
}

static void keep_json_row(void *arg, const struct replay_row *row)
{
    struct report *report = arg;
    struct json_writer *writer = &report->writer;
    char time[CLOCK_TEXT_MAX];

    clock_format_us(row->time_us, time);
    json_open_object(writer);
    json_add_cstr(writer, "at", time);
    json_add_cstr(writer, "kind", replay_row_kind_name(row->kind));
    json_add_text(writer, "incident", row->id);
    json_add_text(writer, "what", row->what);
    json_add_text(writer, "source", row->source);
    json_add_cstr(writer, "severity", severity_name(row->severity));
    json_add_text(writer, "detail", row->detail);
    json_close_object(writer);
}

struct count {
    const char *name;
    uint64_t value;
};
enum { COUNTS = 11, SAMPLE_BYTES_MAX = 60 };

static void fill_counts(const struct replay_summary *summary, struct count out[COUNTS])
{
    const struct count counts[COUNTS] = {
        { "lines", summary->lines },
        { "bad_lines", summary->bad_lines },
        { "other_lines", summary->other_lines },
        { "events", summary->events },
        { "prevented", summary->prevented },
        { "detections", summary->detections },
        { "incidents", summary->incidents },
        { "plans", summary->plans },
        { "refused", summary->refused },
        { "enforced", summary->enforced },
        { "expired", summary->expired },
    };

    memcpy(out, counts, sizeof(counts));
}

static void write_ms(struct json_writer *writer, const char *key, bool known, int64_t time_us)
{
    json_key(writer, key);
    if (known) {
        json_put_decimal(writer, time_us, 3);
    } else {
        json_put_null(writer);
    }
}

/* The start of the first line that is none. */
static struct slice sample_of(const struct replay_summary *summary)
{
    return slice_sub(summary->first_bad, 0, SAMPLE_BYTES_MAX);
}

static void write_summary(struct json_writer *writer, struct arena *arena,
                          const struct replay_summary *summary)
{
    struct count counts[COUNTS];
    bool known = summary->samples > 0;

    fill_counts(summary, counts);
    json_key(writer, "summary");
    json_open_object(writer);
    for (size_t i = 0; i < COUNTS; i++) {
        json_add_i64(writer, counts[i].name, (int64_t)counts[i].value);
    }
    json_key(writer, "first_bad_line");
    if (summary->first_bad_line > 0) {
        json_open_object(writer);
        json_add_i64(writer, "line", (int64_t)summary->first_bad_line);
        json_add_text(writer, "text", text_safe(arena, sample_of(summary)));
        json_close_object(writer);
    } else {
        json_put_null(writer);
    }
    json_add_i64(writer, "samples", (int64_t)summary->samples);
    write_ms(writer, "detect_median_ms", known, summary->detect_median_us);
    write_ms(writer, "detect_p95_ms", known, summary->detect_p95_us);
    write_ms(writer, "respond_median_ms", known, summary->respond_median_us);
    write_ms(writer, "respond_p95_ms", known, summary->respond_p95_us);
    json_add_i64(writer, "mttr_met", (int64_t)summary->mttr_met);
    json_add_i64(writer, "mttr_breached", (int64_t)summary->mttr_breached);
    json_close_object(writer);
}

static void print_summary(struct cli *cli, const struct replay_summary *summary, struct buf *out)
{
    struct count counts[COUNTS];
    struct table table = { .columns = 2, .indent = 2 };

    fill_counts(summary, counts);
    for (size_t i = 0; i < COUNTS; i++) {
        struct slice number = arena_printf(&cli->arena, "%" PRIu64, counts[i].value);
        table_add(cli, &table, (struct slice[]){ slice_from(counts[i].name), number });
    }
    buf_add_cstr(out, "\nsummary\n");
    table_print(cli, &table, out);
    if (summary->samples == 0) {
        return;
    }
    struct slice a = text_duration(&cli->arena, summary->detect_median_us / US_PER_MS);
    struct slice b = text_duration(&cli->arena, summary->detect_p95_us / US_PER_MS);
    buf_printf(out, "\ndetect    median %.*s, p95 %.*s  (first event to detection)\n", SLICE_ARG(a),
               SLICE_ARG(b));
    a = text_duration(&cli->arena, summary->respond_median_us / US_PER_MS);
    b = text_duration(&cli->arena, summary->respond_p95_us / US_PER_MS);
    buf_printf(out, "respond   median %.*s, p95 %.*s  (detection to enforced, n=%zu)\n",
               SLICE_ARG(a), SLICE_ARG(b), summary->samples);
    buf_printf(out, "objective met %" PRIu64 ", breached %" PRIu64 "\n", summary->mttr_met,
               summary->mttr_breached);
}

static const char *assumption(const struct scenario *scenario)
{
    return scenario->options.assume_corroborated
               ? "assumed: the kernel saw every address in the log; planes are fake; steps take "
                 "the time of their contract"
               : "assumed: the kernel saw no address in the log; planes are fake";
}

static enum cli_exit run(struct cli *cli, const struct scenario *scenario, struct report *report,
                         struct replay_summary *summary)
{
    CLEANUP(replay_free) struct replay *replay = NULL;
    replay_row_fn *keep = cli->format == CLI_JSON ? keep_json_row : keep_table_row;
    struct status status = replay_new(&scenario->options, keep, report, &replay);

    if (status_ok(&status)) {
        status = replay_run(replay, summary);
    }
    return report_status(cli, status);
}

static enum cli_exit run_to_json(struct cli *cli, const struct scenario *scenario,
                                 struct replay_summary *summary)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    struct report report = { .cli = cli, .writer = { .out = &out, .pretty = true } };
    struct json_writer *writer = &report.writer;

    json_open_object(writer);
    json_add_cstr(writer, "apiVersion", "redan/v1");
    json_add_cstr(writer, "kind", "ReplayReport");
    json_add_cstr(writer, "log", scenario->log_name);
    json_add_cstr(writer, "assumed", assumption(scenario));
    json_add_cstr(writer, "world", scenario->options.world->digest);
    json_key(writer, "rows");
    json_open_array(writer);
    enum cli_exit code = run(cli, scenario, &report, summary);
    if (code != CLI_DONE) {
        return code;
    }
    json_close_array(writer);
    write_summary(writer, &cli->arena, summary);
    json_close_object(writer);
    buf_add_char(&out, '\n');
    document_print(cli, buf_slice(&out));
    return CLI_DONE;
}

static enum cli_exit run_to_table(struct cli *cli, const struct scenario *scenario,
                                  struct replay_summary *summary)
{
    static const char *const heads[] = { "TIME", "WHAT", "NAME", "SOURCE", "SEVERITY", "DETAIL" };
    CLEANUP(buf_done) struct buf out = { 0 };
    struct report report = { .cli = cli, .table = { .heads = heads, .columns = COUNT_OF(heads) } };
    enum cli_exit code = run(cli, scenario, &report, summary);

    if (code != CLI_DONE) {
        return code;
    }
    buf_printf(&out, "replay of %s, in virtual time\n%s\n\n", scenario->log_name,
               assumption(scenario));
    if (report.table.rows > 0) {
        table_print(cli, &report.table, &out);
    } else {
        buf_add_cstr(&out, "nothing was detected\n");
    }
    print_summary(cli, summary, &out);
    report_answer(buf_slice(&out));
    return CLI_DONE;
}

/* --- what the numbers mean ------------------------------------------------------------------- */

static void say_unread(const struct cli *cli, const struct replay_summary *summary)
{
    struct slice sample = sample_of(summary);

    report_note(cli, "line %" PRIu64 ": `%.*s%s`", summary->first_bad_line, SLICE_ARG(sample),
                summary->first_bad.len > sample.len ? "..." : "");
}

static enum cli_exit judge_log(struct cli *cli, const char *name,
                               const struct replay_summary *summary)
{
    if (summary->lines == 0) {
        return report_error(cli, CLI_NO, "`%s` is empty", name);
    }
    if (summary->bad_lines == summary->lines) {
        enum cli_exit code =
            report_error(cli, CLI_NO, "`%s` is no log: none of its %" PRIu64 " lines could be read",
                         name, summary->lines);
        say_unread(cli, summary);
        report_help(cli,
                    "a line starts with its time, host and program, like `Mar  1 09:50:02 app-1 "
                    "sshd[411]: ...` or with an RFC 3339 time");
        return code;
    }
    if (summary->bad_lines > 0) {
        report_line(cli, "%" PRIu64 " of %" PRIu64 " lines could not be read", summary->bad_lines,
                    summary->lines);
        say_unread(cli, summary);
    }
    if (summary->events + summary->prevented == 0) {
        report_line(cli, "no line tells of anything that a rule could look at");
    } else if (summary->detections == 0) {
        report_line(cli, "no rule was fulfilled by %" PRIu64 " events", summary->events);
    }
    return CLI_DONE;
}

/* Without a resource at the node nothing can ever be planned there. */
static enum cli_exit judge_node(struct cli *cli, const struct scenario *scenario)
{
    const struct policy_set *world = scenario->options.world;
    struct slice *names = ARENA_NEW(&cli->arena, struct slice, world->resource_count + 1);

    for (size_t i = 0; i < world->resource_count; i++) {
        names[i] = world->resources[i].node;
        if (slice_eq(names[i], scenario->options.node)) {
            return CLI_DONE;
        }
    }
    enum cli_exit code = report_error(cli, cli_has(cli, OPTION_NODE) ? CLI_NOT_FOUND : CLI_USAGE,
                                      "the SLA documents have no resource at node `%.*s`",
                                      SLICE_ARG(scenario->options.node));
    if (!report_nearest(cli, scenario->options.node, names, world->resource_count) &&
        world->resource_count > 0) {
        report_help(cli, "`--node` names the node that wrote the log, like `%.*s`",
                    SLICE_ARG(names[0]));
    }
    return code;
}

enum cli_exit cmd_replay_run(struct cli *cli)
{
    struct scenario scenario = { 0 };
    struct replay_summary summary = { 0 };
    enum cli_exit code = load(cli, &scenario);

    code = code == CLI_DONE ? judge_node(cli, &scenario) : code;
    if (code != CLI_DONE) {
        return code;
    }
    code = cli->format == CLI_JSON ? run_to_json(cli, &scenario, &summary)
                                   : run_to_table(cli, &scenario, &summary);
    if (code != CLI_DONE) {
        return code;
    }
    code = judge_log(cli, scenario.log_name, &summary);
    return code == CLI_DONE && summary.mttr_breached > 0 ? CLI_NO : code;
}
