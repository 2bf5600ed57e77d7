/* sla/test.h - tests that stand in a document (`spec.tests`): what must come out of the compiled
 * world. Plain data; run by sla/run_tests.h. */
#ifndef REDAN_SLA_TEST_H
#define REDAN_SLA_TEST_H

#include "base/diag.h"
#include "model/action.h"
#include "sla/value.h"

enum sla_test_kind { SLA_TEST_FLOW, SLA_TEST_WHEN };

/* As written; the response stands for itself. */
enum sla_expect {
    SLA_EXPECT_PERMIT,
    SLA_EXPECT_DENY,
    SLA_EXPECT_NONE,
    SLA_EXPECT_CONFLICT,
    SLA_EXPECT_RESPONSE
};
enum { SLA_EXPECTS = 5 };

struct sla_test_flow {
    struct address from;
    const struct sla_ports *ports;
    size_t port_count;
    struct slice to;
    struct diag_span to_span;
};

struct sla_test_when {
    struct slice rule, on;
    struct diag_span on_span;
};

struct sla_test_response {
    enum action_kind respond;
    int64_t within_ms; /* 0: whenever */
};

struct sla_test {
    struct slice name;
    enum sla_test_kind kind;
    struct sla_test_flow flow;
    struct sla_test_when when;
    enum sla_expect expect;
    struct sla_test_response response;
    size_t resource; /* of the world, that it is about */
    struct diag_span span, expect_span;
};

const char *sla_expect_name(enum sla_expect expect);

#endif
