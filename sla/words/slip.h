/* sla/words/slip.h - whether one name is another one with a slip of the hand in it. Narrower than
 * what "did you mean" proposes for a name that is wrong: here both names may be right. Pure. */
#ifndef REDAN_SLA_WORDS_SLIP_H
#define REDAN_SLA_WORDS_SLIP_H

#include <stdbool.h>

#include "base/slice.h"

/* Two letters exchanged, one left out or one too many, one wrong inside a long word, a hyphen for
 * an underscore, capitals for small letters: the errors that Damerau (CACM 7, 1964) found to be
 * four of five. Names that differ in a digit, in a word of up to three letters (`app-a`, `ops`), in
 * how a word begins (`lan`, `wlan`) or in an ending (`payment`, `payments`) are taken for brothers.
 * The same name is no slip. ASCII. */
enum sla_slip {
    SLA_SLIP_NONE,
    SLA_SLIP_LETTER, /* one left out, or another: that may well be another word (`contact`,
                      * `contract`) */
    SLA_SLIP_SURE    /* exchanged, doubled, another separator, capitals: hardly ever */
};
enum sla_slip sla_slip_of(struct slice one, struct slice other);
bool sla_is_slip(struct slice one, struct slice other);

#endif
