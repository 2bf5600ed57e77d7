/* What redan-datad starts in its tests in place of an SMA: hands its end of the plane's socket to
 * the test by a unix socket, and waits to be ended.
 *   datad_relay SOCKET */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/parse.h"
#include "planes/remote.h"

static int connect_to(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
        perror(path);
        _exit(3);
    }
    return fd;
}

static void send_descriptor(int wire, int fd)
{
    char byte = 'p';
    struct iovec data = { .iov_base = &byte, .iov_len = 1 };
    char control[CMSG_SPACE(sizeof(int))] = { 0 };
    struct msghdr message = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)
    };
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);

    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &fd, sizeof(int));
    if (sendmsg(wire, &message, MSG_NOSIGNAL) != 1) {
        perror("sendmsg");
        _exit(3);
    }
}

int main(int argc, char **argv)
{
    char variable[PLANE_REMOTE_VARIABLE_MAX];
    uint32_t fd = 0;
    char byte = 0;

    plane_remote_variable(PLANE_DATA, variable);
    struct status status = parse_u32(slice_from(getenv(variable)), 3, 1024, &fd);
    if (argc != 2 || !status_ok(&status)) {
        (void)fprintf(stderr, "datad_relay: %s\n", status.msg);
        return 3;
    }
    int wire = connect_to(argv[1]);
    send_descriptor(wire, (int)fd);
    (void)close((int)fd);
    while (read(wire, &byte, 1) > 0) { /* until the test or the helper ends us */
    }
    return 0;
}
