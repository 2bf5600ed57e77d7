#include "sla/words/slip.h"

enum {
    EXCHANGED_MIN =
        4,            /* letters of a word in which two may have been exchanged: not `ops`, `pos` */
    LEFT_OUT_MIN = 5, /* of the longer word, when one was left out: not `anna`, `ana` */
    BEGINNING = 2,    /* letters before one that was: not `stable`, `sable` */
    SEPARATED_MIN = 4, /* when the separator is another one, or none */
    WRONG_MIN = 5      /* when one is another: `app` and `api` are two things */
};

/* What stands between the common beginning and the common end of two texts. */
struct difference {
    struct slice left, right;
    size_t at;
};

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static struct difference difference_of(struct slice a, struct slice b)
{
    size_t at = 0;
    size_t same = 0;

    while (at < least(a.len, b.len) && a.ptr[at] == b.ptr[at]) {
        at++;
    }
    while (same < least(a.len, b.len) - at && a.ptr[a.len - 1 - same] == b.ptr[b.len - 1 - same]) {
        same++;
    }
    return (struct difference){ slice_sub(a, at, a.len - same), slice_sub(b, at, b.len - same),
                                at };
}

static int small(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : letter;
}

static bool is_same_but_for_case(struct slice a, struct slice b)
{
    size_t at = 0;

    while (a.len == b.len && at < a.len && small(a.ptr[at]) == small(b.ptr[at])) {
        at++;
    }
    return a.len == b.len && at == a.len;
}

static bool is_separator(char byte)
{
    return byte == '-' || byte == '_' || byte == '.' || byte == '/';
}

static bool has_digit(struct slice text)
{
    size_t at = 0;

    while (at < text.len && (text.ptr[at] < '0' || text.ptr[at] > '9')) {
        at++;
    }
    return at < text.len;
}

static bool are_separators(struct slice text)
{
    size_t at = 0;

    while (at < text.len && is_separator(text.ptr[at])) {
        at++;
    }
    return at == text.len;
}

/* A word of a name, between separators. */
struct word {
    size_t from, to;
};

static struct word word_at(struct slice name, size_t at)
{
    struct word word = { at, at };

    while (word.from > 0 && !is_separator(name.ptr[word.from - 1])) {
        word.from--;
    }
    while (word.to < name.len && !is_separator(name.ptr[word.to])) {
        word.to++;
    }
    return word;
}

static bool are_exchanged(const struct difference *difference)
{
    const struct slice *a = &difference->left;
    const struct slice *b = &difference->right;

    return a->len == 2 && b->len == 2 && a->ptr[0] == b->ptr[1] && a->ptr[1] == b->ptr[0];
}

/* A letter more that makes another word of a whole one: `payment`, `payments`; `archive`,
 * `archived`; `compute`, `computer`. */
static bool is_ending(const struct difference *difference, struct word word)
{
    struct slice letter = difference->left.len > 0 ? difference->left : difference->right;

    return difference->at + 1 == word.to &&
           (slice_eq(letter, SLICE("s")) || slice_eq(letter, SLICE("d")) ||
            slice_eq(letter, SLICE("r")));
}

/* One letter more, beside the same one. */
static bool is_doubled(const struct difference *difference, struct slice longer)
{
    size_t at = difference->at; /* behind the common beginning: the second of the two */

    return at > 0 && longer.ptr[at] == longer.ptr[at - 1];
}

static enum sla_slip slip_of_a_letter(const struct difference *difference, struct slice longer)
{
    const struct word word = word_at(longer, difference->at);
    size_t letters = word.to - word.from;

    if (difference->left.len + difference->right.len == 1) {
        bool is_slip = letters >= LEFT_OUT_MIN && difference->at >= word.from + BEGINNING &&
                       !is_ending(difference, word);
        return !is_slip                         ? SLA_SLIP_NONE
               : is_doubled(difference, longer) ? SLA_SLIP_SURE
                                                : SLA_SLIP_LETTER;
    }
    bool is_inside = difference->at > word.from && difference->at + 1 < word.to;
    return difference->left.len == 1 && difference->right.len == 1 && is_inside &&
                   letters >= WRONG_MIN
               ? SLA_SLIP_LETTER
               : SLA_SLIP_NONE;
}

enum sla_slip sla_slip_of(struct slice one, struct slice other)
{
    const struct difference difference = difference_of(one, other);
    size_t left = difference.left.len;
    size_t right = difference.right.len;
    struct slice longer = one.len >= other.len ? one : other;
    const struct word word = word_at(longer, difference.at);
    size_t letters = word.to - word.from;

    if (left + right == 0 || has_digit(difference.left) || has_digit(difference.right)) {
        return SLA_SLIP_NONE;
    }
    if (is_same_but_for_case(one, other)) {
        return SLA_SLIP_SURE;
    }
    if (are_separators(difference.left) && are_separators(difference.right)) {
        return left <= 1 && right <= 1 && letters >= SEPARATED_MIN ? SLA_SLIP_SURE : SLA_SLIP_NONE;
    }
    if (are_exchanged(&difference)) {
        return letters >= EXCHANGED_MIN && difference.at > word.from ? SLA_SLIP_SURE
                                                                     : SLA_SLIP_NONE;
    }
    return slip_of_a_letter(&difference, longer);
}

bool sla_is_slip(struct slice one, struct slice other)
{
    return sla_slip_of(one, other) != SLA_SLIP_NONE;
}
