/* The public YAML test suite against our subset: for every case the right value or a clean error,
 * and never a crash. */
#include <string.h>

#include "base/file.h"
#include "base/yaml.h"
#include "tests/suite.h"

enum { VECTORS_BYTES_MAX = 16 * 1024 * 1024, KEY_BYTES_MAX = 1024 };

struct tally {
    unsigned right, refused, lax, wrong;
};

/* Texts must be equal; what JSON types is a plain scalar to us. */
// NOLINTNEXTLINE(misc-no-recursion): as deep as yaml_read lets a tree be
static bool same_value(const struct yaml_node *node, const struct json *value)
{
    switch (value->kind) {
    case JSON_NULL:
        return node->kind == YAML_SCALAR && !node->quoted;
    case JSON_BOOL:
    case JSON_NUMBER:
        return node->kind == YAML_SCALAR;
    case JSON_STRING:
        return node->kind == YAML_SCALAR && slice_eq(node->text, value->text);
    case JSON_ARRAY:
    case JSON_OBJECT:
        break;
    }
    if (node->kind != (value->kind == JSON_ARRAY ? YAML_SEQUENCE : YAML_MAPPING) ||
        node->count != value->count) {
        return false;
    }
    const struct json *element = value->first;
    for (const struct yaml_node *at = node->first; at != NULL; at = at->next) {
        char key[KEY_BYTES_MAX];
        slice_to_cstr(at->key, key, sizeof(key));
        const struct json *other = value->kind == JSON_ARRAY ? element : json_get(value, key);
        if (other == NULL || !same_value(at, other)) {
            return false;
        }
        element = element->next;
    }
    return true;
}

/* The suite writes one JSON value a document, one after the other: cut at lines that close one. */
static bool same_stream(struct arena *arena, const struct yaml_document *document,
                        struct slice stream)
{
    struct slice rest = stream;
    struct slice value = { rest.ptr, 0 };

    while (rest.len > 0 && document != NULL) {
        const struct json *read = NULL;
        struct slice line = slice_cut(&rest, '\n');
        value.len = (size_t)(line.ptr + line.len - value.ptr);
        struct status status = json_read(arena, value, &read);
        if (status.code != STATUS_OK) {
            continue; /* not whole yet */
        }
        if (document->root == NULL || !same_value(document->root, read)) {
            return false;
        }
        document = document->next;
        value.ptr = rest.ptr;
    }
    return document == NULL && (rest.ptr == NULL || slice_trim(rest).len == 0);
}

static void run_case(struct arena *arena, const struct json *item, struct tally *tally)
{
    struct diag_list diags;
    struct diag_source source = { "case.yaml", json_text(item, "yaml") };
    const struct json *fail = json_get(item, "fail");
    const struct json *json = json_get(item, "json");

    diag_list_init(&diags, arena);
    const struct yaml_document *document = yaml_read(arena, &source, &diags);
    if (diags.errors > 0) {
        tally->refused++;
    } else if (fail != NULL && fail->truth) {
        tally->lax++;
        (void)printf("\n    accepted, though it should fail: %.*s",
                     SLICE_ARG(json_text(item, "id")));
    } else if (json == NULL || same_stream(arena, document, json->text)) {
        tally->right++;
    } else {
        tally->wrong++;
        (void)printf("\n    another value: %.*s", SLICE_ARG(json_text(item, "id")));
    }
}

static void each_case_is_right_or_refused(void)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct tally tally = { 0 };
    struct slice text = { 0 };
    const char *root = suite_data("vectors/yaml/yaml-test-suite.jsonl");

    if (root == NULL) {
        return;
    }
    const char *path = file_path(&arena, root, "vectors/yaml/yaml-test-suite.jsonl");
    ASSERT_OK(file_load(&arena, path, VECTORS_BYTES_MAX, &text));
    while (text.len > 0) {
        const struct json *item = NULL;
        struct slice line = slice_cut(&text, '\n');
        ASSERT_OK(json_read(&arena, line, &item));
        if (item != NULL) {
            run_case(&arena, item, &tally);
        }
    }
    (void)printf("\n    %u right, %u refused, %u accepted though wrong, %u another value ",
                 tally.right, tally.refused, tally.lax, tally.wrong);
    CU_ASSERT_EQUAL(tally.wrong, 0);
    CU_ASSERT_TRUE(tally.right > 100);
}

static CU_TestInfo tests[] = {
    { "each case of the public suite is right or refused", each_case_is_right_or_refused },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "yaml suite", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
