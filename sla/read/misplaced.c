#include "sla/read/misplaced.h"

#include "sla/read/check.h"
#include "sla/read/schema.h"
#include "sla/report.h"

enum { STEP = 2 /* columns that a block is indented by, where it has no member to look at */ };

/* --- places ---------------------------------------------------------------------------------- */

static bool is_in_braces(const struct yaml_node *mapping)
{
    return mapping->byte < mapping->source->text.len &&
           mapping->source->text.ptr[mapping->byte] == '{';
}

static bool is_empty(const struct yaml_node *node)
{
    return node->kind == YAML_SCALAR && node->text.len == 0 && !node->quoted;
}

static uint32_t key_column(const struct yaml_node *member)
{
    return diag_span_start(yaml_key_span(member)).col;
}

struct slice sla_member_divider(struct draft *draft, const struct yaml_node *mapping,
                                const struct yaml_node *member)
{
    return is_in_braces(mapping)
               ? SLICE(", ")
               : arena_printf(draft->arena, "\n%*s", (int)key_column(member) - 1, "");
}

const struct sla_field *sla_field_of(const struct sla_record *record, struct slice key)
{
    for (size_t i = 0; record != NULL && i < record->count; i++) {
        const struct sla_field *field = &record->fields[i];
        if (field->key != NULL && !field->is_older && slice_is(key, field->key)) {
            return field;
        }
    }
    return NULL;
}

/* The record of a member's value or of its items; `mapping` is what the member stands in. */
static const struct sla_record *record_below(const struct sla_record *record,
                                             const struct sla_field *field,
                                             const struct yaml_node *mapping)
{
    enum sla_kind read = SLA_SECURITY_SLA;

    if (field == NULL || (field->type != SLA_TYPE_RECORD && field->type != SLA_TYPE_RECORDS)) {
        return NULL;
    }
    if (record != &sla_record_document) {
        return field->of.record;
    }
    const struct yaml_node *kind = yaml_get(mapping, "kind");
    if (kind == NULL || !sla_kind_parse(kind->text, &read)) {
        return NULL;
    }
    return slice_is(slice_from(field->key), "spec") ? &sla_record_spec[read]
                                                    : &sla_record_metadata[read];
}

const struct sla_record *sla_member_record(const struct sla_reading *reading,
                                           const struct sla_field *field)
{
    return record_below(reading->record, field, reading->mapping);
}

/* --- below ----------------------------------------------------------------------------------- */

/* The last of those behind an empty member that belong below it; NULL: none does. */
static const struct yaml_node *last_below(const struct sla_reading *reading,
                                          const struct sla_record *below,
                                          const struct yaml_node *node)
{
    const struct yaml_node *last = NULL;

    for (const struct yaml_node *at = node->next;
         at != NULL && sla_field_of(below, at->key) != NULL &&
         sla_field_of(reading->record, at->key) == NULL;
         at = at->next) {
        last = at;
    }
    return last;
}

bool sla_help_to_indent(struct sla_reading *reading, struct diag *diag,
                        const struct sla_field *field, const struct yaml_node *node)
{
    const struct sla_record *below =
        field->type == SLA_TYPE_RECORD ? sla_member_record(reading, field) : NULL;
    const struct yaml_node *last = last_below(reading, below, node);

    if (last == NULL || is_in_braces(reading->mapping)) {
        return false;
    }
    CLEANUP(buf_done) struct buf what = { 0 };
    buf_printf(&what, "`%.*s`", SLICE_ARG(node->next->key));
    if (last != node->next) {
        buf_printf(&what, " to `%.*s`", SLICE_ARG(last->key));
    }
    diag_help(reading->draft->diags, diag,
              "what belongs to it begins further right: move %s from column %u to %u", what.ptr,
              key_column(node->next), key_column(node) + STEP);
    return true;
}

/* Of all that belong to one that is not there the first is told, and it is not also missing. */
static bool has_told(struct sla_reading *reading, const struct sla_field *field)
{
    uint32_t bit = UINT32_C(1) << (field - reading->record->fields);
    bool told = (reading->seen & bit) != 0;

    reading->seen |= bit;
    return told;
}

/* A member of a member: it is not there, it is empty, or it ends too early. */
static enum sla_misplaced look_below(struct sla_reading *reading, const struct sla_field *field,
                                     const struct yaml_node *node, struct slice *out_help)
{
    const struct yaml_node *owner = yaml_get(reading->mapping, field->key);

    if (owner != NULL && is_empty(owner)) {
        return SLA_MISPLACED_TOLD;
    }
    if (owner == NULL && !is_in_braces(reading->mapping) && node->kind != YAML_SCALAR) {
        if (has_told(reading, field)) {
            return SLA_MISPLACED_TOLD;
        }
        *out_help = arena_printf(
            reading->draft->arena,
            "`%.*s` is a member of `%s`: write `%s:` on a line above it, and begin it and what "
            "belongs there further right, in column %u",
            SLICE_ARG(node->key), field->key, field->key, key_column(node) + STEP);
    } else if (owner == NULL || is_in_braces(reading->mapping)) {
        *out_help = arena_printf(
            reading->draft->arena, "`%.*s` is a member of `%s`: write `%s: {%.*s: ...}`",
            SLICE_ARG(node->key), field->key, field->key, SLICE_ARG(node->key));
    } else if (owner->kind != YAML_MAPPING || owner->first == NULL || is_in_braces(owner)) {
        *out_help = arena_printf(reading->draft->arena,
                                 "`%.*s` is a member of `%s`: write it among the others there",
                                 SLICE_ARG(node->key), field->key);
    } else {
        *out_help =
            arena_printf(reading->draft->arena,
                         "`%.*s` is a member of `%s`: indent it below `%s`, from column %u to %u",
                         SLICE_ARG(node->key), field->key, field->key, key_column(node),
                         key_column(owner->first));
    }
    return SLA_MISPLACED_REPORT;
}

/* --- around ---------------------------------------------------------------------------------- */

/* The innermost mapping around the one that is read which may have such a member. */
static const struct yaml_node *owner_around(const struct sla_reading *reading, struct slice key,
                                            const struct sla_record **out_record)
{
    for (const struct sla_reading *at = reading->outer; at != NULL; at = at->outer) {
        if (at->mapping->source == reading->mapping->source &&
            sla_field_of(at->record, key) != NULL) {
            *out_record = at->record;
            return at->mapping;
        }
    }
    *out_record = &sla_record_document;
    return sla_field_of(&sla_record_document, key) != NULL ? reading->document->document.root
                                                           : NULL;
}

static enum sla_misplaced look_around(struct sla_reading *reading, const struct yaml_node *node,
                                      struct slice *out_help)
{
    const struct sla_record *record = NULL;
    const struct yaml_node *owner =
        reading->document != NULL ? owner_around(reading, node->key, &record) : NULL;

    if (owner == NULL || owner->first == NULL) {
        return SLA_MISPLACED_NOT;
    }
    if (is_in_braces(owner) || is_in_braces(reading->mapping)) {
        *out_help =
            arena_printf(reading->draft->arena, "`%.*s` is a member of %s: write it beside `%.*s`",
                         SLICE_ARG(node->key), record->name, SLICE_ARG(owner->first->key));
    } else {
        *out_help =
            arena_printf(reading->draft->arena,
                         "`%.*s` is a member of %s: move it from column %u to %u, beside `%.*s`",
                         SLICE_ARG(node->key), record->name, key_column(node),
                         key_column(owner->first), SLICE_ARG(owner->first->key));
    }
    return SLA_MISPLACED_REPORT;
}

bool sla_look_beside(const struct sla_reading *reading, const struct yaml_node *node,
                     struct slice *out_help)
{
    const struct sla_record *outer = reading->outer != NULL ? reading->outer->record : NULL;

    for (size_t i = 0; outer != NULL && i < outer->count; i++) {
        const struct sla_field *list = &outer->fields[i];
        if (list->key == NULL || list->is_older || list->type != SLA_TYPE_RECORDS ||
            list->of.record == reading->record) {
            continue;
        }
        const struct sla_field *field = sla_field_of(list->of.record, node->key);
        if (field != NULL && field != list->of.record->fields) { /* each has a name */
            *out_help =
                arena_printf(reading->draft->arena, "`%.*s` belongs to %s: write it there, in `%s`",
                             SLICE_ARG(node->key), list->of.record->name, list->key);
            return true;
        }
    }
    return false;
}

enum sla_misplaced sla_look_for_place(struct sla_reading *reading, const struct yaml_node *node,
                                      struct slice *out_help)
{
    const struct sla_record *record = reading->record;

    for (size_t i = 0; i < record->count; i++) {
        const struct sla_field *field = &record->fields[i];
        if (field->key != NULL && field->type == SLA_TYPE_RECORD &&
            sla_field_of(sla_member_record(reading, field), node->key) != NULL) {
            return look_below(reading, field, node, out_help);
        }
    }
    return look_around(reading, node, out_help);
}

/* --- other kinds ------------------------------------------------------------------------------ */

/* The records of all kinds that `record` is one of; NULL: it is of no single kind. */
static const struct sla_record *records_of_kinds(const struct sla_record *record)
{
    static const struct sla_record *const all[] = { sla_record_spec, sla_record_metadata };

    for (size_t i = 0; i < COUNT_OF(all); i++) {
        for (size_t kind = 0; kind < SLA_KINDS; kind++) {
            if (record == &all[i][kind]) {
                return all[i];
            }
        }
    }
    return NULL;
}

static bool has_key(const struct sla_record *record, struct slice key)
{
    size_t i = 0;

    while (i < record->count &&
           (record->fields[i].key == NULL || !slice_is(key, record->fields[i].key))) {
        i++;
    }
    return i < record->count;
}

const struct yaml_node *sla_unknown_member(const struct sla_record *record,
                                           const struct yaml_node *mapping)
{
    const struct yaml_node *at = mapping != NULL ? mapping->first : NULL;

    while (at != NULL && has_key(record, at->key)) {
        at = at->next;
    }
    return at;
}

bool sla_has_required(const struct sla_record *record, const struct yaml_node *mapping)
{
    size_t i = 0;

    while (i < record->count &&
           (!record->fields[i].required || yaml_get(mapping, record->fields[i].key) != NULL)) {
        i++;
    }
    return i == record->count;
}

bool sla_look_in_kinds(const struct sla_reading *reading, const struct yaml_node *node,
                       struct slice *out_help)
{
    const struct sla_record *records = records_of_kinds(reading->record);
    CLEANUP(buf_done) struct buf kinds = { 0 };

    for (unsigned kind = 0; records != NULL && kind < SLA_KINDS; kind++) {
        if (sla_field_of(&records[kind], node->key) != NULL) {
            buf_printf(&kinds, "%s%s", kinds.len > 0 ? " or " : "", records[kind].name);
        }
    }
    if (kinds.len > 0) {
        *out_help = arena_printf(reading->draft->arena,
                                 "`%.*s` belongs in %.*s: write it there, or leave "
                                 "it out",
                                 SLICE_ARG(node->key), SLICE_ARG(buf_slice(&kinds)));
    }
    return kinds.len > 0;
}
