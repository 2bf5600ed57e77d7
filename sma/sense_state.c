#include "base/log.h"
#include "sma/sense_priv.h"

/* Up to where a source's records have gone through the detector. */
static struct tail_place done_place(const struct sense *self, size_t index)
{
    for (const struct waiting *one = self->first; one != NULL; one = one->next) {
        if (one->source == index) {
            return one->place;
        }
    }
    return sensor_position(self->sources[index].sensor);
}

/* From where it must be read again. */
static struct tail_resume resume_of(struct sense *self, size_t index, uint64_t needed)
{
    struct source *source = &self->sources[index];
    struct tail_resume resume = { .done = done_place(self, index) };
    struct tail_place oldest = { 0 };

    marks_release(&source->marks, needed);
    resume.oldest = resume.done;
    if (marks_oldest(&source->marks, &oldest) && oldest.stream < resume.done.stream) {
        resume.oldest = oldest;
    }
    return resume;
}

static bool is_caught_up(const struct sense *self)
{
    for (size_t i = 0; i < self->options.sensor_count; i++) {
        if (!self->sources[i].is_dry) {
            return false;
        }
    }
    return self->first == NULL;
}

void sense_checkpoint(struct sense *self)
{
    CLEANUP(buf_done) struct buf detector = { 0 };
    struct checkpoint checkpoint = { 0 };
    uint64_t needed = self->first != NULL ? self->first->arrival : self->arrivals + 1;
    uint64_t oldest = 0;

    if (!self->is_dirty || self->is_unsynced) {
        return; /* nothing new; or detections that are not on disk yet */
    }
    if (detect_oldest_needed(self->engine, &oldest) && oldest < needed) {
        needed = oldest;
    }
    for (size_t i = 0; i < self->options.sensor_count; i++) {
        if (sensor_can_resume(self->sources[i].sensor)) {
            checkpoint.sensors[checkpoint.sensor_count++] =
                (struct checkpoint_sensor){ self->sources[i].name, resume_of(self, i, needed) };
        }
    }
    detect_save(self->engine, &detector);
    checkpoint.detector = buf_slice(&detector);
    struct status stored = checkpoint_store(self->checkpoint_path, &checkpoint);
    if (status_ok(&stored)) {
        self->is_caught_up = self->is_caught_up || is_caught_up(self);
        stored = emitted_checkpoint(self->emitted, self->is_caught_up);
        self->counters.checkpoints++;
        self->is_dirty = false;
    }
    log_status(LOG_LEVEL_ERROR, "sense", "no-checkpoint", &stored);
}
