/* base/crypto.h - the few primitives we use, by OpenSSL 3 (libcrypto): SHA-256, Ed25519 (RFC 8032),
 * random bytes. A target of its own (`base_crypto`), since GPL-2-only programs must not link it.
 * Thread-safe: no shared state. */
#ifndef REDAN_BASE_CRYPTO_H
#define REDAN_BASE_CRYPTO_H

#include <stdint.h>

#include "base/slice.h"
#include "base/status.h"

enum { SHA256_BYTES = 32, ED25519_KEY_BYTES = 32, ED25519_SIG_BYTES = 64 };

struct sha256 {
    uint8_t bytes[SHA256_BYTES];
};
struct sha256 sha256_of(struct slice bytes);
/* Over the parts one after the other. */
struct sha256 sha256_of_parts(const struct slice *parts, size_t count);
bool sha256_eq(const struct sha256 *a, const struct sha256 *b);
void sha256_hex(const struct sha256 *hash, char out[2 * SHA256_BYTES + 1]);

struct ed25519_public {
    uint8_t bytes[ED25519_KEY_BYTES];
};
struct ed25519_secret {
    uint8_t seed[ED25519_KEY_BYTES];
};
struct ed25519_signature {
    uint8_t bytes[ED25519_SIG_BYTES];
};

void ed25519_new(struct ed25519_secret *out_secret, struct ed25519_public *out_public);
struct ed25519_public ed25519_public_of(const struct ed25519_secret *secret);
struct ed25519_signature ed25519_sign(const struct ed25519_secret *secret, struct slice message);
bool ed25519_verify(const struct ed25519_public *key, struct slice message,
                    const struct ed25519_signature *signature);

/* Overwrites a secret before its memory is given up. */
void crypto_wipe(void *bytes, size_t len);
/* The same for a text in memory of our own, such as an arena's. */
void crypto_wipe_text(struct slice text);

#endif
