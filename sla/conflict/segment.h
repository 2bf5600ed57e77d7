/* sla/conflict/segment.h - shares of one segment of a network that are required together: they add
 * up over its hosts and must fit it (formula F9 of the language).
 *
 * Of each host the most that is required of it at one moment counts; moments are those
 * where a guard begins (sla/conflict/sweep.h). For sla/ only. Pure. */
#ifndef REDAN_SLA_CONFLICT_SEGMENT_H
#define REDAN_SLA_CONFLICT_SEGMENT_H

#include "sla/conflict/satisfy.h"

/* Makes shares that cannot hold together impossible: after all requirements were judged one by one.
 */
void sla_judge_segments(struct sla_proofs *proofs);
/* RDN0506: a segment of which more is required than there is; a warning where what must hold
 * would fit. */
void sla_report_segments(struct sla_world *world, struct diag_list *diags);

#endif
