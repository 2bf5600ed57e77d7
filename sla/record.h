/* sla/record.h - one mapping of a document against its table of members. For sla/ only. */
#ifndef REDAN_SLA_RECORD_H
#define REDAN_SLA_RECORD_H

#include "sla/draft.h"

/* Puts each member's node at its position (NULL: absent). Reports unknown and missing keys and
 * wrong shapes; a member of a wrong shape counts as absent. False when anything was reported. */
bool sla_record_read(struct draft *draft, const struct sla_record *record,
                     const struct yaml_node *mapping, const struct yaml_node *out[SLA_FIELDS_MAX]);

/* A name of ours: [a-z0-9] and inside also - _ . ; 1..SLA_NAME_MAX bytes. Reports and gives false
 * otherwise. `what` as in "a name of a target". */
bool sla_read_name(struct draft *draft, const struct yaml_node *node, const char *what,
                   struct slice *out);

/* The scalars of a TEXTS member, whether it is one scalar or a list: iterate with sla_texts_next
 * from sla_texts_first. */
const struct yaml_node *sla_texts_first(const struct yaml_node *node);
const struct yaml_node *sla_texts_next(const struct yaml_node *node, const struct yaml_node *at);
size_t sla_texts_count(const struct yaml_node *node);

/* One of an enum's words, through its parse function's table of names. */
bool sla_read_word(struct draft *draft, const struct yaml_node *node, const char *what,
                   const char *const *names, size_t count, size_t *out);

bool sla_read_duration(struct draft *draft, const struct yaml_node *node, const char *what,
                       int64_t min_ms, int64_t *out_ms);

bool sla_read_address(struct draft *draft, const struct yaml_node *node, struct address *out);

#endif
