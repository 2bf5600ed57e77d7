/* tests/unit/detect/engine_feed.h - makes events and feeds them to an engine under test. */
#ifndef REDAN_TESTS_ENGINE_FEED_H
#define REDAN_TESTS_ENGINE_FEED_H

#include "base/arena.h"
#include "detect/engine.h"
#include "detect/rule_file.h"

struct feed_event {
    int64_t at_s;     /* seconds since FEED_START_S */
    const char *kind; /* "fail", "ok" */
    const char *src;  /* NULL: no src_ip */
    bool claimed;     /* the kernel has not seen it */
    uint32_t weight;
};

#define FEED_START_S INT64_C(1800000000)

/* Rules of `text`; fails the test when they are refused. */
const struct rule_set *feed_rules(struct arena *arena, const char *text);
const struct rule_set *feed_rules_of_file(struct arena *arena, const char *path);

/* The event in the arena, with user, src_ip, method, service; node "app-1". */
struct event *feed_make(struct arena *arena, const struct feed_event *what);

/* One event as input number `position`. */
struct detect_output feed_one(struct detect_engine *engine, struct arena *arena,
                              const struct feed_event *what, uint64_t position, bool replayed);

struct detect_engine *feed_engine(const struct rule_set *rules, size_t groups_max);

#endif
