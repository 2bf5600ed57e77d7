/* orchestrator/core_priv.h - the inside of the orchestrator's core: one actor that owns the
 * knowledge and runs monitor, analyse, plan and execute. For this folder and its tests.
 *
 * The turn. The first thing that needs the knowledge opens a turn (a transaction); everything that
 * arrives before the turn is closed joins it. Closing commits, and only then what waits in the
 * outbox leaves: acks, commands, answers. A failed commit drops the outbox: peers repeat what was
 * never acknowledged. So nothing is acknowledged or ordered that is not on disk, and many events
 * share one fdatasync.
 *
 * Thread: everything here runs in the core's own loop. */
#ifndef REDAN_ORCHESTRATOR_CORE_PRIV_H
#define REDAN_ORCHESTRATOR_CORE_PRIV_H

#include "base/actor.h"
#include "base/arena.h"
#include "base/clock.h"
#include "orchestrator/core.h"
#include "orchestrator/execute.h"
#include "orchestrator/http.h"
#include "orchestrator/knowledge/commands.h"
#include "orchestrator/knowledge/incidents.h"
#include "orchestrator/knowledge/knowledge.h"
#include "orchestrator/knowledge/plans.h"
#include "orchestrator/propose.h"
#include "orchestrator/world.h"
#include "planner/planner.h"
#include "wire/registry.h"
#include "wire/server.h"

enum {
    CORE_OUTBOX_MAX = 16384,
    CORE_SWEEP_MS = 250,    /* resends, expiries, late objectives, another look */
    CORE_JUMP_US = 2000000, /* what the wall clock may move against the monotonic between turns */
    CORE_RESEND_MIN_MS = 1000, /* doubles with every try */
    CORE_RESEND_MAX_MS = 30 * 1000,
    CORE_COMMAND_LIFE_MS = 10 * 60 * 1000,
    CORE_CHECK_LIFE_MS = 60 * 1000, /* of a question: then it is asked anew, later each time */
    CORE_CHECKS_MAX = 1024,         /* questions under way */
    CORE_ANSWER_LIFE_MS = 24 * 60 * 60 * 1000, /* later nobody asks what became of one */
    CORE_CREDIT = 8,                           /* batches an SMA may have under way */
    CORE_WINDOW_BYTES = 512 * 1024,
    CORE_NODE_CAPABILITIES_MAX = 4096,
    CORE_STALLED_MAX = 256
};

enum outbox_kind { OUTBOX_MESSAGE, OUTBOX_RAW, OUTBOX_REPLY };

/* What leaves after the commit. Everything lives in the turn's arena. */
struct outbox_item {
    enum outbox_kind kind;
    struct slice node;
    struct message message; /* MESSAGE */
    enum frame_type type;   /* RAW */
    struct slice raw;
    uint64_t call; /* REPLY */
    struct http_reply reply;
    struct outbox_item *next;
};

/* What a node said in its HELLO that it can do. */
struct node_capability {
    char node[NODE_NAME_MAX];
    enum action_kind kind;
};

/* A pass over the incidents; see look.c. */
struct look {
    bool wanted; /* one more, from the start */
    bool is_under_way;
    struct ulid last;      /* looked at; text "": none */
    int64_t not_before_us; /* monotonic */
    int64_t not_after_us;  /* then it goes on, whoever was not heard yet */
    bool is_waiting;       /* not_after_us stands until the pass has ended */
};

struct core_counters {
    uint64_t turns, failed_turns, events, failed_events, duplicates, gaps, detections, alerts,
        incidents, looks, plans, refused_plans, commands, checks, resends, results, outbox_full,
        clock_jumps;
};

struct core {
    const struct core_options *options;
    struct actor_loop *loop;
    const struct clock_source *clock;
    struct knowledge *knowledge;
    struct registry_cell *registry;
    struct identity identity;
    struct server *server;
    bool (*has_session)(const struct server *server, struct slice node);
    struct http_server *http;
    struct world *world;
    struct node_capability *capabilities;
    size_t capability_count;
    struct core_counters counters;
    struct look look;
    struct ulid late_after;    /* the last incident checked for lateness; text "": none */
    struct ulid overdue_after; /* the last step looked at by overdue_sweep; text "": none */
    int64_t overdue_after_ms;
    int32_t day_tried;       /* the last day on which the world was compiled anew, or was to be */
    size_t checks_under_way; /* as of the last sweep, and since */
    int64_t started_us;
    int64_t id_ms;     /* ids are not made for earlier times, so that they sort as they were made */
    int64_t offset_us; /* wall less monotonic time, as of the last turn */
    int64_t jumped_us; /* how far the wall clock had jumped when this turn began */
    bool knows_offset;
    bool is_resuming;     /* after a start: what fails now is looked at by the sweep */
    int64_t last_look_us; /* when the managers last looked at an incident */
    struct audit *audit;  /* api_journal.c: a check of the journal under way; NULL none */

    /* Nodes for which a command could not be sent: what follows waits, so that commands arrive in
     * the order of their numbers. More than fit: all nodes wait for the sweep. */
    char stalled[CORE_STALLED_MAX][NODE_NAME_MAX];
    size_t stalled_count;

    /* the turn */
    struct arena turn;
    int turn_fd; /* eventfd: readable while a turn is open */
    bool turn_is_open;
    int64_t turn_us;
    struct outbox_item *outbox, *outbox_last; /* in the order of leaving */
    size_t outbox_count;
};

/* --- core.c: turns ---------------------------------------------------------------------------- */

/* Joins the open turn or begins one. */
struct status turn_join(struct core *core) MUST_USE;
/* Commits and sends. Also called by the loop; call it to force an answer now. */
struct status turn_close(struct core *core) MUST_USE;
/* Rolls the open turn back; nothing of it is sent. Only for turns that hold one caller's work. */
void turn_abandon(struct core *core);
/* NULL when the outbox is full (counted): the peer will ask again. */
struct outbox_item *outbox_add(struct core *core, enum outbox_kind kind, struct slice node);
/* One tick: what is overdue, late or waits for another look. Joins the turn. */
struct status core_sweep(struct core *core) MUST_USE;
/* Everything a restart must go on with, in the open turn. The nodes are known already. */
struct status core_resume(struct core *core) MUST_USE;
/* Later ids are greater, whatever the clock does. */
struct ulid core_new_id(struct core *core);
void core_know_id(struct core *core, const struct ulid *id); /* of an earlier run */

/* --- intake.c: what the server hears (monitor) ------------------------------------------------ */
struct server_handlers intake_handlers(struct core *core);

/* --- capable.c: what nodes can do --------------------------------------------------------------
 */
struct status capable_hello(struct core *core, const struct registry_node *node,
                            const struct hello *hello) MUST_USE;
/* From the knowledge and the registry, after either was read anew. */
struct status capable_load(struct core *core) MUST_USE;

/* --- stuck.c: what cannot be gone on with ------------------------------------------------------
 */
/* It stands in the journal and keeps no other waiting. */
struct status stuck_plan(struct core *core, const struct ulid *id,
                         const struct status *why) MUST_USE;
/* Likewise; its plan has failed with it, and the sweep looks for another way. */
struct status stuck_command(struct core *core, struct command_record *record,
                            const struct status *why) MUST_USE;

/* --- look.c: another look ----------------------------------------------------------------------
 */
void look_again(struct core *core);
/* Not before nodes had a second to say what became of orders: what they have done is not ordered
 * twice. A node that only says HELLO all the time cannot put a pass off for more than five. */
void look_later(struct core *core);
struct status look_sweep(struct core *core) MUST_USE;

/* --- facts.c: what planning needs of the knowledge ---------------------------------------------
 */
struct status facts_gather(struct core *core, struct arena *arena,
                           const struct incident_record *incident,
                           struct propose_input *out) MUST_USE;
/* Controls that cost service within the objectives' windows. */
struct status facts_past(struct knowledge_reader *reader, struct arena *arena,
                         const struct policy_set *world, int64_t now_us,
                         struct propose_past *out) MUST_USE;

/* --- respond.c: analyse and plan ---------------------------------------------------------------
 */
struct status respond_detection(struct core *core, const struct event *event) MUST_USE;
/* Looks at an incident again: managers, arbiter, planner, legality, and starts what is agreed. */
struct status respond_incident(struct core *core, const struct incident_record *incident) MUST_USE;
struct status respond_sweep(struct core *core) MUST_USE; /* objectives that ran late */
/* Is a plan that was made for another world legal in this one? *out_why, when not, is the turn's.
 */
struct status respond_recheck(struct core *core, const struct plan_record *plan, bool *out_legal,
                              struct slice *out_why) MUST_USE;

/* --- progress.c: execute ------------------------------------------------------------------------
 */

/* Orders what is due, closes what is finished. */
struct status progress_plan(struct core *core, struct plan_record *plan) MUST_USE;
struct status progress_result(struct core *core, const struct service_result *result,
                              struct slice received) MUST_USE;
/* Everything asked for is in force since `enforced_us` (0: not all of it was read back). */
struct status progress_contain(struct core *core, struct incident_record *incident,
                               int64_t enforced_us) MUST_USE;
/* A plan of the incident is under way or waits for approval. */
struct status progress_is_answered(struct core *core, const struct ulid *incident,
                                   bool *out) MUST_USE;
/* A control of the plan is gone. */
struct status progress_control_ended(struct core *core, const struct ulid *plan) MUST_USE;
struct status progress_control_changed(struct core *core, const struct event *event) MUST_USE;
/* After a restart, and for plans approved meanwhile. */
struct status progress_resume(struct core *core) MUST_USE;
/* Plans made for other SLAs: what waits for approval is refused, what is under way and not legal
 * any more is withdrawn; the sweep plans anew. Also after a restart. */
struct status progress_world_changed(struct core *core) MUST_USE;
struct status progress_undo(struct core *core, struct slice id, struct slice by) MUST_USE;

/* --- overdue.c: ends of leases that nobody has reported -----------------------------------------
 */
struct status overdue_sweep(struct core *core) MUST_USE;
/* What the node found, or that nothing was heard of it in time. */
struct status overdue_result(struct core *core, const struct command_record *command,
                             const struct command_result *result, struct slice received) MUST_USE;

/* --- day.c, officer.c: the world of the day -----------------------------------------------------
 */
int32_t day_today(const struct core *core); /* days since 1970-01-01, in UTC */
/* Compiles the documents in force anew when something begins or ends today; leaves a turn open when
 * it did. */
struct status day_sweep(struct core *core) MUST_USE;
/* Every SMA hears of the protected networks of the new world. */
struct status officer_announce(struct core *core) MUST_USE;

/* --- dispatch.c: commands -----------------------------------------------------------------------
 */
/* *out_ordered false: nobody on the node may do it (any more). A step to be done has then failed;
 * one to be undone stays in force. Why is in its detail. */
struct status dispatch_order(struct core *core, struct step_record *step, enum command_verb verb,
                             bool *out_ordered) MUST_USE;
/* Asks the node what is there of the step's control; overdue_result hears of it. Not in the
 * journal, and no command of the step: it changes nothing. */
struct status dispatch_check(struct core *core, const struct step_record *step) MUST_USE;
/* Resends what is overdue; gives up what has expired. `node` "" = all, else at once, and asks it
 * about what was given up. */
struct status dispatch_sweep(struct core *core, struct slice node) MUST_USE;
/* Called with what became of a command's sending. */
bool dispatch_is_stalled(const struct core *core, struct slice node);
void dispatch_stall(struct core *core, struct slice node);
/* After a restart: unfinished commands are sealed anew under this start's fencing epoch, with what
 * is left of their life; an order whose life was over meanwhile has failed. */
struct status dispatch_reissue(struct core *core) MUST_USE;
/* Our wall clock has jumped by core->jumped_us: unfinished commands are sealed anew, their times
 * moved along, so that neither their lives nor their resends change. */
struct status dispatch_move(struct core *core) MUST_USE;
/* The step's order is worth nothing any more: it ends, and is taken back in case it was heard. */
struct status dispatch_withdraw(struct core *core, struct step_record *step) MUST_USE;

#endif
