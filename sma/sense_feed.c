#include <stdlib.h>

#include "base/fault.h"
#include "base/log.h"
#include "detect/siphash.h"
#include "sma/sense_priv.h"

/* --- events out --------------------------------------------------------------------------------
 */

static void note_key(struct sense *self, struct slice key)
{
    struct spool_stats spool = session_read_counters(self->options.session).spool;
    struct status noted = emitted_add(self->emitted, key, spool.epoch, spool.next_seq - 1);

    if (!status_ok(&noted)) {
        sense_lose(&self->sources[0], LOSS_UNREMEMBERED, 1);
        log_status(LOG_LEVEL_WARN, "sense", "key-not-noted", &noted);
    }
}

/* Appends to the spool; the sync comes once for all. False: it could not be kept. */
static bool emit(struct sense *self, const struct event *event)
{
    struct slice key = event_value(event, DETECT_FIELD_KEY);

    if (key.len > 0 && emitted_is_known(self->emitted, key)) {
        self->counters.repeats++;
        return true;
    }
    struct status emitted = session_emit(self->options.session, event);
    if (!status_ok(&emitted)) {
        self->counters.rejected++;
        log_status(LOG_LEVEL_ERROR, "sense", "event-lost", &emitted);
        return false;
    }
    self->is_unsynced = true;
    if (key.len > 0) {
        note_key(self, key);
        self->counters.detections++;
        log_info("sense", "detection", LOG_TEXT("rule", event_value(event, DETECT_FIELD_RULE)),
                 LOG_TEXT("src_ip", event_value(event, "src_ip")),
                 LOG_TEXT("corroborated", event_value(event, DETECT_FIELD_CORROBORATED)));
    }
    return true;
}

static void sync_events(struct sense *self)
{
    if (!self->is_unsynced) {
        return;
    }
    struct status synced = session_sync(self->options.session);
    self->is_unsynced = !status_ok(&synced); /* tried again with the next tick */
    log_status(LOG_LEVEL_ERROR, "sense", "events-not-on-disk", &synced);
}

bool sense_report(struct sense *self, const struct source *source, const char *kind,
                  enum severity severity, const char *reason, uint64_t count)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    int64_t now_us = clock_wall_us(self->options.clock);
    struct event_field fields[] = {
        { SLICE("sensor"), source->name, PROVENANCE_SERVICE },
        { SLICE("reason"), slice_from(reason), PROVENANCE_SERVICE },
        { slice_from(slice_is(slice_from(kind), EVENT_SENSOR_SILENT) ? "silent_ms" : "count"),
          arena_printf(&arena, "%llu", (unsigned long long)count), PROVENANCE_SERVICE },
    };
    const struct event event = { .node = self->options.node,
                                 .time_us = now_us,
                                 .seen_us = now_us,
                                 .kind = slice_from(kind),
                                 .severity = severity,
                                 .layer = (enum layer)source->config->layer,
                                 .plane = (enum plane_kind)source->config->plane,
                                 .fields = fields,
                                 .field_count = COUNT_OF(fields) };

    self->counters.gaps += slice_is(event.kind, EVENT_SENSOR_GAP);
    return emit(self, &event);
}

/* --- asking the kernel -------------------------------------------------------------------------
 */

/* Outlives the record it is about: the answer may come after the deadline. */
struct question {
    struct sense *sense;
    uint64_t arrival;
    struct address peer;
    uint16_t port;
};

static struct waiting *find_waiting(const struct sense *self, uint64_t arrival)
{
    struct waiting *one = self->first;

    while (one != NULL && one->arrival < arrival) {
        one = one->next;
    }
    return one != NULL && one->arrival == arrival ? one : NULL;
}

static void no_answer(struct sense *self, const struct waiting *one)
{
    self->counters.unanswered++;
    sense_lose(&self->sources[one->source], LOSS_UNANSWERED, 1);
}

static void answer(struct waiting *one, bool corroborated)
{
    one->is_answered = true;
    one->is_corroborated = corroborated;
}

/* What could not be asked now may be a moment later; the deadline holds. */
static void take_outcome(struct sense *self, struct waiting *one, const struct status *outcome,
                         bool seen)
{
    one->is_asked = false;
    if (outcome->code == STATUS_UNAVAILABLE || outcome->code == STATUS_EXHAUSTED) {
        log_status(LOG_LEVEL_DEBUG, "sense", "peer-not-asked", outcome);
        return;
    }
    log_status(LOG_LEVEL_WARN, "sense", "peer-unknown", outcome);
    if (!status_ok(outcome)) {
        no_answer(self, one);
    }
    answer(one, status_ok(outcome) && seen);
}

static void on_peer(void *arg, struct status outcome, bool seen)
{
    struct question *question = arg;
    struct sense *self = question->sense;
    struct waiting *one = find_waiting(self, question->arrival);
    bool confirmed = status_ok(&outcome) && seen;

    if (confirmed) { /* on disk before anything is concluded from it */
        ledger_add(self->ledger, &question->peer, question->port,
                   clock_wall_us(self->options.clock));
    }
    if (one != NULL && !one->is_answered) {
        take_outcome(self, one, &outcome, seen);
        sense_kick(self);
    }
    free(question);
}

static void ask(struct sense *self, struct waiting *one, const struct address *peer)
{
    const struct plane_peer_query query = { .peer = *peer,
                                            .peer_port = one->what.src_port,
                                            .local_port = one->what.local_port };
    struct question *question = calloc(1, sizeof(*question));

    if (question == NULL) {
        abort();
    }
    *question = (struct question){ self, one->arrival, *peer, one->what.src_port };
    one->is_asked = true;
    struct status asked = plane_peer_seen(self->options.network, &query, on_peer, question);
    self->counters.asked++;
    if (!status_ok(&asked)) {
        free(question);
        take_outcome(self, one, &asked, false);
    }
}

/* An address without its port could be anybody's who is connected: it is not asked about. */
static void corroborate(struct sense *self, struct waiting *one)
{
    struct address peer = { 0 };
    struct status parsed = address_parse(event_value(&one->what.event, "src_ip"), &peer);

    bool names_one = status_ok(&parsed) && one->what.src_port != 0;

    if (names_one && ledger_has(self->ledger, &peer, one->what.src_port, one->what.event.time_us)) {
        answer(one, true);
    } else if (names_one && self->options.network != NULL && !one->is_replayed) {
        ask(self, one, &peer);
    } else {
        answer(one, false);
    }
}

/* Not at once when many wait: the others' reading would pause. */
static bool is_too_late(const struct sense *self, const struct waiting *one, int64_t now_ms)
{
    bool is_crowded = self->counters.waiting > SENSE_CROWDED;

    return now_ms >= (is_crowded ? one->in_order_ms : one->deadline_ms);
}

void sense_chase_questions(struct sense *self)
{
    int64_t now_ms = sense_mono_ms(self);

    for (struct waiting *one = self->first; one != NULL; one = one->next) {
        if (!one->is_answered && is_too_late(self, one, now_ms)) {
            no_answer(self, one);
            answer(one, false);
        } else if (!one->is_answered && !one->is_asked) {
            corroborate(self, one);
        }
    }
}

static struct waiting *new_waiting(void)
{
    struct waiting *one = calloc(1, sizeof(*one));

    if (one == NULL) {
        abort();
    }
    return one;
}

void sense_enqueue(struct sense *self)
{
    struct waiting *one = self->spare;

    self->spare = new_waiting();
    one->next = NULL;
    *self->last = one;
    self->last = &one->next;
    self->counters.waiting++;
    one->in_order_ms = sense_mono_ms(self) + SENSE_IN_ORDER_MS;
    one->deadline_ms = sense_mono_ms(self) + SENSE_CORROBORATE_MS;
    corroborate(self, one);
}

/* --- the detector ------------------------------------------------------------------------------
 */

static void emit_all(struct sense *self, const struct detect_output *out)
{
    if (out->count > 0) {
        FAULT_POINT("sma.after_detect");
    }
    for (size_t i = 0; i < out->count; i++) {
        if (!emit(self, &out->events[i])) {
            sense_lose(&self->sources[0], LOSS_REJECTED, 1);
        }
    }
}

static void feed_one(struct sense *self, struct waiting *one)
{
    struct detect_output out = { 0 };
    const struct detect_input input = { .event = &one->what.event,
                                        .position = one->arrival,
                                        .record = one->record,
                                        .weight = one->what.weight,
                                        .replayed = one->is_replayed };

    if (one->is_corroborated) {
        self->counters.corroborated++;
        normalise_corroborate(&one->what.event);
    }
    detect_step(self->engine, &one->arena, &input, &out);
    emit_all(self, &out);
}

static struct waiting *take_out(struct sense *self, struct waiting **link)
{
    struct waiting *one = *link;

    *link = one->next;
    if (*link == NULL) {
        self->last = link;
    }
    self->counters.waiting--;
    return one;
}

/* The sources whose records wait, as bits by hash: who shares one's bit waits along. */
enum { HELD_BITS = 4096, HELD_WORD_BITS = 64 };
struct held {
    uint64_t words[HELD_BITS / HELD_WORD_BITS];
};

static uint64_t *held_word(struct held *held, const struct waiting *one, uint64_t *out_bit)
{
    static const uint64_t seed[2] = { 0 };
    uint64_t hash = siphash(seed, event_value(&one->what.event, "src_ip")) % HELD_BITS;

    *out_bit = UINT64_C(1) << hash % HELD_WORD_BITS;
    return &held->words[hash / HELD_WORD_BITS];
}

static void free_waiting(struct waiting *one)
{
    arena_done(&one->arena);
    free(one);
}

void sense_feed(struct sense *self)
{
    struct held held = { 0 };
    struct waiting **link = &self->first;
    int64_t now_ms = sense_mono_ms(self);

    while (*link != NULL && ((*link)->is_answered || now_ms >= (*link)->in_order_ms)) {
        uint64_t bit = 0;
        uint64_t *word = held_word(&held, *link, &bit);
        if ((*link)->is_answered && (*word & bit) == 0) {
            struct waiting *one = take_out(self, link);
            feed_one(self, one);
            free_waiting(one);
        } else {
            *word |= bit;
            link = &(*link)->next;
        }
    }
    sync_events(self);
}

void sense_drop_waiting(struct sense *self)
{
    while (self->first != NULL) {
        free_waiting(take_out(self, &self->first));
    }
    if (self->spare != NULL) {
        free_waiting(self->spare);
    }
    self->spare = NULL;
}

/* How far the source's own time has come: what it told last, and the time since if it is dry. */
static int64_t source_time_us(const struct source *source, int64_t now_ms)
{
    int64_t since_ms = source->is_dry ? now_ms - source->last_event_ms : 0;

    return source->last_event_us + (since_ms - SENSE_GRACE_MS) * 1000;
}

void sense_advance(struct sense *self)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    int64_t now_ms = sense_mono_ms(self);
    int64_t least_us = INT64_MAX;
    struct detect_output out = { 0 };

    for (size_t i = 0; i < self->options.sensor_count; i++) {
        const struct source *source = &self->sources[i];
        if (source->has_event && source_time_us(source, now_ms) < least_us) {
            least_us = source_time_us(source, now_ms);
        }
    }
    for (const struct waiting *one = self->first; one != NULL; one = one->next) {
        least_us = one->what.event.time_us < least_us ? one->what.event.time_us : least_us;
    }
    if (least_us == INT64_MAX) {
        return;
    }
    detect_advance(self->engine, &arena, least_us, &out);
    emit_all(self, &out);
    sync_events(self);
}
