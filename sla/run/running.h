/* sla/run/running.h - one test while it is run: what the kinds of tests share. For sla/run/ only.
 */
#ifndef REDAN_SLA_RUN_RUNNING_H
#define REDAN_SLA_RUN_RUNNING_H

#include "sla/code.h"
#include "sla/run/test.h"
#include "sla/sla.h"

enum { SLA_DECIDING_SHOWN_MAX = 4 };

/* A clause that the outcome comes of. */
struct sla_deciding {
    size_t clause;
    const char *how; /* "permits it" */
};

struct sla_running {
    struct arena *arena;
    const struct sla_world *world;
    const struct sla_options *options;
    const struct sla_document *document; /* the test's */
    const struct sla_test *test;
    struct diag_list *diags;
    bool *is_covered;
    struct sla_deciding deciding[SLA_DECIDING_SHOWN_MAX];
    size_t deciding_count;
    bool is_doubted;   /* of some name a finding says that nothing has it: that may be why */
    bool is_overruled; /* a flow: some permit it, and are asked after those that deny it */
    bool is_protected; /* a flow: nothing cuts it, whatever clauses say */
};

/* The clause is reached, and named should the test fail, with how it decides. */
void sla_running_decide(struct sla_running *self, size_t clause, const char *how);
/* Named only: another one decided. */
void sla_running_name(struct sla_running *self, size_t clause, const char *how);

/* The test fails: its finding (RDN0601), for what came out instead. */
struct diag *sla_running_failed(struct sla_running *self);
/* The clauses that decided, and what to do about them. */
void sla_running_show(struct sla_running *self, struct diag *diag);
void sla_running_help(struct sla_running *self, struct diag *diag);

/* Runs a test of its kind. False: it failed, which was reported. */
typedef bool(sla_run_fn)(struct sla_running *self);
sla_run_fn sla_run_flow;    /* as packets would be decided */
sla_run_fn sla_run_request; /* by policy_decide */
sla_run_fn sla_run_gets;    /* by what parts give to a service */
sla_run_fn sla_run_when;    /* by the reactions to a rule */

#endif
