#include "cli/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

#include "base/clock.h"
#include "base/utf8.h"

enum { MS_PER_MINUTE = 60 * 1000, US_PER_S = 1000 * 1000 };

struct slice text_safe(struct arena *arena, struct slice text)
{
    CLEANUP(buf_done) struct buf out = { 0 };

    utf8_escape(&out, text, '\0');
    return arena_copy(arena, buf_slice(&out));
}

size_t text_columns(struct slice text)
{
    size_t columns = 0;

    while (text.len > 0) {
        uint32_t code = 0;
        size_t size = utf8_decode(text, &code);
        int width = size > 0 ? wcwidth((wchar_t)code) : 1;
        columns += width > 0 ? (size_t)width : 0;
        text = slice_sub(text, size > 0 ? size : 1, text.len);
    }
    return columns;
}

void text_paint(struct buf *out, bool color, enum tint tint, struct slice text)
{
    static const char *const starts[] = {
        [TINT_NONE] = "",         [TINT_GOOD] = "\033[32m",  [TINT_BAD] = "\033[1;31m",
        [TINT_WARN] = "\033[33m", [TINT_STRONG] = "\033[1m",
    };
    bool painted = color && tint != TINT_NONE;

    buf_add_cstr(out, painted ? starts[tint] : "");
    buf_add_slice(out, text);
    buf_add_cstr(out, painted ? "\033[0m" : "");
}

enum tint text_tint_of(struct slice word)
{
    static const struct {
        const char *word;
        enum tint tint;
    } words[] = {
        { "met", TINT_GOOD },      { "enforced", TINT_GOOD },
        { "done", TINT_GOOD },     { "contained", TINT_GOOD },
        { "resolved", TINT_GOOD }, { "enrolled", TINT_GOOD },
        { "ok", TINT_GOOD },       { "chosen", TINT_GOOD },
        { "breached", TINT_BAD },  { "failed", TINT_BAD },
        { "drifted", TINT_BAD },   { "refused", TINT_BAD },
        { "revoked", TINT_BAD },   { "critical", TINT_BAD },
        { "broken", TINT_BAD },    { "high", TINT_WARN },
        { "unknown", TINT_WARN },  { "open", TINT_WARN },
        { "pending", TINT_WARN },  { "running", TINT_WARN },
        { "undoing", TINT_WARN },  { "awaiting-approval", TINT_WARN },
    };

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (slice_is(word, words[i].word)) {
            return words[i].tint;
        }
    }
    return TINT_NONE;
}

struct slice text_digest(struct arena *arena, const struct sha256 *digest)
{
    char hex[2 * SHA256_BYTES + 1];

    sha256_hex(digest, hex);
    return arena_printf(arena, "sha256:%s", hex);
}

struct slice text_age(struct arena *arena, int64_t now_us, int64_t then_us)
{
    static const struct {
        int64_t seconds;
        char unit;
    } units[] = { { 86400, 'd' }, { 3600, 'h' }, { 60, 'm' }, { 1, 's' } };
    int64_t age_s = (now_us - then_us) / US_PER_S;

    for (size_t i = 0; i < COUNT_OF(units); i++) {
        if (age_s >= units[i].seconds) {
            return arena_printf(arena, "%" PRId64 "%c", age_s / units[i].seconds, units[i].unit);
        }
    }
    return SLICE("0s");
}

struct slice text_time(struct arena *arena, int64_t at_us, bool utc)
{
    time_t seconds = (time_t)(at_us / US_PER_S);
    int millis = (int)(at_us % US_PER_S / 1000);
    struct tm parts = { 0 };
    char date[32];
    char zone[8] = "Z";

    if (utc) {
        (void)gmtime_r(&seconds, &parts);
    } else {
        (void)localtime_r(&seconds, &parts);
        (void)strftime(zone, sizeof(zone), "%z", &parts);
    }
    (void)strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S", &parts);
    return arena_printf(arena, "%s.%03d%s", date, millis, zone);
}

/* A minute and more: the two largest units. */
static struct slice long_duration(struct arena *arena, int64_t seconds)
{
    static const struct {
        int64_t seconds;
        const char *name;
    } units[] = { { 86400, "d" }, { 3600, "h" }, { 60, "min" }, { 1, "s" } };
    const char *sign = seconds < 0 ? "-" : "";
    int64_t left = seconds < 0 ? -seconds : seconds;
    size_t unit = 0;

    while (unit + 2 < COUNT_OF(units) && left < units[unit].seconds) {
        unit++;
    }
    int64_t whole = left / units[unit].seconds;
    int64_t rest = left % units[unit].seconds / units[unit + 1].seconds;
    if (rest == 0) {
        return arena_printf(arena, "%s%" PRId64 " %s", sign, whole, units[unit].name);
    }
    return arena_printf(arena, "%s%" PRId64 " %s %" PRId64 " %s", sign, whole, units[unit].name,
                        rest, units[unit + 1].name);
}

struct slice text_duration(struct arena *arena, int64_t ms)
{
    if (ms > -1000 && ms < 1000) {
        return arena_printf(arena, "%" PRId64 " ms", ms);
    }
    if (ms < 0 || ms >= MS_PER_MINUTE) {
        return long_duration(arena, ms / 1000);
    }
    int64_t centi = (ms + 5) / 10;
    if (centi % 100 == 0) {
        return arena_printf(arena, "%" PRId64 " s", centi / 100);
    }
    return arena_printf(arena, "%" PRId64 ".%02" PRId64 " s", centi / 100, centi % 100);
}
