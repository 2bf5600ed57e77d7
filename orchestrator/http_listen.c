#include "orchestrator/http_listen.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"

enum { BACKLOG = 128 };

static struct status make_address(const char *path, struct sockaddr_un *out)
{
    size_t len = strlen(path);

    *out = (struct sockaddr_un){ .sun_family = AF_UNIX };
    if (len == 0 || len >= sizeof(out->sun_path)) {
        return status_error(STATUS_INVALID, "socket path `%s` is empty or over %zu bytes", path,
                            sizeof(out->sun_path) - 1);
    }
    memcpy(out->sun_path, path, len + 1);
    return STATUS_SUCCESS;
}

static int new_socket(void)
{
    return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

/* Nobody answers at the address: what lies there is a leftover. */
static bool is_dead(const struct sockaddr_un *address)
{
    CLEANUP(cleanup_close) int probe = new_socket();

    return probe >= 0 && connect(probe, (const struct sockaddr *)address, sizeof(*address)) != 0 &&
           errno == ECONNREFUSED;
}

static struct status make_room(const struct sockaddr_un *address)
{
    struct stat info;

    if (lstat(address->sun_path, &info) != 0) {
        return STATUS_SUCCESS;
    }
    if (!S_ISSOCK(info.st_mode)) {
        return status_error(STATUS_CONFLICT, "%s is not a socket", address->sun_path);
    }
    if (!is_dead(address)) {
        return status_error(STATUS_CONFLICT, "%s: another process listens there",
                            address->sun_path);
    }
    if (unlink(address->sun_path) != 0) {
        return status_error(STATUS_UNAVAILABLE, "%s: %s", address->sun_path,
                            strerrordesc_np(errno));
    }
    return STATUS_SUCCESS;
}

struct status http_listen_check(const char *path)
{
    struct sockaddr_un address;
    struct stat info;

    TRY(make_address(path, &address));
    if (lstat(path, &info) == 0 && !S_ISSOCK(info.st_mode)) {
        return status_error(STATUS_CONFLICT, "%s is not a socket", path);
    }
    return file_check_beside(path);
}

/* The socket file is made with no rights at all and opened to the others once the group is set. */
static bool bind_closed(int fd, const struct sockaddr_un *address, mode_t mode, gid_t group)
{
    return fchmod(fd, 0) == 0 &&
           bind(fd, (const struct sockaddr *)address, sizeof(*address)) == 0 &&
           (group == (gid_t)-1 || chown(address->sun_path, (uid_t)-1, group) == 0) &&
           listen(fd, BACKLOG) == 0 && chmod(address->sun_path, mode) == 0;
}

struct status http_listen(const char *path, mode_t mode, gid_t group, int *out_fd)
{
    struct sockaddr_un address;

    TRY(make_address(path, &address));
    TRY(make_room(&address));
    int fd = new_socket();
    if (fd < 0 || !bind_closed(fd, &address, mode, group)) {
        struct status failed =
            status_error(STATUS_UNAVAILABLE, "%s: %s", path, strerrordesc_np(errno));
        cleanup_close(&fd);
        return failed;
    }
    *out_fd = fd;
    return STATUS_SUCCESS;
}
