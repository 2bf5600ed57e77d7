/* tests/integration/network/private_network.h - two network namespaces of our own, joined by a
 * wire.
 *
 * The calling process becomes the node: 10.77.0.1 and fd77::1. Behind the wire are two peers,
 * 10.77.0.2 and .3, fd77::2 and ::3, fe80::2 and ::3, in one namespace. A second wire, "cable",
 * leads to another fe80::2; here the node is fe80::1 on both, there "wire" and "cable", too. All
 * vanish with the process. Call it before the first thread. */
#ifndef REDAN_TESTS_PRIVATE_NETWORK_H
#define REDAN_TESTS_PRIVATE_NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NODE_IPV4     "10.77.0.1"
#define ATTACKER_IPV4 "10.77.0.2"
#define INNOCENT_IPV4 "10.77.0.3"
#define NODE_IPV6     "fd77::1"
#define ATTACKER_IPV6 "fd77::2"
#define INNOCENT_IPV6 "fd77::3"
#define NODE_LINK     "fe80::1%wire"
#define ATTACKER_LINK "fe80::2%wire"
#define INNOCENT_LINK "fe80::3%wire"
#define NODE_CABLE    "fe80::1%cable"
#define NAMESAKE_LINK "fe80::2%cable"

/* NULL, or why it cannot be had here (no namespaces for us, no ip(8)). */
const char *private_network_enter(void);

/* A socket of `type` (SOCK_STREAM, SOCK_DGRAM) on the node, or with `peer` behind the wire, bound
 * to `host` (with its zone, if it has one; an IPv6 text gives an IPv6 socket; "::" a dual-stack
 * one) and `port` (0: any); nonblocking. -1 on failure. */
int private_socket(bool peer, int type, const char *host, uint16_t port);
uint16_t private_port(int fd); /* the bound one */
bool private_connect(int fd, const char *host,
                     uint16_t port); /* starts it; false: refused at once */

/* Cuts `line` at its blanks, in place: the first `max` words. */
size_t private_split(char *line, const char **words, size_t max);

/* Runs a program found in PATH; true when it exits with 0. */
bool private_run(const char *const argv[]);

#endif
