#include "base/crypto_pem.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdlib.h>

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
    *out = public_key;
    return STATUS_SUCCESS;
}
