#include "sla/words/hint_number.h"

enum { EXPONENT_MAX = 9 };

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static void add_byte(struct sla_odd_number *number, char byte)
{
    if (number->len + 1 < SLA_ODD_NUMBER_BYTES) {
        number->digits[number->len++] = byte;
        number->digits[number->len] = '\0';
    }
}

/* True: the byte is part of a number. */
static bool take_byte(char byte, struct sla_odd_number *out)
{
    if (byte == '_') {
        out->why = "digits stand side by side";
        return true;
    }
    if (byte == ',') {
        out->why = "decimals follow a point";
        out->same = false; /* or thousands follow the comma */
        byte = '.';
    }
    if (byte != '.' && !is_digit(byte)) {
        return false;
    }
    add_byte(out, byte);
    return true;
}

static void drop_leading_zeros(struct sla_odd_number *out)
{
    struct sla_odd_number kept = *out;
    size_t zeros = 0;

    while (zeros + 1 < out->len && out->digits[zeros] == '0' && is_digit(out->digits[zeros + 1])) {
        zeros++;
    }
    if (zeros == 0) {
        return;
    }
    out->len -= zeros;
    slice_to_cstr((struct slice){ kept.digits + zeros, out->len }, out->digits,
                  sizeof(out->digits));
    out->why = "some readers take a number that begins with 0 for octal";
    out->same = false;
}

/* "1e3": three more zeros. Of a fraction the digits would move: left alone. */
static void take_exponent(struct slice text, struct sla_odd_number *out)
{
    size_t at = out->used + 1;
    unsigned zeros = 0;

    if (at < text.len && text.ptr[at] == '+') {
        at++;
    }
    size_t first = at;
    for (; at < text.len && is_digit(text.ptr[at]) && zeros <= EXPONENT_MAX; at++) {
        zeros = zeros * 10 + (unsigned)(text.ptr[at] - '0');
    }
    bool whole = slice_find((struct slice){ out->digits, out->len }, '.') == out->len;
    if (at == first || zeros > EXPONENT_MAX || !whole) {
        return;
    }
    for (unsigned i = 0; i < zeros; i++) {
        add_byte(out, '0');
    }
    out->used = at;
    out->why = "quantities have no exponents";
}

void sla_take_odd_number(struct slice text, struct sla_odd_number *out)
{
    *out = (struct sla_odd_number){ .same = true };
    while (out->used < text.len && take_byte(text.ptr[out->used], out)) {
        out->used++;
    }
    drop_leading_zeros(out);
    bool exponent =
        out->used < text.len && (text.ptr[out->used] == 'e' || text.ptr[out->used] == 'E');
    if (exponent && out->len > 0) {
        take_exponent(text, out);
    }
}
