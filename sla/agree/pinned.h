/* sla/agree/pinned.h - which texts stay as they are: agreements in force, and the documents they
 * pin. What was signed is not edited, not even to mend a finding.
 *
 * Read from the trees alone, so that it is known also of documents that do not compile. For sla/
 * only. Pure. */
#ifndef REDAN_SLA_AGREE_PINNED_H
#define REDAN_SLA_AGREE_PINNED_H

#include "base/arena.h"
#include "base/diag.h"

/* A document that an agreement in force pins, or that is one. */
struct sla_pinned_text {
    const struct diag_source *source;
    uint32_t byte, byte_end;
    struct slice agreement; /* its name */
};

/* By source, then place; they do not touch. */
struct sla_pinned {
    const struct sla_pinned_text *items;
    size_t count;
};

/* Lives in `arena`; the sources must outlive it. */
void sla_pinned_read(struct arena *arena, const struct diag_source *sources, size_t count,
                     struct sla_pinned *out);

/* The name of the agreement that the place belongs to; empty: of none. */
struct slice sla_pinned_by(const struct sla_pinned *pinned, const struct diag_span *span);

#endif
