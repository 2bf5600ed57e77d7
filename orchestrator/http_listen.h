/* orchestrator/http_listen.h - the listening unix socket of the API. */
#ifndef REDAN_ORCHESTRATOR_HTTP_LISTEN_H
#define REDAN_ORCHESTRATOR_HTTP_LISTEN_H

#include <sys/types.h>

#include "base/status.h"

/* Binds `path` with `mode` and, unless (gid_t)-1, `group`; nobody can connect before both hold. A
 * socket whose process is gone is replaced; anything else at `path` is left alone. The fd is
 * nonblocking and the caller's. Errors: STATUS_INVALID (path too long or empty), STATUS_CONFLICT
 * (somebody listens there, or it is no socket), STATUS_UNAVAILABLE. */
struct status http_listen(const char *path, mode_t mode, gid_t group, int *out_fd) MUST_USE;

/* Would http_listen fail for another reason than somebody listening there? Changes nothing. */
struct status http_listen_check(const char *path) MUST_USE;

#endif
