#include "sla/read/schema.h"

#include "sla/read/check.h"

const struct sla_field sla_agreement_fields[AGREEMENT_ENDED + 1] = {
    [AGREEMENT_STATE] = { .key = "state",
                          .type = SLA_TYPE_WORD,
                          .required = true,
                          .offset = offsetof(struct sla_agreement, state),
                          .of.words = &sla_agreement_state_words,
                          .what = "a state",
                          .doc = "`draft`, `negotiated`, `in-force`, `amended` or `ended`.",
                          .example = "draft" },
    [AGREEMENT_VALID] = { .key = "valid",
                          .type = SLA_TYPE_RECORD,
                          .offset = offsetof(struct sla_agreement, valid),
                          .of.record = &sla_record_period,
                          .doc = "From when until when it holds; needed when it is in force.",
                          .example = "{from: 2026-01-01, until: 2029-01-01}" },
    [AGREEMENT_REPLACES] = { .key = "replaces",
                             .type = SLA_TYPE_RECORD,
                             .offset = offsetof(struct sla_agreement, replaces),
                             .of.record = &sla_record_replaces,
                             .doc = "The version of this agreement that it amends.",
                             .example = "{version: 1, digest: "
                                        "sha256:"
                                        "a48a3f0b2cdcc6bd7e0c5ea37a84cb6a0fbb6bd4b33cf5f1dbd4b6e3a3"
                                        "ba9a01}" },
    [AGREEMENT_DOCUMENTS] = { .key = "documents",
                              .type = SLA_TYPE_RECORDS,
                              .required = true,
                              .offset = offsetof(struct sla_agreement, pins),
                              .count = offsetof(struct sla_agreement, pin_count),
                              .of.record = &sla_record_pin,
                              .doc = "What was agreed on.",
                              .example = "[]" },
    [AGREEMENT_SIGNATURES] = { .key = "signatures",
                               .type = SLA_TYPE_RECORDS,
                               .offset = offsetof(struct sla_agreement, signatures),
                               .count = offsetof(struct sla_agreement, signature_count),
                               .of.record = &sla_record_signature,
                               .doc = "One of every party of the documents, when it is in force.",
                               .example = "[]" },
    [AGREEMENT_ENDED] = { .key = "ended",
                          .type = SLA_TYPE_RECORD,
                          .offset = offsetof(struct sla_agreement, ended),
                          .of.record = &sla_record_ending,
                          .doc = "When and why it ended.",
                          .example = "{at: 2027-03-01, by: anna, why: moved away}" },
};
static const struct sla_field period_fields[] = {
    [PERIOD_FROM] = { .key = "from",
                      .type = SLA_TYPE_DATE,
                      .offset = offsetof(struct sla_period, from_day),
                      .what = "a first day",
                      .doc = "The first day, in UTC; since ever when left out.",
                      .example = "2026-01-01" },
    [PERIOD_UNTIL] = { .key = "until",
                       .type = SLA_TYPE_DATE,
                       .offset = offsetof(struct sla_period, until_day),
                       .what = "a day",
                       .doc = "The first day on which it no longer holds; for ever when left out.",
                       .example = "2029-01-01" },
};
const struct sla_record sla_record_period =
    SLA_RECORD(period_fields, struct sla_period, sla_check_period, "a validity", "valid",
               "A time in whole days of UTC.");

static const struct sla_field pin_fields[] = {
    [PIN_KIND] = { .key = "kind",
                   .type = SLA_TYPE_WORD,
                   .required = true,
                   .offset = offsetof(struct sla_pin, kind),
                   .of.words = &sla_pinned_kind_words,
                   .what = "a kind of document",
                   .doc = "Every kind but `Agreement`.",
                   .example = "SecuritySLA" },
    [PIN_PARTY] = { .key = "party",
                    .type = SLA_TYPE_NAME,
                    .required = true,
                    .offset = offsetof(struct sla_pin, party),
                    .what = "the name of a party",
                    .doc = "Whose document it is.",
                    .example = "hospital-a" },
    [PIN_NAME] = { .key = "name",
                   .type = SLA_TYPE_NAME,
                   .required = true,
                   .offset = offsetof(struct sla_pin, name),
                   .what = "the name of a document",
                   .doc = "Its `metadata.name`.",
                   .example = "imaging-archive" },
    [PIN_VERSION] = { .key = "version",
                      .type = SLA_TYPE_COUNT,
                      .offset = offsetof(struct sla_pin, version),
                      .of.limits = { 1, INT32_MAX },
                      .what = "the version",
                      .doc = "Its version; 1 when left out.",
                      .example = "7" },
    [PIN_DIGEST] = { .key = "digest",
                     .type = SLA_TYPE_DIGEST,
                     .offset = offsetof(struct sla_pin, digest),
                     .what = "a digest",
                     .doc = "Of what the document says; may be missing in a draft.",
                     .example =
                         "sha256:"
                         "0e9ab42bd54d2d0c0d6a4ef3b45cbb1b30f3c3f3cbb8d1d10e5e0de3a7d5f6c2" },
};
const struct sla_record sla_record_pin =
    SLA_RECORD(pin_fields, struct sla_pin, sla_check_pin, "a pinned document",
               "agreement.spec.documents", "A document as it was agreed on.");

static const struct sla_field replaces_fields[] = {
    [REPLACES_VERSION] = { .key = "version",
                           .type = SLA_TYPE_COUNT,
                           .required = true,
                           .offset = offsetof(struct sla_replaces, version),
                           .of.limits = { 1, INT32_MAX },
                           .what = "the version",
                           .doc = "Of the same agreement.",
                           .example = "1" },
    [REPLACES_DIGEST] = { .key = "digest",
                          .type = SLA_TYPE_DIGEST,
                          .offset = offsetof(struct sla_replaces, digest),
                          .what = "a digest",
                          .doc =
                              "The agreement's digest of that version; may be missing in a draft.",
                          .example =
                              "sha256:"
                              "a48a3f0b2cdcc6bd7e0c5ea37a84cb6a0fbb6bd4b33cf5f1dbd4b6e3a3ba9a01" },
};
const struct sla_record sla_record_replaces = SLA_RECORD(
    replaces_fields, struct sla_replaces, sla_check_replaces, "what an agreement replaces",
    "agreement.spec.replaces", "An earlier version of the agreement.");

static const struct sla_field signature_fields[] = {
    [SIGNATURE_PARTY] = { .key = "party",
                          .type = SLA_TYPE_NAME,
                          .required = true,
                          .offset = offsetof(struct sla_signature, party),
                          .what = "the name of a party",
                          .doc = "Who is bound.",
                          .example = "hospital-a" },
    [SIGNATURE_BY] = { .key = "by",
                       .type = SLA_TYPE_NAME,
                       .required = true,
                       .offset = offsetof(struct sla_signature, by),
                       .what = "the name of a person",
                       .doc = "Who signed.",
                       .example = "anna" },
    [SIGNATURE_AT] = { .key = "at",
                       .type = SLA_TYPE_DATE,
                       .required = true,
                       .offset = offsetof(struct sla_signature, at_day),
                       .what = "a day",
                       .doc = "When.",
                       .example = "2025-12-12" },
    [SIGNATURE_KEY] = { .key = "key",
                        .type = SLA_TYPE_DIGEST,
                        .required = true,
                        .offset = offsetof(struct sla_signature, key),
                        .what = "a digest",
                        .doc = "SHA-256 of the public key.",
                        .example =
                            "sha256:"
                            "1b6d2b0b7f3e1cd0cf1fbcf40f4b6d77c1d2a9e0f5b8e7a6c3d4e5f60718293a" },
    [SIGNATURE_SIGNATURE] = { .key = "signature",
                              .type = SLA_TYPE_SIGNATURE,
                              .required = true,
                              .offset = offsetof(struct sla_signature, signature),
                              .what = "a signature",
                              .doc = "Ed25519, 128 hex digits.",
                              .example =
                                  "1f40fc92da241694750979ee6cf582f2d5d7d28e18335de05abc54d0560e0f53"
                                  "02860c652bf08d560252aa5e74210546f369fbbbce8c12cfc7957b2652fe9a7"
                                  "5" },
};
const struct sla_record sla_record_signature =
    SLA_RECORD(signature_fields, struct sla_signature, sla_check_signature, "a signature",
               "agreement.spec.signatures", "Who signed what was agreed on.");

static const struct sla_field ending_fields[] = {
    [ENDING_AT] = { .key = "at",
                    .type = SLA_TYPE_DATE,
                    .required = true,
                    .offset = offsetof(struct sla_ending, at_day),
                    .what = "a day",
                    .doc = "The first day on which it no longer held.",
                    .example = "2027-03-01" },
    [ENDING_BY] = { .key = "by",
                    .type = SLA_TYPE_NAME,
                    .required = true,
                    .offset = offsetof(struct sla_ending, by),
                    .what = "a name",
                    .doc = "Who ended it.",
                    .example = "anna" },
    [ENDING_WHY] = { .key = "why",
                     .type = SLA_TYPE_TEXT,
                     .required = true,
                     .offset = offsetof(struct sla_ending, why),
                     .doc = "For people.",
                     .example = "moved away" },
};
const struct sla_record sla_record_ending =
    SLA_RECORD(ending_fields, struct sla_ending, NULL, "the end of an agreement",
               "agreement.spec.ended", "When and why an agreement ended.");
