#include "bench/report.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SYNCS = 51, BLOCK_BYTES = 512 };

static void add_milli(struct json_writer *writer, const char *key, int64_t value)
{
    json_key(writer, key);
    json_put_decimal(writer, value, 3);
}

void report_print(const struct report_row *row)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    struct json_writer writer = { .out = &text };

    json_open_object(&writer);
    json_add_cstr(&writer, "name", row->name);
    add_milli(&writer, "value", row->value_milli);
    json_add_cstr(&writer, "unit", row->unit);
    json_add_cstr(&writer, "goal", row->goal);
    json_key(&writer, "pass");
    if (row->has_goal) {
        json_put_bool(&writer, row->pass);
    } else {
        json_put_null(&writer);
    }
    json_add_cstr(&writer, "reference", row->reference);
    json_key(&writer, "ratio");
    if (row->reference != NULL && row->reference_milli > 0) {
        json_put_decimal(&writer, row->value_milli * 1000 / row->reference_milli, 3);
    } else {
        json_put_null(&writer);
    }
    json_add_i64(&writer, "runs", row->runs);
    json_add_bool(&writer, "noisy", row->noisy);
    json_close_object(&writer);
    (void)printf("%.*s\n", SLICE_ARG(buf_slice(&text)));
    (void)fflush(stdout);
}

int64_t report_now_us(void)
{
    return clock_mono_us(&clock_real);
}

static int compare(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

int64_t report_median(int64_t *values, size_t count)
{
    qsort(values, count, sizeof(values[0]), compare);
    return values[count / 2];
}

struct status report_fdatasync_us(const char *folder, int64_t *out)
{
    char path[512];
    char block[BLOCK_BYTES] = { 0 };
    int64_t took_us[SYNCS];

    (void)snprintf(path, sizeof(path), "%s/fdatasync.tmp", folder);
    CLEANUP(cleanup_close) int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) {
        return status_error(STATUS_UNAVAILABLE, "%s: %s", path, strerrordesc_np(errno));
    }
    (void)unlink(path);
    for (size_t i = 0; i < SYNCS; i++) {
        int64_t start_us = report_now_us();
        if (write(fd, block, sizeof(block)) != (ssize_t)sizeof(block) || fdatasync(fd) != 0) {
            return status_error(STATUS_UNAVAILABLE, "%s: %s", path, strerrordesc_np(errno));
        }
        took_us[i] = report_now_us() - start_us;
    }
    *out = report_median(took_us, SYNCS);
    return STATUS_SUCCESS;
}

bool report_is_noisy(int64_t fdatasync_us)
{
    double load[1] = { 0.0 };
    bool is_busy = getloadavg(load, 1) == 1 && load[0] * 1000.0 > REPORT_LOAD_MAX_MILLI;

    return is_busy || fdatasync_us > REPORT_FDATASYNC_MAX_US;
}
