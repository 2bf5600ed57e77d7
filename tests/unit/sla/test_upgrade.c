/* Documents that an earlier release accepted: a daemon that stored them starts with them. */
#include "base/file.h"
#include "tests/unit/sla/worlds.h"

#define FOLDER "tests/unit/sla/upgrade"
enum { FILES_MAX = 16 };

static struct bench bench;

static void set_up(void)
{
    bench_start(&bench);
}

static void tear_down(void)
{
    bench_end(&bench);
}

static void compile_release(const char *release)
{
    const char *folder = file_path(&bench.arena, FOLDER, release);
    const char **names = NULL;
    size_t count = 0;

    bench_clear(&bench);
    bench.options.stored = true;
    ASSERT_OK(file_list(&bench.arena, folder, FILES_MAX, &names, &count));
    CU_ASSERT_TRUE(count > 0);
    for (size_t i = 0; i < count; i++) {
        bench_add_file(&bench, file_path(&bench.arena, folder, names[i]));
    }
    bench_compile(&bench);
}

/* What each release made of its documents, apart from how it told of them. */
static const struct {
    const char *release;
    size_t clauses, policies, objectives, reactions, conflicts;
    const char *conflict;
} releases[] = {
    { "0.1.0", 8, 10, 2, 2, 1, "cf-3b5704ce" },
};

static void every_release_compiles_to_what_it_was(void)
{
    for (size_t i = 0; i < COUNT_OF(releases); i++) {
        compile_release(releases[i].release);
        CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
        const struct sla_summary *summary = &bench.world->summary;
        CU_ASSERT_EQUAL(summary->clauses, releases[i].clauses);
        CU_ASSERT_EQUAL(summary->policies, releases[i].policies);
        CU_ASSERT_EQUAL(summary->objectives, releases[i].objectives);
        CU_ASSERT_EQUAL(summary->reactions, releases[i].reactions);
        CU_ASSERT_EQUAL(bench.world->conflict_count, releases[i].conflicts);
        CU_ASSERT_TRUE(
            slice_starts(bench.world->conflicts[0].id, slice_from(releases[i].conflict)));
        CU_ASSERT_EQUAL(bench.diags.errors, releases[i].conflicts); /* told as an error each */
    }
}

static void older_spellings_are_warned_about(void)
{
    compile_release("0.1.0");
    CU_ASSERT_TRUE(bench_has(&bench, 904));
    for (const struct diag *at = bench.diags.first; at != NULL; at = at->next) {
        CU_ASSERT_TRUE(at->code != 904 || (at->fixes != NULL && at->fixes->safe));
    }
}

static CU_TestInfo tests[] = {
    { "every release compiles to what it was", every_release_compiles_to_what_it_was },
    { "older spellings are warned about", older_spellings_are_warned_about },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla upgrade", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
