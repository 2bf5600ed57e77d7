/* orchestrator/knowledge/alerts.h - detections, each key once. */
#ifndef REDAN_ORCHESTRATOR_KNOWLEDGE_ALERTS_H
#define REDAN_ORCHESTRATOR_KNOWLEDGE_ALERTS_H

#include "base/ulid.h"
#include "model/names.h"
#include "orchestrator/knowledge/knowledge.h"

struct alert_record {
    struct ulid id;
    struct slice key; /* what makes two detections the same alert; unique */
    struct slice rule;
    enum severity severity;
    struct slice node;     /* the SMA that saw it */
    struct slice resource; /* what was attacked; "" the node itself */
    struct slice source;   /* address, or "" */
    uint64_t count;
    int64_t first_us, last_us; /* of the events behind it, at their source */
    int64_t detected_us;       /* the SMA's detector fired */
    int64_t received_us;       /* journaled here */
    uint64_t epoch, seq;       /* the detection event: (node, epoch, seq) */
    bool corroborated;         /* the kernel saw that source */
    struct slice json;         /* the event's fields, for people; "" or an object */
    struct ulid incident;      /* text "" : none yet */
};

/* Adds the alert, or joins it to the one with the same key: the larger count and severity, the
 * earlier first_us, the later last_us, corroborated if either is; id, rule, event and incident stay
 * those of the first. *out_id is the stored one's. Idempotent. */
struct status knowledge_put_alert(struct knowledge *knowledge, const struct alert_record *alert,
                                  struct ulid *out_id, bool *out_is_new) MUST_USE;
/* Errors: STATUS_NOT_FOUND (either is unknown). */
struct status knowledge_link_alert(struct knowledge *knowledge, const struct ulid *alert,
                                   const struct ulid *incident) MUST_USE;
struct status knowledge_get_alert(struct knowledge_reader *reader, struct slice id,
                                  struct arena *arena, struct alert_record *out) MUST_USE;

struct alert_query {
    struct knowledge_page page;
    struct slice incident; /* "" any */
};
typedef struct status(alert_row_fn)(void *arg, const struct alert_record *row);
struct status knowledge_list_alerts(struct knowledge_reader *reader,
                                    const struct alert_query *query, alert_row_fn *row, void *arg,
                                    bool *out_more) MUST_USE;

#endif
