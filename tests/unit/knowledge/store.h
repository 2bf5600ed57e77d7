/* tests/unit/knowledge/store.h - a knowledge file in the test's folder, with short ways to write.
 */
#ifndef REDAN_TESTS_UNIT_KNOWLEDGE_STORE_H
#define REDAN_TESTS_UNIT_KNOWLEDGE_STORE_H

#include "base/ulid.h"
#include "orchestrator/knowledge/knowledge.h"

#define STORE_NOW_US INT64_C(1700000000000000)

/* Fixture of one test: a new file each time. */
void store_set_up(void);
void store_tear_down(void);
extern struct knowledge *store;       /* the writer */
extern struct knowledge_reader *view; /* its own reader */
extern struct arena store_arena;
const char *store_path(void);

/* Closes and opens the same file again; false with the message printed. */
bool store_reopen(void);
void store_shut(void);
/* Runs SQL on the file by a connection of its own, past all our code: what an intruder or a broken
 * disk would do. */
bool store_patch(const char *sql);

void store_begin(void);
void store_commit(void);

/* A valid id that sorts by `number`. */
struct ulid store_id(uint64_t number);

#endif
