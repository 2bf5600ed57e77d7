/* sla/agree/agreement.h - what the parties agreed on: an Agreement pins documents by their digests,
 * has a state and carries signatures. docs/design/sla-language.md, section 12. Pure: keys and the
 * day come in the options. */
#ifndef REDAN_SLA_AGREE_AGREEMENT_H
#define REDAN_SLA_AGREE_AGREEMENT_H

#include "base/buf.h"
#include "base/crypto.h"
#include "base/diag.h"
#include "sla/world.h"

struct draft;

enum sla_agreement_state {
    SLA_AGREEMENT_DRAFT,
    SLA_AGREEMENT_NEGOTIATED,
    SLA_AGREEMENT_IN_FORCE,
    SLA_AGREEMENT_AMENDED,
    SLA_AGREEMENT_ENDED
};
enum { SLA_AGREEMENT_STATES = 5 };

/* A document as it was agreed on. */
struct sla_pin {
    enum sla_kind kind;
    struct slice party, name;
    uint32_t version;
    struct sha256 digest;
    bool has_digest;
    struct diag_span span, digest_span;
    const struct yaml_node *node;        /* the mapping it was read from, for edits */
    const struct sla_document *document; /* NULL: not here, or another version */
};

/* What was found when it was checked. */
enum sla_signature_verdict {
    SLA_SIGNATURE_UNCHECKED, /* no keys are known */
    SLA_SIGNATURE_GOOD,
    SLA_SIGNATURE_STRANGER,   /* no such key of this party is known */
    SLA_SIGNATURE_OTHER_DAY,  /* the key was not this party's on the day of signing */
    SLA_SIGNATURE_OTHER_TEXT, /* the key signed something else */
    SLA_SIGNATURE_OLD,        /* made without who signed and when: it does not count */
    SLA_SIGNATURE_TO_COME,    /* of a day after the one that is asked of */
    SLA_SIGNATURE_NO_DOCUMENT /* none of the pinned documents is this party's: told without keys */
};
enum { SLA_SIGNATURE_VERDICTS = 8 };

struct sla_signature {
    struct slice party, by;
    int32_t at_day;
    struct sha256 key; /* SHA-256 of the public key */
    struct ed25519_signature signature;
    struct diag_span span;
    const struct yaml_node *node; /* the mapping it was read from, for edits */
    enum sla_signature_verdict verdict;
};

/* An earlier version of the same agreement, by its digest. */
struct sla_replaces {
    uint32_t version; /* 0: nothing */
    struct sha256 digest;
    bool has_digest;
    struct diag_span span, digest_span;
    const struct yaml_node *node; /* the mapping it was read from, for edits */
};

struct sla_ending {
    int32_t at_day;
    struct slice by, why;
};

struct sla_agreement {
    const struct sla_document *document; /* its own: party, name, version */
    enum sla_agreement_state state;
    struct sla_period valid;
    bool has_valid;
    struct sla_replaces replaces;
    struct sla_pin *pins;
    size_t pin_count;
    struct sla_signature *signatures;
    size_t signature_count;
    struct sla_ending ended;
    bool has_ended;
    struct diag_span state_span;
    struct sha256 signed_digest; /* of the signed bytes: the same as long as what was agreed is */
    bool is_signed;              /* the parties of the pins have, with known keys; nobody else */
};

const char *sla_agreement_state_name(enum sla_agreement_state state); /* "in-force" */
/* Amended or ended: what was agreed on then may have moved on since. */
bool sla_agreement_is_over(const struct sla_agreement *agreement);
/* "verified", or what is wrong: "no such key of this party is known" */
const char *sla_signature_verdict_name(enum sla_signature_verdict verdict);

/* What is agreed on: a context string, and the canonical tree of apiVersion, kind, metadata and
 * spec without state, signatures and ended. `root` is an Agreement. */
void sla_agreement_signed_bytes(struct arena *scratch, const struct yaml_node *root,
                                struct buf *out);
/* What a signature is made over: a context string, the SHA-256 of that, and the party, who signs
 * and the day as canonical scalars. Of `signature` no other member is looked at. */
void sla_signature_bytes(const struct sha256 *agreed, const struct sla_signature *signature,
                         struct buf *out);

/* After names are bound: pins, states, signatures; reports RDN0312 and RDN0317 to RDN0319. */
void sla_check_agreements(struct draft *draft);

#endif
