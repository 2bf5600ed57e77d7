#include "detect/syslog.h"

#include <string.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/parse.h"

enum {
    US_PER_S = 1000 * 1000,
    S_PER_DAY = 86400,
    YEARS_BACK = 8, /* 29 February comes at least every eighth year */
    TAG_MAX = 64
};

/* What is left to read, and where it began, for messages. */
struct cursor {
    struct slice rest;
    const char *start;
};

static struct status bad(const struct cursor *cursor, const char *what)
{
    return status_error(STATUS_INVALID, "byte %zu: %s",
                        (size_t)(cursor->rest.ptr - cursor->start) + 1, what);
}

static void skip(struct cursor *cursor, size_t count)
{
    cursor->rest.ptr += count;
    cursor->rest.len -= count;
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* Printable US-ASCII without blanks: all that RFC 5424 allows in a header. */
static bool is_header_text(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] <= ' ' || text.ptr[i] > '~') {
            return false;
        }
    }
    return true;
}

static struct slice strip_line_end(struct slice line)
{
    if (line.len > 0 && line.ptr[line.len - 1] == '\n') {
        line.len--;
    }
    if (line.len > 0 && line.ptr[line.len - 1] == '\r') {
        line.len--;
    }
    return line;
}

static struct status take_priority(struct cursor *cursor, int *out)
{
    uint32_t value = 0;

    *out = SYSLOG_PRIORITY_NONE;
    if (cursor->rest.len == 0 || cursor->rest.ptr[0] != '<') {
        return STATUS_SUCCESS;
    }
    size_t end = slice_find(cursor->rest, '>');
    struct status parsed =
        parse_u32(slice_sub(cursor->rest, 1, end), 0, SYSLOG_PRIORITY_MAX, &value);
    bool padded = end > 2 && cursor->rest.ptr[1] == '0';
    if (end == cursor->rest.len || end > 4 || padded || !status_ok(&parsed)) {
        return bad(cursor, "priority is not <0> to <191>");
    }
    *out = (int)value;
    skip(cursor, end + 1);
    return STATUS_SUCCESS;
}

/* --- RFC 3164 times --------------------------------------------------------------------------- */

static const char month_names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
static const unsigned month_days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

struct date_time {
    unsigned month; /* 1..12 */
    unsigned day;
    unsigned second_of_day;
};

static unsigned month_of(struct slice text)
{
    for (unsigned i = 0; i < COUNT_OF(month_days); i++) {
        if (slice_starts(text, (struct slice){ month_names + (size_t)i * 3, 3 })) {
            return i + 1;
        }
    }
    return 0;
}

static bool take_two_digits(struct slice *text, unsigned max, unsigned *out)
{
    if (text->len < 2 || !is_digit(text->ptr[0]) || !is_digit(text->ptr[1])) {
        return false;
    }
    *out = (unsigned)(text->ptr[0] - '0') * 10U + (unsigned)(text->ptr[1] - '0');
    *text = (struct slice){ text->ptr + 2, text->len - 2 };
    return *out <= max;
}

static bool take_byte(struct slice *text, char byte)
{
    if (text->len == 0 || text->ptr[0] != byte) {
        return false;
    }
    *text = (struct slice){ text->ptr + 1, text->len - 1 };
    return true;
}

/* "7", " 7", "07", "17" and the blank after it. */
static bool take_day(struct slice *text, unsigned *out)
{
    (void)take_byte(text, ' ');
    if (text->len < 2 || !is_digit(text->ptr[0])) {
        return false;
    }
    if (is_digit(text->ptr[1])) {
        return take_two_digits(text, 31, out) && take_byte(text, ' ');
    }
    *out = (unsigned)(text->ptr[0] - '0');
    *text = (struct slice){ text->ptr + 1, text->len - 1 };
    return take_byte(text, ' ');
}

static bool take_time_of_day(struct slice *text, unsigned *out_s)
{
    unsigned hour = 0;
    unsigned minute = 0;
    unsigned second = 0;

    if (!take_two_digits(text, 23, &hour) || !take_byte(text, ':') ||
        !take_two_digits(text, 59, &minute) || !take_byte(text, ':') ||
        !take_two_digits(text, 60, &second)) {
        return false;
    }
    *out_s = hour * 3600U + minute * 60U + second;
    return true;
}

/* "Mmm dd hh:mm:ss": false leaves the text alone. */
static bool take_date_time(struct slice *text, struct date_time *out)
{
    struct slice rest = *text;
    struct date_time read = { .month = month_of(rest) };

    if (read.month == 0) {
        return false;
    }
    rest = slice_sub(rest, 3, rest.len);
    if (!take_byte(&rest, ' ') || !take_day(&rest, &read.day) || read.day < 1 ||
        read.day > month_days[read.month - 1] || !take_time_of_day(&rest, &read.second_of_day)) {
        return false;
    }
    if (rest.len > 0 && rest.ptr[0] != ' ') {
        return false;
    }
    *text = rest;
    *out = read;
    return true;
}

static bool is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* The latest year in which the date exists and is not too far ahead. */
static int64_t place_in_time(const struct date_time *read, const struct syslog_reference *reference)
{
    const int64_t days_in_400_years = 146097;
    int64_t now_day = reference->now_us / US_PER_S / S_PER_DAY;
    int64_t guess = 1970 + now_day * 400 / days_in_400_years + 1;
    int64_t time_us = 0;

    for (int64_t year = guess; year >= guess - YEARS_BACK - 1; year--) {
        if (read->month == 2 && read->day == 29 && !is_leap(year)) {
            continue;
        }
        int64_t days = date_to_days((struct date){ year, read->month, read->day });
        int64_t seconds = days * S_PER_DAY + (int64_t)read->second_of_day - reference->zone_east_s;
        time_us = seconds * US_PER_S;
        if (time_us <= reference->now_us + SYSLOG_AHEAD_MAX_US) {
            break;
        }
    }
    return time_us;
}

/* --- host, tag and text (RFC 3164 and the file format) ---------------------------------------- */

static bool is_tag_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || is_digit(byte) ||
           byte == '-' || byte == '_' || byte == '.' || byte == '/' || byte == '(' || byte == ')';
}

/* "app:", "app[pid]:", "app[pid]" or "[app]" at the front; else there is no tag. */
static void take_tag(struct slice *text, struct syslog_message *out)
{
    struct slice rest = *text;
    bool boxed = take_byte(&rest, '[');
    size_t end = 0;

    while (end < rest.len && end < TAG_MAX && is_tag_byte(rest.ptr[end])) {
        end++;
    }
    struct slice app = slice_sub(rest, 0, end);
    struct slice procid = { 0 };
    rest = slice_sub(rest, end, rest.len);
    bool closed = boxed && take_byte(&rest, ']');
    if (!boxed && take_byte(&rest, '[')) {
        size_t close = slice_find(rest, ']');
        procid = slice_sub(rest, 0, close);
        closed = close < rest.len && close <= SYSLOG_PROCID_MAX && is_header_text(procid);
        rest = slice_sub(rest, close + 1, rest.len);
    }
    bool colon = take_byte(&rest, ':');
    bool blank = take_byte(&rest, ' ');
    if (end == 0 || (boxed && !closed) || (procid.len > 0 && !closed) || (!colon && !closed) ||
        (!blank && rest.len > 0)) {
        return;
    }
    out->app = app;
    out->procid = procid;
    *text = rest;
}

/* After the time: " host tag: text"; some writers leave the host out. */
static struct status take_host_and_text(struct cursor *cursor, struct syslog_message *out)
{
    struct slice rest = cursor->rest;

    (void)take_byte(&rest, ' ');
    take_tag(&rest, out);
    if (out->app.len == 0) {
        struct slice after = rest;
        struct slice host = slice_cut(&after, ' ');
        if (after.ptr == NULL) {
            out->text = rest; /* one word: a text without host and tag */
            return STATUS_SUCCESS;
        }
        if (host.len > SYSLOG_HOST_MAX || !is_header_text(host)) {
            return bad(cursor, "host name is not printable or too long");
        }
        out->host = host;
        rest = after;
        take_tag(&rest, out);
    }
    out->text = rest;
    return STATUS_SUCCESS;
}

static struct status read_rfc3164(struct cursor *cursor, const struct syslog_reference *reference,
                                  struct syslog_message *out)
{
    struct date_time read = { 0 };
    struct slice rest = cursor->rest;

    out->format = SYSLOG_RFC3164;
    if (!take_date_time(&rest, &read)) {
        if (out->priority == SYSLOG_PRIORITY_NONE) {
            return bad(cursor, "no time in RFC 3164, RFC 3339 or RFC 5424 format");
        }
        out->text = rest; /* RFC 3164 section 4.3.3: all of it is content */
        return STATUS_SUCCESS;
    }
    out->has_time = true;
    out->time_us = place_in_time(&read, reference);
    cursor->rest = rest;
    return take_host_and_text(cursor, out);
}

static struct status read_rfc3339(struct cursor *cursor, struct syslog_message *out)
{
    size_t end = slice_find(cursor->rest, ' ');
    struct status parsed = clock_parse_rfc3339(slice_sub(cursor->rest, 0, end), &out->time_us);

    if (!status_ok(&parsed)) {
        return bad(cursor, "not an RFC 3339 time");
    }
    out->format = SYSLOG_RFC3339;
    out->has_time = true;
    skip(cursor, end);
    return take_host_and_text(cursor, out);
}

/* --- RFC 5424 --------------------------------------------------------------------------------- */

/* One header field and the blank after it; "-" gives "". */
static struct status take_field(struct cursor *cursor, size_t max, const char *what,
                                struct slice *out)
{
    size_t end = slice_find(cursor->rest, ' ');
    struct slice field = slice_sub(cursor->rest, 0, end);

    if (end == cursor->rest.len || field.len == 0 || field.len > max || !is_header_text(field)) {
        return bad(cursor, what);
    }
    *out = slice_is(field, "-") ? SLICE("") : field;
    skip(cursor, end + 1);
    return STATUS_SUCCESS;
}

/* Length of one "[id name="value" ...]" element, or 0 when it does not end. */
static size_t element_len(struct slice text)
{
    bool quoted = false;

    for (size_t i = 1; i < text.len; i++) {
        if (quoted && text.ptr[i] == '\\') {
            i++;
        } else if (text.ptr[i] == '"') {
            quoted = !quoted;
        } else if (!quoted && text.ptr[i] == ']') {
            return i + 1;
        }
    }
    return 0;
}

/* Length of all elements, or 0 when one does not end or none is there. */
static size_t elements_len(struct slice text)
{
    size_t end = 0;

    while (end < text.len && text.ptr[end] == '[') {
        size_t len = element_len(slice_sub(text, end, text.len));
        if (len == 0) {
            return 0;
        }
        end += len;
    }
    return end;
}

static struct status take_structured_data(struct cursor *cursor, struct slice *out)
{
    *out = SLICE("");
    if (!take_byte(&cursor->rest, '-')) {
        size_t end = elements_len(cursor->rest);
        if (end == 0) {
            return bad(cursor, "structured data is neither `-` nor whole in brackets");
        }
        *out = slice_sub(cursor->rest, 0, end);
        skip(cursor, end);
    }
    if (cursor->rest.len > 0 && !take_byte(&cursor->rest, ' ')) {
        return bad(cursor, "no blank after the structured data");
    }
    return STATUS_SUCCESS;
}

static struct status read_rfc5424(struct cursor *cursor, struct syslog_message *out)
{
    struct slice time = { 0 };

    out->format = SYSLOG_RFC5424;
    skip(cursor, 2); /* "1 " */
    const char *time_at = cursor->rest.ptr;
    TRY(take_field(cursor, CLOCK_TEXT_MAX + 8, "no time", &time));
    if (time.len > 0) {
        struct status parsed = clock_parse_rfc3339(time, &out->time_us);
        if (!status_ok(&parsed)) {
            cursor->rest = (struct slice){ time_at, time.len };
            return bad(cursor, "not an RFC 3339 time");
        }
        out->has_time = true;
    }
    TRY(take_field(cursor, SYSLOG_HOST_MAX, "no host name", &out->host));
    TRY(take_field(cursor, SYSLOG_APP_MAX, "no application name", &out->app));
    TRY(take_field(cursor, SYSLOG_PROCID_MAX, "no process id", &out->procid));
    TRY(take_field(cursor, SYSLOG_MSGID_MAX, "no message id", &out->msgid));
    TRY(take_structured_data(cursor, &out->details));
    out->text = cursor->rest;
    if (slice_starts(out->text, SLICE("\xEF\xBB\xBF"))) {
        out->text = slice_sub(out->text, 3, out->text.len);
    }
    return STATUS_SUCCESS;
}

struct status syslog_parse(struct slice line, const struct syslog_reference *reference,
                           struct syslog_message *out)
{
    struct syslog_message message = { 0 };
    struct cursor cursor = { strip_line_end(line), line.ptr };

    if (line.len > SYSLOG_LINE_MAX) {
        return status_error(STATUS_EXHAUSTED, "line is over %d bytes", (int)SYSLOG_LINE_MAX);
    }
    if (cursor.rest.len == 0) {
        return status_error(STATUS_INVALID, "byte 1: empty line");
    }
    TRY(take_priority(&cursor, &message.priority));
    bool dated = cursor.rest.len > 4 && is_digit(cursor.rest.ptr[0]) && cursor.rest.ptr[4] == '-';
    if (message.priority != SYSLOG_PRIORITY_NONE && slice_starts(cursor.rest, SLICE("1 "))) {
        TRY(read_rfc5424(&cursor, &message));
    } else if (dated) {
        TRY(read_rfc3339(&cursor, &message));
    } else {
        TRY(read_rfc3164(&cursor, reference, &message));
    }
    *out = message;
    return STATUS_SUCCESS;
}
