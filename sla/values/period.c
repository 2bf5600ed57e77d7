#include "sla/values/period.h"

#include "base/date.h"

struct sla_period sla_period_ever(void)
{
    return (struct sla_period){ INT32_MIN, INT32_MAX };
}

bool sla_period_covers(const struct sla_period *outer, const struct sla_period *inner)
{
    return outer->from_day <= inner->from_day && inner->until_day <= outer->until_day;
}

void sla_period_format(const struct sla_period *period, struct buf *out)
{
    char day[DATE_TEXT_MAX];
    bool begins = period->from_day != INT32_MIN;

    if (begins) {
        date_format(period->from_day, day);
        buf_printf(out, "from %s", day);
    }
    if (period->until_day != INT32_MAX) {
        date_format(period->until_day, day);
        buf_printf(out, "%suntil %s", begins ? " " : "", day);
    }
}
