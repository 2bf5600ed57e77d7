/* sma/emitted.h - the keys of detections made since the last checkpoint, so that those made again
 * after a crash are known.
 *
 * A key is written with the (epoch, seq) its event has in the spool, before the event is made
 * durable. After a restart only keys whose number the spool really holds, or held, count: an event
 * that did not reach the disk is made again. Written without fsync: kill -9 loses nothing. */
#ifndef REDAN_SMA_EMITTED_H
#define REDAN_SMA_EMITTED_H

#include <stdint.h>

#include "base/slice.h"
#include "base/status.h"

enum { EMITTED_KEY_MAX = 64, EMITTED_MAX = 65536 };

struct emitted;

/* `epoch` and `next_seq` as the spool has them at start. Errors: those of base/file.h. */
struct status emitted_open(const char *path, uint64_t epoch, uint64_t next_seq,
                           struct emitted **out) MUST_USE;
void emitted_close(struct emitted **emitted); /* NULL is fine */

/* Was it emitted before the restart? */
bool emitted_is_known(const struct emitted *self, struct slice key);
/* Errors: STATUS_UNAVAILABLE (disk), STATUS_EXHAUSTED (EMITTED_MAX since the last checkpoint: make
 * one); the detection may then be doubled by a crash. */
struct status emitted_add(struct emitted *self, struct slice key, uint64_t epoch,
                          uint64_t seq) MUST_USE;
/* A checkpoint has been written. `caught_up`: all that was there at the restart has been read
 * again, so old keys cannot come any more. */
struct status emitted_checkpoint(struct emitted *self, bool caught_up) MUST_USE;

#endif
