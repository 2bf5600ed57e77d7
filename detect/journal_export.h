/* detect/journal_export.h - the Journal Export Format (systemd.io/JOURNAL_EXPORT_FORMATS), entry by
 * entry, from a growing buffer.
 *
 * Fields with an underscore in front are written by the journal itself from what the kernel says
 * about the sender; the others are the sender's. SYSLOG_IDENTIFIER is believed only when _COMM, if
 * there, says the same. Pure; results borrow from the buffer. */
#ifndef REDAN_DETECT_JOURNAL_EXPORT_H
#define REDAN_DETECT_JOURNAL_EXPORT_H

#include <stdint.h>

#include "base/slice.h"
#include "detect/syslog.h"

enum { JOURNAL_ENTRY_MAX = 256 * 1024, JOURNAL_CURSOR_MAX = 256 };

struct journal_entry {
    struct slice cursor;           /* __CURSOR; "" when absent or too long */
    struct syslog_message message; /* app is "" when the sender lies about it */
    bool is_forged;                /* it does */
};

enum journal_step {
    JOURNAL_MORE,   /* no whole entry yet */
    JOURNAL_ENTRY,  /* `out` is filled */
    JOURNAL_DAMAGED /* not the format, or an entry over the limit; `out_used` bytes to skip */
};

/* `out_used`: bytes of `bytes` that are done with, for both results but JOURNAL_MORE. */
enum journal_step journal_export_next(struct slice bytes, struct journal_entry *out,
                                      size_t *out_used);

#endif
