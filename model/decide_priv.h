/* model/decide_priv.h - does a guard hold for a request? For model/ only. */
#ifndef REDAN_MODEL_DECIDE_PRIV_H
#define REDAN_MODEL_DECIDE_PRIV_H

#include "model/decide.h"

enum {
    POLICY_COVERS = 1, /* it holds whatever the unknown facts are */
    POLICY_MEETS = 2   /* it holds for some */
};

/* Since 1970-01-01, in UTC. */
int32_t policy_request_day(const struct policy_request *request);
unsigned policy_guard_match(const struct policy_guard *guard, const struct policy_request *request,
                            int32_t day);

#endif
