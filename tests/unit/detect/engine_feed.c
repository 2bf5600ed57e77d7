#include "tests/unit/detect/engine_feed.h"

#include <stdio.h>

#include "base/file.h"
#include "tests/suite.h"

static const struct rule_set *read_rules(struct arena *arena, const char *name, struct slice text)
{
    struct diag_source *source = ARENA_NEW(arena, struct diag_source, 1);
    struct diag_list diags;

    *source = (struct diag_source){ name, text };
    diag_list_init(&diags, arena);
    const struct rule_set *set = rules_read(arena, source, 1, &diags);
    if (diags.first != NULL) {
        (void)printf("\n    %s:%u: %.*s\n", name, diags.first->span.line,
                     SLICE_ARG(diags.first->message));
    }
    CU_ASSERT_PTR_NOT_NULL_FATAL(set);
    return set;
}

const struct rule_set *feed_rules(struct arena *arena, const char *text)
{
    return read_rules(arena, "test.yaml", slice_from(text));
}

const struct rule_set *feed_rules_of_file(struct arena *arena, const char *path)
{
    struct slice text = { 0 };

    ASSERT_OK(file_load(arena, path, 1 << 20, &text));
    return read_rules(arena, path, text);
}

struct event *feed_make(struct arena *arena, const struct feed_event *what)
{
    struct event *event = ARENA_NEW(arena, struct event, 1);
    struct event_field *fields = ARENA_NEW(arena, struct event_field, 4);
    bool failed = what->kind[0] == 'f';

    fields[0] = (struct event_field){ SLICE("service"), SLICE("sshd"), PROVENANCE_SERVICE };
    fields[1] = (struct event_field){ SLICE("user"), SLICE("root"), PROVENANCE_APP_LOG };
    fields[2] = (struct event_field){ SLICE("method"), SLICE("password"), PROVENANCE_APP_LOG };
    if (what->src != NULL) {
        fields[3] = (struct event_field){ SLICE("src_ip"), slice_from(what->src),
                                          what->claimed ? PROVENANCE_APP_LOG : PROVENANCE_KERNEL };
    }
    *event = (struct event){ .node = SLICE("app-1"),
                             .kind = slice_from(failed ? EVENT_AUTH_FAILURE : EVENT_AUTH_SUCCESS),
                             .time_us = (FEED_START_S + what->at_s) * 1000000,
                             .seen_us = (FEED_START_S + what->at_s) * 1000000 + 500,
                             .layer = LAYER_L2,
                             .plane = PLANE_NETWORK,
                             .fields = fields,
                             .field_count = what->src != NULL ? 4 : 3 };
    return event;
}

struct detect_output feed_one(struct detect_engine *engine, struct arena *arena,
                              const struct feed_event *what, uint64_t position, bool replayed)
{
    struct detect_output out = { 0 };
    struct detect_input input = { .event = feed_make(arena, what),
                                  .position = position,
                                  .record = position + 1000,
                                  .weight = what->weight,
                                  .replayed = replayed };

    detect_step(engine, arena, &input, &out);
    for (size_t i = 0; i < out.count; i++) {
        ASSERT_OK(event_validate(&out.events[i]));
    }
    return out;
}

struct detect_engine *feed_engine(const struct rule_set *rules, size_t groups_max)
{
    struct detect_options options = { .node = SLICE("app-1"),
                                      .groups_max = groups_max,
                                      .hash_seed = { 1, 2 } };
    struct detect_engine *engine = NULL;

    ASSERT_OK(detect_new(rules, &options, &engine));
    CU_ASSERT_PTR_NOT_NULL_FATAL(engine);
    return engine;
}
