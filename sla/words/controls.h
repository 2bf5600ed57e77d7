/* sla/words/controls.h - which controls NIST SP 800-53 has: revision 5, of the OSCAL
 * catalogue 5.0.1, with what later releases added up to 5.2.0. Pure. */
#ifndef REDAN_SLA_WORDS_CONTROLS_H
#define REDAN_SLA_WORDS_CONTROLS_H

#include "base/buf.h"
#include "base/slice.h"

#include <stdint.h>

enum sla_control_state { SLA_CONTROL_UNKNOWN, SLA_CONTROL_THERE, SLA_CONTROL_WITHDRAWN };

/* Of a label as the catalogue prints it: "SA-9", "SA-9(5)". */
enum sla_control_state sla_control_find(struct slice text);

/* The label of what is meant by other spellings ("sa-9.5", "SA-09 (05)"). False: of nothing that is
 * there. */
bool sla_control_spell(struct slice text, struct buf *out);

/* One control with its enhancements: bit 0 is itself, bit n is (n). */
struct sla_control_row {
    char family[3];
    uint8_t control;
    uint64_t there, withdrawn;
};
const struct sla_control_row *sla_control_rows(size_t *out_count);

#endif
