/* bench/report.h - what every benchmark prints and how it judges the machine. Single-threaded. */
#ifndef REDAN_BENCH_REPORT_H
#define REDAN_BENCH_REPORT_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* One JSON object a line: {"name","value","unit","goal","pass","reference","ratio","runs",
 * "noisy"}. Values are thousandths. */
struct report_row {
    const char *name;
    int64_t value_milli;
    const char *unit;
    const char *goal;        /* for people: ">= 0.5 of reference" */
    bool has_goal, pass;     /* without a goal, pass is null */
    const char *reference;   /* what it is compared with; NULL none */
    int64_t reference_milli; /* in the same unit */
    unsigned runs;
    bool noisy;
};
void report_print(const struct report_row *row);

int64_t report_now_us(void);
/* Sorts the values. */
int64_t report_median(int64_t *values, size_t count);

/* Median of one small write(2) + fdatasync(2) in `folder`. */
struct status report_fdatasync_us(const char *folder, int64_t *out) MUST_USE;
/* Other work on this machine, or a slow disk: numbers are not to be trusted. */
enum { REPORT_LOAD_MAX_MILLI = 1000, REPORT_FDATASYNC_MAX_US = 1000 };
bool report_is_noisy(int64_t fdatasync_us);

#endif
