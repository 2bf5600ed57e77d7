#include "sla/schema.h"

#include "base/cleanup.h"

#define RECORD(members_, name_, path_, doc_)                                                       \
    {                                                                                              \
        .name = (name_), .path = (path_), .doc = (doc_), .members = (members_),                    \
        .count = COUNT_OF(members_)                                                                \
    }

static const struct sla_member document_members[] = {
    [DOC_API_VERSION] = { "apiVersion", SLA_SHAPE_TEXT, true, "text", "`redan/v1`." },
    [DOC_KIND] = { "kind", SLA_SHAPE_TEXT, true, "word",
                   "`SecuritySLA`, `ProviderOffer` or `UCloud`." },
    [DOC_METADATA] = { "metadata", SLA_SHAPE_MAPPING, true, "mapping", "Who says this of what." },
    [DOC_SPEC] = { "spec", SLA_SHAPE_MAPPING, true, "mapping", "What is said." },
};
const struct sla_record sla_record_document =
    RECORD(document_members, "a document", "document",
           "One YAML document; a file may hold several, divided by `---`.");

static const struct sla_member sla_metadata_members[] = {
    [META_NAME] = { "name", SLA_SHAPE_TEXT, true, "name", "Unique among the party's documents." },
    [META_PARTY] = { "party", SLA_SHAPE_TEXT, true, "name", "Who requires this." },
    [META_ROLE] = { "role", SLA_SHAPE_TEXT, true, "word", "`tenant`, `user` or `operator`." },
    [META_UCLOUD] = { "ucloud", SLA_SHAPE_TEXT, true, "name", "The U-Cloud it is about." },
};
static const struct sla_member offer_metadata_members[] = {
    [META_NAME] = { "name", SLA_SHAPE_TEXT, true, "name", "Unique among the party's documents." },
    [META_PARTY] = { "party", SLA_SHAPE_TEXT, true, "name", "The provider." },
    [META_ROLE] = { "role", SLA_SHAPE_TEXT, true, "word", "`provider`." },
    [META_UCLOUD] = { NULL, SLA_SHAPE_TEXT, false, NULL, NULL },
    [META_ASSERTED_BY] = { "assertedBy", SLA_SHAPE_TEXT, true, "name",
                           "Who says so: the provider itself, or who wrote it down for it." },
};
static const struct sla_member ucloud_metadata_members[] = {
    [META_NAME] = { "name", SLA_SHAPE_TEXT, true, "name", "Unique among all U-Clouds." },
    [META_PARTY] = { "party", SLA_SHAPE_TEXT, true, "name", "Whose U-Cloud it is." },
    [META_ROLE] = { "role", SLA_SHAPE_TEXT, true, "word", "`tenant` or `user`." },
};
const struct sla_record sla_record_metadata[3] = {
    RECORD(sla_metadata_members, "the metadata of a SecuritySLA", "sla.metadata",
           "Who requires something, and of which U-Cloud."),
    RECORD(offer_metadata_members, "the metadata of a ProviderOffer", "offer.metadata",
           "Who offers something, and who says so."),
    RECORD(ucloud_metadata_members, "the metadata of a UCloud", "ucloud.metadata",
           "Whose U-Cloud it is."),
};

static const struct sla_member sla_spec_members[] = {
    [SPEC_TARGETS] = { "targets", SLA_SHAPE_LIST, true, "list", "What the clauses speak of." },
    [SPEC_GROUPS] = { "groups", SLA_SHAPE_LIST, false, "list", "Names for sets of addresses." },
    [SPEC_CLAUSES] = { "clauses", SLA_SHAPE_LIST, false, "list", "What must hold." },
    [SPEC_REACTIONS] = { "reactions", SLA_SHAPE_LIST, false, "list",
                         "Responses agreed to in advance." },
};
static const struct sla_member offer_spec_members[] = {
    [SPEC_TARGETS] = { "targets", SLA_SHAPE_LIST, true, "list",
                       "What the clauses speak of, among the resources at this provider." },
    [SPEC_GROUPS] = { "groups", SLA_SHAPE_LIST, false, "list", "Names for sets of addresses." },
    [SPEC_CLAUSES] = { "clauses", SLA_SHAPE_LIST, true, "list", "What is offered and reserved." },
    [SPEC_REACTIONS] = { NULL, SLA_SHAPE_LIST, false, NULL, NULL },
    [SPEC_PROTECTED] = { "protected", SLA_SHAPE_LIST, false, "list",
                         "Networks that no response may cut." },
};
static const struct sla_member ucloud_spec_members[] = {
    [SPEC_TARGETS] = { NULL, SLA_SHAPE_LIST, false, NULL, NULL },
    [SPEC_GROUPS] = { NULL, SLA_SHAPE_LIST, false, NULL, NULL },
    [SPEC_CLAUSES] = { NULL, SLA_SHAPE_LIST, false, NULL, NULL },
    [SPEC_REACTIONS] = { NULL, SLA_SHAPE_LIST, false, NULL, NULL },
    [SPEC_PROTECTED] = { "protected", SLA_SHAPE_LIST, false, "list",
                         "Networks that no response may cut." },
    [SPEC_RESOURCES] = { "resources", SLA_SHAPE_LIST, true, "list", "What it consists of." },
};
const struct sla_record sla_record_spec[3] = {
    RECORD(sla_spec_members, "the spec of a SecuritySLA", "sla.spec",
           "Requirements of one party on one U-Cloud."),
    RECORD(offer_spec_members, "the spec of a ProviderOffer", "offer.spec",
           "What a provider offers, and which rights it keeps."),
    RECORD(ucloud_spec_members, "the spec of a UCloud", "ucloud.spec",
           "The resources of one U-Cloud, where each is and how it is reached."),
};

static const struct sla_member target_members[] = {
    [TARGET_ID] = { "id", SLA_SHAPE_TEXT, true, "name", "Unique in the document." },
    [TARGET_PLANE] = { "plane", SLA_SHAPE_TEXT, false, "word",
                       "`compute`, `data` or `network`; all when left out." },
    [TARGET_LAYER] = { "layer", SLA_SHAPE_TEXT, false, "word",
                       "`L0` (provider's), `L1` (tenant's virtualisation) or `L2` (user's); all "
                       "when left out." },
    [TARGET_SELECT] = { "select", SLA_SHAPE_MAPPING, false, "mapping",
                        "What a resource must be: `name`, `node`, `unit`, `provider`, `bucket` "
                        "(name of a data resource), `domain` (compute), `host` (network), or any "
                        "label. All must fit; all resources when left out." },
};
const struct sla_record sla_record_target =
    RECORD(target_members, "a target", "spec.targets",
           "A named selection of resources: of the SLA's U-Cloud, or at the offer's provider.");

static const struct sla_member group_members[] = {
    [GROUP_ID] = { "id", SLA_SHAPE_TEXT, true, "name", "Unique in the document." },
    [GROUP_ADDRESSES] = { "addresses", SLA_SHAPE_TEXTS, true, "addresses",
                          "Hosts and networks: `10.20.0.0/16`, `2001:db8::1`." },
};
const struct sla_record sla_record_group =
    RECORD(group_members, "a group", "spec.groups", "A name for a set of addresses.");

static const struct sla_member clause_members[] = {
    [CLAUSE_ID] = { "id", SLA_SHAPE_TEXT, true, "name", "Unique in the document." },
    [CLAUSE_ON] = { "on", SLA_SHAPE_TEXTS, true, "names", "Targets of this document." },
    [CLAUSE_EXCEPT] = { "except", SLA_SHAPE_TEXTS, false, "names",
                        "Resources the clause does not speak of: `ucloud/resource`, or `ucloud` "
                        "for all of it." },
    [CLAUSE_STANCE] = { "stance", SLA_SHAPE_TEXT, false, "word",
                        "`requires` (must hold in every outcome; the default in a SecuritySLA), "
                        "`offers` (a capability) or `reserves` (a right its party may use). A "
                        "ProviderOffer must say which." },
    [CLAUSE_TERM] = { "term", SLA_SHAPE_TEXT, true, "term", "What it is about: see the terms." },
    [CLAUSE_ACTION] = { "action", SLA_SHAPE_TEXT, false, "action",
                        "What may be done: `network.deny`, `network.isolate`, "
                        "`compute.snapshot`, `compute.suspend` or `data.freeze`." },
    [CLAUSE_OP] = { "op", SLA_SHAPE_TEXT, false, "word",
                    "How the value binds: see the term. A reserved right may leave it out and "
                    "means `permit`." },
    [CLAUSE_VALUE] = { "value", SLA_SHAPE_ANY, false, "by term", "See the term." },
    [CLAUSE_WINDOW] = { "window", SLA_SHAPE_TEXT, false, "duration",
                        "Over which time a share is counted." },
    [CLAUSE_PLANNED] = { "planned", SLA_SHAPE_TEXT, false, "duration",
                         "Announced work in each window that an offer does not count as down time "
                         "(a requirement does)." },
    [CLAUSE_WHEN] = { "when", SLA_SHAPE_MAPPING, false, "mapping", "When it applies." },
    [CLAUSE_STRENGTH] = { "strength", SLA_SHAPE_TEXT, false, "word",
                          "`must` (the default) or `should`." },
    [CLAUSE_CONTROLS] = { "controls", SLA_SHAPE_TEXTS, false, "texts",
                          "Controls of a catalogue that it serves: `nist:SA-9(5)`. Those of the "
                          "term when left out." },
};
const struct sla_record sla_record_clause =
    RECORD(clause_members, "a clause", "spec.clauses",
           "One statement: target, term, operator, value, strength, stance.");

static const struct sla_member clause_when_members[] = {
    [CLAUSE_WHEN_SEVERITY] = { "severity", SLA_SHAPE_TEXT, true, "comparison",
                               "Incidents at least this grave: `\">= high\"`. Severities: `info`, "
                               "`low`, `medium`, `high`, `critical`." },
};
const struct sla_record sla_record_clause_when = RECORD(
    clause_when_members, "a condition", "spec.clauses.when", "Incidents the clause is about.");

static const struct sla_member flow_members[] = {
    [FLOW_FROM] = { "from", SLA_SHAPE_TEXTS, true, "addresses",
                    "Addresses, groups of this document, or `any`." },
    [FLOW_PORTS] = { "ports", SLA_SHAPE_TEXTS, false, "ports",
                     "`443/tcp`, `5000-5010/udp`; all when left out." },
};
const struct sla_record sla_record_flow =
    RECORD(flow_members, "a flow", "spec.clauses.value", "The value of the term `flow`.");

static const struct sla_member reaction_members[] = {
    [REACTION_ID] = { "id", SLA_SHAPE_TEXT, true, "name", "Unique in the document." },
    [REACTION_ON] = { "on", SLA_SHAPE_TEXTS, true, "names", "Targets of this document." },
    [REACTION_EXCEPT] = { "except", SLA_SHAPE_TEXTS, false, "names",
                          "Resources it does not act on: `ucloud/resource`." },
    [REACTION_WHEN] = { "when", SLA_SHAPE_MAPPING, true, "mapping", "What sets it off." },
    [REACTION_RESPOND] = { "respond", SLA_SHAPE_TEXTS, true, "actions",
                           "What may be done: `network.deny source`, `compute.snapshot`." },
    [REACTION_LEASE] = { "lease", SLA_SHAPE_TEXT, true, "duration",
                         "How long a measure stays unless it is renewed." },
    [REACTION_WITHIN] = { "within", SLA_SHAPE_TEXT, false, "duration",
                          "Time from the detection to the measure in force." },
    [REACTION_APPROVAL] = { "approval", SLA_SHAPE_TEXT, false, "word",
                            "People who must agree: `none` (the default), `one` or `two`." },
};
const struct sla_record sla_record_reaction =
    RECORD(reaction_members, "a reaction", "sla.spec.reactions",
           "A response agreed to in advance: when the rule fires on a target, these actions may be "
           "used.");

static const struct sla_member reaction_when_members[] = {
    [REACTION_WHEN_RULE] = { "rule", SLA_SHAPE_TEXT, true, "name", "Name of a detection rule." },
};
const struct sla_record sla_record_reaction_when =
    RECORD(reaction_when_members, "a trigger", "sla.spec.reactions.when", "What sets it off.");

static const struct sla_member protected_members[] = {
    [PROTECTED_NETWORK] = { "network", SLA_SHAPE_TEXT, true, "address", "A host or a network." },
    [PROTECTED_WHY] = { "why", SLA_SHAPE_TEXT, true, "text", "For who is refused a plan." },
};
const struct sla_record sla_record_protected =
    RECORD(protected_members, "a protected asset", "spec.protected",
           "Peers that no response may cut: management links first.");

static const struct sla_member resource_members[] = {
    [RESOURCE_NAME] = { "name", SLA_SHAPE_TEXT, true, "name", "Unique in the U-Cloud." },
    [RESOURCE_PLANE] = { "plane", SLA_SHAPE_TEXT, true, "word",
                         "`compute` (a domain), `data` (a bucket) or `network` (a host)." },
    [RESOURCE_LAYER] = { "layer", SLA_SHAPE_TEXT, true, "word", "`L0`, `L1` or `L2`." },
    [RESOURCE_NODE] = { "node", SLA_SHAPE_TEXT, true, "name", "The node whose agent reaches it." },
    [RESOURCE_PROVIDER] = { "provider", SLA_SHAPE_TEXT, true, "name", "The party it stands at." },
    [RESOURCE_UNIT] = { "unit", SLA_SHAPE_TEXT, false, "name",
                        "Resources of one unit stand and fall together; its own name when left "
                        "out." },
    [RESOURCE_HANDLE] = { "handle", SLA_SHAPE_TEXT, false, "text",
                          "The plane's own name of it: domain or bucket; its own name when left "
                          "out." },
    [RESOURCE_ADDRESSES] = { "addresses", SLA_SHAPE_TEXTS, false, "addresses",
                             "Of a host (then required)." },
    [RESOURCE_LABELS] = { "labels", SLA_SHAPE_MAPPING, false, "mapping",
                          "Free names and values for selectors." },
};
const struct sla_record sla_record_resource = RECORD(
    resource_members, "a resource", "ucloud.spec.resources", "One thing that a plane can act on.");

const char *const sla_select_properties[] = {
    [SELECT_NAME] = "name",         [SELECT_NODE] = "node",     [SELECT_UNIT] = "unit",
    [SELECT_PROVIDER] = "provider", [SELECT_BUCKET] = "bucket", [SELECT_DOMAIN] = "domain",
    [SELECT_HOST] = "host",
};

static const struct sla_record *const records[] = {
    &sla_record_document,    &sla_record_metadata[0],   &sla_record_metadata[1],
    &sla_record_metadata[2], &sla_record_spec[0],       &sla_record_spec[1],
    &sla_record_spec[2],     &sla_record_target,        &sla_record_group,
    &sla_record_clause,      &sla_record_clause_when,   &sla_record_flow,
    &sla_record_reaction,    &sla_record_reaction_when, &sla_record_protected,
    &sla_record_resource,
};

const struct sla_record *const *sla_records(size_t *out_count)
{
    *out_count = COUNT_OF(records);
    return records;
}
