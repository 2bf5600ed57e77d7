/* The schema and the explanations are made of the whole tables. */
#include "sla/tell/json_schema.h"

#include <string.h>

#include "sla/tell/explain.h"
#include "tests/suite.h"

static struct arena arena;
static struct buf printed;
static const struct json *schema;

static void set_up(void)
{
    arena = (struct arena){ 0 };
    printed = (struct buf){ 0 };
    sla_print_schema(&arena, &printed);
    ASSERT_OK(json_read(&arena, buf_slice(&printed), &schema)); /* refuses repeated keys */
}

static void tear_down(void)
{
    buf_done(&printed);
    arena_done(&arena);
}

static const struct json *definition(const char *path)
{
    return json_get(json_get(schema, "definitions"), path);
}

static void every_record_is_a_definition_with_its_members(void)
{
    size_t count = 0;
    const struct sla_record *const *records = sla_records(&count);

    for (size_t i = 0; i < count; i++) {
        const struct json *record =
            records[i] == &sla_record_document ? schema : definition(records[i]->path);
        const struct json *members = json_get(record, "properties");
        CU_ASSERT_PTR_NOT_NULL(members);
        for (size_t j = 0; j < records[i]->count; j++) {
            const char *key = records[i]->fields[j].key;
            const struct json *member = key != NULL ? json_get(members, key) : NULL;
            CU_ASSERT_TRUE(key == NULL || json_get(member, "examples") != NULL);
        }
    }
}

/* All `$ref`s below a value lead somewhere; how many there are. */
/* NOLINTNEXTLINE(misc-no-recursion): as deep as the schema */
static size_t check_refs(const struct json *value)
{
    static const char start[] = "#/definitions/";
    size_t count = 0;

    for (const struct json *at = value->first; at != NULL; at = at->next) {
        if (at->key.ptr != NULL && slice_is(at->key, "$ref")) {
            struct slice path = slice_sub(at->text, strlen(start), at->text.len);
            CU_ASSERT_TRUE(slice_starts(at->text, slice_from(start)));
            CU_ASSERT_PTR_NOT_NULL(definition(arena_cstr(&arena, path)));
            count++;
        }
        count += check_refs(at);
    }
    return count;
}

static void every_reference_leads_to_a_definition(void)
{
    CU_ASSERT_TRUE(check_refs(schema) >= 10);
}

static void every_term_has_its_alternative(void)
{
    const struct json *clauses = json_get(definition(sla_record_clause.path), "allOf");
    const struct json *assumptions = json_get(definition(sla_record_assumption.path), "allOf");

    /* and that of reserved rights */
    CU_ASSERT_EQUAL(clauses->count + assumptions->count, sla_term_count() + 1);
    CU_ASSERT(assumptions->count > 0);
}

/* Validators refuse a schema in which a word could have none. */
/* NOLINTNEXTLINE(misc-no-recursion): as deep as the schema */
static void no_choice_is_empty_below(const struct json *value)
{
    for (const struct json *at = value->first; at != NULL; at = at->next) {
        if (at->key.ptr != NULL && slice_is(at->key, "enum") && at->kind == JSON_ARRAY) {
            CU_ASSERT(at->count > 0);
        }
        no_choice_is_empty_below(at);
    }
}

static void no_choice_is_empty(void)
{
    no_choice_is_empty_below(schema);
}

/* The member of a definition. */
static const struct json *property(const char *path, const char *key)
{
    return json_get(json_get(definition(path), "properties"), key);
}

/* A closed list of words, and `$x`. */
static bool takes_a_parameter(const struct json *member)
{
    const struct json *any = json_get(member, "anyOf");

    for (const struct json *at = any != NULL ? any->first : NULL; at != NULL; at = at->next) {
        const struct json *pattern = json_get(at, "pattern");
        if (pattern != NULL && slice_is(pattern->text, "^\\$[^$]")) {
            return true;
        }
    }
    return false;
}

static void a_parameter_may_stand_for_any_word(void)
{
    static const char *const words[] = { "term", "op", "stance", "strength", "action", "by" };
    const struct json *level = NULL;

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        suite_check(takes_a_parameter(property(sla_record_clause.path, words[i])), words[i],
                    __FILE__, __LINE__);
    }
    for (const struct json *at = json_get(definition(sla_record_clause.path), "allOf")->first;
         at != NULL; at = at->next) {
        const struct json *value = json_get(json_get(json_get(at, "then"), "properties"), "value");
        level = json_get(value, "anyOf") != NULL ? value : level;
    }
    CU_ASSERT_PTR_NOT_NULL_FATAL(level);
    CU_ASSERT_TRUE(takes_a_parameter(level));
}

static void a_service_needs_names_or_a_mapping(void)
{
    const struct json *needs = property(sla_record_service.path, "needs");

    CU_ASSERT_TRUE(check_refs(json_get(needs, "then")) == 1);
    CU_ASSERT_PTR_NOT_NULL(json_get(json_get(needs, "else"), "items"));
}

static void every_name_of_the_tables_is_explained(void)
{
    size_t count = 0;
    const struct slice *names = sla_topic_names(&arena, &count);
    struct sla_topic topics[SLA_TOPICS_MAX];

    CU_ASSERT_TRUE(count > 100);
    for (size_t i = 0; i < count; i++) {
        CLEANUP(buf_done) struct buf text = { 0 };
        size_t found = sla_topics(names[i], topics);
        CU_ASSERT_TRUE(found > 0);
        for (size_t j = 0; j < found; j++) {
            sla_topic_print(&topics[j], &text);
        }
        CU_ASSERT_TRUE(text.len > 40);
    }
}

static void names_are_asked_for_as_they_say(void)
{
    static const struct {
        const char *asked;
        size_t found;
    } rows[] = {
        { "spec.clauses.window", 1 },
        { "sla.spec.clauses.window", 1 },
        { "clauses.window", 1 },
        { "window", 3 }, /* of clauses, of assumptions and of tests */
        { "availability", 1 },
        { "ResponsePolicy", 2 }, /* its spec and its metadata */
        { "spec.clauses", 3 },   /* itself, and as a member of two kinds */
        { "indow", 0 },
        { "", 0 },
        { ".", 0 },
        { "spec.clauses.window.", 0 },
    };
    struct sla_topic topics[SLA_TOPICS_MAX];

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CU_ASSERT_EQUAL(sla_topics(slice_from(rows[i].asked), topics), rows[i].found);
    }
}

static CU_TestInfo tests[] = {
    { "every record is a definition with its members",
      every_record_is_a_definition_with_its_members },
    { "every reference leads to a definition", every_reference_leads_to_a_definition },
    { "every term has its alternative", every_term_has_its_alternative },
    { "no choice is empty", no_choice_is_empty },
    { "a parameter may stand for any word", a_parameter_may_stand_for_any_word },
    { "a service needs names or a mapping", a_service_needs_names_or_a_mapping },
    { "every name of the tables is explained", every_name_of_the_tables_is_explained },
    { "names are asked for as they say", names_are_asked_for_as_they_say },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla schema", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
