/* tests/fakes/plane_contract.h - what plane.h promises, as checks that every adapter must pass.
 *
 * A test program sets plane_contract_subject in a suite's set-up and lists plane_contract_tests as
 * that suite's tests; so one program can hold several subjects. The checks leave nothing in force.
 */
#ifndef REDAN_TESTS_FAKES_PLANE_CONTRACT_H
#define REDAN_TESTS_FAKES_PLANE_CONTRACT_H

#include "planes/plane.h"
#include "tests/suite.h"

struct plane_contract_subject {
    /* Opens the adapter; called again after plane_close it must reach the same infrastructure. */
    struct status (*open)(void *arg, struct plane **out);
    enum plane_kind kind;
    /* Two targets that exist. Network actions take the sources, others the resources; an entry may
     * be NULL where no supported action takes it. */
    const char *sources[2];
    const char *resources[2];
    bool keeps_leases; /* the plane itself ends a control when its lease is over */
    /* Lets this much time pass for the leases; NULL: the checks wait for it in real time. */
    void (*advance)(void *arg, int64_t by_ms);
    void *arg;
    const char *cannot; /* why the infrastructure is not to be had here: every check is skipped */
};

extern const struct plane_contract_subject *plane_contract_subject;
extern CU_TestInfo plane_contract_tests[];

#endif
