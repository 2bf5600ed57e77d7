/* sma/tail.h - follows a growing file over rotation by rename, copying and truncation, and late
 * appearance.
 *
 * What is read is one stream of bytes, numbered from 0 for ever: `stream` positions go on over the
 * file's successors and over restarts. A place says where in which file a stream position lies;
 * files are known by device, inode and their first bytes, so that a reused inode is not taken for
 * the old file. However often the file was rotated since it was read last, all that lies between is
 * read (sma/rotation.h); what cannot be read or found is a gap. Nothing here waits: whoever watches
 * the file calls again. One thread. */
#ifndef REDAN_SMA_TAIL_H
#define REDAN_SMA_TAIL_H

#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"

enum {
    TAIL_READ_BYTES = 64 * 1024, /* at a time */
    TAIL_HEAD_BYTES = 64,        /* of a file, to know it again */
    TAIL_REMADE_MS = 2000        /* between the end of a deleted file and its successor's start */
};

struct tail_place {
    uint64_t stream;
    uint64_t device, inode, offset;
    uint64_t head_hash; /* of the first head_bytes */
    uint32_t head_bytes;
    uint64_t modified_ns; /* of the file, when its end was met last; 0: unknown */
};

enum tail_from { TAIL_FROM_END, TAIL_FROM_START }; /* of a file met for the first time at start */

enum tail_step {
    TAIL_BYTES,  /* appended to the buffer */
    TAIL_NEXT,   /* a successor begins: what is in the buffer is complete */
    TAIL_GAP,    /* something is lost or may be: see the reason; reading goes on after it */
    TAIL_DRY,    /* nothing more now */
    TAIL_MISSING /* no file yet, or the next one cannot be opened: see the reason */
};

struct tail;

struct tail_resume {
    struct tail_place oldest; /* begin here if this file is still there */
    struct tail_place done;   /* else here, else at the start of what is there */
};

/* `resume` NULL: never read before. Never fails for what the file is like. */
struct tail *tail_new(const char *path, enum tail_from from, const struct tail_resume *resume);
void tail_free(struct tail **tail); /* NULL is fine */

/* One step; `into` gets at most TAIL_READ_BYTES more. */
enum tail_step tail_read(struct tail *tail, struct buf *into);
const char *tail_reason(const struct tail *tail); /* of the last TAIL_GAP or TAIL_MISSING */

/* Where the stream position lies; it must belong to the file being read now. */
struct tail_place tail_place(const struct tail *tail, uint64_t stream);
uint64_t tail_stream(const struct tail *tail); /* position after the last byte read */
int tail_fd(const struct tail *tail);          /* for watching; -1: none */

#endif
