/* detect/rule.h - detection rules as the engine walks them: Sigma 2.1's base and correlation rules.
 *
 * Plain data in the arena of the reader (detect/rule_file.h), immutable after. Names, levels and
 * meaning are those of the Sigma specification 2.1. */
#ifndef REDAN_DETECT_RULE_H
#define REDAN_DETECT_RULE_H

#include <stdint.h>

#include "base/diag.h"
#include "base/slice.h"
#include "model/event.h"
#include "model/names.h"

enum {
    RULES_MAX = 10000,
    RULE_NAME_MAX = 128,
    RULE_GROUP_BY_MAX = 8,
    RULE_STAGES_MAX = 16,           /* rules one correlation may name */
    RULE_DEPTH_MAX = 8,             /* correlations of correlations of ... */
    RULE_THRESHOLD_MAX = 4096,      /* of a count: bounds the memory of a group */
    RULE_CONDITION_DEPTH_MAX = 16,  /* parentheses and `not`s in a condition */
    RULE_CONDITION_TERMS_MAX = 64,  /* selections named in a condition */
    RULE_TIMESPAN_MAX_S = 7 * 86400 /* bounds how far a restart reads back */
};

/* FIELD: [VALUE, ...]: any value equals the field's, ignoring ASCII case. An event without the
 * field does not match. */
struct rule_match {
    struct slice field;
    const struct slice *values;
    size_t value_count;
};

/* All matches of one mapping hold. */
struct rule_map {
    const struct rule_match *matches;
    size_t match_count;
};

/* A search identifier: any of its mappings holds. */
struct rule_selection {
    struct slice name;
    const struct rule_map *maps;
    size_t map_count;
};

enum rule_condition_op { CONDITION_SELECTION, CONDITION_AND, CONDITION_OR, CONDITION_NOT };

struct rule_condition {
    enum rule_condition_op op;
    const struct rule_selection *selection;    /* CONDITION_SELECTION */
    const struct rule_condition *left, *right; /* right is NULL for CONDITION_NOT */
};

enum rule_kind { RULE_BASE, RULE_CORRELATION };
enum correlation_type { CORRELATION_EVENT_COUNT, CORRELATION_TEMPORAL_ORDERED };
enum correlation_compare {
    COMPARE_GTE,
    COMPARE_GT,
    COMPARE_LTE,
    COMPARE_LT,
    COMPARE_EQ,
    COMPARE_NEQ
};

struct rule_correlation {
    enum correlation_type type;
    const size_t *rules; /* indices in the set, all smaller than this rule's own */
    size_t rule_count;
    const struct slice *group_by;
    size_t group_by_count;
    int64_t timespan_us;
    enum correlation_compare compare; /* CORRELATION_EVENT_COUNT */
    uint32_t threshold;               /* likewise */
};

struct rule {
    struct slice name; /* `name`, or `id` where there is none */
    struct slice id;
    struct slice title;
    enum severity level;
    enum rule_kind kind;
    bool emits;           /* a match is a detection; false for rules that only feed correlations */
    struct slice service; /* RULE_BASE: logsource.service; "" any */
    const struct rule_condition *condition; /* RULE_BASE */
    struct rule_correlation correlation;    /* RULE_CORRELATION */
    struct diag_span span;                  /* of the title, for messages */
};

/* In an order in which every rule follows those it names. */
struct rule_set {
    const struct rule *rules;
    size_t count;
};

/* The value of a field of `event`; also of the names every event answers to: kind, node, layer,
 * plane. False when absent. */
bool rule_event_value(const struct event *event, struct slice field, struct event_field *out);

/* Does a base rule match? Pure. */
bool rule_matches(const struct rule *rule, const struct event *event);

/* Does any base rule match? An event that none wants cannot change an engine's state. Pure. */
bool rule_set_wants(const struct rule_set *rules, const struct event *event);

const char *correlation_type_name(enum correlation_type value);
const char *correlation_compare_name(enum correlation_compare value);

#endif
