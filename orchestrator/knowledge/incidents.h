/* orchestrator/knowledge/incidents.h - attacks: alerts of one source on one target, and how the
 * loop stands with them. */
#ifndef REDAN_ORCHESTRATOR_KNOWLEDGE_INCIDENTS_H
#define REDAN_ORCHESTRATOR_KNOWLEDGE_INCIDENTS_H

#include "base/ulid.h"
#include "model/names.h"
#include "orchestrator/knowledge/knowledge.h"

enum incident_state { INCIDENT_OPEN, INCIDENT_CONTAINED, INCIDENT_CLOSED };
enum { INCIDENT_STATES = INCIDENT_CLOSED + 1 };

struct incident_record {
    struct ulid id;
    struct slice key; /* source and target; unique among incidents that are not closed */
    enum severity severity;
    enum incident_state state;
    struct slice unit;   /* of resources that stand and fall together; "" none */
    struct slice source; /* address, or "" */
    struct slice target; /* node or resource */
    struct slice rule;   /* of the gravest alert */
    int64_t first_us;    /* first event behind it, at its source */
    int64_t since_us;    /* since when an answer is due, by our clock as it stands now */
    int64_t opened_us, detected_us, planned_us, enforced_us, proven_us, closed_us;
    enum objective_state mttr; /* respond.mttr: unknown until contained or late */
    int64_t mttr_limit_ms;     /* 0: no objective applies */
    struct slice reason;       /* of closing; before: why no plan is possible; "" none */
};

/* Adds or replaces by id. STATUS_CONFLICT: another incident with this key is not closed. */
struct status knowledge_put_incident(struct knowledge *knowledge,
                                     const struct incident_record *incident) MUST_USE;
/* Our clock has jumped: moves since_us of all open ones along. */
struct status knowledge_move_incidents(struct knowledge *knowledge, int64_t by_us) MUST_USE;
struct status knowledge_get_incident(struct knowledge_reader *reader, struct slice id,
                                     struct arena *arena, struct incident_record *out) MUST_USE;
/* The one that is not closed. Errors: STATUS_NOT_FOUND. */
struct status knowledge_find_incident(struct knowledge_reader *reader, struct slice key,
                                      struct arena *arena, struct incident_record *out) MUST_USE;

struct incident_query {
    struct knowledge_page page;
    bool not_closed; /* leave closed ones out */
};
typedef struct status(incident_row_fn)(void *arg, const struct incident_record *row);
struct status knowledge_list_incidents(struct knowledge_reader *reader,
                                       const struct incident_query *query, incident_row_fn *row,
                                       void *arg, bool *out_more) MUST_USE;

/* How many there are in each state, of all times. */
struct status knowledge_count_incidents(struct knowledge_reader *reader,
                                        uint64_t out[INCIDENT_STATES]) MUST_USE;

const char *incident_state_name(enum incident_state value);
bool incident_state_parse(struct slice text, enum incident_state *out);

#endif
