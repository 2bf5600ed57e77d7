/* planes/compute/domain_note.h - the holds of one domain, kept in the domain's own metadata.
 *
 * Blocking; the caller's connection. What is written survives a restart of libvirtd, and of the
 * domain when it is persistent. */
#ifndef REDAN_PLANES_COMPUTE_DOMAIN_NOTE_H
#define REDAN_PLANES_COMPUTE_DOMAIN_NOTE_H

#include <libvirt/libvirt.h>

#include "planes/hold.h"

/* No metadata gives an empty list. Errors: those of libvirt; STATUS_CORRUPT (somebody else wrote
 * there): `out` is worth nothing then. */
struct status domain_note_load(virDomainPtr domain, struct holds *out) MUST_USE;
/* Without a hold the metadata is removed. */
struct status domain_note_store(virDomainPtr domain, const struct holds *holds) MUST_USE;

/* The text of the first <`name`> element in `xml`, which has no child elements and no escapes;
 * STATUS_NOT_FOUND. For what this plane wrote itself. */
struct status xml_text(struct slice xml, const char *name, struct slice *out) MUST_USE;

#endif
