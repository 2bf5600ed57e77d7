/* Policies and requests of XACML 3.0 as rules and facts. */
#include <string.h>

#include <libxml/parser.h>

#include "base/cleanup.h"
#include "tests/unit/sla/xacml.h"

enum { FILES_MAX = 16, DEPTH_MAX = 32 };

struct reader {
    struct xacml xacml;
    struct arena *arena;
    const xmlNode *files[FILES_MAX];
    xmlDoc *docs[FILES_MAX + 2];
    size_t file_count, doc_count;
    unsigned rule_count, depth;
};

static void note(const struct reader *reader, enum published_reason reason)
{
    published_note(reader->xacml.self, reason);
}

/* --- conditions ------------------------------------------------------------------------------- */

/* `one-and-only(X)` is X. */
static const xmlNode *bare(const struct reader *reader, const xmlNode *node)
{
    if (xacml_is(node, "Apply") &&
        slice_ends(xacml_function(reader->arena, node), SLICE("-one-and-only"))) {
        return xacml_element(node->children);
    }
    return node;
}

/* A constant and an attribute, in either order. */
static bool is_equality(const struct reader *reader, const xmlNode *node, const xmlNode **out_what,
                        const xmlNode **out_value)
{
    struct slice name = xacml_function(reader->arena, node);
    bool is_or = slice_find_text(name, SLICE("-or-")) < name.len;
    const xmlNode *a = bare(reader, xacml_element(node->children));
    const xmlNode *first = xacml_element(node->children);
    const xmlNode *b = first != NULL ? bare(reader, xacml_element(first->next)) : NULL;

    if (is_or || (!slice_ends(name, SLICE("-equal")) && !slice_ends(name, SLICE("-is-in")))) {
        return false;
    }
    *out_value = xacml_is(a, "AttributeValue") ? a : b;
    *out_what = *out_value == a ? b : a;
    return xacml_is(*out_value, "AttributeValue") && xacml_is(*out_what, "AttributeDesignator");
}

static enum published_kind kind_of(const struct reader *reader, const xmlNode *designator)
{
    struct slice category = xacml_short(xacml_attribute(reader->arena, designator, "Category"));
    struct slice id = xacml_short(xacml_attribute(reader->arena, designator, "AttributeId"));

    if (slice_is(category, "access-subject") && slice_is(id, "subject-id")) {
        return PUBLISHED_WHO;
    }
    if (slice_is(category, "action") && slice_is(id, "action-id")) {
        return PUBLISHED_ACT;
    }
    if (slice_is(category, "resource")) {
        return PUBLISHED_THING;
    }
    return slice_find_text(category, SLICE("subject")) < category.len ||
                   slice_is(category, "codebase") || slice_is(category, "requesting-machine")
               ? PUBLISHED_GROUP
               : PUBLISHED_AROUND;
}

static struct published_boxes fact_boxes(const struct reader *reader, const xmlNode *node,
                                         bool is_denied)
{
    CLEANUP(buf_done) struct buf says = { 0 };
    const xmlNode *what = NULL;
    const xmlNode *value = NULL;
    enum published_kind kind = PUBLISHED_WORKED_OUT;

    if (is_equality(reader, node, &what, &value)) {
        kind = kind_of(reader, what);
        xacml_print(reader->arena, what, &says);
        buf_add_cstr(&says, " is ");
        xacml_print(reader->arena, value, &says);
    } else {
        xacml_print(reader->arena, node, &says);
    }
    for (size_t i = 0; i < says.len; i++) { /* a fact is one line of a comment */
        if (says.ptr[i] < ' ' && says.ptr[i] >= 0) {
            says.ptr[i] = ' ';
        }
    }
    enum published_truth truth = xacml_truth(&reader->xacml, node);
    uint8_t fact = published_fact(reader->xacml.self, kind, truth,
                                  arena_copy(reader->arena, buf_slice(&says)));
    return published_is(reader->xacml.self, fact, is_denied);
}

static struct published_boxes condition(const struct reader *reader, const xmlNode *node,
                                        bool is_denied);

/* `and`, `or`, AllOf, AnyOf, Target: all, or one, of what is in it. */
static struct published_boxes several(const struct reader *reader, /* NOLINT(misc-no-recursion) */
                                      const xmlNode *node, bool all, bool is_denied)
{
    struct published_case *self = reader->xacml.self;
    struct published_boxes sum = all ? published_always(self) : (struct published_boxes){ 0 };

    for (const xmlNode *at = xacml_element(node->children); at != NULL;
         at = xacml_element(at->next)) {
        if (xacml_is(at, "Description")) {
            continue;
        }
        struct published_boxes one = condition(reader, at, is_denied);
        sum = all ? published_and(self, sum, one) : published_or(self, sum, one);
    }
    return sum;
}

static const xmlNode *definition_of(const struct reader *reader, const xmlNode *reference)
{
    struct slice id = xacml_attribute(reader->arena, reference, "VariableId");

    for (const xmlNode *up = reference->parent; up != NULL; up = up->parent) {
        for (const xmlNode *at = up->children; at != NULL; at = at->next) {
            if (xacml_is(at, "VariableDefinition") &&
                slice_eq(xacml_attribute(reader->arena, at, "VariableId"), id)) {
                return xacml_element(at->children);
            }
        }
    }
    return NULL;
}

static struct published_boxes condition(const struct reader *reader, /* NOLINT(misc-no-recursion) */
                                        const xmlNode *node, bool is_denied)
{
    struct slice name = xacml_function(reader->arena, node);
    bool is_and = slice_is(name, "and") || xacml_is(node, "AllOf") || xacml_is(node, "Target");
    bool is_or = slice_is(name, "or") || xacml_is(node, "AnyOf");

    if (xacml_is(node, "VariableReference")) {
        const xmlNode *definition = definition_of(reader, node);
        if (definition == NULL) {
            note(reader, PUBLISHED_REFERENCE);
            return published_always(reader->xacml.self);
        }
        return condition(reader, definition, is_denied);
    }
    if (slice_is(name, "not")) {
        return condition(reader, xacml_element(node->children), !is_denied);
    }
    if (is_and || is_or) {
        return several(reader, node, is_and != is_denied, is_denied);
    }
    return fact_boxes(reader, node, is_denied);
}

static struct published_boxes target_of(const struct reader *reader, const xmlNode *node)
{
    const xmlNode *target = xacml_child(node, "Target");

    return target != NULL ? condition(reader, target, false) : published_always(reader->xacml.self);
}

/* --- policies --------------------------------------------------------------------------------- */

static struct published_node *new_node(const struct reader *reader, const xmlNode *node)
{
    struct published_node *out = ARENA_NEW(reader->arena, struct published_node, 1);

    out->when = target_of(reader, node);
    return out;
}

static struct published_node *read_rule(struct reader *reader, const xmlNode *node)
{
    struct published_node *out = new_node(reader, node);
    const xmlNode *condition_ = xacml_child(node, "Condition");

    out->is_rule = true;
    out->permits = slice_is(xacml_attribute(reader->arena, node, "Effect"), "Permit");
    out->number = reader->rule_count++;
    if (out->number >= PUBLISHED_RULES_MAX) {
        note(reader, PUBLISHED_SIZE);
    }
    if (condition_ != NULL) {
        struct published_boxes more = condition(reader, xacml_element(condition_->children), false);
        out->when = published_and(reader->xacml.self, out->when, more);
    }
    return out;
}

static void read_algorithm(struct reader *reader, const xmlNode *node, bool is_set,
                           struct published_node *out)
{
    static const struct {
        const char *name;
        enum sla_combining how;
    } names[] = {
        { "deny-overrides", SLA_COMBINE_FORBID_OVERRIDES },
        { "permit-overrides", SLA_COMBINE_PERMIT_OVERRIDES },
        { "ordered-deny-overrides", SLA_COMBINE_FORBID_OVERRIDES },
        { "ordered-permit-overrides", SLA_COMBINE_PERMIT_OVERRIDES },
        { "deny-unless-permit", SLA_COMBINE_FORBID_UNLESS_PERMIT },
        { "permit-unless-deny", SLA_COMBINE_PERMIT_UNLESS_FORBID },
        { "first-applicable", SLA_COMBINE_FIRST_APPLICABLE },
        { "only-one-applicable", SLA_COMBINE_FIRST_APPLICABLE },
    };
    struct slice whole = xacml_attribute(reader->arena, node,
                                         is_set ? "PolicyCombiningAlgId" : "RuleCombiningAlgId");
    bool is_old = slice_find_text(whole, SLICE(":xacml:3.")) == whole.len;
    size_t at = 0;

    while (at < COUNT_OF(names) && !slice_is(xacml_short(whole), names[at].name)) {
        at++;
    }
    if (at == COUNT_OF(names)) {
        note(reader, PUBLISHED_FUNCTION);
        return;
    }
    out->how = names[at].how;
    out->counts_targets = slice_is(xacml_short(whole), "only-one-applicable");
    if (is_set && is_old && out->how == SLA_COMBINE_FORBID_OVERRIDES) {
        out->how = SLA_COMBINE_FORBID_OVERRIDES_1_SET;
    } else if (is_set && is_old && out->how == SLA_COMBINE_PERMIT_OVERRIDES) {
        out->how = SLA_COMBINE_PERMIT_OVERRIDES_1_SET;
    }
}

static struct slice id_of(const struct reader *reader, const xmlNode *policy)
{
    return xacml_attribute(reader->arena, policy,
                           xacml_is(policy, "PolicySet") ? "PolicySetId" : "PolicyId");
}

static const xmlNode *resolve(const struct reader *reader, const xmlNode *reference)
{
    struct slice wanted = xacml_content(reader->arena, reference);
    const char *kind = xacml_is(reference, "PolicySetIdReference") ? "PolicySet" : "Policy";

    for (size_t i = 0; i < reader->file_count; i++) {
        if (xacml_is(reader->files[i], kind) && slice_eq(id_of(reader, reader->files[i]), wanted)) {
            return reader->files[i];
        }
    }
    note(reader, PUBLISHED_REFERENCE);
    return NULL;
}

static struct published_node *read_policy(struct reader *reader, const xmlNode *node);

static struct published_node *read_part(struct reader *reader, /* NOLINT(misc-no-recursion) */
                                        const xmlNode *node)
{
    if (xacml_is(node, "Rule")) {
        return read_rule(reader, node);
    }
    if (xacml_is(node, "Policy") || xacml_is(node, "PolicySet")) {
        return read_policy(reader, node);
    }
    if (xacml_is(node, "PolicyIdReference") || xacml_is(node, "PolicySetIdReference")) {
        const xmlNode *policy = resolve(reader, node);
        return policy != NULL ? read_policy(reader, policy) : NULL;
    }
    return NULL;
}

static struct published_node *read_policy(struct reader *reader, /* NOLINT(misc-no-recursion) */
                                          const xmlNode *node)
{
    struct published_node *out = new_node(reader, node);
    const struct published_node **last = &out->first;

    if (reader->depth == DEPTH_MAX) {
        note(reader, PUBLISHED_SIZE);
        return out;
    }
    reader->depth++;
    read_algorithm(reader, node, xacml_is(node, "PolicySet"), out);
    for (const xmlNode *at = xacml_element(node->children); at != NULL;
         at = xacml_element(at->next)) {
        struct published_node *part = read_part(reader, at);
        if (part != NULL) {
            *last = part;
            last = &part->next;
        }
    }
    reader->depth--;
    return out;
}

/* --- files ------------------------------------------------------------------------------------ */

static const xmlNode *load(struct reader *reader, struct slice text)
{
    xmlDoc *doc = xmlReadMemory(text.ptr, (int)text.len, "case.xml", NULL,
                                XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);

    if (doc == NULL) {
        return NULL;
    }
    reader->docs[reader->doc_count++] = doc;
    return xmlDocGetRootElement(doc);
}

static void reader_done(struct reader *reader)
{
    for (size_t i = 0; i < reader->doc_count; i++) {
        xmlFreeDoc(reader->docs[i]);
    }
}

/* Is the policy named by a reference in another file? */
static bool is_named(const struct reader *reader, const struct json *files, const xmlNode *policy)
{
    struct slice id = id_of(reader, policy);

    for (const struct json *file = files->first; file != NULL; file = file->next) {
        struct slice rest = file->text;
        while (rest.len > 0) {
            size_t at = slice_find_text(rest, SLICE("IdReference"));
            struct slice piece = slice_sub(rest, at, at + 512);
            size_t open = slice_find(piece, '>');
            size_t close = slice_find(piece, '<');
            if (open < close && close < piece.len &&
                slice_eq(slice_trim(slice_sub(piece, open + 1, close)), id)) {
                return true;
            }
            rest = slice_sub(rest, at + 1, rest.len);
        }
    }
    return false;
}

static const xmlNode *find_root(struct reader *reader, const struct json *files)
{
    for (const struct json *file = files->first; file != NULL; file = file->next) {
        const xmlNode *node = reader->doc_count < FILES_MAX ? load(reader, file->text) : NULL;
        if (xacml_is(node, "Policy") || xacml_is(node, "PolicySet")) {
            reader->files[reader->file_count++] = node;
        }
    }
    for (size_t i = 0; i < reader->file_count; i++) {
        if (!is_named(reader, files, reader->files[i])) {
            return reader->files[i];
        }
    }
    return NULL;
}

/* --- the request ------------------------------------------------------------------------------ */

static void check_attribute(const struct reader *reader, const xmlNode *attribute)
{
    bool has_value = false;

    if (xacml_attribute(reader->arena, attribute, "AttributeId").len == 0) {
        note(reader, PUBLISHED_MALFORMED);
    }
    if (slice_is(xacml_attribute(reader->arena, attribute, "IncludeInResult"), "true")) {
        note(reader, PUBLISHED_RETURNED);
    }
    for (const xmlNode *at = attribute->children; at != NULL; at = at->next) {
        if (xacml_is(at, "AttributeValue")) {
            has_value = true;
            if (xacml_attribute(reader->arena, at, "DataType").len == 0 ||
                xacml_literal(reader->arena, at).kind == XACML_ERROR) {
                note(reader, PUBLISHED_MALFORMED);
            }
        }
    }
    if (!has_value) {
        note(reader, PUBLISHED_MALFORMED);
    }
}

static bool is_repeated(const struct reader *reader, const xmlNode *attributes)
{
    struct slice category = xacml_attribute(reader->arena, attributes, "Category");

    for (const xmlNode *at = attributes->next; at != NULL; at = at->next) {
        if (xacml_is(at, "Attributes") &&
            slice_eq(xacml_attribute(reader->arena, at, "Category"), category)) {
            return true;
        }
    }
    return false;
}

static void check_request(const struct reader *reader)
{
    const xmlNode *request = reader->xacml.request;

    if (xacml_child(request, "MultiRequests") != NULL) {
        note(reader, PUBLISHED_SEVERAL);
    }
    for (const xmlNode *at = request->children; at != NULL; at = at->next) {
        if (!xacml_is(at, "Attributes")) {
            continue;
        }
        if (xacml_attribute(reader->arena, at, "Category").len == 0) {
            note(reader, PUBLISHED_MALFORMED);
        } else if (is_repeated(reader, at)) {
            note(reader, PUBLISHED_SEVERAL);
        }
        for (const xmlNode *one = at->children; one != NULL; one = one->next) {
            if (xacml_is(one, "Attribute")) {
                check_attribute(reader, one);
            }
        }
    }
}

static enum published_verdict wanted_of(const struct reader *reader, const struct json *row)
{
    const struct json *decisions = json_get(row, "decisions");
    struct slice word = decisions != NULL && decisions->first != NULL ? decisions->first->text
                                                                      : (struct slice){ 0 };

    if (decisions == NULL || decisions->count != 1) {
        note(reader, PUBLISHED_SEVERAL);
    }
    return slice_is(word, "Permit")          ? PUBLISHED_PERMIT
           : slice_is(word, "Deny")          ? PUBLISHED_DENY
           : slice_is(word, "NotApplicable") ? PUBLISHED_NOT_APPLICABLE
                                             : PUBLISHED_INDETERMINATE;
}

static bool has_duties(const struct json *files)
{
    for (const struct json *file = files->first; file != NULL; file = file->next) {
        if (slice_find_text(file->text, SLICE("<ObligationExpression")) < file->text.len ||
            slice_find_text(file->text, SLICE("<AdviceExpression")) < file->text.len) {
            return true;
        }
    }
    return false;
}

void xacml_read(struct arena *arena, const struct json *row, struct published_case *out)
{
    CLEANUP(reader_done) struct reader reader = { .xacml = { .self = out }, .arena = arena };
    const struct json *files = json_get(row, "files");

    *out = (struct published_case){ .arena = arena, .path = json_text(row, "path") };
    const xmlNode *root = files != NULL ? find_root(&reader, files) : NULL;
    reader.xacml.request = load(&reader, json_text(row, "request"));
    out->wanted = wanted_of(&reader, row);
    if (root == NULL || !xacml_is(reader.xacml.request, "Request")) {
        note(&reader, PUBLISHED_MALFORMED);
        return;
    }
    if (has_duties(files)) {
        note(&reader, PUBLISHED_DUTIES);
    }
    check_request(&reader);
    if (!published_is_stopped(out)) {
        out->root = read_policy(&reader, root);
    }
}
