/* Policies and requests of Cedar as rules and facts. */
#include "base/cleanup.h"
#include "base/parse.h"
#include "tests/unit/sla/cedar.h"

static struct published_boxes boxes_of(const struct cedar *cedar, const struct cedar_node *node,
                                       bool is_denied);

/* --- what an expression is about -------------------------------------------------------------- */

/* `principal`, `resource.account.owner`: the variable; NULL when it is none of that. */
static const struct cedar_node *root_of(const struct cedar_node *node)
{
    while (node != NULL && node->op == CEDAR_MEMBER) {
        node = node->first;
    }
    return node != NULL && node->op == CEDAR_VARIABLE ? node : NULL;
}

static bool is_constant(const struct cedar_node *node) /* NOLINT(misc-no-recursion): a tree */
{
    if (node == NULL || node->op > CEDAR_SET || node->op == CEDAR_VARIABLE) {
        return false;
    }
    for (const struct cedar_node *at = node->first; at != NULL; at = at->next) {
        if (!is_constant(at)) {
            return false;
        }
    }
    return true;
}

/* What is equal to a constant, contains one, is in one, is there at all, or is of a type. */
static const struct cedar_node *subject_of(const struct cedar_node *node)
{
    const struct cedar_node *first = node->first;

    if (node->op == CEDAR_MEMBER) {
        return root_of(node);
    }
    if (node->op == CEDAR_HAS || node->op == CEDAR_IS) {
        return root_of(first);
    }
    if (node->op == CEDAR_CALL) {
        return slice_starts(node->text, SLICE("contains")) && is_constant(first->next)
                   ? root_of(first)
                   : NULL;
    }
    if (node->op != CEDAR_EQUAL && node->op != CEDAR_IN) {
        return NULL;
    }
    return is_constant(first->next) ? root_of(first)
           : is_constant(first)     ? root_of(first->next)
                                    : NULL;
}

static enum published_kind kind_of(const struct cedar_node *node)
{
    const struct cedar_node *subject = subject_of(node);
    bool is_itself = subject != NULL && node->op == CEDAR_EQUAL &&
                     node->first->op != CEDAR_MEMBER && node->first->next->op != CEDAR_MEMBER;

    if (subject == NULL) {
        return PUBLISHED_WORKED_OUT;
    }
    if (slice_is(subject->text, "principal")) {
        return is_itself ? PUBLISHED_WHO : PUBLISHED_GROUP;
    }
    if (slice_is(subject->text, "action")) {
        return is_itself ? PUBLISHED_ACT : PUBLISHED_WORKED_OUT;
    }
    return slice_is(subject->text, "resource") ? PUBLISHED_THING : PUBLISHED_AROUND;
}

/* --- facts ------------------------------------------------------------------------------------ */

static struct published_boxes fact_boxes(const struct cedar *cedar, const struct cedar_node *node,
                                         bool is_denied)
{
    struct cedar_value value = cedar_value(cedar, node);
    /* what errs here was not looked at: else the policy had erred */
    enum published_truth truth =
        value.kind == CEDAR_IS_BOOLEAN && value.number != 0 ? PUBLISHED_YES : PUBLISHED_NO;
    struct slice says = arena_copy(cedar->arena, node->source);
    uint8_t fact = published_fact(cedar->self, kind_of(node), truth, says);

    return published_is(cedar->self, fact, is_denied);
}

static uint8_t act_fact(const struct cedar *cedar, const struct cedar_value *act)
{
    struct cedar_value asked = cedar_entity(json_get(cedar->request, "action"));
    bool is_asked = slice_eq(asked.text, act->text) && slice_eq(asked.id, act->id);
    struct slice says = arena_printf(cedar->arena, "action is %.*s", SLICE_ARG(act->id));

    return published_fact(cedar->self, PUBLISHED_ACT, is_asked ? PUBLISHED_YES : PUBLISHED_NO,
                          says);
}

/* `action in X`: one of the actions that are X or in it. */
static struct published_boxes acts_in(const struct cedar *cedar, const struct cedar_value *group,
                                      bool is_denied)
{
    struct published_boxes sum =
        is_denied ? published_always(cedar->self) : (struct published_boxes){ 0 };
    const struct json *at = cedar->entities != NULL ? cedar->entities->first : NULL;
    bool is_first = true;

    while (is_first || at != NULL) {
        struct cedar_value act = is_first ? *group : cedar_entity(json_get(at, "uid"));
        bool is_it = slice_eq(act.text, group->text) && slice_eq(act.id, group->id);
        if (is_first || (!is_it && cedar_is_in(cedar, &act, group))) {
            struct published_boxes one =
                published_is(cedar->self, act_fact(cedar, &act), is_denied);
            sum = is_denied ? published_and(cedar->self, sum, one)
                            : published_or(cedar->self, sum, one);
        }
        at = is_first ? at : at->next;
        is_first = false;
    }
    return sum;
}

static bool is_action(const struct cedar_node *node)
{
    return node != NULL && node->op == CEDAR_VARIABLE && slice_is(node->text, "action");
}

/* `x in [a, b]` is `x in a || x in b`. */
static struct published_boxes in_boxes(const struct cedar *cedar, const struct cedar_node *node,
                                       bool is_denied)
{
    const struct cedar_node *of = node->first->next;
    const struct cedar_node *item = of->op == CEDAR_SET ? of->first : of;
    struct published_boxes sum =
        is_denied ? published_always(cedar->self) : (struct published_boxes){ 0 };

    for (; item != NULL; item = of->op == CEDAR_SET ? item->next : NULL) {
        struct published_boxes one;
        if (is_action(node->first)) {
            struct cedar_value group = cedar_value(cedar, item);
            one = acts_in(cedar, &group, is_denied);
        } else {
            struct cedar_node *alone = ARENA_NEW(cedar->arena, struct cedar_node, 1);
            struct cedar_node *left = ARENA_NEW(cedar->arena, struct cedar_node, 1);
            struct cedar_node *right = ARENA_NEW(cedar->arena, struct cedar_node, 1);
            *left = *node->first;
            *right = *item;
            left->next = right;
            right->next = NULL;
            *alone = (struct cedar_node){ .op = CEDAR_IN, .first = left };
            alone->source = arena_printf(cedar->arena, "%.*s in %.*s", SLICE_ARG(left->source),
                                         SLICE_ARG(right->source));
            one = fact_boxes(cedar, alone, is_denied);
        }
        sum =
            is_denied ? published_and(cedar->self, sum, one) : published_or(cedar->self, sum, one);
    }
    return sum;
}

static struct published_boxes boxes_of(const struct cedar *cedar, /* NOLINT(misc-no-recursion) */
                                       const struct cedar_node *node, bool is_denied)
{
    const struct cedar_node *first = node->first;

    if (node->op == CEDAR_NOT) {
        return boxes_of(cedar, first, !is_denied);
    }
    if (node->op == CEDAR_DIFFERS) {
        struct cedar_node *same = ARENA_NEW(cedar->arena, struct cedar_node, 1);
        *same = *node;
        same->op = CEDAR_EQUAL;
        return boxes_of(cedar, same, !is_denied);
    }
    if (node->op == CEDAR_AND || node->op == CEDAR_OR) {
        struct published_boxes a = boxes_of(cedar, first, is_denied);
        struct published_boxes b = boxes_of(cedar, first->next, is_denied);
        return (node->op == CEDAR_AND) != is_denied ? published_and(cedar->self, a, b)
                                                    : published_or(cedar->self, a, b);
    }
    if (node->op == CEDAR_IN && (is_action(first) || is_constant(first->next))) {
        return in_boxes(cedar, node, is_denied);
    }
    if (node->op == CEDAR_EQUAL && is_action(first) && first->next->op == CEDAR_ENTITY) {
        struct cedar_value act = cedar_value(cedar, first->next);
        return published_is(cedar->self, act_fact(cedar, &act), is_denied);
    }
    return fact_boxes(cedar, node, is_denied);
}

/* --- cases ------------------------------------------------------------------------------------ */

/* "policy3": bit 3. */
static uint64_t bits_of(const struct cedar *cedar, const struct json *names)
{
    uint64_t bits = 0;

    for (const struct json *at = names != NULL ? names->first : NULL; at != NULL; at = at->next) {
        uint32_t number = 0;
        if (!slice_starts(at->text, SLICE("policy")) ||
            parse_u32(slice_sub(at->text, 6, at->text.len), 0, PUBLISHED_RULES_MAX - 1, &number)
                    .code != STATUS_OK) {
            published_note(cedar->self, PUBLISHED_MALFORMED);
            return 0;
        }
        bits |= UINT64_C(1) << number;
    }
    return bits;
}

/* One rule, or NULL when the policy errs and is skipped. */
static struct published_node *read_policy(const struct cedar *cedar,
                                          const struct cedar_policy *policy, unsigned number)
{
    struct published_node *rule = ARENA_NEW(cedar->arena, struct published_node, 1);

    *rule =
        (struct published_node){ .is_rule = true, .permits = policy->permits, .number = number };
    rule->when = published_always(cedar->self);
    if (policy->when != NULL) {
        if (cedar_value(cedar, policy->when).kind != CEDAR_IS_BOOLEAN) {
            published_note(cedar->self, PUBLISHED_SKIPPED);
            return NULL;
        }
        rule->when = boxes_of(cedar, policy->when, false);
    }
    return rule;
}

static void read_policies(const struct cedar *cedar, const struct cedar_policy *policies)
{
    struct published_node *root = ARENA_NEW(cedar->arena, struct published_node, 1);
    const struct published_node **last = &root->first;
    uint64_t skipped = 0;
    unsigned number = 0;

    *root = (struct published_node){ .how = SLA_COMBINE_FORBID_OVERRIDES };
    root->when = published_always(cedar->self);
    for (const struct cedar_policy *at = policies; at != NULL; at = at->next) {
        if (number == PUBLISHED_RULES_MAX) {
            published_note(cedar->self, PUBLISHED_SIZE);
            break;
        }
        struct published_node *rule = read_policy(cedar, at, number);
        if (rule == NULL) {
            skipped |= UINT64_C(1) << number;
        } else {
            *last = rule;
            last = &rule->next;
        }
        number++;
    }
    cedar->self->root = root;
    cedar->self->is_misread = skipped != bits_of(cedar, json_get(cedar->request, "errors"));
}

void cedar_read(struct arena *arena, const struct json *row, const struct json *request,
                struct published_case *out)
{
    struct cedar cedar = { arena, json_get(row, "entities"), request, out };
    const struct cedar_policy *policies = NULL;
    struct slice rest = { 0 };

    *out = (struct published_case){ .arena = arena, .path = json_text(row, "path") };
    out->is_closed = true;
    out->has_deciding = true;
    out->wanted =
        slice_is(json_text(request, "decision"), "allow") ? PUBLISHED_PERMIT : PUBLISHED_DENY;
    if (!cedar_parse(arena, json_text(row, "policies"), &policies, &rest)) {
        published_note(out, PUBLISHED_MALFORMED);
        return;
    }
    out->deciding = bits_of(&cedar, json_get(request, "reason"));
    read_policies(&cedar, policies);
}
