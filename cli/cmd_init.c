#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "cli/cmd.h"
#include "cli/document.h"
#include "cli/report.h"
#include "cli/schema_file.h"

#include "cli/init_bytes.inc"

#define DOCUMENTS_FOLDER "sla"

enum { FILE_MODE = 0644, FOLDER_MODE = 0755, FOLDER_NAMES_MAX = 4096 };

enum fate { FATE_WRITTEN, FATE_KEPT, FATE_LEFT_OUT };

/* What a new folder of documents begins with: cli/init/ and the snippets of contrib/. */
static const struct {
    const char *path;
    const char *text; /* NULL: the schema, which is printed anew */
} files[] = {
#include "cli/init_files.inc"
    { SCHEMA_FILE, NULL },
};

struct init_run {
    const char *folder;
    bool dry;
    bool has_documents; /* examples beside them would become part of their world */
    enum fate fates[COUNT_OF(files)];
};

static bool is_document(const char *path)
{
    return slice_starts(slice_from(path), SLICE(DOCUMENTS_FOLDER "/"));
}

static bool holds_files(struct cli *cli, const char *folder)
{
    const char **names = NULL;
    size_t count = 0;
    struct status status = file_list(&cli->arena, folder, FOLDER_NAMES_MAX, &names, &count);

    return status.code != STATUS_NOT_FOUND && (!status_ok(&status) || count > 0);
}

/* Whatever is there stays, also when it came a moment ago. */
static struct status write_new(const char *path, struct slice text, enum fate *out)
{
    CLEANUP(cleanup_close)
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);

    *out = FATE_KEPT;
    if (fd < 0 && errno == EEXIST) {
        return STATUS_SUCCESS;
    }
    if (fd < 0) {
        return status_error(STATUS_UNAVAILABLE, "%s: %s", path, strerrordesc_np(errno));
    }
    *out = FATE_WRITTEN;
    return file_write_all(fd, text.ptr, text.len);
}

static struct status make_one(struct cli *cli, struct init_run *run, size_t index)
{
    const char *path = file_path(&cli->arena, run->folder, files[index].path);
    struct slice whole = slice_from(path);
    struct slice folder = slice_sub(whole, 0, slice_rfind(whole, '/'));

    if (run->has_documents && is_document(files[index].path)) {
        run->fates[index] = FATE_LEFT_OUT;
        return STATUS_SUCCESS;
    }
    if (run->dry) {
        run->fates[index] = access(path, F_OK) == 0 ? FATE_KEPT : FATE_WRITTEN;
        return STATUS_SUCCESS;
    }
    TRY(file_make_folder(arena_cstr(&cli->arena, folder), FOLDER_MODE));
    struct slice text =
        files[index].text != NULL ? slice_from(files[index].text) : schema_text(cli);
    return write_new(path, text, &run->fates[index]);
}

/* As somebody in the working folder names it. */
static const char *shown(struct cli *cli, const struct init_run *run, const char *path)
{
    return strcmp(run->folder, ".") == 0 ? path : file_path(&cli->arena, run->folder, path);
}

static void print_run(struct cli *cli, const struct init_run *run, struct buf *out)
{
    static const char *const words[] = {
        [FATE_WRITTEN] = "wrote", [FATE_KEPT] = "kept", [FATE_LEFT_OUT] = "left out"
    };

    for (size_t i = 0; i < COUNT_OF(files); i++) {
        enum fate fate = run->fates[i];
        const char *word = run->dry && fate == FATE_WRITTEN ? "would write" : words[fate];
        buf_printf(out, "%s %s\n", word, shown(cli, run, files[i].path));
    }
}

static void write_names(struct cli *cli, const struct init_run *run, struct buf *out)
{
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        if (run->fates[i] == FATE_WRITTEN) {
            buf_printf(out, "%s\n", shown(cli, run, files[i].path));
        }
    }
}

static void write_report(const struct init_run *run, struct buf *out)
{
    static const char *const words[] = {
        [FATE_WRITTEN] = "written", [FATE_KEPT] = "kept", [FATE_LEFT_OUT] = "left-out"
    };
    struct json_writer writer = { .out = out, .pretty = true };

    json_open_object(&writer);
    json_add_cstr(&writer, "apiVersion", "redan/v1");
    json_add_cstr(&writer, "kind", "InitReport");
    json_add_cstr(&writer, "folder", run->folder);
    json_add_bool(&writer, "dry_run", run->dry);
    json_key(&writer, "items");
    json_open_array(&writer);
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        json_open_object(&writer);
        json_add_cstr(&writer, "name", files[i].path);
        json_add_cstr(&writer, "state", words[run->fates[i]]);
        json_close_object(&writer);
    }
    json_close_array(&writer);
    json_close_object(&writer);
    buf_add_char(out, '\n');
}

enum cli_exit cmd_init(struct cli *cli)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    struct init_run run = { .folder = cli->arg_count > 0 ? cli->args[0] : ".",
                            .dry = cli_has(cli, OPTION_DRY_RUN) };
    enum cli_exit code = CLI_DONE;

    run.has_documents = holds_files(cli, file_path(&cli->arena, run.folder, DOCUMENTS_FOLDER));
    for (size_t i = 0; i < COUNT_OF(files) && code == CLI_DONE; i++) {
        code = report_file(cli, make_one(cli, &run, i));
    }
    if (code != CLI_DONE) {
        return code;
    }
    if (cli->format == CLI_JSON) {
        write_report(&run, &out);
    } else if (cli->format == CLI_NAME) {
        write_names(cli, &run, &out);
    } else {
        print_run(cli, &run, &out);
    }
    document_print(cli, buf_slice(&out));
    if (run.has_documents) {
        report_note(cli, "%s/ holds files already: no examples were put beside them",
                    shown(cli, &run, DOCUMENTS_FOLDER));
    }
    report_help(cli, "`redan check %s/` checks the documents, `redan explain NAME` explains them",
                shown(cli, &run, DOCUMENTS_FOLDER));
    return CLI_DONE;
}
