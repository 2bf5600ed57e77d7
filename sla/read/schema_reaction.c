#include "sla/read/schema.h"

#include "sla/read/check.h"

static const char *const approval_names[] = { "none", "one", "two" };
static const struct sla_words approval_words = { approval_names, COUNT_OF(approval_names) };

/* What a reaction says, wherever it stands. */
#define ID_ROW                                                                                     \
    {                                                                                              \
        .key = "id", .type = SLA_TYPE_NAME, .required = true,                                      \
        .offset = offsetof(struct draft_reaction, head.clause.ref.clause),                         \
        .what = "the id of a reaction", .doc = "Unique in the document.", .example = "guessing"    \
    }
#define WHEN_ROW                                                                                   \
    {                                                                                              \
        .key = "when", .type = SLA_TYPE_RECORD, .required = true,                                  \
        .offset = offsetof(struct draft_reaction, reaction),                                       \
        .of.record = &sla_record_reaction_when, .doc = "What sets it off.",                        \
        .example = "{rule: ssh-bruteforce}"                                                        \
    }
#define RESPOND_ROW                                                                                \
    {                                                                                              \
        .key = "respond", .type = SLA_TYPE_ACTIONS, .required = true,                              \
        .offset = offsetof(struct draft_reaction, reaction.respond),                               \
        .count = offsetof(struct draft_reaction, reaction.respond_count),                          \
        .doc = "What may be done: `network.deny source`, `compute.snapshot`.",                     \
        .example = "[network.deny source, compute.snapshot]"                                       \
    }
#define LEASE_ROW                                                                                  \
    {                                                                                              \
        .key = "lease", .type = SLA_TYPE_DURATION, .required = true,                               \
        .offset = offsetof(struct draft_reaction, reaction.lease_ms), .of.least_ms = 1,            \
        .what = "the lease", .doc = "How long a measure stays unless it is renewed.",              \
        .example = "1h"                                                                            \
    }
#define WITHIN_ROW                                                                                 \
    {                                                                                              \
        .key = "within", .type = SLA_TYPE_DURATION,                                                \
        .offset = offsetof(struct draft_reaction, reaction.within_ms), .of.least_ms = 1,           \
        .what = "the deadline", .doc = "Time from the detection to the measure in force.",         \
        .example = "5 s"                                                                           \
    }
#define APPROVAL_ROW                                                                               \
    {                                                                                              \
        .key = "approval", .type = SLA_TYPE_WORD,                                                  \
        .offset = offsetof(struct draft_reaction, reaction.approval), .of.words = &approval_words, \
        .what = "an approval",                                                                     \
        .doc = "People who must agree: `none` (the default), `one` or `two`.", .example = "none"   \
    }

static const struct sla_field reaction_fields[] = {
    [REACTION_ID] = ID_ROW,
    [REACTION_ON] = { .key = "on",
                      .type = SLA_TYPE_REFS,
                      .required = true,
                      .offset = offsetof(struct draft_reaction, head.on),
                      .doc = "Targets of this document.",
                      .example = "front" },
    [REACTION_EXCEPT] = { .key = "except",
                          .type = SLA_TYPE_REFS,
                          .offset = offsetof(struct draft_reaction, head.except),
                          .doc = "Resources it does not act on: `ucloud/resource`.",
                          .example = "imaging/pacs-vm" },
    [REACTION_WHEN] = WHEN_ROW,
    [REACTION_RESPOND] = RESPOND_ROW,
    [REACTION_LEASE] = LEASE_ROW,
    [REACTION_WITHIN] = WITHIN_ROW,
    [REACTION_APPROVAL] = APPROVAL_ROW,
};
const struct sla_record sla_record_reaction = SLA_RECORD(
    reaction_fields, struct draft_reaction, sla_check_reaction, "a reaction", "sla.spec.reactions",
    "A response agreed to in advance: when the rule fires on a target, these actions may be "
    "used.");

static const struct sla_field shared_reaction_fields[] = {
    [REACTION_ID] = ID_ROW,
    [REACTION_ON] = { .key = NULL },
    [REACTION_EXCEPT] = { .key = NULL },
    [REACTION_WHEN] = WHEN_ROW,
    [REACTION_RESPOND] = RESPOND_ROW,
    [REACTION_LEASE] = LEASE_ROW,
    [REACTION_WITHIN] = WITHIN_ROW,
    [REACTION_APPROVAL] = APPROVAL_ROW,
};
const struct sla_record sla_record_shared_reaction = SLA_RECORD(
    shared_reaction_fields, struct draft_reaction, sla_check_reaction, "a reaction of a policy",
    "policy.spec.reactions", "A reaction without targets: who takes the policy says on what.");

static const struct sla_field reaction_when_fields[] = {
    [REACTION_WHEN_RULE] = { .key = "rule",
                             .type = SLA_TYPE_NAME,
                             .required = true,
                             .offset = offsetof(struct reaction, rule),
                             .what = "the name of a rule",
                             .doc = "Name of a detection rule.",
                             .example = "ssh-bruteforce" },
};
const struct sla_record sla_record_reaction_when =
    SLA_RECORD(reaction_when_fields, struct reaction, NULL, "a trigger", "sla.spec.reactions.when",
               "What sets it off.");

static const struct sla_field response_fields[] = {
    [RESPONSE_POLICY] = { .key = "policy",
                          .type = SLA_TYPE_NAME,
                          .required = true,
                          .offset = offsetof(struct draft_response, policy),
                          .what = "the name of a policy",
                          .doc = "A ResponsePolicy of the same party; its reactions are named "
                                 "`POLICY/REACTION` here.",
                          .example = "hospital-responses" },
    [RESPONSE_ON] = { .key = "on",
                      .type = SLA_TYPE_REFS,
                      .required = true,
                      .offset = offsetof(struct draft_response, on),
                      .doc = "Targets of this document.",
                      .example = "front" },
    [RESPONSE_EXCEPT] = { .key = "except",
                          .type = SLA_TYPE_REFS,
                          .offset = offsetof(struct draft_response, except),
                          .doc = "Resources it does not act on: `ucloud/resource`.",
                          .example = "imaging/pacs-vm" },
};
const struct sla_record sla_record_response =
    SLA_RECORD(response_fields, struct draft_response, sla_check_response, "a response",
               "sla.spec.responses", "What of a ResponsePolicy holds on which targets.");
