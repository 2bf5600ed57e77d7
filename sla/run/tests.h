/* sla/run/tests.h - runs the tests that stand in documents, against the world they compile to.
 *
 * A flow is decided as the packets would be, by the clauses of who rules on the host and by permits
 * without conditions: between protected networks and a host nothing is cut; a host of which at
 * least one `flow permit` speaks takes, or sends, only what is permitted; a permit and a deny for
 * the same packets are a conflict. Packets pass where neither end stops them. A request is
 * asked of policy_decide; what it does not tell is not known. A rule that fires is answered by the
 * reactions to it. Pure. */
#ifndef REDAN_SLA_RUN_TESTS_H
#define REDAN_SLA_RUN_TESTS_H

#include "sla/sla.h"

/* Failed tests are findings (RDN0601). sla_compile does this by itself; `options` are those that it
 * was given. */
void sla_run_tests(struct arena *arena, const struct sla_world *world,
                   const struct sla_options *options, struct diag_list *diags,
                   struct sla_tests_outcome *out);

/* Flows, rules and reactions of documents with tests that no test reaches (RDN0602), and when the
 * share of those reached is below `min_ppb`, that (RDN0603). */
void sla_report_coverage(const struct sla_world *world, const struct sla_tests_outcome *outcome,
                         int64_t min_ppb, struct diag_list *diags);

#endif
