#include "orchestrator/http_peer.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum { NAME_BUFFER = 4096, ALL_ROLES = HTTP_OFFICER | HTTP_OPERATOR | HTTP_AUDITOR };

static const struct {
    const char *group;
    unsigned role;
} grants[HTTP_ROLE_GROUPS] = {
    { "redan-officer", HTTP_OFFICER },
    { "redan-operator", HTTP_OPERATOR },
    { "redan-auditor", HTTP_AUDITOR },
};

struct http_role_groups http_role_groups_find(void)
{
    struct http_role_groups found = { { 0 } };
    char text[NAME_BUFFER];

    for (size_t i = 0; i < HTTP_ROLE_GROUPS; i++) {
        struct group group;
        struct group *result = NULL;
        bool is_there =
            getgrnam_r(grants[i].group, &group, text, sizeof(text), &result) == 0 && result != NULL;
        found.gids[i] = is_there ? group.gr_gid : (gid_t)-1;
    }
    return found;
}

unsigned http_roles_of(const struct http_role_groups *groups, uid_t owner, uid_t uid,
                       const gid_t *gids, size_t gid_count)
{
    unsigned roles = 0;

    if (uid == 0 || uid == owner) {
        return ALL_ROLES;
    }
    for (size_t i = 0; i < HTTP_ROLE_GROUPS; i++) {
        for (size_t j = 0; j < gid_count; j++) {
            if (groups->gids[i] != (gid_t)-1 && groups->gids[i] == gids[j]) {
                roles |= grants[i].role;
            }
        }
    }
    return roles;
}

static void name_of(uid_t uid, char *out, size_t out_bytes)
{
    char text[NAME_BUFFER];
    struct passwd user;
    struct passwd *result = NULL;

    if (getpwuid_r(uid, &user, text, sizeof(text), &result) == 0 && result != NULL) {
        slice_to_cstr(slice_from(user.pw_name), out, out_bytes);
    } else {
        (void)snprintf(out, out_bytes, "%u", (unsigned)uid);
    }
}

/* The main group first, then the others; a peer in more groups than fit keeps the main one only. */
static size_t groups_of(int fd, gid_t main_group, gid_t out[HTTP_PEER_GROUPS_MAX + 1])
{
    socklen_t bytes = HTTP_PEER_GROUPS_MAX * sizeof(gid_t);

    out[0] = main_group;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, out + 1, &bytes) != 0) {
        return 1;
    }
    return 1 + bytes / sizeof(gid_t);
}

struct status http_peer_read(int fd, const struct http_role_groups *groups, uid_t owner,
                             struct http_identity *out)
{
    struct ucred peer;
    socklen_t bytes = sizeof(peer);
    gid_t gids[HTTP_PEER_GROUPS_MAX + 1];

    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &bytes) != 0) {
        return status_error(STATUS_UNAVAILABLE, "peer: %s", strerrordesc_np(errno));
    }
    size_t count = groups_of(fd, peer.gid, gids);
    *out = (struct http_identity){ .uid = peer.uid, .pid = peer.pid };
    out->roles = http_roles_of(groups, owner, peer.uid, gids, count);
    name_of(peer.uid, out->name, sizeof(out->name));
    return STATUS_SUCCESS;
}
