#include "base/config.h"

#include "base/config_kind.h"
#include "base/yaml.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

enum code {
    CODE_UNKNOWN_KEY = 701,
    CODE_VALUE = 702,
    CODE_REQUIRED = 703,
    CODE_SHAPE = 704,
    CODE_DOCUMENTS = 705,
    CODE_RULE = 706
};

enum { NEAR_DISTANCE = 2 };

struct reader {
    struct arena *arena;
    struct diag_list *diags;
};

/* Recursion is as deep as the tables of a program, which are constants.
 * NOLINTBEGIN(misc-no-recursion) */

static void read_table(const struct reader *reader, const struct config_table *table,
                       const struct yaml_node *mapping, void *out);

static void *field_of(void *values, const struct config_row *row)
{
    return (char *)values + row->offset;
}

/* --- defaults -------------------------------------------------------------------------------- */

static void set_default(struct arena *arena, const struct config_row *row, void *field)
{
    const struct config_kind_ops *ops = config_kind_ops(row->kind);

    if (row->kind == CONFIG_TABLE) {
        config_defaults(arena, row->table, field);
    } else if (ops->is_scalar && row->fallback != NULL) {
        struct status status = ops->read(arena, row, slice_from(row->fallback), field);
        assert(status_ok(&status)); /* the table itself is wrong */
        (void)status;
    }
}

void config_defaults(struct arena *arena, const struct config_table *table, void *out)
{
    assert(table->row_count <= CONFIG_ROWS_MAX);
    memset(out, 0, table->size);
    for (size_t i = 0; i < table->row_count; i++) {
        set_default(arena, &table->rows[i], field_of(out, &table->rows[i]));
    }
}

/* --- values ---------------------------------------------------------------------------------- */

static const char *kind_name(const struct yaml_node *node)
{
    static const char *const names[] = {
        [YAML_SCALAR] = "a single value", [YAML_SEQUENCE] = "a list", [YAML_MAPPING] = "a mapping"
    };

    return names[node->kind];
}

static bool has_shape(const struct reader *reader, const struct yaml_node *node,
                      enum yaml_kind wanted, struct slice name)
{
    const struct yaml_node example = { .kind = wanted };

    if (node->kind == wanted) {
        return true;
    }
    struct diag *diag = diag_add(reader->diags, DIAG_ERROR, CODE_SHAPE, yaml_span(node),
                                 "`%.*s` is %s", SLICE_ARG(name), kind_name(node));
    diag_label(reader->diags, diag, "expected %s", kind_name(&example));
    diag_help(reader->diags, diag, "%s",
              wanted == YAML_SEQUENCE  ? "write `[a, b]`, or one `- item` a line"
              : wanted == YAML_MAPPING ? "write `key: value` lines below it"
                                       : "write one value after the colon");
    return false;
}

static void report_value(const struct reader *reader, const struct config_row *row,
                         const struct yaml_node *node, const struct status *status)
{
    struct diag *diag = diag_add(reader->diags, DIAG_ERROR, CODE_VALUE, yaml_span(node),
                                 "bad value for `%s`", row->key);

    diag_label(reader->diags, diag, "%s", status->msg);
    diag_help(reader->diags, diag, "%s: %s", row->key, row->doc);
}

static void read_scalar(const struct reader *reader, const struct config_row *row,
                        const struct yaml_node *node, void *field)
{
    const struct config_kind_ops *ops = config_kind_ops(row->kind);

    if (!has_shape(reader, node, YAML_SCALAR, slice_from(row->key))) {
        return;
    }
    struct status status = ops->read(reader->arena, row, node->text, field);
    if (status_ok(&status) && row->check != NULL) {
        status = row->check(node->text);
    }
    if (!status_ok(&status)) {
        report_value(reader, row, node, &status);
    }
}

static bool count_is_good(const struct reader *reader, const struct config_row *row,
                          const struct yaml_node *node)
{
    bool bounded = row->min != 0 || row->max != 0;
    int64_t min = bounded ? row->min : 0;
    int64_t max = bounded ? row->max : CONFIG_ITEMS_MAX;

    if ((int64_t)node->count >= min && (int64_t)node->count <= max) {
        return true;
    }
    struct status status = status_error(
        STATUS_INVALID, "expected %" PRId64 " to %" PRId64 " items, got %u", min, max, node->count);
    report_value(reader, row, node, &status);
    return false;
}

static void read_texts(const struct reader *reader, const struct config_row *row,
                       const struct yaml_node *node, void *field)
{
    struct config_texts *out = field;
    size_t count = 0;

    if (!has_shape(reader, node, YAML_SEQUENCE, slice_from(row->key)) ||
        !count_is_good(reader, row, node)) {
        return;
    }
    struct slice *items = ARENA_NEW(reader->arena, struct slice, node->count + 1);
    for (const struct yaml_node *at = node->first; at != NULL; at = at->next) {
        if (!has_shape(reader, at, YAML_SCALAR, slice_from(row->key))) {
            continue;
        }
        struct status status = row->check != NULL ? row->check(at->text) : STATUS_SUCCESS;
        if (!status_ok(&status)) {
            report_value(reader, row, at, &status);
        }
        items[count++] = arena_copy(reader->arena, at->text);
    }
    *out = (struct config_texts){ items, count };
}

static void read_tables(const struct reader *reader, const struct config_row *row,
                        const struct yaml_node *node, void *field)
{
    struct config_tables *out = field;
    size_t count = 0;

    if (!has_shape(reader, node, YAML_SEQUENCE, slice_from(row->key)) ||
        !count_is_good(reader, row, node)) {
        return;
    }
    char *items = arena_alloc(reader->arena, node->count + 1, row->table->size);
    for (const struct yaml_node *at = node->first; at != NULL; at = at->next) {
        if (has_shape(reader, at, YAML_MAPPING, slice_from(row->table->name))) {
            read_table(reader, row->table, at, items + count * row->table->size);
            count++;
        }
    }
    *out = (struct config_tables){ items, count };
}

static void read_value(const struct reader *reader, const struct config_row *row,
                       const struct yaml_node *node, void *field)
{
    switch (row->kind) {
    case CONFIG_TEXT:
    case CONFIG_PATH:
    case CONFIG_ADDRESS:
    case CONFIG_U32:
    case CONFIG_BOOL:
    case CONFIG_DURATION:
    case CONFIG_BYTES:
    case CONFIG_ENUM:
        read_scalar(reader, row, node, field);
        break;
    case CONFIG_TEXTS:
        read_texts(reader, row, node, field);
        break;
    case CONFIG_TABLE:
        if (has_shape(reader, node, YAML_MAPPING, slice_from(row->key))) {
            read_table(reader, row->table, node, field);
        }
        break;
    case CONFIG_TABLES:
        read_tables(reader, row, node, field);
        break;
    }
}

/* --- keys ------------------------------------------------------------------------------------ */

static void report_unknown(const struct reader *reader, const struct config_table *table,
                           const struct yaml_node *node)
{
    struct diag *diag = diag_add(reader->diags, DIAG_ERROR, CODE_UNKNOWN_KEY, yaml_key_span(node),
                                 "`%.*s` is not a key of %s", SLICE_ARG(node->key), table->name);
    size_t best = NEAR_DISTANCE + 1;
    const char *nearest = NULL;
    CLEANUP(buf_done) struct buf known = { 0 };

    for (size_t i = 0; i < table->row_count; i++) {
        size_t distance = slice_distance(node->key, slice_from(table->rows[i].key), NEAR_DISTANCE);
        if (distance < best) {
            best = distance;
            nearest = table->rows[i].key;
        }
        buf_printf(&known, "%s`%s`", i > 0 ? ", " : "", table->rows[i].key);
    }
    if (nearest != NULL) {
        diag_help(reader->diags, diag, "did you mean `%s`?", nearest);
        (void)diag_fix(reader->diags, diag, true, yaml_key_span(node), slice_from(nearest),
                       "replace with `%s`", nearest);
    } else {
        diag_help(reader->diags, diag, "keys here are %s", known.ptr);
    }
}

static void read_member(const struct reader *reader, const struct config_table *table,
                        const struct yaml_node *node, void *out, bool *seen)
{
    for (size_t i = 0; i < table->row_count; i++) {
        if (slice_is(node->key, table->rows[i].key)) {
            if (!seen[i]) { /* a repeated key is an error already; the first one counts */
                read_value(reader, &table->rows[i], node, field_of(out, &table->rows[i]));
            }
            seen[i] = true;
            return;
        }
    }
    if (node->key.len > 0) { /* else the key itself was refused */
        report_unknown(reader, table, node);
    }
}

static void check_required(const struct reader *reader, const struct config_table *table,
                           const struct yaml_node *mapping, const bool *seen)
{
    for (size_t i = 0; i < table->row_count; i++) {
        if (table->rows[i].required && !seen[i]) {
            struct diag *diag =
                diag_add(reader->diags, DIAG_ERROR, CODE_REQUIRED, yaml_span(mapping),
                         "%s needs a value for `%s`", table->name, table->rows[i].key);
            diag_help(reader->diags, diag, "%s: %s", table->rows[i].key, table->rows[i].doc);
        }
    }
}

static void read_table(const struct reader *reader, const struct config_table *table,
                       const struct yaml_node *mapping, void *out)
{
    bool seen[CONFIG_ROWS_MAX] = { false };
    size_t errors_before = reader->diags->errors;

    config_defaults(reader->arena, table, out);
    for (const struct yaml_node *at = mapping->first; at != NULL; at = at->next) {
        read_member(reader, table, at, out, seen);
    }
    check_required(reader, table, mapping, seen);
    if (table->check == NULL || reader->diags->errors != errors_before) {
        return;
    }
    struct status status = table->check(out);
    if (!status_ok(&status)) {
        struct diag *diag =
            diag_add(reader->diags, DIAG_ERROR, CODE_RULE, yaml_span(mapping), "%s", status.msg);
        diag_help(reader->diags, diag, "%s: %s", table->name, table->doc);
    }
}

/* NOLINTEND(misc-no-recursion) */

bool config_read(struct arena *arena, const struct diag_source *source,
                 const struct config_table *table, void *out, struct diag_list *diags)
{
    struct reader reader = { arena, diags };
    size_t errors_before = diags->errors;
    const struct yaml_document *document = yaml_read(arena, source, diags);
    const struct yaml_node empty = { .kind = YAML_MAPPING, .source = source, .line = 1 };

    config_defaults(arena, table, out);
    if (diags->errors != errors_before) {
        return false;
    }
    const struct yaml_node *root = document != NULL ? document->root : NULL;
    bool nothing = root == NULL || (root->kind == YAML_SCALAR && root->text.len == 0);
    if (nothing) {
        root = &empty;
    }
    if (has_shape(&reader, root, YAML_MAPPING, slice_from(source->name))) {
        read_table(&reader, table, root, out);
    }
    if (document != NULL && document->next != NULL) {
        struct diag_span at =
            document->next->root != NULL ? yaml_span(document->next->root) : yaml_span(&empty);
        struct diag *diag = diag_add(diags, DIAG_ERROR, CODE_DOCUMENTS, at,
                                     "the file holds more than one document");
        diag_help(diags, diag, "a configuration is one document: remove the `---`");
    }
    diag_sort(diags);
    return diags->errors == errors_before;
}
