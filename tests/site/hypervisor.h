/* tests/site/hypervisor.h - a private libvirtd with libvirt's test driver: a real daemon and
 * protocol, no guest. The driver keeps its domains in the daemon, as long as a connection is open,
 * so we hold one; a daemon that was killed begins anew with a running domain and no snapshots.
 *
 * Started and killed by the site; one thread. */
#ifndef REDAN_TESTS_SITE_HYPERVISOR_H
#define REDAN_TESTS_SITE_HYPERVISOR_H

#include "base/status.h"

#define HYPERVISOR_PROGRAM "/usr/sbin/libvirtd"
#define HYPERVISOR_DOMAIN  "test"

enum { HYPERVISOR_PATH_MAX = 256 };

struct hypervisor {
    char config[HYPERVISOR_PATH_MAX];
    char pid_file[HYPERVISOR_PATH_MAX];
    char environment[HYPERVISOR_PATH_MAX]; /* the daemon's */
    char uri[HYPERVISOR_PATH_MAX];
    void *held; /* virConnectPtr */
};

/* What libvirt says about the domain. */
struct domain_view {
    bool runs;
    bool is_paused;
    bool has_note;    /* metadata of ours */
    size_t snapshots; /* of whatever name */
};

/* Makes `folder` and the daemon's configuration in it. STATUS_UNSUPPORTED: no libvirtd here. */
struct status hypervisor_configure(struct hypervisor *self, const char *folder) MUST_USE;
/* Waits until the daemon tells of its domain; drops the connection before. */
struct status hypervisor_connect(struct hypervisor *self) MUST_USE;
struct status hypervisor_look(struct hypervisor *self, struct domain_view *out) MUST_USE;
void hypervisor_done(struct hypervisor *self);

#endif
