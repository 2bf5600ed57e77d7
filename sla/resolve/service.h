/* sla/resolve/service.h - the services of U-Clouds: what each needs of its parts, down to
 * resources.
 *
 * Services of one U-Cloud form a directed graph without cycles. Plain immutable data in the
 * world's arena; indices are into policies.resources. Pure. */
#ifndef REDAN_SLA_RESOLVE_SERVICE_H
#define REDAN_SLA_RESOLVE_SERVICE_H

#include "base/diag.h"
#include "base/slice.h"

struct draft;
struct draft_document;
struct draft_target;
struct sla_service;
struct sla_term;

enum { SLA_SERVICE_DEPTH_MAX = 16, SLA_SERVICE_PARTS_MAX = 64 };

/* A service, or else the resources of a unit, or one resource: they are needed together. */
struct sla_part {
    struct slice name;
    const struct sla_service *service; /* NULL: resources */
    const size_t *resources;           /* ascending */
    size_t resource_count;
};

struct sla_service {
    struct slice id, ucloud;
    const struct sla_part *parts; /* as written */
    size_t part_count;            /* 1..SLA_SERVICE_PARTS_MAX */
    size_t need;                  /* of the parts; part_count: all of them */
    const size_t *resources;      /* of all parts, however deep; ascending, each once */
    size_t resource_count;
    size_t index;   /* a number of its own, below the world's service_count */
    unsigned depth; /* 1: rests on resources alone; at most SLA_SERVICE_DEPTH_MAX */
    struct diag_span span;
};

/* On a service this term is judged by what its parts give; on others a service is all of its
 * resources. */
bool sla_term_composes(const struct sla_term *term);

/* Binds the parts of every service, once resources are in their final order: names, cycles and
 * depth are checked and reported. For sla/ only. */
void sla_bind_services(struct draft *draft);

/* A service of the U-Cloud that the document is about; NULL: reported, or its U-Cloud is not here.
 * For sla/ only. */
const struct sla_service *sla_service_find(struct draft *draft,
                                           const struct draft_document *document, struct slice name,
                                           struct diag_span span);

/* The service a target names, with its resources as the target's list; reported when the U-Cloud
 * has none of this name. For sla/ only. */
void sla_bind_service_target(struct draft *draft, const struct draft_document *document,
                             struct draft_target *target);

#endif
