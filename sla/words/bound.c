#include "sla/words/bound.h"

#include "base/cleanup.h"

struct row {
    const char *written;
    enum sla_op op;
    bool same;
};

/* Of two that begin alike the longer one comes first. */
static const struct row before[] = {
    { ">=", SLA_OP_AT_LEAST, true },
    { "=>", SLA_OP_AT_LEAST, true },
    { "\u2265", SLA_OP_AT_LEAST, true },
    { "\u2267", SLA_OP_AT_LEAST, true },
    { "\u2a7e", SLA_OP_AT_LEAST, true },
    { ">", SLA_OP_AT_LEAST, false },
    { "at least", SLA_OP_AT_LEAST, true },
    { "no less than", SLA_OP_AT_LEAST, true },
    { "not less than", SLA_OP_AT_LEAST, true },
    { "greater than or equal to", SLA_OP_AT_LEAST, true },
    { "minimum", SLA_OP_AT_LEAST, true },
    { "min", SLA_OP_AT_LEAST, true },
    { "gte", SLA_OP_AT_LEAST, true },
    { "ge", SLA_OP_AT_LEAST, true },
    { "greater than", SLA_OP_AT_LEAST, false },
    { "more than", SLA_OP_AT_LEAST, false },
    { "above", SLA_OP_AT_LEAST, false },
    { "over", SLA_OP_AT_LEAST, false },
    { "<=", SLA_OP_AT_MOST, true },
    { "=<", SLA_OP_AT_MOST, true },
    { "\u2264", SLA_OP_AT_MOST, true },
    { "\u2266", SLA_OP_AT_MOST, true },
    { "\u2a7d", SLA_OP_AT_MOST, true },
    { "<", SLA_OP_AT_MOST, false },
    { "at most", SLA_OP_AT_MOST, true },
    { "no more than", SLA_OP_AT_MOST, true },
    { "not more than", SLA_OP_AT_MOST, true },
    { "less than or equal to", SLA_OP_AT_MOST, true },
    { "maximum", SLA_OP_AT_MOST, true },
    { "max", SLA_OP_AT_MOST, true },
    { "up to", SLA_OP_AT_MOST, true },
    { "within", SLA_OP_AT_MOST, true },
    { "lte", SLA_OP_AT_MOST, true },
    { "le", SLA_OP_AT_MOST, true },
    { "less than", SLA_OP_AT_MOST, false },
    { "below", SLA_OP_AT_MOST, false },
    { "under", SLA_OP_AT_MOST, false },
};

static const struct row behind[] = {
    { "or higher", SLA_OP_AT_LEAST, true }, { "and higher", SLA_OP_AT_LEAST, true },
    { "or above", SLA_OP_AT_LEAST, true },  { "and above", SLA_OP_AT_LEAST, true },
    { "or more", SLA_OP_AT_LEAST, true },   { "at least", SLA_OP_AT_LEAST, true },
    { "minimum", SLA_OP_AT_LEAST, true },   { "+", SLA_OP_AT_LEAST, true },
    { "or lower", SLA_OP_AT_MOST, true },   { "and lower", SLA_OP_AT_MOST, true },
    { "or below", SLA_OP_AT_MOST, true },   { "and below", SLA_OP_AT_MOST, true },
    { "or less", SLA_OP_AT_MOST, true },    { "at most", SLA_OP_AT_MOST, true },
    { "maximum", SLA_OP_AT_MOST, true },
};

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static int small(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : letter;
}

static bool is_same_but_for_case(struct slice text, struct slice row)
{
    size_t at = 0;

    while (text.len == row.len && at < text.len && small(text.ptr[at]) == row.ptr[at]) {
        at++;
    }
    return text.len == row.len && at == text.len;
}

/* "under", not "underway": no letter goes on with a word. */
static bool ends_word(struct slice word, char next)
{
    return !is_letter(word.ptr[word.len - 1]) || !is_letter(next);
}

static bool take_before(struct slice text, struct sla_bound *out)
{
    for (size_t i = 0; i < COUNT_OF(before); i++) {
        struct slice word = slice_from(before[i].written);
        if (text.len >= word.len && is_same_but_for_case(slice_sub(text, 0, word.len), word) &&
            (text.len == word.len || ends_word(word, text.ptr[word.len]))) {
            *out = (struct sla_bound){ before[i].op, before[i].same,
                                       slice_trim(slice_sub(text, word.len, text.len)) };
            return true;
        }
    }
    return false;
}

static bool take_behind(struct slice text, struct sla_bound *out)
{
    for (size_t i = 0; i < COUNT_OF(behind); i++) {
        struct slice word = slice_from(behind[i].written);
        size_t at = text.len > word.len ? text.len - word.len : 0;
        bool is_word = word.len == 1 || (at > 0 && text.ptr[at - 1] == ' ');
        if (at > 0 && is_word && is_same_but_for_case(slice_sub(text, at, text.len), word)) {
            *out = (struct sla_bound){ behind[i].op, behind[i].same,
                                       slice_trim(slice_sub(text, 0, at)) };
            return true;
        }
    }
    return false;
}

bool sla_bound_take(struct slice text, struct sla_bound *out)
{
    struct slice trimmed = slice_trim(text);

    return take_before(trimmed, out) || take_behind(trimmed, out);
}
