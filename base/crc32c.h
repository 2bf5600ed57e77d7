/* base/crc32c.h - CRC-32C (Castagnoli, RFC 3720 appendix B.4), table-driven. */
#ifndef REDAN_BASE_CRC32C_H
#define REDAN_BASE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* Start with crc 0; feed the result back in to go on. */
uint32_t crc32c(uint32_t crc, const void *bytes, size_t len);

#endif
