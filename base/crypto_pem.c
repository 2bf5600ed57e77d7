#include "base/crypto_pem.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

static void cleanup_bio(BIO **bio)
{
    BIO_free_all(*bio);
}

static void cleanup_key(EVP_PKEY **key)
{
    EVP_PKEY_free(*key);
}

/* Instead of a question on the terminal. */
/* NOLINTNEXTLINE(readability-non-const-parameter): the type is OpenSSL's */
static int no_passphrase(char *out, int size, int writing, void *arg)
{
    (void)out;
    (void)size;
    (void)writing;
    (void)arg;
    return -1;
}

static BIO *open_text(struct slice pem)
{
    BIO *bio = pem.len > 0 && pem.len <= INT_MAX ? BIO_new_mem_buf(pem.ptr, (int)pem.len) : NULL;

    ERR_clear_error();
    return bio;
}

static bool has(struct slice pem, const char *label)
{
    return slice_find_text(pem, slice_from(label)) < pem.len;
}

/* What the text holds, when it is not what was wanted. */
static struct status not_this(struct slice pem, const char *wanted)
{
    ERR_clear_error();
    if (has(pem, "BEGIN ENCRYPTED PRIVATE KEY")) {
        return status_error(STATUS_INVALID, "not %s: it is locked with a passphrase", wanted);
    }
    if (has(pem, "BEGIN OPENSSH PRIVATE KEY")) {
        return status_error(STATUS_INVALID, "not %s: it is a key of OpenSSH's own format", wanted);
    }
    if (has(pem, "PRIVATE KEY-----")) {
        return status_error(STATUS_INVALID, "not %s: it is a private key of another kind", wanted);
    }
    if (has(pem, "BEGIN PUBLIC KEY")) {
        return status_error(STATUS_INVALID, "not %s: it is a public key of another kind", wanted);
    }
    return status_error(STATUS_INVALID, "not %s in PEM", wanted);
}

struct status ed25519_secret_read_pem(struct slice pem, struct ed25519_secret *out)
{
    CLEANUP(cleanup_bio) BIO *bio = open_text(pem);
    CLEANUP(cleanup_key)
    EVP_PKEY *key = bio != NULL ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL) : NULL;
    struct ed25519_secret secret;
    size_t len = sizeof(secret.seed);

    if (key == NULL && has(pem, "BEGIN PUBLIC KEY")) {
        ERR_clear_error();
        return status_error(STATUS_INVALID,
                            "not an Ed25519 private key: it is the public half of one");
    }
    if (key == NULL || EVP_PKEY_get_id(key) != EVP_PKEY_ED25519 ||
        EVP_PKEY_get_raw_private_key(key, secret.seed, &len) != 1) {
        return not_this(pem, "an Ed25519 private key");
    }
    *out = secret;
    crypto_wipe(&secret, sizeof(secret));
    return STATUS_SUCCESS;
}

/* y of the points of order 1, 2, 4 and 8, without the sign of x (RFC 8032, section 5.1.2): under
 * such a key a signature can be made that fits any text. OpenSSL takes them. */
static const unsigned char small_orders[][ED25519_KEY_BYTES] = {
    { 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
      0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
      0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00 },
    { 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
      0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
      0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00 },
    { 0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4,
      0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6,
      0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05 },
    { 0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b,
      0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39,
      0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a },
    { 0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f },
};

static bool is_small_order(const struct ed25519_public *key)
{
    struct ed25519_public y = *key;

    y.bytes[ED25519_KEY_BYTES - 1] &= 0x7f;
    for (size_t i = 0; i < COUNT_OF(small_orders); i++) {
        if (memcmp(y.bytes, small_orders[i], sizeof(y.bytes)) == 0) {
            return true;
        }
    }
    return false;
}

/* y is below p = 2^255 - 19, as RFC 8032, section 5.1.3 demands: each point has one spelling. */
static bool is_canonical(const struct ed25519_public *key)
{
    bool below = key->bytes[0] < 0xed || (key->bytes[ED25519_KEY_BYTES - 1] & 0x7f) != 0x7f;

    for (size_t i = 1; i + 1 < ED25519_KEY_BYTES; i++) {
        below |= key->bytes[i] != 0xff;
    }
    return below;
}

struct status ed25519_public_read_pem(struct slice pem, struct ed25519_public *out)
{
    CLEANUP(cleanup_bio) BIO *bio = open_text(pem);
    CLEANUP(cleanup_key)
    EVP_PKEY *key = bio != NULL ? PEM_read_bio_PUBKEY(bio, NULL, no_passphrase, NULL) : NULL;
    size_t len = sizeof(out->bytes);
    struct ed25519_public public_key;

    if (key == NULL || EVP_PKEY_get_id(key) != EVP_PKEY_ED25519 ||
        EVP_PKEY_get_raw_public_key(key, public_key.bytes, &len) != 1) {
        return not_this(pem, "an Ed25519 public key");
    }
    if (is_small_order(&public_key) || !is_canonical(&public_key)) {
        return status_error(STATUS_INVALID, "no key that anybody could hold: its order is small");
    }
    *out = public_key;
    return STATUS_SUCCESS;
}
