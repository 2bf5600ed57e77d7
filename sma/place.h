/* sma/place.h - finds the file of a place again: by device, inode and its first bytes, or as a copy
 * by these alone. One thread. */
#ifndef REDAN_SMA_PLACE_H
#define REDAN_SMA_PLACE_H

#include "sma/tail.h"

/* -1 with errno; EINVAL: no regular file. */
int place_open_regular(const char *path);

/* The first bytes of a file, `wanted` at most. Returns how many there are. */
uint32_t place_read_head(int fd, uint32_t wanted, uint64_t *out_hash);
bool place_has_head(int fd, const struct tail_place *place);
/* Is this the file, and as long as it was at least? */
bool place_is_in(int fd, const struct tail_place *place);

/* `path` itself or the rotated file that it has become. -1: neither. */
int place_open(const char *path, const struct tail_place *place);
/* A rotated file with the same beginning, made after the place was: what copying before truncation
 * leaves. -1: none. */
int place_open_copy(const char *path, const struct tail_place *place);

#endif
