/* orchestrator/http_peer.h - who is at the other end of a unix socket, by the kernel's word. */
#ifndef REDAN_ORCHESTRATOR_HTTP_PEER_H
#define REDAN_ORCHESTRATOR_HTTP_PEER_H

#include <sys/types.h>

#include "base/status.h"
#include "orchestrator/http.h"

enum { HTTP_ROLE_GROUPS = 3, HTTP_PEER_GROUPS_MAX = 256 };

/* The groups that give roles, looked up once; (gid_t)-1 where the host has no such group. */
struct http_role_groups {
    gid_t gids[HTTP_ROLE_GROUPS];
};
struct http_role_groups http_role_groups_find(void);

/* root and `owner` (who runs this process) have every role; others those of their groups. Pure. */
unsigned http_roles_of(const struct http_role_groups *groups, uid_t owner, uid_t uid,
                       const gid_t *gids, size_t gid_count);

/* Errors: STATUS_UNAVAILABLE (not a unix socket, or the kernel does not tell). */
struct status http_peer_read(int fd, const struct http_role_groups *groups, uid_t owner,
                             struct http_identity *out) MUST_USE;

#endif
