#include "tests/site/namespace.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EXIT_SKIPPED = 77 };

static void skip(const char *what)
{
    (void)printf("  skipped: private namespaces: %s: %s\n", what, strerrordesc_np(errno));
    exit(EXIT_SKIPPED); /* NOLINT(concurrency-mt-unsafe): before the first thread */
}

static void write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);

    if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text)) {
        skip(path);
    }
    (void)close(fd);
}

static void map_ids(uid_t uid, gid_t gid)
{
    char line[64];

    write_file("/proc/self/setgroups", "deny");
    (void)snprintf(line, sizeof(line), "0 %u 1", uid);
    write_file("/proc/self/uid_map", line);
    (void)snprintf(line, sizeof(line), "0 %u 1", gid);
    write_file("/proc/self/gid_map", line);
}

static void loopback_up(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct ifreq request = { .ifr_name = "lo" };

    request.ifr_flags = IFF_UP | IFF_RUNNING;
    if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) != 0) {
        skip("loopback");
    }
    (void)close(fd);
}

/* `ip route add local 10.96.0.0/11 dev lo`, by rtnetlink(7). */
static void own_addresses(void)
{
    struct {
        struct nlmsghdr header;
        struct rtmsg route;
        struct rtattr destination_head;
        unsigned char destination[4];
        struct rtattr device_head;
        uint32_t device;
    } request = {
        .header = { .nlmsg_len = sizeof(request),
                    .nlmsg_type = RTM_NEWROUTE,
                    .nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_ACK },
        .route = { .rtm_family = AF_INET,
                   .rtm_dst_len = 11,
                   .rtm_table = RT_TABLE_LOCAL,
                   .rtm_protocol = RTPROT_BOOT,
                   .rtm_scope = RT_SCOPE_HOST,
                   .rtm_type = RTN_LOCAL },
        .destination_head = { .rta_len = RTA_LENGTH(4), .rta_type = RTA_DST },
        .destination = { 10, 96, 0, 0 },
        .device_head = { .rta_len = RTA_LENGTH(4), .rta_type = RTA_OIF },
        .device = if_nametoindex("lo"),
    };
    struct {
        struct nlmsghdr header;
        struct nlmsgerr error;
        char rest[256];
    } answer = { 0 };
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

    if (fd < 0 || send(fd, &request, sizeof(request), 0) != (ssize_t)sizeof(request) ||
        recv(fd, &answer, sizeof(answer), 0) <= 0) {
        skip("route");
    }
    errno = -answer.error.error;
    if (answer.error.error != 0) {
        skip("route");
    }
    (void)close(fd);
}

/* Without the exit handlers: after unshare(2) this process can start no thread or child any more,
 * and a leak checker wants one. */
static void wait_and_exit(pid_t child)
{
    int state = 0;

    while (waitpid(child, &state, 0) < 0 && errno == EINTR) {
    }
    _exit(WIFEXITED(state) ? WEXITSTATUS(state) : 1);
}

static void leave_host(int kinds)
{
    uid_t uid = geteuid();
    gid_t gid = getegid();

    if (unshare(kinds | (uid != 0 ? CLONE_NEWUSER : 0)) != 0) {
        skip("unshare");
    }
    if (uid != 0) {
        map_ids(uid, gid);
    }
}

static void furnish(void)
{
    if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) {
        skip("mount");
    }
    loopback_up();
    own_addresses();
}

void namespace_here(void)
{
    leave_host(CLONE_NEWNET | CLONE_NEWNS);
    furnish();
}

void namespace_enter(void)
{
    leave_host(CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID);
    (void)fflush(NULL);
    pid_t child = fork();
    if (child < 0) {
        skip("fork");
    }
    if (child > 0) {
        wait_and_exit(child);
    }
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    furnish();
    if (mount("proc", "/proc", "proc", 0, NULL) != 0) {
        skip("mount");
    }
}
