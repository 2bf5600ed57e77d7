/* tests/unit/sla/cedar.h - Cedar read from text: policies as trees, and what an expression comes to
 * for one request (docs.cedarpolicy.com, Cedar policy language, syntax and operators). Templates
 * are not read. What is not worked out is an error with its reason in `stop`. */
#ifndef REDAN_TESTS_UNIT_SLA_CEDAR_H
#define REDAN_TESTS_UNIT_SLA_CEDAR_H

#include "model/address.h"
#include "tests/unit/sla/published.h"

enum cedar_op {
    CEDAR_BOOLEAN,
    CEDAR_LONG,
    CEDAR_TEXT,
    CEDAR_ENTITY,   /* Photo::"a.jpg": text, id */
    CEDAR_VARIABLE, /* principal, action, resource, context */
    CEDAR_SET,
    CEDAR_MEMBER, /* first.text */
    CEDAR_HAS,    /* first has text */
    CEDAR_CALL,   /* text(first, ...) or first.text(...) */
    CEDAR_IS,     /* first is text */
    CEDAR_NOT,
    CEDAR_NEGATE,
    CEDAR_IF,
    /* of two operands */
    CEDAR_AND,
    CEDAR_OR,
    CEDAR_EQUAL,
    CEDAR_DIFFERS,
    CEDAR_LESS,
    CEDAR_LESS_EQUAL,
    CEDAR_GREATER,
    CEDAR_GREATER_EQUAL,
    CEDAR_IN,
    CEDAR_LIKE,
    CEDAR_ADD,
    CEDAR_SUBTRACT,
    CEDAR_MULTIPLY
};

struct cedar_node {
    enum cedar_op op;
    struct slice text, id;
    int64_t number;
    struct cedar_node *first, *next;
    struct slice source; /* as written */
};

struct cedar_policy {
    bool permits;
    const struct cedar_node *when; /* scope and conditions together */
    const struct cedar_policy *next;
};

/* False when the text is not read; the place is in `out_rest`. */
bool cedar_parse(struct arena *arena, struct slice text, const struct cedar_policy **out,
                 struct slice *out_rest);

enum cedar_kind {
    CEDAR_IS_ERROR,
    CEDAR_IS_BOOLEAN,
    CEDAR_IS_LONG,
    CEDAR_IS_TEXT,
    CEDAR_IS_ENTITY,
    CEDAR_IS_SET,
    CEDAR_IS_RECORD,
    CEDAR_IS_DECIMAL, /* number: ten thousandths */
    CEDAR_IS_ADDRESS
};

struct cedar_value {
    enum cedar_kind kind;
    int64_t number;
    struct slice text, id;
    const struct cedar_value *items;
    size_t count;
    const struct json *record;
    struct address address;
};

struct cedar {
    struct arena *arena;
    const struct json *entities, *request;
    struct published_case *self; /* told of what is not worked out */
};

struct cedar_value cedar_value(const struct cedar *cedar, const struct cedar_node *node);
/* `inner` is `outer`, or below it. */
bool cedar_is_in(const struct cedar *cedar, const struct cedar_value *inner,
                 const struct cedar_value *outer);
/* "{type, id}" of the data. */
struct cedar_value cedar_entity(const struct json *uid);

#endif
