/* planes/compute/libvirt_link.h - one connection to libvirt that is made when it is needed.
 *
 * Blocking; belongs to one thread. Libvirt's own keepalive ends calls to a daemon that no longer
 * answers; it needs libvirt's event loop, which a thread shared by all links of the process runs
 * as long as there is one. */
#ifndef REDAN_PLANES_COMPUTE_LIBVIRT_LINK_H
#define REDAN_PLANES_COMPUTE_LIBVIRT_LINK_H

#include <libvirt/libvirt.h>

#include "base/status.h"

struct libvirt_link {
    char *uri;
    virConnectPtr connection; /* NULL: not connected */
    bool uses_events;
};

void libvirt_link_init(struct libvirt_link *link, const char *uri); /* the URI is copied */
void libvirt_link_done(struct libvirt_link *link);

/* Connects if need be. Errors: STATUS_UNAVAILABLE (also: libvirt itself does not start),
 * STATUS_DENIED, STATUS_UNSUPPORTED. */
struct status libvirt_link_connect(struct libvirt_link *link) MUST_USE;
/* Was the connection lost? Then it is closed. */
bool libvirt_link_dropped(struct libvirt_link *link);

/* The last libvirt error of this thread, as a status with `context` before it. */
struct status libvirt_error(const char *context);

/* For CLEANUP. */
void libvirt_free_domain(virDomainPtr *domain);
void libvirt_free_snapshot(virDomainSnapshotPtr *snapshot);

#endif
