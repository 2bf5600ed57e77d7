/* sla/tell/explain_place.h - what is known of a country or of a group of countries that is built
 * in. For sla/tell/explain.c only. */
#ifndef REDAN_SLA_TELL_EXPLAIN_PLACE_H
#define REDAN_SLA_TELL_EXPLAIN_PLACE_H

#include "base/buf.h"
#include "base/json.h"

/* "DE" for "DE", "deu" and "Germany", "EU" for "eu"; NULL: no place is called so. */
const char *sla_place_find(struct slice asked);

/* As Markdown: its name, of which groups or with which members since when, and where it stands. */
void sla_place_print(const char *place, struct buf *out);
/* One object. */
void sla_place_write_json(const char *place, struct json_writer *writer);

#endif
