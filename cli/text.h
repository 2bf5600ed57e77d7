/* cli/text.h - text that is safe on a terminal, its columns, colours, ages.
 *
 * What comes from alerts, logs and agents passes text_safe before it is shown. Columns follow
 * wcwidth(3) in C.UTF-8 (set by cli_main). Colour never carries meaning alone: the word is always
 * there. Pure but for the locale. */
#ifndef REDAN_CLI_TEXT_H
#define REDAN_CLI_TEXT_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/crypto.h"
#include "base/slice.h"

enum tint { TINT_NONE, TINT_GOOD, TINT_BAD, TINT_WARN, TINT_STRONG };

/* Escaped (base/utf8.h), in the arena. */
struct slice text_safe(struct arena *arena, struct slice text);
/* Of escaped text. */
size_t text_columns(struct slice text);
/* `text` between the escape sequences of its tint, or plain. */
void text_paint(struct buf *out, bool color, enum tint tint, struct slice text);
/* What a state word deserves: "breached" is TINT_BAD. */
enum tint text_tint_of(struct slice word);

/* "sha256:" and 64 hex digits, as documents write it. */
struct slice text_digest(struct arena *arena, const struct sha256 *digest);

/* "12s", "5m", "3h", "2d"; "0s" for what lies ahead. */
struct slice text_age(struct arena *arena, int64_t now_us, int64_t then_us);
/* "2026-11-21 21:09:12.123Z", or local time with its offset. */
struct slice text_time(struct arena *arena, int64_t at_us, bool utc);
/* "812 ms", "4.12 s", "2 min 5 s", "30 d": for people; rounded to hundredths below a minute, cut to
 * two units above. */
struct slice text_duration(struct arena *arena, int64_t ms);

#endif
