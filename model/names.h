/* model/names.h - the enums every folder shares, and their one spelling in logs, JSON and SLAs.
 *
 * Words are those of docs/architecture.md. X_name never returns NULL ("unknown" for a value out of
 * range); X_parse is exact and leaves the output alone on failure. Pure. */
#ifndef REDAN_MODEL_NAMES_H
#define REDAN_MODEL_NAMES_H

#include <stdbool.h>

#include "base/slice.h"

/* L0: provider's hypervisor, network, store. L1: the tenant's own virtualisation or proxies on it.
 * L2: user VMs, containers, objects. */
enum layer { LAYER_L0, LAYER_L1, LAYER_L2 };
enum plane_kind { PLANE_COMPUTE, PLANE_DATA, PLANE_NETWORK };
enum { PLANE_KINDS = 3 };

/* Of what goes on around a resource. */
enum phase { PHASE_NORMAL, PHASE_INCIDENT, PHASE_RECOVERY, PHASE_MAINTENANCE };
enum { PHASE_KINDS = 4, SEVERITY_KINDS = 5 };

enum severity { SEVERITY_INFO, SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH, SEVERITY_CRITICAL };

/* Who wrote a field's value, least trusted first. Text an attacker can write is APP_LOG; the victim
 * of a response is never picked by APP_LOG alone. */
enum provenance {
    PROVENANCE_APP_LOG,
    PROVENANCE_SERVICE,
    PROVENANCE_HYPERVISOR,
    PROVENANCE_KERNEL
};

/* Who confirms that a control is in force. */
enum verified_by {
    VERIFIED_UNVERIFIABLE,
    VERIFIED_PROVIDER, /* the provider's claim */
    VERIFIED_SELF,     /* the enforcing node's own read-back */
    VERIFIED_VANTAGE,  /* an independent observer */
    VERIFIED_ATTESTED
};

enum control_state {
    CONTROL_PENDING,
    CONTROL_ACKED,
    CONTROL_ENFORCED, /* read back */
    CONTROL_DRIFTED,
    CONTROL_EXPIRED,
    CONTROL_UNDONE,
    CONTROL_FAILED
};

enum party_role { PARTY_TENANT, PARTY_USER, PARTY_PROVIDER, PARTY_OPERATOR };

/* What a peer on the wire is. */
enum peer_role { PEER_ORCHESTRATOR, PEER_AGGREGATOR, PEER_SMA };

enum objective_state { OBJECTIVE_UNKNOWN, OBJECTIVE_MET, OBJECTIVE_BREACHED };

const char *layer_name(enum layer value);
const char *plane_kind_name(enum plane_kind value);
const char *phase_name(enum phase value);
const char *severity_name(enum severity value);
const char *provenance_name(enum provenance value);
const char *verified_by_name(enum verified_by value);
const char *control_state_name(enum control_state value);
const char *party_role_name(enum party_role value);
const char *peer_role_name(enum peer_role value);
const char *objective_state_name(enum objective_state value);

bool layer_parse(struct slice text, enum layer *out);
bool plane_kind_parse(struct slice text, enum plane_kind *out);
bool phase_parse(struct slice text, enum phase *out);
bool severity_parse(struct slice text, enum severity *out);
bool provenance_parse(struct slice text, enum provenance *out);
bool party_role_parse(struct slice text, enum party_role *out);
bool peer_role_parse(struct slice text, enum peer_role *out);
bool control_state_parse(struct slice text, enum control_state *out);
bool verified_by_parse(struct slice text, enum verified_by *out);

#endif
