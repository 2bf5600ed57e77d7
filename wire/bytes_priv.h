/* wire/bytes_priv.h - little-endian numbers in headers, on the wire and on disk. */
#ifndef REDAN_WIRE_BYTES_PRIV_H
#define REDAN_WIRE_BYTES_PRIV_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

static inline uint16_t bytes_u16(const char *at)
{
    uint16_t raw;

    memcpy(&raw, at, sizeof(raw));
    return le16toh(raw);
}

static inline uint32_t bytes_u32(const char *at)
{
    uint32_t raw;

    memcpy(&raw, at, sizeof(raw));
    return le32toh(raw);
}

static inline uint64_t bytes_u64(const char *at)
{
    uint64_t raw;

    memcpy(&raw, at, sizeof(raw));
    return le64toh(raw);
}

static inline void bytes_put_u16(char *at, uint16_t value)
{
    uint16_t raw = htole16(value);

    memcpy(at, &raw, sizeof(raw));
}

static inline void bytes_put_u32(char *at, uint32_t value)
{
    uint32_t raw = htole32(value);

    memcpy(at, &raw, sizeof(raw));
}

static inline void bytes_put_u64(char *at, uint64_t value)
{
    uint64_t raw = htole64(value);

    memcpy(at, &raw, sizeof(raw));
}

#endif
