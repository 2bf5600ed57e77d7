/* planes/compute/libvirt_plane.h - the compute plane of any hypervisor libvirt reaches by a URI.
 *
 * compute.snapshot makes the snapshot `redan-<action id>`: disks and memory where the domain's
 * images can keep both, disks alone where not (the reading says which); its description carries the
 * action. Undo deletes it.
 * compute.suspend pauses the domain and notes in its metadata (LIBVIRT_CONTROL_NS) which actions
 * hold it and who had paused it, so that after a restart of everything undo still resumes only what
 * was paused here: a domain that its owner had paused stays so. "Paused" is what the hypervisor
 * says of itself (verified by self); that a guest lives or stands still is proven by its serial
 * line or its agent, not by this plane.
 * Leases are kept on the domain for whoever ends them; nothing here ends them.
 *
 * While libvirtd is away calls end with STATUS_UNAVAILABLE; the next call connects anew. A domain
 * that cannot keep a snapshot gives STATUS_UNSUPPORTED, one that does not run cannot be paused and
 * gives STATUS_UNAVAILABLE. */
#ifndef REDAN_PLANES_COMPUTE_LIBVIRT_PLANE_H
#define REDAN_PLANES_COMPUTE_LIBVIRT_PLANE_H

#include "planes/plane.h"

#define LIBVIRT_CONTROL_NS "https://redan.dev/ns/control"

enum { LIBVIRT_URI_MAX = 512, LIBVIRT_CHANGE_MS = 60000, LIBVIRT_READ_MS = 10000 };

struct libvirt_plane_spec {
    const char *uri;   /* "qemu:///system", "test+unix:///default?socket=PATH"; copied */
    int64_t change_ms; /* longest a snapshot or pause may take; 0: LIBVIRT_CHANGE_MS */
    int64_t read_ms;   /* 0: LIBVIRT_READ_MS */
};

/* Does not connect yet. Errors: STATUS_INVALID (no URI), STATUS_UNAVAILABLE. */
struct status libvirt_plane_open(const struct libvirt_plane_spec *spec,
                                 struct plane **out) MUST_USE;

#endif
