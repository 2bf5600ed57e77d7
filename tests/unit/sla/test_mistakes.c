/* One mistake a document, in every place where one can be made: each key misspelt, each value of
 * another kind, in every file that passes on the pages of the codes and in the examples. Those use
 * nearly every member of every kind. What is left compiles, or is refused with a place. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "tests/unit/sla/worlds.h"

#define PAGES "docs/reference/diagnostics"
enum {
    FILE_BYTES_MAX = 65536,
    FILES_MAX = 256,
    OTHERS_MAX = 15,
    PAGE_SHARE = 4,
    EXAMPLE_SHARE = 8
};
/* One key of so many: with all of them a run takes minutes under sanitizers. REDAN_ALL_MISTAKES=1
 * in the environment makes all. */

static struct bench bench;
static struct arena files; /* what stays while `bench` is cleared */
static struct slice others[OTHERS_MAX];
static size_t other_count;
static size_t mistakes, told;

static void set_up(void)
{
    bench_start(&bench);
    files = (struct arena){ 0 };
    mistakes = told = other_count = 0;
}

static void tear_down(void)
{
    arena_done(&files);
    bench_end(&bench);
}

static bool is_inside(struct diag_span span)
{
    return span.source == NULL ||
           (span.byte <= span.byte_end && span.byte_end <= span.source->text.len);
}

/* The mistaken text among the others of its world. Left out with a place: that, or a world. */
static void check(struct slice text)
{
    bool inside = true;

    bench_clear(&bench);
    bench.options.partial = other_count == 0;
    bench_add(&bench, text);
    for (size_t i = 0; i < other_count; i++) {
        bench_add(&bench, others[i]);
    }
    bench_compile(&bench);
    for (const struct diag *at = bench.diags.first; at != NULL; at = at->next) {
        inside = inside && is_inside(at->span);
        for (const struct diag_label *label = at->labels; label != NULL; label = label->next) {
            inside = inside && is_inside(label->span);
        }
    }
    bool holds = inside && (bench.world != NULL || bench.diags.errors > 0);
    if (!holds) {
        (void)printf("\n    %.*s", SLICE_ARG(text));
    }
    CU_ASSERT_TRUE(holds);
    mistakes++;
    told += bench.diags.errors > 0;
}

static bool is_word(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* The next `key:` at or behind `from`: where it begins and where its colon is. */
static bool next_key(struct slice text, size_t from, size_t *begin, size_t *colon)
{
    for (size_t i = from; i + 1 < text.len; i++) {
        bool ends = text.ptr[i] == ':' && (text.ptr[i + 1] == ' ' || text.ptr[i + 1] == '\n');
        if (!ends) {
            continue;
        }
        size_t start = i;
        while (start > from && is_word(text.ptr[start - 1])) {
            start--;
        }
        if (start < i) {
            *begin = start;
            *colon = i;
            return true;
        }
    }
    return false;
}

static void check_with(struct slice text, size_t from, const char *put, size_t upto)
{
    CLEANUP(buf_done) struct buf mistaken = { 0 };

    buf_add(&mistaken, text.ptr, from);
    buf_add_cstr(&mistaken, put);
    buf_add(&mistaken, text.ptr + upto, text.len - upto);
    check(buf_slice(&mistaken));
}

static size_t end_of_value(struct slice text, size_t from)
{
    while (from < text.len && strchr(",]}\n", text.ptr[from]) == NULL) {
        from++;
    }
    return from;
}

static size_t one_in(size_t share)
{
    return getenv("REDAN_ALL_MISTAKES") != NULL ? 1 : share; /* NOLINT(concurrency-mt-unsafe) */
}

static void make_mistakes(struct slice text, size_t stride)
{
    static const char *const values[] = { "", " x", " 7", " []", " {}", " [x, {x: y}]", " yes" };
    size_t begin = 0;
    size_t colon = 0;

    for (size_t at = 0, turn = 0; next_key(text, at, &begin, &colon); at = colon + 1, turn++) {
        if (turn % stride != 0) {
            continue;
        }
        check_with(text, begin, "j", begin + 1);
        check_with(text, colon - 1, "", colon);
        size_t end = end_of_value(text, colon + 1);
        for (size_t i = 0; i < COUNT_OF(values); i++) {
            check_with(text, colon + 1, values[i], end);
        }
    }
}

static void make_mistakes_on_page(const char *name)
{
    struct slice page = { 0 };

    ASSERT_OK(file_load(&files, file_path(&files, PAGES, name), FILE_BYTES_MAX, &page));
    size_t at = slice_find_text(page, SLICE("```yaml passes"));
    if (at < page.len) {
        struct slice text = slice_sub(page, at, page.len);
        (void)slice_cut(&text, '\n');
        make_mistakes(slice_sub(text, 0, slice_find_text(text, SLICE("```\n"))),
                      one_in(PAGE_SHARE));
    }
}

static void in_what_passes_on_the_pages(void)
{
    const char **names = NULL;
    size_t count = 0;

    ASSERT_OK(file_list(&files, PAGES, FILES_MAX, &names, &count));
    for (size_t i = 0; i < count; i++) {
        make_mistakes_on_page(names[i]);
    }
    CU_ASSERT_TRUE(mistakes > 1000);
    CU_ASSERT_TRUE(told * 2 > mistakes);
}

static void load_folder(const char *folder, struct slice *texts, size_t *count)
{
    const char **names = NULL;
    size_t found = 0;

    *count = 0;
    ASSERT_OK(file_list(&files, folder, FILES_MAX, &names, &found));
    for (size_t i = 0; i < found && *count < OTHERS_MAX; i++) {
        if (slice_ends(slice_from(names[i]), SLICE(".yaml"))) {
            ASSERT_OK(file_load(&files, file_path(&files, folder, names[i]), FILE_BYTES_MAX,
                                &texts[(*count)++]));
        }
    }
}

static void in_the_examples(void)
{
    static const char *const folders[] = { "examples/imaging", "examples/laboratory" };

    for (size_t i = 0; i < COUNT_OF(folders); i++) {
        struct slice texts[OTHERS_MAX] = { 0 };
        size_t count = 0;
        load_folder(folders[i], texts, &count);
        for (size_t j = 0; j < count; j++) {
            other_count = 0;
            for (size_t k = 0; k < count; k++) {
                if (k != j) {
                    others[other_count++] = texts[k];
                }
            }
            make_mistakes(texts[j], one_in(EXAMPLE_SHARE));
        }
    }
    CU_ASSERT_TRUE(mistakes > 1000);
    CU_ASSERT_TRUE(told * 2 > mistakes);
}

static CU_TestInfo tests[] = {
    { "in what passes on the pages", in_what_passes_on_the_pages },
    { "in the examples", in_the_examples },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "mistakes", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
