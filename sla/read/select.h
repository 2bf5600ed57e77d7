/* sla/read/select.h - from selectors to resources, from `on` and `except` to what a clause speaks
 * of. For sla/ only. */
#ifndef REDAN_SLA_READ_SELECT_H
#define REDAN_SLA_READ_SELECT_H

#include "sla/draft.h"

/* Fills the resources of the document's targets. */
void sla_select_targets(struct draft *draft, struct draft_document *document);

/* At `span` stands what is no path of a resource. The finding; NULL: there is none, since a
 * resource of that U-Cloud has no name that could be read and may be meant. */
struct diag *sla_resource_report(struct draft *draft, struct diag_span span, struct slice path);

/* Of all parties, people and groups, by the draft's parties; for people. */
const struct slice *sla_party_names(struct draft *draft);
/* Some document knows the party of who asks; else that is reported. True of documents that are not
 * whole. */
bool sla_party_is_known(struct draft *draft, const struct draft_document *document,
                        struct diag_span span, struct slice name);
/* A name that is a party's: reports one that no document here knows (RDN0305). */
void sla_bind_party(struct draft *draft, const struct draft_document *document,
                    struct diag_span span, struct slice name);
/* The same for all that a clause names. */
void sla_bind_parties(struct draft *draft, const struct draft_document *document,
                      const struct draft_clause *clause);

/* Whether the party owns a resource of the U-Cloud. */
bool sla_owns_some(const struct draft *draft, struct slice ucloud, struct slice party);

/* NULL: the document declares none of this id. */
const struct draft_target *sla_target_find(const struct draft_document *document, struct slice id);
/* At `span` stands what is no target, unless one could not be read and may be meant. */
void sla_target_report(struct draft *draft, struct draft_document *document, struct diag_span span,
                       struct slice id);

/* Where a flow of the document names that target as its other end; NULL: none does, or there are
 * too many clauses to look. */
const struct yaml_node *sla_peer_named(struct draft *draft, const struct draft_document *document,
                                       struct slice target);
/* Peers of a flow that are targets (`target/ID`) become the addresses of what those select. */
void sla_bind_peers(struct draft *draft, struct draft_document *document,
                    struct draft_clause *clause);

/* Fills the clause's resources; checks `on`, `except`, the term's planes and named parties. */
void sla_bind_clause(struct draft *draft, struct draft_document *document,
                     struct draft_clause *clause);

/* The same for an assumption; checks its owner. */
void sla_bind_assumption(struct draft *draft, struct draft_document *document,
                         struct draft_assumption *assumption);

#endif
