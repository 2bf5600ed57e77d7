/* sla/words/everyday.h - what people call a word of the language: `allow` for `permit`. One table
 * for all closed lists; terms have theirs in `called` (sla/terms/term.h). Proposed, never read.
 * Pure. */
#ifndef REDAN_SLA_WORDS_EVERYDAY_H
#define REDAN_SLA_WORDS_EVERYDAY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

/* Whether the text is the name, whatever its case and however its words are divided
 * ("Data-Residency" is "data residency"). */
bool sla_is_spoken(struct slice text, struct slice name);

/* Of the words of a list the one that people call so; empty: none. */
struct slice sla_everyday(struct slice text, const struct slice *words, size_t count);

#endif
