/* sla/read/check.h - what crosses the fields of a record: one function a record, run when its
 * fields are filled (sla/read/field.h). They leave a broken item with as much of a name as there
 * was. For sla/. */
#ifndef REDAN_SLA_READ_CHECK_H
#define REDAN_SLA_READ_CHECK_H

#include "sla/draft.h"

void sla_check_document(struct sla_reading *reading, void *filled);   /* struct draft_envelope */
void sla_check_spec(struct sla_reading *reading, void *filled);       /* struct draft_document */
void sla_check_metadata(struct sla_reading *reading, void *filled);   /* struct draft_document */
void sla_check_extends(struct sla_reading *reading, void *filled);    /* struct draft_extends */
void sla_check_parameter(struct sla_reading *reading, void *filled);  /* struct draft_parameter */
void sla_check_target(struct sla_reading *reading, void *filled);     /* struct draft_target */
void sla_check_expression(struct sla_reading *reading, void *filled); /* struct draft_expression */
void sla_check_set(struct sla_reading *reading, void *filled);        /* struct draft_set */
void sla_check_tier(struct sla_reading *reading, void *filled);       /* struct draft_tier */
void sla_check_clause(struct sla_reading *reading, void *filled);     /* struct draft_clause */
void sla_check_when(struct sla_reading *reading, void *filled);       /* struct draft_when */
void sla_check_reaction(struct sla_reading *reading, void *filled);   /* struct draft_reaction */
void sla_check_response(struct sla_reading *reading, void *filled);   /* struct draft_response */
void sla_check_protected(struct sla_reading *reading, void *filled);  /* struct draft_protected */
void sla_check_size(struct sla_reading *reading, void *filled);       /* struct resource_size */
void sla_check_resource(struct sla_reading *reading, void *filled);   /* struct draft_resource */
void sla_check_test(struct sla_reading *reading, void *filled);       /* struct draft_test */
void sla_check_gets(struct sla_reading *reading, void *filled);       /* struct sla_test_gets */
void sla_check_flow(struct sla_reading *reading, void *filled);       /* struct sla_flow */
void sla_check_request(struct sla_reading *reading, void *filled);    /* struct sla_test_request */

void sla_check_assumption(struct sla_reading *reading, void *filled); /* struct draft_assumption */
void sla_check_service(struct sla_reading *reading, void *filled);    /* struct draft_service */
void sla_check_agreement(struct sla_reading *reading, void *filled);  /* struct sla_agreement */
void sla_check_period(struct sla_reading *reading, void *filled);     /* struct sla_period */
void sla_check_pin(struct sla_reading *reading, void *filled);        /* struct sla_pin */
void sla_check_replaces(struct sla_reading *reading, void *filled);   /* struct sla_replaces */
void sla_check_signature(struct sla_reading *reading, void *filled);  /* struct sla_signature */

bool sla_kind_parse(struct slice text, enum sla_kind *out); /* "SecuritySLA" */

/* Older spellings. */
sla_older_fn sla_older_assertion; /* NAME: {party: NAME, how: transcribed} */

#endif
