/* sla/compile.h - from a resolved draft to the world: policies, objectives, reactions, summary. For
 * sla/ only. */
#ifndef REDAN_SLA_COMPILE_H
#define REDAN_SLA_COMPILE_H

#include "sla/draft.h"

/* Everything but the conflicts. The draft must be free of errors. */
struct sla_world *sla_compile_world(struct draft *draft, const struct diag_source *sources,
                                    size_t count);

/* Templates and shared responses make nothing by themselves: others take their clauses. */
bool sla_speaks_for_itself(const struct sla_document *document);

/* Findings about what services get; counts them in the summary (sla/compose/report.c). */
void sla_report_figures(struct sla_world *world, struct diag_list *diags);

#endif
