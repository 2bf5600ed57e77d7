#include "sla/agree/keys.h"

#include <stdlib.h>
#include <string.h>

#include "base/crypto_pem.h"
#include "base/date.h"
#include "base/sorted.h"
#include "sla/read/field_types.h"

/* Where a key begins. */
struct place {
    const struct diag_source *file;
    uint32_t line;
};

struct reading {
    const struct diag_source *file;
    struct slice rest;
    uint32_t line;  /* of what was cut last */
    uint32_t began; /* where the last key began */
    struct sla_key key;
};

static struct slice next_line(struct reading *reading)
{
    struct slice line = slice_cut(&reading->rest, '\n');

    reading->line++;
    return slice_trim(line);
}

static struct status wrong(const struct reading *reading, const char *what)
{
    return status_error(STATUS_INVALID, "%s:%u: %s", reading->file->name, reading->line, what);
}

/* The name of the file, without folder and `.pem`. */
static struct status party_of(const struct diag_source *file, struct slice *out)
{
    struct slice name = slice_from(file->name);
    struct slice suffix = SLICE(".pem");
    size_t slash = slice_rfind(name, '/');

    name = slash < name.len ? slice_sub(name, slash + 1, name.len) : name;
    if (!slice_ends(name, suffix) || !sla_is_name(slice_sub(name, 0, name.len - suffix.len))) {
        return status_error(STATUS_INVALID,
                            "%s: no name of a party: keys are in PARTY.pem, as documents name the "
                            "party (a-z, 0-9 and, not at the ends, `-`, `_` and `.`)",
                            file->name);
    }
    *out = slice_sub(name, 0, name.len - suffix.len);
    return STATUS_SUCCESS;
}

static void begin_key(struct reading *reading)
{
    reading->key.from_day = INT32_MIN;
    reading->key.until_day = INT32_MAX;
}

static struct status read_day(const struct reading *reading, struct slice text, int32_t *out)
{
    struct status read = date_parse(slice_trim(text), out);

    return status_ok(&read) ? read : wrong(reading, read.msg);
}

/* From its first line, which was cut, to its last. */
static struct status read_block(struct reading *reading, struct slice first)
{
    if (!slice_is(first, "-----BEGIN PUBLIC KEY-----")) {
        return wrong(reading, slice_find_text(first, SLICE("PRIVATE KEY")) < first.len
                                  ? "a private key: only its owner keeps that; `openssl pkey -in "
                                    "FILE -pubout` makes the public one"
                                  : "not the first line of a public key");
    }
    struct slice line = first;

    reading->began = reading->line;
    while (reading->rest.len > 0 && !slice_is(line, "-----END PUBLIC KEY-----")) {
        line = next_line(reading);
    }
    const char *end = line.ptr + line.len;
    struct status read = ed25519_public_read_pem(
        (struct slice){ first.ptr, (size_t)(end - first.ptr) }, &reading->key.key);
    if (status_ok(&read) && reading->key.until_day <= reading->key.from_day) {
        read = status_error(STATUS_INVALID, "its days end before they begin");
    }
    if (!status_ok(&read)) {
        reading->line = reading->began;
        return wrong(reading, read.msg);
    }
    return STATUS_SUCCESS;
}

/* `out_whole`: a key has been read. */
static struct status read_line(struct reading *reading, struct slice line, bool *out_whole)
{
    struct slice from = SLICE("from:");
    struct slice until = SLICE("until:");

    *out_whole = slice_starts(line, SLICE("-----BEGIN "));
    if (*out_whole) {
        return read_block(reading, line);
    }
    if (slice_starts(line, from)) {
        if (reading->key.from_day != INT32_MIN) {
            return wrong(reading, "a second `from` above one key");
        }
        return read_day(reading, slice_sub(line, from.len, line.len), &reading->key.from_day);
    }
    if (slice_starts(line, until)) {
        if (reading->key.until_day != INT32_MAX) {
            return wrong(reading, "a second `until` above one key");
        }
        return read_day(reading, slice_sub(line, until.len, line.len), &reading->key.until_day);
    }
    return line.len == 0 || line.ptr[0] == '#'
               ? STATUS_SUCCESS
               : wrong(reading, "neither a public key nor `from: DATE` or `until: DATE` above one");
}

/* What is read of all files; `room` for each. */
struct gathered {
    struct sla_key *keys;
    struct place *places;
    size_t count;
};

static struct status read_file(const struct diag_source *file, struct gathered *out)
{
    struct reading reading = { .file = file, .rest = file->text };
    size_t before = out->count;
    bool whole = false;

    TRY(party_of(file, &reading.key.party));
    begin_key(&reading);
    while (reading.rest.len > 0) {
        TRY(read_line(&reading, next_line(&reading), &whole));
        if (!whole) {
            continue;
        }
        if (out->count == SLA_KEYS_MAX) {
            return status_error(STATUS_EXHAUSTED, "more than %d keys", SLA_KEYS_MAX);
        }
        out->places[out->count] = (struct place){ file, reading.began };
        out->keys[out->count++] = reading.key;
        begin_key(&reading);
    }
    if (out->count > before &&
        (reading.key.from_day != INT32_MIN || reading.key.until_day != INT32_MAX)) {
        return wrong(&reading, "days stand above the key they are of: no key follows these");
    }
    return out->count > before
               ? STATUS_SUCCESS
               : status_error(STATUS_INVALID, "%s: no public key in it", file->name);
}

/* With one key for two parties nobody could tell for whom it signed. */
static struct status check_shared(const struct gathered *all, const struct sla_known_keys *known)
{
    for (size_t i = 1; i < known->count; i++) {
        const struct sla_known_key *one = &known->items[i - 1];
        const struct sla_known_key *other = &known->items[i];
        if (sha256_eq(&one->id, &other->id) && !slice_eq(one->key->party, other->key->party)) {
            const struct place *first = &all->places[one->key - all->keys];
            const struct place *second = &all->places[other->key - all->keys];
            return status_error(STATUS_INVALID,
                                "%s:%u: the same key as at %s:%u: each party has its own",
                                second->file->name, second->line, first->file->name, first->line);
        }
    }
    return STATUS_SUCCESS;
}

/* Each key begins with a line of its own. */
static size_t most_keys(const struct diag_source *files, size_t count)
{
    size_t most = 0;

    for (size_t i = 0; i < count; i++) {
        most += slice_count(files[i].text, '\n') + 1;
    }
    return most < SLA_KEYS_MAX ? most : SLA_KEYS_MAX;
}

struct status sla_keys_read(struct arena *arena, const struct diag_source *files, size_t count,
                            struct sla_key **out, size_t *out_count)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };
    size_t most = most_keys(files, count);
    struct gathered all = { .keys = ARENA_NEW(arena, struct sla_key, most + 1),
                            .places = ARENA_NEW(&scratch, struct place, most + 1) };
    struct sla_known_keys known;

    for (size_t i = 0; i < count; i++) {
        TRY(read_file(&files[i], &all));
    }
    sla_keys_index(&scratch, all.keys, all.count, &known);
    TRY(check_shared(&all, &known));
    *out = all.keys;
    *out_count = all.count;
    return STATUS_SUCCESS;
}

/* --- by what signatures name them ------------------------------------------------------------ */

struct sha256 sla_key_id(const struct ed25519_public *key)
{
    return sha256_of((struct slice){ (const char *)key->bytes, sizeof(key->bytes) });
}

static int id_order(const void *known, const void *id)
{
    return memcmp(((const struct sla_known_key *)known)->id.bytes,
                  ((const struct sha256 *)id)->bytes, SHA256_BYTES);
}

/* Equal ones in the order they were given in. */
static int known_order(const void *left, const void *right)
{
    const struct sla_known_key *a = left;
    const struct sla_known_key *b = right;
    int order = id_order(a, &b->id);

    return order != 0 ? order : (a->key > b->key) - (a->key < b->key);
}

void sla_keys_index(struct arena *arena, const struct sla_key *keys, size_t count,
                    struct sla_known_keys *out)
{
    struct sla_known_key *items = ARENA_NEW(arena, struct sla_known_key, count + 1);

    for (size_t i = 0; i < count; i++) {
        items[i] = (struct sla_known_key){ sla_key_id(&keys[i].key), &keys[i] };
    }
    qsort(items, count, sizeof(*items), known_order);
    *out = (struct sla_known_keys){ items, count };
}

const struct sla_known_key *sla_keys_find(const struct sla_known_keys *known,
                                          const struct sha256 *id, size_t *out_count)
{
    size_t from =
        sorted_lower_bound(known->items, known->count, sizeof(*known->items), id, id_order);
    size_t to = sorted_upper_bound(known->items, known->count, sizeof(*known->items), id, id_order);

    *out_count = to - from;
    return &known->items[from];
}
