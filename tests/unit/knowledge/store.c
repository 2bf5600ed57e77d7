#include "tests/unit/knowledge/store.h"

#include "tests/suite.h"

#include <sqlite3.h>
#include <stdio.h>

struct knowledge *store;
struct knowledge_reader *view;
struct arena store_arena;

static char path[256];
static unsigned files;

const char *store_path(void)
{
    return path;
}

static bool open_store(void)
{
    struct status opened = knowledge_open(path, STORE_NOW_US, &store);

    if (!status_ok(&opened)) {
        (void)printf("  %s\n", opened.msg);
        return false;
    }
    view = knowledge_reading(store);
    return true;
}

void store_set_up(void)
{
    (void)snprintf(path, sizeof(path), "%s/knowledge-%u.db", suite_folder(), files++);
    if (!open_store()) {
        CU_FAIL_FATAL("no store");
    }
}

void store_shut(void)
{
    knowledge_close(&store);
    view = NULL;
}

void store_tear_down(void)
{
    store_shut();
    arena_done(&store_arena);
}

bool store_reopen(void)
{
    store_shut();
    return open_store();
}

bool store_patch(const char *sql)
{
    sqlite3 *handle = NULL;
    char *message = NULL;
    bool good = sqlite3_open(path, &handle) == SQLITE_OK &&
                sqlite3_exec(handle, sql, NULL, NULL, &message) == SQLITE_OK;

    if (!good) {
        (void)printf("  %s: %s\n", sql, message != NULL ? message : "no such file");
    }
    sqlite3_free(message);
    (void)sqlite3_close(handle);
    return good;
}

void store_begin(void)
{
    ASSERT_OK(knowledge_begin(store, STORE_NOW_US));
}

void store_commit(void)
{
    ASSERT_OK(knowledge_commit(store));
}

struct ulid store_id(uint64_t number)
{
    uint8_t random[10] = { 0 };

    for (size_t i = 0; i < 8; i++) {
        random[9 - i] = (uint8_t)(number >> (8 * i));
    }
    return ulid_make(STORE_NOW_US / 1000, random);
}
