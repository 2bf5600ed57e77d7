#include "sla/read/schema.h"
#include "sla/terms/domain.h"
#include "sla/terms/rule.h"

#include "sla/read/check.h"
#include "sla/read/expression.h"

#define WORDS(names_)                                                                              \
    {                                                                                              \
        .names = (names_), .count = COUNT_OF(names_)                                               \
    }

static const char *const plane_names[] = { "compute", "data", "network" };
static const char *const layer_names[] = { "L0", "L1", "L2" };
static const char *const stance_names[] = { "requires", "offers", "reserves" };
static const char *const strength_names[] = { "must", "should" };
static const char *const phase_names[] = { "normal", "incident", "recovery", "maintenance" };
static const char *const severity_names[] = { "info", "low", "medium", "high", "critical" };
static const char *const strategy_names[] = { NULL, /* when left out */
                                              "forbid-overrides",
                                              "permit-overrides",
                                              "first-applicable",
                                              "forbid-unless-permit",
                                              "permit-unless-forbid",
                                              "most-specific" };
const struct sla_words sla_plane_words = WORDS(plane_names);
const struct sla_words sla_layer_words = WORDS(layer_names);
static const struct sla_words stance_words = WORDS(stance_names);
static const struct sla_words strength_words = WORDS(strength_names);
const struct sla_words sla_phase_words = WORDS(phase_names);
const struct sla_words sla_severity_words = WORDS(severity_names);
static const struct sla_words strategy_words = WORDS(strategy_names);

static const struct sla_field target_fields[] = {
    [TARGET_ID] = { .key = "id",
                    .type = SLA_TYPE_NAME,
                    .required = true,
                    .offset = offsetof(struct draft_target, id),
                    .what = "the id of a target",
                    .doc = "Unique in the document.",
                    .example = "front" },
    [TARGET_PLANE] = { .key = "plane",
                       .type = SLA_TYPE_WORD,
                       .offset = offsetof(struct draft_target, plane),
                       .of.words = &sla_plane_words,
                       .what = "a plane",
                       .doc = "`compute`, `data` or `network`; all when left out.",
                       .example = "network" },
    [TARGET_LAYER] = { .key = "layer",
                       .type = SLA_TYPE_WORD,
                       .offset = offsetof(struct draft_target, layer),
                       .of.words = &sla_layer_words,
                       .what = "a layer",
                       .doc = "`L0` (provider's), `L1` (tenant's virtualisation) or `L2` (user's); "
                              "all "
                              "when left out.",
                       .example = "L2" },
    [TARGET_SELECT] = { .key = "select",
                        .type = SLA_TYPE_SELECT,
                        .offset = offsetof(struct draft_target, select),
                        .doc =
                            "What a resource must be: `name`, `node`, `unit`, `provider`, `role`, "
                            "`kind`, `segment`, `bucket` "
                            "(name of a data resource), `domain` (compute), `host` (network), or "
                            "any label, and `matchExpressions`. All must fit; all resources when "
                            "left "
                            "out.",
                        .example = "{app: lab}" },
    [TARGET_SERVICE] = { .key = "service",
                         .type = SLA_TYPE_NAME,
                         .offset = offsetof(struct draft_target, service),
                         .what = "the name of a service",
                         .doc = "A service of the U-Cloud, instead of `plane`, `layer` and "
                                "`select`; in a SecuritySLA only.",
                         .example = "lis" },
};
const struct sla_record sla_record_target = SLA_RECORD(
    target_fields, struct draft_target, sla_check_target, "a target", "spec.targets",
    "A named selection of resources, of the SLA's U-Cloud or at the offer's provider; or "
    "a service of the U-Cloud.");

static const char *const operator_names[] = {
    [SLA_IN] = "In",
    [SLA_NOT_IN] = "NotIn",
    [SLA_EXISTS] = "Exists",
    [SLA_DOES_NOT_EXIST] = "DoesNotExist",
};
static const struct sla_words operator_words = WORDS(operator_names);

static const struct sla_field expression_fields[] = {
    [EXPRESSION_KEY] = { .key = "key",
                         .type = SLA_TYPE_TEXT,
                         .required = true,
                         .offset = offsetof(struct draft_expression, key),
                         .doc = "Name of a label.",
                         .example = "stage" },
    [EXPRESSION_OPERATOR] = { .key = "operator",
                              .type = SLA_TYPE_WORD,
                              .required = true,
                              .offset = offsetof(struct draft_expression, operator),
                              .of.words = &operator_words,
                              .what = "an operator of a selector",
                              .doc = "`In`, `NotIn` (also without the label), `Exists` or "
                                     "`DoesNotExist`.",
                              .example = "NotIn" },
    [EXPRESSION_VALUES] = { .key = "values",
                            .type = SLA_TYPE_TEXTS,
                            .offset = offsetof(struct draft_expression, values),
                            .count = offsetof(struct draft_expression, value_count),
                            .doc = "Of `In` and `NotIn`: what the label may be, or may not.",
                            .example = "[trial, retired]" },
};
const struct sla_record sla_record_expression = SLA_RECORD(
    expression_fields, struct draft_expression, sla_check_expression, "an expression",
    "spec.targets.select.matchExpressions", "A condition on one label, as in Kubernetes.");

static const struct sla_field set_fields[] = {
    [SET_ID] = { .key = "id",
                 .type = SLA_TYPE_NAME,
                 .required = true,
                 .offset = offsetof(struct draft_set, id),
                 .what = "the id of a set",
                 .doc = "Unique in the document; revisions of one set share it.",
                 .example = "ward" },
    [SET_ADDRESSES] = { .key = "addresses",
                        .type = SLA_TYPE_ADDRESSES,
                        .offset = offsetof(struct draft_set, addresses),
                        .count = offsetof(struct draft_set, address_count),
                        .doc = "Hosts and networks: `10.20.0.0/16`, `2001:db8::1`.",
                        .example = "[10.20.0.0/16, \"2001:db8::1\"]" },
    [SET_COUNTRIES] = { .key = "countries",
                        .type = SLA_TYPE_COUNTRIES,
                        .offset = offsetof(struct draft_set, countries),
                        .doc = "Country codes, and the groups `EU`, `EEA` and `EFTA` with a date.",
                        .example = "[PT, ES, EFTA@2025-01-01]" },
    [SET_SEVERITIES] = { .key = "severities",
                         .type = SLA_TYPE_WORDS,
                         .offset = offsetof(struct draft_set, severities),
                         .of.words = &sla_severity_words,
                         .what = "a severity",
                         .doc = "Severities that `when.severity` then names together.",
                         .example = "[high, critical]" },
    [SET_FROM] = { .key = "from",
                   .type = SLA_TYPE_DATE,
                   .offset = offsetof(struct draft_set, from_day),
                   .what = "the first day of the set",
                   .doc = "Day from which these members count, until the next revision; from ever "
                          "on when left out. `ward@2026-01-31` is the revision in force that day.",
                   .example = "2025-07-01" },
};
const struct sla_record sla_record_set = SLA_RECORD(
    set_fields, struct draft_set, sla_check_set, "a set", "spec.sets",
    "A name for addresses, for countries or for severities: one of these. Several of one "
    "name are its revisions.");

static const char *const spreads[] = {
    "node", "rack", "zone", "region", "provider", "jurisdiction"
};
const struct sla_words sla_spread_words = { spreads, COUNT_OF(spreads) };

static const char *const pers[] = {
    [SLA_PER_RESOURCE] = "resource", [SLA_PER_SOURCE] = "source", [SLA_PER_SUBJECT] = "subject"
};
const struct sla_words sla_per_words = { pers, COUNT_OF(pers) };

static const struct sla_field tier_fields[] = {
    [TIER_ID] = { .key = "id",
                  .type = SLA_TYPE_NAME,
                  .required = true,
                  .offset = offsetof(struct draft_tier, tier.id),
                  .what = "the id of a tier",
                  .doc = "Unique in the document.",
                  .example = "legal" },
    [TIER_COMBINE] = { .key = "combine",
                       .type = SLA_TYPE_WORD,
                       .offset = offsetof(struct draft_tier, tier.strategy),
                       .of.words = &strategy_words,
                       .what = "a strategy",
                       .doc =
                           "What holds where permits and prohibitions both match: "
                           "`forbid-overrides`, `permit-overrides`, `first-applicable`, "
                           "`forbid-unless-permit`, `permit-unless-forbid` or `most-specific`; a "
                           "conflict when left out.",
                       .example = "forbid-overrides" },
};
const struct sla_record sla_record_tier =
    SLA_RECORD(tier_fields, struct draft_tier, sla_check_tier, "a tier", "spec.tiers",
               "One step of the order in which a party's rules are asked; where it is silent, or a "
               "clause says `pass`, the next one is asked. Clauses without `tier` come last. "
               "Documents of one party declare the same tiers, or none.");

static const struct sla_field clause_fields[] = {
    [CLAUSE_ID] = { .key = "id",
                    .type = SLA_TYPE_NAME,
                    .required = true,
                    .offset = offsetof(struct draft_clause, clause.ref.clause),
                    .what = "the id of a clause",
                    .doc = "Unique in the document.",
                    .example = "home" },
    [CLAUSE_ON] = { .key = "on",
                    .type = SLA_TYPE_REFS,
                    .required = true,
                    .offset = offsetof(struct draft_clause, on),
                    .doc = "Targets of this document.",
                    .example = "front" },
    [CLAUSE_EXCEPT] = { .key = "except",
                        .type = SLA_TYPE_REFS,
                        .offset = offsetof(struct draft_clause, except),
                        .doc = "Resources the clause does not speak of: `ucloud/resource`, or "
                               "`ucloud` "
                               "for all of it.",
                        .example = "imaging/pacs-vm" },
    [CLAUSE_STANCE] = { .key = "stance",
                        .type = SLA_TYPE_WORD,
                        .offset = offsetof(struct draft_clause, clause.stance),
                        .of.words = &stance_words,
                        .what = "a stance",
                        .doc =
                            "`requires` (must hold in every outcome; the default in a "
                            "SecuritySLA), "
                            "`offers` (a capability) or `reserves` (a right its party may use). A "
                            "ProviderOffer must say which.",
                        .example = "requires" },
    [CLAUSE_TERM] = { .key = "term",
                      .type = SLA_TYPE_TERM,
                      .required = true,
                      .offset = offsetof(struct draft_clause, clause.term),
                      .doc = "What it is about: see the terms.",
                      .example = "location" },
    [CLAUSE_ACTION] = { .key = "action",
                        .type = SLA_TYPE_ACT,
                        .offset = offsetof(struct draft_clause, clause.action),
                        .doc = "Which act: `network.deny`, `network.isolate`, `compute.snapshot`, "
                               "`compute.suspend`, `data.freeze` (those Redan executes), "
                               "`compute.console`, `compute.introspect`, `compute.migrate`, "
                               "`data.read`, `data.write`, `data.delete`, `data.share`, "
                               "`data.export`, `data.scan`, `key.use`, `key.destroy` or "
                               "`network.scan`.",
                        .example = "compute.suspend" },
    [CLAUSE_OP] = { .key = "op",
                    .type = SLA_TYPE_OP,
                    .doc =
                        "How the value binds: see the term. A reserved right may leave it out and "
                        "means `permit`.",
                    .example = "in" },
    [CLAUSE_VALUE] = { .key = "value",
                       .type = SLA_TYPE_VALUE,
                       .offset = offsetof(struct draft_clause, value),
                       .doc = "See the term.",
                       .example = "[PT, DE]" },
    [CLAUSE_WINDOW] = { .key = "window",
                        .type = SLA_TYPE_DURATION,
                        .offset = offsetof(struct draft_clause, clause.value.window_ms),
                        .of.least_ms = 1,
                        .what = "the window",
                        .doc = "Over which time a share is counted.",
                        .example = "30d" },
    [CLAUSE_PLANNED] = { .key = "planned",
                         .type = SLA_TYPE_DURATION,
                         .offset = offsetof(struct draft_clause, clause.value.planned_ms),
                         .what = "the planned work",
                         .doc = "Announced work in each window that an offer does not count as "
                                "down time "
                                "(a requirement does).",
                         .example = "1 h" },
    [CLAUSE_SHARE] = { .key = "share",
                       .type = SLA_TYPE_SHARE,
                       .offset = offsetof(struct draft_clause, clause.value.share_ppb),
                       .what = "the share",
                       .doc = "In which part of the cases it holds; all when left out.",
                       .example = "99 %" },
    [CLAUSE_BY] = { .key = "by",
                    .type = SLA_TYPE_WORD,
                    .offset = offsetof(struct draft_clause, clause.value.unit),
                    .of.words = &sla_spread_words,
                    .what = "what copies are spread by",
                    .doc = "What is counted: different `node`s, `rack`s, `zone`s, `region`s, "
                           "`provider`s or `jurisdiction`s.",
                    .example = "zone" },
    [CLAUSE_WITHIN] = { .key = "within",
                        .type = SLA_TYPE_DURATION,
                        .offset = offsetof(struct draft_clause, clause.value.within_ms),
                        .of.least_ms = 1,
                        .what = "the time within which",
                        .doc = "How soon: a revoked consent counts, an event is exported.",
                        .example = "24h" },
    [CLAUSE_NOTICE] = { .key = "notice",
                        .type = SLA_TYPE_DURATION,
                        .offset = offsetof(struct draft_clause, clause.notice_ms),
                        .what = "the notice",
                        .doc = "How long before it is told.",
                        .example = "14d" },
    [CLAUSE_WHEN] = { .key = "when",
                      .type = SLA_TYPE_RECORD,
                      .apart = true,
                      .offset = offsetof(struct draft_clause, when),
                      .of.record = &sla_record_clause_when,
                      .doc = "When it applies.",
                      .example = "{severity: \">= high\"}" },
    [CLAUSE_STRENGTH] = { .key = "strength",
                          .type = SLA_TYPE_WORD,
                          .offset = offsetof(struct draft_clause, clause.strength),
                          .of.words = &strength_words,
                          .what = "a strength",
                          .doc = "`must` (the default) or `should`.",
                          .example = "must" },
    [CLAUSE_WEIGHT] = { .key = "weight",
                        .type = SLA_TYPE_COUNT,
                        .offset = offsetof(struct draft_clause, clause.weight),
                        .of.limits = { 1, SLA_WEIGHT_MAX },
                        .what = "the weight",
                        .doc = "Of a `should` clause: what it counts against others of its step of "
                               "`degrade`; 1 when left out.",
                        .example = "3" },
    [CLAUSE_CONTROLS] = { .key = "controls",
                          .type = SLA_TYPE_TEXTS,
                          .offset = offsetof(struct draft_clause, clause.controls),
                          .count = offsetof(struct draft_clause, clause.control_count),
                          .doc = "Controls of a catalogue that it serves: `nist:SA-9(5)`. Those of "
                                 "the "
                                 "term when left out.",
                          .example = "nist:SA-9(5)" },
    [CLAUSE_TIER] = { .key = "tier",
                      .type = SLA_TYPE_NAME,
                      .offset = offsetof(struct draft_clause, tier),
                      .what = "the name of a tier",
                      .doc = "In which of the party's tiers the rule is asked; after all of them "
                             "when left out.",
                      .example = "legal" },
    [CLAUSE_VALID] = { .key = "valid",
                       .type = SLA_TYPE_RECORD,
                       .offset = offsetof(struct draft_clause, clause.valid),
                       .of.record = &sla_record_period,
                       .doc = "On which days it is in force; always when left out. On others it "
                              "is listed, and says nothing.",
                       .example = "{from: 2026-01-01, until: 2027-01-01}" },
    [CLAUSE_MEASURED_BY] = { .key = "measuredBy",
                             .type = SLA_TYPE_RECORD,
                             .apart = true,
                             .offset = offsetof(struct draft_clause, clause.measured_by),
                             .of.record = &sla_record_measure,
                             .doc = "Who measures it, how and how often; not of rules. What nobody "
                                    "measures is only claimed.",
                             .example = "{party: operator, how: vantage, every: 30 s}" },
    [CLAUSE_WHY] = { .key = "why",
                     .type = SLA_TYPE_TEXT,
                     .offset = offsetof(struct draft_clause, clause.why),
                     .doc = "For people; `redan sla show --clause` shows it.",
                     .example = "asked for by the data protection officer" },
    [CLAUSE_PER] = { .key = "per",
                     .type = SLA_TYPE_WORD,
                     .offset = offsetof(struct draft_clause, clause.value.unit),
                     .of.words = &sla_per_words,
                     .what = "what it is for, each",
                     .doc = "Of a duty: `resource`, nobody does two of the acts on one resource; "
                            "or `subject`, nobody is permitted two of them there. "
                            "Of a rate, what is counted for itself: each `subject` who acts, each "
                            "`source` it comes from, or each `resource`.",
                     .example = "resource" },
    [CLAUSE_DELEGATE] = { .key = "delegate",
                          .type = SLA_TYPE_COUNT,
                          .offset = offsetof(struct draft_clause, clause.delegate),
                          .of.limits = { 1, SLA_DELEGATE_MAX },
                          .what = "the number of links",
                          .doc = "Of a `permit` or `only`: those it permits may grant it on, in so "
                                 "many links below each other; nobody when left out. Not in a "
                                 "`most-specific` tier.",
                          .example = "1" },
    [CLAUSE_UNDER] = { .key = "under",
                       .type = SLA_TYPE_TEXT,
                       .offset = offsetof(struct draft_clause, clause.granted_by),
                       .what = "the clause it rests on",
                       .doc = "Of a `permit`: the clause by which it is granted, an id of this "
                              "document or `PARTY/DOCUMENT/CLAUSE`. It grants no more than that "
                              "one, and counts where the first of them stands.",
                       .example = "hospital-a/imaging-archive/readers" },
};
const struct sla_record sla_record_clause =
    SLA_RECORD(clause_fields, struct draft_clause, sla_check_clause, "a clause", "spec.clauses",
               "One statement: target, term, operator, value, strength, stance.");

static const char *const measuring_names[] = { "self", "vantage", "provider", "attested" };
static const struct sla_words measuring_words = WORDS(measuring_names);

static const struct sla_field measure_fields[] = {
    [MEASURE_PARTY] = { .key = "party",
                        .type = SLA_TYPE_NAME,
                        .required = true,
                        .offset = offsetof(struct sla_measurement, party),
                        .what = "the name of a party",
                        .doc = "A party or a role.",
                        .example = "operator" },
    [MEASURE_HOW] = { .key = "how",
                      .type = SLA_TYPE_WORD,
                      .required = true,
                      .offset = offsetof(struct sla_measurement, how),
                      .of.words = &measuring_words,
                      .what = "a way to measure",
                      .doc = "`self` (where the resource is) or `vantage` (from where it is used): "
                             "it is measured; `attested` (with a proof): it is attested; "
                             "`provider`: it is claimed.",
                      .example = "vantage" },
    [MEASURE_EVERY] = { .key = "every",
                        .type = SLA_TYPE_DURATION,
                        .offset = offsetof(struct sla_measurement, every_ms),
                        .of.least_ms = 1,
                        .what = "the time between two measurements",
                        .doc = "How often: at most half of what is bounded, or a breach could end "
                               "unseen.",
                        .example = "30 s" },
};
const struct sla_record sla_record_measure =
    SLA_RECORD(measure_fields, struct sla_measurement, NULL, "a measure", "spec.clauses.measuredBy",
               "How it is found out whether the clause holds, and so how well that is known.");

static const struct sla_field clause_when_fields[] = {
    [CLAUSE_WHEN_SEVERITY] = { .key = "severity",
                               .type = SLA_TYPE_SEVERITY,
                               .offset = offsetof(struct draft_when, severities),
                               .doc = "Of the incident: `\">= high\"`, `\"<= low\"`, `high`, or a "
                                      "set of "
                                      "severities. Severities: `info`, `low`, `medium`, `high`, "
                                      "`critical`.",
                               .example = "\">= high\"" },
    [CLAUSE_WHEN_PHASE] = { .key = "phase",
                            .type = SLA_TYPE_WORDS,
                            .offset = offsetof(struct draft_when, phases),
                            .of.words = &sla_phase_words,
                            .what = "a phase",
                            .doc = "What goes on: `normal`, `incident`, `recovery` or "
                                   "`maintenance`, or several of them.",
                            .example = "[incident, recovery]" },
    [CLAUSE_WHEN_CLASS] = { .key = "class",
                            .type = SLA_TYPE_NAMES,
                            .offset = offsetof(struct draft_when, classes),
                            .count = offsetof(struct draft_when, class_count),
                            .what = "a class of data",
                            .doc = "Classes of data that some resource holds.",
                            .example = "patient" },
    [CLAUSE_WHEN_LOCATION] = { .key = "location",
                               .type = SLA_TYPE_PLACES,
                               .offset = offsetof(struct draft_when, countries),
                               .doc = "Countries that the request comes from: codes, groups and "
                                      "sets of countries. Where data may lie is the term "
                                      "`location`.",
                               .example = "[PT, ES]" },
    [CLAUSE_WHEN_TIME] = { .key = "time",
                           .type = SLA_TYPE_WEEKLY,
                           .offset = offsetof(struct draft_when, windows),
                           .count = offsetof(struct draft_when, window_count),
                           .what = "the time",
                           .doc =
                               "Windows of the week by the clock of their zone, which is one for "
                               "all of them.",
                           .example = "[mon-fri 08:00-18:00 Europe/Lisbon]" },
    [CLAUSE_WHEN_PURPOSE] = { .key = "purpose",
                              .type = SLA_TYPE_NAMES,
                              .offset = offsetof(struct draft_when, purposes),
                              .count = offsetof(struct draft_when, purpose_count),
                              .what = "a purpose",
                              .doc = "What it is done for; free names.",
                              .example = "[treatment, research]" },
};
const struct sla_record sla_record_clause_when = SLA_RECORD(
    clause_when_fields, struct draft_when, sla_check_when, "a condition", "spec.clauses.when",
    "When the clause speaks. All members must hold, of several values one. What a request does not "
    "tell narrows access: a permit does not hold then, a prohibition does.");

static const struct sla_field flow_fields[] = {
    [FLOW_FROM] = { .key = "from",
                    .type = SLA_TYPE_PEERS,
                    .offset = offsetof(struct sla_flow, peers),
                    .count = offsetof(struct sla_flow, peer_count),
                    .doc = "Who sends to the target: addresses, sets of this document, `target/ID` "
                           "(the addresses of what it selects), or `any`. "
                           "Either this or `to`.",
                    .example = "any" },
    [FLOW_TO] = { .key = "to",
                  .type = SLA_TYPE_PEERS,
                  .offset = offsetof(struct sla_flow, peers),
                  .count = offsetof(struct sla_flow, peer_count),
                  .doc = "To whom the target sends; likewise.",
                  .example = "10.9.0.53" },
    [FLOW_PORTS] = { .key = "ports",
                     .type = SLA_TYPE_PORTS,
                     .offset = offsetof(struct sla_flow, ports),
                     .count = offsetof(struct sla_flow, port_count),
                     .doc = "Of the side that is sent to: `443/tcp`, `5000-5010/udp`; all when "
                            "left out.",
                     .example = "[443/tcp, 5000-5010/udp]" },
};
const struct sla_record sla_record_flow =
    SLA_RECORD(flow_fields, struct sla_flow, sla_check_flow, "a flow", "spec.clauses.value",
               "The value of the term `flow`.");

static const struct sla_field tiering_step_fields[] = {
    [TIERING_STEP_FROM] = { .key = "from",
                            .type = SLA_TYPE_DURATION,
                            .required = true,
                            .offset = offsetof(struct sla_tiering_step, from_ms),
                            .what = "the age",
                            .doc = "The age from which this step counts, until the next one; at "
                                   "ages before the first step every class will do.",
                            .example = "180d" },
    [TIERING_STEP_CLASSES] = { .key = "classes",
                               .type = SLA_TYPE_WORDS,
                               .required = true,
                               .offset = offsetof(struct sla_tiering_step, classes),
                               .of.words = &sla_storage_words,
                               .what = "a storage class",
                               .doc = "Where data of that age may lie: `hot` (read often), `cool` "
                                      "(seldom), `cold` (hardly ever), `archive` (read hours "
                                      "later), or several of them.",
                               .example = "[cool, cold]" },
};
const struct sla_record sla_record_tiering_step =
    SLA_RECORD(tiering_step_fields, struct sla_tiering_step, NULL, "a step of a tiering",
               "spec.clauses.value.tiering", "An item of the value of the term `tiering`.");

static const struct sla_field protected_fields[] = {
    [PROTECTED_NETWORK] = { .key = "network",
                            .type = SLA_TYPE_ADDRESS,
                            .required = true,
                            .offset = offsetof(struct draft_protected, asset.network),
                            .doc = "A host or a network.",
                            .example = "10.98.0.0/24" },
    [PROTECTED_WHY] = { .key = "why",
                        .type = SLA_TYPE_TEXT,
                        .required = true,
                        .offset = offsetof(struct draft_protected, asset.why),
                        .doc = "For who is refused a plan.",
                        .example = "management link" },
};
const struct sla_record sla_record_protected =
    SLA_RECORD(protected_fields, struct draft_protected, sla_check_protected, "a protected asset",
               "spec.protected", "Peers that no response may cut: management links first.");

static const struct sla_field service_fields[] = {
    [SERVICE_ID] = { .key = "id",
                     .type = SLA_TYPE_NAME,
                     .required = true,
                     .offset = offsetof(struct draft_service, service.id),
                     .what = "the id of a service",
                     .doc = "Unique in the U-Cloud.",
                     .example = "lis" },
    [SERVICE_NEEDS] = { .key = "needs",
                        .type = SLA_TYPE_NEEDS,
                        .required = true,
                        .offset = offsetof(struct draft_service, needs),
                        .of.record = &sla_record_needs,
                        .doc = "Its parts: resources, units and other services. A list: all of "
                               "them; a mapping: so many of them. At most 64.",
                        .example = "{atLeast: 2, of: [db-1, db-2, db-3]}" },
};
const struct sla_record sla_record_service =
    SLA_RECORD(service_fields, struct draft_service, sla_check_service, "a service",
               "ucloud.spec.services", "What works when its parts do.");

static const struct sla_field needs_fields[] = {
    [NEEDS_AT_LEAST] = { .key = "atLeast",
                         .type = SLA_TYPE_COUNT,
                         .required = true,
                         .offset = offsetof(struct draft_needs, at_least),
                         .of.limits = { 1, SLA_SERVICE_PARTS_MAX },
                         .what = "the number of parts",
                         .doc = "So many of the parts must work.",
                         .example = "2" },
    [NEEDS_OF] = { .key = "of",
                   .type = SLA_TYPE_REFS,
                   .required = true,
                   .offset = offsetof(struct draft_needs, of),
                   .doc = "The parts.",
                   .example = "[db-1, db-2, db-3]" },
};
const struct sla_record sla_record_needs =
    SLA_RECORD(needs_fields, struct draft_needs, NULL, "a need", "ucloud.spec.services.needs",
               "So many of the parts must work.");
