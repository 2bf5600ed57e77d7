/* sla/values/country.h - what people write for a country: its three letters (ISO 3166-1 alpha-3),
 * its name, and habits. For hints alone: a document has alpha-2 codes. Pure. */
#ifndef REDAN_SLA_VALUES_COUNTRY_H
#define REDAN_SLA_VALUES_COUNTRY_H

#include "base/cleanup.h"
#include "base/slice.h"

/* "DE" for "DEU", "GER", "germany" and "de"; NULL: nothing that is known. */
const char *sla_country_code(struct slice written);
/* "Germany" for "DE"; "" for what is no code. */
const char *sla_country_name(const char *code);

#endif
