/* sla/world.h - the compiled world: documents, clauses, conflicts. Plain immutable data in an
 * arena; indices are into the arrays here or into `policies.resources`. Made by sla_compile. */
#ifndef REDAN_SLA_WORLD_H
#define REDAN_SLA_WORLD_H

#include <stdint.h>

#include "base/crypto.h"
#include "base/diag.h"
#include "base/slice.h"
#include "model/policy.h"
#include "sla/terms/measure.h"
#include "sla/terms/term.h"
#include "sla/values/acts.h"
#include "sla/values/value.h"
#include "sla/verdict.h"

struct sla_guards;
struct sla_assumed;
struct sla_assumption;
struct sla_figure;
struct sla_recovery;
struct sla_service;
struct yaml_node;
struct sla_test; /* sla/run/test.h */
struct sla_agreement;
struct sla_promises; /* sla/agree/promise.h */

enum sla_kind {
    SLA_SECURITY_SLA,
    SLA_PROVIDER_OFFER,
    SLA_UCLOUD,
    SLA_RESPONSE_POLICY,
    SLA_AGREEMENT
};
enum { SLA_KINDS = 5, SLA_NAME_MAX = 63 };

#define SLA_NOBODY UINT32_MAX /* no party */

/* Days since 1970-01-01 in UTC, half open. */
struct sla_period {
    int32_t from_day, until_day;
};

/* Which resources of the world a clause can speak of: targets of one document. */
struct sla_target {
    struct slice id;
    const size_t *resources; /* ascending */
    size_t resource_count;
    const struct sla_service *service; /* NULL: resources */
    struct diag_span span;
};

/* How an offer came to be known. */
enum sla_asserted { SLA_ASSERTED_SIGNED, SLA_ASSERTED_TRANSCRIBED, SLA_ASSERTED_MEASURED };

const char *sla_asserted_name(enum sla_asserted how); /* "transcribed" */

struct sla_assertion {
    struct slice party; /* who says so */
    enum sla_asserted how;
    struct slice source; /* for people: where it was read, how it was measured; or empty */
};

struct sla_document {
    enum sla_kind kind;
    size_t index;       /* into sla_world.documents */
    struct slice name;  /* metadata.name */
    struct slice party; /* metadata.party */
    enum party_role role;
    uint32_t version;
    bool is_template;    /* SecuritySLA: makes nothing by itself, is there to be extended */
    struct slice ucloud; /* SecuritySLA: the one it is about; UCloud: its own name */
    struct sla_assertion asserted_by; /* ProviderOffer */
    const struct diag_source *source;
    struct diag_span span;        /* of metadata.name */
    const struct yaml_node *root; /* the tree it was read from, as written */
    struct sha256 digest;         /* of that tree (sla/resolve/digest.h) */
    const struct sla_target *targets;
    size_t target_count;
    const struct sla_test *tests; /* those that can be run */
    size_t test_count;
};

/* What came out of the tests in the documents (sla/run/tests.h). */
struct sla_tests_outcome {
    size_t run, failed;
    size_t clauses, covered; /* that tests can reach, in documents that have tests */
    const bool *is_covered;  /* by index into sla_world.clauses; true also of all others */
};

/* What a tier says of permits and prohibitions that both match. */
enum sla_strategy {
    SLA_STRATEGY_NONE, /* that is a conflict */
    SLA_STRATEGY_FORBID_OVERRIDES,
    SLA_STRATEGY_PERMIT_OVERRIDES,
    SLA_STRATEGY_FIRST_APPLICABLE,
    SLA_STRATEGY_FORBID_UNLESS_PERMIT,
    SLA_STRATEGY_PERMIT_UNLESS_FORBID,
    SLA_STRATEGY_MOST_SPECIFIC
};

struct sla_tier {
    struct slice id;
    enum sla_strategy strategy;
    struct diag_span span;
};

/* Of one party: the same in all its documents that declare any. */
struct sla_party_tiers {
    const struct sla_tier *items;
    size_t count;
};

/* A clause, or a reaction (term NULL) which permits its party the actions it lists. */
struct sla_clause {
    /* First what all who walk a world ask of each clause, in two lines of a cache. */
    const struct sla_term *term;
    const struct reaction *reaction; /* of a reaction */
    const struct sla_document *document;
    const size_t *resources; /* ascending; `on` without `except` */
    size_t resource_count;
    /* Of a term that composes: the services that `on` names. Other terms speak of all their
     * resources instead. */
    size_t service_count;
    const struct sla_service *const *services;
    enum sla_stance stance;
    enum sla_op op;
    uint32_t guard; /* when it speaks: of world->guards */
    uint8_t tier;   /* of its party; the number of tiers: the last one, which has no name */
    uint16_t order; /* place among the clauses of its document */
    const size_t
        *held; /* of the resources, those on which it did not give way (sla/resolve/degrade.h) */
    size_t held_count;
    uint64_t acts; /* of a rule: about which, bit an enum sla_act (sla/terms/rule.h) */
    struct clause_ref ref;
    enum sla_strength strength;
    uint32_t weight; /* of a `should`, inside its step: 1.. */
    uint32_t step;   /* of its document's `degrade`: 1..; 0: none declared */
    struct sla_value value;
    enum sla_act action;     /* of rules that name it */
    int64_t notice_ms;       /* 0: not told */
    struct slice granted_by; /* `under` as written; empty: by its party's own standing */
    const struct sla_clause
        *under;              /* that clause, of a chain that reaches (sla/policy/delegation.h) */
    uint32_t delegate;       /* so many further links may be granted under it */
    struct slice conditions; /* its guard for people; empty: always */
    struct sla_period valid; /* as written, or all days */
    const struct slice *controls; /* "nist:SA-9(5)" */
    size_t control_count;
    struct sla_parties subjects;               /* of a rule: about whom */
    const struct sla_measurement *measured_by; /* NULL: nobody measures it */
    struct slice why;                          /* for people; or empty */
    struct diag_span span;                     /* the id */
    struct diag_span value_span;               /* what a conflict points at */
    const struct yaml_node *node;              /* the mapping it was read from, for edits */
};

struct sla_party {
    struct slice name;
    enum party_role role;
};

enum sla_conflict_class {
    SLA_CONFLICT_MODALITY,
    SLA_CONFLICT_SET,
    SLA_CONFLICT_ARITHMETIC, /* an offer falls short */
    SLA_CONFLICT_QUORUM, /* copies, holders and faults do not fit each other (sla/conflict/quorum.h)
                          */
    SLA_CONFLICT_DUTY    /* one subject may do two acts that are to be apart */
};
enum {
    SLA_CONFLICT_CLAUSES_MAX = 8, /* in one finding */
    SLA_CONFLICTS_MAX = 1000,     /* kept; more set `incomplete` */
    SLA_REPAIRS_MAX = 8           /* offered per finding */
};

/* What a small checker (sla/certificate/certificate.h) needs to see that the clauses cannot all
 * hold, and that none of them can be left out. */
struct sla_certificate {
    size_t resource; /* where; into policies.resources */
    /* modality: who would do what; both name the party that acts. duty: who would hold both acts */
    struct slice subject;
    enum sla_act action, other; /* other: duty only */
    uint32_t guard;             /* modality, quorum, duty: when all do; not SLA_GUARD_NEVER */
    uint8_t rule;               /* quorum: enum sla_quorum_rule, which is broken */
    /* set: for clause i an element that all others allow; so leaving i out mends it */
    uint32_t relaxed[SLA_CONFLICT_CLAUSES_MAX];
    /* arithmetic: milliseconds down in one window of the requirement */
    int64_t offered_ms;
    int64_t allowed_ms;
};

/* What one party gives up. Never added across parties. */
struct sla_cost {
    struct slice party;
    enum party_role role;
    uint32_t musts;   /* requirements of strength `must` weakened */
    uint32_t shoulds; /* requirements of strength `should` weakened */
    uint32_t moves;   /* resources that move to another provider */
    uint32_t rights;  /* reserved rights narrowed, or offers that promise more */
    int64_t amount;   /* how much, in `unit` */
    const char *unit; /* "ms a window", "countries", "parties", "resources" */
};
enum { SLA_REPAIR_PARTIES_MAX = 4 };

struct sla_repair {
    struct slice title; /* "exempt `imaging/pacs-vm` in `abuse-stop` of private-dc" */
    struct sla_cost costs[SLA_REPAIR_PARTIES_MAX];
    size_t cost_count;
    struct diag_edit *edits; /* in several sources, perhaps */
    char digest[65];         /* of the world it leads to, compiled when it was checked */
};

struct sla_conflict {
    struct slice id; /* "cf-" and hex digits of a hash of the canonical content */
    enum sla_conflict_class class;
    const struct sla_clause *clauses[SLA_CONFLICT_CLAUSES_MAX]; /* minimal; canonical order, but
                                                                 * a requirement before its offer */
    size_t clause_count;
    size_t *resources; /* all on which these clauses collide; ascending */
    size_t resource_count, resource_room;
    struct slice witness;
    struct slice arithmetic; /* empty when none */
    struct sla_certificate certificate;
    const struct sla_repair *repairs; /* cheapest first, each recompiled */
    size_t repair_count;
    bool repairs_incomplete; /* the work budget ended the search */
    /* The `should` clause that gives way: then the conflict is a degradation, nothing to decide
     * first. NULL: all of them must hold. */
    const struct sla_clause *yields;
    size_t yields_count; /* clauses of that one's document that could end it */
    bool is_least;       /* no less could be given up (sla/resolve/degrade.h) */
};

/* Why it is unproven. */
enum sla_doubt {
    SLA_DOUBT_NONE,
    SLA_DOUBT_NO_OFFER,   /* nobody offers it */
    SLA_DOUBT_OTHER_TIME, /* it is offered, but not whenever it is required */
    SLA_DOUBT_ALIGNMENT,  /* it is offered if both count the same windows */
    SLA_DOUBT_NO_PLANE,   /* no offer reaches it, and nothing of ours can hold it */
    SLA_DOUBT_AT_TIMES,   /* something of ours could, if a plane could tell when */
    SLA_DOUBT_STAGES, /* detecting and responding take longer together, or nobody says how long */
    SLA_DOUBT_SEARCH  /* there were too many clauses to see whether all hold together */
};

enum { SLA_STAGES = 2 }; /* detecting, responding */
#define SLA_STAGE_MISSING INT64_MAX

struct sla_proof {
    const uint8_t *verdicts; /* enum sla_verdict, one a resource of the clause; NULL: it is not one
                              * that is judged */
    enum sla_verdict worst;
    enum sla_evidence evidence;     /* the least of the offers that it rests on */
    enum sla_doubt doubt;           /* on the first resource where it is unproven */
    size_t resource;                /* that one */
    const struct sla_clause *offer; /* the best there is for it; or NULL */
    const struct sla_assumption
        *assumption;               /* on the first resource where it is assumed; or NULL */
    size_t assumed_on;             /* that one */
    int64_t stages_ms[SLA_STAGES]; /* of SLA_DOUBT_STAGES; or SLA_STAGE_MISSING */
};

struct sla_summary {
    size_t documents[SLA_KINDS];
    size_t clauses;                        /* without reactions */
    size_t policies_by_plane[PLANE_KINDS]; /* policies and reactions that act there */
    size_t policies;                       /* all of policies.policies */
    size_t objectives;
    size_t reactions;
    size_t checked_only;           /* clauses that no plane enforces: held against offers at most */
    size_t verdicts[SLA_VERDICTS]; /* requirements by their worst verdict */
    size_t unproven;               /* requirements that are unproven somewhere */
    size_t unoffered_resources; /* requirements, one a resource, that nobody offers anything for */
    size_t impossible;          /* requirements on services that cannot be had */
};

struct sla_world {
    const struct diag_source *sources; /* as given to sla_compile */
    size_t source_count;
    struct policy_set policies;
    const struct sla_document *const *documents; /* canonical order: kind, party, name */
    size_t document_count;
    const struct sla_clause *const *clauses; /* canonical order: party, document, id */
    size_t clause_count;
    const struct sla_clause *const *dormant; /* not in force on the day; the same order */
    size_t dormant_count;
    const struct sla_service *const *services; /* by U-Cloud, then id */
    size_t service_count;
    const struct sla_assumption *assumptions; /* those that hold; canonical order */
    size_t assumption_count;
    const struct sla_assumed *assumed; /* the same, by what they are about (sla/resolve/assume.h) */
    const struct sla_figure *figures;  /* of requirements on services (sla/compose/compose.h) */
    size_t figure_count;
    const struct sla_recovery *recoveries; /* likewise (sla/compose/recovery.h) */
    size_t recovery_count;
    struct sla_agreement *const *agreements; /* sla/agree/agreement.h; canonical order */
    size_t agreement_count;
    struct sla_promises *promises; /* what they make of offers */
    bool has_day;                  /* as of which day: else every validity stands */
    int32_t as_of_day;
    int32_t next_change_day; /* the next on which something begins or ends; INT32_MAX: none */
    uint64_t bounds_passed;  /* of validities, on that day */
    const struct sla_proof *proofs;  /* one a clause */
    const struct sla_party *parties; /* by name, then role; a party is named by its first index */
    size_t party_count;
    bool has_members; /* people or groups, which stand among the parties by their path */
    struct sla_guards
        *guards; /* sla/values/guard.h; their intersections are added when looked for */
    const struct sla_party_tiers *party_tiers; /* by index of a party */
    const uint32_t *operators;                 /* parties that write as operator; ascending */
    size_t operator_count;
    const uint32_t *owners;    /* of each resource: the party of its U-Cloud; or SLA_NOBODY */
    const uint32_t *providers; /* of each resource; or SLA_NOBODY */
    struct sla_summary summary;
    struct sla_conflict *conflicts; /* canonical order */
    size_t conflict_count;
    size_t degradation_count; /* of the conflicts: those in which a `should` clause gives way */
    struct sla_tests_outcome tests;
    bool conflicts_incomplete; /* "enumeration incomplete" */
    uint64_t expansions;
};

const char *sla_kind_name(enum sla_kind kind);
const char *sla_conflict_class_name(enum sla_conflict_class class); /* "modality" */
/* The party that owns the resource's U-Cloud, or empty. */
struct slice sla_world_owner(const struct sla_world *world, size_t resource);
/* The order of world->clauses. */
int sla_clause_ref_cmp(const struct clause_ref *a, const struct clause_ref *b);
/* The acts a rule or reaction speaks of, bit an enum sla_act; 0: it is none. */
uint64_t sla_clause_acts(const struct sla_clause *clause);
bool sla_clause_covers(const struct sla_clause *clause, size_t resource);

#endif
