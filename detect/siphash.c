#include "detect/siphash.h"

#include <string.h>

enum { WORD_BYTES = 8, ROUNDS_EACH = 2, ROUNDS_LAST = 4 };

struct state {
    uint64_t v0, v1, v2, v3;
};

static uint64_t rotate(uint64_t word, unsigned by)
{
    return (word << by) | (word >> (64U - by));
}

static void mix(struct state *s, unsigned rounds)
{
    for (unsigned i = 0; i < rounds; i++) {
        s->v0 += s->v1;
        s->v1 = rotate(s->v1, 13) ^ s->v0;
        s->v0 = rotate(s->v0, 32);
        s->v2 += s->v3;
        s->v3 = rotate(s->v3, 16) ^ s->v2;
        s->v0 += s->v3;
        s->v3 = rotate(s->v3, 21) ^ s->v0;
        s->v2 += s->v1;
        s->v1 = rotate(s->v1, 17) ^ s->v2;
        s->v2 = rotate(s->v2, 32);
    }
}

static void absorb(struct state *s, uint64_t word)
{
    s->v3 ^= word;
    mix(s, ROUNDS_EACH);
    s->v0 ^= word;
}

/* Little-endian, missing bytes zero. */
static uint64_t load(const char *bytes, size_t len)
{
    uint64_t word = 0;

    for (size_t i = 0; i < len; i++) {
        word |= (uint64_t)(uint8_t)bytes[i] << (8U * i);
    }
    return word;
}

uint64_t siphash(const uint64_t key[2], struct slice bytes)
{
    struct state s = { .v0 = key[0] ^ UINT64_C(0x736f6d6570736575),
                       .v1 = key[1] ^ UINT64_C(0x646f72616e646f6d),
                       .v2 = key[0] ^ UINT64_C(0x6c7967656e657261),
                       .v3 = key[1] ^ UINT64_C(0x7465646279746573) };
    size_t at = 0;

    for (; bytes.len - at >= WORD_BYTES; at += WORD_BYTES) {
        absorb(&s, load(bytes.ptr + at, WORD_BYTES));
    }
    absorb(&s,
           load(bytes.len > at ? bytes.ptr + at : "", bytes.len - at) | (uint64_t)bytes.len << 56U);
    s.v2 ^= 0xff;
    mix(&s, ROUNDS_LAST);
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}
