#include "cli/view.h"

#include "base/clock.h"
#include "cli/cmd.h"
#include "cli/report.h"
#include "cli/table.h"
#include "cli/text.h"

static const struct json *find_path(const struct json *object, struct slice rest)
{
    while (object != NULL && rest.len > 0) {
        struct slice name = slice_cut(&rest, '.');
        const struct json *member = object->kind == JSON_OBJECT ? object->first : NULL;
        while (member != NULL && !slice_eq(member->key, name)) {
            member = member->next;
        }
        object = member;
    }
    return object;
}

/* "a|b.c": the first of them that says something. */
static const struct json *find(const struct json *object, const char *key)
{
    struct slice rest = slice_from(key);
    const struct json *value = NULL;

    while (rest.len > 0 && (value == NULL || value->kind == JSON_NULL)) {
        value = find_path(object, slice_cut(&rest, '|'));
    }
    return value;
}

static struct slice time_text(struct cli *cli, const struct json *value, bool as_age)
{
    bool utc = cli_has(cli, OPTION_UTC);
    int64_t at_us = 0;
    struct status status = clock_parse_rfc3339(value->text, &at_us);

    if (!status_ok(&status)) {
        return value->text;
    }
    return as_age && !utc ? text_age(&cli->arena, cli->now_us, at_us)
                          : text_time(&cli->arena, at_us, utc);
}

static struct slice duration_text(struct cli *cli, const struct json *value)
{
    int64_t ms = 0;
    struct status status = json_i64(value, INT64_MIN, INT64_MAX, &ms);

    return status_ok(&status) ? text_duration(&cli->arena, ms) : value->text;
}

static struct slice list_text(struct cli *cli, const struct json *value)
{
    CLEANUP(buf_done) struct buf out = { 0 };

    for (const struct json *at = value->first; at != NULL; at = at->next) {
        buf_add_cstr(&out, out.len > 0 ? ", " : "");
        buf_add_slice(&out, at->text);
    }
    return arena_copy(&cli->arena, buf_slice(&out));
}

struct slice view_value(struct cli *cli, const struct json *object, const struct view_field *field)
{
    const struct json *value = find(object, field->key);

    if (value == NULL || value->kind == JSON_NULL) {
        return SLICE("");
    }
    switch (field->kind) {
    case VIEW_TEXT:
    case VIEW_NUMBER:
        return value->text;
    case VIEW_TRUTH:
        return value->truth ? SLICE("yes") : SLICE("no");
    case VIEW_AGE:
        return time_text(cli, value, true);
    case VIEW_TIME:
        return time_text(cli, value, false);
    case VIEW_MS:
        return duration_text(cli, value);
    case VIEW_LIST:
        return list_text(cli, value);
    case VIEW_COUNT:
        return arena_printf(&cli->arena, "%zu", value->count);
    }
    return SLICE("");
}

static void add_row(struct cli *cli, struct table *table, const struct json *object,
                    const struct view_field *fields)
{
    struct slice cells[TABLE_COLUMNS_MAX];

    for (size_t i = 0; i < table->columns; i++) {
        cells[i] = view_value(cli, object, &fields[i]);
    }
    table_add(cli, table, cells);
}

void view_table(struct cli *cli, const struct json *array, const struct view_field *fields,
                size_t count, size_t indent, struct buf *out)
{
    const char *heads[TABLE_COLUMNS_MAX];
    struct table table = { .heads = heads, .columns = count, .indent = indent };

    for (size_t i = 0; i < count; i++) {
        heads[i] = fields[i].label;
    }
    for (const struct json *at = array != NULL ? array->first : NULL; at != NULL; at = at->next) {
        add_row(cli, &table, at, fields);
    }
    if (table.rows > 0) {
        table_print(cli, &table, out);
    }
}

void view_section(struct cli *cli, const char *head, const struct json *array,
                  const struct view_field *fields, size_t count, struct buf *out)
{
    if (array != NULL && array->count > 0) {
        buf_printf(out, "\n%s\n", head);
        view_table(cli, array, fields, count, 2, out);
    }
}

void view_fields(struct cli *cli, const struct json *object, const struct view_field *fields,
                 size_t count, struct buf *out)
{
    struct table table = { .columns = 2 };

    for (size_t i = 0; i < count; i++) {
        struct slice cells[2] = { slice_from(fields[i].label),
                                  view_value(cli, object, &fields[i]) };
        if (cells[1].len > 0) {
            table_add(cli, &table, cells);
        }
    }
    table_print(cli, &table, out);
}

void view_members(struct cli *cli, const struct json *object, size_t indent, struct buf *out)
{
    struct table table = { .columns = 2, .indent = indent };

    for (const struct json *at = object->first; at != NULL; at = at->next) {
        struct slice text = at->text;
        if (at->kind == JSON_BOOL) {
            text = at->truth ? SLICE("yes") : SLICE("no");
        }
        if (text.len > 0) {
            table_add(cli, &table, (struct slice[]){ at->key, text });
        }
    }
    table_print(cli, &table, out);
}

/* Nodes have a name and no id. */
static struct slice id_of(struct cli *cli, const struct json *object)
{
    struct slice id = json_text(object, "id");

    return text_safe(&cli->arena, id.len > 0 ? id : json_text(object, "name"));
}

void view_object(struct cli *cli, const struct json *object)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    struct slice id = id_of(cli, object);

    if (cli->format != CLI_NAME) {
        daemon_print(cli, object);
        return;
    }
    buf_printf(&out, "%.*s\n", SLICE_ARG(id));
    report_answer(buf_slice(&out));
}

static void print_names(struct cli *cli, const struct daemon_list *list, struct buf *out)
{
    for (size_t i = 0; i < list->count; i++) {
        struct slice id = id_of(cli, list->items[i]);
        buf_printf(out, "%.*s\n", SLICE_ARG(id));
    }
}

static void print_table(struct cli *cli, const struct daemon_list *list,
                        const struct view_field *fields, size_t count, struct buf *out)
{
    const char *heads[TABLE_COLUMNS_MAX];
    struct table table = { .heads = heads, .columns = count };

    for (size_t i = 0; i < count; i++) {
        heads[i] = fields[i].label;
    }
    for (size_t i = 0; i < list->count; i++) {
        add_row(cli, &table, list->items[i], fields);
    }
    if (table.rows == 0) {
        report_line(cli, "no %ss", cli->command->noun);
        return;
    }
    table_print(cli, &table, out);
    if (list->more.ptr != NULL) {
        report_line(cli, "there are more: `--limit N` shows them");
    }
}

enum cli_exit view_read_list(struct cli *cli, struct slice text, struct daemon_list *list)
{
    const struct json *array = NULL;
    enum cli_exit code =
        report_status(cli, json_read(&cli->arena, arena_copy(&cli->arena, text), &array));

    if (code != CLI_DONE) {
        return code;
    }
    list->items = ARENA_NEW(&cli->arena, const struct json *, array->count + 1);
    for (const struct json *at = array->first; at != NULL; at = at->next) {
        list->items[list->count++] = at;
    }
    return CLI_DONE;
}

void view_list(struct cli *cli, const struct daemon_list *list, const struct view_field *fields,
               size_t count)
{
    CLEANUP(buf_done) struct buf out = { 0 };

    switch (cli->format) {
    case CLI_JSON:
        daemon_print_list(cli, list);
        return;
    case CLI_NAME:
        print_names(cli, list, &out);
        break;
    case CLI_SARIF:
    case CLI_GITHUB: /* refused before: no command with a list scans or annotates */
        break;
    case CLI_TABLE:
        print_table(cli, list, fields, count, &out);
        break;
    }
    report_answer(buf_slice(&out));
}

enum cli_exit view_list_command(struct cli *cli, const char *path, const char *query,
                                const struct view_field *fields, size_t count)
{
    struct daemon_list list = { 0 };
    enum cli_exit code = daemon_list(cli, path, query, &list);

    if (code == CLI_DONE) {
        view_list(cli, &list, fields, count);
    }
    return code;
}
