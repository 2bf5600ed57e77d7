/* base/zone_rule.h - what the clocks of a zone do from its last change on, for ever, as POSIX
 * writes it (the TZ of Base Definitions, section 8.3, with the hours of RFC 9636, section 3.3.1):
 * "WET0WEST,M3.5.0/1,M10.5.0". Pure. */
#ifndef REDAN_BASE_ZONE_RULE_H
#define REDAN_BASE_ZONE_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

enum zone_switch_kind {
    ZONE_SWITCH_MONTH, /* "M10.5.0": a day of the week (0: Sunday) in a week of a month; 5: last */
    ZONE_SWITCH_DATE,  /* "J60": of a year of 365 days, from 1 */
    ZONE_SWITCH_DAY    /* "59": of the year as it is, from 0 */
};

struct zone_switch {
    enum zone_switch_kind kind;
    uint16_t day; /* of the year; of the week for MONTH */
    uint8_t month, week;
    int32_t time_s; /* after midnight by the clock before the switch; may be negative */
};

struct zone_rule {
    int32_t standard_s, summer_s; /* ahead of UTC */
    bool has_summer;
    struct zone_switch to_summer, to_standard;
};

/* False: it is no such text. Summer is an hour ahead when it does not say how much. */
bool zone_rule_parse(struct slice text, struct zone_rule *out);

/* How far the clocks are ahead of UTC at a time (since 1970). */
int32_t zone_rule_offset_s(const struct zone_rule *rule, int64_t utc_s);

#endif
