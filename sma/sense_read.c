#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/log.h"
#include "detect/siphash.h"
#include "sma/sense_priv.h"

static const char *const kind_names[] = { "file", "stdin", "journald" };

/* --- opening -----------------------------------------------------------------------------------
 */

static struct status open_source(struct sense *self, size_t index,
                                 const struct checkpoint *checkpoint)
{
    static const uint64_t name_key[2] = { 0, 0 };
    const struct sma_sensor_config *config = &self->options.sensors[index];
    struct source *source = &self->sources[index];
    bool stdin_kind = config->kind == SENSOR_STDIN;

    *source = (struct source){ .config = config,
                               .watched_pipe = -1,
                               .last_record_ms = sense_mono_ms(self) };
    TRY(sma_config_zone(config->zone, &source->zone_east_s));
    source->name = arena_printf(&self->paths, "%s:%.*s", kind_names[config->kind],
                                SLICE_ARG(stdin_kind ? SLICE("-") : config->path));
    source->base = siphash(name_key, source->name);
    const struct tail_resume *resume = checkpoint_of(checkpoint, source->name);
    const struct sensor_options sensor = {
        .kind = (enum sensor_kind)config->kind,
        .path = stdin_kind ? "" : arena_cstr(&self->paths, config->path),
        .from = (enum tail_from)config->from,
    };
    source->sensor = sensor_new(&sensor, resume);
    if (resume != NULL && sensor_can_resume(source->sensor)) {
        source->replay_until = resume->done.stream;
    }
    return STATUS_SUCCESS;
}

struct status sense_sources_open(struct sense *self, const struct checkpoint *checkpoint)
{
    for (size_t i = 0; i < self->options.sensor_count; i++) {
        struct status opened = open_source(self, i, checkpoint);
        if (!status_ok(&opened)) {
            return status_wrap(opened, "sensor %zu", i + 1);
        }
    }
    return STATUS_SUCCESS;
}

void sense_sources_close(struct sense *self)
{
    for (size_t i = 0; i < self->options.sensor_count; i++) {
        struct source *source = &self->sources[i];
        if (source->watched_pipe >= 0) {
            actor_loop_fd_end(self->loop, source->watched_pipe);
        }
        sensor_free(&source->sensor);
        marks_done(&source->marks);
    }
}

/* --- following ---------------------------------------------------------------------------------
 */

static struct status on_pipe(struct actor_loop *loop, int fd, short revents, void *state)
{
    struct sense *self = state;

    (void)loop;
    (void)revents;
    for (size_t i = 0; i < self->options.sensor_count; i++) {
        if (self->sources[i].watched_pipe == fd) {
            self->to_read |= UINT64_C(1) << i;
        }
    }
    sense_read(self);
    sense_feed(self);
    return STATUS_SUCCESS;
}

static void follow_pipe(struct sense *self, struct source *source)
{
    int fd = sensor_pipe_fd(source->sensor);

    if (fd == source->watched_pipe) {
        return;
    }
    if (source->watched_pipe >= 0) {
        actor_loop_fd_end(self->loop, source->watched_pipe);
    }
    source->watched_pipe = -1;
    if (fd >= 0) {
        struct status watched = actor_loop_fd(self->loop, fd, POLLIN, on_pipe, self);
        source->watched_pipe = status_ok(&watched) ? fd : -1;
        log_status(LOG_LEVEL_ERROR, "sense", "pipe-not-watched", &watched);
    }
}

/* Without it the file is looked at every SENSE_SLOW_MS only. */
static void watch_folder_or_say(struct sense *self, size_t index)
{
    struct source *source = &self->sources[index];
    bool watched = watch_folder(&self->watch, index, source->config->path.ptr);

    if (!watched && !source->unwatched_said) {
        log_warn("sense", "not-watched", LOG_TEXT("sensor", source->name),
                 LOG_CSTR("reason", strerrordesc_np(errno)));
    }
    source->unwatched_said = !watched;
}

void sense_follow(struct sense *self, size_t index, bool fresh)
{
    struct source *source = &self->sources[index];

    follow_pipe(self, source);
    if (!sensor_can_resume(source->sensor)) {
        return;
    }
    if (!watch_has_folder(&self->watch, index)) {
        watch_folder_or_say(self, index);
    }
    watch_file(&self->watch, index, sensor_file_fd(source->sensor), fresh);
}

/* --- records -----------------------------------------------------------------------------------
 */

static void count_damaged(struct source *source, struct sense *self)
{
    self->counters.damaged++;
    sense_lose(source, LOSS_DAMAGED, 1);
}

/* The record as an event, in the spare's own memory. False: nothing to us. */
static bool normalise(struct sense *self, struct source *source, const struct sensor_record *record)
{
    struct waiting *spare = self->spare;
    struct arena *arena = &spare->arena;
    const struct normalise_context context = {
        .node = self->options.node,
        .layer = (enum layer)source->config->layer,
        .plane = (enum plane_kind)source->config->plane,
        .seen_us = clock_wall_us(self->options.clock),
        .zone_east_s = source->zone_east_s,
    };

    if (record->is_entry) {
        struct syslog_message message = record->entry.message;
        message.app = arena_copy(arena, message.app);
        message.procid = arena_copy(arena, message.procid);
        message.text = arena_copy(arena, message.text);
        self->counters.forged += record->entry.is_forged;
        normalise_message(arena, &message, &context, &spare->what);
    } else {
        struct status read =
            normalise_syslog(arena, arena_copy(arena, record->line), &context, &spare->what);
        if (!status_ok(&read)) {
            count_damaged(source, self);
            return false;
        }
    }
    return spare->what.is_event && rule_set_wants(self->options.rules, &spare->what.event);
}

static void take_record(struct sense *self, size_t index, const struct sensor_record *record)
{
    struct source *source = &self->sources[index];
    struct waiting *spare = self->spare;

    self->counters.records++;
    self->is_dirty = true;
    source->last_record_ms = sense_mono_ms(self);
    source->silence_said = false;
    source->is_broken = false;
    if (!normalise(self, source, record)) {
        arena_reset(&spare->arena);
        return;
    }
    self->counters.relevant++;
    source->has_event = true;
    source->last_event_us = spare->what.event.time_us;
    source->last_event_ms = source->last_record_ms;
    spare->source = index;
    spare->place = record->place;
    spare->arrival = ++self->arrivals;
    spare->record = source->base + record->place.stream;
    spare->is_replayed = record->place.stream < source->replay_until;
    if (sensor_can_resume(source->sensor)) {
        marks_add(&source->marks, spare->arrival, &record->place);
    }
    sense_enqueue(self);
}

static void report_or_count(struct sense *self, struct source *source, const char *kind,
                            enum severity severity, const char *reason, uint64_t count)
{
    if (!sense_report(self, source, kind, severity, reason, count)) {
        sense_lose(source, LOSS_REJECTED, 1);
    }
}

static void say_broken(struct sense *self, struct source *source)
{
    if (!source->is_broken) {
        source->is_broken = true;
        log_warn("sense", "sensor-broken", LOG_TEXT("sensor", source->name),
                 LOG_CSTR("reason", sensor_reason(source->sensor)));
        report_or_count(self, source, EVENT_SENSOR_GAP, SEVERITY_LOW, sensor_reason(source->sensor),
                        0);
    }
}

static void say_gap(struct sense *self, struct source *source)
{
    log_warn("sense", "sensor-gap", LOG_TEXT("sensor", source->name),
             LOG_CSTR("reason", sensor_reason(source->sensor)));
    report_or_count(self, source, EVENT_SENSOR_GAP, SEVERITY_LOW, sensor_reason(source->sensor), 0);
}

/* One step of a source. False: it has nothing more now. */
static bool read_step(struct sense *self, size_t index)
{
    struct source *source = &self->sources[index];
    struct sensor_record record;

    switch (sensor_next(source->sensor, &record)) {
    case SENSOR_RECORD:
        take_record(self, index, &record);
        return true;
    case SENSOR_DAMAGED:
        self->is_dirty = true;
        count_damaged(source, self);
        return true;
    case SENSOR_GAP:
        say_gap(self, source);
        return true;
    case SENSOR_AGAIN:
        return true;
    case SENSOR_DRY:
        return false;
    case SENSOR_BROKEN:
        say_broken(self, source);
        return false;
    }
    return false;
}

static void read_source(struct sense *self, size_t index)
{
    struct source *source = &self->sources[index];
    int file = sensor_file_fd(source->sensor);
    size_t taken = 0;

    source->is_dry = false;
    while (taken < SENSE_TURN_RECORDS && self->counters.waiting < SENSE_WAITING_MAX &&
           !source->is_dry) {
        source->is_dry = !read_step(self, index);
        taken++;
    }
    if (source->is_dry) {
        self->to_read &= ~(UINT64_C(1) << index);
    }
    if (taken > 1) {
        FAULT_POINT("sma.after_read");
    }
    bool fresh = sensor_file_fd(source->sensor) != file;
    sense_follow(self, index, fresh);
    if (fresh && source->is_dry) { /* written to between the reading and the watching? */
        self->to_read |= UINT64_C(1) << index;
        source->is_dry = false;
    }
}

void sense_read(struct sense *self)
{
    for (size_t i = 0; i < self->options.sensor_count; i++) {
        if ((self->to_read >> i & 1U) != 0) {
            read_source(self, i);
        }
    }
    if (self->to_read != 0 && self->counters.waiting < SENSE_WAITING_MAX) {
        sense_kick(self);
    }
}

void sense_catch_up(struct sense *self)
{
    for (size_t i = 0; i < self->options.sensor_count; i++) {
        struct source *source = &self->sources[i];
        while (sensor_position(source->sensor).stream < source->replay_until &&
               read_step(self, i)) {
            sense_feed(self);
        }
    }
}

/* --- silence -----------------------------------------------------------------------------------
 */

void sense_look_for_silence(struct sense *self)
{
    int64_t now_ms = sense_mono_ms(self);

    for (size_t i = 0; i < self->options.sensor_count; i++) {
        struct source *source = &self->sources[i];
        int64_t limit_ms = source->config->silent_ms;
        if (limit_ms > 0 && !source->silence_said && now_ms - source->last_record_ms >= limit_ms) {
            source->silence_said = true;
            self->counters.silences++;
            log_warn("sense", "sensor-silent", LOG_TEXT("sensor", source->name),
                     LOG_NUMBER("silent_ms", now_ms - source->last_record_ms));
            report_or_count(self, source, EVENT_SENSOR_SILENT, SEVERITY_MEDIUM,
                            source->is_broken ? sensor_reason(source->sensor) : "no record",
                            (uint64_t)(now_ms - source->last_record_ms));
        }
    }
}
