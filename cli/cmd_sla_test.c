#include "sla/run/tests.h"

#include "base/parse.h"
#include "cli/cmd.h"
#include "cli/document.h"
#include "cli/offline.h"
#include "cli/report.h"

static void print_missing(const struct sla_world *world, struct buf *out)
{
    bool any = false;

    for (size_t i = 0; i < world->clause_count; i++) {
        const struct sla_clause *clause = world->clauses[i];
        if (!world->tests.is_covered[i]) {
            buf_printf(out, "%s%.*s", any ? ", " : " (missing: ", SLICE_ARG(clause->ref.clause));
            any = true;
        }
    }
    buf_add_cstr(out, any ? ")\n" : "\n");
}

static void print_outcome(const struct sla_world *world, struct buf *out)
{
    const struct sla_tests_outcome *tests = &world->tests;

    buf_printf(out, "%zu test%s: %zu passed, %zu failed\n%zu of %zu clause%s covered", tests->run,
               tests->run == 1 ? "" : "s", tests->run - tests->failed, tests->failed,
               tests->covered, tests->clauses, tests->clauses == 1 ? "" : "s");
    print_missing(world, out);
}

static void write_outcome(const struct sla_world *world, struct json_writer *writer)
{
    const struct sla_tests_outcome *tests = &world->tests;

    json_add_i64(writer, "tests", (int64_t)tests->run);
    json_add_i64(writer, "failed", (int64_t)tests->failed);
    json_add_i64(writer, "clauses", (int64_t)tests->clauses);
    json_add_i64(writer, "covered", (int64_t)tests->covered);
    json_key(writer, "missing");
    json_open_array(writer);
    for (size_t i = 0; i < world->clause_count; i++) {
        const struct clause_ref *ref = &world->clauses[i]->ref;
        if (!tests->is_covered[i]) {
            CLEANUP(buf_done) struct buf path = { 0 };
            buf_printf(&path, "%.*s/%.*s", SLICE_ARG(ref->document), SLICE_ARG(ref->clause));
            json_put_text(writer, buf_slice(&path));
        }
    }
    json_close_array(writer);
}

static void write_report(const struct offline *offline, struct buf *out)
{
    struct json_writer writer = { .out = out, .pretty = true };

    json_open_object(&writer);
    json_add_cstr(&writer, "apiVersion", "redan/v1");
    json_add_cstr(&writer, "kind", "TestReport");
    if (offline->world != NULL) {
        write_outcome(offline->world, &writer);
    }
    json_add_i64(&writer, "errors", (int64_t)offline->diags.errors);
    json_key(&writer, "diagnostics");
    json_open_array(&writer);
    for (const struct diag *at = offline->diags.first; at != NULL; at = at->next) {
        diag_write_json(at, &writer);
    }
    json_close_array(&writer);
    json_close_object(&writer);
    buf_add_char(out, '\n');
}

/* Of --min-coverage; nothing is asked for without it. */
static enum cli_exit read_minimum(struct cli *cli, int64_t *out_ppb)
{
    *out_ppb = 0;
    if (!cli_has(cli, OPTION_MIN_COVERAGE)) {
        return CLI_DONE;
    }
    struct status status = parse_percent_ppb(slice_from(cli->values[OPTION_MIN_COVERAGE]), out_ppb);
    return report_status(cli, status_wrap(status, "--min-coverage"));
}

enum cli_exit cmd_sla_test(struct cli *cli)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    struct offline offline;
    int64_t min_ppb = 0;
    enum cli_exit code = read_minimum(cli, &min_ppb);

    if (code == CLI_DONE) {
        code = offline_compile(cli, cli->args, cli->arg_count, OFFLINE_ALL_DOCUMENTS, &offline);
    }
    if (code != CLI_DONE) {
        return code;
    }
    if (offline.world != NULL) {
        sla_report_coverage(offline.world, &offline.world->tests, min_ppb, &offline.diags);
        diag_sort(&offline.diags);
    }
    if (cli->format == CLI_JSON) {
        write_report(&offline, &out);
    } else if (cli->format == CLI_TABLE) {
        sources_print_findings(cli, &offline.diags);
        if (offline.world != NULL) {
            print_outcome(offline.world, &out);
        }
    }
    document_print(cli, buf_slice(&out));
    if (offline.world == NULL) {
        report_line(cli, "no test was run: the documents have errors");
    }
    return offline_verdict(cli, &offline.diags);
}
