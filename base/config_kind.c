#include "base/config_kind.h"

#include "base/parse.h"
#include "base/utf8.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

enum { BYTE_ORDER_MARK = 0xFEFF };

/* A row without bounds gets the kind's own. */
static bool has_bounds(const struct config_row *row)
{
    return row->min != 0 || row->max != 0;
}

static struct status read_text(struct arena *arena, const struct config_row *row, struct slice text,
                               void *field)
{
    uint64_t min = has_bounds(row) ? (uint64_t)row->min : 0;
    uint64_t max = has_bounds(row) ? (uint64_t)row->max : CONFIG_TEXT_MAX;
    struct slice *out = field;

    if (text.len < min || text.len > max) {
        return status_error(STATUS_INVALID,
                            "expected a text of %" PRIu64 " to %" PRIu64 " bytes, got %zu", min,
                            max, text.len);
    }
    if (slice_find(text, '\0') < text.len) {
        return status_error(STATUS_INVALID, "expected a text without a NUL byte");
    }
    *out = arena_copy(arena, text);
    return STATUS_SUCCESS;
}

static struct status read_path(struct arena *arena, const struct config_row *row, struct slice text,
                               void *field)
{
    if (text.len == 0) {
        return status_error(STATUS_INVALID, "expected a path, got nothing");
    }
    return read_text(arena, row, text, field);
}

static struct status read_address(struct arena *arena, const struct config_row *row,
                                  struct slice text, void *field)
{
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.ptr[i] <= ' ' || (unsigned char)text.ptr[i] >= 0x7F) {
            return status_error(STATUS_INVALID, "expected an address without blanks");
        }
    }
    return read_path(arena, row, text, field);
}

static struct status read_u32(struct arena *arena, const struct config_row *row, struct slice text,
                              void *field)
{
    uint32_t min = has_bounds(row) ? (uint32_t)row->min : 0;
    uint32_t max = has_bounds(row) ? (uint32_t)row->max : UINT32_MAX;

    (void)arena;
    return parse_u32(text, min, max, field);
}

static struct status read_bool(struct arena *arena, const struct config_row *row, struct slice text,
                               void *field)
{
    (void)arena;
    (void)row;
    return parse_bool(text, field);
}

static struct status read_duration(struct arena *arena, const struct config_row *row,
                                   struct slice text, void *field)
{
    int64_t value = 0;

    (void)arena;
    TRY(parse_duration_ms(text, &value));
    if (has_bounds(row) && (value < row->min || value > row->max)) {
        char least[PARSE_TEXT_MAX];
        char most[PARSE_TEXT_MAX];
        format_duration_ms(row->min, least);
        format_duration_ms(row->max, most);
        return status_error(STATUS_INVALID, "`%.*s` is not a duration from %s to %s",
                            SLICE_ARG(text), least, most);
    }
    *(int64_t *)field = value;
    return STATUS_SUCCESS;
}

static struct status read_bytes(struct arena *arena, const struct config_row *row,
                                struct slice text, void *field)
{
    uint64_t value = 0;

    (void)arena;
    TRY(parse_bytes(text, &value));
    if (has_bounds(row) && (value < (uint64_t)row->min || value > (uint64_t)row->max)) {
        return status_error(STATUS_INVALID,
                            "`%.*s` is not a size from %" PRId64 " to %" PRId64 " bytes",
                            SLICE_ARG(text), row->min, row->max);
    }
    *(uint64_t *)field = value;
    return STATUS_SUCCESS;
}

static struct status read_enum(struct arena *arena, const struct config_row *row, struct slice text,
                               void *field)
{
    char known[160] = "";
    size_t used = 0;

    (void)arena;
    for (int i = 0; row->names[i] != NULL; i++) {
        if (slice_is(text, row->names[i])) {
            *(int *)field = i;
            return STATUS_SUCCESS;
        }
        int wrote = snprintf(known + used, sizeof(known) - used, "%s`%s`", i > 0 ? ", " : "",
                             row->names[i]);
        used += (size_t)wrote < sizeof(known) - used ? (size_t)wrote : 0;
    }
    return status_error(STATUS_INVALID, "`%.*s` is none of %s", SLICE_ARG(text), known);
}

/* Characters that mean nothing to YAML wherever they stand. */
static bool is_plain(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || (byte != '\0' && strchr("_./+=@-", byte) != NULL);
}

/* The first character of a text as it may stand in double quotes; returns its bytes. */
static size_t print_escaped(struct slice text, struct buf *out)
{
    uint32_t code = 0;
    size_t len = utf8_decode(text, &code);

    if (len == 0) { /* nothing a file could hold; keeps the output valid */
        code = '?';
    }
    if (code == '"' || code == '\\') {
        buf_printf(out, "\\%c", (int)code);
    } else if (utf8_is_control(code) || code == BYTE_ORDER_MARK) {
        buf_printf(out, "\\u%04" PRIx32, code);
    } else {
        buf_add_slice(out, len == 0 ? SLICE("?") : slice_sub(text, 0, len));
    }
    return len == 0 ? 1 : len;
}

void config_print_text(struct slice text, struct buf *out)
{
    bool plain = text.len > 0 && text.ptr[0] != '-' && text.ptr[0] != '=' && text.ptr[0] != '@';

    for (size_t i = 0; i < text.len; i++) {
        plain = plain && is_plain(text.ptr[i]);
    }
    if (plain) {
        buf_add_slice(out, text);
        return;
    }
    buf_add_char(out, '"');
    while (text.len > 0) {
        size_t len = print_escaped(text, out);
        text = slice_sub(text, len, text.len);
    }
    buf_add_char(out, '"');
}

static void print_text(const struct config_row *row, const void *field, struct buf *out)
{
    (void)row;
    config_print_text(*(const struct slice *)field, out);
}

static void print_u32(const struct config_row *row, const void *field, struct buf *out)
{
    (void)row;
    buf_printf(out, "%" PRIu32, *(const uint32_t *)field);
}

static void print_bool(const struct config_row *row, const void *field, struct buf *out)
{
    (void)row;
    buf_add_cstr(out, *(const bool *)field ? "true" : "false");
}

static void print_duration(const struct config_row *row, const void *field, struct buf *out)
{
    char text[PARSE_TEXT_MAX];

    (void)row;
    format_duration_ms(*(const int64_t *)field, text);
    buf_add_cstr(out, text);
}

static void print_bytes(const struct config_row *row, const void *field, struct buf *out)
{
    static const struct {
        const char *name;
        uint64_t factor;
    } largest_first[] = { { "GiB", 1U << 30 }, { "MiB", 1U << 20 }, { "KiB", 1U << 10 } };
    uint64_t value = *(const uint64_t *)field;

    (void)row;
    for (size_t i = 0; i < COUNT_OF(largest_first); i++) {
        if (value != 0 && value % largest_first[i].factor == 0) {
            buf_printf(out, "%" PRIu64 " %s", value / largest_first[i].factor,
                       largest_first[i].name);
            return;
        }
    }
    buf_printf(out, "%" PRIu64, value);
}

static void print_enum(const struct config_row *row, const void *field, struct buf *out)
{
    buf_add_cstr(out, row->names[*(const int *)field]);
}

static const struct config_kind_ops kinds[] = {
    [CONFIG_TEXT] = { "text", true, sizeof(struct slice), read_text, print_text },
    [CONFIG_PATH] = { "path", true, sizeof(struct slice), read_path, print_text },
    [CONFIG_ADDRESS] = { "address", true, sizeof(struct slice), read_address, print_text },
    [CONFIG_U32] = { "number", true, sizeof(uint32_t), read_u32, print_u32 },
    [CONFIG_BOOL] = { "true or false", true, sizeof(bool), read_bool, print_bool },
    [CONFIG_DURATION] = { "duration", true, sizeof(int64_t), read_duration, print_duration },
    [CONFIG_BYTES] = { "size", true, sizeof(uint64_t), read_bytes, print_bytes },
    [CONFIG_ENUM] = { "word", true, sizeof(int), read_enum, print_enum },
    [CONFIG_TEXTS] = { "list of texts", false, sizeof(struct config_texts), NULL, NULL },
    [CONFIG_TABLE] = { "mapping", false, 0, NULL, NULL },
    [CONFIG_TABLES] = { "list of mappings", false, sizeof(struct config_tables), NULL, NULL },
};

const struct config_kind_ops *config_kind_ops(enum config_kind kind)
{
    assert((size_t)kind < COUNT_OF(kinds));
    return &kinds[kind];
}
