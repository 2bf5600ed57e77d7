/* sla/agree/keys.h - who may sign agreements for which party: files of public keys, which the
 * caller trusts.
 *
 * A file is named after its party, `hospital-a.pem`, and holds PEM blocks (base/crypto_pem.h), one
 * a key. Above a key, `from: DATE` and `until: DATE` (half open, UTC) say on which days it is this
 * party's; a line that begins with `#` is for people. Anything else is refused, and a key that two
 * parties have. Pure. */
#ifndef REDAN_SLA_AGREE_KEYS_H
#define REDAN_SLA_AGREE_KEYS_H

#include "sla/sla.h"

enum { SLA_KEYS_MAX = 65536 };

/* Keys live in `arena`. Errors: STATUS_INVALID ("FILE:LINE: what"), STATUS_EXHAUSTED (too many). */
struct status sla_keys_read(struct arena *arena, const struct diag_source *files, size_t count,
                            struct sla_key **out, size_t *out_count) MUST_USE;

/* What a signature names its key by: SHA-256 of the public key's 32 bytes. */
struct sha256 sla_key_id(const struct ed25519_public *key);

/* Keys by that; a key that was the party's at several times is there as often. */
struct sla_known_key {
    struct sha256 id;
    const struct sla_key *key;
};
struct sla_known_keys {
    const struct sla_known_key *items; /* ascending by id */
    size_t count;
};

/* Into `arena`; `keys` must outlive it. */
void sla_keys_index(struct arena *arena, const struct sla_key *keys, size_t count,
                    struct sla_known_keys *out);
/* The first of `out_count` with this id; there may be none. */
const struct sla_known_key *sla_keys_find(const struct sla_known_keys *known,
                                          const struct sha256 *id, size_t *out_count);

#endif
