/* model/policy.h - what SLAs compile to, as the loops, the planner and the SMAs use it. Plain data;
 * slices and arrays live in the compiled world's arena and are immutable. */
#ifndef REDAN_MODEL_POLICY_H
#define REDAN_MODEL_POLICY_H

#include <stdint.h>

#include "base/slice.h"
#include "model/action.h"
#include "model/address.h"
#include "model/names.h"

/* Where a rule comes from, for messages and proofs. */
struct clause_ref {
    struct slice party; /* "hospital-a" */
    enum party_role role;
    struct slice document; /* metadata.name */
    struct slice clause;   /* id */
    struct slice file;
    uint32_t line;
};

/* What a resource is on its plane. */
enum resource_kind {
    KIND_VM,
    KIND_CONTAINER,
    KIND_BUCKET,
    KIND_VOLUME,
    KIND_HOST,
    KIND_SEGMENT /* a network that hosts are in; its addresses are networks */
};
enum { RESOURCE_KINDS = 6 };

/* Of a machine; 0: not told. */
struct resource_size {
    uint32_t cpus;
    uint64_t memory_bytes, disk_bytes;
};

/* One thing of the U-Cloud that a plane can act on. */
struct resource {
    struct slice name; /* "pacs-vm", "studies": unique in its U-Cloud */
    struct slice ucloud;
    enum plane_kind plane;
    enum layer layer;
    struct slice node;               /* the SMA that reaches it */
    struct slice provider;           /* party */
    struct slice unit;               /* resources of one unit stand and fall together ("pacs") */
    struct slice handle;             /* the plane's own name: domain, bucket, "" for a host */
    const struct address *addresses; /* of a host on the network plane */
    size_t address_count;
    const struct slice *classes; /* of data: "patient" */
    size_t class_count;
    struct slice owner; /* party; empty: that of the U-Cloud */
    enum resource_kind kind;
    struct slice role; /* free, for selectors; or empty */
    struct resource_size size;
    struct slice segment; /* of a host: name of the one it is in; or empty */
};

enum policy_effect { POLICY_PERMIT, POLICY_FORBID, POLICY_OBLIGE };

/* "subject may (not) do action on target". */
struct policy {
    enum policy_effect effect;
    enum action_kind action;
    struct slice subject;  /* party name, or "*" */
    const size_t *targets; /* indices into world resources */
    size_t target_count;
    const struct clause_ref *clause; /* one for all of its policies */
};

enum objective_kind { OBJECTIVE_RESPOND_MTTR, OBJECTIVE_AVAILABILITY };

/* A measurable state to hold. */
struct objective {
    enum objective_kind kind;
    uint8_t severities; /* RESPOND_MTTR: of which incidents, bit an enum severity */
    int64_t limit;      /* RESPOND_MTTR: ms; AVAILABILITY: ppb */
    int64_t window_ms;  /* AVAILABILITY */
    const size_t *targets;
    size_t target_count;
    struct clause_ref clause;
    bool gave_way; /* it cannot be kept now: no plan is held to it */
    uint32_t step; /* then: of the degradation its party declared; 0: it declared no order */
};

/* A `should` clause that gave way on some targets, so that a finding is ended: its policies and
 * objectives do not hold there. */
struct degradation {
    uint32_t step; /* as above */
    struct clause_ref clause;
    struct slice finding; /* id of the conflict */
    const size_t *targets;
    size_t target_count;
};

enum approval { APPROVAL_NONE, APPROVAL_ONE, APPROVAL_TWO };
enum { REACTION_ACTIONS_MAX = 8 };

/* A response the party has agreed to in advance: when `rule` fires on a target, these actions may
 * be used. */
struct reaction {
    struct slice rule; /* detection rule name */
    enum action_kind respond[REACTION_ACTIONS_MAX];
    size_t respond_count;
    int64_t lease_ms;
    int64_t within_ms;
    enum approval approval;
    const size_t *targets;
    size_t target_count;
    struct clause_ref clause;
};

/* Peers and resources no plan may cut: management links first. */
struct protected_asset {
    struct address network;
    struct slice why;
    struct clause_ref clause; /* empty when built in from the configuration */
};

struct policy_rules; /* model/decide.h */

/* The compiled world, immutable, versioned by digest. */
struct policy_set {
    char digest[65]; /* of what the documents say, hex (sla/resolve/digest.h) */
    const struct resource *resources;
    size_t resource_count;
    const struct policy *policies;
    size_t policy_count;
    const struct objective *objectives;
    size_t objective_count;
    const struct reaction *reactions;
    size_t reaction_count;
    const struct protected_asset *protected_assets;
    size_t protected_count;
    const struct policy_rules *rules;  /* what policy_decide looks up */
    const struct degradation *degrade; /* what no longer holds; `policies` are without it */
    size_t degrade_count;
};

const char *resource_kind_name(enum resource_kind value); /* "vm" */
const char *approval_name(enum approval value);
bool approval_parse(struct slice text, enum approval *out);
const char *policy_effect_name(enum policy_effect value);
const char *objective_kind_name(enum objective_kind value); /* "respond.mttr", "availability" */

#endif
