/* sla/promise.h - what offers are worth: an agreement in force makes a promise of what it pins, to
 * the parties that signed it; all else is only advertised. docs/design/sla-language.md,
 * sections 2.1 and 12. For sla/, its tests and who prints it. */
#ifndef REDAN_SLA_PROMISE_H
#define REDAN_SLA_PROMISE_H

#include "sla/agreement.h"

/* How far the facts of an offer can be trusted, whatever it says of itself. */
enum sla_evidence {
    SLA_CLAIMED,  /* written down from elsewhere, or said to be signed and not verified to be */
    SLA_MEASURED, /* found out by the party that asserts it */
    SLA_ATTESTED  /* signed by its provider: an agreement in force pins its digest */
};

/* After documents and agreements: which agreements in force pin which documents. */
void sla_take_promises(struct arena *arena, struct sla_world *world);

/* In force on the day of the world (on any, when it has none), signed by all, and pins the
 * document; `party` is one of those who signed. NULL: there is none. */
const struct sla_agreement *sla_agreement_of(const struct sla_world *world,
                                             const struct sla_document *document,
                                             struct slice party);
/* What the offer says is promised to `party`, which may be its own; else it is advertised. */
bool sla_document_is_promised(const struct sla_world *world, const struct sla_document *document,
                              struct slice party);

enum sla_evidence sla_offer_evidence(const struct sla_world *world,
                                     const struct sla_document *offer);
const char *sla_evidence_name(enum sla_evidence evidence); /* "attested" */

/* `requirement` holds only by `offer`, which may be promised to its party or not: then that is
 * remembered for sla_report_promises, once a document. True: it is promised. */
bool sla_rest_on(const struct sla_world *world, const struct sla_clause *requirement,
                 const struct sla_clause *offer);
/* RDN0402: one note an offer that some requirement rests on and nobody agreed to. */
void sla_report_promises(const struct sla_world *world, struct diag_list *diags);

#endif
