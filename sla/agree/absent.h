/* sla/agree/absent.h - an agreement pins a document that is not here. Pure; for sla/agree/. */
#ifndef REDAN_SLA_AGREE_ABSENT_H
#define REDAN_SLA_AGREE_ABSENT_H

#include "sla/draft.h"

/* Reports it (RDN0312) with what may be meant: another version (`found`; NULL: none), nearly its
 * name, its name with another kind or party. Silent where it may be what was refused: that was
 * told. */
void sla_report_absent(struct draft *draft, const struct sla_pin *pin,
                       const struct draft_document *found);

#endif
