/* sma/sense_priv.h - the inside of the sensing half. For this folder. */
#ifndef REDAN_SMA_SENSE_PRIV_H
#define REDAN_SMA_SENSE_PRIV_H

#include "detect/normalise.h"
#include "sma/checkpoint.h"
#include "sma/emitted.h"
#include "sma/ledger.h"
#include "sma/marks.h"
#include "sma/sense.h"
#include "sma/sensor.h"
#include "sma/watch.h"

enum {
    SENSE_TICK_MS = 100,
    SENSE_SLOW_MS = 1000,      /* checkpoints, retries, time handed to the detector */
    SENSE_TURN_RECORDS = 1000, /* of one sensor before the others have a turn */
    SENSE_GRACE_MS = 10 * 1000 /* records may come so much later than their time says */
};

/* See sense_loss.c. */
enum sense_loss_kind { LOSS_DAMAGED, LOSS_UNANSWERED, LOSS_REJECTED, LOSS_UNREMEMBERED };
enum { SENSE_LOSSES = 4 };
struct sense_loss {
    uint64_t unsaid;
    int64_t said_ms; /* monotonic; 0: never */
};

/* One sensor and what is known of it. */
struct source {
    const struct sma_sensor_config *config;
    struct slice name; /* "file:/var/log/auth.log" */
    uint64_t base;     /* of its record numbers */
    int32_t zone_east_s;
    struct sensor *sensor;
    struct marks marks;
    uint64_t replay_until; /* records before this stream position were handled before a restart */
    int watched_pipe;      /* -1: none */
    bool is_dry, is_broken, silence_said;
    int64_t last_record_ms; /* monotonic */
    bool has_event;
    int64_t last_event_us, last_event_ms; /* its own time; when it was read, monotonic */
    bool unwatched_said;
    struct sense_loss losses[SENSE_LOSSES];
};

/* A record that a rule wants, in order of reading, until the kernel has answered. */
struct waiting {
    struct waiting *next;
    struct arena arena;
    struct normalised what;
    size_t source;
    struct tail_place place;
    uint64_t arrival;
    uint64_t record;
    bool is_replayed, is_answered, is_corroborated;
    bool is_asked;       /* the answer is under way */
    int64_t in_order_ms; /* until then all behind it wait as well */
    int64_t deadline_ms;
};

struct sense {
    struct sense_options options;
    struct actor_loop *loop;
    struct detect_engine *engine;
    struct ledger *ledger;
    struct emitted *emitted;
    struct watch watch;
    int kick; /* eventfd: there is more to do without waiting */
    int timer;
    struct arena paths;
    const char *checkpoint_path;
    struct source sources[SENSE_SENSORS_MAX];
    uint64_t to_read; /* bit per source */
    struct waiting *first, **last;
    struct waiting *spare; /* the record being looked at */
    uint64_t arrivals;
    bool is_dirty;    /* something to checkpoint */
    bool is_unsynced; /* events wait for the disk */
    bool is_caught_up;
    int64_t slow_ms;               /* next slow tick */
    uint64_t seen_ledger_failures; /* that far the losses are counted */
    struct sense_counters counters;
};

int64_t sense_mono_ms(const struct sense *self);
/* Runs the loop's next turn at once. */
void sense_kick(struct sense *self);

/* --- sense_read.c: from bytes to records that a rule wants ------------------------------------ */

struct status sense_sources_open(struct sense *self, const struct checkpoint *checkpoint) MUST_USE;
void sense_sources_close(struct sense *self);
/* Reads again what was handled before the restart; builds the detector's windows. */
void sense_catch_up(struct sense *self);
/* Reads the sources marked in to_read; what has more stays marked. */
void sense_read(struct sense *self);
/* Follows what a source is now: its file, its folder, its pipe. */
void sense_follow(struct sense *self, size_t index, bool fresh);
void sense_look_for_silence(struct sense *self);

/* --- sense_feed.c: from records to detections --------------------------------------------------
 */

/* Takes `spare` over. */
void sense_enqueue(struct sense *self);
/* Hands what is answered to the detector, each source's records in order; emits and syncs. */
void sense_feed(struct sense *self);
/* Asks anew what could not be asked, gives up what nobody answers. */
void sense_chase_questions(struct sense *self);
/* Tells the detector how far time has come. */
void sense_advance(struct sense *self);
/* An event of our own about a sensor. False: it could not be kept. */
bool sense_report(struct sense *self, const struct source *source, const char *kind,
                  enum severity severity, const char *reason, uint64_t count);
void sense_drop_waiting(struct sense *self);

/* --- sense_loss.c ----------------------------------------------------------------------------- */

void sense_lose(struct source *source, enum sense_loss_kind kind, uint64_t count);
void sense_say_losses(struct sense *self);

/* --- sense_state.c ---------------------------------------------------------------------------- */

void sense_checkpoint(struct sense *self);

#endif
