#include "base/crypto.h"
#include "base/crypto_pem.h"

#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/parse.h"
#include "tests/suite.h"

enum { VECTORS_BYTES_MAX = 4 * 1024 * 1024, MESSAGE_MAX = 4096 };

/* FIPS 180-4 examples. */
static void test_sha256(void)
{
    static const struct {
        const char *text;
        const char *hex;
    } rows[] = {
        { "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
        { "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
        { "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
    };
    char hex[2 * SHA256_BYTES + 1];

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct sha256 hash = sha256_of(slice_from(rows[i].text));
        sha256_hex(&hash, hex);
        CU_ASSERT_STRING_EQUAL(hex, rows[i].hex);
    }
}

static void test_sha256_of_parts(void)
{
    const struct slice parts[] = { SLICE("ab"), { 0 }, SLICE("c") };
    struct sha256 whole = sha256_of(SLICE("abc"));
    struct sha256 joined = sha256_of_parts(parts, COUNT_OF(parts));
    struct sha256 nothing = sha256_of_parts(NULL, 0);
    struct sha256 empty = sha256_of((struct slice){ 0 });

    CU_ASSERT(sha256_eq(&whole, &joined));
    CU_ASSERT(sha256_eq(&nothing, &empty));
    CU_ASSERT_FALSE(sha256_eq(&whole, &empty));
}

/* RFC 8032, section 7.1, test 1. */
static void test_ed25519_signs_as_published(void)
{
    struct ed25519_secret secret;
    struct ed25519_signature wanted;
    uint8_t key[ED25519_KEY_BYTES];

    ASSERT_OK(parse_hex(SLICE("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"),
                        secret.seed, sizeof(secret.seed)));
    ASSERT_OK(parse_hex(SLICE("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"),
                        key, sizeof(key)));
    ASSERT_OK(parse_hex(SLICE("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                              "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
                        wanted.bytes, sizeof(wanted.bytes)));
    struct ed25519_public public = ed25519_public_of(&secret);
    CU_ASSERT_EQUAL(memcmp(public.bytes, key, sizeof(key)), 0);
    struct ed25519_signature got = ed25519_sign(&secret, (struct slice){ 0 });
    CU_ASSERT_EQUAL(memcmp(got.bytes, wanted.bytes, sizeof(wanted.bytes)), 0);
    CU_ASSERT(ed25519_verify(&public, (struct slice){ 0 }, &got));
}

static void test_any_change_breaks_a_signature(void)
{
    struct ed25519_secret secret;
    struct ed25519_secret other_secret;
    struct ed25519_public public;
    struct ed25519_public other;

    ed25519_new(&secret, &public);
    ed25519_new(&other_secret, &other);
    CU_ASSERT_NOT_EQUAL(memcmp(secret.seed, other_secret.seed, sizeof(secret.seed)), 0);
    struct ed25519_signature signature = ed25519_sign(&secret, SLICE("message"));
    CU_ASSERT(ed25519_verify(&public, SLICE("message"), &signature));
    CU_ASSERT_FALSE(ed25519_verify(&public, SLICE("massage"), &signature));
    CU_ASSERT_FALSE(ed25519_verify(&other, SLICE("message"), &signature));
    for (size_t i = 0; i < sizeof(signature.bytes); i++) {
        struct ed25519_signature bent = signature;
        bent.bytes[i] ^= 1U;
        CU_ASSERT_FALSE(ed25519_verify(&public, SLICE("message"), &bent));
    }
}

static void check_vector(const struct ed25519_public *key, const struct json *vector)
{
    static uint8_t message[MESSAGE_MAX];
    struct ed25519_signature signature;
    struct slice text = json_text(vector, "msg");
    struct slice hex = json_text(vector, "sig");

    /* Our signatures have 64 bytes by type: what has not, is refused before it gets here. */
    if (hex.len / 2 != ED25519_SIG_BYTES) {
        CU_ASSERT(slice_is(json_text(vector, "result"), "invalid"));
        return;
    }
    if (text.len > 2 * sizeof(message)) {
        CU_FAIL("message too long");
        return;
    }
    ASSERT_OK(parse_hex(text, message, text.len / 2));
    ASSERT_OK(parse_hex(hex, signature.bytes, sizeof(signature.bytes)));
    bool good =
        ed25519_verify(key, (struct slice){ (const char *)message, text.len / 2 }, &signature);
    struct slice comment = json_text(vector, "comment");
    suite_check(good == slice_is(json_text(vector, "result"), "valid"),
                comment.len > 0 ? comment.ptr : "", __FILE__, __LINE__);
}

static void check_vectors(struct arena *arena, const char *root)
{
    struct slice text = { 0 };
    const struct json *file = NULL;
    struct ed25519_public key;
    size_t count = 0;

    ASSERT_OK(file_load(arena, file_path(arena, root, "vectors/ed25519_test.json"),
                        VECTORS_BYTES_MAX, &text));
    ASSERT_OK(json_read(arena, text, &file));
    const struct json *groups = json_get(file, "testGroups");
    for (const struct json *group = groups != NULL ? groups->first : NULL; group != NULL;
         group = group->next) {
        ASSERT_OK(
            parse_hex(json_text(json_get(group, "publicKey"), "pk"), key.bytes, sizeof(key.bytes)));
        for (const struct json *at = json_get(group, "tests")->first; at != NULL; at = at->next) {
            check_vector(&key, at);
            count++;
        }
    }
    CU_ASSERT(count >= 150);
}

static void test_wycheproof_vectors(void)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    const char *root = suite_data("vectors/ed25519_test.json");

    if (root != NULL) {
        check_vectors(&arena, root);
    }
}

static void test_wiping(void)
{
    char secret[] = "secret";

    crypto_wipe(secret, sizeof(secret));
    for (size_t i = 0; i < sizeof(secret); i++) {
        CU_ASSERT_EQUAL(secret[i], 0);
    }
}

#define PEM(label, body) "-----BEGIN " label "-----\n" body "\n-----END " label "-----\n"

#define ANNA PEM("PRIVATE KEY", "MC4CAQAwBQYDK2VwBCIEINqsDNAI4DRAoGoFN9spoeIblAYoiIaOgNBEAd21i1s3")

/* As `openssl genpkey -algorithm ed25519` and `openssl pkey -pubout` write them. */
static void test_pem_of_a_pair(void)
{
    struct ed25519_secret secret;
    struct ed25519_public public_key;

    ASSERT_OK(ed25519_secret_read_pem(SLICE("\n" ANNA " \r\n"), &secret));
    ASSERT_OK(ed25519_public_read_pem(
        SLICE(PEM("PUBLIC KEY", "MCowBQYDK2VwAyEAk1OQE1ypnelp7ljtu7DWtuykfFMGndoDrjeuid7AxlY=")),
        &public_key));
    struct ed25519_public derived = ed25519_public_of(&secret);
    CU_ASSERT_EQUAL(memcmp(&derived, &public_key, sizeof(derived)), 0);
}

static void test_pem_of_something_else(void)
{
    static const struct {
        const char *pem, *why;
    } rows[] = {
        { "", "not an Ed25519 private key in PEM" },
        { "secret", "not an Ed25519 private key in PEM" },
        { PEM("PUBLIC KEY", "MCowBQYDK2VwAyEAk1OQE1ypnelp7ljtu7DWtuykfFMGndoDrjeuid7AxlY="),
          "not an Ed25519 private key: it is the public half of one" },
        { PEM("PRIVATE KEY", "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgci6SXS5s9ExMvowK\n"
                             "fp4TSFcBIc5rV2+ZP2H++h5Ym2ihRANCAAT8gJ0jfUxjAk6gMOuf1PdRLwEOcnW+\n"
                             "E6j401Pk6JD+TwsMLdNCTQZRCgLUdSXVyAM0aGXYgtDGy8c/gaeGSMlB"),
          "not an Ed25519 private key: it is a private key of another kind, or damaged" },
        { PEM("ENCRYPTED PRIVATE KEY",
              "MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAisGxGX8rxd6gICCAAw\n"
              "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEAQIEEIQFwujb513XahWOdYo6HNEEQHnd\n"
              "mhZBt5LpNDLbGakpE3m4TLf0gHVEk+3eqHHGqDHuCKPhTTwCEGlOXoEqP9Du2Ofl\n"
              "zv9gOcMrnVMbRfHxH5g="),
          "not an Ed25519 private key: it is locked with a passphrase" },
        { ANNA ANNA, "line 4: a second one behind the key: a file holds one key alone" },
        { "\n" ANNA "\nsecret\n", "line 6: text behind the key: a file holds one key alone" },
        { "# anna\n" ANNA, "line 1: text above the key: a file holds one key alone" },
        /* one byte more behind the structure, and one less */
        { PEM("PRIVATE KEY",
              "MC4CAQAwBQYDK2VwBCIEINqsDNAI4DRAoGoFN9spoeIblAYoiIaOgNBEAd21i1s3AA=="),
          "not an Ed25519 private key: it is a private key of another kind, or damaged" },
        { PEM("PRIVATE KEY", "MC4CAQAwBQYDK2VwBCIEINqsDNAI4DRAoGoFN9spoeIblAYoiIaOgNBEAd21i1s="),
          "not an Ed25519 private key: it is a private key of another kind, or damaged" },
        { PEM("OPENSSH PRIVATE KEY", "AAAA"),
          "not an Ed25519 private key: it is a key of OpenSSH's own format" },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct ed25519_secret secret;
        struct status read = ed25519_secret_read_pem(slice_from(rows[i].pem), &secret);
        CU_ASSERT_EQUAL(read.code, STATUS_INVALID);
        CU_ASSERT_STRING_EQUAL(read.msg, rows[i].why);
    }
}

static void test_a_public_key_is_all_of_its_block(void)
{
    struct ed25519_public key;
    struct status read = ed25519_public_read_pem(
        SLICE(
            PEM("PUBLIC KEY", "MCowBQYDK2VwAyEAk1OQE1ypnelp7ljtu7DWtuykfFMGndoDrjeuid7AxlYAAA==")),
        &key);

    CU_ASSERT_STRING_EQUAL(
        read.msg, "not an Ed25519 public key: it is a public key of another kind, or damaged");
}

static CU_TestInfo tests[] = {
    { "SHA-256", test_sha256 },
    { "SHA-256 of parts", test_sha256_of_parts },
    { "Ed25519 signs as published", test_ed25519_signs_as_published },
    { "any change breaks a signature", test_any_change_breaks_a_signature },
    { "Wycheproof: Ed25519", test_wycheproof_vectors },
    { "wiping", test_wiping },
    { "PEM of a pair", test_pem_of_a_pair },
    { "PEM of something else", test_pem_of_something_else },
    { "a public key is all of its block", test_a_public_key_is_all_of_its_block },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "crypto", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
