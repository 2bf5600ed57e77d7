/* sla/agree/sign.h - a party signs an agreement: the record that goes into it. Pure: the secret and
 * the day come from the caller, the change to the file goes back to it. */
#ifndef REDAN_SLA_AGREE_SIGN_H
#define REDAN_SLA_AGREE_SIGN_H

#include "sla/agree/agreement.h"

struct sla_signing {
    const struct sla_agreement *agreement; /* of a world that was compiled with all it pins */
    struct slice party, by;                /* names: for whom, and who signs */
    int32_t at_day;
    const struct ed25519_secret *secret;
};

enum sla_sign_outcome {
    SLA_SIGNED,         /* `out` is the change to make */
    SLA_SIGNED_ALREADY, /* with this key, and what it says holds: nothing to change */
    SLA_SIGN_STATE,     /* only what is negotiated is signed */
    SLA_SIGN_PINS,      /* a pinned document is not here, or not the one that its digest is of */
    SLA_SIGN_STRANGER,  /* none of the pinned documents is the party's */
    SLA_SIGN_OTHER_KEY  /* the party has signed with another key */
};

/* A signature of the same key over something else, or of a day on which the key was not the
 * party's, is replaced. Edits live in `arena`; they are NULL
 * unless SLA_SIGNED. */
enum sla_sign_outcome sla_agreement_sign(struct arena *arena, const struct sla_signing *signing,
                                         struct diag_edit **out);

/* The signature of a party in it; NULL: there is none. */
const struct sla_signature *sla_agreement_signature(const struct sla_agreement *agreement,
                                                    struct slice party);
/* Whether some document of the party is pinned. */
bool sla_agreement_has_party(const struct sla_agreement *agreement, struct slice party);

#endif
