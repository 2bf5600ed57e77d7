/* What was left out or could not be had: counted where it happens, reported from here, each reason
 * at most once in SENSE_GAP_REPORT_MS and as soon as a report can be kept. */
#include "base/log.h"
#include "sma/sense_priv.h"

static const char *const reasons[SENSE_LOSSES] = {
    [LOSS_DAMAGED] = "records not understood",
    [LOSS_UNANSWERED] = "the kernel did not answer about peers",
    [LOSS_REJECTED] = "events could not be kept",
    [LOSS_UNREMEMBERED] = "what was confirmed or reported may not survive a restart",
};

void sense_lose(struct source *source, enum sense_loss_kind kind, uint64_t count)
{
    source->losses[kind].unsaid += count;
}

/* The first time also to whoever reads our log. */
static void say_loss(struct sense *self, struct source *source, enum sense_loss_kind kind,
                     int64_t now_ms)
{
    struct sense_loss *loss = &source->losses[kind];

    if (loss->unsaid == 0 || (loss->said_ms != 0 && now_ms - loss->said_ms < SENSE_GAP_REPORT_MS)) {
        return;
    }
    if (loss->said_ms == 0) {
        log_warn("sense", "loss", LOG_TEXT("sensor", source->name), LOG_CSTR("what", reasons[kind]),
                 LOG_NUMBER("count", loss->unsaid));
    }
    loss->said_ms = now_ms;
    if (sense_report(self, source, EVENT_SENSOR_GAP, SEVERITY_LOW, reasons[kind], loss->unsaid)) {
        loss->unsaid = 0;
    }
}

/* What the ledger counts. It is nobody's in particular: the first sensor tells it. */
static void take_counts(struct sense *self, struct source *teller)
{
    uint64_t failures = ledger_write_failures(self->ledger);

    sense_lose(teller, LOSS_UNREMEMBERED, failures - self->seen_ledger_failures);
    self->seen_ledger_failures = failures;
}

void sense_say_losses(struct sense *self)
{
    int64_t now_ms = sense_mono_ms(self);

    if (self->options.sensor_count > 0) {
        take_counts(self, &self->sources[0]);
    }
    for (size_t i = 0; i < self->options.sensor_count; i++) {
        for (unsigned kind = 0; kind < SENSE_LOSSES; kind++) {
            say_loss(self, &self->sources[i], (enum sense_loss_kind)kind, now_ms);
        }
    }
}
