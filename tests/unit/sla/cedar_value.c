#include "base/parse.h"
#include "tests/unit/sla/cedar.h"

enum { PARENTS_MAX = 32, DECIMALS = 10000 };

static const struct cedar_value failed = { .kind = CEDAR_IS_ERROR };

static struct cedar_value boolean(bool value)
{
    return (struct cedar_value){ .kind = CEDAR_IS_BOOLEAN, .number = value };
}

static struct cedar_value stop(const struct cedar *cedar, enum published_reason reason)
{
    published_note(cedar->self, reason);
    return failed;
}

/* --- data ------------------------------------------------------------------------------------- */

struct cedar_value cedar_entity(const struct json *uid)
{
    const struct json *inner = json_get(uid, "__entity");

    uid = inner != NULL ? inner : uid;
    return (struct cedar_value){ .kind = CEDAR_IS_ENTITY,
                                 .text = json_text(uid, "type"),
                                 .id = json_text(uid, "id") };
}

static struct cedar_value decimal(struct slice text)
{
    static const struct parse_unit units[] = { { "", DECIMALS } };
    struct cedar_value value = { .kind = CEDAR_IS_DECIMAL };
    bool negative = slice_starts(text, SLICE("-"));
    uint64_t scaled = 0;

    if (!parse_scaled(slice_sub(text, negative ? 1 : 0, text.len), units, 1, INT64_MAX, &scaled)) {
        return failed;
    }
    value.number = negative ? -(int64_t)scaled : (int64_t)scaled;
    return value;
}

static struct cedar_value address(struct slice text)
{
    struct cedar_value value = { .kind = CEDAR_IS_ADDRESS };

    return address_parse(text, &value.address).code == STATUS_OK ? value : failed;
}

static struct cedar_value extension(const struct cedar *cedar, struct slice name, struct slice text)
{
    return slice_is(name, "decimal") ? decimal(text)
           : slice_is(name, "ip")    ? address(text)
                                     : stop(cedar, PUBLISHED_FUNCTION);
}

static struct cedar_value of_json(const struct cedar *cedar, /* NOLINT(misc-no-recursion) */
                                  const struct json *json)
{
    struct cedar_value value = { .record = json };

    switch (json->kind) {
    case JSON_NULL:
        return failed;
    case JSON_BOOL:
        return boolean(json->truth);
    case JSON_NUMBER:
        value.kind = CEDAR_IS_LONG;
        return json_i64(json, INT64_MIN, INT64_MAX, &value.number).code == STATUS_OK ? value
                                                                                     : failed;
    case JSON_STRING:
        value.kind = CEDAR_IS_TEXT;
        value.text = json->text;
        return value;
    case JSON_ARRAY: {
        struct cedar_value *items = ARENA_NEW(cedar->arena, struct cedar_value, json->count + 1);
        value.kind = CEDAR_IS_SET;
        value.items = items;
        for (const struct json *at = json->first; at != NULL; at = at->next) {
            items[value.count++] = of_json(cedar, at);
        }
        return value;
    }
    case JSON_OBJECT:
        break;
    }
    const struct json *made = json_get(json, "__extn");
    if (made != NULL) {
        return extension(cedar, json_text(made, "fn"), json_text(made, "arg"));
    }
    if (json_get(json, "__entity") != NULL ||
        (json->count == 2 && json_get(json, "type") != NULL && json_get(json, "id") != NULL)) {
        return cedar_entity(json);
    }
    value.kind = CEDAR_IS_RECORD;
    return value;
}

static bool equal(const struct cedar_value *a, const struct cedar_value *b);

/* NOLINTNEXTLINE(misc-no-recursion): a tree */
static bool has_item(const struct cedar_value *set, const struct cedar_value *item)
{
    for (size_t i = 0; i < set->count; i++) {
        if (equal(&set->items[i], item)) {
            return true;
        }
    }
    return false;
}

/* NOLINTNEXTLINE(misc-no-recursion): a tree */
static bool has_all(const struct cedar_value *set, const struct cedar_value *items)
{
    for (size_t i = 0; i < items->count; i++) {
        if (!has_item(set, &items->items[i])) {
            return false;
        }
    }
    return true;
}

/* NOLINTNEXTLINE(misc-no-recursion): a tree */
static bool equal(const struct cedar_value *a, const struct cedar_value *b)
{
    if (a->kind != b->kind) {
        return false;
    }
    switch (a->kind) {
    case CEDAR_IS_SET:
        return has_all(a, b) && has_all(b, a);
    case CEDAR_IS_RECORD:
        return json_eq(a->record, b->record);
    case CEDAR_IS_ADDRESS:
        return address_eq(&a->address, &b->address);
    case CEDAR_IS_ERROR:
    case CEDAR_IS_BOOLEAN:
    case CEDAR_IS_LONG:
    case CEDAR_IS_TEXT:
    case CEDAR_IS_ENTITY:
    case CEDAR_IS_DECIMAL:
        break;
    }
    return a->number == b->number && slice_eq(a->text, b->text) && slice_eq(a->id, b->id);
}

/* --- entities --------------------------------------------------------------------------------- */

static const struct json *find_entity(const struct cedar *cedar, const struct cedar_value *wanted)
{
    const struct json *at = cedar->entities != NULL ? cedar->entities->first : NULL;

    for (; at != NULL; at = at->next) {
        struct cedar_value one = cedar_entity(json_get(at, "uid"));
        if (equal(&one, wanted)) {
            return at;
        }
    }
    return NULL;
}

/* NOLINTNEXTLINE(misc-no-recursion): a tree */
static bool is_below(const struct cedar *cedar, const struct cedar_value *inner,
                     const struct cedar_value *outer, unsigned depth)
{
    const struct json *entity = find_entity(cedar, inner);
    const struct json *parents = json_get(entity, "parents");

    if (equal(inner, outer)) {
        return true;
    }
    if (parents == NULL || depth == PARENTS_MAX) {
        return false;
    }
    for (const struct json *at = parents->first; at != NULL; at = at->next) {
        struct cedar_value parent = cedar_entity(at);
        if (is_below(cedar, &parent, outer, depth + 1)) {
            return true;
        }
    }
    return false;
}

bool cedar_is_in(const struct cedar *cedar, const struct cedar_value *inner,
                 const struct cedar_value *outer)
{
    return is_below(cedar, inner, outer, 0);
}

/* --- operators -------------------------------------------------------------------------------- */

static struct cedar_value in(const struct cedar *cedar, const struct cedar_value *a,
                             const struct cedar_value *b)
{
    if (a->kind != CEDAR_IS_ENTITY || (b->kind != CEDAR_IS_ENTITY && b->kind != CEDAR_IS_SET)) {
        return failed;
    }
    if (b->kind == CEDAR_IS_ENTITY) {
        return boolean(cedar_is_in(cedar, a, b));
    }
    for (size_t i = 0; i < b->count; i++) {
        if (cedar_is_in(cedar, a, &b->items[i])) {
            return boolean(true);
        }
    }
    return boolean(false);
}

static struct cedar_value arithmetic(enum cedar_op op, int64_t a, int64_t b)
{
    struct cedar_value value = { .kind = CEDAR_IS_LONG };
    bool over = op == CEDAR_ADD        ? __builtin_add_overflow(a, b, &value.number)
                : op == CEDAR_SUBTRACT ? __builtin_sub_overflow(a, b, &value.number)
                                       : __builtin_mul_overflow(a, b, &value.number);

    return over ? failed : value;
}

static struct cedar_value compare(enum cedar_op op, int64_t a, int64_t b)
{
    return boolean(op == CEDAR_LESS         ? a < b
                   : op == CEDAR_LESS_EQUAL ? a <= b
                   : op == CEDAR_GREATER    ? a > b
                                            : a >= b);
}

static struct cedar_value of_two(const struct cedar *cedar, enum cedar_op op,
                                 const struct cedar_value *a, const struct cedar_value *b)
{
    if (a->kind == CEDAR_IS_ERROR || b->kind == CEDAR_IS_ERROR) {
        return failed;
    }
    if (op == CEDAR_EQUAL || op == CEDAR_DIFFERS) {
        return boolean(equal(a, b) == (op == CEDAR_EQUAL));
    }
    if (op == CEDAR_IN) {
        return in(cedar, a, b);
    }
    if (op == CEDAR_LIKE) {
        return stop(cedar, PUBLISHED_PATTERN);
    }
    if (a->kind != CEDAR_IS_LONG || b->kind != CEDAR_IS_LONG) {
        return failed;
    }
    return op >= CEDAR_ADD ? arithmetic(op, a->number, b->number)
                           : compare(op, a->number, b->number);
}

static struct cedar_value member(const struct cedar *cedar, const struct cedar_value *of,
                                 struct slice name, bool asks_whether)
{
    const struct json *members = of->record;

    if (of->kind == CEDAR_IS_ENTITY) {
        members = json_get(find_entity(cedar, of), "attrs");
    } else if (of->kind != CEDAR_IS_RECORD) {
        return failed;
    }
    const struct json *found = json_get(members, arena_cstr(cedar->arena, name));
    if (asks_whether) {
        return boolean(found != NULL);
    }
    return found != NULL ? of_json(cedar, found) : failed;
}

/* --- calls ------------------------------------------------------------------------------------ */

/* The schema says where a text in the data is a decimal or an address. */
static struct cedar_value as(struct cedar_value value, enum cedar_kind wanted)
{
    if (value.kind == CEDAR_IS_TEXT && wanted == CEDAR_IS_DECIMAL) {
        return decimal(value.text);
    }
    if (value.kind == CEDAR_IS_TEXT && wanted == CEDAR_IS_ADDRESS) {
        return address(value.text);
    }
    return value.kind == wanted ? value : failed;
}

static struct cedar_value call_of_set(struct slice name, const struct cedar_value *set,
                                      const struct cedar_value *item)
{
    if (slice_is(name, "contains")) {
        return boolean(has_item(set, item));
    }
    if (item->kind != CEDAR_IS_SET) {
        return failed;
    }
    if (slice_is(name, "containsAll")) {
        return boolean(has_all(set, item));
    }
    for (size_t i = 0; i < item->count; i++) {
        if (has_item(set, &item->items[i])) {
            return boolean(true);
        }
    }
    return boolean(false);
}

static struct cedar_value call_of_decimal(enum cedar_op op, struct cedar_value a,
                                          struct cedar_value b)
{
    a = as(a, CEDAR_IS_DECIMAL);
    b = as(b, CEDAR_IS_DECIMAL);
    return a.kind == CEDAR_IS_ERROR || b.kind == CEDAR_IS_ERROR ? failed
                                                                : compare(op, a.number, b.number);
}

static struct cedar_value call_of_address(struct slice name, struct cedar_value of,
                                          struct cedar_value argument)
{
    bool asks_range = slice_is(name, "isInRange");

    of = as(of, CEDAR_IS_ADDRESS);
    argument = asks_range ? as(argument, CEDAR_IS_ADDRESS) : argument;
    if (of.kind == CEDAR_IS_ERROR || (asks_range && argument.kind == CEDAR_IS_ERROR)) {
        return failed;
    }
    return asks_range ? boolean(address_covers(&argument.address, &of.address))
                      : boolean((of.address.family == ADDRESS_IPV4) == slice_is(name, "isIpv4"));
}

static struct cedar_value call(const struct cedar *cedar, struct slice name, struct cedar_value of,
                               struct cedar_value argument)
{
    static const struct {
        const char *name;
        enum cedar_op op;
    } comparisons[] = { { "lessThan", CEDAR_LESS },
                        { "lessThanOrEqual", CEDAR_LESS_EQUAL },
                        { "greaterThan", CEDAR_GREATER },
                        { "greaterThanOrEqual", CEDAR_GREATER_EQUAL } };

    for (size_t i = 0; i < COUNT_OF(comparisons); i++) {
        if (slice_is(name, comparisons[i].name)) {
            return call_of_decimal(comparisons[i].op, of, argument);
        }
    }
    if (slice_starts(name, SLICE("contains"))) {
        return of.kind == CEDAR_IS_SET && argument.kind != CEDAR_IS_ERROR
                   ? call_of_set(name, &of, &argument)
                   : failed;
    }
    if (slice_is(name, "isInRange") || slice_is(name, "isIpv4") || slice_is(name, "isIpv6")) {
        return call_of_address(name, of, argument);
    }
    return of.kind == CEDAR_IS_TEXT ? extension(cedar, name, of.text)
                                    : stop(cedar, PUBLISHED_FUNCTION);
}

/* --- expressions ------------------------------------------------------------------------------ */

/* `&&`, `||` and `if` look at what they need only. */
static struct cedar_value lazy(const struct cedar *cedar, /* NOLINT(misc-no-recursion): a tree */
                               const struct cedar_node *node)
{
    struct cedar_value first = cedar_value(cedar, node->first);

    if (first.kind != CEDAR_IS_BOOLEAN) {
        return failed;
    }
    if (node->op == CEDAR_IF) {
        const struct cedar_node *then = node->first->next;
        return cedar_value(cedar, first.number != 0 ? then : then->next);
    }
    if ((first.number != 0) == (node->op == CEDAR_OR)) {
        return first;
    }
    struct cedar_value second = cedar_value(cedar, node->first->next);
    return second.kind == CEDAR_IS_BOOLEAN ? second : failed;
}

static struct cedar_value set(const struct cedar *cedar, /* NOLINT(misc-no-recursion): a tree */
                              const struct cedar_node *node)
{
    struct cedar_value value = { .kind = CEDAR_IS_SET };
    size_t count = 0;

    for (const struct cedar_node *at = node->first; at != NULL; at = at->next) {
        count++;
    }
    struct cedar_value *items = ARENA_NEW(cedar->arena, struct cedar_value, count + 1);
    for (const struct cedar_node *at = node->first; at != NULL; at = at->next) {
        items[value.count] = cedar_value(cedar, at);
        if (items[value.count++].kind == CEDAR_IS_ERROR) {
            return failed;
        }
    }
    value.items = items;
    return value;
}

static struct cedar_value variable(const struct cedar *cedar, struct slice name)
{
    const struct json *value = json_get(cedar->request, arena_cstr(cedar->arena, name));

    if (value == NULL) {
        return stop(cedar, PUBLISHED_FUNCTION);
    }
    return slice_is(name, "context")
               ? (struct cedar_value){ .kind = CEDAR_IS_RECORD, .record = value }
               : cedar_entity(value);
}

static struct cedar_value of_one(const struct cedar *cedar, /* NOLINT(misc-no-recursion): a tree */
                                 const struct cedar_node *node)
{
    struct cedar_value first = cedar_value(cedar, node->first);

    if (node->op == CEDAR_MEMBER || node->op == CEDAR_HAS) {
        return member(cedar, &first, node->text, node->op == CEDAR_HAS);
    }
    if (node->op == CEDAR_IS && first.kind == CEDAR_IS_ENTITY) {
        return boolean(slice_eq(first.text, node->text));
    }
    if (node->op == CEDAR_NOT && first.kind == CEDAR_IS_BOOLEAN) {
        return boolean(first.number == 0);
    }
    return node->op == CEDAR_NEGATE && first.kind == CEDAR_IS_LONG
               ? arithmetic(CEDAR_SUBTRACT, 0, first.number)
               : failed;
}

struct cedar_value cedar_value(const struct cedar *cedar, /* NOLINT(misc-no-recursion): a tree */
                               const struct cedar_node *node)
{
    struct cedar_value value = { .number = node->number, .text = node->text, .id = node->id };

    switch (node->op) {
    case CEDAR_BOOLEAN:
        return boolean(node->number != 0);
    case CEDAR_LONG:
        value.kind = CEDAR_IS_LONG;
        value.text = (struct slice){ 0 };
        return value;
    case CEDAR_TEXT:
        value.kind = CEDAR_IS_TEXT;
        return value;
    case CEDAR_ENTITY:
        value.kind = CEDAR_IS_ENTITY;
        return value;
    case CEDAR_VARIABLE:
        return variable(cedar, node->text);
    case CEDAR_SET:
        return set(cedar, node);
    case CEDAR_AND:
    case CEDAR_OR:
    case CEDAR_IF:
        return lazy(cedar, node);
    case CEDAR_MEMBER:
    case CEDAR_HAS:
    case CEDAR_IS:
    case CEDAR_NOT:
    case CEDAR_NEGATE:
        return of_one(cedar, node);
    case CEDAR_CALL:
    case CEDAR_EQUAL:
    case CEDAR_DIFFERS:
    case CEDAR_LESS:
    case CEDAR_LESS_EQUAL:
    case CEDAR_GREATER:
    case CEDAR_GREATER_EQUAL:
    case CEDAR_IN:
    case CEDAR_LIKE:
    case CEDAR_ADD:
    case CEDAR_SUBTRACT:
    case CEDAR_MULTIPLY:
        break;
    }
    struct cedar_value first = node->first != NULL ? cedar_value(cedar, node->first) : failed;
    struct cedar_value second = node->first != NULL && node->first->next != NULL
                                    ? cedar_value(cedar, node->first->next)
                                    : failed;
    return node->op == CEDAR_CALL ? call(cedar, node->text, first, second)
                                  : of_two(cedar, node->op, &first, &second);
}
