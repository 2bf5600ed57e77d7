/* tests/unit/sla/xacml.h - XACML 3.0 read from XML: names, values, and what a condition comes to
 * for one request (OASIS, eXtensible Access Control Markup Language 3.0, section 7 and appendix A).
 * What is not worked out stops the case with its reason. */
#ifndef REDAN_TESTS_UNIT_SLA_XACML_H
#define REDAN_TESTS_UNIT_SLA_XACML_H

#include <libxml/tree.h>

#include "tests/unit/sla/published.h"

struct xacml {
    struct published_case *self;
    const xmlNode *request;
};

enum xacml_kind { XACML_ERROR, XACML_BOOLEAN, XACML_INTEGER, XACML_TEXT, XACML_BAG };

struct xacml_value {
    enum xacml_kind kind;
    int64_t number; /* 0 or 1 for booleans */
    struct slice text;
    const struct xacml_value *items; /* of a bag */
    size_t count;
};

bool xacml_is(const xmlNode *node, const char *name);
/* The next sibling (or this one) that is an element; NULL when there is none. */
const xmlNode *xacml_element(const xmlNode *node);
/* The first child of that name. */
const xmlNode *xacml_child(const xmlNode *node, const char *name);
struct slice xacml_attribute(struct arena *arena, const xmlNode *node, const char *name);
struct slice xacml_content(struct arena *arena, const xmlNode *node);
/* What stands after the last colon or `#`. */
struct slice xacml_short(struct slice name);

/* "integer-subtract" of Apply, Match; the empty slice for others. */
struct slice xacml_function(struct arena *arena, const xmlNode *node);

/* An AttributeValue; an error when it is none of its type. */
struct xacml_value xacml_literal(struct arena *arena, const xmlNode *node);
bool xacml_equal(const struct xacml_value *a, const struct xacml_value *b);
struct xacml_value xacml_value(const struct xacml *xacml, const xmlNode *node);
/* Of a Match, or of anything whose value is a boolean. */
enum published_truth xacml_truth(const struct xacml *xacml, const xmlNode *node);

/* What it says, for people and to tell facts apart. */
void xacml_print(struct arena *arena, const xmlNode *node, struct buf *out);

#endif
