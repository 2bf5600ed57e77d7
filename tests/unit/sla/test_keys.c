#include "sla/keys.h"
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
      "shop.pem:1: not an Ed25519 public key: it is a public key of "
      "another kind" },
    { BEGIN "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE/ICdI31MYwJOoDDrn9T3US8BDnJ1\n"
            "vhOo+NNT5OiQ/k8LDC3TQk0GUQoC1HUl1cgDNGhl2ILQxsvHP4GnhkjJQQ==\n" END,
      "shop.pem:1: not an Ed25519 public key: it is a public key of another kind" },
    { BEGIN "MCowBQYDK2VwAyEAk1OQE1ypnelp7ljtu7DWtuykfFMGndoDrjeuid7AxlY=\n",
      "shop.pem:1: not an Ed25519 public key: it is a public key of another kind" },
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

static CU_TestInfo tests[] = {
    { "a file is of its party", a_file_is_of_its_party },
    { "anything else is refused", anything_else_is_refused },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla keys", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
