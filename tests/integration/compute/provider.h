/* tests/integration/compute/provider.h - a private libvirtd for one test program (provider.sh), and
 * domains on it. Single-threaded. Everything ends with the test program, however it ends. */
#ifndef REDAN_TESTS_INTEGRATION_COMPUTE_PROVIDER_H
#define REDAN_TESTS_INTEGRATION_COMPUTE_PROVIDER_H

#include <libvirt/libvirt.h>

#include "base/status.h"
#include "planes/plane.h"

enum { PROVIDER_PATH_MAX = 256, PROVIDER_DEADLINE_MS = 20000 };

struct provider {
    char folder[PROVIDER_PATH_MAX]; /* for images, logs and the socket */
    char uri[PROVIDER_PATH_MAX];
    virConnectPtr held; /* the test's own connection */
    pid_t pid;
    int to, from;
};

/* Starts libvirtd and connects by `driver` and `path` ("test", "default"). STATUS_UNSUPPORTED: it
 * cannot run here, the message says why. */
struct status provider_start(struct provider *provider, const char *driver,
                             const char *path) MUST_USE;
/* "start", "kill", "stop" or "cont", done when it returns. */
struct status provider_command(struct provider *provider, const char *command) MUST_USE;
/* Connects anew, after "kill" and "start". */
struct status provider_connect(struct provider *provider) MUST_USE;
void provider_end(struct provider *provider);

/* Runs a program to its end and gives the first line it wrote, "" for none. STATUS_UNSUPPORTED:
 * that line began with "skipped: "; STATUS_UNAVAILABLE: it failed. `argv` ends with NULL. */
struct status run_program(const char *const argv[], char *out, size_t out_size) MUST_USE;

/* A running domain of this XML; `persistent`: stays defined when it stops. */
struct status provider_domain(struct provider *provider, const char *xml, bool persistent) MUST_USE;
/* The state libvirt gives this domain, -1 when it has none. */
int provider_state(struct provider *provider, const char *name);
virDomainPtr provider_lookup(struct provider *provider, const char *name); /* NULL: none */

#endif
