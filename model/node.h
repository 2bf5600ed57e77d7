/* model/node.h - a known node and its service instances. Plain data. */
#ifndef REDAN_MODEL_NODE_H
#define REDAN_MODEL_NODE_H

#include <stdint.h>

#include "base/slice.h"
#include "base/status.h"
#include "model/names.h"

enum { NODE_NAME_MAX = 64, NODE_SERVICES_MAX = 16 };
enum service_kind { SERVICE_MONITOR, SERVICE_ENFORCE };
enum node_state { NODE_PENDING, NODE_ENROLLED, NODE_DRAINING, NODE_REVOKED };

/* "L2.network.enforce": one identity and one authority each. */
struct service_id {
    enum layer layer;
    enum plane_kind plane;
    enum service_kind service;
};
enum { SERVICE_ID_TEXT_MAX = 32 };

bool node_name_is_valid(
    struct slice name); /* [a-z0-9]([-a-z0-9]*[a-z0-9])?, 1..63 (RFC 1123 label) */
void service_id_format(const struct service_id *id, char out[SERVICE_ID_TEXT_MAX]);
bool service_id_parse(struct slice text, struct service_id *out);
bool service_id_eq(const struct service_id *a, const struct service_id *b);
/* May one node have these together? What an enforce service does is told by the monitor service of
 * its layer and plane: without it nobody would hear that a lease has ended. STATUS_INVALID. */
struct status service_ids_check(const struct service_id *ids, size_t count) MUST_USE;
const char *service_kind_name(enum service_kind value);
const char *node_state_name(enum node_state value);
bool node_state_parse(struct slice text, enum node_state *out);

#endif
