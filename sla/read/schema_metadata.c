#include "sla/read/schema.h"

#include "sla/read/check.h"
#include "sla/read/expand.h"

static const char *const role_names[] = { "tenant", "user", "provider", "operator" };
static const char *const asserted_names[] = {
    [SLA_ASSERTED_SIGNED] = "signed",
    [SLA_ASSERTED_TRANSCRIBED] = "transcribed",
    [SLA_ASSERTED_MEASURED] = "measured",
};
static const struct sla_words role_words = { role_names, COUNT_OF(role_names) };
static const struct sla_words asserted_words = { asserted_names, COUNT_OF(asserted_names) };

const char *sla_asserted_name(enum sla_asserted how)
{
    return asserted_names[how];
}

/* What every kind has; a kind says what its name, party and roles mean. */
#define NAME_ROW(doc_)                                                                             \
    {                                                                                              \
        .key = "name", .type = SLA_TYPE_NAME, .required = true,                                    \
        .offset = offsetof(struct draft_document, document.name),                                  \
        .what = "the name of a document", .doc = (doc_), .example = "imaging"                      \
    }
#define PARTY_ROW(doc_)                                                                            \
    {                                                                                              \
        .key = "party", .type = SLA_TYPE_NAME, .required = true,                                   \
        .offset = offsetof(struct draft_document, document.party), .what = "the name of a party",  \
        .doc = (doc_), .example = "hospital-a"                                                     \
    }
#define ROLE_ROW(doc_, example_)                                                                   \
    {                                                                                              \
        .key = "role", .type = SLA_TYPE_WORD, .required = true,                                    \
        .offset = offsetof(struct draft_document, document.role), .of.words = &role_words,         \
        .what = "a role", .doc = (doc_), .example = (example_)                                     \
    }
#define VERSION_ROW                                                                                \
    {                                                                                              \
        .key = "version", .type = SLA_TYPE_COUNT,                                                  \
        .offset = offsetof(struct draft_document, document.version),                               \
        .of.limits = { 1, INT32_MAX }, .what = "the version",                                      \
        .doc = "Which version of the document this is; 1 when left out.", .example = "7"           \
    }

static const struct sla_field sla_metadata_fields[] = {
    [META_NAME] = NAME_ROW("Unique among the party's documents."),
    [META_PARTY] = PARTY_ROW("Who requires this."),
    [META_ROLE] = ROLE_ROW("`tenant`, `user` or `operator`.", "tenant"),
    [META_VERSION] = VERSION_ROW,
    [META_UCLOUD] = { .key = "ucloud",
                      .type = SLA_TYPE_NAME,
                      .offset = offsetof(struct draft_document, document.ucloud),
                      .what = "the name of a U-Cloud",
                      .doc = "The U-Cloud it is about; required, except of a template.",
                      .example = "imaging" },
    [META_TEMPLATE] = { .key = "template",
                        .type = SLA_TYPE_FLAG,
                        .offset = offsetof(struct draft_document, document.is_template),
                        .what = "a flag",
                        .doc = "`yes`: it is about no U-Cloud and makes nothing by itself; other "
                               "documents of the party extend it.",
                        .example = "yes" },
    [META_EXTENDS] = { .key = "extends",
                       .type = SLA_TYPE_RECORD,
                       .offset = offsetof(struct draft_document, extends),
                       .of.record = &sla_record_extends,
                       .doc = "The template it begins with.",
                       .example = "{document: org-base, version: 2, with: {homes: [PT, FR]}}" },
};
static const struct sla_field offer_metadata_fields[] = {
    [META_NAME] = NAME_ROW("Unique among the party's documents."),
    [META_PARTY] = PARTY_ROW("The provider, or the operator that offers detection and response."),
    [META_ROLE] = ROLE_ROW("`provider` or `operator`.", "provider"),
    [META_VERSION] = VERSION_ROW,
    [META_UCLOUD] = { .key = NULL },
    [META_TEMPLATE] = { .key = NULL },
    [META_EXTENDS] = { .key = NULL },
    [META_ASSERTED_BY] = { .key = "assertedBy",
                           .type = SLA_TYPE_RECORD,
                           .required = true,
                           .offset = offsetof(struct draft_document, document.asserted_by),
                           .of.record = &sla_record_assertion,
                           .older = sla_older_assertion,
                           .doc = "Who says so, and how it came to be known.",
                           .example = "{party: hospital-a, how: transcribed}" },
};
static const struct sla_field ucloud_metadata_fields[] = {
    [META_NAME] = NAME_ROW("Unique among all U-Clouds."),
    [META_PARTY] = PARTY_ROW("Whose U-Cloud it is."),
    [META_ROLE] = ROLE_ROW("`tenant` or `user`.", "tenant"),
    [META_VERSION] = VERSION_ROW,
};
static const struct sla_field policy_metadata_fields[] = {
    [META_NAME] = NAME_ROW("Unique among the party's documents."),
    [META_PARTY] = PARTY_ROW("Whose responses these are."),
    [META_ROLE] = ROLE_ROW("`tenant`, `user` or `operator`.", "tenant"),
    [META_VERSION] = VERSION_ROW,
};
static const struct sla_field agreement_metadata_fields[] = {
    [META_NAME] = NAME_ROW("Unique, with its version, among the party's agreements."),
    [META_PARTY] = PARTY_ROW("Who keeps it."),
    [META_ROLE] = ROLE_ROW("Any.", "tenant"),
    [META_VERSION] = VERSION_ROW,
};
const struct sla_record sla_record_metadata[SLA_KINDS] = {
    [SLA_SECURITY_SLA] = SLA_RECORD(sla_metadata_fields, struct draft_document, sla_check_metadata,
                                    "the metadata of a SecuritySLA", "sla.metadata",
                                    "Who requires something, and of which U-Cloud."),
    [SLA_PROVIDER_OFFER] = SLA_RECORD(offer_metadata_fields, struct draft_document,
                                      sla_check_metadata, "the metadata of a ProviderOffer",
                                      "offer.metadata", "Who offers something, and who says so."),
    [SLA_UCLOUD] =
        SLA_RECORD(ucloud_metadata_fields, struct draft_document, sla_check_metadata,
                   "the metadata of a UCloud", "ucloud.metadata", "Whose U-Cloud it is."),
    [SLA_RESPONSE_POLICY] = SLA_RECORD(policy_metadata_fields, struct draft_document,
                                       sla_check_metadata, "the metadata of a ResponsePolicy",
                                       "policy.metadata", "Whose responses these are."),
    [SLA_AGREEMENT] = SLA_RECORD(agreement_metadata_fields, struct draft_document,
                                 sla_check_metadata, "the metadata of an Agreement",
                                 "agreement.metadata", "Who keeps it, and which version it is."),
};

static const struct sla_field extends_fields[] = {
    [EXTENDS_DOCUMENT] = { .key = "document",
                           .type = SLA_TYPE_NAME,
                           .required = true,
                           .offset = offsetof(struct draft_extends, document),
                           .what = "the name of a document",
                           .doc = "A template of the same party.",
                           .example = "org-base" },
    [EXTENDS_VERSION] = { .key = "version",
                          .type = SLA_TYPE_COUNT,
                          .offset = offsetof(struct draft_extends, version),
                          .of.limits = { 1, INT32_MAX },
                          .what = "the version",
                          .doc = "The version that is meant; whichever is there when left out.",
                          .example = "2" },
    [EXTENDS_WITH] = { .key = "with",
                       .type = SLA_TYPE_ARGUMENTS,
                       .offset = offsetof(struct draft_extends, with),
                       .doc = "Values for the template's parameters.",
                       .example = "{homes: [PT, FR]}" },
};
const struct sla_record sla_record_extends =
    SLA_RECORD(extends_fields, struct draft_extends, sla_check_extends, "an extension",
               "sla.metadata.extends", "The template a document begins with.");

static const struct sla_field assertion_fields[] = {
    [ASSERTION_PARTY] = { .key = "party",
                          .type = SLA_TYPE_NAME,
                          .required = true,
                          .offset = offsetof(struct sla_assertion, party),
                          .what = "the name of a party",
                          .doc = "Who says so: the provider itself, or who wrote it down for it.",
                          .example = "hospital-a" },
    [ASSERTION_HOW] = { .key = "how",
                        .type = SLA_TYPE_WORD,
                        .required = true,
                        .offset = offsetof(struct sla_assertion, how),
                        .of.words = &asserted_words,
                        .what = "a way to know",
                        .doc = "`signed` (by the provider itself), `transcribed` (from its "
                               "contract or pages) or `measured`.",
                        .example = "transcribed" },
    [ASSERTION_SOURCE] = { .key = "source",
                           .type = SLA_TYPE_TEXT,
                           .offset = offsetof(struct sla_assertion, source),
                           .doc = "Where it was read, how it was measured.",
                           .example = "contract of 2025-11-03" },
};
const struct sla_record sla_record_assertion =
    SLA_RECORD(assertion_fields, struct sla_assertion, NULL, "an assertion",
               "offer.metadata.assertedBy", "Who says what is offered, and how it is known.");

static const char *const parameter_names[SLA_PARAMETER_TYPES] = {
    [SLA_PARAMETER_NAME] = "name",
    [SLA_PARAMETER_TEXT] = "text",
    [SLA_PARAMETER_WORD] = "word",
    [SLA_PARAMETER_WORDS] = "words",
    [SLA_PARAMETER_FLAG] = "flag",
    [SLA_PARAMETER_COUNT] = "count",
    [SLA_PARAMETER_DURATION] = "duration",
    [SLA_PARAMETER_SHARE] = "share",
    [SLA_PARAMETER_BYTES] = "bytes",
    [SLA_PARAMETER_BITRATE] = "bitrate",
    [SLA_PARAMETER_RATE] = "rate",
    [SLA_PARAMETER_MONEY] = "money",
    [SLA_PARAMETER_DATE] = "date",
    [SLA_PARAMETER_WEEKLY] = "weekly",
    [SLA_PARAMETER_ADDRESS] = "address",
    [SLA_PARAMETER_ADDRESSES] = "addresses",
    [SLA_PARAMETER_PORT] = "port",
    [SLA_PARAMETER_PORTS] = "ports",
    [SLA_PARAMETER_COUNTRIES] = "countries",
    [SLA_PARAMETER_SEVERITY] = "severity",
    [SLA_PARAMETER_ACT] = "act",
    [SLA_PARAMETER_ACTS] = "acts",
    [SLA_PARAMETER_ACTIONS] = "actions",
    [SLA_PARAMETER_PARTIES] = "parties",
    [SLA_PARAMETER_SUBJECTS] = "subjects",
    [SLA_PARAMETER_NAMES] = "names",
    [SLA_PARAMETER_THRESHOLD] = "threshold",
    [SLA_PARAMETER_DIGEST] = "digest",
    [SLA_PARAMETER_HEX] = "hex",
};
const struct sla_words sla_parameter_types = { parameter_names, SLA_PARAMETER_TYPES };

static const struct sla_field parameter_fields[] = {
    [PARAMETER_ID] = { .key = "id",
                       .type = SLA_TYPE_NAME,
                       .required = true,
                       .offset = offsetof(struct draft_parameter, id),
                       .what = "the id of a parameter",
                       .doc = "Unique in the document; `$id` stands for its value.",
                       .example = "homes" },
    [PARAMETER_TYPE] = { .key = "type",
                         .type = SLA_TYPE_WORD,
                         .required = true,
                         .offset = offsetof(struct draft_parameter, type),
                         .of.words = &sla_parameter_types,
                         .what = "a type of values",
                         .doc = "`name`, `text`, `word`, `flag`, `count`, `duration`, `share`, "
                                "`bytes`, `bitrate`, `rate`, `money`, `date`, `address`, `port`, "
                                "`severity`, `act`, `threshold`, `digest` or `hex`: one value; "
                                "`words`, `weekly`, `addresses`, `ports`, `countries`, `acts`, "
                                "`actions`, `parties`, `subjects` or `names`: one or several.",
                         .example = "countries" },
    [PARAMETER_DEFAULT] = { .key = "default",
                            .type = SLA_TYPE_VALUE,
                            .offset = offsetof(struct draft_parameter, fallback),
                            .doc = "Its value unless `with` gives one; without a default `with` "
                                   "must.",
                            .example = "[PT, FR]" },
};
const struct sla_record sla_record_parameter =
    SLA_RECORD(parameter_fields, struct draft_parameter, sla_check_parameter, "a parameter",
               "sla.spec.parameters", "A value that a template leaves to what extends it.");
