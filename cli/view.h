/* cli/view.h - JSON objects as tables and as lists of fields, driven by rows of data. */
#ifndef REDAN_CLI_VIEW_H
#define REDAN_CLI_VIEW_H

#include "base/buf.h"
#include "base/json.h"
#include "cli/cli.h"
#include "cli/daemon.h"

enum view_kind {
    VIEW_TEXT,
    VIEW_NUMBER,
    VIEW_TRUTH, /* "yes", "no" */
    VIEW_AGE,   /* of a time; with --utc the time */
    VIEW_TIME,
    VIEW_MS,   /* a duration */
    VIEW_LIST, /* texts or numbers, joined by ", " */
    VIEW_COUNT /* how many elements */
};

struct view_field {
    const char *label; /* column head, or name before the value */
    const char *key;   /* "a.b" looks into an inner object; "a|b": the first that is not null */
    enum view_kind kind;
};

/* The value as text, in the run's arena; "" when it is absent or null. */
struct slice view_value(struct cli *cli, const struct json *object, const struct view_field *field);

/* One row an element of `array` (NULL: none). `indent` blanks before each line. */
void view_table(struct cli *cli, const struct json *array, const struct view_field *fields,
                size_t count, size_t indent, struct buf *out);
/* The same below a head, after a blank line; nothing at all when there are no rows. */
void view_section(struct cli *cli, const char *head, const struct json *array,
                  const struct view_field *fields, size_t count, struct buf *out);
/* "label  value" lines; what is absent is left out. */
void view_fields(struct cli *cli, const struct json *object, const struct view_field *fields,
                 size_t count, struct buf *out);

/* Every scalar member, by its key. */
void view_members(struct cli *cli, const struct json *object, size_t indent, struct buf *out);
/* The object as JSON, or (with -o name) its id. */
void view_object(struct cli *cli, const struct json *object);

/* A whole list command: asks, then prints in the format that was asked for. */
enum cli_exit view_list_command(struct cli *cli, const char *path, const char *query,
                                const struct view_field *fields, size_t count);
/* `text`, an array of objects, as the items of a list; `list->kind` is the caller's. */
enum cli_exit view_read_list(struct cli *cli, struct slice text, struct daemon_list *list);
/* A list that is here already. */
void view_list(struct cli *cli, const struct daemon_list *list, const struct view_field *fields,
               size_t count);

#endif
