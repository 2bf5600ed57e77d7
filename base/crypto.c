#include "base/crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>

/* libcrypto fails here only without memory or without its default provider: nothing to go on with.
 */
static void must(bool good)
{
    if (!good) {
        (void)fputs("libcrypto: a basic operation failed\n", stderr);
        abort();
    }
}

static void cleanup_md(EVP_MD_CTX **context)
{
    EVP_MD_CTX_free(*context);
}

static void cleanup_key(EVP_PKEY **key)
{
    EVP_PKEY_free(*key);
}

struct sha256 sha256_of_parts(const struct slice *parts, size_t count)
{
    CLEANUP(cleanup_md) EVP_MD_CTX *context = EVP_MD_CTX_new();
    struct sha256 hash;

    must(context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1);
    for (size_t i = 0; i < count; i++) {
        must(EVP_DigestUpdate(context, parts[i].ptr, parts[i].len) == 1);
    }
    must(EVP_DigestFinal_ex(context, hash.bytes, NULL) == 1);
    return hash;
}

struct sha256 sha256_of(struct slice bytes)
{
    return sha256_of_parts(&bytes, 1);
}

bool sha256_eq(const struct sha256 *a, const struct sha256 *b)
{
    return CRYPTO_memcmp(a->bytes, b->bytes, SHA256_BYTES) == 0;
}

void sha256_hex(const struct sha256 *hash, char out[2 * SHA256_BYTES + 1])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < SHA256_BYTES; i++) {
        out[2 * i] = digits[hash->bytes[i] >> 4];
        out[2 * i + 1] = digits[hash->bytes[i] & 15U];
    }
    out[(size_t)2 * SHA256_BYTES] = '\0';
}

static EVP_PKEY *private_key(const struct ed25519_secret *secret)
{
    EVP_PKEY *key =
        EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, secret->seed, ED25519_KEY_BYTES);

    must(key != NULL);
    return key;
}

void ed25519_new(struct ed25519_secret *out_secret, struct ed25519_public *out_public)
{
    must(RAND_priv_bytes(out_secret->seed, ED25519_KEY_BYTES) == 1);
    *out_public = ed25519_public_of(out_secret);
}

struct ed25519_public ed25519_public_of(const struct ed25519_secret *secret)
{
    CLEANUP(cleanup_key) EVP_PKEY *key = private_key(secret);
    struct ed25519_public out;
    size_t len = sizeof(out.bytes);

    must(EVP_PKEY_get_raw_public_key(key, out.bytes, &len) == 1 && len == ED25519_KEY_BYTES);
    return out;
}

/* OpenSSL takes no NULL with length 0. */
static const unsigned char *bytes_of(struct slice message)
{
    return (const unsigned char *)(message.ptr != NULL ? message.ptr : "");
}

struct ed25519_signature ed25519_sign(const struct ed25519_secret *secret, struct slice message)
{
    CLEANUP(cleanup_key) EVP_PKEY *key = private_key(secret);
    CLEANUP(cleanup_md) EVP_MD_CTX *context = EVP_MD_CTX_new();
    struct ed25519_signature out;
    size_t len = sizeof(out.bytes);

    must(context != NULL && EVP_DigestSignInit(context, NULL, NULL, NULL, key) == 1);
    must(EVP_DigestSign(context, out.bytes, &len, bytes_of(message), message.len) == 1);
    return out;
}

bool ed25519_verify(const struct ed25519_public *key, struct slice message,
                    const struct ed25519_signature *signature)
{
    CLEANUP(cleanup_key)
    EVP_PKEY *known =
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key->bytes, ED25519_KEY_BYTES);
    CLEANUP(cleanup_md) EVP_MD_CTX *context = EVP_MD_CTX_new();

    must(known != NULL && context != NULL);
    must(EVP_DigestVerifyInit(context, NULL, NULL, NULL, known) == 1);
    return EVP_DigestVerify(context, signature->bytes, ED25519_SIG_BYTES, bytes_of(message),
                            message.len) == 1;
}

void crypto_wipe(void *bytes, size_t len)
{
    OPENSSL_cleanse(bytes, len);
}

void crypto_wipe_text(struct slice text)
{
    const union {
        const char *given; /* cppcheck-suppress unusedStructMember ; the other side is written */
        char *wanted;
    } same = { .given = text.ptr };

    if (text.len > 0) {
        crypto_wipe(same.wanted, text.len);
    }
}
