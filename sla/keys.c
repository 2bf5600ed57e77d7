#include "sla/keys.h"

#include "base/crypto_pem.h"
#include "base/date.h"

struct reading {
    const struct diag_source *file;
    struct slice rest;
    uint32_t line; /* of what was cut last */
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
static struct slice party_of(const struct diag_source *file)
{
    struct slice name = slice_from(file->name);
    struct slice suffix = SLICE(".pem");
    size_t slash = slice_rfind(name, '/');

    name = slash < name.len ? slice_sub(name, slash + 1, name.len) : name;
    return slice_ends(name, suffix) ? slice_sub(name, 0, name.len - suffix.len) : name;
}

static void begin_key(struct reading *reading)
{
    reading->key = (struct sla_key){ .party = party_of(reading->file),
                                     .from_day = INT32_MIN,
                                     .until_day = INT32_MAX };
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
    uint32_t began = reading->line;
    struct slice line = first;
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
        reading->line = began;
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

static struct status read_file(const struct diag_source *file, struct sla_key *keys, size_t *count)
{
    struct reading reading = { .file = file, .rest = file->text };
    size_t before = *count;
    bool whole = false;

    begin_key(&reading);
    while (reading.rest.len > 0) {
        TRY(read_line(&reading, next_line(&reading), &whole));
        if (!whole) {
            continue;
        }
        if (*count == SLA_KEYS_MAX) {
            return status_error(STATUS_EXHAUSTED, "more than %d keys", SLA_KEYS_MAX);
        }
        keys[(*count)++] = reading.key;
        begin_key(&reading);
    }
    if (*count > before &&
        (reading.key.from_day != INT32_MIN || reading.key.until_day != INT32_MAX)) {
        return wrong(&reading, "days stand above the key they are of: no key follows these");
    }
    return *count > before ? STATUS_SUCCESS
                           : status_error(STATUS_INVALID, "%s: no public key in it", file->name);
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
    struct sla_key *keys = ARENA_NEW(arena, struct sla_key, most_keys(files, count) + 1);
    size_t read = 0;

    for (size_t i = 0; i < count; i++) {
        TRY(read_file(&files[i], keys, &read));
    }
    *out = keys;
    *out_count = read;
    return STATUS_SUCCESS;
}

struct sha256 sla_key_id(const struct ed25519_public *key)
{
    return sha256_of((struct slice){ (const char *)key->bytes, sizeof(key->bytes) });
}
