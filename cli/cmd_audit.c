#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/parse.h"
#include "cli/cmd.h"
#include "cli/daemon.h"
#include "cli/report.h"
#include "cli/text.h"
#include "orchestrator/knowledge/journal.h"

/* --- what to check --------------------------------------------------------------------------- */

static enum cli_exit read_from(const struct cli *cli, uint64_t *out)
{
    const char *given = cli->values[OPTION_FROM];

    *out = 1;
    if (given == NULL) {
        return CLI_DONE;
    }
    struct status status = parse_u64(slice_from(given), 1, INT64_MAX, out);
    return report_status(cli, status_wrap(status, "--from"));
}

/* "184:HASH" */
static enum cli_exit read_head(const struct cli *cli, struct journal_head *out)
{
    struct slice rest = slice_from(cli->values[OPTION_HEAD]);
    struct slice seq = slice_cut(&rest, ':');
    struct status status = parse_u64(seq, 1, INT64_MAX, &out->seq);

    if (status_ok(&status)) {
        status = parse_hex(rest, out->hash.bytes, sizeof(out->hash.bytes));
    }
    return report_status(cli, status_wrap(status, "--head"));
}

/* --- the answer ------------------------------------------------------------------------------ */

static void write_verdict(const struct journal_verdict *verdict, struct buf *out)
{
    struct json_writer writer = { .out = out };
    char hash[2 * SHA256_BYTES + 1];

    sha256_hex(&verdict->head.hash, hash);
    json_open_object(&writer);
    json_add_cstr(&writer, "apiVersion", "redan/v1");
    json_add_cstr(&writer, "kind", "AuditVerdict");
    json_add_bool(&writer, "intact", verdict->intact);
    json_add_i64(&writer, "rows", (int64_t)verdict->rows);
    json_key(&writer, "bad_seq");
    if (verdict->intact) {
        json_put_null(&writer);
    } else {
        json_put_u64(&writer, verdict->bad_seq);
    }
    json_add_cstr(&writer, "why", verdict->intact ? NULL : verdict->why);
    json_key(&writer, "head");
    json_open_object(&writer);
    json_add_i64(&writer, "seq", (int64_t)verdict->head.seq);
    json_add_cstr(&writer, "hash", hash);
    json_close_object(&writer);
    json_close_object(&writer);
}

/* From either way: a verdict as the API has it. */
static enum cli_exit print_verdict(struct cli *cli, const struct json *verdict)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    const struct json *intact = json_get(verdict, "intact");
    const struct json *head = json_get(verdict, "head");
    const struct json *rows = json_get(verdict, "rows");
    const struct json *seq = json_get(head, "seq");
    struct slice hash = json_text(head, "hash");
    bool good = intact != NULL && intact->truth;

    if (cli->format == CLI_JSON) {
        daemon_print(cli, verdict);
    } else {
        text_paint(&out, cli->color_out, good ? TINT_GOOD : TINT_BAD,
                   good ? SLICE("intact") : SLICE("broken"));
        buf_printf(&out, ": %.*s rows good, head %.*s:%.*s\n",
                   SLICE_ARG(rows != NULL ? rows->text : SLICE("?")),
                   SLICE_ARG(seq != NULL ? seq->text : SLICE("?")), SLICE_ARG(hash));
        report_answer(buf_slice(&out));
    }
    if (!good) {
        struct slice why = json_text(verdict, "why");
        return report_error(cli, CLI_NO, "the chain is broken: %.*s", SLICE_ARG(why));
    }
    return CLI_DONE;
}

/* --- here or there --------------------------------------------------------------------------- */

static struct status show_progress(void *arg, uint64_t seq, uint64_t last_seq)
{
    (void)arg;
    (void)fprintf(stderr, "\rverify  %3" PRIu64 "%%", last_seq > 0 ? seq * 100 / last_seq : 100);
    return STATUS_SUCCESS;
}

/* Said before the database would say it in its own words. */
static enum cli_exit check_kind(struct cli *cli, const char *path)
{
    static const char magic[] = "SQLite format 3"; /* with its NUL the first bytes of the file */
    char start[sizeof(magic)] = "";
    CLEANUP(cleanup_close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0 && errno == ENOENT) {
        return report_error(cli, CLI_NOT_FOUND, "%s: no such file", path);
    }
    if (fd < 0) {
        return report_error(cli, CLI_USAGE, "%s: %s", path, strerrordesc_np(errno));
    }
    if (read(fd, start, sizeof(start)) != (ssize_t)sizeof(start) ||
        memcmp(start, magic, sizeof(magic)) != 0) {
        enum cli_exit code = report_error(cli, CLI_USAGE, "`%s` is no knowledge of redand", path);
        report_help(cli, "it is the file `redan.db` in redand's `state` folder");
        return code;
    }
    return CLI_DONE;
}

static enum cli_exit verify_file(struct cli *cli, uint64_t from, const struct journal_head *head)
{
    CLEANUP(knowledge_reader_close) struct knowledge_reader *reader = NULL;
    CLEANUP(buf_done) struct buf text = { 0 };
    struct journal_check check = { .from = from, .expected = head };
    struct journal_verdict verdict;
    const struct json *answer = NULL;
    enum cli_exit code = check_kind(cli, cli->args[0]);

    if (code != CLI_DONE) {
        return code;
    }
    if (isatty(STDERR_FILENO) != 0 && !cli_has(cli, OPTION_QUIET)) {
        check.progress = show_progress;
    }
    struct status status = knowledge_reader_open(cli->args[0], &reader);
    if (status_ok(&status)) {
        status = journal_verify(reader, &check, &verdict);
    }
    if (check.progress != NULL) {
        (void)fputs("\r\033[K", stderr);
    }
    if (!status_ok(&status)) {
        return report_status(cli, status);
    }
    write_verdict(&verdict, &text);
    status = json_read(&cli->arena, buf_slice(&text), &answer);
    return status_ok(&status) ? print_verdict(cli, answer) : report_status(cli, status);
}

static enum cli_exit verify_daemon(struct cli *cli, uint64_t from)
{
    const struct json *verdict = NULL;
    struct slice path = arena_printf(&cli->arena, "/v1/audit/verify?from=%" PRIu64, from);

    if (cli_has(cli, OPTION_HEAD)) {
        return report_error(cli, CLI_USAGE,
                            "`--head` needs a FILE: a daemon that lies would not "
                            "say so");
    }
    enum cli_exit code = daemon_get(cli, path.ptr, &verdict);
    return code == CLI_DONE ? print_verdict(cli, verdict) : code;
}

enum cli_exit cmd_audit_verify(struct cli *cli)
{
    struct journal_head head = { 0 };
    uint64_t from = 0;
    enum cli_exit code = read_from(cli, &from);

    if (code == CLI_DONE && cli_has(cli, OPTION_HEAD)) {
        code = read_head(cli, &head);
    }
    if (code != CLI_DONE) {
        return code;
    }
    return cli->arg_count > 0 ? verify_file(cli, from, cli_has(cli, OPTION_HEAD) ? &head : NULL)
                              : verify_daemon(cli, from);
}
