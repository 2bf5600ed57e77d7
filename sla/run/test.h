/* sla/run/test.h - tests that stand in a document (`spec.tests`): what must come out of the
 * compiled world. Plain data; run by sla/run/tests.h. */
#ifndef REDAN_SLA_RUN_TEST_H
#define REDAN_SLA_RUN_TEST_H

#include "base/diag.h"
#include "model/action.h"
#include "model/decide.h"
#include "sla/values/acts.h"
#include "sla/values/value.h"

struct sla_service;
struct sla_term;
struct yaml_node;

enum sla_test_kind { SLA_TEST_FLOW, SLA_TEST_REQUEST, SLA_TEST_WHEN, SLA_TEST_GETS };
enum { SLA_TEST_KINDS = 4 };

/* As written; the response stands for itself. */
enum sla_expect {
    SLA_EXPECT_PERMIT,
    SLA_EXPECT_DENY,
    SLA_EXPECT_NONE,
    SLA_EXPECT_CONFLICT,
    SLA_EXPECT_RESPONSE,
    SLA_EXPECT_BOUND
};
enum { SLA_EXPECTS = 6 };

struct sla_test_flow {
    struct address from;
    const struct sla_ports *ports;
    size_t port_count;
    struct slice to;
};

struct sla_test_when {
    struct slice rule, on;
};

/* Somebody asks to do an act on a resource. What is not told is not known (model/decide.h). */
struct sla_test_request {
    const struct yaml_node *by;
    enum sla_act action;
    struct slice on;
    struct slice purpose; /* empty: not told */
    struct sla_moment at;
    int32_t day;
    struct sla_set from;
    enum severity severity;
    enum phase phase;
    const struct slice *classes, *consents;
    size_t class_count, consent_count;
    uint64_t done;        /* bit an enum sla_act */
    bool has_at, has_day; /* which day: that of the world, or the first such day after it */
    /* bound: all of the request but subjects and time; who asks, then of which groups */
    struct policy_request facts;
    const struct slice *subjects;
    size_t subject_count;
};

/* What a service gets, composed of what its parts give (sla/compose/compose.h,
 * sla/compose/recovery.h). */
struct sla_test_gets {
    struct slice service;
    const struct sla_term *term;
    int64_t window_ms;               /* of availability */
    const struct sla_service *bound; /* once services are */
};

struct sla_test_response {
    enum action_kind respond;
    int64_t within_ms; /* 0: whenever */
};

struct sla_test {
    struct slice name;
    enum sla_test_kind kind;
    struct sla_test_flow flow;
    struct sla_test_request request;
    struct sla_test_when when;
    struct sla_test_gets gets;
    enum sla_expect expect;
    struct sla_test_response response;
    int64_t bound; /* of a comparison: the least share, in parts per billion, or the most ms */
    const struct yaml_node *node; /* the mapping of its kind */
    struct slice about;           /* "imaging/app-1" */
    struct diag_span about_span;
    size_t resource; /* of the world, that it is about */
    struct diag_span span, expect_span;
};

const char *sla_expect_name(enum sla_expect expect);

#endif
