/* model/desired.h - what the planes shall look like, as the SLAs have it: plain structs, each part
 * with the clauses it serves.
 *
 * Made once from a compiled world (sla/emit/desired.h), printed by `redan sla compile --emit`; a
 * plan that was approved brings it to a plane, nothing else does. Plain data; slices and arrays
 * live in the arena it was made in. `resource` is an index into policies->resources. */
#ifndef REDAN_MODEL_DESIRED_H
#define REDAN_MODEL_DESIRED_H

#include <stdint.h>

#include "model/policy.h"

/* The clauses that a part serves: each once, in canonical order. */
struct desired_origin {
    const struct clause_ref *const *clauses;
    size_t count;
};

/* --- network --------------------------------------------------------------------------------- */

enum desired_direction { DESIRED_IN, DESIRED_OUT }; /* towards the host, from the host */
enum { DESIRED_DIRECTIONS = 2 };
enum desired_verdict { DESIRED_ACCEPT, DESIRED_DROP };
enum desired_protocol { DESIRED_TCP, DESIRED_UDP };
enum { DESIRED_PROTOCOLS = 2 };

struct desired_ports {
    enum desired_protocol protocol;
    uint16_t first, last; /* both in it */
};

/* Packets between a host and some peers. Lists are sorted, and nothing in them overlaps. */
struct desired_rule {
    enum desired_verdict verdict;
    const struct address *peers; /* none: anybody */
    size_t peer_count;
    const struct desired_ports *ports; /* of the receiving side; none: every packet */
    size_t port_count;
    struct desired_origin origin;
};

struct desired_fact;

/* What one host takes, or sends. The first rule that matches decides; replies to what was let
 * through pass. `always` comes first: protected peers of those who rule there. */
struct desired_box {
    size_t resource;
    enum desired_direction direction;
    struct desired_rule always; /* without peers: none */
    const struct desired_rule *rules;
    size_t rule_count;
    bool closed; /* what no rule matches is dropped; else it passes */
    struct desired_origin closed_by;
    const struct desired_fact *limits; /* of connections that begin, after `always`: DESIRED_RATE */
    size_t limit_count;
};

/* --- what is asked of a resource -------------------------------------------------------------- */

enum desired_kind {
    DESIRED_RANGE, /* least and most, in `unit` */
    DESIRED_WORD,  /* at least `word` of an order of words */
    DESIRED_AMONG, /* one of `names` */
    DESIRED_BUT,   /* none of `names` */
    DESIRED_ALL,   /* all of `names` */
    DESIRED_AGES,  /* by age, as `ages` say */
    DESIRED_RATE,  /* at most `most` in any `window_ms`, for each of its `unit` */
    DESIRED_TEXT   /* something else: `text` */
};

/* From an age on: one of `names`, in the order of their words. */
struct desired_age {
    int64_t from_ms;
    const struct slice *names;
    size_t name_count;
};

/* What all clauses of one term together ask of one resource. */
struct desired_fact {
    const char *term; /* "replication.copies" */
    enum desired_kind kind;
    int64_t least, most; /* INT64_MAX: no most */
    int64_t window_ms;
    const char *unit; /* "ms"; "node", of what it counts different ones; "source" */
    const char *word;
    const struct slice *names; /* ascending */
    size_t name_count;
    const struct desired_age *ages; /* ascending */
    size_t age_count;
    struct slice text; /* of every kind: as the language writes it */
    struct desired_origin origin;
};

/* A bucket, a domain or a host, by the plane of its resource. */
struct desired_item {
    size_t resource;
    struct slice party;               /* of what detectors heed: whose it is; else empty */
    const struct desired_fact *facts; /* in the order of terms */
    size_t fact_count;
};

/* --- detection ------------------------------------------------------------------------------- */

/* A rule that the detectors of a node shall watch for a party, and on what. */
struct desired_watch {
    struct slice party, node, rule;
    const size_t *resources; /* ascending */
    size_t resource_count;
    struct desired_origin origin;
};

/* --- who may --------------------------------------------------------------------------------- */

/* A clause that decisions look up (model/decide.h), as it was written. No plane holds it: whoever
 * asks is answered by it, and no plan does what it forbids. */
struct desired_ruling {
    const struct clause_ref *clause;
    const char *effect;       /* "permit", "forbid", "only", "oblige", "pass"; "apart": who did one
                               * of the acts does no other */
    const struct slice *acts; /* "data.delete" */
    size_t act_count;
    const struct slice *subjects; /* "anyone", a role, a party, "user/ana" */
    size_t subject_count;
    const struct slice *purposes; /* it forbids only without consent for one of these; or none */
    size_t purpose_count;
    const char *per;                /* of "apart": "resource"; "subject": settled when compiled */
    struct slice tier;              /* of its party; empty: the last, which has no name */
    const struct clause_ref *under; /* that granted it; NULL: its party rules there by itself */
    uint32_t delegate;              /* so many further links may be granted under it */
    int64_t notice_ms, within_ms;   /* 0: not told */
    const size_t *resources;        /* ascending: where it is asked */
    size_t resource_count;
};

/* --- what nothing holds ---------------------------------------------------------------------- */

enum desired_reason {
    DESIRED_OFFERED,     /* its party holds it, or says so */
    DESIRED_MEASURED,    /* an objective: a breach is seen, not prevented */
    DESIRED_CHECKED,     /* held against offers when compiled */
    DESIRED_UNTOLD,      /* nothing on a plane is made of it yet */
    DESIRED_NO_STANDING, /* its party does not rule there */
    DESIRED_NO_NODE,     /* no agent reaches the resource */
    DESIRED_NOTHING,     /* it speaks of no resource */
    DESIRED_DISPUTED,    /* an open conflict */
    DESIRED_GAVE_WAY,    /* a `should` that gave way */
    DESIRED_NOT_THERE,   /* under its condition it never speaks of that resource */
    DESIRED_AT_TIMES,    /* it would open or set something, at times no plane can tell: left out */
    DESIRED_CONDITION,   /* its condition alone: it stands at all times, as it opens nothing */
    DESIRED_NO_HOST      /* a segment: what is in it sends and takes */
};
enum { DESIRED_REASONS = 13 };

/* A clause, or of some of its resources, that no plane holds. */
struct desired_not_held {
    const struct clause_ref *clause;
    enum desired_reason reason;
    const size_t *resources; /* ascending */
    size_t resource_count;
    struct slice conflict; /* DISPUTED, GAVE_WAY: its id */
    struct slice when;     /* NOT_THERE, AT_TIMES, CONDITION: as the language writes it */
};

/* A clause of the policies that speaks under a condition only. */
struct desired_condition {
    const struct clause_ref *clause;
    struct slice when;
};

struct desired {
    const struct policy_set *policies;
    bool is_part; /* of it: what serves one clause, or is about one resource */
    size_t alone; /* the one resource it is about, whatever clause; else SIZE_MAX */
    const struct desired_box *boxes; /* by resource, then direction */
    size_t box_count;
    const struct desired_item *items; /* by resource */
    size_t item_count;
    const struct desired_item *heeds; /* what detectors shall see: by party, then resource */
    size_t heed_count;
    const struct desired_watch *watches; /* by party, node and rule */
    size_t watch_count;
    const struct desired_ruling *rulings; /* in the order of clauses */
    size_t ruling_count;
    const struct desired_not_held *not_held; /* by document, line and reason */
    size_t not_held_count;
    const struct desired_condition *conditions; /* likewise */
    size_t condition_count;
};

const char *desired_direction_name(enum desired_direction value); /* "in" */
const char *desired_verdict_name(enum desired_verdict value);     /* "accept" */
const char *desired_protocol_name(enum desired_protocol value);   /* "tcp" */
const struct desired_fact *desired_fact_of(const struct desired_item *item,
                                           const char *term); /* the first; NULL: none */
/* A few words: "an offer: its party answers for it". */
const char *desired_reason_text(enum desired_reason value);

bool desired_origin_has(const struct desired_origin *origin, const struct clause_ref *clause);

#endif
