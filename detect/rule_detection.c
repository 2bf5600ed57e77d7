#include "detect/rule_condition.h"
#include "detect/rule_read.h"

/* Which events a log source names. A new source is a row. */
struct source_row {
    const char *product;
    const char *service;
};
static const struct source_row sources[] = { { "linux", "sshd" } };

/* Fields that events of these sources can have (detect/normalise.h, rule_event_value). */
static const char *const known_fields[] = { "kind",    "node",     "layer",  "plane",
                                            "service", "user",     "src_ip", "src_host",
                                            "method",  "src_port", "repeat", "invalid_user",
                                            "pid" };

static const char *nearest_field(struct slice name)
{
    const char *best = NULL;
    size_t best_distance = 3;

    for (size_t i = 0; i < COUNT_OF(known_fields); i++) {
        size_t distance = slice_distance(name, slice_from(known_fields[i]), 2);
        if (distance < best_distance) {
            best_distance = distance;
            best = known_fields[i];
        }
    }
    return best;
}

static bool read_source(struct rule_reader *reader, struct rule_draft *draft)
{
    static const char *const keys[] = { "product", "service", "definition" };
    const struct yaml_node *source =
        rule_need(reader, draft->root, "logsource", YAML_MAPPING, "a base rule");

    if (source == NULL || !rule_check_keys(reader, source, keys, COUNT_OF(keys), "a log source")) {
        return false;
    }
    const struct yaml_node *service =
        rule_need(reader, source, "service", YAML_SCALAR, "a log source");
    const struct yaml_node *product = yaml_get(source, "product");
    if (service == NULL) {
        return false;
    }
    for (size_t i = 0; i < COUNT_OF(sources); i++) {
        if (slice_is(service->text, sources[i].service) &&
            (product == NULL || slice_is(product->text, sources[i].product))) {
            draft->rule.service = service->text;
            return true;
        }
    }
    rule_refuse(reader, RULE_CODE_UNSUPPORTED, yaml_key_span(source), "no sensor feeds this",
                "known: product linux, service sshd", "the log source is not known here");
    return false;
}

/* --- selections ------------------------------------------------------------------------------- */

bool rule_check_field(struct rule_reader *reader, struct slice name, struct diag_span span)
{
    for (size_t i = 0; i < COUNT_OF(known_fields); i++) {
        if (slice_is(name, known_fields[i])) {
            return true;
        }
    }
    const char *nearest = nearest_field(name);
    rule_refuse(reader, RULE_CODE_BAD_VALUE, span,
                nearest != NULL ? "did you mean the one below?" : "no event has it",
                nearest != NULL ? nearest : "fields are listed in docs/reference/rules.md",
                "`%.*s` is not a field of this log source", SLICE_ARG(name));
    return false;
}

static bool check_field(struct rule_reader *reader, const struct yaml_node *member)
{
    struct slice name = member->key;
    size_t bar = slice_find(name, '|');

    if (bar < name.len) {
        rule_refuse(reader, RULE_CODE_UNSUPPORTED, yaml_key_span(member), "not evaluated",
                    "only equality is: write the whole value",
                    "the modifier `%.*s` is not supported",
                    SLICE_ARG(slice_sub(name, bar + 1, name.len)));
        return false;
    }
    return rule_check_field(reader, name, yaml_key_span(member));
}

/* Sigma gives `*`, `?`, `\\` and an unquoted null meanings that are not plain equality. */
static bool check_value(struct rule_reader *reader, const struct yaml_node *value)
{
    struct slice text = value->text;

    if (value->kind != YAML_SCALAR) {
        rule_refuse(reader, RULE_CODE_BAD_VALUE, yaml_span(value), "not a single value",
                    "write a value or a list of values", "a field is compared with values only");
        return false;
    }
    if (!value->quoted && (text.len == 0 || slice_is(text, "null") || slice_is(text, "~"))) {
        rule_refuse(reader, RULE_CODE_UNSUPPORTED, yaml_span(value), "null",
                    "put quotes around it if the text is meant",
                    "a test for null is not supported");
        return false;
    }
    if (slice_find(text, '*') < text.len || slice_find(text, '?') < text.len ||
        slice_find_text(text, SLICE("\\\\")) < text.len) {
        rule_refuse(reader, RULE_CODE_UNSUPPORTED, yaml_span(value), "not evaluated",
                    "only equality is: write the whole value",
                    "wildcards and escapes in a value are not supported");
        return false;
    }
    return true;
}

static bool read_match(struct rule_reader *reader, const struct yaml_node *member,
                       struct rule_match *out)
{
    bool many = member->kind == YAML_SEQUENCE;
    size_t count = many ? member->count : 1;
    struct slice *values = ARENA_NEW(reader->arena, struct slice, count);
    const struct yaml_node *value = many ? member->first : member;
    bool good = check_field(reader, member);

    if (count == 0) {
        rule_refuse(reader, RULE_CODE_BAD_VALUE, yaml_key_span(member), "nothing can match",
                    "give at least one value", "the list of values is empty");
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        good = check_value(reader, value) && good;
        values[i] = value->text;
        value = value->next;
    }
    *out = (struct rule_match){ member->key, values, count };
    return good;
}

static bool read_map(struct rule_reader *reader, const struct yaml_node *mapping,
                     struct rule_map *out)
{
    struct rule_match *matches = ARENA_NEW(reader->arena, struct rule_match, mapping->count);
    size_t count = 0;
    bool good = true;

    if (mapping->kind != YAML_MAPPING || mapping->count == 0) {
        rule_refuse(reader, RULE_CODE_UNSUPPORTED, yaml_span(mapping), "keywords are not searched",
                    "write `field: value`", "a selection needs fields and values");
        return false;
    }
    for (const struct yaml_node *member = mapping->first; member != NULL; member = member->next) {
        good = read_match(reader, member, &matches[count++]) && good;
    }
    *out = (struct rule_map){ matches, count };
    return good;
}

static bool read_selection(struct rule_reader *reader, const struct yaml_node *node,
                           struct rule_selection *out)
{
    bool many = node->kind == YAML_SEQUENCE;
    size_t count = many ? node->count : 1;
    struct rule_map *maps = ARENA_NEW(reader->arena, struct rule_map, count);
    const struct yaml_node *mapping = many ? node->first : node;
    bool good = count > 0;

    if (count == 0) {
        rule_refuse(reader, RULE_CODE_BAD_VALUE, yaml_key_span(node), "nothing can match",
                    "give at least one mapping", "the selection is empty");
    }
    for (size_t i = 0; i < count; i++) {
        good = read_map(reader, mapping, &maps[i]) && good;
        mapping = mapping->next;
    }
    *out = (struct rule_selection){ node->key, maps, count };
    return good;
}

static const struct rule_condition *read_condition(struct rule_reader *reader,
                                                   const struct yaml_node *node,
                                                   const struct rule_selection *selections,
                                                   size_t count)
{
    bool *used = ARENA_NEW(reader->arena, bool, count);
    const struct rule_condition *condition = rule_condition_read(
        reader->arena, reader->diags, node->text, yaml_span(node), selections, count, used);

    for (size_t i = 0; condition != NULL && i < count; i++) {
        if (!used[i]) {
            rule_refuse(reader, RULE_CODE_BAD_VALUE, yaml_span(node), "in this condition",
                        "name it, or delete it", "the selection `%.*s` is not used",
                        SLICE_ARG(selections[i].name));
            condition = NULL;
        }
    }
    return condition;
}

bool rule_read_detection(struct rule_reader *reader, struct rule_draft *draft)
{
    bool good = read_source(reader, draft);
    const struct yaml_node *section =
        rule_need(reader, draft->root, "detection", YAML_MAPPING, "a base rule");
    const struct yaml_node *condition =
        section == NULL ? NULL
                        : rule_need(reader, section, "condition", YAML_SCALAR, "a detection");

    if (condition == NULL) {
        return false;
    }
    struct rule_selection *selections =
        ARENA_NEW(reader->arena, struct rule_selection, section->count);
    size_t count = 0;
    for (const struct yaml_node *node = section->first; node != NULL; node = node->next) {
        if (node != condition) {
            good = read_selection(reader, node, &selections[count++]) && good;
        }
    }
    draft->rule.condition = read_condition(reader, condition, selections, count);
    return good && draft->rule.condition != NULL;
}
