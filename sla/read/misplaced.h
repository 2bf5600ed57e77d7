/* sla/read/misplaced.h - a member that has its place in another mapping than the one it stands in:
 * mostly one whose line begins in the wrong column. Pure; for sla/. */
#ifndef REDAN_SLA_READ_MISPLACED_H
#define REDAN_SLA_READ_MISPLACED_H

#include "sla/read/field.h"

/* NULL: the record (or none) has no such member, or only as an older spelling. */
const struct sla_field *sla_field_of(const struct sla_record *record, struct slice key);

/* Of the mapping that is read, the record of one of its members, once the document says its kind;
 * NULL: it has none. */
const struct sla_record *sla_member_record(const struct sla_reading *reading,
                                           const struct sla_field *field);

/* A member that was told to have no value, and to which what stands behind it belongs: how to
 * indent that, as a help. False: it does not. */
bool sla_help_to_indent(struct sla_reading *reading, struct diag *diag,
                        const struct sla_field *field, const struct yaml_node *node);

/* What is to be done with an unknown member. */
enum sla_misplaced {
    SLA_MISPLACED_NOT,   /* no mapping below or around this one has such a member */
    SLA_MISPLACED_TOLD,  /* already, with the empty member that it belongs to */
    SLA_MISPLACED_REPORT /* `out_help` says where it belongs */
};
enum sla_misplaced sla_look_for_place(struct sla_reading *reading, const struct yaml_node *node,
                                      struct slice *out_help);

/* Whether an unknown member of an item is one of the items of another list beside its own. */
bool sla_look_beside(const struct sla_reading *reading, const struct yaml_node *node,
                     struct slice *out_help);

/* The first member that the record has not, neither in an older spelling; NULL: it has all. */
const struct yaml_node *sla_unknown_member(const struct sla_record *record,
                                           const struct yaml_node *mapping);

/* Whether all that the record requires is there, of whatever value. */
bool sla_has_required(const struct sla_record *record, const struct yaml_node *mapping);

/* Whether an unknown member of a spec or of metadata is one of another kind of document. */
bool sla_look_in_kinds(const struct sla_reading *reading, const struct yaml_node *node,
                       struct slice *out_help);

/* What stands between a member and one in front of it: between braces a comma, else a line of its
 * own, as far in. */
struct slice sla_member_divider(struct draft *draft, const struct yaml_node *mapping,
                                const struct yaml_node *member);

#endif
