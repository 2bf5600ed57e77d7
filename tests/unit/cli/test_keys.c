#include "cli/keys.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/file.h"
#include "tests/suite.h"

static struct cli cli;

static void set_up(void)
{
    cli = (struct cli){ 0 };
    cli.values[OPTION_QUIET] = "";
}

static void tear_down(void)
{
    arena_done(&cli.arena);
}

/* As `openssl genpkey -algorithm ed25519` writes it. */
#define ANNA                                                                                       \
    "-----BEGIN PRIVATE KEY-----\n"                                                                \
    "MC4CAQAwBQYDK2VwBCIEINqsDNAI4DRAoGoFN9spoeIblAYoiIaOgNBEAd21i1s3\n"                           \
    "-----END PRIVATE KEY-----\n"

static void a_process_with_a_secret_leaves_no_core_dump(void)
{
    const char *path = file_path(&cli.arena, suite_folder(), "anna.pem");
    struct ed25519_secret secret = { 0 };
    struct rlimit limit = { 1, 1 };

    ASSERT_OK(file_store(path, SLICE(ANNA), 0600));
    CU_ASSERT_EQUAL(prctl(PR_GET_DUMPABLE), 1);
    CU_ASSERT_EQUAL(keys_load_secret(&cli, path, &secret), CLI_DONE);
    CU_ASSERT_EQUAL(secret.seed[0], 0xda);
    CU_ASSERT_EQUAL(prctl(PR_GET_DUMPABLE), 0);
    CU_ASSERT_EQUAL(getrlimit(RLIMIT_CORE, &limit), 0);
    CU_ASSERT_EQUAL(limit.rlim_cur, 0);
    CU_ASSERT_EQUAL(limit.rlim_max, 0);
}

static CU_TestInfo tests[] = {
    { "a process with a secret leaves no core dump", a_process_with_a_secret_leaves_no_core_dump },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "cli keys", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
