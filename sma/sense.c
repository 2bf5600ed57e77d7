#include "sma/sense.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "sma/sense_priv.h"

int64_t sense_mono_ms(const struct sense *self)
{
    return clock_mono_ms(self->options.clock);
}

void sense_kick(struct sense *self)
{
    (void)eventfd_write(self->kick, 1);
}

/* --- the loop's calls --------------------------------------------------------------------------
 */

static void turn(struct sense *self)
{
    sense_read(self);
    sense_feed(self);
}

static struct status on_kick(struct actor_loop *loop, int fd, short revents, void *state)
{
    struct sense *self = state;
    eventfd_t count = 0;

    (void)loop;
    (void)revents;
    (void)eventfd_read(fd, &count);
    sense_feed(self); /* first make room */
    turn(self);
    return STATUS_SUCCESS;
}

static struct status on_watch(struct actor_loop *loop, int fd, short revents, void *state)
{
    struct sense *self = state;

    (void)loop;
    (void)fd;
    (void)revents;
    self->to_read |= watch_take(&self->watch);
    turn(self);
    return STATUS_SUCCESS;
}

/* What is broken may have come back; what cannot be watched is looked at. */
static void look_again(struct sense *self)
{
    for (size_t i = 0; i < self->options.sensor_count; i++) {
        const struct source *source = &self->sources[i];
        bool unwatched = sensor_can_resume(source->sensor) && !watch_has_folder(&self->watch, i);
        if (source->is_broken || unwatched) {
            self->to_read |= UINT64_C(1) << i;
        }
    }
}

static struct status on_tick(struct actor_loop *loop, void *state)
{
    struct sense *self = state;
    int64_t now_ms = sense_mono_ms(self);

    (void)loop;
    sense_chase_questions(self);
    sense_look_for_silence(self);
    sense_say_losses(self);
    if (now_ms >= self->slow_ms) {
        self->slow_ms = now_ms + SENSE_SLOW_MS;
        look_again(self);
        sense_advance(self);
        sense_checkpoint(self);
    }
    turn(self);
    return STATUS_SUCCESS;
}

/* --- opening and closing -----------------------------------------------------------------------
 */

static struct status open_detector(struct sense *self, const struct checkpoint *checkpoint)
{
    struct detect_options options = { .node = self->options.node };

    if (getrandom(options.hash_seed, sizeof(options.hash_seed), 0) !=
        (ssize_t)sizeof(options.hash_seed)) {
        return status_error(STATUS_UNAVAILABLE, "no random bytes: %s", strerrordesc_np(errno));
    }
    TRY(detect_new(self->options.rules, &options, &self->engine));
    if (checkpoint->detector.len == 0) {
        return STATUS_SUCCESS;
    }
    return detect_restore(self->engine, checkpoint->detector);
}

static struct status open_files(struct sense *self)
{
    struct spool_stats spool = session_read_counters(self->options.session).spool;

    TRY(file_make_folder(self->options.state, 0700));
    self->checkpoint_path = file_path(&self->paths, self->options.state, "checkpoint.json");
    TRY(ledger_open(file_path(&self->paths, self->options.state, "peers"), &self->ledger));
    TRY(emitted_open(file_path(&self->paths, self->options.state, "emitted"), spool.epoch,
                     spool.next_seq, &self->emitted));
    return watch_open(&self->watch);
}

static struct status watch_all(struct sense *self)
{
    self->kick = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (self->kick < 0) {
        return status_error(STATUS_UNAVAILABLE, "eventfd: %s", strerrordesc_np(errno));
    }
    TRY(actor_loop_fd(self->loop, self->kick, POLLIN, on_kick, self));
    TRY(actor_loop_fd(self->loop, self->watch.fd, POLLIN, on_watch, self));
    for (size_t i = 0; i < self->options.sensor_count; i++) {
        sense_follow(self, i, true);
        self->to_read |= UINT64_C(1) << i;
    }
    self->timer = actor_loop_timer(self->loop, SENSE_TICK_MS, 0, on_tick, self);
    sense_kick(self);
    return STATUS_SUCCESS;
}

/* A checkpoint that cannot be read must not keep the node blind: it is put aside and said. */
static struct status load_state(struct sense *self, struct arena *arena)
{
    struct checkpoint *checkpoint = ARENA_NEW(arena, struct checkpoint, 1);
    struct status loaded = checkpoint_load(arena, self->checkpoint_path, checkpoint);

    if (status_ok(&loaded)) {
        loaded = open_detector(self, checkpoint);
    }
    if (loaded.code == STATUS_CORRUPT) {
        log_status(LOG_LEVEL_ERROR, "sense", "checkpoint-damaged", &loaded);
        detect_free(&self->engine);
        *checkpoint = (struct checkpoint){ 0 };
        loaded = open_detector(self, checkpoint);
    }
    TRY(loaded);
    return sense_sources_open(self, checkpoint);
}

static struct status open_all(struct sense *self)
{
    CLEANUP(arena_done) struct arena arena = { 0 };

    TRY(open_files(self));
    TRY(load_state(self, &arena));
    sense_catch_up(self);
    self->is_dirty = true;
    sense_checkpoint(self); /* a crash right after the first record must find the place again */
    return watch_all(self);
}

struct status sense_open(struct actor_loop *loop, const struct sense_options *options,
                         struct sense **out)
{
    if (options->sensor_count > SENSE_SENSORS_MAX) {
        return status_error(STATUS_INVALID, "over %d sensors", (int)SENSE_SENSORS_MAX);
    }
    struct sense *self = calloc(1, sizeof(*self));
    if (self == NULL || (self->spare = calloc(1, sizeof(*self->spare))) == NULL) {
        abort();
    }
    self->options = *options;
    self->loop = loop;
    self->last = &self->first;
    self->watch.fd = -1;
    self->kick = -1;
    self->timer = -1;
    struct status opened = open_all(self);
    if (!status_ok(&opened)) {
        self->is_dirty = false; /* what could not be opened is not written over */
        sense_close(&self);
        return opened;
    }
    *out = self;
    return STATUS_SUCCESS;
}

static void unwatch(struct sense *self)
{
    if (self->timer >= 0) {
        actor_loop_timer_end(self->loop, self->timer);
    }
    if (self->watch.fd >= 0) {
        actor_loop_fd_end(self->loop, self->watch.fd);
    }
    if (self->kick >= 0) {
        actor_loop_fd_end(self->loop, self->kick);
        (void)close(self->kick);
    }
    watch_close(&self->watch);
}

void sense_close(struct sense **sense)
{
    struct sense *self = *sense;

    if (self == NULL) {
        return;
    }
    sense_checkpoint(self);
    unwatch(self);
    sense_sources_close(self);
    sense_drop_waiting(self);
    detect_free(&self->engine);
    ledger_close(&self->ledger);
    emitted_close(&self->emitted);
    arena_done(&self->paths);
    free(self);
    *sense = NULL;
}

bool sense_has_evidence(const struct sense *sense, const struct action *action)
{
    char source[ADDRESS_TEXT_MAX];

    if (sense == NULL) {
        return true;
    }
    address_format(&action->source, source);
    return source[0] != '\0' && detect_has_evidence(sense->engine, slice_from(source),
                                                    clock_wall_us(sense->options.clock));
}

struct sense_counters sense_read_counters(const struct sense *sense)
{
    struct sense_counters counters = sense->counters;

    counters.detect = detect_stats(sense->engine);
    return counters;
}
