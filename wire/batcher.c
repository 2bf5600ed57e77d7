#include "wire/batcher.h"

#include <assert.h>

void batcher_init(struct batcher *self, const struct batcher_options *options, uint64_t acked_seq,
                  uint64_t last_seq)
{
    *self = (struct batcher){ .options = *options,
                              .next_seq = acked_seq + 1,
                              .acked_seq = acked_seq,
                              .last_seq = last_seq,
                              .due_ms = INT64_MAX,
                              .ack_due_ms = INT64_MAX };
    if (self->options.routine_ms == 0) {
        self->options.routine_ms = BATCHER_ROUTINE_MS;
    }
    if (self->options.routine_ms > BATCHER_ROUTINE_MAX_MS) {
        self->options.routine_ms = BATCHER_ROUTINE_MAX_MS;
    }
    if (self->options.ack_ms == 0) {
        self->options.ack_ms = BATCHER_ACK_MS;
    }
}

static int64_t linger_ms(const struct batcher *self, enum severity severity)
{
    switch (severity) {
    case SEVERITY_INFO:
    case SEVERITY_LOW:
        return self->options.routine_ms;
    case SEVERITY_MEDIUM:
        return BATCHER_MEDIUM_MS;
    case SEVERITY_HIGH:
    case SEVERITY_CRITICAL:
        break;
    }
    return 0;
}

static bool has_unsent(const struct batcher *self)
{
    return self->next_seq <= self->last_seq;
}

static bool is_full(const struct batcher *self)
{
    return has_unsent(self) && self->last_seq - self->next_seq + 1 >= BATCHER_FULL_EVENTS;
}

void batcher_appended(struct batcher *self, uint64_t seq, enum severity severity, int64_t now_ms)
{
    int64_t due_ms = now_ms + linger_ms(self, severity);

    self->last_seq = seq;
    if (severity >= SEVERITY_HIGH) {
        self->urgent_seq = seq;
    }
    if (due_ms < self->due_ms) {
        self->due_ms = due_ms;
    }
}

/* What is not sent yet after a new start goes at once: it has waited long enough. */
static void restart(struct batcher *self, uint64_t acked_seq, int64_t now_ms)
{
    if (acked_seq > self->acked_seq) {
        self->acked_seq = acked_seq;
    }
    self->next_seq = self->acked_seq + 1;
    self->due_ms = has_unsent(self) ? now_ms : INT64_MAX;
    self->ack_due_ms = INT64_MAX;
    self->overdraft = 0;
}

void batcher_welcomed(struct batcher *self, uint64_t acked_seq, uint32_t credit, int64_t now_ms)
{
    self->up = true;
    self->credit = credit;
    restart(self, acked_seq, now_ms);
}

void batcher_lost(struct batcher *self)
{
    self->up = false;
    self->credit = 0;
    self->ack_due_ms = INT64_MAX;
}

void batcher_acked(struct batcher *self, uint64_t acked_seq, uint32_t credit, int64_t now_ms)
{
    uint32_t repaid = credit < self->overdraft ? credit : self->overdraft;

    self->overdraft -= repaid;
    credit -= repaid;
    self->credit = credit > UINT32_MAX - self->credit ? UINT32_MAX : self->credit + credit;
    if (acked_seq > self->acked_seq) {
        self->acked_seq = acked_seq;
        if (self->next_seq <= acked_seq) {
            self->next_seq = acked_seq + 1;
        }
    }
    bool under_way = self->up && self->next_seq > self->acked_seq + 1;
    self->ack_due_ms = under_way ? now_ms + self->options.ack_ms : INT64_MAX;
}

static bool may_send(const struct batcher *self)
{
    bool urgent = self->urgent_seq >= self->next_seq && self->overdraft < BATCHER_RESERVE;

    return self->up && has_unsent(self) && (self->credit > 0 || urgent);
}

/* Waits for credit with nothing under way that would bring some: what was to bring it is lost. */
static bool is_starved(const struct batcher *self)
{
    return self->up && has_unsent(self) && self->credit == 0;
}

struct batcher_step batcher_next(struct batcher *self, int64_t now_ms)
{
    if (is_starved(self) && self->ack_due_ms == INT64_MAX) {
        self->ack_due_ms = now_ms + self->options.ack_ms;
    }
    struct batcher_step step = { .verb = BATCHER_WAIT, .wake_ms = self->ack_due_ms };

    if (self->up && now_ms >= self->ack_due_ms) {
        self->ack_due_ms = now_ms + self->options.ack_ms;
        step.verb = BATCHER_HELLO;
        step.wake_ms = self->ack_due_ms;
        return step;
    }
    if (!may_send(self)) {
        return step; /* an ack or a WELCOME will wake us */
    }
    if (is_full(self) || now_ms >= self->due_ms) {
        step.verb = BATCHER_SEND;
        step.from_seq = self->next_seq;
        return step;
    }
    if (self->due_ms < step.wake_ms) {
        step.wake_ms = self->due_ms;
    }
    return step;
}

void batcher_sent(struct batcher *self, uint64_t last_seq, int64_t now_ms)
{
    assert(last_seq >= self->next_seq);
    self->next_seq = last_seq + 1;
    if (self->credit > 0) {
        self->credit--;
    } else {
        self->overdraft++;
    }
    if (self->ack_due_ms == INT64_MAX) {
        self->ack_due_ms = now_ms + self->options.ack_ms;
    }
    if (!has_unsent(self)) {
        self->due_ms = INT64_MAX;
    }
}
