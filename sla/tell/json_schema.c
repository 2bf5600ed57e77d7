#include "sla/tell/json_schema.h"

#include "base/yaml.h"
#include "sla/read/schema.h"
#include "sla/resolve/service.h"
#include "sla/run/test.h"
#include "sla/terms/domain.h"
#include "sla/values/acts.h"

#include <assert.h>

struct printing {
    struct arena *arena;
    struct json_writer writer;
};

typedef const char *(name_fn)(size_t value);

static void open_member(struct printing *self, const char *key)
{
    json_key(&self->writer, key);
    json_open_object(&self->writer);
}

static void close_object(struct printing *self)
{
    json_close_object(&self->writer);
}

enum { NAMES_MAX = 64 };

/* Those names whose bit is set. */
static void put_choice(struct printing *self, unsigned bits, size_t count, name_fn *name)
{
    const char *names[NAMES_MAX];

    assert(count <= NAMES_MAX);
    for (size_t i = 0; i < count; i++) {
        names[i] = (bits & SLA_BIT(i)) != 0 ? name(i) : NULL;
    }
    sla_schema_words(&self->writer, names, count);
}

static const char *name_of_op(size_t value)
{
    return sla_op_name((enum sla_op)value);
}

static const char *name_of_stance(size_t value)
{
    return sla_stance_name((enum sla_stance)value);
}

static const char *name_of_kind(size_t value)
{
    return sla_kind_name((enum sla_kind)value);
}

static const char *name_of_act(size_t value)
{
    return sla_act_name((enum sla_act)value);
}

/* --- examples --------------------------------------------------------------------------------- */

/* NOLINTNEXTLINE(misc-no-recursion): as deep as our own examples */
static void put_node(struct printing *self, const struct yaml_node *node)
{
    struct json_writer *writer = &self->writer;

    if (node->kind == YAML_SCALAR) {
        json_put_text(writer, node->text);
        return;
    }
    if (node->kind == YAML_SEQUENCE) {
        json_open_array(writer);
    } else {
        json_open_object(writer);
    }
    for (const struct yaml_node *at = node->first; at != NULL; at = at->next) {
        if (node->kind == YAML_MAPPING) {
            json_key(writer, arena_cstr(self->arena, at->key));
        }
        put_node(self, at);
    }
    if (node->kind == YAML_SEQUENCE) {
        json_close_array(writer);
    } else {
        json_close_object(writer);
    }
}

/* The tables have examples as they stand in a document. */
static void put_example(struct printing *self, const char *text)
{
    struct diag_source *source = ARENA_NEW(self->arena, struct diag_source, 1);
    struct diag_list diags;

    *source = (struct diag_source){ "example", slice_from(text) };
    diag_list_init(&diags, self->arena);
    const struct yaml_document *document = yaml_read(self->arena, source, &diags);
    if (document == NULL || document->root == NULL) {
        return;
    }
    json_key(&self->writer, "examples");
    json_open_array(&self->writer);
    put_node(self, document->root);
    json_close_array(&self->writer);
}

/* --- members ---------------------------------------------------------------------------------- */

static bool is_assumption(const struct sla_term *term)
{
    return term->becomes == SLA_BECOMES_ASSUMPTION;
}

/* May the record's `term` be this one? */
static bool takes_term(const struct sla_record *record, const struct sla_term *term)
{
    if (record == &sla_record_assumption) {
        return is_assumption(term);
    }
    return !is_assumption(term) && (record != &sla_record_test_gets || sla_term_composes(term));
}

static void put_terms(struct printing *self, const struct sla_record *record)
{
    const char **names = ARENA_NEW(self->arena, const char *, sla_term_count());

    for (size_t i = 0; i < sla_term_count(); i++) {
        const struct sla_term *term = sla_term_at(i);
        names[i] = takes_term(record, term) ? term->name : NULL;
    }
    sla_schema_words(&self->writer, names, sla_term_count());
}

/* A mapping, or names. */
static void put_needs(struct printing *self, const struct sla_field *field)
{
    open_member(self, "if");
    json_add_cstr(&self->writer, "type", "object");
    close_object(self);
    open_member(self, "then");
    sla_schema_record(&self->writer, field->of.record);
    close_object(self);
    open_member(self, "else");
    sla_schema_texts(&self->writer);
    close_object(self);
}

static void put_shape(struct printing *self, const struct sla_field *field)
{
    struct json_writer *writer = &self->writer;
    const struct sla_record *record = NULL;

    switch (sla_type_shape(field->type)) {
    case SLA_SHAPE_TEXT:
        sla_schema_scalar(writer);
        break;
    case SLA_SHAPE_TEXTS:
        sla_schema_texts(writer);
        break;
    case SLA_SHAPE_LIST:
        record = field->type == SLA_TYPE_RECORDS ? field->of.record : NULL;
        json_add_cstr(writer, "type", "array");
        if (record != NULL) {
            open_member(self, "items");
            sla_schema_record(writer, record);
            close_object(self);
        }
        break;
    case SLA_SHAPE_MAPPING:
        record = field->type == SLA_TYPE_RECORD ? field->of.record : NULL;
        json_add_cstr(writer, "type", "object");
        if (record != NULL) {
            sla_schema_record(writer, record);
        }
        break;
    case SLA_SHAPE_ANY:
        break;
    }
}

/* Of types whose texts have one form (base/parse.h, base/date.h). */
static const char *const patterns[SLA_TYPES] = {
    [SLA_TYPE_DURATION] = "^[0-9]+(\\.[0-9]+)? ?(ms|s|m|min|h|d|w)$",
    [SLA_TYPE_DATE] = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
};

/* What comes out of a decision, a bound on what a service gets, or the response to a rule. */
static void put_expect(struct printing *self)
{
    CLEANUP(buf_done) struct buf pattern = { 0 };

    buf_add_cstr(&pattern, "^[<>]=");
    for (unsigned i = 0; i < SLA_EXPECT_RESPONSE; i++) {
        buf_printf(&pattern, "|^%s$", sla_expect_name((enum sla_expect)i));
    }
    open_member(self, "if");
    json_add_cstr(&self->writer, "type", "object");
    close_object(self);
    open_member(self, "else");
    sla_schema_pattern(&self->writer, pattern.ptr);
    close_object(self);
}

/* A closed list of words where the type has one, or its form, else its shape. */
static void put_type(struct printing *self, const struct sla_record *record,
                     const struct sla_field *field)
{
    if (field->type == SLA_TYPE_WORD) {
        sla_schema_words(&self->writer, field->of.words->names, field->of.words->count);
    } else if (field->type == SLA_TYPE_NEEDS) {
        put_needs(self, field);
    } else if (field->type == SLA_TYPE_TERM) {
        put_terms(self, record);
    } else if (field->type == SLA_TYPE_OP) {
        put_choice(self, ~0U, SLA_OPS, name_of_op);
    } else if (field->type == SLA_TYPE_KIND) {
        put_choice(self, ~0U, SLA_KINDS, name_of_kind);
    } else if (field->type == SLA_TYPE_ACT) {
        put_choice(self, ~0U, SLA_ACTS, name_of_act);
    } else if (field->type == SLA_TYPE_EXPECT) {
        put_expect(self);
    } else if (field->type == SLA_TYPE_COUNTRIES || field->type == SLA_TYPE_PLACES) {
        sla_schema_names(&self->writer, sla_countries.names, sla_countries.count,
                         sla_countries.sets);
    } else if (patterns[field->type] != NULL) {
        sla_schema_pattern(&self->writer, patterns[field->type]);
    } else {
        put_shape(self, field);
    }
}

static void put_field(struct printing *self, const struct sla_record *record,
                      const struct sla_field *field)
{
    open_member(self, field->key);
    json_add_cstr(&self->writer, "description", field->doc);
    if (field->older != NULL) { /* whatever the older spelling was */
        open_member(self, "if");
        json_add_cstr(&self->writer, "type", "object");
        close_object(self);
        open_member(self, "then");
        put_type(self, record, field);
        close_object(self);
    } else {
        put_type(self, record, field);
    }
    put_example(self, field->example);
    close_object(self);
}

static void put_members(struct printing *self, const struct sla_record *record)
{
    json_add_cstr(&self->writer, "description", record->doc);
    json_add_cstr(&self->writer, "type", "object");
    open_member(self, "properties");
    for (size_t i = 0; i < record->count; i++) {
        if (record->fields[i].key != NULL) {
            put_field(self, record, &record->fields[i]);
        }
    }
    close_object(self);
    json_key(&self->writer, "required");
    json_open_array(&self->writer);
    bool inherits = record == &sla_record_spec[SLA_SECURITY_SLA]; /* what it lacks, perhaps */
    for (size_t i = 0; i < record->count && !inherits; i++) {
        if (record->fields[i].key != NULL && record->fields[i].required) {
            json_put_cstr(&self->writer, record->fields[i].key);
        }
    }
    json_close_array(&self->writer);
    json_add_bool(&self->writer, "additionalProperties", false);
}

/* --- alternatives ----------------------------------------------------------------------------- */

/* "if" the member is there and is this word. */
static void put_if(struct printing *self, const char *key, const char *word)
{
    open_member(self, "if");
    open_member(self, "properties");
    open_member(self, key);
    json_add_cstr(&self->writer, "const", word);
    close_object(self);
    close_object(self);
    json_key(&self->writer, "required");
    json_open_array(&self->writer);
    json_put_cstr(&self->writer, key);
    json_close_array(&self->writer);
    close_object(self);
}

static const char *clause_key(enum field_of_clause field)
{
    return sla_record_clause.fields[field].key;
}

static void put_extras(struct printing *self, const struct sla_term *term)
{
    for (size_t i = 0; i < SLA_EXTRAS; i++) {
        if ((term->extras & SLA_BIT(i)) == 0) {
            json_add_bool(&self->writer, sla_extra_key(i), false);
        }
    }
    if (term->when == 0) {
        json_add_bool(&self->writer, clause_key(CLAUSE_WHEN), false);
    }
}

static void put_needed(struct printing *self, const struct sla_term *term)
{
    json_key(&self->writer, "required");
    json_open_array(&self->writer);
    for (size_t i = 0; i < SLA_EXTRAS; i++) {
        if ((term->needed & SLA_BIT(i)) != 0) {
            json_put_cstr(&self->writer, sla_extra_key(i));
        }
    }
    json_close_array(&self->writer);
}

static void put_op_and_value(struct printing *self, const struct sla_term *term)
{
    open_member(self, clause_key(CLAUSE_OP));
    put_choice(self, term->ops, SLA_OPS, name_of_op);
    close_object(self);
    open_member(self, clause_key(CLAUSE_VALUE));
    json_add_cstr(&self->writer, "description", term->value_doc);
    term->domain->schema(term, &self->writer);
    close_object(self);
}

/* What a term makes of the members of a clause, or of an assumption, which has the same names for
 * what it shares with one. */
static void put_term(struct printing *self, const struct sla_term *term)
{
    json_open_object(&self->writer);
    put_if(self, clause_key(CLAUSE_TERM), term->name);
    open_member(self, "then");
    open_member(self, "properties");
    put_op_and_value(self, term);
    if (!is_assumption(term)) {
        open_member(self, clause_key(CLAUSE_STANCE));
        put_choice(self, term->stances, SLA_STANCES, name_of_stance);
        close_object(self);
        put_extras(self, term);
    }
    close_object(self);
    put_needed(self, term);
    close_object(self);
    close_object(self);
}

/* Only a reserved right may leave out how its value binds, and the value. */
static void put_reserved(struct printing *self)
{
    json_open_object(&self->writer);
    put_if(self, clause_key(CLAUSE_STANCE), sla_stance_name(SLA_RESERVES));
    open_member(self, "else");
    json_key(&self->writer, "required");
    json_open_array(&self->writer);
    json_put_cstr(&self->writer, clause_key(CLAUSE_OP));
    json_put_cstr(&self->writer, clause_key(CLAUSE_VALUE));
    json_close_array(&self->writer);
    close_object(self);
    close_object(self);
}

static void put_term_rules(struct printing *self, const struct sla_record *record)
{
    json_key(&self->writer, "allOf");
    json_open_array(&self->writer);
    if (record == &sla_record_clause) {
        put_reserved(self);
    }
    for (size_t i = 0; i < sla_term_count(); i++) {
        if (takes_term(record, sla_term_at(i))) {
            put_term(self, sla_term_at(i));
        }
    }
    json_close_array(&self->writer);
}

/* What a kind makes of `metadata` and `spec`. */
static void put_kind(struct printing *self, enum sla_kind kind)
{
    const struct sla_field *fields = sla_record_document.fields;

    json_open_object(&self->writer);
    put_if(self, fields[DOC_KIND].key, sla_kind_name(kind));
    open_member(self, "then");
    open_member(self, "properties");
    open_member(self, fields[DOC_METADATA].key);
    sla_schema_record(&self->writer, &sla_record_metadata[kind]);
    close_object(self);
    open_member(self, fields[DOC_SPEC].key);
    sla_schema_record(&self->writer, &sla_record_spec[kind]);
    close_object(self);
    close_object(self);
    close_object(self);
    close_object(self);
}

/* The one there is, which is also the field's example. */
static void put_version(struct printing *self)
{
    const struct sla_field *field = &sla_record_document.fields[DOC_API_VERSION];

    json_open_object(&self->writer);
    open_member(self, "properties");
    open_member(self, field->key);
    json_add_cstr(&self->writer, "const", field->example);
    close_object(self);
    close_object(self);
    close_object(self);
}

static void put_definitions(struct printing *self)
{
    size_t count = 0;
    const struct sla_record *const *records = sla_records(&count);

    open_member(self, "definitions");
    for (size_t i = 0; i < count; i++) {
        if (records[i] == &sla_record_document) {
            continue; /* the root */
        }
        open_member(self, records[i]->path);
        put_members(self, records[i]);
        if (records[i] == &sla_record_clause || records[i] == &sla_record_assumption) {
            put_term_rules(self, records[i]);
        }
        close_object(self);
    }
    close_object(self);
}

void sla_print_schema(struct arena *arena, struct buf *out)
{
    struct printing self = { .arena = arena, .writer = { .out = out, .pretty = true } };

    json_open_object(&self.writer);
    json_add_cstr(&self.writer, "$schema", "http://json-schema.org/draft-07/schema#");
    json_add_cstr(&self.writer, "title", "Documents of Redan");
    put_members(&self, &sla_record_document);
    json_key(&self.writer, "allOf");
    json_open_array(&self.writer);
    put_version(&self);
    for (unsigned kind = 0; kind < SLA_KINDS; kind++) {
        put_kind(&self, (enum sla_kind)kind);
    }
    json_close_array(&self.writer);
    put_definitions(&self);
    json_close_object(&self.writer);
    buf_add_char(out, '\n');
}
