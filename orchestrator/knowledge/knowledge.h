/* orchestrator/knowledge/knowledge.h - what the orchestrator knows and must not forget: one SQLite
 * file with a hash-chained journal (journal.h) and the tables that the loops work on (ingest.h,
 * nodes.h, alerts.h, incidents.h, plans.h, commands.h, worlds.h, conflicts.h).
 *
 * Writing: one `struct knowledge` per file, held by one process (a lock file refuses a second) and
 * used from one thread, the orchestrator's core. Everything is written inside a turn:
 *
 *     TRY(knowledge_begin(k, now_us));
 *     ... knowledge_accept_batch, knowledge_put_*, knowledge_record ...
 *     TRY(knowledge_commit(k));
 *     ... only now: acks, commands, answers ...
 *
 * A turn is atomic and durable when knowledge_commit has returned a success (WAL, synchronous
 * FULL). A write that is refused (STATUS_INVALID, CONFLICT, NOT_FOUND, DENIED) has changed nothing
 * and leaves the turn usable. One that fails otherwise spoils its turn: later writes are refused
 * with the same error, and knowledge_commit rolls back and returns it. Then nothing of the turn has
 * happened: send nothing, drop what was computed, try again later.
 *
 * Reading: functions that only read take a `struct knowledge_reader`: the writer's own
 * (knowledge_reading: sees the open turn) or a separate handle (knowledge_reader_open: another
 * thread or program; sees committed turns only).
 *
 * Errors, all functions here and in the table headers: STATUS_EXHAUSTED (disk full),
 * STATUS_UNAVAILABLE (busy, I/O error, quota, no permission), STATUS_CORRUPT (file damaged, not one
 * of ours, or a row breaks a rule of the schema), STATUS_INVALID (an argument breaks a documented
 * limit). Text arguments are borrowed for the call; rows handed to callbacks are valid during the
 * call only. Times are UTC: *_us microseconds, *_ms milliseconds; 0 means "not yet". */
#ifndef REDAN_ORCHESTRATOR_KNOWLEDGE_KNOWLEDGE_H
#define REDAN_ORCHESTRATOR_KNOWLEDGE_KNOWLEDGE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"
#include "base/status.h"

enum {
    KNOWLEDGE_KEY_MAX = 512,                /* ids, names, keys */
    KNOWLEDGE_TEXT_MAX = 4096,              /* details, reasons */
    KNOWLEDGE_BYTES_MAX = 16 * 1024 * 1024, /* one journal record, plan or document */
    KNOWLEDGE_TIDY_PAGES = 256,
    KNOWLEDGE_WAL_PAGES = 8192,
    KNOWLEDGE_PAGE_MAX = 1000 /* rows of one page */
};

struct knowledge;
struct knowledge_reader;

/* Opens or makes the file, applies missing migrations, raises the fencing epoch and journals the
 * start, all durably. Errors besides the common ones: STATUS_CONFLICT (another process holds the
 * file), STATUS_UNSUPPORTED (the file was written by a newer version). */
struct status knowledge_open(const char *path, int64_t now_us, struct knowledge **out) MUST_USE;
/* Would knowledge_open, with the rights in force, take this file as far as can be seen without
 * changing it or taking its lock? (SQLite's index beside the log of a writer that crashed may be
 * made anew, as by every reader.) One that is missing is made by the start. Errors: those of
 * knowledge_open but the lock's. */
struct status knowledge_check(const char *path) MUST_USE;
/* Rolls an open turn back; NULL is fine. For CLEANUP. */
void knowledge_close(struct knowledge **knowledge);

/* One turn at a time; now_us is the time of all journal rows of the turn. */
struct status knowledge_begin(struct knowledge *knowledge, int64_t now_us) MUST_USE;
struct status knowledge_commit(struct knowledge *knowledge) MUST_USE;
void knowledge_rollback(struct knowledge *knowledge); /* without an open turn: nothing */

/* Journals a change of state: `kind` is a constant like "plan.approved" ([a-z0-9.-], at most 64
 * bytes), `subject` the id of what changed, `json` enough to make the projection again. Call it in
 * the turn of the change, for every knowledge_put_* whose caller wants it explained later. */
struct status knowledge_record(struct knowledge *knowledge, const char *kind, struct slice subject,
                               struct slice json) MUST_USE;

/* Raised by every knowledge_open, and never behind the milliseconds of its now_us: commands of an
 * earlier start, also from a database that is lost, are older than those of this one. */
uint64_t knowledge_fencing_epoch(const struct knowledge *knowledge);

/* Moves committed pages from the WAL to the file when there are KNOWLEDGE_TIDY_PAGES or more, which
 * takes some ms: call it in idle moments, without an open turn. Who never calls it has some commits
 * that take longer, one in KNOWLEDGE_WAL_PAGES pages. */
struct status knowledge_tidy(struct knowledge *knowledge) MUST_USE;

/* Counters since open, for /metrics. */
struct knowledge_stats {
    uint64_t commits;
    uint64_t failed_turns;
    uint64_t journal_rows;
    uint64_t journal_bytes;
    int64_t last_commit_us; /* now_us of the last committed turn */
};
struct knowledge_stats knowledge_stats(const struct knowledge *knowledge);

/* The writer's own reader: borrowed, lives as long as the writer, same thread. */
struct knowledge_reader *knowledge_reading(struct knowledge *knowledge);

/* A handle of its own on a file that need not be open elsewhere; takes no lock, changes nothing.
 * Belongs to one thread. Errors: STATUS_NOT_FOUND, STATUS_UNSUPPORTED. */
struct status knowledge_reader_open(const char *path, struct knowledge_reader **out) MUST_USE;
void knowledge_reader_close(struct knowledge_reader **reader);

/* Pages: rows after `after` (the last id of the page before; empty: from the start), at most
 * `limit` (1..KNOWLEDGE_PAGE_MAX). Lists of alerts, incidents, plans and commands are newest first.
 * *out_more says whether another page exists; it may be NULL. */
struct knowledge_page {
    struct slice after;
    uint32_t limit;
};

#endif
