/* detect/journal_export.h - the Journal Export Format (systemd.io/JOURNAL_EXPORT_FORMATS), entry by
 * entry, from a growing buffer.
 *
 * Fields with an underscore in front are written by the journal itself from what the kernel says
 * about the sender; the others are the sender's. SYSLOG_IDENTIFIER is believed only of root (_UID),
 * and when _COMM, if there, says the same: whoever is not root can take any name, and a sender that
 * is gone too soon leaves no _COMM. Pure; results borrow from the buffer. */
#ifndef REDAN_DETECT_JOURNAL_EXPORT_H
#define REDAN_DETECT_JOURNAL_EXPORT_H

#include <stdint.h>

#include "base/slice.h"
#include "detect/syslog.h"

enum {
    JOURNAL_ENTRY_MAX = 256 * 1024,
    JOURNAL_FIELD_MAX = 1024 * 1024 * 1024, /* more than the journal itself stores */
    JOURNAL_CURSOR_MAX = 256
};
#define JOURNAL_LINE_END SIZE_MAX

struct journal_entry {
    struct slice cursor;           /* __CURSOR; "" when absent or too long */
    struct syslog_message message; /* app is "" when it is not believed */
    bool is_forged;                /* the sender has another name */
};

enum journal_step {
    JOURNAL_MORE,   /* no whole entry yet */
    JOURNAL_ENTRY,  /* `out` is filled */
    JOURNAL_DAMAGED /* not the format, or an entry over the limit; `out_used` bytes to skip */
};

/* `out_used`: bytes that are done with, for both results but JOURNAL_MORE. Of an entry over the
 * limit they may be more than there are: the rest is to be left out when it comes.
 * JOURNAL_LINE_END: all there is, and what comes up to the next line feed. What follows is the rest
 * of the entry and is not believed without the journal's own words on its sender. */
enum journal_step journal_export_next(struct slice bytes, struct journal_entry *out,
                                      size_t *out_used);

#endif
