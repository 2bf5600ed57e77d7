#include "cli/table.h"

#include <assert.h>

#include "cli/text.h"

struct table_row {
    struct table_row *next;
    struct slice cells[TABLE_COLUMNS_MAX];
};

void table_add(struct cli *cli, struct table *table, const struct slice *cells)
{
    struct table_row *row = ARENA_NEW(&cli->arena, struct table_row, 1);

    assert(table->columns <= TABLE_COLUMNS_MAX);
    for (size_t i = 0; i < table->columns; i++) {
        row->cells[i] = cells[i].len > 0 ? text_safe(&cli->arena, cells[i]) : SLICE("-");
    }
    if (table->last == NULL) {
        table->first = row;
    } else {
        table->last->next = row;
    }
    table->last = row;
    table->rows++;
}

static size_t width_of(const struct table *table, size_t column, bool with_heads)
{
    size_t width = with_heads ? text_columns(slice_from(table->heads[column])) : 0;

    for (const struct table_row *row = table->first; row != NULL; row = row->next) {
        size_t columns = text_columns(row->cells[column]);
        width = columns > width ? columns : width;
    }
    return width;
}

static void put_blanks(struct buf *out, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buf_add_char(out, ' ');
    }
}

struct layout {
    const struct table *table;
    bool color;
    size_t widths[TABLE_COLUMNS_MAX];
};

static void put_line(const struct layout *layout, const struct slice *cells, bool is_head,
                     struct buf *out)
{
    size_t last = layout->table->columns - 1;

    put_blanks(out, layout->table->indent);
    for (size_t i = 0; i <= last; i++) {
        enum tint tint = is_head ? TINT_STRONG : text_tint_of(cells[i]);
        text_paint(out, layout->color, tint, cells[i]);
        if (i < last) {
            put_blanks(out, layout->widths[i] - text_columns(cells[i]) + 2);
        }
    }
    buf_add_char(out, '\n');
}

void table_print(const struct cli *cli, const struct table *table, struct buf *out)
{
    struct layout layout = { .table = table, .color = cli->color_out };
    bool with_heads = table->heads != NULL && !cli_has(cli, OPTION_NO_HEADERS);
    struct slice heads[TABLE_COLUMNS_MAX] = { 0 };

    for (size_t i = 0; i < table->columns; i++) {
        layout.widths[i] = width_of(table, i, with_heads);
        heads[i] = with_heads ? slice_from(table->heads[i]) : SLICE("");
    }
    if (with_heads) {
        put_line(&layout, heads, true, out);
    }
    for (const struct table_row *row = table->first; row != NULL; row = row->next) {
        put_line(&layout, row->cells, false, out);
    }
}
