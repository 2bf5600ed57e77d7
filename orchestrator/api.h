/* orchestrator/api.h - the HTTP API of docs/reference/api.md over the core.
 *
 * Thread: the core's. Reading calls are answered at once; writing calls are turns of their own
 * (officer.h), answered after the commit; checking the journal is done in slices between other
 * work and answered at its end. */
#ifndef REDAN_ORCHESTRATOR_API_H
#define REDAN_ORCHESTRATOR_API_H

#include "orchestrator/http.h"

struct core;

/* An http_call_fn: `arg` is the struct core. */
void api_call(void *arg, const struct http_call *call);

/* Gives up a check of the journal that is under way, before the core goes. */
void api_close(struct core *core);

#endif
