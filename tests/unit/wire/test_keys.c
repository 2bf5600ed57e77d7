#include "wire/keys.h"

#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "tests/suite.h"
#include "tests/unit/wire/wire_world.h"

static struct arena arena;

static int tear_down(void)
{
    arena_done(&arena);
    return 0;
}

static const char *path_of(const char *name)
{
    return file_path(&arena, suite_folder(), name);
}

static void test_an_identity_is_stored_for_its_owner_alone_and_loads_again(void)
{
    const struct service_id services[] = { world_monitor, world_enforce };
    struct identity made;
    struct identity back;
    struct stat info;
    const char *path = path_of("identity.yaml");

    identity_make(&made, SLICE("app-1"), PEER_SMA, services, 2);
    ASSERT_OK(identity_store(&made, path));
    CU_ASSERT_EQUAL(stat(path, &info), 0);
    CU_ASSERT_EQUAL(info.st_mode & 0777, 0600);
    ASSERT_OK(identity_load(path, &back));
    CU_ASSERT_STRING_EQUAL(back.name, "app-1");
    CU_ASSERT_EQUAL(back.role, PEER_SMA);
    CU_ASSERT_EQUAL(memcmp(&back.curve, &made.curve, sizeof(back.curve)), 0);
    CU_ASSERT_EQUAL(back.service_count, 2);
    CU_ASSERT_EQUAL(
        memcmp(&back.services[1].secret, &made.services[1].secret, sizeof(back.services[1].secret)),
        0);
    CU_ASSERT_EQUAL(memcmp(&back.services[1].public_key, &made.services[1].public_key,
                           sizeof(back.services[1].public_key)),
                    0);
    CU_ASSERT_PTR_NOT_NULL(identity_service(&back, &world_enforce));
    const struct service_id none = { LAYER_L0, PLANE_DATA, SERVICE_ENFORCE };
    CU_ASSERT_PTR_NULL(identity_service(&back, &none));
    identity_done(&back);
    CU_ASSERT_EQUAL(back.service_count, 0);
}

static void test_secrets_that_others_may_read_are_refused(void)
{
    static const mode_t modes[] = { 0640, 0604, 0660, 0620, 0602, 0644 };
    struct identity identity;
    const char *path = path_of("open.yaml");

    identity_make(&identity, SLICE("redand"), PEER_ORCHESTRATOR, NULL, 0);
    ASSERT_OK(identity_store(&identity, path));
    for (size_t i = 0; i < COUNT_OF(modes); i++) {
        CU_ASSERT_EQUAL(chmod(path, modes[i]), 0);
        ASSERT_CODE(identity_load(path, &identity), STATUS_DENIED);
    }
    CU_ASSERT_EQUAL(chmod(path, 0600), 0);
    ASSERT_OK(identity_load(path, &identity));
}

struct bad_file {
    const char *text;
    const char *wanted; /* in the message */
};

static const char key[] = "0000000000000000000000000000000000000000000000000000000000000000";

static struct slice fill_in(const char *text)
{
    struct slice rest = slice_from(text);
    CLEANUP(buf_done) struct buf out = { 0 };

    while (rest.len > 0) {
        struct slice part = slice_cut(&rest, '@');
        buf_add_slice(&out, part);
        buf_add_cstr(&out, rest.len > 0 ? key : "");
    }
    return arena_copy(&arena, buf_slice(&out));
}

static void test_a_bad_identity_file_is_refused_with_its_place(void)
{
    static const struct bad_file files[] = {
        { "apiVersion: redan/v1\nkind: Identity\nname: -x\nrole: sma\ncurvePublic: @\n"
          "curveSecret: @\nservices: []\n",
          ":3:7: bad value for `name`" },
        { "apiVersion: redan/v1\nkind: Identity\nname: x\nrole: sma\ncurvePublic: 00\n"
          "curveSecret: @\nservices: []\n",
          ":5:14: bad value for `curvePublic`" },
        { "apiVersion: redan/v1\nkind: Identity\nname: x\nrole: orchestrator\ncurvePublic: @\n"
          "curveSecret: @\nservices: []\n",
          "signingSeed" },
        { "apiVersion: redan/v1\nkind: Identity\nname: x\nrole: sma\ncurvePublic: @\n"
          "curveSecret: @\nservices:\n  - {id: L2.network.monitor, seed: @}\n"
          "  - {id: L2.network.monitor, seed: @}\n",
          "twice" },
        { "apiVersion: redan/v1\nkind: Identity\nname: x\nrole: sma\ncurvePublic: @\n"
          "curveSecret: @\nservices:\n  - {id: L2.moon.monitor, seed: @}\n",
          ":8:10: bad value for `id`" },
    };
    struct identity identity;

    for (size_t i = 0; i < COUNT_OF(files); i++) {
        const char *path = path_of("bad.yaml");
        ASSERT_OK(file_store(path, fill_in(files[i].text), 0600));
        struct status loaded = identity_load(path, &identity);
        CU_ASSERT_EQUAL(loaded.code, STATUS_INVALID);
        if (strstr(loaded.msg, files[i].wanted) == NULL) {
            (void)printf("    row %zu: `%s`\n", i, loaded.msg);
            CU_FAIL("another message was wanted");
        }
        CU_ASSERT_PTR_NULL(strstr(loaded.msg, key)); /* no secret in a message */
    }
    ASSERT_CODE(identity_load(path_of("absent.yaml"), &identity), STATUS_NOT_FOUND);
}

static void test_trust_is_stored_and_loads_again(void)
{
    struct trust made = { .server = "agg-1",
                          .server_key = { { 1, 2, 3 } },
                          .membership = { 4, 2 },
                          .signers = { { "r1", { { 7 } } }, { "r2", { { 8 } } } },
                          .signer_count = 2 };
    struct trust back;

    ASSERT_OK(trust_store(&made, path_of("trust.yaml")));
    ASSERT_OK(trust_load(path_of("trust.yaml"), &back));
    CU_ASSERT_STRING_EQUAL(back.server, "agg-1");
    CU_ASSERT_TRUE(curve_public_eq(&back.server_key, &made.server_key));
    CU_ASSERT_EQUAL(back.membership.epoch, 4);
    CU_ASSERT_EQUAL(back.membership.threshold, 2);
    CU_ASSERT_EQUAL_FATAL(back.signer_count, 2);
    CU_ASSERT_STRING_EQUAL(back.signers[1].replica, "r2");
    CU_ASSERT_EQUAL(back.signers[1].key.bytes[0], 8);
    made.membership.threshold = 3;
    ASSERT_OK(trust_store(&made, path_of("trust.yaml")));
    ASSERT_CODE(trust_load(path_of("trust.yaml"), &back), STATUS_INVALID);
    ASSERT_CODE(trust_load(path_of("absent.yaml"), &back), STATUS_NOT_FOUND);
}

static void test_curve_keys_are_made_printed_and_read(void)
{
    struct curve_pair a;
    struct curve_pair b;
    struct curve_public back;
    char hex[CURVE_HEX_MAX];

    curve_pair_new(&a);
    curve_pair_new(&b);
    CU_ASSERT_FALSE(curve_public_eq(&a.public_key, &b.public_key));
    curve_public_hex(&a.public_key, hex);
    ASSERT_OK(curve_public_parse(slice_from(hex), &back));
    CU_ASSERT_TRUE(curve_public_eq(&a.public_key, &back));
    ASSERT_CODE(curve_public_parse(SLICE("00"), &back), STATUS_INVALID);
}

static CU_TestInfo tests[] = {
    { "an identity is stored for its owner alone and loads again",
      test_an_identity_is_stored_for_its_owner_alone_and_loads_again },
    { "secrets that others may read are refused", test_secrets_that_others_may_read_are_refused },
    { "a bad identity file is refused with its place",
      test_a_bad_identity_file_is_refused_with_its_place },
    { "trust is stored and loads again", test_trust_is_stored_and_loads_again },
    { "CURVE keys are made, printed and read", test_curve_keys_are_made_printed_and_read },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = { { "wire/keys", NULL, tear_down, NULL, NULL, tests }, CU_SUITE_INFO_NULL };
