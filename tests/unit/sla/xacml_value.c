#include <string.h>

#include "base/parse.h"
#include "tests/unit/sla/xacml.h"

enum { ITEMS_MAX = 64, ARGUMENTS_MAX = 16 };

static const struct xacml_value failed = { .kind = XACML_ERROR };

/* --- names ------------------------------------------------------------------------------------ */

bool xacml_is(const xmlNode *node, const char *name)
{
    return node != NULL && node->type == XML_ELEMENT_NODE &&
           strcmp((const char *)node->name, name) == 0;
}

const xmlNode *xacml_element(const xmlNode *node)
{
    while (node != NULL && node->type != XML_ELEMENT_NODE) {
        node = node->next;
    }
    return node;
}

const xmlNode *xacml_child(const xmlNode *node, const char *name)
{
    const xmlNode *at = node != NULL ? node->children : NULL;

    while (at != NULL && !xacml_is(at, name)) {
        at = at->next;
    }
    return at;
}

struct slice xacml_attribute(struct arena *arena, const xmlNode *node, const char *name)
{
    xmlChar *text = xmlGetProp(node, (const xmlChar *)name);
    struct slice copy = arena_copy(arena, slice_trim(slice_from((const char *)text)));

    xmlFree(text);
    return copy;
}

struct slice xacml_content(struct arena *arena, const xmlNode *node)
{
    xmlChar *text = xmlNodeGetContent(node);
    struct slice copy = arena_copy(arena, slice_trim(slice_from((const char *)text)));

    xmlFree(text);
    return copy;
}

struct slice xacml_short(struct slice name)
{
    size_t colon = slice_rfind(name, ':');
    size_t hash = slice_rfind(name, '#');

    if (hash < name.len) {
        return slice_sub(name, hash + 1, name.len);
    }
    return colon < name.len ? slice_sub(name, colon + 1, name.len) : name;
}

struct slice xacml_function(struct arena *arena, const xmlNode *node)
{
    return xacml_is(node, "Match")   ? xacml_short(xacml_attribute(arena, node, "MatchId"))
           : xacml_is(node, "Apply") ? xacml_short(xacml_attribute(arena, node, "FunctionId"))
                                     : (struct slice){ 0 };
}

/* --- values ----------------------------------------------------------------------------------- */

static bool read_integer(struct slice text, int64_t *out)
{
    bool negative = text.len > 0 && text.ptr[0] == '-';
    uint64_t magnitude = 0;

    if (text.len > 0 && (negative || text.ptr[0] == '+')) {
        text = slice_sub(text, 1, text.len);
    }
    while (text.len > 1 && text.ptr[0] == '0') {
        text = slice_sub(text, 1, text.len);
    }
    if (parse_u64(text, 0, INT64_MAX, &magnitude).code != STATUS_OK) {
        return false;
    }
    *out = negative ? -(int64_t)magnitude : (int64_t)magnitude;
    return true;
}

/* Distinguished names and mail addresses compare without regard to case and to blanks around their
 * separators. */
static struct slice normal_name(struct arena *arena, struct slice text)
{
    char *out = ARENA_NEW(arena, char, text.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < text.len; i++) {
        char byte = text.ptr[i];
        bool separates = byte == ',' || byte == '=';
        if (byte == ' ' && (len == 0 || out[len - 1] == ',' || out[len - 1] == '=')) {
            continue;
        }
        while (separates && len > 0 && out[len - 1] == ' ') {
            len--;
        }
        out[len++] = (char)(byte >= 'A' && byte <= 'Z' ? byte - 'A' + 'a' : byte);
    }
    return (struct slice){ out, len };
}

struct xacml_value xacml_literal(struct arena *arena, const xmlNode *node)
{
    struct slice type = xacml_short(xacml_attribute(arena, node, "DataType"));
    struct slice text = xacml_content(arena, node);
    struct xacml_value value = { .kind = XACML_TEXT, .text = text };

    if (slice_is(type, "integer")) {
        value.kind = read_integer(text, &value.number) ? XACML_INTEGER : XACML_ERROR;
    } else if (slice_is(type, "boolean")) {
        bool yes = slice_is(text, "true") || slice_is(text, "1");
        bool no = slice_is(text, "false") || slice_is(text, "0");
        value.kind = yes || no ? XACML_BOOLEAN : XACML_ERROR;
        value.number = yes;
    } else if (slice_is(type, "x500Name") || slice_is(type, "rfc822Name")) {
        value.text = normal_name(arena, text);
    }
    return value;
}

bool xacml_equal(const struct xacml_value *a, const struct xacml_value *b)
{
    bool is_text = a->kind == XACML_TEXT;

    return a->kind == b->kind && a->kind != XACML_BAG &&
           (is_text ? slice_eq(a->text, b->text) : a->number == b->number);
}

/* --- attributes of the request ---------------------------------------------------------------- */

static bool same_attribute(struct arena *arena, const xmlNode *a, const xmlNode *b,
                           const char *name)
{
    return slice_eq(xacml_attribute(arena, a, name), xacml_attribute(arena, b, name));
}

static bool is_wanted(struct arena *arena, const xmlNode *attribute, const xmlNode *designator)
{
    struct slice issuer = xacml_attribute(arena, designator, "Issuer");

    return xacml_is(attribute, "Attribute") &&
           same_attribute(arena, attribute, designator, "AttributeId") &&
           (issuer.len == 0 || same_attribute(arena, attribute, designator, "Issuer"));
}

static void add_values(struct arena *arena, const xmlNode *attribute, const xmlNode *designator,
                       struct xacml_value *items, size_t *count)
{
    for (const xmlNode *at = attribute->children; at != NULL; at = at->next) {
        if (xacml_is(at, "AttributeValue") && same_attribute(arena, at, designator, "DataType") &&
            *count < ITEMS_MAX) {
            items[(*count)++] = xacml_literal(arena, at);
        }
    }
}

/* Whoever decides knows what time it is, also when the request does not say so. */
static bool is_clock(struct slice id)
{
    struct slice name = xacml_short(id);

    return slice_is(name, "current-time") || slice_is(name, "current-date") ||
           slice_is(name, "current-dateTime");
}

static struct xacml_value bag_of(const struct xacml *xacml, const xmlNode *designator)
{
    struct arena *arena = xacml->self->arena;
    struct xacml_value *items = ARENA_NEW(arena, struct xacml_value, ITEMS_MAX);
    struct slice needed = xacml_attribute(arena, designator, "MustBePresent");
    size_t count = 0;

    for (const xmlNode *at = xacml->request->children; at != NULL; at = at->next) {
        if (!xacml_is(at, "Attributes") || !same_attribute(arena, at, designator, "Category")) {
            continue;
        }
        for (const xmlNode *one = at->children; one != NULL; one = one->next) {
            if (is_wanted(arena, one, designator)) {
                add_values(arena, one, designator, items, &count);
            }
        }
    }
    if (count == 0 && is_clock(xacml_attribute(arena, designator, "AttributeId"))) {
        items[count++] = (struct xacml_value){ .kind = XACML_TEXT, .text = SLICE("now") };
    }
    if (count == 0 && (slice_is(needed, "true") || slice_is(needed, "1"))) {
        return failed;
    }
    return (struct xacml_value){ .kind = XACML_BAG, .items = items, .count = count };
}

/* --- functions -------------------------------------------------------------------------------- */

static struct xacml_value boolean(bool value)
{
    return (struct xacml_value){ .kind = XACML_BOOLEAN, .number = value };
}

static struct xacml_value integer(int64_t value)
{
    return (struct xacml_value){ .kind = XACML_INTEGER, .number = value };
}

typedef struct xacml_value(function_fn)(const struct xacml_value *arguments);

static struct xacml_value one_and_only(const struct xacml_value *bag)
{
    return bag->kind == XACML_BAG && bag->count == 1 ? bag->items[0] : failed;
}

static struct xacml_value bag_size(const struct xacml_value *bag)
{
    return bag->kind == XACML_BAG ? integer((int64_t)bag->count) : failed;
}

static struct xacml_value is_in(const struct xacml_value *arguments)
{
    for (size_t i = 0; i < arguments[1].count; i++) {
        if (xacml_equal(&arguments[0], &arguments[1].items[i])) {
            return boolean(true);
        }
    }
    return boolean(false);
}

static struct xacml_value equal(const struct xacml_value *arguments)
{
    return boolean(xacml_equal(&arguments[0], &arguments[1]));
}

static struct xacml_value greater(const struct xacml_value *arguments)
{
    return boolean(arguments[0].number > arguments[1].number);
}

static struct xacml_value greater_or_equal(const struct xacml_value *arguments)
{
    return boolean(arguments[0].number >= arguments[1].number);
}

static struct xacml_value less(const struct xacml_value *arguments)
{
    return boolean(arguments[0].number < arguments[1].number);
}

static struct xacml_value less_or_equal(const struct xacml_value *arguments)
{
    return boolean(arguments[0].number <= arguments[1].number);
}

static struct xacml_value add(const struct xacml_value *arguments)
{
    int64_t sum = 0;

    return __builtin_add_overflow(arguments[0].number, arguments[1].number, &sum) ? failed
                                                                                  : integer(sum);
}

static struct xacml_value subtract(const struct xacml_value *arguments)
{
    int64_t rest = 0;

    return __builtin_sub_overflow(arguments[0].number, arguments[1].number, &rest) ? failed
                                                                                   : integer(rest);
}

static struct xacml_value multiply(const struct xacml_value *arguments)
{
    int64_t product = 0;

    return __builtin_mul_overflow(arguments[0].number, arguments[1].number, &product)
               ? failed
               : integer(product);
}

enum typed { ANY_TYPE, PLAIN_TYPE, NUMBER_TYPE };

/* By what stands after the type in the name of a function. */
static const struct {
    const char *name;
    function_fn *call;
    unsigned arguments;
    enum typed typed;
} functions[] = {
    { "-one-and-only", one_and_only, 1, ANY_TYPE },
    { "-bag-size", bag_size, 1, ANY_TYPE },
    { "-is-in", is_in, 2, PLAIN_TYPE },
    { "-equal", equal, 2, PLAIN_TYPE },
    { "-greater-than", greater, 2, NUMBER_TYPE },
    { "-greater-than-or-equal", greater_or_equal, 2, NUMBER_TYPE },
    { "-less-than", less, 2, NUMBER_TYPE },
    { "-less-than-or-equal", less_or_equal, 2, NUMBER_TYPE },
    { "-add", add, 2, NUMBER_TYPE },
    { "-subtract", subtract, 2, NUMBER_TYPE },
    { "-multiply", multiply, 2, NUMBER_TYPE },
};

static struct slice type_of(struct slice name, size_t function)
{
    return slice_sub(name, 0, name.len - strlen(functions[function].name));
}

/* Index into `functions`, or their number. */
static size_t find_function(struct slice name)
{
    static const char *const types[] = { "string",  "anyURI",   "boolean",
                                         "integer", "x500Name", "rfc822Name" };
    size_t at = 0;

    while (at < COUNT_OF(functions)) {
        if (slice_ends(name, slice_from(functions[at].name))) {
            struct slice type = type_of(name, at);
            for (size_t i = 0; i < COUNT_OF(types); i++) {
                bool fits = functions[at].typed != NUMBER_TYPE || slice_is(type, "integer");
                if (slice_is(type, types[i]) && fits) {
                    return at;
                }
            }
            if (functions[at].typed == ANY_TYPE && slice_find(type, '-') == type.len) {
                return at;
            }
        }
        at++;
    }
    return at;
}

/* Times, dates and numbers with fractions are only told equal when they are written alike. */
static struct xacml_value alike(const struct xacml *xacml, const struct xacml_value *arguments)
{
    if (!xacml_equal(&arguments[0], &arguments[1])) {
        published_note(xacml->self, PUBLISHED_FUNCTION);
    }
    return boolean(true);
}

static struct xacml_value apply(const struct xacml *xacml, struct slice name,
                                const struct xacml_value *arguments, size_t count)
{
    size_t at = find_function(name);

    for (size_t i = 0; i < count; i++) {
        if (arguments[i].kind == XACML_ERROR) {
            return failed;
        }
    }
    if (at < COUNT_OF(functions) && functions[at].arguments == count) {
        return functions[at].call(arguments);
    }
    if (slice_ends(name, SLICE("-equal")) && slice_find_text(name, SLICE("-or-")) == name.len &&
        count == 2) {
        return alike(xacml, arguments);
    }
    published_note(xacml->self, slice_find_text(name, SLICE("match")) < name.len
                                    ? PUBLISHED_PATTERN
                                    : PUBLISHED_FUNCTION);
    return failed;
}

struct xacml_value xacml_value(const struct xacml *xacml, /* NOLINT(misc-no-recursion): a tree */
                               const xmlNode *node)
{
    struct xacml_value arguments[ARGUMENTS_MAX];
    size_t count = 0;

    if (xacml_is(node, "AttributeValue")) {
        return xacml_literal(xacml->self->arena, node);
    }
    if (xacml_is(node, "AttributeDesignator")) {
        return bag_of(xacml, node);
    }
    if (xacml_is(node, "AttributeSelector")) {
        published_note(xacml->self, PUBLISHED_CONTENT);
        return failed;
    }
    if (!xacml_is(node, "Apply")) {
        published_note(xacml->self, PUBLISHED_FUNCTION);
        return failed;
    }
    for (const xmlNode *at = xacml_element(node->children); at != NULL && count < ARGUMENTS_MAX;
         at = xacml_element(at->next)) {
        if (!xacml_is(at, "Description")) {
            arguments[count++] = xacml_value(xacml, at);
        }
    }
    return apply(xacml, xacml_function(xacml->self->arena, node), arguments, count);
}

/* --- truth ------------------------------------------------------------------------------------ */

static enum published_truth truth_of(struct xacml_value value)
{
    if (value.kind != XACML_BOOLEAN) {
        return PUBLISHED_UNKNOWN;
    }
    return value.number != 0 ? PUBLISHED_YES : PUBLISHED_NO;
}

/* Does the value match one of the bag? */
static enum published_truth truth_of_match(const struct xacml *xacml, const xmlNode *node)
{
    const xmlNode *value = xacml_element(node->children);
    const xmlNode *source = value != NULL ? xacml_element(value->next) : NULL;
    struct slice name = xacml_function(xacml->self->arena, node);
    struct xacml_value bag = xacml_value(xacml, source);
    enum published_truth truth = PUBLISHED_NO;

    if (bag.kind != XACML_BAG) {
        return PUBLISHED_UNKNOWN;
    }
    if (slice_find_text(name, SLICE("match")) < name.len) {
        published_note(xacml->self, PUBLISHED_PATTERN);
    }
    for (size_t i = 0; i < bag.count && truth != PUBLISHED_YES; i++) {
        struct xacml_value pair[] = { xacml_value(xacml, value), bag.items[i] };
        enum published_truth one = truth_of(apply(xacml, name, pair, COUNT_OF(pair)));
        truth = one != PUBLISHED_NO ? one : truth;
    }
    return truth;
}

enum published_truth xacml_truth(const struct xacml *xacml, const xmlNode *node)
{
    return xacml_is(node, "Match") ? truth_of_match(xacml, node)
                                   : truth_of(xacml_value(xacml, node));
}

void xacml_print(struct arena *arena, const xmlNode *node, /* NOLINT(misc-no-recursion): a tree */
                 struct buf *out)
{
    bool begun = false;

    if (xacml_is(node, "AttributeValue")) {
        buf_add_slice(out, xacml_content(arena, node));
        return;
    }
    if (xacml_is(node, "AttributeDesignator")) {
        struct slice issuer = xacml_attribute(arena, node, "Issuer");
        buf_add_slice(out, xacml_short(xacml_attribute(arena, node, "Category")));
        buf_add_char(out, ' ');
        buf_add_slice(out, xacml_short(xacml_attribute(arena, node, "AttributeId")));
        buf_printf(out, "%s%.*s", issuer.len > 0 ? " by " : "", SLICE_ARG(issuer));
        return;
    }
    buf_add_slice(out, xacml_function(arena, node));
    for (const xmlNode *at = xacml_element(node->children); at != NULL;
         at = xacml_element(at->next)) {
        buf_add_cstr(out, begun ? ", " : "(");
        xacml_print(arena, at, out);
        begun = true;
    }
    buf_add_char(out, ')');
}
