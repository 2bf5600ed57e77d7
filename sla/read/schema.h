/* sla/read/schema.h - the records of the language, as field tables. Pure; for sla/ and its tests.
 */
#ifndef REDAN_SLA_READ_SCHEMA_H
#define REDAN_SLA_READ_SCHEMA_H

#include "sla/read/field.h"
#include "sla/world.h"

/* Positions in the tables; each record's fields are indexed by its enum. */
enum field_of_document { DOC_API_VERSION, DOC_KIND, DOC_METADATA, DOC_SPEC };
enum field_of_metadata {
    META_NAME,
    META_PARTY,
    META_ROLE,
    META_VERSION,
    META_UCLOUD,
    META_TEMPLATE,
    META_EXTENDS,
    META_ASSERTED_BY
};
enum field_of_extends { EXTENDS_DOCUMENT, EXTENDS_VERSION, EXTENDS_WITH };
enum field_of_assertion { ASSERTION_PARTY, ASSERTION_HOW, ASSERTION_SOURCE };
enum field_of_parameter { PARAMETER_ID, PARAMETER_TYPE, PARAMETER_DEFAULT };
enum field_of_spec {
    SPEC_TARGETS,
    SPEC_SETS, /* before what names them */
    SPEC_GROUPS,
    SPEC_CLAUSES,
    SPEC_REACTIONS,
    SPEC_PROTECTED,
    SPEC_RESOURCES,
    SPEC_SERVICES,
    SPEC_ASSUMPTIONS,
    SPEC_DEGRADE,
    SPEC_PARAMETERS,
    SPEC_RESPONSES,
    SPEC_TIERS,
    SPEC_TESTS
};
enum field_of_target { TARGET_ID, TARGET_PLANE, TARGET_LAYER, TARGET_SELECT, TARGET_SERVICE };
enum field_of_expression { EXPRESSION_KEY, EXPRESSION_OPERATOR, EXPRESSION_VALUES };
enum field_of_set { SET_ID, SET_ADDRESSES, SET_COUNTRIES, SET_SEVERITIES, SET_FROM };
enum field_of_tier { TIER_ID, TIER_COMBINE };
enum field_of_clause {
    CLAUSE_ID,
    CLAUSE_ON,
    CLAUSE_EXCEPT,
    CLAUSE_STANCE,
    CLAUSE_TERM,
    CLAUSE_ACTION,
    CLAUSE_OP,
    CLAUSE_VALUE,
    CLAUSE_WINDOW,
    CLAUSE_PLANNED,
    CLAUSE_SHARE,
    CLAUSE_BY,
    CLAUSE_WITHIN,
    CLAUSE_NOTICE,
    CLAUSE_WHEN,
    CLAUSE_STRENGTH,
    CLAUSE_WEIGHT,
    CLAUSE_CONTROLS,
    CLAUSE_TIER,
    CLAUSE_VALID,
    CLAUSE_MEASURED_BY,
    CLAUSE_WHY,
    CLAUSE_PER,
    CLAUSE_DELEGATE,
    CLAUSE_UNDER
};
enum field_of_measure { MEASURE_PARTY, MEASURE_HOW, MEASURE_EVERY };
enum field_of_clause_when {
    CLAUSE_WHEN_SEVERITY,
    CLAUSE_WHEN_PHASE,
    CLAUSE_WHEN_CLASS,
    CLAUSE_WHEN_LOCATION,
    CLAUSE_WHEN_TIME,
    CLAUSE_WHEN_PURPOSE
};
enum field_of_flow { FLOW_FROM, FLOW_TO, FLOW_PORTS };
enum field_of_tiering_step { TIERING_STEP_FROM, TIERING_STEP_CLASSES };
enum field_of_reaction {
    REACTION_ID,
    REACTION_ON,
    REACTION_EXCEPT,
    REACTION_WHEN,
    REACTION_RESPOND,
    REACTION_LEASE,
    REACTION_WITHIN,
    REACTION_APPROVAL
};
enum field_of_response { RESPONSE_POLICY, RESPONSE_ON, RESPONSE_EXCEPT };
enum field_of_reaction_when { REACTION_WHEN_RULE };
enum field_of_assumption {
    ASSUMPTION_ID,
    ASSUMPTION_OWNER,
    ASSUMPTION_ON,
    ASSUMPTION_TERM,
    ASSUMPTION_OP,
    ASSUMPTION_VALUE,
    ASSUMPTION_WINDOW,
    ASSUMPTION_WHY,
    ASSUMPTION_VALID
};
enum field_of_service { SERVICE_ID, SERVICE_NEEDS };
enum field_of_needs { NEEDS_AT_LEAST, NEEDS_OF };
enum field_of_test { TEST_NAME, TEST_FLOW, TEST_REQUEST, TEST_WHEN, TEST_GETS, TEST_EXPECT };
enum field_of_test_flow { TEST_FLOW_FROM, TEST_FLOW_TO, TEST_FLOW_PORT };
enum field_of_test_request {
    TEST_REQUEST_BY,
    TEST_REQUEST_ACTION,
    TEST_REQUEST_ON,
    TEST_REQUEST_PURPOSE,
    TEST_REQUEST_AT,
    TEST_REQUEST_DATE,
    TEST_REQUEST_FROM,
    TEST_REQUEST_SEVERITY,
    TEST_REQUEST_PHASE,
    TEST_REQUEST_CLASS,
    TEST_REQUEST_CONSENTS,
    TEST_REQUEST_DONE
};
enum field_of_test_when { TEST_WHEN_RULE, TEST_WHEN_ON };
enum field_of_test_gets { TEST_GETS_SERVICE, TEST_GETS_TERM, TEST_GETS_WINDOW };
enum field_of_test_expect { TEST_EXPECT_RESPOND, TEST_EXPECT_WITHIN };
enum field_of_agreement {
    AGREEMENT_STATE,
    AGREEMENT_VALID,
    AGREEMENT_REPLACES,
    AGREEMENT_DOCUMENTS,
    AGREEMENT_SIGNATURES,
    AGREEMENT_ENDED
};
enum field_of_period { PERIOD_FROM, PERIOD_UNTIL };
enum field_of_pin { PIN_KIND, PIN_PARTY, PIN_NAME, PIN_VERSION, PIN_DIGEST };
enum field_of_replaces { REPLACES_VERSION, REPLACES_DIGEST };
enum field_of_signature {
    SIGNATURE_PARTY,
    SIGNATURE_BY,
    SIGNATURE_AT,
    SIGNATURE_KEY,
    SIGNATURE_SIGNATURE
};
enum field_of_ending { ENDING_AT, ENDING_BY, ENDING_WHY };
enum field_of_protected { PROTECTED_NETWORK, PROTECTED_WHY };
enum field_of_resource {
    RESOURCE_NAME,
    RESOURCE_PLANE,
    RESOURCE_LAYER,
    RESOURCE_NODE,
    RESOURCE_PROVIDER,
    RESOURCE_UNIT,
    RESOURCE_HANDLE,
    RESOURCE_ADDRESSES,
    RESOURCE_LABELS,
    RESOURCE_CLASS,
    RESOURCE_KIND,
    RESOURCE_ROLE,
    RESOURCE_SIZE,
    RESOURCE_SEGMENT,
    RESOURCE_OWNER
};
enum field_of_size { SIZE_CPU, SIZE_MEMORY, SIZE_DISK };

extern const struct sla_words sla_plane_words, sla_layer_words, sla_phase_words, sla_severity_words;

extern const struct sla_record sla_record_document;
extern const struct sla_record sla_record_extends;
extern const struct sla_record sla_record_assertion;
extern const struct sla_record sla_record_measure;
extern const struct sla_record sla_record_metadata[SLA_KINDS];
/* Indexed by enum field_of_spec, with a NULL key where the kind has no such section. */
extern const struct sla_record sla_record_spec[SLA_KINDS];
extern const struct sla_record sla_record_parameter;
extern const struct sla_field sla_agreement_fields[AGREEMENT_ENDED + 1]; /* of its spec */
extern const struct sla_record sla_record_period;
extern const struct sla_record sla_record_pin;
extern const struct sla_record sla_record_replaces;
extern const struct sla_record sla_record_signature;
extern const struct sla_record sla_record_ending;
extern const struct sla_words sla_pinned_kind_words;
extern const struct sla_words sla_agreement_state_words;
extern const struct sla_record sla_record_target;
extern const struct sla_record sla_record_expression;
extern const struct sla_record sla_record_set;
extern const struct sla_record sla_record_tier;
extern const struct sla_record sla_record_clause;
extern const struct sla_record sla_record_clause_when;
extern const struct sla_record sla_record_flow;
extern const struct sla_record sla_record_tiering_step;
extern const struct sla_record sla_record_reaction;
extern const struct sla_record sla_record_shared_reaction; /* indexed likewise */
extern const struct sla_record sla_record_response;
extern const struct sla_record sla_record_reaction_when;
extern const struct sla_record sla_record_protected;
extern const struct sla_record sla_record_resource;
extern const struct sla_record sla_record_size;
extern const struct sla_record sla_record_assumption;
extern const struct sla_record sla_record_service;
extern const struct sla_record sla_record_needs;
extern const struct sla_record sla_record_test;
extern const struct sla_record sla_record_test_flow;
extern const struct sla_record sla_record_test_request;
extern const struct sla_record sla_record_test_when;
extern const struct sla_record sla_record_test_gets;
extern const struct sla_record sla_record_test_expect;

/* The member of a clause that is the extra of this bit. */
const char *sla_extra_key(size_t bit);

/* All, in the order of the reference. */
const struct sla_record *const *sla_records(size_t *out_count);

/* What a parameter of a template can be. */
enum sla_parameter_type {
    SLA_PARAMETER_NAME,
    SLA_PARAMETER_TEXT,
    SLA_PARAMETER_WORD,
    SLA_PARAMETER_WORDS,
    SLA_PARAMETER_FLAG,
    SLA_PARAMETER_COUNT,
    SLA_PARAMETER_DURATION,
    SLA_PARAMETER_SHARE,
    SLA_PARAMETER_BYTES,
    SLA_PARAMETER_BITRATE,
    SLA_PARAMETER_RATE,
    SLA_PARAMETER_MONEY,
    SLA_PARAMETER_DATE,
    SLA_PARAMETER_WEEKLY,
    SLA_PARAMETER_ADDRESS,
    SLA_PARAMETER_ADDRESSES,
    SLA_PARAMETER_PORT,
    SLA_PARAMETER_PORTS,
    SLA_PARAMETER_COUNTRIES,
    SLA_PARAMETER_SEVERITY,
    SLA_PARAMETER_ACT,
    SLA_PARAMETER_ACTS,
    SLA_PARAMETER_ACTIONS,
    SLA_PARAMETER_PARTIES,
    SLA_PARAMETER_SUBJECTS,
    SLA_PARAMETER_NAMES,
    SLA_PARAMETER_THRESHOLD,
    SLA_PARAMETER_DIGEST,
    SLA_PARAMETER_HEX,
    SLA_PARAMETER_TYPES
};
extern const struct sla_words sla_parameter_types;

/* Keys of `select` that are properties of a resource; every other key is one of its labels. */
extern const char *const sla_select_properties[];
enum sla_select {
    SELECT_NAME,
    SELECT_NODE,
    SELECT_UNIT,
    SELECT_PROVIDER,
    SELECT_BUCKET,
    SELECT_DOMAIN,
    SELECT_HOST,
    SELECT_ROLE,
    SELECT_KIND,
    SELECT_SEGMENT,
    SELECT_PROPERTIES
};

#endif
