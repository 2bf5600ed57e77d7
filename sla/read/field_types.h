/* sla/read/field_types.h - what the readers of single types share with each other and with the
 * checks. All report what is wrong. For sla/ only. */
#ifndef REDAN_SLA_READ_FIELD_TYPES_H
#define REDAN_SLA_READ_FIELD_TYPES_H

#include "sla/draft.h"

/* A node of the type's shape into the place of its field in `filled`. False: reported. */
typedef bool(sla_read_fn)(struct sla_reading *reading, const struct sla_field *field,
                          const struct yaml_node *node, void *filled);

/* Types of clauses and reactions alone (sla/read/field_clause.c). */
sla_read_fn sla_read_act;
sla_read_fn sla_read_acts;
sla_read_fn sla_read_actions;
sla_read_fn sla_read_severity; /* "high", ">= high", "<= low" */
sla_read_fn sla_read_term;

/* Labels and selectors (sla/read/field_labels.c). */
sla_read_fn sla_read_labels;
sla_read_fn sla_read_select;
/* As Kubernetes has them; false: reported. */
bool sla_label_key_fits(struct draft *draft, struct diag_span span, struct slice key);
bool sla_label_value_fits(struct draft *draft, struct diag_span span, struct slice value);

/* Of services (sla/read/service.c). */
sla_read_fn sla_read_needs;

/* Countries that a set is made of (sla/terms/domain_set.c). */
sla_read_fn sla_read_countries;
sla_read_fn sla_read_places;

/* Of agreements (sla/read/agreement.c). */
sla_read_fn sla_read_digest;
sla_read_fn sla_read_signature;

/* Of resources (sla/read/resource.c). */
sla_read_fn sla_read_bytes;

/* Of flows (sla/read/field_flow.c). */
sla_read_fn sla_read_sender;
sla_read_fn sla_read_peers;
sla_read_fn sla_read_ports;
/* `443/tcp`, `5000-5010/udp`. False: it is none; nothing is reported. */
bool sla_ports_parse(struct slice text, struct sla_ports *out);
/* "target/ID": a peer that sla/resolve/bind_peers.c knows; `out_id` may be NULL. */
bool sla_peer_target(struct slice text, struct slice *out_id);

/* Kept as a node. */
sla_read_fn sla_read_node;

/* The form of names of ours. */
bool sla_is_name(struct slice text);

/* Quantities (sla/read/field_quantity.c). */
sla_read_fn sla_read_count;
sla_read_fn sla_read_duration_field;
sla_read_fn sla_read_share_field;
sla_read_fn sla_read_weekly; /* one or several */
sla_read_fn sla_read_moment;
sla_read_fn sla_read_date;

/* Where a field's value goes. */
void *sla_field_place(void *filled, size_t offset);

bool sla_read_duration(struct draft *draft, const struct yaml_node *node, const char *what,
                       int64_t min_ms, int64_t *out_ms);
bool sla_read_share(struct draft *draft, const struct yaml_node *node, const char *what,
                    int64_t *out_ppb);
bool sla_read_address(struct draft *draft, const struct yaml_node *node, struct address *out);

/* Plain scalars that are text here and something else to other readers, of one value, a list or a
 * mapping (RDN0901). */
void sla_note_readers(struct draft *draft, const struct yaml_node *node);

/* The scalars of a TEXTS member, whether it is one scalar or a list: iterate with sla_texts_next
 * from sla_texts_first. */
const struct yaml_node *sla_texts_first(const struct yaml_node *node);
const struct yaml_node *sla_texts_next(const struct yaml_node *node, const struct yaml_node *at);
size_t sla_texts_count(const struct yaml_node *node);
/* False (and reported) when a list is longer than any we handle. */
bool sla_count_is_good(struct draft *draft, const struct yaml_node *list);
bool sla_is_not_empty(struct draft *draft, const struct yaml_node *node);

#endif
