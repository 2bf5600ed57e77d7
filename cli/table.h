/* cli/table.h - rows for people: columns as wide as their widest cell, two blanks between. */
#ifndef REDAN_CLI_TABLE_H
#define REDAN_CLI_TABLE_H

#include "base/buf.h"
#include "cli/cli.h"

enum { TABLE_COLUMNS_MAX = 16 };

struct table_row;

/* `(struct table){ .heads = heads, .columns = COUNT_OF(heads) }` */
struct table {
    const char *const *heads; /* NULL: no head line */
    size_t columns;
    size_t indent; /* blanks before each line */
    struct table_row *first, *last;
    size_t rows;
};

/* Copies and escapes the cells; empty ones show as "-". */
void table_add(struct cli *cli, struct table *table, const struct slice *cells);
/* State words are painted when stdout has colour. */
void table_print(const struct cli *cli, const struct table *table, struct buf *out);

#endif
