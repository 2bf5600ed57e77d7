/* tests/chaos/story.h - one attack told from start to end, with one death in it. */
#ifndef REDAN_TESTS_CHAOS_STORY_H
#define REDAN_TESTS_CHAOS_STORY_H

#include "tests/chaos/matrix.h"

/* In the namespaces of namespace.h; `folder` is empty and ours. What must hold after the death and
 * a restart: no alert lost or doubled, the loop closes, what is in force stays so until it is
 * undone or its lease ends, nothing is left afterwards, the journal verifies. Without a row: nobody
 * dies, and what the processes pass in each phase is compared with the matrix.
 *
 * `lease_s`: how long leases are where they are to end. STATUS_EXHAUSTED: the machine was too busy
 * for so short ones; with longer ones it may work. STATUS_UNSUPPORTED: not on this machine. */
struct status story_run(const struct chaos_case *chosen, const char *folder,
                        unsigned lease_s) MUST_USE;

#endif
