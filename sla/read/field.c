#include "sla/read/field.h"

#include "base/lookalike.h"
#include "sla/read/expand.h"
#include "sla/read/field_types.h"
#include "sla/read/lost_key.h"
#include "sla/read/misplaced.h"
#include "sla/read/one_text.h"
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

bool sla_shape_fits(enum sla_shape shape, const struct yaml_node *node)
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

/* A key without a value, as between braces a comma makes one. */
static bool is_bare(const struct yaml_node *node)
{
    return node->kind == YAML_SCALAR && node->text.len == 0 && !node->quoted && !sla_is_open(node);
}

/* `not stores`: takes from what stands before it, which no item of a list does. */
static bool is_left_out(struct slice part)
{
    static const char *const words[] = { "except ", "excluding ", "without ", "not ", "but ", "!" };

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (slice_starts(part, slice_from(words[i]))) {
            return true;
        }
    }
    return false;
}

static bool any_left_out(const struct slice *parts, size_t count)
{
    size_t i = 0;

    while (i < count && !is_left_out(parts[i])) {
        i++;
    }
    return i < count;
}

/* Each may be an item of the field; of several words only an action is. */
static bool all_are_items(const struct sla_field *field, const struct slice *parts, size_t count)
{
    bool may_have_blanks = field->type == SLA_TYPE_ACTS || field->type == SLA_TYPE_ACTIONS;
    bool good = true;

    for (size_t i = 0; i < count; i++) {
        struct sla_ports ports;
        bool one_word = slice_find(parts[i], ' ') == parts[i].len;
        good = good && (one_word || may_have_blanks) &&
               (field->type != SLA_TYPE_PORTS || sla_ports_parse(parts[i], &ports));
    }
    return good;
}

static void help_with_left_out(const struct sla_reading *reading, struct diag *diag)
{
    const struct sla_record *record = reading->record;
    bool has_except = false;

    for (size_t i = 0; i < record->count; i++) {
        const char *key = record->fields[i].key;
        has_except = has_except || (key != NULL && slice_is(slice_from(key), "except"));
    }
    diag_help(reading->draft->diags, diag,
              has_except ? "a list names those that are meant; the others stand in `except`"
                         : "a list names those that are meant: write them, without the others");
}

/* `on: "front, data"`: no name, port or address has a comma in it. False: it is something else. */
static bool report_one_text(struct sla_reading *reading, const struct sla_field *field,
                            const struct yaml_node *node)
{
    struct draft *draft = reading->draft;
    struct slice parts[SLA_ONE_TEXT_MAX];

    if (!sla_type_divides(field->type) || node->kind != YAML_SCALAR ||
        slice_find(node->text, ',') == node->text.len) {
        return false;
    }
    size_t count = sla_one_text_split(node->text, false, parts);
    if (count < 2) {
        return false;
    }
    struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_SHAPE, yaml_span(node),
                                 "`%s` is one text with a comma in it", field->key);
    diag_label(draft->diags, diag, "expected a list");
    if (any_left_out(parts, count)) {
        help_with_left_out(reading, diag);
    } else {
        sla_report_as_list(draft, diag, node, parts, count, all_are_items(field, parts, count));
    }
    return true;
}

static bool check_shape(struct sla_reading *reading, const struct sla_field *field,
                        const struct yaml_node *node)
{
    struct draft *draft = reading->draft;
    bool empty = is_bare(node);

    if (!empty && sla_shape_fits(sla_type_shape(field->type), node)) {
        return !report_one_text(reading, field, node);
    }
    struct diag *diag = NULL;
    if (empty) {
        diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_EMPTY, yaml_key_span(node),
                        "`%s` has no value", field->key);
    } else {
        diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_SHAPE, yaml_span(node), "`%s` is %s",
                        field->key, kind_name(node));
    }
    diag_label(draft->diags, diag, "expected %s", shape_names[sla_type_shape(field->type)]);
    if (!(empty ? sla_help_to_indent(reading, diag, field, node)
                : sla_help_with_lost_key(reading, diag, field, node))) {
        diag_help(draft->diags, diag, "%s: %s", field->key, field->doc);
    }
    return false;
}

/* From where the last one stood, since most write members in the order of the table. */
static size_t field_index(const struct sla_record *record, struct slice key, size_t from)
{
    for (size_t turn = 0; turn < record->count; turn++) {
        size_t i = from + turn < record->count ? from + turn : from + turn - record->count;
        if (record->fields[i].key != NULL && slice_is(key, record->fields[i].key)) {
            return i;
        }
    }
    return record->count;
}

/* A member that a wrong key was meant to be is not also missing. */
static void take_as_seen(struct sla_reading *reading, struct slice key)
{
    size_t i = field_index(reading->record, key, 0);

    if (i < reading->record->count) {
        reading->seen |= UINT32_C(1) << i;
    }
}

/* `id:one`, `id = one`, `id：one`: a key and its value that nothing divides. False: it is something
 * else. */
static bool report_undivided(struct sla_reading *reading, const struct yaml_node *node)
{
    struct diag_list *diags = reading->draft->diags;
    CLEANUP(buf_done) struct buf plain = { 0 };
    struct lookalike odd = { 0 };

    (void)lookalike_plain(node->key, &plain, &odd);
    struct slice rest = odd.len > 0 ? buf_slice(&plain) : node->key;
    size_t colon = slice_find(rest, ':');
    struct slice name = slice_trim(slice_cut(&rest, colon < rest.len ? ':' : '='));
    rest = slice_trim(rest);
    if (rest.len == 0 || field_index(reading->record, name, 0) == reading->record->count) {
        return false;
    }
    struct slice right =
        arena_printf(reading->draft->arena, "%.*s: %.*s", SLICE_ARG(name), SLICE_ARG(rest));
    struct diag *diag =
        diag_add(diags, DIAG_ERROR, SLA_CODE_UNKNOWN_KEY, yaml_key_span(node),
                 "`%.*s` is not a key of %s", SLICE_ARG(node->key), reading->record->name);
    diag_help(diags, diag, "a colon and a blank divide a key from its value: write `%.*s`",
              SLICE_ARG(right));
    sla_report_odd(reading->draft, diag, &odd);
    if (node->kind == YAML_SCALAR && node->text.len == 0) {
        (void)diag_fix(diags, diag, true, yaml_key_span(node), right, "replace with `%.*s`",
                       SLICE_ARG(right));
    }
    take_as_seen(reading, name);
    return true;
}

static bool begins_with_digit(struct slice text)
{
    return text.len > 0 && text.ptr[0] >= '0' && text.ptr[0] <= '9';
}

/* `value: 99,9 %` between braces, where the comma divides members. False: it is something else. */
static bool report_decimal_comma(struct sla_reading *reading, const struct yaml_node *node)
{
    struct diag_list *diags = reading->draft->diags;
    const struct yaml_node *before = reading->before;

    if (!begins_with_digit(node->key) || node->kind != YAML_SCALAR || node->text.len > 0) {
        return false;
    }
    bool touches = before != NULL && before->kind == YAML_SCALAR && !before->quoted &&
                   before->byte_last + 1 == node->key_byte;
    if (!touches || before->text.len == 0 ||
        !begins_with_digit(slice_sub(before->text, before->text.len - 1, before->text.len))) {
        return false;
    }
    struct diag_span span = { node->source, before->line, before->byte,
                              node->key_byte + node->key_bytes };
    struct slice right = arena_printf(reading->draft->arena, "%.*s.%.*s", SLICE_ARG(before->text),
                                      SLICE_ARG(node->key));
    struct diag *diag = diag_add(diags, DIAG_ERROR, SLA_CODE_UNKNOWN_KEY, span,
                                 "the comma divides two members of %s", reading->record->name);
    diag_help(diags, diag, "write `%.*s`: decimals follow a point", SLICE_ARG(right));
    (void)diag_fix(diags, diag, false, span, right, "replace with `%.*s`", SLICE_ARG(right));
    size_t i = field_index(reading->record, before->key, 0);
    if (i < reading->record->count) {
        reading->nodes[i] = NULL; /* half of a number */
    }
    return true;
}

static bool takes_a_list(const struct sla_field *field)
{
    enum sla_shape shape = sla_type_shape(field->type);

    return shape == SLA_SHAPE_TEXTS || shape == SLA_SHAPE_LIST || shape == SLA_SHAPE_ANY;
}

/* Whether a bare key is rather a slip of one that the record has. */
static bool is_near_key(const struct sla_reading *reading, struct slice key)
{
    struct slice names[SLA_FIELDS_MAX];
    size_t count = 0;

    for (size_t i = 0; i < reading->record->count; i++) {
        if (reading->record->fields[i].key != NULL) {
            names[count++] = slice_from(reading->record->fields[i].key);
        }
    }
    return sla_nearest(reading->draft, key, names, count).len > 0;
}

/* As written: a value, with its quotes, and the bare keys behind it. */
static struct diag_span write_with_bare(const struct yaml_node *head, struct buf *out)
{
    struct diag_span first = yaml_span(head);
    struct diag_span all = { head->source, head->line, head->byte, first.byte_end };
    struct slice text = head->source->text;

    buf_add_slice(out, slice_sub(text, first.byte, first.byte_end));
    for (const struct yaml_node *at = head->next; at != NULL && is_bare(at); at = at->next) {
        all.byte_end = at->key_byte + at->key_bytes;
        buf_printf(out, ", %.*s", SLICE_ARG(slice_sub(text, at->key_byte, all.byte_end)));
    }
    return all;
}

/* What was meant: a list, a text with a comma in it, or nobody knows. */
static void help_with_comma(const struct sla_reading *reading, struct diag *diag,
                            const struct sla_field *field, struct diag_span all,
                            struct slice written)
{
    struct draft *draft = reading->draft;
    struct slice right;

    if (takes_a_list(field)) {
        right = arena_printf(draft->arena, "[%.*s]", SLICE_ARG(written));
        diag_help(draft->diags, diag, "several values are a list, in brackets: write `%s: %.*s`",
                  field->key, SLICE_ARG(right));
        (void)diag_fix(draft->diags, diag, false, all, right, "put them in brackets");
    } else if (field->type == SLA_TYPE_TEXT && slice_find(written, '"') == written.len &&
               slice_find(written, '\\') == written.len) {
        right = arena_printf(draft->arena, "\"%.*s\"", SLICE_ARG(written));
        diag_help(draft->diags, diag, "a text with a comma in it needs quotes: write `%s: %.*s`",
                  field->key, SLICE_ARG(right));
        (void)diag_fix(draft->diags, diag, false, all, right, "put it in quotes");
    } else {
        diag_help(draft->diags, diag,
                  "`%s` takes one %s: leave out what follows the comma, or write it as a member, "
                  "`key: value`",
                  field->key, sla_type_name(field->type));
    }
}

/* `value: DE, FR, PT`, `name: a, b` between braces: the comma ended the value. Told once, at its
 * first. False: it is something else. */
static bool report_comma(struct sla_reading *reading, const struct yaml_node *node)
{
    const struct sla_record *record = reading->record;
    const struct yaml_node *head = reading->head; /* the member whose value goes on in `node` */
    CLEANUP(buf_done) struct buf written = { 0 };

    if (!is_bare(node) || head == NULL || head->source != node->source || is_bare(head)) {
        return false;
    }
    bool was_scalar = head->kind == YAML_SCALAR || node->source->text.ptr[head->byte] == '$';
    size_t i = field_index(record, head->key, 0);
    if (!was_scalar || i == record->count ||
        (!takes_a_list(&record->fields[i]) && is_near_key(reading, node->key))) {
        return false;
    }
    if (head->next != node) {
        return true; /* told with the one before */
    }
    struct diag_span all = write_with_bare(head, &written);
    struct diag *diag = diag_add(reading->draft->diags, DIAG_ERROR, SLA_CODE_UNKNOWN_KEY, all,
                                 "the comma divides two members of %s", record->name);
    help_with_comma(reading, diag, &record->fields[i], all, buf_slice(&written));
    if (takes_a_list(&record->fields[i]) || begins_with_digit(head->text)) {
        reading->nodes[i] = NULL; /* told: nothing more about its first part */
    }
    return true;
}

#define NOT_LOOKED_AT UINT32_MAX

/* Bit a field that the mapping has of itself, before or behind what is read now: what a template
 * put there may still be meant. */
static uint32_t fields_there(const struct sla_reading *reading)
{
    uint32_t there = 0;

    for (const struct yaml_node *at = reading->mapping->first; at != NULL; at = at->next) {
        size_t i = field_index(reading->record, at->key, 0);
        bool is_own = at->source == reading->mapping->source;
        there |= is_own && i < reading->record->count ? UINT32_C(1) << i : 0;
    }
    return there;
}

/* One that belongs to a mapping below or around this one. False: it does not. */
static bool report_misplaced(struct sla_reading *reading, const struct yaml_node *node)
{
    struct slice help = { 0 };
    enum sla_misplaced misplaced = sla_look_for_place(reading, node, &help);

    if (misplaced == SLA_MISPLACED_NOT && !is_near_key(reading, node->key) &&
        sla_look_beside(reading, node, &help)) {
        misplaced = SLA_MISPLACED_REPORT;
    }
    if (misplaced == SLA_MISPLACED_NOT && sla_look_in_kinds(reading, node, &help)) {
        misplaced = SLA_MISPLACED_REPORT;
    }
    if (misplaced == SLA_MISPLACED_REPORT) {
        struct diag *diag =
            diag_add(reading->draft->diags, DIAG_ERROR, SLA_CODE_UNKNOWN_KEY, yaml_key_span(node),
                     "`%.*s` is not a key of %s", SLICE_ARG(node->key), reading->record->name);
        diag_help(reading->draft->diags, diag, "%.*s", SLICE_ARG(help));
    }
    return misplaced != SLA_MISPLACED_NOT;
}

/* Only members that are not there are proposed; `there` is looked up for the first. */
static void report_unknown(struct sla_reading *reading, const struct yaml_node *node,
                           uint32_t *there)
{
    const struct sla_record *record = reading->record;
    const char *names[SLA_FIELDS_MAX];
    CLEANUP(buf_done) struct buf what = { 0 };

    reading->good = false;
    if (node->key.len == 0 || report_undivided(reading, node) || /* a key that is none was told */
        report_decimal_comma(reading, node) || report_comma(reading, node) ||
        report_misplaced(reading, node)) {
        return;
    }
    if (*there == NOT_LOOKED_AT) {
        *there = fields_there(reading);
    }
    for (size_t i = 0; i < record->count; i++) {
        bool is_meant = (*there & UINT32_C(1) << i) == 0 && !record->fields[i].is_older;
        names[i] = is_meant ? record->fields[i].key : NULL;
    }
    buf_printf(&what, "a key of %s", record->name);
    struct diag *diag = sla_report_word(reading->draft, SLA_CODE_UNKNOWN_KEY, yaml_key_span(node),
                                        node->key, what.ptr, names, record->count);
    diag_note(reading->draft->diags, diag, "field docs: redan explain %s", record->path);
    if (diag->fixes != NULL) {
        take_as_seen(reading, diag->fixes->edits->text);
    }
}

/* Before the first member. */
static void fix_missing(struct sla_reading *reading, struct diag *diag,
                        const struct sla_field *field)
{
    const struct yaml_node *first = reading->mapping->first;

    if (field->always == NULL || first == NULL || first->source != reading->mapping->source) {
        return;
    }
    struct diag_span span = yaml_key_span(first);
    struct slice comma = sla_member_divider(reading->draft, reading->mapping, first);
    struct slice right = arena_printf(reading->draft->arena, "%s: %s%.*s", field->key,
                                      field->always, SLICE_ARG(comma));
    span.byte_end = span.byte;
    (void)diag_fix(reading->draft->diags, diag, true, span, right, "write `%s: %s`", field->key,
                   field->always);
}

static void check_missing(struct sla_reading *reading)
{
    const struct sla_record *record = reading->record;

    for (size_t i = 0; i < record->count; i++) {
        const struct sla_field *field = &record->fields[i];
        if (field->key != NULL && field->required && !sla_reading_has(reading, i)) {
            struct diag *diag =
                diag_add(reading->draft->diags, DIAG_ERROR, SLA_CODE_MISSING_KEY,
                         yaml_span(reading->mapping), "%s needs `%s`", record->name, field->key);
            diag_help(reading->draft->diags, diag, "%s: %s", field->key, field->doc);
            fix_missing(reading, diag, field);
            reading->good = false;
        }
    }
}

static void report_no_mapping(struct sla_reading *reading)
{
    struct diag_list *diags = reading->draft->diags;
    struct diag *diag = diag_add(diags, DIAG_ERROR, SLA_CODE_SHAPE, yaml_span(reading->mapping),
                                 "%s is %s", reading->record->name, kind_name(reading->mapping));

    diag_label(diags, diag, "expected a mapping");
    diag_help(diags, diag, "%s", reading->record->doc);
    reading->good = false;
}

/* What a template leaves to whoever extends it: it is there, and nothing is known of it. */
static bool is_open(const struct sla_field *field, const struct yaml_node *node)
{
    bool has_members = field->type == SLA_TYPE_RECORD || field->type == SLA_TYPE_RECORDS;
    const struct yaml_node *at = node->kind != YAML_SCALAR && !has_members ? node->first : NULL;

    while (at != NULL && !sla_is_open(at)) {
        at = at->next;
    }
    return at != NULL || sla_is_open(node);
}

/* To its position; `next`: where it probably is. */
static void take_member(struct sla_reading *reading, const struct yaml_node *at, size_t *next,
                        uint32_t *there)
{
    const struct sla_record *record = reading->record;
    size_t i = field_index(record, at->key, *next);

    if (i == record->count) {
        report_unknown(reading, at, there);
        return;
    }
    *next = i + 1;
    reading->seen |= UINT32_C(1) << i;
    const struct sla_field *field = &record->fields[i];
    if (is_open(field, at)) {
        reading->good &= reading->document->document.is_template; /* or lost, and told */
        return;
    }
    const struct yaml_node *value = field->older != NULL ? field->older(reading, at) : at;
    if (check_shape(reading, field, value)) {
        reading->nodes[i] =
            field->type == SLA_TYPE_RECORDS ? sla_take_lost_items(reading, field, value) : value;
    } else {
        reading->good = false;
    }
}

static void collect(struct sla_reading *reading)
{
    uint32_t there = NOT_LOOKED_AT;
    size_t next = 0;

    assert(reading->record->count <= SLA_FIELDS_MAX);
    if (reading->mapping->kind != YAML_MAPPING) {
        report_no_mapping(reading);
        return;
    }
    for (const struct yaml_node *at = reading->mapping->first;
         at != NULL && !sla_is_full(reading->draft, at); at = at->next) {
        take_member(reading, at, &next, &there);
        reading->head = is_bare(at) && reading->head != NULL ? reading->head : at;
        reading->before = at;
    }
    check_missing(reading);
}

bool sla_record_fill(struct draft *draft, struct draft_document *document,
                     const struct sla_record *record, const struct yaml_node *mapping, void *filled)
{
    struct sla_reading reading = { .draft = draft,
                                   .document = document,
                                   .outer = draft->open,
                                   .record = record,
                                   .mapping = mapping,
                                   .good = true };

    draft->open = &reading; /* cppcheck-suppress autoVariables; taken back below */
    collect(&reading);
    for (size_t i = 0; i < record->count; i++) {
        if (reading.nodes[i] == NULL) {
            continue;
        }
        if (sla_field_read(&reading, &record->fields[i], reading.nodes[i], filled)) {
            reading.filled |= UINT32_C(1) << i;
        } else {
            reading.good = false;
        }
    }
    if (record->check != NULL) {
        record->check(&reading, filled);
    }
    draft->open = reading.outer;
    return reading.good;
}

bool sla_reading_has(const struct sla_reading *reading, size_t field)
{
    return ((reading->seen >> field) & 1U) != 0;
}

bool sla_reading_filled(const struct sla_reading *reading, size_t field)
{
    return ((reading->filled >> field) & 1U) != 0;
}

struct diag_span sla_reading_span(const struct sla_reading *reading, size_t field)
{
    const struct yaml_node *node = reading->nodes[field];

    return yaml_span(node != NULL ? node : reading->mapping);
}
