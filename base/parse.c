#include "base/parse.h"

#include "base/wide.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static struct status not_a(const char *what, struct slice text)
{
    return status_error(STATUS_INVALID, "`%.*s` is not %s", SLICE_ARG(text), what);
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* Digits only, no overflow. */
static bool read_digits(struct slice text, uint64_t *out)
{
    uint64_t value = 0;

    if (text.len == 0) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (!is_digit(text.ptr[i]) || __builtin_mul_overflow(value, (uint64_t)10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(text.ptr[i] - '0'), &value)) {
            return false;
        }
    }
    *out = value;
    return true;
}

struct status parse_u64(struct slice text, uint64_t min, uint64_t max, uint64_t *out)
{
    uint64_t value = 0;

    if (!read_digits(text, &value) || value < min || value > max) {
        return status_error(STATUS_INVALID, "`%.*s` is not a number from %" PRIu64 " to %" PRIu64,
                            SLICE_ARG(text), min, max);
    }
    *out = value;
    return STATUS_SUCCESS;
}

struct status parse_u32(struct slice text, uint32_t min, uint32_t max, uint32_t *out)
{
    uint64_t value = 0;

    TRY(parse_u64(text, min, max, &value));
    *out = (uint32_t)value;
    return STATUS_SUCCESS;
}

struct status parse_i64(struct slice text, int64_t min, int64_t max, int64_t *out)
{
    bool negative = text.len > 0 && text.ptr[0] == '-';
    uint64_t magnitude = 0;
    int64_t value = 0;

    bool good = read_digits(negative ? slice_sub(text, 1, text.len) : text, &magnitude);
    if (good && negative) {
        good = !__builtin_sub_overflow((int64_t)0, magnitude, &value);
    } else if (good) {
        good = !__builtin_add_overflow((int64_t)0, magnitude, &value);
    }
    if (!good || value < min || value > max) {
        return status_error(STATUS_INVALID, "`%.*s` is not a number from %" PRId64 " to %" PRId64,
                            SLICE_ARG(text), min, max);
    }
    *out = value;
    return STATUS_SUCCESS;
}

struct status parse_bool(struct slice text, bool *out)
{
    if (slice_is(text, "true")) {
        *out = true;
    } else if (slice_is(text, "false")) {
        *out = false;
    } else {
        return not_a("`true` or `false`", text);
    }
    return STATUS_SUCCESS;
}

static int hex_value(char byte)
{
    if (is_digit(byte)) {
        return byte - '0';
    }
    if (byte >= 'a' && byte <= 'f') {
        return byte - 'a' + 10;
    }
    return byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
}

struct status parse_hex(struct slice text, uint8_t *out, size_t out_bytes)
{
    if (text.len != out_bytes * 2) {
        return status_error(STATUS_INVALID, "expected %zu hexadecimal digits, got %zu",
                            out_bytes * 2, text.len);
    }
    for (size_t i = 0; i < text.len; i++) {
        if (hex_value(text.ptr[i]) < 0) {
            return status_error(STATUS_INVALID, "not a hexadecimal digit at place %zu", i + 1);
        }
    }
    for (size_t i = 0; i < out_bytes; i++) {
        out[i] = (uint8_t)(hex_value(text.ptr[2 * i]) * 16 + hex_value(text.ptr[2 * i + 1]));
    }
    return STATUS_SUCCESS;
}

/* "12.5" as 125 over 10^1; trailing zeros after the point do not count. */
static bool read_decimal(struct slice text, uint64_t *out_digits, uint64_t *out_over)
{
    struct slice rest = text;
    struct slice whole = slice_cut(&rest, '.');
    uint64_t value = 0;
    uint64_t over = 1;

    if (!read_digits(whole, &value) || (whole.len < text.len && rest.len == 0)) {
        return false;
    }
    while (rest.len > 0 && rest.ptr[rest.len - 1] == '0') {
        rest.len--;
    }
    for (size_t i = 0; i < rest.len; i++) {
        if (!is_digit(rest.ptr[i]) || __builtin_mul_overflow(over, (uint64_t)10, &over) ||
            __builtin_mul_overflow(value, (uint64_t)10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(rest.ptr[i] - '0'), &value)) {
            return false;
        }
    }
    *out_digits = value;
    *out_over = over;
    return true;
}

size_t parse_number_len(struct slice text)
{
    size_t len = 0;

    while (len < text.len && (is_digit(text.ptr[len]) || text.ptr[len] == '.')) {
        len++;
    }
    return len;
}

bool parse_scaled(struct slice text, const struct parse_unit *units, size_t unit_count,
                  uint64_t max, uint64_t *out)
{
    size_t split = parse_number_len(text);
    uint64_t value = 0;
    uint64_t over = 1;

    struct slice name = slice_sub(text, split, text.len);
    if (name.len > 1 && name.ptr[0] == ' ') {
        name = slice_sub(name, 1, name.len);
    }
    if (!read_decimal(slice_sub(text, 0, split), &value, &over)) {
        return false;
    }
    for (size_t i = 0; i < unit_count; i++) {
        if (!slice_is(name, units[i].name)) {
            continue;
        }
        wide_t product = (wide_t)value * units[i].factor;
        if (product % over != 0 || product / over > max) {
            return false;
        }
        *out = (uint64_t)(product / over);
        return true;
    }
    return false;
}

static const struct parse_unit duration_units[] = {
    { "ms", 1 },      { "s", 1000 },     { "m", 60000 },     { "min", 60000 },
    { "h", 3600000 }, { "d", 86400000 }, { "w", 604800000 },
};
static const uint64_t century_ms = (uint64_t)36525 * 86400000;

struct status parse_duration_ms(struct slice text, int64_t *out_ms)
{
    uint64_t value = 0;

    if (!parse_scaled(text, duration_units, COUNT_OF(duration_units), century_ms, &value)) {
        return not_a("a duration (like `30 s`, `5m`, `1.5h`, `30d`)", text);
    }
    *out_ms = (int64_t)value;
    return STATUS_SUCCESS;
}

enum { PPB_PER_PERCENT = 10 * 1000 * 1000, PPB_WHOLE = 1000 * 1000 * 1000 };

struct status parse_percent_ppb(struct slice text, int64_t *out_ppb)
{
    static const struct parse_unit units[] = { { "%", PPB_PER_PERCENT } };
    uint64_t value = 0;

    if (!parse_scaled(text, units, COUNT_OF(units), PPB_WHOLE, &value)) {
        return not_a("a percentage (like `99.99 %`)", text);
    }
    *out_ppb = (int64_t)value;
    return STATUS_SUCCESS;
}

#define KI ((uint64_t)1 << 10)

/* Ascending, but the first, which is for texts without a unit. */
static const struct parse_unit byte_units[] = {
    { "", 1 },
    { "B", 1 },
    { "kB", 1000 },
    { "KiB", KI },
    { "MB", 1000000 },
    { "MiB", KI *KI },
    { "GB", 1000000000 },
    { "GiB", KI *KI *KI },
    { "TB", 1000000000000 },
    { "TiB", KI *KI *KI *KI },
    { "PB", 1000000000000000 },
    { "PiB", KI *KI *KI *KI *KI },
};
static const struct parse_unit bit_rate_units[] = {
    { "bit/s", 1 },
    { "kbit/s", 1000 },
    { "Kibit/s", KI },
    { "Mbit/s", 1000000 },
    { "Mibit/s", KI *KI },
    { "Gbit/s", 1000000000 },
    { "Gibit/s", KI *KI *KI },
    { "Tbit/s", 1000000000000 },
    { "Tibit/s", KI *KI *KI *KI },
};

struct status parse_bytes(struct slice text, uint64_t *out_bytes)
{
    if (!parse_scaled(text, byte_units, COUNT_OF(byte_units), INT64_MAX, out_bytes)) {
        return not_a("a size (like `64 KiB`, `10 GB`)", text);
    }
    return STATUS_SUCCESS;
}

struct status parse_bit_rate(struct slice text, uint64_t *out_bits_per_s)
{
    if (!parse_scaled(text, bit_rate_units, COUNT_OF(bit_rate_units), INT64_MAX, out_bits_per_s)) {
        return not_a("a bit rate (like `100 Mbit/s`, `10 Gbit/s`)", text);
    }
    return STATUS_SUCCESS;
}

static void format_scaled(uint64_t amount, const struct parse_unit *units, size_t unit_count,
                          char out[PARSE_TEXT_MAX])
{
    size_t unit = amount > 0 ? unit_count - 1 : 0;

    while (unit > 0 && amount % units[unit].factor != 0) {
        unit--;
    }
    (void)snprintf(out, PARSE_TEXT_MAX, "%" PRIu64 " %s", amount / units[unit].factor,
                   units[unit].name);
}

void format_bytes(uint64_t bytes, char out[PARSE_TEXT_MAX])
{
    format_scaled(bytes, byte_units + 1, COUNT_OF(byte_units) - 1, out);
}

void format_bit_rate(uint64_t bits_per_s, char out[PARSE_TEXT_MAX])
{
    format_scaled(bits_per_s, bit_rate_units, COUNT_OF(bit_rate_units), out);
}

void format_duration_ms(int64_t ms, char out[PARSE_TEXT_MAX])
{
    static const struct parse_unit largest_first[] = {
        { "d", 86400000 }, { "h", 3600000 }, { "min", 60000 }, { "s", 1000 }
    };

    for (size_t i = 0; i < COUNT_OF(largest_first); i++) {
        int64_t factor = (int64_t)largest_first[i].factor;
        if (ms != 0 && ms % factor == 0) {
            (void)snprintf(out, PARSE_TEXT_MAX, "%" PRId64 " %s", ms / factor,
                           largest_first[i].name);
            return;
        }
    }
    (void)snprintf(out, PARSE_TEXT_MAX, "%" PRId64 " ms", ms);
}

void format_percent_ppb(int64_t ppb, char out[PARSE_TEXT_MAX])
{
    char digits[PARSE_TEXT_MAX];
    int len = snprintf(digits, sizeof(digits), "%" PRId64 ".%07" PRId64, ppb / PPB_PER_PERCENT,
                       ppb % PPB_PER_PERCENT);

    while (len > 0 && digits[len - 1] == '0') {
        digits[--len] = '\0';
    }
    if (len > 0 && digits[len - 1] == '.') {
        digits[--len] = '\0';
    }
    (void)snprintf(out, PARSE_TEXT_MAX, "%.*s %%", PARSE_TEXT_MAX - 3, digits);
}
