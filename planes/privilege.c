#include "planes/privilege.h"

#include <errno.h>
#include <grp.h>
#include <linux/securebits.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { USER_NAME_MAX = 64, USER_RECORD_BYTES = 8 * 1024 };

struct status privilege_find_user(struct slice name, struct privilege_user *out)
{
    char text[USER_NAME_MAX];
    char record[USER_RECORD_BYTES];
    struct passwd entry;
    struct passwd *found = NULL;

    if (name.len == 0 || name.len >= sizeof(text)) {
        return status_error(STATUS_NOT_FOUND, "no user `%.*s`", SLICE_ARG(name));
    }
    (void)snprintf(text, sizeof(text), "%.*s", SLICE_ARG(name));
    int failed = getpwnam_r(text, &entry, record, sizeof(record), &found);
    if (found == NULL) {
        return status_error(STATUS_NOT_FOUND, "no user `%s`%s%s", text, failed != 0 ? ": " : "",
                            failed != 0 ? strerrordesc_np(failed) : "");
    }
    struct privilege_user user = { .given = true, .uid = entry.pw_uid, .gid = entry.pw_gid };
    int count = PRIVILEGE_GROUPS_MAX;
    if (getgrouplist(text, user.gid, user.groups, &count) < 0) {
        return status_error(STATUS_EXHAUSTED, "user `%s` is in over %d groups", text,
                            (int)PRIVILEGE_GROUPS_MAX);
    }
    user.group_count = (size_t)count;
    *out = user;
    return STATUS_SUCCESS;
}

static struct status denied(const char *step)
{
    return status_error(STATUS_DENIED, "%s: %s", step, strerrordesc_np(errno));
}

static bool is_kept(cap_value_t value, const cap_value_t *kept, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (kept[i] == value) {
            return true;
        }
    }
    return false;
}

/* A process without CAP_SETPCAP may not touch its bounding set; no_new_privs makes that harmless.
 */
static struct status bound(const cap_value_t *kept, size_t count)
{
    for (cap_value_t value = 0; value < cap_max_bits(); value++) {
        if (!is_kept(value, kept, count) && cap_drop_bound(value) != 0 && errno != EPERM) {
            return denied("bounding set");
        }
    }
    /* All but KEEP_CAPS, which is off and stays so. */
    const unsigned long bits = (SECURE_ALL_BITS & ~SECBIT_KEEP_CAPS) | SECURE_ALL_LOCKS;
    if (prctl(PR_SET_SECUREBITS, bits, 0, 0, 0) != 0 && errno != EPERM) {
        return denied("securebits");
    }
    return STATUS_SUCCESS;
}

static struct status become(const struct privilege_user *user)
{
    if (!user->given) {
        return STATUS_SUCCESS;
    }
    if (setgroups(user->group_count, user->groups) != 0) {
        return denied("setgroups");
    }
    if (setresgid(user->gid, user->gid, user->gid) != 0) {
        return denied("setresgid");
    }
    return setresuid(user->uid, user->uid, user->uid) == 0 ? STATUS_SUCCESS : denied("setresuid");
}

static void free_caps(cap_t *caps)
{
    if (*caps != NULL) {
        (void)cap_free(*caps);
    }
}

static struct status set_caps(const cap_value_t *kept, size_t count)
{
    CLEANUP(free_caps) cap_t wanted = cap_init();

    if (wanted == NULL) {
        return denied("capabilities");
    }
    if (count > 0 && (cap_set_flag(wanted, CAP_PERMITTED, (int)count, kept, CAP_SET) != 0 ||
                      cap_set_flag(wanted, CAP_EFFECTIVE, (int)count, kept, CAP_SET) != 0)) {
        return denied("capabilities");
    }
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0) {
        return denied("ambient capabilities");
    }
    if (cap_set_proc(wanted) != 0) {
        return denied("capabilities");
    }
    CLEANUP(free_caps) cap_t left = cap_get_proc();
    if (left == NULL || cap_compare(left, wanted) != 0) {
        return status_error(STATUS_DENIED, "capabilities: more are left than wanted");
    }
    return STATUS_SUCCESS;
}

static struct status gain_nothing(void)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1) {
        return denied("no_new_privs");
    }
    return STATUS_SUCCESS;
}

struct status privilege_drop_all(const struct privilege_user *user)
{
    TRY(bound(NULL, 0));
    TRY(become(user));
    TRY(set_caps(NULL, 0));
    return gain_nothing();
}

/* Signals may be sent to processes of one's real user: that needs no capability, and the files of
 * the effective user stay out of the other one's reach. */
static struct status stay_master_of(const struct privilege_user *user)
{
    if (!user->given) {
        return STATUS_SUCCESS;
    }
    return setresuid(user->uid, (uid_t)-1, (uid_t)-1) == 0 ? STATUS_SUCCESS : denied("setresuid");
}

struct status privilege_keep(const cap_value_t *kept, size_t count,
                             const struct privilege_user *child)
{
    TRY(stay_master_of(child));
    TRY(bound(kept, count));
    TRY(set_caps(kept, count));
    return gain_nothing();
}
