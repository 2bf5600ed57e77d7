#include "sim/replay.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "detect/normalise.h"
#include "orchestrator/analyse.h"
#include "sim/replay_priv.h"

static const char *const row_kinds[] = {
    [REPLAY_DETECTION] = "detection", [REPLAY_INCIDENT] = "incident",
    [REPLAY_PLAN] = "plan",           [REPLAY_REFUSED] = "refused",
    [REPLAY_ENFORCED] = "enforced",   [REPLAY_CONTAINED] = "contained",
    [REPLAY_EXPIRED] = "expired",
};

const char *replay_row_kind_name(enum replay_row_kind kind)
{
    return (size_t)kind < COUNT_OF(row_kinds) ? row_kinds[kind] : "unknown";
}

/* Ids by virtual time and a counter: the same in every run. */
struct ulid replay_id(struct replay *replay)
{
    uint8_t bits[10] = { 0 };
    uint64_t number = ++replay->next_id;

    for (size_t i = 0; i < 8; i++) {
        bits[9 - i] = (uint8_t)(number >> (8 * i));
    }
    int64_t now_ms = replay->time.wall_us / 1000;
    return ulid_make(now_ms > 0 ? now_ms : 0, bits);
}

void replay_emit(struct replay *replay, enum replay_row_kind kind, const struct ulid *id,
                 struct slice what, struct slice source, enum severity severity,
                 struct slice detail)
{
    const struct replay_row row = { .kind = kind,
                                    .time_us = replay->time.wall_us,
                                    .id = id != NULL ? slice_from(id->text) : (struct slice){ 0 },
                                    .what = what,
                                    .source = source,
                                    .severity = severity,
                                    .detail = detail };

    replay->row(replay->arg, &row);
}

/* --- incidents
 * -------------------------------------------------------------------------------------- */

static size_t find_incident(const struct replay *replay, struct slice key)
{
    for (size_t i = replay->incident_count; i-- > 0;) {
        const struct incident_record *record = &replay->incidents[i].record;
        if (record->state != INCIDENT_CLOSED && slice_eq(record->key, key)) {
            return i;
        }
    }
    return SIZE_MAX;
}

static struct status open_incident(struct replay *replay, const struct alert_record *alert,
                                   size_t *out)
{
    if (replay->incident_count == REPLAY_INCIDENTS_MAX) {
        return status_error(STATUS_EXHAUSTED, "more than %d incidents", REPLAY_INCIDENTS_MAX);
    }
    struct replay_incident *incident = &replay->incidents[replay->incident_count];
    struct ulid id = replay_id(replay);
    incident->record =
        analyse_open(&replay->keep, alert, &id, replay->options->world, replay->time.wall_us);
    incident->record.source = arena_copy(&replay->keep, alert->source);
    incident->record.target = arena_copy(&replay->keep, alert->node);
    incident->record.rule = arena_copy(&replay->keep, alert->rule);
    replay->summary.incidents++;
    *out = replay->incident_count++;
    replay_emit(replay, REPLAY_INCIDENT, &incident->record.id, incident->record.rule,
                incident->record.source, incident->record.severity, incident->record.key);
    return STATUS_SUCCESS;
}

static struct status on_detection(struct replay *replay, const struct event *event)
{
    struct alert_record alert;
    struct ulid id = replay_id(replay);
    bool look = true;

    replay->summary.detections++;
    TRY(analyse_alert(&replay->work, event, &id, replay->time.wall_us, &alert));
    replay_emit(replay, REPLAY_DETECTION, &id, alert.rule, alert.source, alert.severity,
                alert.corroborated ? SLICE("corroborated") : SLICE("not corroborated"));
    size_t at = find_incident(replay, analyse_incident_key(&replay->work, &alert));
    if (at == SIZE_MAX) {
        TRY(open_incident(replay, &alert, &at));
    } else {
        alert.rule = arena_copy(&replay->keep, alert.rule);
        look = analyse_join(&replay->incidents[at].record, &alert);
    }
    replay->incidents[at].corroborated = replay->incidents[at].corroborated || alert.corroborated;
    return look && replay->options->world != NULL ? replay_respond(replay, at) : STATUS_SUCCESS;
}

/* --- lines ------------------------------------------------------------------------------------ */

static struct status feed(struct replay *replay, struct normalised *seen, uint64_t position)
{
    struct detect_output found = { 0 };

    if (replay->options->assume_corroborated) {
        normalise_corroborate(&seen->event);
    }
    const struct detect_input input = {
        .event = &seen->event, .position = position, .record = position, .weight = seen->weight
    };
    detect_step(replay->engine, &replay->work, &input, &found);
    for (size_t i = 0; i < found.count; i++) {
        if (slice_is(found.events[i].kind, EVENT_DETECTION)) {
            TRY(on_detection(replay, &found.events[i]));
        }
    }
    return STATUS_SUCCESS;
}

static struct normalise_context context_of(const struct replay_options *options)
{
    return (struct normalise_context){ .node = options->node,
                                       .layer = LAYER_L2,
                                       .plane = PLANE_NETWORK,
                                       .seen_us = options->reference_us,
                                       .zone_east_s = options->zone_east_s };
}

int64_t replay_first_us(const struct replay_options *options)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };
    const struct normalise_context context = context_of(options);
    struct slice rest = options->log;
    struct normalised seen;

    while (rest.len > 0) {
        struct status read = normalise_syslog(&scratch, slice_cut(&rest, '\n'), &context, &seen);
        if (status_ok(&read) && seen.is_event) {
            return seen.event.time_us;
        }
        arena_reset(&scratch);
    }
    return options->reference_us;
}

static struct status take_line(struct replay *replay, struct slice line, uint64_t position)
{
    struct normalised seen;
    const struct normalise_context context = context_of(replay->options);

    replay->summary.lines++;
    arena_reset(&replay->work);
    struct status read = normalise_syslog(&replay->work, line, &context, &seen);
    if (!status_ok(&read)) {
        if (replay->summary.bad_lines++ == 0) {
            replay->summary.first_bad_line = position;
            replay->summary.first_bad = line;
        }
        return STATUS_SUCCESS;
    }
    if (!seen.is_event) {
        replay->summary.other_lines++;
        return STATUS_SUCCESS;
    }
    TRY(replay_advance(replay, seen.event.time_us));
    seen.event.seen_us = replay->time.wall_us;
    replay->summary.first_us =
        replay->summary.first_us == 0 ? seen.event.time_us : replay->summary.first_us;
    replay->summary.last_us = replay->time.wall_us;
    if (replay_is_cut(replay, event_value(&seen.event, "src_ip"))) {
        replay->summary.prevented++;
        return STATUS_SUCCESS;
    }
    replay->summary.events++;
    return feed(replay, &seen, position);
}

static struct status take_lines(struct replay *replay)
{
    struct slice rest = replay->options->log;
    size_t total = rest.len;
    size_t shown = 0;
    uint64_t position = 0;

    while (rest.len > 0) {
        struct slice line = slice_cut(&rest, '\n');
        TRY(take_line(replay, line, ++position));
        size_t done = total - rest.len;
        if (replay->options->progress != NULL && done - shown > total / 100) {
            replay->options->progress(replay->options->arg, done, total);
            shown = done;
        }
    }
    return STATUS_SUCCESS;
}

/* --- the report ------------------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

/* Nearest-rank percentile: a value that was measured, never a mixture. */
static int64_t percentile(const int64_t *sorted, size_t count, size_t percent)
{
    size_t rank = (count * percent + 99) / 100;

    return count == 0 ? 0 : sorted[rank > 0 ? rank - 1 : 0];
}

static void summarise(struct replay *replay)
{
    struct replay_summary *summary = &replay->summary;
    size_t count = summary->samples;

    qsort(replay->detect_us, count, sizeof(int64_t), by_value);
    qsort(replay->respond_us, count, sizeof(int64_t), by_value);
    summary->detect_median_us = percentile(replay->detect_us, count, 50);
    summary->detect_p95_us = percentile(replay->detect_us, count, 95);
    summary->respond_median_us = percentile(replay->respond_us, count, 50);
    summary->respond_p95_us = percentile(replay->respond_us, count, 95);
    for (size_t i = 0; i < replay->incident_count; i++) {
        const struct incident_record *record = &replay->incidents[i].record;
        enum objective_state mttr = analyse_mttr(record, replay->time.wall_us);
        summary->mttr_met += mttr == OBJECTIVE_MET ? 1 : 0;
        summary->mttr_breached += mttr == OBJECTIVE_BREACHED ? 1 : 0;
    }
}

struct status replay_run(struct replay *replay, struct replay_summary *out)
{
    TRY(take_lines(replay));
    /* what is under way when the log ends still ends; leases in force stay */
    TRY(replay_advance(replay, replay->time.wall_us + INT64_C(60) * 1000 * 1000));
    summarise(replay);
    *out = replay->summary;
    return STATUS_SUCCESS;
}

static void *must_alloc(size_t count, size_t size)
{
    void *memory = calloc(count, size);

    if (memory == NULL) {
        abort();
    }
    return memory;
}

struct status replay_new(const struct replay_options *options, replay_row_fn *row, void *arg,
                         struct replay **out)
{
    CLEANUP(replay_free) struct replay *replay = must_alloc(1, sizeof(*replay));
    const struct detect_options detect = { .node = options->node };

    replay->options = options;
    replay->row = row;
    replay->arg = arg;
    replay->clock = clock_virtual_source(&replay->time);
    replay->incidents = must_alloc(REPLAY_INCIDENTS_MAX, sizeof(*replay->incidents));
    replay->plans = must_alloc(REPLAY_PLANS_MAX, sizeof(*replay->plans));
    replay->detect_us = must_alloc(REPLAY_SAMPLES_MAX, sizeof(int64_t));
    replay->respond_us = must_alloc(REPLAY_SAMPLES_MAX, sizeof(int64_t));
    TRY(detect_new(options->rules, &detect, &replay->engine));
    TRY(replay_planes_open(replay));
    *out = TAKE(replay);
    return STATUS_SUCCESS;
}

void replay_free(struct replay **pointer)
{
    struct replay *replay = *pointer;

    if (replay == NULL) {
        return;
    }
    replay_planes_close(replay);
    detect_free(&replay->engine);
    arena_done(&replay->work);
    arena_done(&replay->keep);
    free(replay->incidents);
    free(replay->plans);
    free(replay->detect_us);
    free(replay->respond_us);
    free(replay);
    *pointer = NULL;
}
