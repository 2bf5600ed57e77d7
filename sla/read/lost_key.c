#include "sla/read/lost_key.h"

#include "sla/read/misplaced.h"
#include "sla/report.h"

/* --- whose items ------------------------------------------------------------------------------ */

static size_t known_keys(const struct sla_record *record, const struct yaml_node *item)
{
    size_t known = 0;

    for (const struct yaml_node *at = item->first; at != NULL; at = at->next) {
        known += sla_field_of(record, at->key) != NULL ? 1 : 0;
    }
    return known;
}

/* More of its keys are of the other record. */
static bool is_rather(const struct yaml_node *item, const struct sla_record *other,
                      const struct sla_record *own)
{
    size_t known = item->kind == YAML_MAPPING ? known_keys(other, item) : 0;

    return known > 1 && (own == NULL || known > known_keys(own, item));
}

static bool is_list_of_records(const struct sla_field *field)
{
    return field->key != NULL && field->type == SLA_TYPE_RECORDS && !field->is_older;
}

/* The list of the record whose items have most of the item's keys; of equals the first. */
static const struct sla_field *list_of(const struct sla_record *record,
                                       const struct yaml_node *item, const struct sla_record *own)
{
    const struct sla_field *best = NULL;
    size_t most = 0;

    for (size_t i = 0; i < record->count; i++) {
        const struct sla_field *field = &record->fields[i];
        if (!is_list_of_records(field) || field->of.record == own ||
            !is_rather(item, field->of.record, own)) {
            continue;
        }
        size_t known = known_keys(field->of.record, item);
        if (known > most) {
            best = field;
            most = known;
        }
    }
    return best;
}

static const struct yaml_node *last_of(const struct yaml_node *list)
{
    const struct yaml_node *last = list->first;

    while (last != NULL && last->next != NULL) {
        last = last->next;
    }
    return last;
}

/* The first of the items at the end of a list that are all rather of the other record. */
static const struct yaml_node *first_lost(const struct yaml_node *list,
                                          const struct sla_record *other,
                                          const struct sla_record *own, uint32_t *out_before)
{
    const struct yaml_node *first = NULL;
    uint32_t count = 0;

    for (const struct yaml_node *at = list->first; at != NULL; at = at->next, count++) {
        if (!is_rather(at, other, own)) {
            first = NULL;
        } else if (first == NULL) {
            first = at;
            *out_before = count;
        }
    }
    return first;
}

/* --- the line that was left out --------------------------------------------------------------- */

/* Where the line of an item begins: only blanks and its dash stand in front of it. False: it is in
 * brackets, or begins behind something else. */
static bool find_line(const struct yaml_node *item, struct diag_span *out)
{
    const char *text = item->source->text.ptr;
    uint32_t at = item->byte;
    uint32_t dashes = 0;

    while (at > 0 && (text[at - 1] == ' ' || text[at - 1] == '-')) {
        at--;
        dashes += text[at] == '-' ? 1 : 0;
    }
    *out = (struct diag_span){ item->source, item->line, at, at };
    return dashes == 1 && (at == 0 || text[at - 1] == '\n');
}

static void fix_with_line(struct draft *draft, struct diag *diag, const struct yaml_node *item,
                          unsigned column, const char *key)
{
    struct diag_span span;

    if (find_line(item, &span)) {
        struct slice line = arena_printf(draft->arena, "%*s%s:\n", (int)column - 1, "", key);
        (void)diag_fix(draft->diags, diag, true, span, line, "write `%s:` before it", key);
    }
}

/* --- findings --------------------------------------------------------------------------------- */

static void report_lost(struct sla_reading *reading, const struct sla_field *field,
                        const struct sla_field *other, const struct yaml_node *list,
                        const struct yaml_node *first)
{
    struct draft *draft = reading->draft;
    struct diag *diag =
        diag_add(draft->diags, DIAG_ERROR, SLA_CODE_MISSING_KEY, yaml_span(first),
                 "this is %s, not %s", other->of.record->name, field->of.record->name);

    diag_label(draft->diags, diag, "and what follows it in the list");
    if (yaml_get(reading->mapping, other->key) != NULL) {
        diag_help(draft->diags, diag, "move it below `%s:`", other->key);
    } else if (first == list->first) {
        diag_help(draft->diags, diag, "write `%s:` in place of `%s:`", other->key, field->key);
        (void)diag_fix(draft->diags, diag, false, yaml_key_span(list), slice_from(other->key),
                       "replace with `%s`", other->key);
    } else {
        diag_help(draft->diags, diag, "the line `%s:` is missing before it", other->key);
        fix_with_line(draft, diag, first, diag_span_start(yaml_key_span(list)).col, other->key);
    }
    if (first->next == NULL) {
        diag->label = (struct slice){ 0 };
    }
}

/* The first items of a list, as many as there are. */
static struct yaml_node *head_of(struct draft *draft, const struct yaml_node *list, uint32_t count)
{
    struct yaml_node *head = ARENA_NEW(draft->arena, struct yaml_node, (size_t)count + 1);
    const struct yaml_node *at = list->first;

    head[0] = *list;
    head[0].count = count;
    head[0].first = count > 0 ? &head[1] : NULL;
    for (uint32_t i = 1; i <= count; i++, at = at->next) {
        head[i] = *at;
        head[i].next = i < count ? &head[i + 1] : NULL;
    }
    return head;
}

static const struct yaml_node *rest_of(struct draft *draft, const struct yaml_node *list,
                                       const struct yaml_node *first, uint32_t before,
                                       const char *key)
{
    struct yaml_node *rest = ARENA_NEW(draft->arena, struct yaml_node, 1);

    *rest = *list;
    rest->key = slice_from(key);
    rest->first = first;
    rest->count = list->count - before;
    return rest;
}

const struct yaml_node *sla_take_lost_items(struct sla_reading *reading,
                                            const struct sla_field *field,
                                            const struct yaml_node *list)
{
    const struct sla_record *own = field->of.record;
    const struct yaml_node *last = last_of(list);
    uint32_t before = 0;

    if (last == NULL || last->kind != YAML_MAPPING || known_keys(own, last) == last->count) {
        return list;
    }
    const struct sla_field *other = list_of(reading->record, last, own);
    const struct yaml_node *first =
        other != NULL ? first_lost(list, other->of.record, own, &before) : NULL;
    if (first == NULL) {
        return list;
    }
    size_t i = (size_t)(other - reading->record->fields);
    report_lost(reading, field, other, list, first);
    reading->good = false;
    if (yaml_get(reading->mapping, other->key) == NULL) {
        reading->seen |= UINT32_C(1) << i;
        reading->nodes[i] = rest_of(reading->draft, list, first, before, other->key);
    }
    return head_of(reading->draft, list, before);
}

/* `clauses:` and then the members of one, or items by their names. */
static bool help_with_dash(struct draft *draft, struct diag *diag, const struct sla_field *field,
                           const struct yaml_node *mapping)
{
    const struct yaml_node *first = mapping->first;

    if (!is_list_of_records(field) || mapping->kind != YAML_MAPPING || first == NULL) {
        return false;
    }
    const char *name = field->of.record->fields[0].key;
    if (is_rather(mapping, field->of.record, NULL)) {
        diag_help(draft->diags, diag,
                  "each item begins with a dash: write `- %.*s: ...`, and its other members two "
                  "columns further right",
                  SLICE_ARG(first->key));
        return true;
    }
    bool is_named = first->kind == YAML_MAPPING && is_rather(first, field->of.record, NULL);
    if (is_named) {
        diag_help(draft->diags, diag,
                  "each item begins with a dash, and has its name within: write `- %s: %.*s`, and "
                  "its other members below that",
                  name, SLICE_ARG(first->key));
    }
    return is_named;
}

bool sla_help_with_lost_key(struct sla_reading *reading, struct diag *diag,
                            const struct sla_field *wanted, const struct yaml_node *value)
{
    struct draft *draft = reading->draft;
    const struct sla_record *record =
        wanted->type == SLA_TYPE_RECORD ? sla_member_record(reading, wanted) : NULL;
    const struct yaml_node *first = value->kind == YAML_SEQUENCE ? value->first : NULL;
    const struct sla_field *field =
        first != NULL && record != NULL ? list_of(record, first, NULL) : NULL;
    struct diag_span line;
    uint32_t before = 0;

    if (help_with_dash(draft, diag, wanted, value)) {
        return true;
    }
    if (field == NULL || first_lost(value, field->of.record, NULL, &before) != first) {
        return false;
    }
    diag_help(draft->diags, diag, "the line `%s:` is missing before it", field->key);
    if (find_line(first, &line)) {
        unsigned indent = 0;
        while (first->source->text.ptr[line.byte + indent] == ' ') {
            indent++;
        }
        fix_with_line(draft, diag, first, indent + 1, field->key);
    }
    return true;
}
