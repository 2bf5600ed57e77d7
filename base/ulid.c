#include "base/ulid.h"

#include <ctype.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
enum { RANDOM_BYTES = 10, BITS_PER_CHAR = 5 };

struct ulid ulid_make(int64_t wall_ms, const uint8_t random[10])
{
    uint8_t bytes[ULID_BYTES];
    struct ulid id = { { 0 } };

    for (size_t i = 0; i < 6; i++) {
        bytes[i] = (uint8_t)((uint64_t)wall_ms >> (40 - 8 * i));
    }
    memcpy(bytes + 6, random, RANDOM_BYTES);
    /* 128 bits from the end, five at a time; the first character has only three. */
    for (size_t i = 0; i < ULID_TEXT_LEN; i++) {
        size_t low_bit = (ULID_TEXT_LEN - 1 - i) * BITS_PER_CHAR;
        size_t byte = ULID_BYTES - 1 - low_bit / 8;
        unsigned pair = bytes[byte] | (byte > 0 ? (unsigned)bytes[byte - 1] << 8 : 0U);
        id.text[i] = alphabet[pair >> low_bit % 8 & 31U];
    }
    return id;
}

static void fill_random(uint8_t out[RANDOM_BYTES])
{
    /* Never short below 256 bytes, and no EINTR once the kernel's pool is ready (getrandom(2)). */
    if (getrandom(out, RANDOM_BYTES, 0) != RANDOM_BYTES) {
        abort();
    }
    out[0] &= 0x7f; /* room to count up within a millisecond */
}

static void count_up(uint8_t bits[RANDOM_BYTES])
{
    for (size_t i = RANDOM_BYTES; i-- > 0;) {
        bits[i]++;
        if (bits[i] != 0) {
            return;
        }
    }
}

struct ulid ulid_new(int64_t wall_ms)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static int64_t last_ms = INT64_MIN;
    static uint8_t random[RANDOM_BYTES];

    (void)pthread_mutex_lock(&lock);
    if (wall_ms == last_ms) {
        count_up(random);
    } else {
        fill_random(random);
        last_ms = wall_ms;
    }
    struct ulid id = ulid_make(wall_ms, random);
    (void)pthread_mutex_unlock(&lock);
    return id;
}

struct status ulid_parse(struct slice text, struct ulid *out)
{
    struct ulid id = { { 0 } };

    if (text.len != ULID_TEXT_LEN) {
        return status_error(STATUS_INVALID, "`%.*s` is not an id of %d characters", SLICE_ARG(text),
                            ULID_TEXT_LEN);
    }
    for (size_t i = 0; i < ULID_TEXT_LEN; i++) {
        int upper =
            toupper((unsigned char)text.ptr[i]); /* what is no letter of ours is refused below */
        if (upper == '\0' || strchr(alphabet, upper) == NULL || (i == 0 && upper > '7')) {
            return status_error(STATUS_INVALID, "`%.*s` is not an id: place %zu", SLICE_ARG(text),
                                i + 1);
        }
        id.text[i] = (char)upper;
    }
    *out = id;
    return STATUS_SUCCESS;
}

int64_t ulid_ms(const struct ulid *id)
{
    enum { TIME_CHARS = 10 };
    int64_t ms = 0;

    for (size_t i = 0; i < TIME_CHARS && id->text[i] != '\0'; i++) {
        const char *at = strchr(alphabet, id->text[i]);
        ms = ms << BITS_PER_CHAR | (at != NULL ? at - alphabet : 0);
    }
    return ms;
}
