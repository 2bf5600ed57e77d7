/* sla/words/hint.h - what to write instead of a text that is no such quantity: units as people
 * write them, numbers that readers of YAML disagree about, months and years, which have no length.
 *
 * A table of habits; nothing is guessed into a value: a hint is for people and for fixes. Pure. */
#ifndef REDAN_SLA_WORDS_HINT_H
#define REDAN_SLA_WORDS_HINT_H

#include <stdbool.h>

#include "base/slice.h"

enum sla_measure {
    SLA_MEASURE_COUNT,
    SLA_MEASURE_DURATION,
    SLA_MEASURE_SHARE,
    SLA_MEASURE_BYTES,
    SLA_MEASURE_BIT_RATE,
    SLA_MEASURE_RATE,
    SLA_MEASURE_MONEY,
    SLA_MEASURE_DATE,
    SLA_MEASURE_WEEKLY,
    SLA_MEASURE_MOMENT,
    SLA_MEASURE_THRESHOLD
};
enum { SLA_MEASURES = 11, SLA_HINT_BYTES = 96, SLA_HELP_BYTES = 200, SLA_PORT_MAX = 65535 };

struct sla_hint {
    char write[SLA_HINT_BYTES]; /* reads without a finding; empty: nothing is near enough */
    bool same;                  /* and can only mean what was written */
    char help[SLA_HELP_BYTES];  /* always: how to write it, and why not so */
};

void sla_hint(enum sla_measure measure, struct slice text, struct sla_hint *out);
/* The same for what is no port or range of ports, no address or network (sla/words/hint_network.c).
 */
void sla_hint_ports(struct slice text, struct sla_hint *out);
void sla_hint_address(struct slice text, struct sla_hint *out);

/* Whether the text reads as the measure. */
bool sla_measure_reads(enum sla_measure measure, struct slice text);

#endif
