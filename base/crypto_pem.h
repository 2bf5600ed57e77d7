/* base/crypto_pem.h - Ed25519 keys as `openssl genpkey` and `openssl pkey` write them: PEM
 * (RFC 7468) around PKCS #8 and SubjectPublicKeyInfo (RFC 8410). Part of `base_crypto`. Pure; a
 * passphrase is never asked for. Errors: STATUS_INVALID, with what the text is instead. */
#ifndef REDAN_BASE_CRYPTO_PEM_H
#define REDAN_BASE_CRYPTO_PEM_H

#include "base/crypto.h"

/* The text is one block, with nothing but blank lines around it. The caller wipes the text and, in
 * the end, the secret. */
struct status ed25519_secret_read_pem(struct slice pem, struct ed25519_secret *out) MUST_USE;
struct status ed25519_public_read_pem(struct slice pem, struct ed25519_public *out) MUST_USE;

#endif
