/* tests/site/namespace.h - a private world for tests that change a kernel: user, network, mount and
 * process namespaces of our own, gone when the test ends, however it ends. */
#ifndef REDAN_TESTS_SITE_NAMESPACE_H
#define REDAN_TESTS_SITE_NAMESPACE_H

#include "base/status.h"

/* Called first in main, before any thread. In the parent it never returns: it waits for the child
 * that runs in the namespaces and exits with its code. In the child: mounts are private, loopback
 * is up, and every address of 10.96.0.0/11 is local, so that one host plays many. When the kernel
 * forbids it, prints why and exits with 77. */
void namespace_enter(void);

/* The same in this process, without a process namespace: for test programs, in a suite's set-up,
 * before any thread. What runs must be killed by whoever started it. */
void namespace_here(void);

#endif
