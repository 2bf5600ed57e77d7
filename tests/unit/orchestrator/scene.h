/* tests/unit/orchestrator/scene.h - the core's loop over a real knowledge and the example's SLAs,
 * without sockets: what leaves is looked at in the outbox, what nodes would answer is made here.
 * One scene a process; time is virtual. */
#ifndef REDAN_TESTS_UNIT_ORCHESTRATOR_SCENE_H
#define REDAN_TESTS_UNIT_ORCHESTRATOR_SCENE_H

#include "orchestrator/core_priv.h"

#define ATTACKER "10.99.0.2"
enum { SCENE_SEEN_MAX = 64 };

extern struct core core;
extern struct clock_virtual virtual_time;
extern struct arena arena;
extern bool scene_node_1_only_watches; /* set before scene_begin */
extern bool scene_is_away;             /* no node has a session */
extern const char *scene_attacker;

/* Nodes node-1 (network) and node-2 (compute, data) are enrolled and can do everything of their
 * planes but isolate; the example's SLAs are in force. */
void scene_begin(void);
void scene_end_test(void);
int scene_tear_down(void);

void scene_end_turn(void); /* commits; the outbox is forgotten */
void scene_can(const char *node, enum action_kind kind);

/* --- what arrives: each in a turn of its own that stays open, so that the outbox can be looked at
 */

struct event scene_detection(const char *rule, enum severity severity, const char *key);
void scene_deliver(struct event *events, size_t count, uint64_t first_seq);
void scene_detect(const char *rule, enum severity severity, uint64_t seq);
void scene_detect_unseen(const char *rule, enum severity severity, uint64_t seq); /* log only */
/* The node's answer to the last command of a step. */
void scene_answer(const struct step_record *step, enum command_verb verb,
                  enum command_outcome outcome);
/* Every command of a plan, until nothing is in flight. */
void scene_carry_out(size_t plan);
void scene_report(const struct step_record *step, enum control_state state);
/* `words` separated by spaces. */
void scene_hello(const char *node, const char *words);
/* One tick of the loop's sweep. */
void scene_sweep(void);
/* redand ends and begins again on the same file; nodes have said nothing yet. */
void scene_restart(void);

/* --- what is seen ------------------------------------------------------------------------------
 */

struct scene_seen {
    struct plan_record plans[SCENE_SEEN_MAX];
    size_t plan_count; /* newest first */
    struct incident_record incidents[SCENE_SEEN_MAX];
    size_t incident_count;
    size_t alerts;
};
extern struct scene_seen seen;

void scene_look(void); /* fills `seen`; ends the turn */
size_t scene_steps_of(size_t plan, struct step_record **out);
struct incident_record scene_incident(void); /* the newest, with its texts */
size_t scene_journal_rows(const char *kind);

#endif
