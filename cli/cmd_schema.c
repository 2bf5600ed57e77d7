#include "cli/schema_file.h"

#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "cli/cmd.h"
#include "cli/document.h"
#include "cli/report.h"
#include "cli/sources.h"
#include "sla/tell/json_schema.h"

#define SETTINGS_FOLDER ".vscode"
#define SETTINGS_FILE   ".vscode/settings.json"
#define SETTING         "yaml.schemas" /* of the YAML language server */
#define SCHEMA_KEY      "./" SCHEMA_FILE

enum { SETTINGS_BYTES_MAX = 1024 * 1024, FOLDER_MODE = 0755 };

struct slice schema_text(struct cli *cli)
{
    CLEANUP(buf_done) struct buf out = { 0 };

    sla_print_schema(&cli->arena, &out);
    return arena_copy(&cli->arena, buf_slice(&out));
}

static void put_files(struct json_writer *writer)
{
    json_key(writer, SCHEMA_KEY);
    json_open_array(writer);
    json_put_cstr(writer, "sla/**/*.yaml");
    json_put_cstr(writer, "sla/**/*.yml");
    json_close_array(writer);
}

/* All members but ours, which comes last. */
static void put_schemas(const struct json *schemas, struct json_writer *writer)
{
    json_key(writer, SETTING);
    json_open_object(writer);
    for (const struct json *at = schemas != NULL ? schemas->first : NULL; at != NULL;
         at = at->next) {
        if (!slice_is(at->key, SCHEMA_KEY)) {
            CLEANUP(buf_done) struct buf key = { 0 };
            buf_add_slice(&key, at->key);
            json_key(writer, key.ptr);
            json_put_tree(writer, at);
        }
    }
    put_files(writer);
    json_close_object(writer);
}

static struct slice settings_text(struct cli *cli, const struct json *settings)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    struct json_writer writer = { .out = &out, .pretty = true };
    bool done = false;

    json_open_object(&writer);
    for (const struct json *at = settings != NULL ? settings->first : NULL; at != NULL;
         at = at->next) {
        if (slice_is(at->key, SETTING)) {
            put_schemas(at, &writer);
            done = true;
        } else {
            json_key(&writer, arena_cstr(&cli->arena, at->key));
            json_put_tree(&writer, at);
        }
    }
    if (!done) {
        put_schemas(NULL, &writer);
    }
    json_close_object(&writer);
    buf_add_char(&out, '\n');
    return arena_copy(&cli->arena, buf_slice(&out));
}

/* The settings as they shall be. CLI_NO: what is there is not ours to rewrite. */
static enum cli_exit new_settings(struct cli *cli, struct slice *out)
{
    const struct json *settings = NULL;
    struct slice text = { 0 };

    if (access(SETTINGS_FILE, F_OK) == 0) {
        enum cli_exit code =
            report_file(cli, file_load(&cli->arena, SETTINGS_FILE, SETTINGS_BYTES_MAX, &text));
        if (code != CLI_DONE) {
            return code;
        }
        struct status status = json_read(&cli->arena, text, &settings);
        const struct json *schemas = status_ok(&status) ? json_get(settings, SETTING) : NULL;
        bool good = status_ok(&status) && settings->kind == JSON_OBJECT &&
                    (schemas == NULL || schemas->kind == JSON_OBJECT);
        if (!good) {
            enum cli_exit refused = report_error(
                cli, CLI_NO, "%s is not plain JSON: it was left as it is", SETTINGS_FILE);
            report_help(cli, "add to it: \"%s\": { \"%s\": [\"sla/**/*.yaml\", \"sla/**/*.yml\"] }",
                        SETTING, SCHEMA_KEY);
            return refused;
        }
        const struct json *ours = json_get(schemas, SCHEMA_KEY);
        if (ours != NULL) { /* whoever has set it knows which documents it is for */
            *out = text;
            return CLI_DONE;
        }
    }
    *out = settings_text(cli, settings);
    return CLI_DONE;
}

static enum cli_exit write_one(struct cli *cli, const char *path, struct slice text)
{
    struct slice before = { 0 };
    bool there = access(path, F_OK) == 0;
    struct status status = STATUS_SUCCESS;

    if (there) {
        status = file_load(&cli->arena, path, SETTINGS_BYTES_MAX, &before);
    }
    if (status_ok(&status) && there && slice_eq(before, text)) {
        report_line(cli, "unchanged %s", path);
        return CLI_DONE;
    }
    if (status_ok(&status) && !cli_has(cli, OPTION_DRY_RUN)) {
        status = sources_store(path, text);
    }
    if (status_ok(&status)) {
        report_line(cli, "%s %s",
                    cli_has(cli, OPTION_DRY_RUN) ? "would write"
                    : there                      ? "changed"
                                                 : "wrote",
                    path);
    }
    return report_file(cli, status);
}

static enum cli_exit install(struct cli *cli, struct slice schema)
{
    struct slice settings = { 0 };
    enum cli_exit code = new_settings(cli, &settings);

    if (code == CLI_DONE && !cli_has(cli, OPTION_DRY_RUN)) {
        code = report_file(cli, file_make_folder(SETTINGS_FOLDER, FOLDER_MODE));
    }
    if (code == CLI_DONE) {
        code = write_one(cli, SCHEMA_FILE, schema);
    }
    if (code == CLI_DONE) {
        code = write_one(cli, SETTINGS_FILE, settings);
    }
    return code;
}

enum cli_exit cmd_schema(struct cli *cli)
{
    struct slice schema = schema_text(cli);

    if (cli->arg_count > 0 && !slice_is(slice_from(cli->args[0]), "sla")) {
        enum cli_exit code = report_error(cli, CLI_USAGE, "no schema of `%s`", cli->args[0]);
        report_help(cli, "there is `sla`: documents of every kind");
        return code;
    }
    if (cli_has(cli, OPTION_INSTALL)) {
        return install(cli, schema);
    }
    if (cli_has(cli, OPTION_DRY_RUN)) {
        return report_error(cli, CLI_USAGE, "`--dry-run` goes with `--install`");
    }
    document_print(cli, schema);
    return CLI_DONE;
}
