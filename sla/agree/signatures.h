/* sla/agree/signatures.h - do the signatures of an agreement hold? docs/design/sla-language.md,
 * section
 * 12. For sla/ only. */
#ifndef REDAN_SLA_AGREE_SIGNATURES_H
#define REDAN_SLA_AGREE_SIGNATURES_H

#include "sla/agree/agreement.h"
#include "sla/agree/keys.h"

/* Judges each signature and tells who is missing and who has nothing to sign: RDN0318. `agreed` is
 * what signed_digest is of; keys NULL: none are known, and nothing counts as signed. */
void sla_check_signatures(struct draft *draft, const struct sla_known_keys *known,
                          struct sla_agreement *agreement, struct slice agreed);

/* Whether each party of the pins has signed; whether the signatures hold is not asked. */
bool sla_agreement_has_all_signatures(const struct sla_agreement *agreement);

#endif
