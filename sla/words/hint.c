#include "sla/words/hint.h"

#include "base/date.h"
#include "base/lookalike.h"
#include "base/parse.h"
#include "sla/values/written.h"
#include "sla/words/bound.h"
#include "sla/words/hint_number.h"
#include "sla/words/hint_weekly.h"

#include <inttypes.h>
#include <stdio.h>

/* --- what is right --------------------------------------------------------------------------- */

static struct status read_as(enum sla_measure measure, struct slice text)
{
    union {
        int64_t number;
        uint64_t amount;
        int32_t day;
        struct sla_rate rate;
        struct sla_money money;
        struct sla_weekly weekly;
        struct sla_moment moment;
        struct sla_threshold threshold;
    } ignored;

    switch (measure) {
    case SLA_MEASURE_COUNT:
        return sla_parse_count(text, &ignored.number);
    case SLA_MEASURE_DURATION:
        return parse_duration_ms(text, &ignored.number);
    case SLA_MEASURE_SHARE:
        return parse_percent_ppb(text, &ignored.number);
    case SLA_MEASURE_BYTES:
        return parse_number_len(text) == text.len
                   ? status_error(STATUS_INVALID, "no unit") /* which settings may leave out */
                   : parse_bytes(text, &ignored.amount);
    case SLA_MEASURE_BIT_RATE:
        return parse_bit_rate(text, &ignored.amount);
    case SLA_MEASURE_RATE:
        return sla_parse_rate(text, &ignored.rate);
    case SLA_MEASURE_MONEY:
        return sla_parse_money(text, &ignored.money);
    case SLA_MEASURE_DATE:
        return date_parse(text, &ignored.day);
    case SLA_MEASURE_WEEKLY:
        return sla_parse_weekly(text, &ignored.weekly);
    case SLA_MEASURE_MOMENT:
        return sla_parse_moment(text, &ignored.moment);
    case SLA_MEASURE_THRESHOLD:
        break;
    }
    return sla_parse_threshold(text, &ignored.threshold);
}

bool sla_measure_reads(enum sla_measure measure, struct slice text)
{
    struct status status = read_as(measure, text);

    return status_ok(&status);
}

static const char *const how[SLA_MEASURES] = {
    [SLA_MEASURE_COUNT] = "write a whole number in digits: `3`",
    [SLA_MEASURE_DURATION] = "write a number and a unit: ms, s, m, h, d or w",
    [SLA_MEASURE_SHARE] = "write a percentage with at most seven decimals: `99.99 %`",
    [SLA_MEASURE_BYTES] = "write a number and a unit: `16 GiB`, `200 GB`",
    [SLA_MEASURE_BIT_RATE] = "write a number and a unit: `100 Mbit/s`, `10 Gbit/s`",
    [SLA_MEASURE_RATE] = "write a count and a time: `100/s`, `5000/10m`",
    [SLA_MEASURE_MONEY] = "write an amount and the code of its currency: `1200.50 EUR`",
    [SLA_MEASURE_DATE] = "write year, month and day: `2026-01-31`",
    [SLA_MEASURE_WEEKLY] = "write days, times and a zone: `mon-fri 08:00-18:00 Europe/Lisbon`",
    [SLA_MEASURE_MOMENT] = "write a day, a time and a zone: `mon 10:00 Europe/Lisbon`",
    [SLA_MEASURE_THRESHOLD] = "write how many of how many: `2 of 4`",
};

/* --- units as people write them -------------------------------------------------------------- */

enum { DAY_MS = 86400000 };

struct habit {
    enum sla_measure measure;
    const char *written;
    const char *unit; /* what to write; NULL: the amount is another number in another unit */
    uint64_t factor;  /* then: of the written unit in the measure's smallest */
    const char *why;  /* NULL: it only has another name, and means the same */
};

#define NO_MONTHS "a month has no fixed length"
#define NO_YEARS  "a year has no fixed length"
#define OF_BITS   "a bit rate counts bits, not bytes"

static const struct habit habits[] = {
    { SLA_MEASURE_DURATION, "sec", "s", 0, NULL },
    { SLA_MEASURE_DURATION, "secs", "s", 0, NULL },
    { SLA_MEASURE_DURATION, "second", "s", 0, NULL },
    { SLA_MEASURE_DURATION, "seconds", "s", 0, NULL },
    { SLA_MEASURE_DURATION, "msec", "ms", 0, NULL },
    { SLA_MEASURE_DURATION, "millisecond", "ms", 0, NULL },
    { SLA_MEASURE_DURATION, "milliseconds", "ms", 0, NULL },
    { SLA_MEASURE_DURATION, "mins", "min", 0, NULL },
    { SLA_MEASURE_DURATION, "minute", "min", 0, NULL },
    { SLA_MEASURE_DURATION, "minutes", "min", 0, NULL },
    { SLA_MEASURE_DURATION, "hr", "h", 0, NULL },
    { SLA_MEASURE_DURATION, "hrs", "h", 0, NULL },
    { SLA_MEASURE_DURATION, "hour", "h", 0, NULL },
    { SLA_MEASURE_DURATION, "hours", "h", 0, NULL },
    { SLA_MEASURE_DURATION, "day", "d", 0, NULL },
    { SLA_MEASURE_DURATION, "days", "d", 0, NULL },
    { SLA_MEASURE_DURATION, "week", "w", 0, NULL },
    { SLA_MEASURE_DURATION, "weeks", "w", 0, NULL },
    { SLA_MEASURE_DURATION, "mo", NULL, (uint64_t)30 * DAY_MS, NO_MONTHS },
    { SLA_MEASURE_DURATION, "month", NULL, (uint64_t)30 * DAY_MS, NO_MONTHS },
    { SLA_MEASURE_DURATION, "months", NULL, (uint64_t)30 * DAY_MS, NO_MONTHS },
    { SLA_MEASURE_DURATION, "y", NULL, (uint64_t)365 * DAY_MS, NO_YEARS },
    { SLA_MEASURE_DURATION, "yr", NULL, (uint64_t)365 * DAY_MS, NO_YEARS },
    { SLA_MEASURE_DURATION, "year", NULL, (uint64_t)365 * DAY_MS, NO_YEARS },
    { SLA_MEASURE_DURATION, "years", NULL, (uint64_t)365 * DAY_MS, NO_YEARS },
    { SLA_MEASURE_SHARE, "percent", "%", 0, NULL },
    { SLA_MEASURE_SHARE, "pct", "%", 0, NULL },
    { SLA_MEASURE_SHARE, "per cent", "%", 0, NULL },
    { SLA_MEASURE_BYTES, "KB", "kB", 0, NULL },
    { SLA_MEASURE_BYTES, "K", "KiB", 0, "`K` is 1000 to some and 1024 to others" },
    { SLA_MEASURE_BYTES, "M", "MiB", 0, "`M` is of 1000 to some and of 1024 to others" },
    { SLA_MEASURE_BYTES, "G", "GiB", 0, "`G` is of 1000 to some and of 1024 to others" },
    { SLA_MEASURE_BYTES, "T", "TiB", 0, "`T` is of 1000 to some and of 1024 to others" },
    { SLA_MEASURE_BYTES, "Ki", "KiB", 0, NULL },
    { SLA_MEASURE_BYTES, "Mi", "MiB", 0, NULL },
    { SLA_MEASURE_BYTES, "Gi", "GiB", 0, NULL },
    { SLA_MEASURE_BYTES, "Ti", "TiB", 0, NULL },
    { SLA_MEASURE_BYTES, "bytes", "B", 0, NULL },
    { SLA_MEASURE_BYTES, "kb", "kB", 0, "a small `b` is a bit" },
    { SLA_MEASURE_BYTES, "Kb", "kB", 0, "a small `b` is a bit" },
    { SLA_MEASURE_BYTES, "Mb", "MB", 0, "a small `b` is a bit" },
    { SLA_MEASURE_BYTES, "Gb", "GB", 0, "a small `b` is a bit" },
    { SLA_MEASURE_BYTES, "Tb", "TB", 0, "a small `b` is a bit" },
    { SLA_MEASURE_BIT_RATE, "bps", "bit/s", 0, NULL },
    { SLA_MEASURE_BIT_RATE, "kbps", "kbit/s", 0, NULL },
    { SLA_MEASURE_BIT_RATE, "Mbps", "Mbit/s", 0, NULL },
    { SLA_MEASURE_BIT_RATE, "Gbps", "Gbit/s", 0, NULL },
    { SLA_MEASURE_BIT_RATE, "Tbps", "Tbit/s", 0, NULL },
    { SLA_MEASURE_BIT_RATE, "kb/s", "kbit/s", 0, NULL },
    { SLA_MEASURE_BIT_RATE, "Mb/s", "Mbit/s", 0, NULL },
    { SLA_MEASURE_BIT_RATE, "Gb/s", "Gbit/s", 0, NULL },
    { SLA_MEASURE_BIT_RATE, "kB/s", NULL, 8000, OF_BITS },
    { SLA_MEASURE_BIT_RATE, "MB/s", NULL, 8000000, OF_BITS },
    { SLA_MEASURE_BIT_RATE, "GB/s", NULL, 8000000000, OF_BITS },
    { SLA_MEASURE_BIT_RATE, "MiB/s", NULL, (uint64_t)8 << 20, OF_BITS },
    { SLA_MEASURE_BIT_RATE, "GiB/s", NULL, (uint64_t)8 << 30, OF_BITS },
    { SLA_MEASURE_MONEY, "€", "EUR", 0, NULL },
    { SLA_MEASURE_MONEY, "eur", "EUR", 0, NULL },
    { SLA_MEASURE_MONEY, "euro", "EUR", 0, NULL },
    { SLA_MEASURE_MONEY, "euros", "EUR", 0, NULL },
    { SLA_MEASURE_MONEY, "$", "USD", 0, "other dollars have the same sign" },
    { SLA_MEASURE_MONEY, "usd", "USD", 0, NULL },
    { SLA_MEASURE_MONEY, "£", "GBP", 0, "other pounds have the same sign" },
    { SLA_MEASURE_MONEY, "gbp", "GBP", 0, NULL },
};

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static const struct habit *find_habit(enum sla_measure measure, struct slice unit)
{
    for (size_t i = 0; i < COUNT_OF(habits); i++) {
        if (habits[i].measure == measure && slice_is(unit, habits[i].written)) {
            return &habits[i];
        }
    }
    return NULL;
}

/* --- hints ----------------------------------------------------------------------------------- */

/* "1.200 EUR": a point before three digits, which divides thousands where a comma divides
 * decimals. */
static bool may_be_thousands(enum sla_measure measure, struct slice text)
{
    struct slice number = slice_sub(text, 0, parse_number_len(text));
    size_t point = slice_find(number, '.');

    return measure == SLA_MEASURE_MONEY && point + 4 == number.len;
}

/* Takes the text when it reads; later ones do not replace it. */
static void offer(enum sla_measure measure, const char *text, bool same, const char *why,
                  struct sla_hint *out)
{
    if (out->write[0] != '\0' || !sla_measure_reads(measure, slice_from(text))) {
        return;
    }
    bool thousands = may_be_thousands(measure, slice_from(text));
    (void)snprintf(out->write, sizeof(out->write), "%s", text);
    out->same = same && !thousands;
    why = same && thousands ? "here a point divides decimals, not thousands" : why;
    (void)snprintf(out->help, sizeof(out->help), why != NULL ? "write `%s`: %s" : "write `%s`",
                   text, why);
}

/* The amount in another unit: 1.5 months as days. */
static void offer_amount(enum sla_measure measure, const struct sla_odd_number *number,
                         const struct habit *habit, struct sla_hint *out)
{
    char text[PARSE_TEXT_MAX + SLA_ODD_NUMBER_BYTES];
    char amount_text[PARSE_TEXT_MAX];
    const struct parse_unit unit = { "", habit->factor };
    uint64_t amount = 0;

    if (!parse_scaled(slice_from(number->digits), &unit, 1, INT64_MAX, &amount)) {
        return;
    }
    if (measure == SLA_MEASURE_DURATION) {
        format_duration_ms((int64_t)amount, amount_text);
    } else {
        format_bit_rate(amount, amount_text);
    }
    (void)snprintf(text, sizeof(text), "%s", amount_text);
    offer(measure, text, measure == SLA_MEASURE_BIT_RATE && number->same, habit->why, out);
}

/* What could follow a number that says no unit. */
static const char *const no_unit[SLA_MEASURES][4] = {
    [SLA_MEASURE_DURATION] = { "s", "min", "h", "d" },
    [SLA_MEASURE_SHARE] = { "%" },
    [SLA_MEASURE_BYTES] = { "MiB", "GiB", "GB" },
    [SLA_MEASURE_BIT_RATE] = { "Mbit/s", "Gbit/s" },
    [SLA_MEASURE_MONEY] = { "EUR" },
};

/* "0.999" of all, as some tools write 99.9 %. False: it is none. */
static bool hint_fraction(const struct sla_odd_number *number, struct sla_hint *out)
{
    struct slice digits = slice_from(number->digits);
    char share[SLA_ODD_NUMBER_BYTES + 2];

    if (!slice_starts(digits, SLICE("0.")) || digits.len < 3) {
        return false;
    }
    struct slice tail = slice_sub(digits, 4, digits.len);
    unsigned whole = (unsigned)(digits.ptr[2] - '0') * 10;
    whole += digits.len > 3 ? (unsigned)(digits.ptr[3] - '0') : 0;
    (void)snprintf(share, sizeof(share), "%u%s%.*s", whole, tail.len > 0 ? "." : "",
                   SLICE_ARG(tail));
    (void)snprintf(out->help, sizeof(out->help),
                   "write `%s %%`, or `%s %%` if it is that little: a number alone says no unit",
                   share, number->digits);
    return true;
}

static void ask_for_unit(enum sla_measure measure, const struct sla_odd_number *number,
                         struct sla_hint *out)
{
    const char *const *units = no_unit[measure];

    if (units[0] == NULL || (measure == SLA_MEASURE_SHARE && hint_fraction(number, out))) {
        return;
    }
    if (units[1] == NULL) {
        char text[SLA_HINT_BYTES];
        (void)snprintf(text, sizeof(text), "%s %s", number->digits, units[0]);
        offer(measure, text, false, "a number alone says no unit", out);
        return;
    }
    CLEANUP(buf_done) struct buf help = { 0 };
    for (size_t i = 0; i < 4 && units[i] != NULL; i++) {
        bool last = i == 3 || units[i + 1] == NULL;
        const char *join = i == 0 ? "write" : (last ? " or" : ",");
        buf_printf(&help, "%s `%s %s`", join, number->digits, units[i]);
    }
    buf_add_cstr(&help, ": a number alone says no unit");
    slice_to_cstr(buf_slice(&help), out->help, sizeof(out->help));
}

static void hint_scaled(enum sla_measure measure, struct slice text, struct sla_hint *out)
{
    struct sla_odd_number number;
    char with_unit[SLA_HINT_BYTES];

    sla_take_odd_number(text, &number);
    struct slice unit = slice_trim(slice_sub(text, number.used, text.len));
    const struct habit *habit = find_habit(measure, unit);
    if (number.len == 0) {
        return;
    }
    if (habit != NULL && habit->unit == NULL) {
        offer_amount(measure, &number, habit, out);
        return;
    }
    if (unit.len == 0 && measure != SLA_MEASURE_COUNT) {
        ask_for_unit(measure, &number, out);
        return;
    }
    const char *why = habit != NULL ? habit->why : NULL;
    if (habit != NULL) {
        (void)snprintf(with_unit, sizeof(with_unit), "%s %s", number.digits, habit->unit);
    } else {
        (void)snprintf(with_unit, sizeof(with_unit), unit.len > 0 ? "%s %.*s" : "%s%.*s",
                       number.digits, SLICE_ARG(unit));
    }
    offer(measure, with_unit, why == NULL && number.same, why != NULL ? why : number.why, out);
}

/* "22:22" as hours and minutes, and as minutes and seconds. */
static void hint_clock(struct slice text, struct sla_hint *out)
{
    struct slice low_text = text;
    struct slice high_text = slice_cut(&low_text, ':');
    uint32_t high = 0;
    uint32_t low = 0;

    struct status status = parse_u32(high_text, 0, 9999, &high);
    if (status_ok(&status)) {
        status = parse_u32(low_text, 0, 59, &low);
    }
    if (status_ok(&status)) {
        (void)snprintf(
            out->help, sizeof(out->help),
            "write `%u min` if these are hours and minutes, `%u s` if minutes and seconds",
            high * 60 + low, high * 60 + low);
    }
}

/* "100/sec", "100 per minute" */
static void hint_rate(struct slice text, struct sla_hint *out)
{
    static const char *const joints[] = { "/", " per ", " a ", " an " };
    char rate[SLA_HINT_BYTES];
    struct sla_odd_number number;

    sla_take_odd_number(text, &number);
    struct slice rest = slice_sub(text, number.used, text.len);
    for (size_t i = 0; i < COUNT_OF(joints) && number.len > 0; i++) {
        struct slice joint = slice_from(joints[i]);
        if (!slice_starts(rest, joint)) {
            continue;
        }
        struct slice unit = slice_trim(slice_sub(rest, joint.len, rest.len));
        const struct habit *habit = find_habit(SLA_MEASURE_DURATION, unit);
        struct slice wanted = habit != NULL && habit->unit != NULL ? slice_from(habit->unit) : unit;
        (void)snprintf(rate, sizeof(rate), "%s/%.*s", number.digits, SLICE_ARG(wanted));
        offer(SLA_MEASURE_RATE, rate, number.same, number.why, out);
    }
}

/* "%99.9" */
static void hint_share(struct slice text, struct sla_hint *out)
{
    if (slice_starts(text, SLICE("%"))) {
        char turned[SLA_HINT_BYTES];
        (void)snprintf(turned, sizeof(turned), "%.*s %%",
                       SLICE_ARG(slice_trim(slice_sub(text, 1, text.len))));
        offer(SLA_MEASURE_SHARE, turned, true, NULL, out);
    }
    hint_scaled(SLA_MEASURE_SHARE, text, out);
}

/* "EUR 1200.50", "€ 1200.50" */
static void hint_money(struct slice text, struct sla_hint *out)
{
    char turned[SLA_HINT_BYTES];
    size_t digits = 0;

    hint_scaled(SLA_MEASURE_MONEY, text, out);
    while (digits < text.len && !is_digit(text.ptr[digits])) {
        digits++;
    }
    struct slice sign = slice_trim(slice_sub(text, 0, digits));
    if (out->write[0] != '\0' || sign.len == 0 || digits == text.len) {
        return;
    }
    (void)snprintf(turned, sizeof(turned), "%.*s %.*s",
                   SLICE_ARG(slice_sub(text, digits, text.len)), SLICE_ARG(sign));
    offer(SLA_MEASURE_MONEY, turned, true, NULL, out);
    hint_scaled(SLA_MEASURE_MONEY, slice_from(turned), out);
}

/* Three numbers with the same sign between them: the year is the one with four digits; with dots
 * the day comes first, with slashes nobody knows. */
static void hint_date(struct slice text, struct sla_hint *out)
{
    static const char signs[] = { '-', '/', '.' };
    char date[SLA_HINT_BYTES];
    uint32_t part[3] = { 0 };
    struct slice rest = slice_sub(text, 0, slice_find(text, 'T'));

    for (size_t i = 0; i < COUNT_OF(signs); i++) {
        struct slice left = rest;
        if (slice_count(rest, signs[i]) != 2) {
            continue;
        }
        struct slice first = slice_cut(&left, signs[i]);
        struct slice second = slice_cut(&left, signs[i]);
        struct status statuses[] = { parse_u32(first, 0, 9999, &part[0]),
                                     parse_u32(second, 0, 9999, &part[1]),
                                     parse_u32(left, 0, 9999, &part[2]) };
        if (!status_ok(&statuses[0]) || !status_ok(&statuses[1]) || !status_ok(&statuses[2])) {
            return;
        }
        bool year_first = first.len == 4;
        (void)snprintf(date, sizeof(date), "%04u-%02u-%02u", part[year_first ? 0 : 2], part[1],
                       part[year_first ? 2 : 0]);
        offer(SLA_MEASURE_DATE, date, year_first || signs[i] == '.', NULL, out);
        return;
    }
}

/* "2/4", "2 out of 4", "2of4", "4 of 2" */
static void hint_threshold(struct slice text, struct sla_hint *out)
{
    char threshold[SLA_HINT_BYTES];
    struct sla_odd_number k;
    struct sla_odd_number n;
    size_t at = 0;

    sla_take_odd_number(text, &k);
    for (at = k.used; at < text.len && !is_digit(text.ptr[at]); at++) {
    }
    sla_take_odd_number(slice_sub(text, at, text.len), &n);
    if (k.len == 0 || n.len == 0 || at + n.used != text.len) {
        return;
    }
    struct slice between = slice_trim(slice_sub(text, k.used, at));
    bool same = slice_is(between, "/") || slice_is(between, "of") || slice_is(between, "out of");
    (void)snprintf(threshold, sizeof(threshold), "%s of %s", k.digits, n.digits);
    offer(SLA_MEASURE_THRESHOLD, threshold, same, NULL, out);
    (void)snprintf(threshold, sizeof(threshold), "%s of %s", n.digits, k.digits);
    offer(SLA_MEASURE_THRESHOLD, threshold, false, "the first is at most the second", out);
}

/* Over midnight: the rest of the night is another window, a day later. */
static void hint_weekly(struct slice text, struct sla_hint *out)
{
    CLEANUP(buf_done) struct buf tidy = { 0 };
    CLEANUP(buf_done) struct buf first = { 0 };
    CLEANUP(buf_done) struct buf rest = { 0 };
    CLEANUP(buf_done) struct buf help = { 0 };

    sla_weekly_tidy(text, &tidy);
    offer(SLA_MEASURE_WEEKLY, tidy.ptr, true, NULL, out);
    if (out->write[0] == '\0' && sla_weekly_split(buf_slice(&tidy), &first, &rest)) {
        buf_printf(&help, "a window does not cross midnight: write `%s`", first.ptr);
        if (rest.len > 0) {
            buf_printf(&help, " and `%s`", rest.ptr);
        }
        slice_to_cstr(buf_slice(&help), out->help, sizeof(out->help));
        return;
    }
    buf_add_cstr(&tidy, " UTC");
    offer(SLA_MEASURE_WEEKLY, tidy.ptr, false, "without a zone nobody knows when that is", out);
}

static void hint_moment(struct slice text, struct sla_hint *out)
{
    CLEANUP(buf_done) struct buf tidy = { 0 };

    sla_moment_tidy(text, &tidy);
    offer(SLA_MEASURE_MOMENT, tidy.ptr, true, NULL, out);
    buf_add_cstr(&tidy, " UTC");
    offer(SLA_MEASURE_MOMENT, tidy.ptr, false, "without a zone nobody knows when that is", out);
}

/* "80 ms" with a no-break space, "99.9%" in full width: the same in plain characters. */
static void hint_plain(enum sla_measure measure, struct slice text, struct sla_hint *out)
{
    CLEANUP(buf_done) struct buf plain = { 0 };
    struct lookalike odd;

    if (lookalike_plain(text, &plain, &odd)) {
        char why[SLA_HINT_BYTES];
        char bare[SLA_HINT_BYTES];
        (void)snprintf(why, sizeof(why), "%s (U+%04X) stands in it", odd.name, (unsigned)odd.code);
        slice_to_cstr(lookalike_unquoted(buf_slice(&plain)), bare, sizeof(bare));
        offer(measure, bare, true, why, out);
    }
}

/* "<= 80 ms": whether `op` says the same is not looked at here. */
static void hint_bound(enum sla_measure measure, struct slice text, struct sla_hint *out)
{
    struct sla_bound bound;

    if (sla_bound_take(text, &bound)) {
        char rest[SLA_HINT_BYTES];
        slice_to_cstr(bound.rest, rest, sizeof(rest));
        offer(measure, rest, false, "`op` alone says from which side it is bounded", out);
    }
}

void sla_hint(enum sla_measure measure, struct slice text, struct sla_hint *out)
{
    struct slice trimmed = slice_trim(text);

    *out = (struct sla_hint){ .same = false };
    (void)snprintf(out->help, sizeof(out->help), "%s", how[measure]);
    if (trimmed.len >= SLA_HINT_BYTES / 2 || sla_measure_reads(measure, text)) {
        return; /* too long for anything near it; right as such, and wrong in its place */
    }
    hint_plain(measure, trimmed, out);
    hint_bound(measure, trimmed, out);
    switch (measure) {
    case SLA_MEASURE_COUNT:
    case SLA_MEASURE_BYTES:
    case SLA_MEASURE_BIT_RATE:
        hint_scaled(measure, trimmed, out);
        break;
    case SLA_MEASURE_SHARE:
        hint_share(trimmed, out);
        break;
    case SLA_MEASURE_DURATION:
        hint_clock(trimmed, out);
        hint_scaled(measure, trimmed, out);
        break;
    case SLA_MEASURE_RATE:
        hint_rate(trimmed, out);
        break;
    case SLA_MEASURE_MONEY:
        hint_money(trimmed, out);
        break;
    case SLA_MEASURE_DATE:
        hint_date(trimmed, out);
        break;
    case SLA_MEASURE_WEEKLY:
        hint_weekly(trimmed, out);
        break;
    case SLA_MEASURE_MOMENT:
        hint_moment(trimmed, out);
        break;
    case SLA_MEASURE_THRESHOLD:
        hint_threshold(trimmed, out);
        break;
    }
}
