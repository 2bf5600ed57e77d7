/* sma/ledger.h - which peers the kernel has confirmed lately, on disk, so that records read again
 * after a restart stay corroborated though the connection is long gone.
 *
 * An entry holds for a record that names the same address and port within LEDGER_SLACK_US of the
 * moment the kernel was asked: it vouches for that connection at that time and for nothing else.
 * The newest LEDGER_ENTRIES entries are kept, in one file of fixed size that is written in place
 * (each entry with its checksum; not synced: after a power failure entries may be missing, which
 * only lowers trust). One thread. */
#ifndef REDAN_SMA_LEDGER_H
#define REDAN_SMA_LEDGER_H

#include <stdint.h>

#include "base/status.h"
#include "model/address.h"

enum { LEDGER_ENTRIES = 65536 };
#define LEDGER_SLACK_US (INT64_C(5) * 1000000)

struct ledger;

/* Makes the file when missing; damaged entries are left out. Errors: STATUS_UNAVAILABLE. */
struct status ledger_open(const char *path, struct ledger **out) MUST_USE;
void ledger_close(struct ledger **ledger); /* NULL is fine */

/* The kernel has seen `peer`:`port` now. A failed write is counted: trust is lower after a restart.
 */
void ledger_add(struct ledger *ledger, const struct address *peer, uint16_t port, int64_t wall_us);
bool ledger_has(const struct ledger *ledger, const struct address *peer, uint16_t port,
                int64_t wall_us);
uint64_t ledger_write_failures(const struct ledger *ledger);

#endif
