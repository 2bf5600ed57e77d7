#include "tests/integration/network/private_network.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/slice.h"

static int node_ns = -1;
static int peer_ns = -1;

bool private_run(const char *const argv[])
{
    /* execvp(3) changes nothing there, whatever its type says. */
    const union {
        const char *const *given; // cppcheck-suppress unusedStructMember; it is initialised
        char *const *taken;
    } words = { .given = argv };
    pid_t child = fork();

    if (child == 0) {
        (void)execvp(argv[0], words.taken);
        _exit(127);
    }
    int outcome = -1;
    return child > 0 && waitpid(child, &outcome, 0) == child && WIFEXITED(outcome) &&
           WEXITSTATUS(outcome) == 0;
}

static bool write_text(const char *path, const char *text)
{
    CLEANUP(cleanup_close) int fd = open(path, O_WRONLY | O_CLOEXEC);

    return fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
}

/* With root a network namespace is enough; else a user namespace in which we are root. */
static bool leave_the_host(void)
{
    char map[64];
    uid_t uid = getuid();
    gid_t gid = getgid();

    if (uid == 0 && unshare(CLONE_NEWNET) == 0) {
        return true;
    }
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) {
        return false;
    }
    (void)snprintf(map, sizeof(map), "0 %u 1", uid);
    bool mapped =
        write_text("/proc/self/setgroups", "deny") && write_text("/proc/self/uid_map", map);
    (void)snprintf(map, sizeof(map), "0 %u 1", gid);
    return mapped && write_text("/proc/self/gid_map", map);
}

/* A child holds the peers' namespace until we end. */
static pid_t hold_namespace(void)
{
    int ready[2];

    if (pipe2(ready, O_CLOEXEC) != 0) {
        return -1;
    }
    pid_t child = fork();
    if (child == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        char made = unshare(CLONE_NEWNET) == 0 ? 'y' : 'n';
        (void)!write(ready[1], &made, 1);
        for (;;) {
            (void)pause();
        }
    }
    char made = 'n';
    (void)close(ready[1]);
    (void)!read(ready[0], &made, 1);
    (void)close(ready[0]);
    return made == 'y' ? child : -1;
}

size_t private_split(char *line, const char **words, size_t max)
{
    size_t count = 0;

    for (char *at = line; *at != '\0' && count < max;) {
        at += strspn(at, " \n");
        if (*at == '\0') {
            break;
        }
        words[count++] = at;
        at += strcspn(at, " \n");
        if (*at != '\0') {
            *at++ = '\0';
        }
    }
    return count;
}

static bool run_ip(const char *line)
{
    char copy[256];
    const char *argv[32] = { "ip" };

    (void)snprintf(copy, sizeof(copy), "%s", line);
    (void)private_split(copy, argv + 1, COUNT_OF(argv) - 2);
    return private_run(argv);
}

static bool run_all(const char *const *lines)
{
    for (; *lines != NULL; lines++) {
        if (!run_ip(*lines)) {
            return false;
        }
    }
    return true;
}

static int open_namespace(pid_t pid)
{
    char path[64];

    (void)snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)pid);
    return open(path, O_RDONLY | O_CLOEXEC);
}

static bool join(const char *wire, pid_t holder)
{
    char line[128];

    (void)snprintf(line, sizeof(line), "link add %s type veth peer name %s netns %d", wire, wire,
                   (int)holder);
    return run_ip(line);
}

static bool join_by_wires(pid_t holder)
{
    static const char *const node_lines[] = { "addr add 10.77.0.1/24 dev wire",
                                              "addr add fd77::1/64 dev wire nodad",
                                              "addr add fe80::1/64 dev wire nodad",
                                              "addr add fe80::1/64 dev cable nodad",
                                              "link set wire up",
                                              "link set cable up",
                                              "link set lo up",
                                              NULL };
    static const char *const peer_lines[] = { "addr add 10.77.0.2/24 dev wire",
                                              "addr add 10.77.0.3/24 dev wire",
                                              "addr add fd77::2/64 dev wire nodad",
                                              "addr add fd77::3/64 dev wire nodad",
                                              "addr add fe80::2/64 dev wire nodad",
                                              "addr add fe80::3/64 dev wire nodad",
                                              "addr add fe80::2/64 dev cable nodad",
                                              "link set cable up",
                                              "link set wire up",
                                              "link set lo up",
                                              NULL };

    if (!join("wire", holder) || !join("cable", holder) || !run_all(node_lines) ||
        setns(peer_ns, CLONE_NEWNET) != 0) {
        return false;
    }
    bool joined = run_all(peer_lines);
    return setns(node_ns, CLONE_NEWNET) == 0 && joined;
}

const char *private_network_enter(void)
{
    if (!leave_the_host()) {
        return "no private network namespace";
    }
    pid_t holder = hold_namespace();
    if (holder < 0) {
        return "no second network namespace";
    }
    node_ns = open_namespace(getpid());
    peer_ns = open_namespace(holder);
    if (node_ns < 0 || peer_ns < 0 || !join_by_wires(holder)) {
        return "no wire between two namespaces (ip link add type veth)";
    }
    return NULL;
}

/* The number of the interface in the socket's namespace; 0: none. */
static uint32_t scope_of(int fd, const char *zone)
{
    struct ifreq request = { 0 };

    (void)snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", zone);
    return ioctl(fd, SIOCGIFINDEX, &request) == 0 ? (uint32_t)request.ifr_ifindex : 0;
}

static socklen_t fill_address(int fd, const char *host, uint16_t port, struct sockaddr_storage *out)
{
    char plain[INET6_ADDRSTRLEN] = "";
    const char *zone = strchr(host, '%');
    struct sockaddr_in ipv4 = { .sin_family = AF_INET, .sin_port = htons(port) };
    struct sockaddr_in6 ipv6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };

    memset(out, 0, sizeof(*out));
    if (inet_pton(AF_INET, host, &ipv4.sin_addr) == 1) {
        memcpy(out, &ipv4, sizeof(ipv4));
        return sizeof(ipv4);
    }
    slice_to_cstr(slice_sub(slice_from(host), 0, strcspn(host, "%")), plain, sizeof(plain));
    (void)inet_pton(AF_INET6, plain, &ipv6.sin6_addr);
    if (zone != NULL) {
        ipv6.sin6_scope_id = scope_of(fd, zone + 1);
    }
    memcpy(out, &ipv6, sizeof(ipv6));
    return sizeof(ipv6);
}

int private_socket(bool peer, int type, const char *host, uint16_t port)
{
    struct sockaddr_storage address;
    const int family = strchr(host, ':') != NULL ? AF_INET6 : AF_INET;
    const int one = 1;
    const int zero = 0;

    if (peer && setns(peer_ns, CLONE_NEWNET) != 0) {
        return -1;
    }
    int fd = socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (peer && setns(node_ns, CLONE_NEWNET) != 0) {
        abort(); /* nothing that follows would be where it should */
    }
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (strcmp(host, "::") == 0) {
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof(zero));
    }
    socklen_t len = fill_address(fd, host, port, &address);
    if (fd >= 0 && bind(fd, (const struct sockaddr *)&address, len) != 0) {
        (void)close(fd);
        return -1;
    }
    return fd;
}

uint16_t private_port(int fd)
{
    struct sockaddr_in6 address = { 0 }; /* the port is at the same place in both */
    socklen_t len = sizeof(address);

    (void)getsockname(fd, (struct sockaddr *)&address, &len);
    return ntohs(address.sin6_port);
}

bool private_connect(int fd, const char *host, uint16_t port)
{
    struct sockaddr_storage address;
    socklen_t len = fill_address(fd, host, port, &address);

    return connect(fd, (const struct sockaddr *)&address, len) == 0 || errno == EINPROGRESS;
}
