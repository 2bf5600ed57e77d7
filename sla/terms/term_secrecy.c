#include "sla/terms/domain.h"
#include "sla/terms/quantity.h"

enum { ENCRYPTION_REST_PROVIDER = 1, ENCRYPTION_TRANSIT_MUTUAL = 2 }; /* places in their lists */
static const char *const encryption_rest_names[] = { "none", "provider", "customer", "client" };
static const struct sla_words encryption_rest = { encryption_rest_names,
                                                  COUNT_OF(encryption_rest_names) };
static const char *const encryption_transit_names[] = { "none", "server", "mutual" };
static const struct sla_words encryption_transit = { encryption_transit_names,
                                                     COUNT_OF(encryption_transit_names) };
static const char *const encryption_use_names[] = { "none", "memory", "enclave" };
static const struct sla_words encryption_use = { encryption_use_names,
                                                 COUNT_OF(encryption_use_names) };
static const char *const integrity_level_names[] = { "none", "checksum", "signed", "quorum" };
static const struct sla_words integrity_level = { integrity_level_names,
                                                  COUNT_OF(integrity_level_names) };
static const char *const faults_model_names[] = { "crash", "omission", "byzantine" };
static const struct sla_words faults_model = { faults_model_names, COUNT_OF(faults_model_names) };

static const struct sla_term terms[] = {
    {
        .name = "encryption.rest",
        .domain = &sla_domain_level,
        .of = &encryption_rest,
        .ops = SLA_BIT(SLA_OP_AT_LEAST),
        .stances = SLA_BIT(SLA_REQUIRES) | SLA_BIT(SLA_OFFERS),
        .planes = SLA_BIT(PLANE_COMPUTE) | SLA_BIT(PLANE_DATA),
        .chooser = SLA_BUILT,
        .when = SLA_WHEN_CLASS,
        .becomes = SLA_BECOMES_DESIRED,
        .emit = SLA_EMIT_LIBVIRT | SLA_EMIT_STORE,
        .held = SLA_EMIT_LIBVIRT | SLA_EMIT_STORE,
        .held_to = ENCRYPTION_REST_PROVIDER, /* other keys are not ours to hold */
        .doc = "Whose keys encrypt what is stored: the provider's, the customer's at the provider, "
               "or keys that never leave the client.",
        .value_doc =
            "one of `none`, `provider`, `customer`, `client`; each asks for more than the one "
            "before",
        .example = "term: encryption.rest, op: \">=\", value: customer",
        .called = { "at rest", "crypto", "data encryption", "disk encryption" },
        .controls = { "nist:SC-28", "nist:SC-28(1)", "ccm:CEK-03" },
    },
    {
        .name = "encryption.transit",
        .domain = &sla_domain_level,
        .of = &encryption_transit,
        .ops = SLA_BIT(SLA_OP_AT_LEAST),
        .stances = SLA_BIT(SLA_REQUIRES) | SLA_BIT(SLA_OFFERS),
        .planes = SLA_BIT(PLANE_DATA) | SLA_BIT(PLANE_NETWORK),
        .chooser = SLA_BUILT,
        .when = SLA_WHEN_CLASS,
        .becomes = SLA_BECOMES_DESIRED,
        .emit = SLA_EMIT_OVN,
        .held = SLA_EMIT_OVN,
        .held_to = ENCRYPTION_TRANSIT_MUTUAL,
        .doc = "Encryption of what is sent: none, the server proves itself, or both ends do.",
        .value_doc = "one of `none`, `server`, `mutual`; each asks for more than the one before",
        .example = "term: encryption.transit, op: \">=\", value: mutual",
        .called = { "crypto", "in transit", "https", "ssl", "tls" },
        .controls = { "nist:SC-8", "nist:SC-8(1)", "ccm:CEK-03" },
    },
    {
        .name = "encryption.use",
        .domain = &sla_domain_level,
        .of = &encryption_use,
        .ops = SLA_BIT(SLA_OP_AT_LEAST),
        .stances = SLA_BIT(SLA_REQUIRES) | SLA_BIT(SLA_OFFERS),
        .planes = SLA_BIT(PLANE_COMPUTE),
        .chooser = SLA_THEIRS,
        .when = SLA_WHEN_CLASS,
        .becomes = SLA_BECOMES_CHECK,
        .doc = "Encryption while data is worked on: none, the whole memory of a machine, or an "
               "enclave that its host cannot read.",
        .value_doc = "one of `none`, `memory`, `enclave`; each asks for more than the one before",
        .example = "term: encryption.use, op: \">=\", value: memory",
        .called = { "confidential computing", "enclave", "in use" },
        .controls = { "nist:SC-39(1)", "nist:SC-49", "ccm:CEK-03" },
    },
    {
        .name = "keys.custody",
        .domain = &sla_domain_names,
        .of = &sla_naming_parties,
        .ops = SLA_BIT(SLA_OP_IN),
        .stances = SLA_BIT(SLA_REQUIRES) | SLA_BIT(SLA_OFFERS),
        .planes = SLA_BIT(PLANE_COMPUTE) | SLA_BIT(PLANE_DATA),
        .chooser = SLA_THEIRS,
        .when = SLA_WHEN_CLASS,
        .becomes = SLA_BECOMES_CHECK,
        .doc = "Who may hold the keys of what is stored.",
        .value_doc = "a party, a role or a list of them",
        .example = "term: keys.custody, op: in, value: [tenant]",
        .called = { "byok", "hsm", "key management", "kms" },
        .controls = { "nist:SC-12(6)", "nist:SA-9(6)", "ccm:CEK-08" },
    },
    {
        .name = "keys.location",
        .domain = &sla_domain_set,
        .of = &sla_countries,
        .ops = SLA_BIT(SLA_OP_IN) | SLA_BIT(SLA_OP_NOT_IN),
        .stances = SLA_BIT(SLA_REQUIRES) | SLA_BIT(SLA_OFFERS),
        .planes = SLA_BIT(PLANE_COMPUTE) | SLA_BIT(PLANE_DATA),
        .chooser = SLA_THEIRS,
        .when = SLA_WHEN_CLASS,
        .becomes = SLA_BECOMES_CHECK,
        .doc = "Countries in which keys may be kept.",
        .value_doc = "a country code (ISO 3166-1 alpha-2) or a list of them",
        .example = "term: keys.location, op: in, value: [PT, DE]",
        .controls = { "nist:SC-12(6)", "nist:SA-9(5)", "ccm:DSP-19" },
    },
    {
        .name = "keys.rotation",
        .domain = &sla_domain_amount,
        .of = &sla_quantity_duration,
        .ops = SLA_BIT(SLA_OP_AT_MOST),
        .stances = SLA_BIT(SLA_REQUIRES) | SLA_BIT(SLA_OFFERS),
        .planes = SLA_PLANES_ALL,
        .chooser = SLA_THEIRS,
        .when = SLA_WHEN_CLASS,
        .becomes = SLA_BECOMES_CHECK,
        .doc = "How old a key may be.",
        .value_doc = "a duration",
        .example = "term: keys.rotation, op: \"<=\", value: 365d",
        .called = { "key age", "key rotation" },
        .controls = { "nist:SC-12", "nist:SC-28(3)", "ccm:CEK-12" },
    },
    {
        .name = "confidentiality.threshold",
        .domain = &sla_domain_threshold,
        .ops = SLA_BIT(SLA_OP_AT_LEAST),
        .stances = SLA_BIT(SLA_REQUIRES) | SLA_BIT(SLA_OFFERS),
        .planes = SLA_BIT(PLANE_DATA) | SLA_PLANE_SERVICE,
        .chooser = SLA_BUILT,
        .when = SLA_WHEN_CLASS,
        .becomes = SLA_BECOMES_DESIRED,
        .emit = SLA_EMIT_STORE,
        .doc = "How many holders of shares are needed to read, of how many there are: fewer learn "
               "nothing, and the rest may be gone.",
        .value_doc = "how many of how many, 64 at most",
        .example = "term: confidentiality.threshold, op: \">=\", value: 2 of 4",
        .called = { "secret sharing" },
        .controls = { "nist:SC-36", "nist:SA-9(6)" },
    },
    {
        .name = "integrity.level",
        .domain = &sla_domain_level,
        .of = &integrity_level,
        .ops = SLA_BIT(SLA_OP_AT_LEAST),
        .stances = SLA_BIT(SLA_REQUIRES) | SLA_BIT(SLA_OFFERS),
        .planes = SLA_BIT(PLANE_COMPUTE) | SLA_BIT(PLANE_DATA),
        .chooser = SLA_BUILT,
        .when = SLA_WHEN_CLASS,
        .becomes = SLA_BECOMES_DESIRED,
        .emit = SLA_EMIT_STORE,
        .doc =
            "How changes to what is stored are found: by checksums, signatures, or agreement of a"
            " quorum.",
        .value_doc =
            "one of `none`, `checksum`, `signed`, `quorum`; each asks for more than the one "
            "before",
        .example = "term: integrity.level, op: \">=\", value: signed",
        .called = { "checksum", "tamper evidence" },
        .controls = { "nist:SI-7", "nist:SI-7(6)" },
    },
    {
        .name = "faults.model",
        .domain = &sla_domain_level,
        .of = &faults_model,
        .ops = SLA_BIT(SLA_OP_AT_LEAST),
        .stances = SLA_BIT(SLA_REQUIRES) | SLA_BIT(SLA_OFFERS),
        .planes = SLA_PLANES_ALL,
        .chooser = SLA_BUILT,
        .becomes = SLA_BECOMES_DESIRED,
        .emit = SLA_EMIT_STORE,
        .doc = "The worst faults that copies survive: they stop, they lose messages, or they do "
               "anything.",
        .value_doc =
            "one of `crash`, `omission`, `byzantine`; each asks for more than the one before",
        .example = "term: faults.model, op: \">=\", value: byzantine",
        .called = { "byzantine", "fault tolerance" },
        .controls = { "nist:SI-13", "nist:SC-24", "ccm:BCR-11" },
    },
    {
        .name = "faults.count",
        .domain = &sla_domain_amount,
        .of = &sla_quantity_count,
        .ops = SLA_BIT(SLA_OP_AT_LEAST),
        .stances = SLA_BIT(SLA_REQUIRES) | SLA_BIT(SLA_OFFERS),
        .planes = SLA_PLANES_ALL,
        .chooser = SLA_BUILT,
        .becomes = SLA_BECOMES_DESIRED,
        .emit = SLA_EMIT_STORE,
        .doc = "How many faulty copies at once are survived.",
        .value_doc = "a count",
        .example = "term: faults.count, op: \">=\", value: 1",
        .called = { "fault tolerance", "resilience" },
        .controls = { "nist:SI-13", "nist:CP-9(6)", "ccm:BCR-11" },
    },
};

const struct sla_term_group sla_terms_secrecy = { "Secrecy, integrity, faults", terms,
                                                  COUNT_OF(terms) };
