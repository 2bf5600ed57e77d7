/* sla/resolve/digest.h - what documents say, as bytes, and digests of it. Files, comments, quotes,
 * layout and the order of keys are not in them; the order of lists is. docs/design/sla-language.md,
 * section 12. Pure. */
#ifndef REDAN_SLA_RESOLVE_DIGEST_H
#define REDAN_SLA_RESOLVE_DIGEST_H

#include "base/buf.h"
#include "base/crypto.h"
#include "base/yaml.h"

/* Appends `S<bytes>:<text>` for a scalar, `L<count>:` and the items of a list, `M<count>:` and keys
 * (as scalars) and values of a mapping, members in byte order of their keys. `node` is a tree of
 * yaml_read: at most YAML_DEPTH_MAX deep, no key twice in a mapping. `scratch` is used up to eight
 * bytes a member. */
void sla_canonical_add(struct arena *scratch, const struct yaml_node *node, struct buf *out);

/* A scalar alone. */
void sla_canonical_add_scalar(struct slice text, struct buf *out);

/* The members of a mapping in byte order of their keys; mapping->count of them, in `arena`. */
const struct yaml_node **sla_canonical_members(struct arena *arena,
                                               const struct yaml_node *mapping);

/* SHA-256 of "redan/1 document", a NUL and the canonical tree. */
struct sha256 sla_digest_document(const struct yaml_node *root);

/* SHA-256 of "redan/1 world", a NUL, how many bounds of validity have passed (8 bytes, most
 * significant first), and the digests in ascending order; `documents` is put in that order. */
struct sha256 sla_digest_world(struct sha256 *documents, size_t count, uint64_t bounds_passed);

#endif
