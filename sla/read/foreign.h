/* sla/read/foreign.h - files of other tools that are handed to us by mistake: a Kubernetes
 * manifest, a Compose file, Terraform, a letter. Told by what stands first or leftmost in their
 * text, since most of them are no YAML, or YAML of which each line would be an error. Pure. */
#ifndef REDAN_SLA_READ_FOREIGN_H
#define REDAN_SLA_READ_FOREIGN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

struct sla_foreign {
    const char *what;      /* "a Kubernetes manifest" */
    size_t byte, byte_end; /* what tells it, in the text */
    uint32_t line;
};

/* False: it may be ours, whatever is wrong in it. */
bool sla_foreign_look(struct slice text, struct sla_foreign *out);

#endif
