#include "base/crypto_pem.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

/* The bytes inside the lines of BEGIN and END. */
struct block {
    char *label; /* "PRIVATE KEY" */
    char *headers;
    unsigned char *bytes;
    long len;
};

/* They may be a secret. */
static void cleanup_block(struct block *block)
{
    OPENSSL_secure_free(block->label);
    OPENSSL_secure_free(block->headers);
    OPENSSL_secure_clear_free(block->bytes, (size_t)block->len);
}

static void cleanup_bio(BIO **bio)
{
    BIO_free_all(*bio);
}

static void cleanup_key(EVP_PKEY **key)
{
    EVP_PKEY_free(*key);
}

static void cleanup_pkcs8(PKCS8_PRIV_KEY_INFO **info)
{
    PKCS8_PRIV_KEY_INFO_free(*info); /* which wipes the key in it */
}

static bool has(struct slice pem, const char *label)
{
    return slice_find_text(pem, slice_from(label)) < pem.len;
}

/* What the text holds, when it is not what was wanted. */
static struct status not_this(struct slice pem, const char *wanted)
{
    if (has(pem, "BEGIN ENCRYPTED PRIVATE KEY")) {
        return status_error(STATUS_INVALID, "not %s: it is locked with a passphrase", wanted);
    }
    if (has(pem, "BEGIN OPENSSH PRIVATE KEY")) {
        return status_error(STATUS_INVALID, "not %s: it is a key of OpenSSH's own format", wanted);
    }
    if (has(pem, "PRIVATE KEY-----")) {
        return status_error(STATUS_INVALID,
                            "not %s: it is a private key of another kind, or damaged", wanted);
    }
    if (has(pem, "BEGIN PUBLIC KEY")) {
        return status_error(STATUS_INVALID,
                            "not %s: it is a public key of another kind, or damaged", wanted);
    }
    return status_error(STATUS_INVALID, "not %s in PEM", wanted);
}

/* Only blank lines around one block: what stands beside a key may be another key, and who reads the
 * file would not say which of them signs. */
static struct status check_alone(struct slice pem)
{
    enum { ABOVE, INSIDE, BEHIND } where = ABOVE;
    uint32_t number = 0;

    while (pem.len > 0) {
        struct slice line = slice_trim(slice_cut(&pem, '\n'));
        number++;
        if (where == ABOVE && slice_starts(line, SLICE("-----BEGIN "))) {
            where = INSIDE;
        } else if (where == INSIDE) {
            where = slice_starts(line, SLICE("-----END ")) ? BEHIND : INSIDE;
        } else if (line.len > 0) {
            return status_error(STATUS_INVALID, "line %u: %s the key: a file holds one key alone",
                                number,
                                where == ABOVE                             ? "text above"
                                : slice_starts(line, SLICE("-----BEGIN ")) ? "a second one behind"
                                                                           : "text behind");
        }
    }
    return STATUS_SUCCESS;
}

/* The one block of the text, when it is of that label. */
static bool read_block(struct slice pem, const char *label, struct block *out)
{
    CLEANUP(cleanup_bio)
    BIO *bio = pem.len > 0 && pem.len <= INT_MAX ? BIO_new_mem_buf(pem.ptr, (int)pem.len) : NULL;

    ERR_clear_error();
    bool read = bio != NULL &&
                PEM_read_bio_ex(bio, &out->label, &out->headers, &out->bytes, &out->len,
                                PEM_FLAG_SECURE | PEM_FLAG_EAY_COMPATIBLE) == 1 &&
                out->headers[0] == '\0' && strcmp(out->label, label) == 0;
    ERR_clear_error();
    return read;
}

/* PrivateKeyInfo around CurvePrivateKey (RFC 8410, section 7): an octet string in an octet string.
 * Without EVP, whose decoders leave copies. */
static bool read_seed(const struct block *block, struct ed25519_secret *out)
{
    static const unsigned char head[] = { 0x04, ED25519_KEY_BYTES };
    const unsigned char *at = block->bytes;
    CLEANUP(cleanup_pkcs8)
    PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, block->len);
    const ASN1_OBJECT *kind = NULL;
    const unsigned char *key = NULL;
    int len = 0;

    ERR_clear_error();
    if (info == NULL || at != block->bytes + block->len ||
        PKCS8_pkey_get0(&kind, &key, &len, NULL, info) != 1 || OBJ_obj2nid(kind) != NID_ED25519 ||
        len != (int)sizeof(head) + ED25519_KEY_BYTES || memcmp(key, head, sizeof(head)) != 0) {
        return false;
    }
    memcpy(out->seed, key + sizeof(head), ED25519_KEY_BYTES);
    return true;
}

struct status ed25519_secret_read_pem(struct slice pem, struct ed25519_secret *out)
{
    CLEANUP(cleanup_block) struct block block = { 0 };

    if (has(pem, "-----BEGIN ")) {
        TRY(check_alone(pem));
    }
    if (read_block(pem, "PRIVATE KEY", &block) && read_seed(&block, out)) {
        return STATUS_SUCCESS;
    }
    if (has(pem, "BEGIN PUBLIC KEY")) {
        return status_error(STATUS_INVALID,
                            "not an Ed25519 private key: it is the public half of one");
    }
    return not_this(pem, "an Ed25519 private key");
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

static bool read_public(const struct block *block, struct ed25519_public *out)
{
    const unsigned char *at = block->bytes;
    CLEANUP(cleanup_key) EVP_PKEY *key = d2i_PUBKEY(NULL, &at, block->len);
    size_t len = sizeof(out->bytes);

    ERR_clear_error();
    return key != NULL && at == block->bytes + block->len &&
           EVP_PKEY_get_id(key) == EVP_PKEY_ED25519 &&
           EVP_PKEY_get_raw_public_key(key, out->bytes, &len) == 1;
}

struct status ed25519_public_read_pem(struct slice pem, struct ed25519_public *out)
{
    CLEANUP(cleanup_block) struct block block = { 0 };
    struct ed25519_public public_key;

    if (has(pem, "-----BEGIN ")) {
        TRY(check_alone(pem));
    }
    if (!read_block(pem, "PUBLIC KEY", &block) || !read_public(&block, &public_key)) {
        return not_this(pem, "an Ed25519 public key");
    }
    if (is_small_order(&public_key) || !is_canonical(&public_key)) {
        return status_error(STATUS_INVALID, "no key that anybody could hold: its order is small");
    }
    *out = public_key;
    return STATUS_SUCCESS;
}
