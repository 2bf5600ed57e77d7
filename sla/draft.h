/* sla/draft.h - the world while it is being read: documents with their places in the text, before
 * names are resolved. For sla/ only. */
#ifndef REDAN_SLA_DRAFT_H
#define REDAN_SLA_DRAFT_H

#include "base/yaml.h"
#include "sla/agree/agreement.h"
#include "sla/code.h"
#include "sla/read/schema.h"
#include "sla/resolve/assume.h"
#include "sla/resolve/service.h"
#include "sla/run/test.h"
#include "sla/sla.h"
#include "sla/values/intern.h"
#include "sla/values/names.h"

enum {
    SLA_ITEMS_MAX = 65536, /* in one list of a document */
    SLA_DOCUMENTS_MAX = 65536,
    SLA_RESOURCES_MAX = 1000 * 1000,
    SLA_COMPARED_MAX = 1000 * 1000, /* names looked at for "did you mean" */
    SLA_WEIGHT_MAX = 1000,
    SLA_PAIRS_MAX = 8 * 1000 * 1000 /* of a target or clause and a resource it speaks of */
};

/* A resource with what it has under a key of `select` (sla/read/index.h). */
struct sla_indexed {
    struct slice key, value;
    uint32_t resource;
};

/* Those of one value, ascending by resource. */
struct sla_run {
    const struct sla_indexed *items;
    size_t count;
};

/* Resources, ascending; shared by all who speak of the same. */
struct draft_list {
    const size_t *resources; /* NULL: not made yet */
    size_t count;
    unsigned planes; /* SLA_BIT of each plane that occurs */
};

/* An item that was found wrong stays as a name, so that what refers to it is not reported too. */
struct draft_target {
    struct slice id;
    struct diag_span span;
    bool broken;
    bool has_plane, has_layer;
    enum plane_kind plane;
    enum layer layer;
    const struct yaml_node *select; /* NULL: everything */
    struct draft_expression *expressions;
    size_t expression_count;
    struct slice service; /* empty: resources */
    struct diag_span service_span;
    struct draft_list list;          /* by resolve; of a service: all it needs */
    bool misses_peer;                /* by resolve: it selects nothing, which was refused since a
                                        flow names it as its other end */
    const struct sla_service *bound; /* by resolve: that service; NULL: none, or not here */
};

/* What a service needs, as written. */
struct draft_needs {
    uint32_t at_least;          /* 0: all */
    const struct yaml_node *of; /* names of parts */
};

struct draft_service {
    struct sla_service service;
    struct draft_needs needs;
    bool broken;
};

enum sla_set_kind { SLA_SET_ADDRESSES, SLA_SET_COUNTRIES, SLA_SET_SEVERITIES };
enum { SLA_SET_KINDS = 3 };

/* A named set, or one revision of it (sla/terms/sets.h). */
struct draft_set {
    struct slice id;
    struct diag_span span;
    bool broken, is_used;
    bool has_kind; /* it has members of one kind, as it must */
    enum sla_set_kind kind;
    int32_t from_day; /* INT32_MIN: from ever on */
    const struct address *addresses;
    size_t address_count;
    struct sla_set countries;
    unsigned severities; /* bit an enum severity */
};

/* The conditions of a clause as they were read; what is 0 was not named. */
struct draft_when {
    unsigned severities, phases; /* bit an enum severity, an enum phase */
    const struct slice *classes, *purposes;
    const struct sla_weekly *windows;
    struct sla_set countries;
    size_t class_count, purpose_count, window_count;
};

/* Whether a clause is granted by one above, and so on (sla/policy/delegation.h). */
enum draft_chain { DRAFT_CHAIN_UNSEEN, DRAFT_CHAIN_OPEN, DRAFT_CHAIN_REACHES, DRAFT_CHAIN_CUT };

struct draft_clause {
    struct sla_clause clause;
    struct reaction *reaction; /* of a reaction; clause.reaction points to it later */
    const struct yaml_node *on, *except, *value;
    struct draft_when *when; /* NULL: always */
    struct slice tier;
    const struct yaml_node *rule; /* of a reaction: the name of the rule; NULL: missing */
    unsigned planes;              /* by resolve: SLA_BIT of each plane it speaks of */
    bool broken;
    uint8_t fault;              /* of its own link: the number of what fails + 1; 0: none */
    enum draft_chain chain;     /* by sla_take_delegations, as are `fault` and: */
    struct draft_clause *under; /* the clause it names */
};

/* A reaction, before it joins the clauses of its document. */
struct draft_reaction {
    struct draft_clause head;
    struct reaction reaction;
};

/* The reactions of a policy, on targets of the document. */
struct draft_response {
    struct slice policy;
    struct diag_span span;
    bool broken;
    const struct yaml_node *on, *except, *node;
};

/* A clause of a kind of its own: it joins no others. */
struct draft_assumption {
    struct draft_clause head;
    struct slice owner, why;
    struct diag_span owner_span;
};

struct draft_resource {
    struct resource resource;
    const struct yaml_node *node, *labels;
    struct diag_span span;
    const struct draft_document *document;
    bool broken;
};

/* A test, with what is read when its kind is known. */
struct draft_test {
    struct sla_test test;
    const struct yaml_node *expect;
    bool broken;
};

struct draft_tier {
    struct sla_tier tier;
    bool broken;
};

struct draft_protected {
    struct protected_asset asset;
};

/* The base of a SecuritySLA. */
struct draft_extends {
    struct slice document; /* empty: it has none */
    uint32_t version;      /* 0: whichever is there */
    const struct yaml_node *with;
    struct diag_span span, version_span; /* of the document's name; of the version, perhaps none */
};

struct draft_document {
    struct sla_document document;
    bool broken;
    struct sla_agreement *agreement; /* kind Agreement only */
    struct draft_extends extends;
    struct sla_expansion *expansion; /* NULL: it neither extends nor is there to be extended */
    struct draft_parameter *parameters;
    size_t parameter_count;
    struct draft_target *targets;
    size_t target_count;
    struct draft_set *sets, *groups; /* groups: by the older key */
    size_t set_count, group_count;
    struct draft_set **sorted_sets; /* of both, by name and day; NULL: not asked for yet */
    size_t sorted_set_count;
    /* The first name of a set without a date, where it has several revisions; source NULL: none. */
    struct diag_span undated;
    struct slice undated_set;
    struct draft_tier *tiers;
    size_t tier_count;
    struct draft_clause *clauses; /* clauses, then reactions, then those of policies */
    size_t clause_count;
    const uint32_t *clauses_by_id; /* by resolve: into clauses; equal ids by place */
    struct draft_reaction *reactions;
    size_t reaction_count;
    struct draft_response *responses;
    size_t response_count;
    struct draft_resource *resources;
    size_t resource_count;
    struct draft_protected *protected;
    size_t protected_count;
    const struct yaml_node *degrade; /* steps of clause ids; NULL: none */
    struct draft_assumption *assumptions;
    size_t assumption_count;
    struct draft_service *services;
    size_t service_count;
    struct sla_names service_names; /* into services; by resolve */
    struct draft_test *tests;
    size_t test_count;
    struct sla_names target_names;  /* into targets */
    const struct slice *target_ids; /* for people; NULL: not asked for yet */
    struct draft_list *plain;       /* by plane and layer: of targets that select nothing further */
    size_t scope_from, scope_to; /* by resolve: of what it may speak; into draft->resources, or */
    struct sla_run scope;        /* of an offer: what stands at the provider */
    struct diag_span ucloud_span;
    bool of_owned;       /* speaks of what its party owns there, alone */
    bool without_ucloud; /* the U-Cloud it is about is not here */
    struct draft_document *next;
};

/* What stands around every document. */
struct draft_envelope {
    struct slice version;
    enum sla_kind kind;
    bool is_known; /* version and kind: the rest can be read */
    const struct yaml_node *metadata, *spec;
};

struct draft {
    struct arena *arena;
    struct diag_list *diags;
    struct sla_options options;
    struct draft_document *first;
    struct draft_document **tail;
    size_t document_count;
    const struct sla_reading *open; /* the innermost mapping that is being read; or NULL */
    size_t errors_before;           /* what is being read now */
    bool is_full;                   /* it has too many errors: the rest is left out */
    bool is_incomplete;             /* so it was with one of the sources */
    bool has_repeated;              /* some name was reported as repeated */
    bool is_unread;         /* something of a source could not be read: it may be what is missing */
    size_t compared_count;  /* of SLA_COMPARED_MAX */
    uint64_t bytes_limit;   /* of the arena, while templates are expanded */
    bool is_cut;            /* it was reached: trees are not whole */
    size_t scanned_count;   /* of SLA_SCANNED_MAX */
    size_t reread_count;    /* of SLA_REREAD_MAX */
    struct sla_intern told; /* findings of templates and of what extends them */
    bool has_granted;       /* some clause names one that it is granted under */
    const struct slice **controls_of_terms; /* by number of a term; NULL: not asked for yet */
    /* by resolve */
    struct draft_document **documents; /* canonical order */
    struct sla_names uclouds;          /* into documents */
    struct sla_names policies;         /* likewise, by party/name */
    struct draft_resource **resources; /* by U-Cloud and name; index = world index */
    size_t resource_count;
    size_t service_count;
    uint32_t *marks; /* scratch: the resources marked in this turn have its number */
    uint32_t turn;
    size_t *gathered; /* scratch: one a resource */
    size_t gathered_count;
    size_t pairs;                                  /* handed out, of SLA_PAIRS_MAX */
    struct sla_run indexes[SELECT_PROPERTIES + 1]; /* by property; then labels (sla/read/index.h) */
    const struct slice *resource_paths;            /* for people; NULL: not asked for yet */
    size_t resource_path_count;                    /* of them: resources without a name have none */
    const struct slice *party_names;               /* likewise */
    const struct slice *ucloud_names;              /* likewise; uclouds.count */
    struct sla_names rules, nodes;                 /* of the options */
    struct sla_guards *guards;                     /* of all clauses */
    struct sla_party *parties;                     /* by name */
    struct sla_agreement *const *agreements;       /* canonical order */
    size_t agreement_count;
    size_t party_count;
    bool has_members;                    /* people or groups among the parties */
    struct sla_party_tiers *party_tiers; /* by index of a party */
};

/* Before the next of many things is looked at, which is at `at`: true, and noted once, when what
 * is being read has yaml_errors_max errors already. */
bool sla_is_full(struct draft *draft, const struct yaml_node *at);
bool sla_is_full_at(struct draft *draft, const struct diag_span *at);
/* From here on errors are counted anew. */
void sla_count_errors(struct draft *draft);

/* Reads all documents of a source into the draft. */
void sla_read_source(struct draft *draft, const struct diag_source *source);

/* Whether a name that is not here is wrong: nothing was unreadable, and all documents are here or,
 * of some, the U-Cloud that this SLA is about. */
bool sla_is_whole_for(const struct draft *draft, const struct draft_document *document);

/* Finds what tests are about; reports what there is not. Without the U-Cloud of the document none
 * is kept: its clauses are about nothing, so each would fail. */
void sla_bind_tests(struct draft *draft, struct draft_document *document);

/* Segments that hosts name: reports those that are not there. */
void sla_bind_segments(struct draft *draft);

/* Resolves names across documents; afterwards clauses have their resources. False: errors. */
bool sla_resolve(struct draft *draft);

#endif
