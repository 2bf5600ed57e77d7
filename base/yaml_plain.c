#include "base/yaml_plain.h"

#include <stddef.h>

static bool is_among(struct slice text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (slice_is(text, words[i])) {
            return true;
        }
    }
    return false;
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* How many bytes from `at` are digits of the base, or underscores. */
static size_t digits_at(struct slice text, size_t at, int base)
{
    size_t end = at;

    for (; end < text.len; end++) {
        char byte = text.ptr[end];
        int value = base;
        if (is_digit(byte)) {
            value = byte - '0';
        } else if (byte >= 'a' && byte <= 'f') {
            value = byte - 'a' + 10;
        } else if (byte >= 'A' && byte <= 'F') {
            value = byte - 'A' + 10;
        }
        if (value >= base && byte != '_') {
            break;
        }
    }
    return end - at;
}

/* "0x1F", "0o17", "0b101" */
static bool is_prefixed(struct slice text)
{
    static const struct {
        const char *prefix;
        int base;
    } bases[] = { { "0x", 16 }, { "0o", 8 }, { "0b", 2 } };

    for (size_t i = 0; i < COUNT_OF(bases); i++) {
        if (slice_starts(text, slice_from(bases[i].prefix))) {
            return text.len > 2 && digits_at(text, 2, bases[i].base) == text.len - 2;
        }
    }
    return false;
}

/* "22:22", "190:20:30.15": base 60, of YAML 1.1 */
static bool is_sexagesimal(struct slice text)
{
    size_t at = digits_at(text, 0, 10);
    size_t parts = 0;

    while (at > 0 && at + 1 < text.len && text.ptr[at] == ':' && is_digit(text.ptr[at + 1])) {
        bool two = at + 2 < text.len && is_digit(text.ptr[at + 2]);
        if (two && text.ptr[at + 1] > '5') {
            return false;
        }
        at += two ? 3 : 2;
        parts++;
    }
    if (at < text.len && text.ptr[at] == '.') {
        at += 1 + digits_at(text, at + 1, 10);
    }
    return parts > 0 && at == text.len;
}

/* "12", "012", "1.5", ".5", "1e3" */
static bool is_decimal(struct slice text)
{
    size_t whole = digits_at(text, 0, 10);
    size_t at = whole;
    size_t decimals = 0;

    if (text.len == 0 || text.ptr[0] == '_') {
        return false;
    }
    if (at < text.len && text.ptr[at] == '.') {
        decimals = digits_at(text, at + 1, 10);
        at += 1 + decimals;
    }
    if (whole + decimals == 0) {
        return false;
    }
    if (at < text.len && (text.ptr[at] == 'e' || text.ptr[at] == 'E')) {
        at++;
        if (at < text.len && (text.ptr[at] == '+' || text.ptr[at] == '-')) {
            at++;
        }
        size_t exponent = digits_at(text, at, 10);
        at = exponent > 0 ? at + exponent : text.len + 1;
    }
    return at == text.len;
}

static bool is_number(struct slice text)
{
    static const char *const words[] = { ".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN" };
    bool signed_text = text.len > 1 && (text.ptr[0] == '+' || text.ptr[0] == '-');
    struct slice rest = signed_text ? slice_sub(text, 1, text.len) : text;

    return is_decimal(rest) || is_prefixed(rest) || is_sexagesimal(rest) ||
           is_among(rest, words, COUNT_OF(words));
}

/* "2026-01-31", also with a time after a `T` or blanks, of YAML 1.1 */
static bool is_time(struct slice text)
{
    static const char shape[] = "0000-00-00";

    for (size_t i = 0; i + 1 < sizeof(shape); i++) {
        bool fits =
            i < text.len && (shape[i] == '0' ? is_digit(text.ptr[i]) : text.ptr[i] == shape[i]);
        if (!fits) {
            return false;
        }
    }
    struct slice rest = slice_sub(text, sizeof(shape) - 1, text.len);
    bool time = rest.len > 5 && (rest.ptr[0] == 'T' || rest.ptr[0] == 't' || rest.ptr[0] == ' ');
    return rest.len == 0 || (time && slice_find(rest, ':') < rest.len);
}

enum yaml_plain yaml_plain_reading(struct slice text)
{
    static const char *const nulls[] = { "", "~", "null", "Null", "NULL" };
    static const char *const flags[] = { "yes",  "Yes",  "YES",  "no",    "No",    "NO",
                                         "true", "True", "TRUE", "false", "False", "FALSE",
                                         "on",   "On",   "ON",   "off",   "Off",   "OFF" };

    if (is_among(text, nulls, COUNT_OF(nulls))) {
        return YAML_PLAIN_NULL;
    }
    if (is_among(text, flags, COUNT_OF(flags))) {
        return YAML_PLAIN_FLAG;
    }
    if (!is_digit(text.ptr[0]) && slice_find(SLICE("+-._"), text.ptr[0]) == 4) {
        return YAML_PLAIN_TEXT;
    }
    if (is_number(text)) {
        return YAML_PLAIN_NUMBER;
    }
    return is_time(text) ? YAML_PLAIN_TIME : YAML_PLAIN_TEXT;
}

const char *yaml_plain_name(enum yaml_plain reading)
{
    static const char *const names[] = {
        [YAML_PLAIN_TEXT] = "text",      [YAML_PLAIN_NULL] = "nothing (null)",
        [YAML_PLAIN_FLAG] = "yes or no", [YAML_PLAIN_NUMBER] = "a number",
        [YAML_PLAIN_TIME] = "a date",
    };

    return names[reading];
}
