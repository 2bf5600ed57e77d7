/* planes/privilege.h - giving up privileges, for good.
 *
 * Each function ends with a look at what is left: a success means it is gone. Errors:
 * STATUS_DENIED, with the step that failed. */
#ifndef REDAN_PLANES_PRIVILEGE_H
#define REDAN_PLANES_PRIVILEGE_H

#include <sys/capability.h>
#include <sys/types.h>

#include "base/slice.h"
#include "base/status.h"

enum { PRIVILEGE_GROUPS_MAX = 64 };

struct privilege_user {
    bool given;
    uid_t uid;
    gid_t gid;
    gid_t groups[PRIVILEGE_GROUPS_MAX]; /* all of its groups: how it may read logs */
    size_t group_count;
};
/* A name of the user database. Errors: STATUS_NOT_FOUND, STATUS_EXHAUSTED (groups). */
struct status privilege_find_user(struct slice name, struct privilege_user *out) MUST_USE;

/* Becomes `user` with its own groups if given, loses every capability (effective, permitted,
 * inheritable, ambient and, where it may, bounding), and can gain none by any program it runs. */
struct status privilege_drop_all(const struct privilege_user *user) MUST_USE;

/* Keeps these capabilities and loses the rest in the same way, but may still signal processes of
 * `child` (and they may signal us). */
struct status privilege_keep(const cap_value_t *kept, size_t count,
                             const struct privilege_user *child) MUST_USE;

#endif
