/* Every code of the rule reader has a page, and the rules on it fail and pass as it says. */
#include "base/file.h"
#include "detect/rule_file.h"
#include "tests/suite.h"

#include <stdio.h>

static struct arena arena;
static struct diag_list diags;

static int clear(void)
{
    arena_done(&arena);
    return 0;
}

static struct slice block(struct slice page, const char *fence)
{
    size_t at = slice_find_text(page, slice_from(fence));
    struct slice text = slice_sub(page, at, page.len);

    (void)slice_cut(&text, '\n');
    return slice_sub(text, 0, slice_find_text(text, SLICE("```\n")));
}

static const struct rule_set *read_rules(struct slice text)
{
    struct diag_source *source = ARENA_NEW(&arena, struct diag_source, 1);

    *source = (struct diag_source){ "page", text };
    diag_list_init(&diags, &arena);
    return rules_read(&arena, source, 1, &diags);
}

static void test_pages_fail_and_pass_as_they_say(void)
{
    for (unsigned code = RULE_CODE_UNKNOWN_KEY; code <= RULE_CODE_LIMIT; code++) {
        struct slice page = { 0 };
        const char *path = arena_printf(&arena, "docs/reference/diagnostics/RDN%04u.md", code).ptr;
        ASSERT_OK(file_load(&arena, path, 1 << 16, &page));
        CU_ASSERT_PTR_NULL(read_rules(block(page, "```yaml fails")));
        suite_check(diags.first != NULL && diags.first->code == code, path, __FILE__, __LINE__);
        suite_check(read_rules(block(page, "```yaml passes")) != NULL, path, __FILE__, __LINE__);
        CU_ASSERT_EQUAL(diags.errors, 0);
    }
}

static CU_TestInfo tests[] = {
    { "pages fail and pass as they say", test_pages_fail_and_pass_as_they_say },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { .pName = "rule pages", .pCleanupFunc = clear, .pTests = tests },
    CU_SUITE_INFO_NULL,
};
