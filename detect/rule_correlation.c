#include "base/parse.h"
#include "detect/rule_read.h"

static bool read_type(struct rule_reader *reader, const struct yaml_node *section,
                      enum correlation_type *out)
{
    static const enum correlation_type types[] = { CORRELATION_EVENT_COUNT,
                                                   CORRELATION_TEMPORAL_ORDERED };
    const struct yaml_node *node = rule_need(reader, section, "type", YAML_SCALAR, "a correlation");

    for (size_t i = 0; node != NULL && i < COUNT_OF(types); i++) {
        if (slice_is(node->text, correlation_type_name(types[i]))) {
            *out = types[i];
            return true;
        }
    }
    if (node != NULL) {
        rule_refuse(reader, RULE_CODE_UNSUPPORTED, yaml_span(node), "not evaluated",
                    "use `event_count` or `temporal_ordered`",
                    "the correlation type `%.*s` is not supported", SLICE_ARG(node->text));
    }
    return false;
}

/* "30s", "5m", "2h", "1d" of the Sigma specification. */
static bool read_timespan(struct rule_reader *reader, const struct yaml_node *section,
                          int64_t *out_us)
{
    static const struct {
        char unit;
        uint32_t seconds;
    } units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
    const struct yaml_node *node =
        rule_need(reader, section, "timespan", YAML_SCALAR, "a correlation");

    if (node == NULL) {
        return false;
    }
    struct slice number = slice_sub(node->text, 0, node->text.len > 0 ? node->text.len - 1 : 0);
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        uint32_t count = 0;
        struct status parsed = parse_u32(number, 1, RULE_TIMESPAN_MAX_S / units[i].seconds, &count);
        if (status_ok(&parsed) && node->text.ptr[node->text.len - 1] == units[i].unit) {
            *out_us = (int64_t)count * units[i].seconds * 1000000;
            return true;
        }
    }
    rule_refuse(reader, RULE_CODE_BAD_VALUE, yaml_span(node),
                "expected e.g. `30s`, `5m`, `2h`, `7d`", "at most 7 days",
                "`%.*s` is not a time span", SLICE_ARG(node->text));
    return false;
}

static bool read_compare(struct rule_reader *reader, const struct yaml_node *node,
                         struct rule_correlation *out)
{
    static const enum correlation_compare compares[] = { COMPARE_GTE, COMPARE_GT, COMPARE_LTE,
                                                         COMPARE_LT,  COMPARE_EQ, COMPARE_NEQ };

    for (size_t i = 0; i < COUNT_OF(compares); i++) {
        if (slice_is(node->key, correlation_compare_name(compares[i]))) {
            struct status parsed = parse_u32(node->text, 0, RULE_THRESHOLD_MAX, &out->threshold);
            bool good = status_ok(&parsed) && node->kind == YAML_SCALAR &&
                        (compares[i] != COMPARE_GTE || out->threshold > 0);
            if (!good) {
                rule_refuse(reader, RULE_CODE_BAD_VALUE, yaml_span(node), "expected a count",
                            "`gte` from 1, others from 0, at most 4096",
                            "`%.*s` is not a bound for a count", SLICE_ARG(node->text));
            }
            out->compare = compares[i];
            return good;
        }
    }
    rule_refuse(reader, RULE_CODE_UNSUPPORTED, yaml_key_span(node), "not a comparison of counts",
                "use gte, gt, lte, lt, eq or neq", "`%.*s` is not supported in this condition",
                SLICE_ARG(node->key));
    return false;
}

static bool read_condition(struct rule_reader *reader, const struct yaml_node *section,
                           struct rule_correlation *out)
{
    const struct yaml_node *node = yaml_get(section, "condition");

    if (out->type == CORRELATION_TEMPORAL_ORDERED) {
        if (node != NULL) {
            rule_refuse(reader, RULE_CODE_UNSUPPORTED, yaml_key_span(node), "not evaluated",
                        "leave it out: all rules must match, in order",
                        "a condition of `temporal_ordered` is not supported");
        }
        return node == NULL;
    }
    node = rule_need(reader, section, "condition", YAML_MAPPING, "a correlation of counts");
    if (node == NULL) {
        return false;
    }
    if (node->count != 1) {
        rule_refuse(reader, RULE_CODE_UNSUPPORTED, yaml_key_span(node), "expected one comparison",
                    "use gte, gt, lte, lt, eq or neq", "a condition compares with one bound");
        return false;
    }
    return read_compare(reader, node->first, out);
}

/* A sequence of 1 to `max` non-empty scalars. */
static const struct yaml_node *
need_names(struct rule_reader *reader, const struct yaml_node *section, const char *key, size_t max)
{
    const struct yaml_node *list = rule_need(reader, section, key, YAML_SEQUENCE, "a correlation");

    if (list == NULL) {
        return NULL;
    }
    bool good = list->count >= 1 && list->count <= max;
    for (const struct yaml_node *item = list->first; item != NULL; item = item->next) {
        good = good && item->kind == YAML_SCALAR && item->text.len > 0;
    }
    if (!good) {
        rule_refuse(reader, RULE_CODE_BAD_VALUE, yaml_key_span(list), "expected a list of names",
                    "write at least one name", "`%s` needs 1 to %zu names", key, max);
        return NULL;
    }
    return list;
}

static bool read_group_by(struct rule_reader *reader, const struct yaml_node *section,
                          struct rule_draft *draft)
{
    struct rule_correlation *correlation = &draft->rule.correlation;

    if (yaml_get(section, "group-by") == NULL) {
        return true;
    }
    draft->group_by = need_names(reader, section, "group-by", RULE_GROUP_BY_MAX);
    if (draft->group_by == NULL) {
        return false;
    }
    struct slice *names = ARENA_NEW(reader->arena, struct slice, draft->group_by->count);
    bool good = true;
    for (const struct yaml_node *item = draft->group_by->first; item != NULL; item = item->next) {
        good = rule_check_field(reader, item->text, yaml_span(item)) && good;
        names[correlation->group_by_count++] = item->text;
    }
    correlation->group_by = names;
    return good;
}

static bool read_generate(struct rule_reader *reader, const struct yaml_node *section,
                          struct rule_draft *draft)
{
    const struct yaml_node *node = yaml_get(section, "generate");

    if (node == NULL) {
        return true;
    }
    struct status parsed = parse_bool(node->text, &draft->generate);
    if (!status_ok(&parsed)) {
        rule_refuse(reader, RULE_CODE_BAD_VALUE, yaml_span(node), "expected `true` or `false`",
                    "true: the rules named here are detections as well",
                    "`generate` is neither true nor false");
    }
    return status_ok(&parsed);
}

bool rule_read_correlation(struct rule_reader *reader, struct rule_draft *draft)
{
    static const char *const keys[] = { "type",     "rules",     "group-by",
                                        "timespan", "condition", "generate" };
    struct rule_correlation *correlation = &draft->rule.correlation;
    const struct yaml_node *section =
        rule_need(reader, draft->root, "correlation", YAML_MAPPING, "a correlation rule");

    draft->rule.kind = RULE_CORRELATION;
    if (section == NULL ||
        !rule_check_keys(reader, section, keys, COUNT_OF(keys), "a correlation")) {
        return false;
    }
    draft->references = need_names(reader, section, "rules", RULE_STAGES_MAX);
    bool good = draft->references != NULL;
    good = read_group_by(reader, section, draft) && good;
    good = read_timespan(reader, section, &correlation->timespan_us) && good;
    good = read_generate(reader, section, draft) && good;
    bool typed = read_type(reader, section, &correlation->type);
    return typed && read_condition(reader, section, correlation) && good;
}
