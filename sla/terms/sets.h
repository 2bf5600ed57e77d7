/* sla/terms/sets.h - named sets: `partners`, or `partners@2025-08-01` for the revision in force
 * that day; and the country groups that are built in. Reports what it does not find. For sla/. */
#ifndef REDAN_SLA_TERMS_SETS_H
#define REDAN_SLA_TERMS_SETS_H

#include "sla/draft.h"

enum sla_found {
    SLA_FOUND_NOTHING, /* no set has this name; nothing is reported */
    SLA_FOUND_WRONG,   /* one has, but not so; reported */
    SLA_FOUND
};

/* The revision that a text of the document names, of this kind; marks it as used. Without a date
 * the newest; that is noted when there are several. The sets of the document have been read. */
enum sla_found sla_set_find(struct draft *draft, struct draft_document *document,
                            enum sla_set_kind kind, const struct yaml_node *node,
                            const struct draft_set **out);
/* A group that is built in, likewise; `document` may be NULL. */
enum sla_found sla_country_group_find(struct draft *draft, struct draft_document *document,
                                      const struct yaml_node *node, struct sla_set *out);

/* A set of the kind has nearly this name, or the text has a date: it was meant as a set. */
bool sla_set_resembles(struct draft *draft, struct draft_document *document, enum sla_set_kind kind,
                       struct slice text);

/* "`wrd` is not a set of addresses of this document", with the nearest of them. */
void sla_set_report(struct draft *draft, struct draft_document *document, enum sla_set_kind kind,
                    const struct yaml_node *node);

/* What the revisions of one document have wrong together; sets that nothing names. */
void sla_sets_check(struct draft *draft, struct draft_document *document);

/* Names of sets in the clause's value, as written: " (partners@2025-08-01, EU@2020-02-01)", or
 * nothing. */
void sla_sets_format_named(const struct sla_clause *clause, struct buf *out);

/* --- built in (sla/terms/sets_countries.c)
 * --------------------------------------------------------- */

/* A revision of a group of countries, in force from a day on until the next one of its name. */
struct sla_country_group {
    const char *name; /* in capitals: no set of a document has such a name */
    const char *from;
    const char *members; /* codes, ascending, a blank between */
};

/* By name, then day. */
const struct sla_country_group *sla_country_groups(size_t *out_count);
/* No later day was looked at: what happened since is not in the table. */
extern const char *const sla_country_groups_known_until;

#endif
