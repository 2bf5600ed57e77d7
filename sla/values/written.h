/* sla/values/written.h - quantities of more than one number, as the language writes them: rates,
 * money, thresholds, weekly windows. Each is read from its whole text, exactly, and has one
 * canonical text that reads back to the same.
 *
 * Errors: STATUS_INVALID, in words for a label; what to write instead is in sla/words/hint.h. Pure.
 */
#ifndef REDAN_SLA_VALUES_WRITTEN_H
#define REDAN_SLA_VALUES_WRITTEN_H

#include "base/buf.h"
#include "base/slice.h"
#include "base/status.h"

#include <stdint.h>

#define SLA_COUNT_MAX INT32_MAX

/* Digits without a leading zero, "0" to "2147483647". */
struct status sla_parse_count(struct slice text, int64_t *out) MUST_USE;

/* "100/s", "5000/10m": so many in each so long. */
struct sla_rate {
    int64_t count, per_ms;
};
struct status sla_parse_rate(struct slice text, struct sla_rate *out) MUST_USE;
void sla_format_rate(const struct sla_rate *rate, struct buf *out);

/* "1200.50 EUR", at most six decimals. Amounts of two currencies are never compared. */
struct sla_money {
    int64_t micros;    /* 10^-6 of the currency */
    unsigned currency; /* into the table of ISO 4217, by code */
};
enum { SLA_MONEY_MICROS = 1000 * 1000 };
struct status sla_parse_money(struct slice text, struct sla_money *out) MUST_USE;
void sla_format_money(const struct sla_money *money, struct buf *out);
const char *sla_currency_code(unsigned currency); /* "EUR"; ascending */
bool sla_currency_find(struct slice code, unsigned *out);
enum { SLA_CURRENCIES = 156 };

/* "2 of 4": any k of n, of fewer nothing is learned. 1 <= k <= n <= SLA_HOLDERS_MAX. */
enum { SLA_HOLDERS_MAX = 64 };
struct sla_threshold {
    uint8_t k, n;
};
struct status sla_parse_threshold(struct slice text, struct sla_threshold *out) MUST_USE;
void sla_format_threshold(struct sla_threshold threshold, struct buf *out);

/* "mon-fri 08:00-18:00 Europe/Lisbon": the same minutes of each of the days, in the zone's time.
 * Days follow each other and may pass Sunday; minutes do not pass midnight. The zone is `UTC` or
 * has the form of an IANA name with its area; whether there is such a zone is not known here. */
enum { SLA_WEEK_DAYS = 7, SLA_DAY_MINUTES = 1440 };
struct sla_weekly {
    uint8_t days;                       /* bit 0: Monday */
    uint16_t from_minute, until_minute; /* half open, of the day; until at most 1440 */
    struct slice zone;                  /* borrowed from the text */
};
struct status sla_parse_weekly(struct slice text, struct sla_weekly *out) MUST_USE;
void sla_format_weekly(const struct sla_weekly *weekly, struct buf *out);
const char *sla_week_day_name(unsigned day); /* "mon" */

/* "mon 10:00 Europe/Lisbon": one minute of the week, in the zone's time. */
struct sla_moment {
    uint8_t day;       /* 0: Monday */
    uint16_t minute;   /* of the day; below 1440 */
    struct slice zone; /* borrowed from the text */
};
struct status sla_parse_moment(struct slice text, struct sla_moment *out) MUST_USE;

#endif
