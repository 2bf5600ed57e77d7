#include "sla/words/controls.h"

#include "base/parse.h"

/* By family and number. Made from the catalogue by the test of this file: where the catalogue is at
 * hand and says something else, the test prints the table as it should be. */
static const struct sla_control_row rows[] = {
    /* clang-format off */
    { "AC", 1, 0x1, 0x0 },
    { "AC", 2, 0x3bff, 0x400 },
    { "AC", 3, 0xffbd, 0x42 },
    { "AC", 4, 0x1fffaffff, 0x50000 },
    { "AC", 5, 0x1, 0x0 },
    { "AC", 6, 0x7ff, 0x0 },
    { "AC", 7, 0x1d, 0x2 },
    { "AC", 8, 0x1, 0x0 },
    { "AC", 9, 0x1f, 0x0 },
    { "AC", 10, 0x1, 0x0 },
    { "AC", 11, 0x3, 0x0 },
    { "AC", 12, 0xf, 0x0 },
    { "AC", 13, 0x0, 0x1 },
    { "AC", 14, 0x1, 0x2 },
    { "AC", 15, 0x0, 0x1 },
    { "AC", 16, 0x7ff, 0x0 },
    { "AC", 17, 0x65f, 0x1a0 },
    { "AC", 18, 0x3b, 0x4 },
    { "AC", 19, 0x31, 0xe },
    { "AC", 20, 0x3f, 0x0 },
    { "AC", 21, 0x7, 0x0 },
    { "AC", 22, 0x1, 0x0 },
    { "AC", 23, 0x1, 0x0 },
    { "AC", 24, 0x7, 0x0 },
    { "AC", 25, 0x1, 0x0 },
    { "AT", 1, 0x1, 0x0 },
    { "AT", 2, 0x7f, 0x0 },
    { "AT", 3, 0x2f, 0x10 },
    { "AT", 4, 0x1, 0x0 },
    { "AT", 5, 0x0, 0x1 },
    { "AT", 6, 0x1, 0x0 },
    { "AU", 1, 0x1, 0x0 },
    { "AU", 2, 0x1, 0x1e },
    { "AU", 3, 0xb, 0x4 },
    { "AU", 4, 0x3, 0x0 },
    { "AU", 5, 0x3f, 0x0 },
    { "AU", 6, 0x3fb, 0x404 },
    { "AU", 7, 0x3, 0x4 },
    { "AU", 8, 0x1, 0x6 },
    { "AU", 9, 0xff, 0x0 },
    { "AU", 10, 0x1f, 0x20 },
    { "AU", 11, 0x3, 0x0 },
    { "AU", 12, 0x1f, 0x0 },
    { "AU", 13, 0xf, 0x0 },
    { "AU", 14, 0xb, 0x4 },
    { "AU", 15, 0x0, 0x1 },
    { "AU", 16, 0xf, 0x0 },
    { "CA", 1, 0x1, 0x0 },
    { "CA", 2, 0xf, 0x0 },
    { "CA", 3, 0xc1, 0x3e },
    { "CA", 4, 0x0, 0x1 },
    { "CA", 5, 0x3, 0x0 },
    { "CA", 6, 0x7, 0x0 },
    { "CA", 7, 0x7b, 0x4 },
    { "CA", 8, 0xf, 0x0 },
    { "CA", 9, 0x3, 0x0 },
    { "CM", 1, 0x1, 0x0 },
    { "CM", 2, 0xcd, 0x32 },
    { "CM", 3, 0x1ff, 0x0 },
    { "CM", 4, 0x7, 0x0 },
    { "CM", 5, 0x73, 0x8c },
    { "CM", 6, 0x7, 0x18 },
    { "CM", 7, 0x3ff, 0x0 },
    { "CM", 8, 0x3df, 0x20 },
    { "CM", 9, 0x3, 0x0 },
    { "CM", 10, 0x3, 0x0 },
    { "CM", 11, 0xd, 0x2 },
    { "CM", 12, 0x3, 0x0 },
    { "CM", 13, 0x1, 0x0 },
    { "CM", 14, 0x1, 0x0 },
    { "CP", 1, 0x1, 0x0 },
    { "CP", 2, 0x1ef, 0x10 },
    { "CP", 3, 0x7, 0x0 },
    { "CP", 4, 0x3f, 0x0 },
    { "CP", 5, 0x0, 0x1 },
    { "CP", 6, 0xf, 0x0 },
    { "CP", 7, 0x5f, 0x20 },
    { "CP", 8, 0x3f, 0x0 },
    { "CP", 9, 0x1ef, 0x10 },
    { "CP", 10, 0x55, 0x2a },
    { "CP", 11, 0x1, 0x0 },
    { "CP", 12, 0x1, 0x0 },
    { "CP", 13, 0x1, 0x0 },
    { "IA", 1, 0x1, 0x0 },
    { "IA", 2, 0x3567, 0xa98 },
    { "IA", 3, 0x1b, 0x4 },
    { "IA", 4, 0x373, 0x8c },
    { "IA", 5, 0x7f7e7, 0x818 },
    { "IA", 6, 0x1, 0x0 },
    { "IA", 7, 0x1, 0x0 },
    { "IA", 8, 0x77, 0x8 },
    { "IA", 9, 0x1, 0x6 },
    { "IA", 10, 0x1, 0x0 },
    { "IA", 11, 0x1, 0x0 },
    { "IA", 12, 0x7f, 0x0 },
    { "IA", 13, 0xf, 0x0 },
    { "IR", 1, 0x1, 0x0 },
    { "IR", 2, 0xf, 0x0 },
    { "IR", 3, 0xf, 0x0 },
    { "IR", 4, 0xffff, 0x0 },
    { "IR", 5, 0x3, 0x0 },
    { "IR", 6, 0xf, 0x0 },
    { "IR", 7, 0x7, 0x0 },
    { "IR", 8, 0x3, 0x0 },
    { "IR", 9, 0x1d, 0x2 },
    { "IR", 10, 0x0, 0x1 },
    { "MA", 1, 0x1, 0x0 },
    { "MA", 2, 0x5, 0x2 },
    { "MA", 3, 0x7f, 0x0 },
    { "MA", 4, 0xfb, 0x4 },
    { "MA", 5, 0x3f, 0x0 },
    { "MA", 6, 0xf, 0x0 },
    { "MA", 7, 0x1, 0x0 },
    { "MP", 1, 0x1, 0x0 },
    { "MP", 2, 0x1, 0x6 },
    { "MP", 3, 0x1, 0x0 },
    { "MP", 4, 0x5, 0x2 },
    { "MP", 5, 0x9, 0x16 },
    { "MP", 6, 0x18f, 0x70 },
    { "MP", 7, 0x5, 0x2 },
    { "MP", 8, 0x1f, 0x0 },
    { "PE", 1, 0x1, 0x0 },
    { "PE", 2, 0xf, 0x0 },
    { "PE", 3, 0x1bf, 0x40 },
    { "PE", 4, 0x1, 0x0 },
    { "PE", 5, 0x5, 0xa },
    { "PE", 6, 0x1f, 0x0 },
    { "PE", 7, 0x0, 0x1 },
    { "PE", 8, 0xb, 0x4 },
    { "PE", 9, 0x7, 0x0 },
    { "PE", 10, 0x1, 0x2 },
    { "PE", 11, 0x7, 0x0 },
    { "PE", 12, 0x3, 0x0 },
    { "PE", 13, 0x17, 0x8 },
    { "PE", 14, 0x7, 0x0 },
    { "PE", 15, 0x3, 0x0 },
    { "PE", 16, 0x1, 0x0 },
    { "PE", 17, 0x1, 0x0 },
    { "PE", 18, 0x1, 0x2 },
    { "PE", 19, 0x3, 0x0 },
    { "PE", 20, 0x1, 0x0 },
    { "PE", 21, 0x1, 0x0 },
    { "PE", 22, 0x1, 0x0 },
    { "PE", 23, 0x1, 0x0 },
    { "PL", 1, 0x1, 0x0 },
    { "PL", 2, 0x1, 0xe },
    { "PL", 3, 0x0, 0x1 },
    { "PL", 4, 0x3, 0x0 },
    { "PL", 5, 0x0, 0x1 },
    { "PL", 6, 0x0, 0x1 },
    { "PL", 7, 0x1, 0x0 },
    { "PL", 8, 0x7, 0x0 },
    { "PL", 9, 0x1, 0x0 },
    { "PL", 10, 0x1, 0x0 },
    { "PL", 11, 0x1, 0x0 },
    { "PM", 1, 0x1, 0x0 },
    { "PM", 2, 0x1, 0x0 },
    { "PM", 3, 0x1, 0x0 },
    { "PM", 4, 0x1, 0x0 },
    { "PM", 5, 0x3, 0x0 },
    { "PM", 6, 0x1, 0x0 },
    { "PM", 7, 0x3, 0x0 },
    { "PM", 8, 0x1, 0x0 },
    { "PM", 9, 0x1, 0x0 },
    { "PM", 10, 0x1, 0x0 },
    { "PM", 11, 0x1, 0x0 },
    { "PM", 12, 0x1, 0x0 },
    { "PM", 13, 0x1, 0x0 },
    { "PM", 14, 0x1, 0x0 },
    { "PM", 15, 0x1, 0x0 },
    { "PM", 16, 0x3, 0x0 },
    { "PM", 17, 0x1, 0x0 },
    { "PM", 18, 0x1, 0x0 },
    { "PM", 19, 0x1, 0x0 },
    { "PM", 20, 0x3, 0x0 },
    { "PM", 21, 0x1, 0x0 },
    { "PM", 22, 0x1, 0x0 },
    { "PM", 23, 0x1, 0x0 },
    { "PM", 24, 0x1, 0x0 },
    { "PM", 25, 0x1, 0x0 },
    { "PM", 26, 0x1, 0x0 },
    { "PM", 27, 0x1, 0x0 },
    { "PM", 28, 0x1, 0x0 },
    { "PM", 29, 0x1, 0x0 },
    { "PM", 30, 0x3, 0x0 },
    { "PM", 31, 0x1, 0x0 },
    { "PM", 32, 0x1, 0x0 },
    { "PS", 1, 0x1, 0x0 },
    { "PS", 2, 0x1, 0x0 },
    { "PS", 3, 0x1f, 0x0 },
    { "PS", 4, 0x7, 0x0 },
    { "PS", 5, 0x1, 0x0 },
    { "PS", 6, 0xd, 0x2 },
    { "PS", 7, 0x1, 0x0 },
    { "PS", 8, 0x1, 0x0 },
    { "PS", 9, 0x1, 0x0 },
    { "PT", 1, 0x1, 0x0 },
    { "PT", 2, 0x7, 0x0 },
    { "PT", 3, 0x7, 0x0 },
    { "PT", 4, 0xf, 0x0 },
    { "PT", 5, 0x7, 0x0 },
    { "PT", 6, 0x7, 0x0 },
    { "PT", 7, 0x7, 0x0 },
    { "PT", 8, 0x1, 0x0 },
    { "RA", 1, 0x1, 0x0 },
    { "RA", 2, 0x3, 0x0 },
    { "RA", 3, 0x1f, 0x0 },
    { "RA", 4, 0x0, 0x1 },
    { "RA", 5, 0xd7d, 0x282 },
    { "RA", 6, 0x1, 0x0 },
    { "RA", 7, 0x1, 0x0 },
    { "RA", 8, 0x1, 0x0 },
    { "RA", 9, 0x1, 0x0 },
    { "RA", 10, 0x1, 0x0 },
    { "SA", 1, 0x1, 0x0 },
    { "SA", 2, 0x1, 0x0 },
    { "SA", 3, 0xf, 0x0 },
    { "SA", 4, 0x1fef, 0x10 },
    { "SA", 5, 0x1, 0x3e },
    { "SA", 6, 0x0, 0x1 },
    { "SA", 7, 0x0, 0x1 },
    { "SA", 8, 0x3ffffffff, 0x0 },
    { "SA", 9, 0x1ff, 0x0 },
    { "SA", 10, 0xff, 0x0 },
    { "SA", 11, 0x3ff, 0x0 },
    { "SA", 12, 0x0, 0xffff },
    { "SA", 13, 0x0, 0x1 },
    { "SA", 14, 0x0, 0x3 },
    { "SA", 15, 0x3def, 0x210 },
    { "SA", 16, 0x1, 0x0 },
    { "SA", 17, 0x3ff, 0x0 },
    { "SA", 18, 0x0, 0x7 },
    { "SA", 19, 0x0, 0x1f },
    { "SA", 20, 0x1, 0x0 },
    { "SA", 21, 0x1, 0x2 },
    { "SA", 22, 0x1, 0x2 },
    { "SA", 23, 0x1, 0x0 },
    { "SA", 24, 0x1, 0x0 },
    { "SC", 1, 0x1, 0x0 },
    { "SC", 2, 0x7, 0x0 },
    { "SC", 3, 0x3f, 0x0 },
    { "SC", 4, 0x5, 0x2 },
    { "SC", 5, 0xf, 0x0 },
    { "SC", 6, 0x1, 0x0 },
    { "SC", 7, 0x3fffffb9, 0x46 },
    { "SC", 8, 0x3f, 0x0 },
    { "SC", 9, 0x0, 0x1 },
    { "SC", 10, 0x1, 0x0 },
    { "SC", 11, 0x3, 0x0 },
    { "SC", 12, 0x4f, 0x30 },
    { "SC", 13, 0x1, 0x1e },
    { "SC", 14, 0x0, 0x1 },
    { "SC", 15, 0x1b, 0x4 },
    { "SC", 16, 0xf, 0x0 },
    { "SC", 17, 0x1, 0x0 },
    { "SC", 18, 0x3f, 0x0 },
    { "SC", 19, 0x0, 0x1 },
    { "SC", 20, 0x5, 0x2 },
    { "SC", 21, 0x1, 0x2 },
    { "SC", 22, 0x1, 0x0 },
    { "SC", 23, 0x2b, 0x14 },
    { "SC", 24, 0x1, 0x0 },
    { "SC", 25, 0x1, 0x0 },
    { "SC", 26, 0x1, 0x2 },
    { "SC", 27, 0x1, 0x0 },
    { "SC", 28, 0xf, 0x0 },
    { "SC", 29, 0x3, 0x0 },
    { "SC", 30, 0x3d, 0x2 },
    { "SC", 31, 0xf, 0x0 },
    { "SC", 32, 0x3, 0x0 },
    { "SC", 33, 0x0, 0x1 },
    { "SC", 34, 0x7, 0x8 },
    { "SC", 35, 0x1, 0x0 },
    { "SC", 36, 0x7, 0x0 },
    { "SC", 37, 0x3, 0x0 },
    { "SC", 38, 0x1, 0x0 },
    { "SC", 39, 0x7, 0x0 },
    { "SC", 40, 0x1f, 0x0 },
    { "SC", 41, 0x1, 0x0 },
    { "SC", 42, 0x37, 0x8 },
    { "SC", 43, 0x1, 0x0 },
    { "SC", 44, 0x1, 0x0 },
    { "SC", 45, 0x7, 0x0 },
    { "SC", 46, 0x1, 0x0 },
    { "SC", 47, 0x1, 0x0 },
    { "SC", 48, 0x3, 0x0 },
    { "SC", 49, 0x1, 0x0 },
    { "SC", 50, 0x1, 0x0 },
    { "SC", 51, 0x1, 0x0 },
    { "SI", 1, 0x1, 0x0 },
    { "SI", 2, 0xfd, 0x2 },
    { "SI", 3, 0x551, 0x2ae },
    { "SI", 4, 0x3fffebf, 0x140 },
    { "SI", 5, 0x3, 0x0 },
    { "SI", 6, 0xd, 0x2 },
    { "SI", 7, 0x397ef, 0x6810 },
    { "SI", 8, 0xd, 0x2 },
    { "SI", 9, 0x0, 0x1 },
    { "SI", 10, 0x7f, 0x0 },
    { "SI", 11, 0x1, 0x0 },
    { "SI", 12, 0xf, 0x0 },
    { "SI", 13, 0x3b, 0x4 },
    { "SI", 14, 0xf, 0x0 },
    { "SI", 15, 0x1, 0x0 },
    { "SI", 16, 0x1, 0x0 },
    { "SI", 17, 0x1, 0x0 },
    { "SI", 18, 0x3f, 0x0 },
    { "SI", 19, 0x1ff, 0x0 },
    { "SI", 20, 0x1, 0x0 },
    { "SI", 21, 0x1, 0x0 },
    { "SI", 22, 0x1, 0x0 },
    { "SI", 23, 0x1, 0x0 },
    { "SR", 1, 0x1, 0x0 },
    { "SR", 2, 0x3, 0x0 },
    { "SR", 3, 0xf, 0x0 },
    { "SR", 4, 0x1f, 0x0 },
    { "SR", 5, 0x7, 0x0 },
    { "SR", 6, 0x3, 0x0 },
    { "SR", 7, 0x1, 0x0 },
    { "SR", 8, 0x1, 0x0 },
    { "SR", 9, 0x3, 0x0 },
    { "SR", 10, 0x1, 0x0 },
    { "SR", 11, 0xf, 0x0 },
    { "SR", 12, 0x1, 0x0 },
    /* clang-format on */
};

const struct sla_control_row *sla_control_rows(size_t *out_count)
{
    *out_count = COUNT_OF(rows);
    return rows;
}

struct label {
    struct slice family;
    uint32_t control, enhancement; /* 0: the control itself */
};

static bool parse_number(struct slice text, uint32_t *out)
{
    struct status status = parse_u32(text, 1, 99, out);

    return status_ok(&status);
}

/* "SA-9", "SA-9(5)" */
static bool parse_label(struct slice text, struct label *out)
{
    struct slice rest = text;

    *out = (struct label){ .family = slice_cut(&rest, '-') };
    struct slice control = slice_cut(&rest, '(');
    if (!parse_number(control, &out->control) || control.ptr[0] == '0') {
        return false;
    }
    if (rest.ptr == NULL) {
        return true;
    }
    return rest.len >= 2 && slice_ends(rest, SLICE(")")) && rest.ptr[0] != '0' &&
           parse_number(slice_sub(rest, 0, rest.len - 1), &out->enhancement);
}

static enum sla_control_state state_of(const struct label *label)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (rows[i].control == label->control && slice_is(label->family, rows[i].family)) {
            uint64_t bit = UINT64_C(1) << (label->enhancement < 64 ? label->enhancement : 63);
            bool withdrawn = (rows[i].withdrawn & bit) != 0;
            return (rows[i].there & bit) != 0 ? SLA_CONTROL_THERE
                   : withdrawn                ? SLA_CONTROL_WITHDRAWN
                                              : SLA_CONTROL_UNKNOWN;
        }
    }
    return SLA_CONTROL_UNKNOWN;
}

enum sla_control_state sla_control_find(struct slice text)
{
    struct label label;

    return parse_label(text, &label) ? state_of(&label) : SLA_CONTROL_UNKNOWN;
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* The digits from `*at` on, behind whatever is none. */
static bool next_number(struct slice text, size_t *at, uint32_t *out)
{
    while (*at < text.len && !is_digit(text.ptr[*at])) {
        (*at)++;
    }
    size_t from = *at;
    while (*at < text.len && is_digit(text.ptr[*at])) {
        (*at)++;
    }
    return parse_number(slice_sub(text, from, *at), out);
}

static char capital(char letter)
{
    static const char capitals[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    size_t at = (size_t)letter - 'a';

    if (at < sizeof(capitals) - 1) {
        letter = capitals[at];
    }
    return letter;
}

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* Behind the family stands no word, and behind `end` no number: what would be left out may have
 * been meant, as in `AC-6(9)(10)` and `SA-9 and SC-7`. */
static bool is_all_read(struct slice text, size_t end)
{
    for (size_t i = 2; i < text.len; i++) {
        if (is_letter(text.ptr[i]) || (i >= end && is_digit(text.ptr[i]))) {
            return false;
        }
    }
    return true;
}

bool sla_control_spell(struct slice text, struct buf *out)
{
    char family[3] = "";
    struct label label = { .family = { family, 2 } };
    size_t at = 2;

    if (text.len < 3) {
        return false;
    }
    for (size_t i = 0; i < 2; i++) {
        family[i] = capital(text.ptr[i]);
    }
    if (!next_number(text, &at, &label.control)) {
        return false;
    }
    size_t behind = at;
    bool enhanced = next_number(text, &at, &label.enhancement);
    if (state_of(&label) != SLA_CONTROL_THERE || !is_all_read(text, enhanced ? at : behind)) {
        return false;
    }
    buf_printf(out, "%s-%u", family, label.control);
    if (enhanced) {
        buf_printf(out, "(%u)", label.enhancement);
    }
    return true;
}
