/* sla/resolve/refine.h - whether what a document says anew is at least what its template said: a
 * `must` may only be tightened. docs/design/sla-language.md, section 7. For sla/ only. */
#ifndef REDAN_SLA_RESOLVE_REFINE_H
#define REDAN_SLA_RESOLVE_REFINE_H

#include "sla/draft.h"

/* Clauses and reactions of the document against those of the templates below it, both bound to
 * resources. Reports what is looser (RDN0314), and as a note what a changed `should` is now. */
void sla_refine(struct draft *draft, const struct draft_document *document);

#endif
