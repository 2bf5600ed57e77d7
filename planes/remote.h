/* planes/remote.h - a plane behind a privileged helper: plane.h over the helper's socket.
 *
 * Used by the SMA. The helper opened the plane before it started us; if it dies, plane_dispatch
 * fails and the SMA ends, too. Threads: as plane.h says. */
#ifndef REDAN_PLANES_REMOTE_H
#define REDAN_PLANES_REMOTE_H

#include "planes/plane.h"

enum { PLANE_REMOTE_OPEN_MS = 5000 };

/* Takes the socket (SOCK_SEQPACKET), also on failure. Waits up to PLANE_REMOTE_OPEN_MS for the
 * helper's welcome: the one call that blocks. Errors: STATUS_TIMEOUT, STATUS_UNAVAILABLE (it hung
 * up), STATUS_CORRUPT and STATUS_INVALID (it speaks something else). */
struct status plane_remote_open(int fd, struct plane **out) MUST_USE;

/* The plane that the helper of this kind left us in REDAN_PLANE_<KIND>_FD
 * ("REDAN_PLANE_NETWORK_FD"). The variable is taken out of the environment, so call it before the
 * first thread; no child inherits the descriptor. Errors: STATUS_NOT_FOUND (no helper started us),
 * STATUS_INVALID (no such socket, or a helper of another plane), as plane_remote_open. */
struct status plane_remote_inherit(enum plane_kind kind, struct plane **out) MUST_USE;

enum { PLANE_REMOTE_VARIABLE_MAX = 32 };
void plane_remote_variable(enum plane_kind kind, char out[PLANE_REMOTE_VARIABLE_MAX]);

#endif
