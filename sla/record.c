#include "sla/record.h"

#include "base/parse.h"
#include "sla/report.h"

#include <assert.h>

static const char *const shape_names[] = {
    [SLA_SHAPE_TEXT] = "one value", [SLA_SHAPE_TEXTS] = "one value or a list of values",
    [SLA_SHAPE_LIST] = "a list",    [SLA_SHAPE_MAPPING] = "a mapping",
    [SLA_SHAPE_ANY] = "a value",
};

static const char *kind_name(const struct yaml_node *node)
{
    static const char *const names[] = {
        [YAML_SCALAR] = "one value", [YAML_SEQUENCE] = "a list", [YAML_MAPPING] = "a mapping"
    };

    return names[node->kind];
}

static bool all_scalars(const struct yaml_node *list)
{
    for (const struct yaml_node *at = list->first; at != NULL; at = at->next) {
        if (at->kind != YAML_SCALAR) {
            return false;
        }
    }
    return true;
}

static bool fits(enum sla_shape shape, const struct yaml_node *node)
{
    switch (shape) {
    case SLA_SHAPE_TEXT:
        return node->kind == YAML_SCALAR;
    case SLA_SHAPE_TEXTS:
        return node->kind == YAML_SCALAR || (node->kind == YAML_SEQUENCE && all_scalars(node));
    case SLA_SHAPE_LIST:
        return node->kind == YAML_SEQUENCE;
    case SLA_SHAPE_MAPPING:
        return node->kind == YAML_MAPPING;
    case SLA_SHAPE_ANY:
        break;
    }
    return true;
}

static bool check_shape(struct draft *draft, const struct sla_member *member,
                        const struct yaml_node *node)
{
    bool empty = node->kind == YAML_SCALAR && node->text.len == 0 && !node->quoted;

    if (!empty && fits(member->shape, node)) {
        return true;
    }
    struct diag *diag = NULL;
    if (empty) {
        diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_EMPTY, yaml_key_span(node),
                        "`%s` has no value", member->key);
    } else {
        diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_SHAPE, yaml_span(node), "`%s` is %s",
                        member->key, kind_name(node));
    }
    diag_label(draft->diags, diag, "expected %s", shape_names[member->shape]);
    diag_help(draft->diags, diag, "%s: %s", member->key, member->doc);
    return false;
}

static void report_unknown(struct draft *draft, const struct sla_record *record,
                           const struct yaml_node *node)
{
    const char *names[SLA_MEMBERS_MAX];
    CLEANUP(buf_done) struct buf what = { 0 };

    for (size_t i = 0; i < record->count; i++) {
        names[i] = record->members[i].key;
    }
    buf_printf(&what, "a key of %s", record->name);
    struct diag *diag = sla_report_word(draft, SLA_CODE_UNKNOWN_KEY, yaml_key_span(node), node->key,
                                        what.ptr, names, record->count);
    diag_note(draft->diags, diag, "field docs: docs/reference/sla.md, `%s`", record->path);
}

static size_t member_index(const struct sla_record *record, struct slice key)
{
    for (size_t i = 0; i < record->count; i++) {
        if (record->members[i].key != NULL && slice_is(key, record->members[i].key)) {
            return i;
        }
    }
    return record->count;
}

static bool check_missing(struct draft *draft, const struct sla_record *record,
                          const struct yaml_node *mapping, const bool *seen)
{
    bool complete = true;

    for (size_t i = 0; i < record->count; i++) {
        const struct sla_member *member = &record->members[i];
        if (member->key != NULL && member->required && !seen[i]) {
            struct diag *diag =
                diag_add(draft->diags, DIAG_ERROR, SLA_CODE_MISSING_KEY, yaml_span(mapping),
                         "%s needs `%s`", record->name, member->key);
            diag_help(draft->diags, diag, "%s: %s", member->key, member->doc);
            complete = false;
        }
    }
    return complete;
}

bool sla_record_read(struct draft *draft, const struct sla_record *record,
                     const struct yaml_node *mapping, const struct yaml_node *out[SLA_MEMBERS_MAX])
{
    bool seen[SLA_MEMBERS_MAX] = { false };
    bool good = true;

    assert(record->count <= SLA_MEMBERS_MAX);
    for (size_t i = 0; i < SLA_MEMBERS_MAX; i++) {
        out[i] = NULL;
    }
    if (mapping->kind != YAML_MAPPING) {
        struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_SHAPE, yaml_span(mapping),
                                     "%s is %s", record->name, kind_name(mapping));
        diag_label(draft->diags, diag, "expected a mapping");
        diag_help(draft->diags, diag, "%s", record->doc);
        return false;
    }
    for (const struct yaml_node *at = mapping->first; at != NULL && !sla_is_full(draft, at);
         at = at->next) {
        size_t i = member_index(record, at->key);
        if (i == record->count) {
            report_unknown(draft, record, at);
            good = false;
            continue;
        }
        seen[i] = true;
        if (check_shape(draft, &record->members[i], at)) {
            out[i] = at;
        } else {
            good = false;
        }
    }
    return check_missing(draft, record, mapping, seen) && good;
}

static bool is_name_byte(char byte, bool inside)
{
    if ((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9')) {
        return true;
    }
    return inside && (byte == '-' || byte == '_' || byte == '.');
}

static bool is_name(struct slice text)
{
    if (text.len == 0 || text.len > SLA_NAME_MAX) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (!is_name_byte(text.ptr[i], i > 0 && i + 1 < text.len)) {
            return false;
        }
    }
    return true;
}

bool sla_read_name(struct draft *draft, const struct yaml_node *node, const char *what,
                   struct slice *out)
{
    if (node == NULL) {
        return false;
    }
    *out = node->text;
    if (is_name(node->text)) {
        return true;
    }
    struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_NAME, yaml_span(node),
                                 "`%.*s` cannot be %s", SLICE_ARG(node->text), what);
    diag_label(draft->diags, diag, "expected a name");
    diag_help(draft->diags, diag,
              "names have 1 to %d of a-z, 0-9 and, not at the ends, `-`, `_` and `.`",
              SLA_NAME_MAX);
    return false;
}

const struct yaml_node *sla_texts_first(const struct yaml_node *node)
{
    return node != NULL && node->kind == YAML_SEQUENCE ? node->first : node;
}

const struct yaml_node *sla_texts_next(const struct yaml_node *node, const struct yaml_node *at)
{
    return node->kind == YAML_SEQUENCE ? at->next : NULL;
}

size_t sla_texts_count(const struct yaml_node *node)
{
    if (node == NULL) {
        return 0;
    }
    return node->kind == YAML_SEQUENCE ? node->count : 1;
}

bool sla_read_word(struct draft *draft, const struct yaml_node *node, const char *what,
                   const char *const *names, size_t count, size_t *out)
{
    if (node == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (names[i] != NULL && slice_is(node->text, names[i])) {
            *out = i;
            return true;
        }
    }
    (void)sla_report_word(draft, SLA_CODE_WORD, yaml_span(node), node->text, what, names, count);
    return false;
}

bool sla_read_duration(struct draft *draft, const struct yaml_node *node, const char *what,
                       int64_t min_ms, int64_t *out_ms)
{
    int64_t value_ms = 0;

    if (node == NULL) {
        return false;
    }
    struct status status = node->kind == YAML_SCALAR
                               ? parse_duration_ms(node->text, &value_ms)
                               : status_error(STATUS_INVALID, "expected one duration");
    if (status_ok(&status) && value_ms < min_ms) {
        status = status_error(STATUS_INVALID, "must be at least %lld ms", (long long)min_ms);
    }
    if (!status_ok(&status)) {
        struct diag *diag =
            sla_report_value(draft, SLA_CODE_QUANTITY, yaml_span(node), what, &status);
        diag_help(draft->diags, diag, "write a number and a unit: ms, s, m, h, d or w");
        return false;
    }
    *out_ms = value_ms;
    return true;
}
