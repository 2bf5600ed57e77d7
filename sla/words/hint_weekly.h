/* sla/words/hint_weekly.h - windows of the week as people write them: "Monday-Friday 8:00-6pm UTC",
 * "weekend 22:00-24:30 Europe/Paris". For sla/words/hint.c. Pure. */
#ifndef REDAN_SLA_WORDS_HINT_WEEKLY_H
#define REDAN_SLA_WORDS_HINT_WEEKLY_H

#include "base/buf.h"

/* The same in our spelling: short days in small letters, times of two digits. What is not
 * understood stays as it is. */
void sla_weekly_tidy(struct slice text, struct buf *out);

/* Likewise of one time: "Monday 10am UTC". */
void sla_moment_tidy(struct slice text, struct buf *out);

/* Of a tidy text whose window goes over midnight: the window until then, and the rest of the night
 * a day later. False: it does not, or reads no better so. `out_rest` stays empty when nothing is
 * left. */
bool sla_weekly_split(struct slice tidy, struct buf *out_first, struct buf *out_rest);

#endif
