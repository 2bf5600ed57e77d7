#include "sla/terms/sets.h"

/* Membership of European groups of states, also where a treaty is applied provisionally; being
 * treated as a member is not being one (GB from 2020-02-01 to 2020-12-31). Territories overseas
 * have codes of their own and are not implied.
 *
 * Sources:
 * (a) commission.europa.eu/topics/enlargement/together-eu_en: 1995 and 2004, 12 to 15 members
 * (b) efta.int/eea/enlargement-of-the-eea: dates of enlargements and of provisional application
 * (c) consilium.europa.eu, agreements database: accession treaty of Croatia
 * (d) regulationtomorrow.com, quoting EFTA: the United Kingdom after 2020-01-31
 * (e) en.wikipedia.org/wiki/European_Economic_Area: in force 1994-01-01 with 17 states
 * (f) llv.li, EEA coordination unit: Liechtenstein, 1995-05-01
 * (g) ajaxbologna.it, list of EFTA's members with dates; austria-forum.org, thegreenpapers.com */
static const struct sla_country_group groups[] = {
    { "EEA", "1994-01-01", "AT BE DE DK ES FI FR GB GR IE IS IT LU NL NO PT SE" },    /* e */
    { "EEA", "1995-05-01", "AT BE DE DK ES FI FR GB GR IE IS IT LI LU NL NO PT SE" }, /* f */
    { "EEA", "2004-05-01",                                                            /* b */
      "AT BE CY CZ DE DK EE ES FI FR GB GR HU IE IS IT LI LT LU LV MT NL NO PL PT SE SI SK" },
    { "EEA", "2007-08-01", /* b */
      "AT BE BG CY CZ DE DK EE ES FI FR GB GR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK" },
    { "EEA", "2014-04-12", /* b */
      "AT BE BG CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI "
      "SK" },
    { "EEA", "2020-02-01", /* d */
      "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK" },
    { "EFTA", "1991-09-01", "AT CH FI IS LI NO SE" },                       /* g */
    { "EFTA", "1995-01-01", "CH IS LI NO" },                                /* g */
    { "EU", "1995-01-01", "AT BE DE DK ES FI FR GB GR IE IT LU NL PT SE" }, /* a */
    { "EU", "2004-05-01",                                                   /* a b */
      "AT BE CY CZ DE DK EE ES FI FR GB GR HU IE IT LT LU LV MT NL PL PT SE SI SK" },
    { "EU", "2007-01-01", /* b */
      "AT BE BG CY CZ DE DK EE ES FI FR GB GR HU IE IT LT LU LV MT NL PL PT RO SE SI SK" },
    { "EU", "2013-07-01", /* b c */
      "AT BE BG CY CZ DE DK EE ES FI FR GB GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK" },
    { "EU", "2020-02-01", /* d */
      "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK" },
};

const char *const sla_country_groups_known_until = "2026-01-01";

const struct sla_country_group *sla_country_groups(size_t *out_count)
{
    *out_count = COUNT_OF(groups);
    return groups;
}
