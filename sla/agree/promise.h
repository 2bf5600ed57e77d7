/* sla/agree/promise.h - what offers are worth: an agreement in force makes a promise of what it
 * pins, to the parties that signed it; all else is only advertised. docs/design/sla-language.md,
 * sections 2.1 and 12. For sla/, its tests and who prints it. */
#ifndef REDAN_SLA_AGREE_PROMISE_H
#define REDAN_SLA_AGREE_PROMISE_H

#include "sla/agree/agreement.h"
#include "sla/verdict.h"

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

/* Of the facts in an offer; SLA_NO_EVIDENCE of another document. */
enum sla_evidence sla_offer_evidence(const struct sla_world *world,
                                     const struct sla_document *offer);

/* Says in a finding about what holds how far its offers can be trusted. */
void sla_note_evidence(enum sla_evidence evidence, struct diag *diag, struct diag_list *diags);

/* `requirement` holds only by `offer`, which may be promised to its party or not: then that is
 * remembered for sla_report_promises, once a document. True: it is promised. */
bool sla_rest_on(const struct sla_world *world, const struct sla_clause *requirement,
                 const struct sla_clause *offer);
/* RDN0402: one note an offer that some requirement rests on and nobody agreed to. RDN0318: an offer
 * says that it is signed, and nothing shows that: a warning when keys are known and no agreement
 * that pins it is on its way, else a note. */
void sla_report_promises(const struct sla_world *world, bool keys_known, struct diag_list *diags);

#endif
