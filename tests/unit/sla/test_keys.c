#include "sla/agree/keys.h"
#include "tests/suite.h"

#include <string.h>

static struct arena arena;

static void set_up(void)
{
    arena = (struct arena){ 0 };
}

static void tear_down(void)
{
    arena_done(&arena);
}

#define BEGIN  "-----BEGIN PUBLIC KEY-----\n"
#define END    "-----END PUBLIC KEY-----\n"
#define ANNA   BEGIN "MCowBQYDK2VwAyEAk1OQE1ypnelp7ljtu7DWtuykfFMGndoDrjeuid7AxlY=\n" END
#define PAUL   BEGIN "MCowBQYDK2VwAyEAlgLzVVAGfTqAeNE1A+VxBtkIJJ2j6rLT8IDTLPz4F6g=\n" END
#define SECRET "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----\n"

/* Two keys in `keys/shop.pem`: how each begins, and when. */
static const struct {
    const char *text;
    size_t count;
    int32_t from_day, until_day; /* of the last */
} good[] = {
    { ANNA, 1, INT32_MIN, INT32_MAX },
    { "# anna\n\n" ANNA "# paul\nfrom: 2026-01-01\n" PAUL, 2, 20454, INT32_MAX },
    { "from: 2026-01-01\nuntil: 2026-01-02\n" ANNA, 1, 20454, 20455 },
    { "until: 2026-01-01\n" ANNA PAUL, 2, INT32_MIN, INT32_MAX },
    { "until: 2026-01-01\r\n-----BEGIN PUBLIC KEY-----\r\n"
      "MCowBQYDK2VwAyEAk1OQE1ypnelp7ljtu7DWtuykfFMGndoDrjeuid7AxlY=\r\n"
      "-----END PUBLIC KEY-----\r\n",
      1, INT32_MIN, 20454 },
};

static void a_file_is_of_its_party(void)
{
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        const struct diag_source file = { "keys/shop.pem", slice_from(good[i].text) };
        struct sla_key *keys = NULL;
        size_t count = 0;

        ASSERT_OK(sla_keys_read(&arena, &file, 1, &keys, &count));
        CU_ASSERT_EQUAL_FATAL(count, good[i].count);
        ASSERT_TEXT(keys[0].party, "shop");
        CU_ASSERT_EQUAL(keys[0].key.bytes[0], 0x93);
        CU_ASSERT_EQUAL(keys[count - 1].from_day, good[i].from_day);
        CU_ASSERT_EQUAL(keys[count - 1].until_day, good[i].until_day);
    }
}

static const struct {
    const char *text, *finding;
} bad[] = {
    { "", "shop.pem: no public key in it" },
    { "# later\n", "shop.pem: no public key in it" },
    { "\n" SECRET, "shop.pem:2: a private key: only its owner keeps that; `openssl pkey -in FILE "
                   "-pubout` makes the public one" },
    { "-----BEGIN CERTIFICATE-----\n", "shop.pem:1: not the first line of a public key" },
    { "form: 2026-01-01\n" ANNA,
      "shop.pem:1: neither a public key nor `from: DATE` or `until: DATE` above one" },
    { ANNA "ssh-ed25519 AAAA\n",
      "shop.pem:4: neither a public key nor `from: DATE` or `until: DATE` above one" },
    { BEGIN "MCowBQYDK2VwAyEA\n" END,
      "shop.pem:1: not an Ed25519 public key: it is a public key of another kind, or damaged" },
    { BEGIN "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE/ICdI31MYwJOoDDrn9T3US8BDnJ1\n"
            "vhOo+NNT5OiQ/k8LDC3TQk0GUQoC1HUl1cgDNGhl2ILQxsvHP4GnhkjJQQ==\n" END,
      "shop.pem:1: not an Ed25519 public key: it is a public key of another kind, or damaged" },
    { BEGIN "MCowBQYDK2VwAyEAk1OQE1ypnelp7ljtu7DWtuykfFMGndoDrjeuid7AxlY=\n",
      "shop.pem:1: not an Ed25519 public key: it is a public key of another kind, or damaged" },
    { "from: 2026-02-30\n" ANNA, "shop.pem:1: " },
    { BEGIN "MCowBQYDK2VwAyEAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n" END,
      "shop.pem:1: no key that anybody could hold: its order is small" },
    { BEGIN "MCowBQYDK2VwAyEAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIA=\n" END,
      "shop.pem:1: no key that anybody could hold: its order is small" },
    { BEGIN "MCowBQYDK2VwAyEAxxdqcD1N2E+6PAt2DRBnDyogU/osOczGTsf9d5KsA3o=\n" END,
      "shop.pem:1: no key that anybody could hold: its order is small" },
    { BEGIN "MCowBQYDK2VwAyEA7v///////////////////////////////////////38=\n" END,
      "shop.pem:1: no key that anybody could hold: its order is small" },
    { ANNA "until: 2026-02-01\n",
      "shop.pem:4: days stand above the key they are of: no key follows these" },
    { "until: 2026-02-01\nuntil: 2027-02-01\n" ANNA, "shop.pem:2: a second `until` above one key" },
    { "from: 2026-02-01\nfrom: 2025-02-01\n" ANNA, "shop.pem:2: a second `from` above one key" },
    { "from: 2026-01-02\nuntil: 2026-01-02\n" ANNA, "shop.pem:3: its days end before they begin" },
};

static void anything_else_is_refused(void)
{
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        const struct diag_source file = { "shop.pem", slice_from(bad[i].text) };
        struct sla_key *keys = NULL;
        size_t count = 0;
        struct status read = sla_keys_read(&arena, &file, 1, &keys, &count);

        CU_ASSERT_EQUAL(read.code, STATUS_INVALID);
        bool right = strncmp(read.msg, bad[i].finding, strlen(bad[i].finding)) == 0;
        CU_ASSERT_TRUE(right);
        if (!right) {
            (void)printf("\n    got    `%s`\n    wanted `%s`\n", read.msg, bad[i].finding);
        }
    }
}

/* Names of two files, and what is said. */
static const struct {
    const char *names[2], *texts[2], *finding;
} pairs[] = {
    { { "keys/shop.pem", "keys/dc-one.pem" },
      { ANNA, PAUL "# both\n" ANNA },
      "keys/dc-one.pem:5: the same key as at keys/shop.pem:1: each party has its own" },
    { { "keys/shop.pem", "keys/dc-one.pem" },
      { "until: 2026-01-01\n" ANNA, "from: 2026-01-01\n" ANNA },
      "keys/dc-one.pem:2: the same key as at keys/shop.pem:2: each party has its own" },
    { { "old/shop.pem", "new/shop.pem" }, { ANNA, ANNA }, "" },
    { { "keys/shop.pem", "keys/.pem" }, { ANNA, PAUL }, "keys/.pem: no name of a party: " },
    { { "keys/shop.pem", ".pem" }, { ANNA, PAUL }, ".pem: no name of a party: " },
    { { "keys/shop.pem", "keys/DC.pem" }, { ANNA, PAUL }, "keys/DC.pem: no name of a party: " },
    { { "keys/shop.pem", "keys/dc.pub" }, { ANNA, PAUL }, "keys/dc.pub: no name of a party: " },
};

static void a_key_is_one_partys(void)
{
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        const struct diag_source files[] = {
            { pairs[i].names[0], slice_from(pairs[i].texts[0]) },
            { pairs[i].names[1], slice_from(pairs[i].texts[1]) },
        };
        struct sla_key *keys = NULL;
        size_t count = 0;
        struct status read = sla_keys_read(&arena, files, COUNT_OF(files), &keys, &count);

        CU_ASSERT_EQUAL(status_ok(&read), pairs[i].finding[0] == '\0');
        struct slice said = slice_from(status_ok(&read) ? "" : read.msg);
        said = slice_sub(said, 0, strlen(pairs[i].finding));
        ASSERT_TEXT(said, pairs[i].finding);
    }
}

static void keys_are_found_by_their_digest(void)
{
    const struct diag_source file = { "shop.pem", SLICE("until: 2026-01-01\n" ANNA PAUL
                                                        "from: 2027-01-01\n" ANNA) };
    struct sla_key *keys = NULL;
    struct sla_known_keys known;
    size_t count = 0;

    ASSERT_OK(sla_keys_read(&arena, &file, 1, &keys, &count));
    sla_keys_index(&arena, keys, count, &known);
    struct sha256 id = sla_key_id(&keys[0].key);
    const struct sla_known_key *found = sla_keys_find(&known, &id, &count);
    CU_ASSERT_EQUAL_FATAL(count, 2);
    CU_ASSERT_PTR_EQUAL(found[0].key, &keys[0]);
    CU_ASSERT_PTR_EQUAL(found[1].key, &keys[2]);
    id = sla_key_id(&keys[1].key);
    CU_ASSERT_PTR_EQUAL(sla_keys_find(&known, &id, &count)->key, &keys[1]);
    CU_ASSERT_EQUAL(count, 1);
    id.bytes[0] ^= 1;
    (void)sla_keys_find(&known, &id, &count);
    CU_ASSERT_EQUAL(count, 0);
}

static CU_TestInfo tests[] = {
    { "a file is of its party", a_file_is_of_its_party },
    { "anything else is refused", anything_else_is_refused },
    { "a key is one party's", a_key_is_one_partys },
    { "keys are found by their digest", keys_are_found_by_their_digest },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla keys", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
