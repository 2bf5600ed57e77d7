#include "base/config.h"
#include "base/config_kind.h"

#include <inttypes.h>

static const void *field_of(const void *values, const struct config_row *row)
{
    return (const char *)values + row->offset;
}

static void indent(struct buf *out, unsigned depth)
{
    for (unsigned i = 0; i < depth * 2; i++) {
        buf_add_char(out, ' ');
    }
}

/* Recursion is as deep as the tables of a program, which are constants.
 * NOLINTBEGIN(misc-no-recursion) */

static void print_table(const struct config_table *table, const void *values, unsigned depth,
                        bool in_item, struct buf *out);

/* An absent text without a default stays absent: an empty one may not be allowed in its place. */
static bool is_absent(const struct config_row *row, const void *field)
{
    const struct slice *text = field;

    return (row->kind == CONFIG_TEXT || row->kind == CONFIG_PATH || row->kind == CONFIG_ADDRESS) &&
           text->ptr == NULL;
}

static bool all_absent(const struct config_table *table, const void *values)
{
    for (size_t i = 0; i < table->row_count; i++) {
        if (!is_absent(&table->rows[i], field_of(values, &table->rows[i]))) {
            return false;
        }
    }
    return true;
}

static void print_texts(const struct config_texts *texts, struct buf *out)
{
    buf_add_cstr(out, " [");
    for (size_t i = 0; i < texts->count; i++) {
        buf_add_cstr(out, i > 0 ? ", " : "");
        config_print_text(texts->items[i], out);
    }
    buf_add_cstr(out, "]\n");
}

static void print_items(const struct config_row *row, const struct config_tables *tables,
                        unsigned depth, struct buf *out)
{
    if (tables->count == 0) {
        buf_add_cstr(out, " []\n");
        return;
    }
    buf_add_char(out, '\n');
    for (size_t i = 0; i < tables->count; i++) {
        indent(out, depth + 1);
        buf_add_cstr(out, "- ");
        print_table(row->table, (const char *)tables->items + i * row->table->size, depth + 2, true,
                    out);
    }
}

static void print_row(const struct config_row *row, const void *field, unsigned depth,
                      struct buf *out)
{
    const struct config_kind_ops *ops = config_kind_ops(row->kind);

    buf_printf(out, "%s:", row->key);
    if (row->kind == CONFIG_TABLE && all_absent(row->table, field)) {
        buf_add_cstr(out, " {}\n");
    } else if (row->kind == CONFIG_TABLE) {
        buf_add_char(out, '\n');
        print_table(row->table, field, depth + 1, false, out);
    } else if (row->kind == CONFIG_TABLES) {
        print_items(row, field, depth, out);
    } else if (row->kind == CONFIG_TEXTS) {
        print_texts(field, out);
    } else {
        buf_add_char(out, ' ');
        ops->print(row, field, out);
        buf_add_char(out, '\n');
    }
}

/* In an item of a list the first row stands on the line of the dash. */
static void print_table(const struct config_table *table, const void *values, unsigned depth,
                        bool in_item, struct buf *out)
{
    bool on_dash = in_item;

    for (size_t i = 0; i < table->row_count; i++) {
        const void *field = field_of(values, &table->rows[i]);
        if (is_absent(&table->rows[i], field)) {
            continue;
        }
        indent(out, on_dash ? 0 : depth);
        on_dash = false;
        print_row(&table->rows[i], field, depth, out);
    }
    if (on_dash) {
        buf_add_cstr(out, "{}\n");
    }
}

void config_print(const struct config_table *table, const void *values, struct buf *out)
{
    print_table(table, values, 0, false, out);
}

static void print_type(const struct config_row *row, struct buf *out)
{
    buf_add_cstr(out, config_kind_ops(row->kind)->name);
    if (row->kind == CONFIG_ENUM) {
        for (size_t i = 0; row->names[i] != NULL; i++) {
            buf_printf(out, "%s`%s`", i > 0 ? ", " : ": ", row->names[i]);
        }
    } else if (row->table != NULL) {
        buf_printf(out, " (%s)", row->table->name);
    }
}

static void print_manual_row(const struct config_row *row, struct buf *out)
{
    buf_printf(out, "| `%s` | ", row->key);
    print_type(row, out);
    if (row->required) {
        buf_add_cstr(out, " | required |");
    } else if (row->fallback != NULL) {
        buf_printf(out, " | `%s` |", row->fallback);
    } else {
        buf_add_cstr(out, " | |");
    }
    buf_printf(out, " %s |\n", row->doc);
}

void config_print_manual(const struct config_table *table, struct buf *out)
{
    buf_printf(out, "## %s\n\n%s\n\n", table->name, table->doc);
    buf_add_cstr(out, "| key | type | default | meaning |\n|---|---|---|---|\n");
    for (size_t i = 0; i < table->row_count; i++) {
        print_manual_row(&table->rows[i], out);
    }
    for (size_t i = 0; i < table->row_count; i++) {
        if (table->rows[i].table != NULL) {
            buf_add_char(out, '\n');
            config_print_manual(table->rows[i].table, out);
        }
    }
}

/* NOLINTEND(misc-no-recursion) */
