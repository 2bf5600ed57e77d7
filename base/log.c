#include "base/log.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/utf8.h"

enum { VALUE_BYTES_MAX = 512, SLOTS = 256, PROBES = 8, NAME_BYTES_MAX = 64 };

struct level_words {
    const char *name;
    int priority; /* of syslog */
};

static const struct level_words levels[] = {
    [LOG_LEVEL_ERROR] = { "error", 3 },
    [LOG_LEVEL_WARN] = { "warn", 4 },
    [LOG_LEVEL_INFO] = { "info", 6 },
    [LOG_LEVEL_DEBUG] = { "debug", 7 },
};

/* How often one (actor, event) was written in its current period. */
struct slot {
    char name[NAME_BYTES_MAX]; /* "actor event", cut */
    int64_t since_ms;
    uint64_t written;
    uint64_t cut;
};

/* Set once by log_setup, before there is a second thread. */
static struct {
    int fd;
    bool journald;
    enum log_level lowest;
    const struct clock_source *clock;
} config = { .fd = STDERR_FILENO, .lowest = LOG_LEVEL_INFO, .clock = &clock_real };

/* The one shared table of the program: every thread logs. Guarded by `lock`. */
static struct slot slots[SLOTS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* JOURNAL_STREAM is "device:inode" of the stream systemd gave us (systemd.exec(5)). */
static bool is_journal(int fd)
{
    const char *stream = getenv("JOURNAL_STREAM"); /* NOLINT(concurrency-mt-unsafe): at start */
    struct stat info;
    char ours[64];

    if (stream == NULL || fstat(fd, &info) != 0) {
        return false;
    }
    (void)snprintf(ours, sizeof(ours), "%ju:%ju", (uintmax_t)info.st_dev, (uintmax_t)info.st_ino);
    return strcmp(stream, ours) == 0;
}

void log_setup(int fd, enum log_format format, enum log_level lowest)
{
    config.fd = fd;
    config.lowest = lowest;
    config.journald =
        format == LOG_FORMAT_JOURNALD || (format == LOG_FORMAT_AUTO && is_journal(fd));
}

void log_use_clock(const struct clock_source *clock)
{
    config.clock = clock;
}

/* FNV-1a (Fowler, Noll, Vo). */
static size_t hash_name(const char *name)
{
    uint64_t hash = 0xcbf29ce484222325U;

    for (; *name != '\0'; name++) {
        hash = (hash ^ (unsigned char)*name) * 0x100000001b3U;
    }
    return (size_t)hash;
}

/* The name's slot; the one longest unused makes room for a new name. */
static struct slot *find_slot(const char *name, int64_t now_ms)
{
    size_t start = hash_name(name);
    struct slot *oldest = &slots[start % SLOTS];

    for (size_t i = 0; i < PROBES; i++) {
        struct slot *slot = &slots[(start + i) % SLOTS];
        if (strcmp(slot->name, name) == 0) {
            return slot;
        }
        if (slot->since_ms < oldest->since_ms) {
            oldest = slot;
        }
    }
    *oldest = (struct slot){ .since_ms = now_ms };
    (void)snprintf(oldest->name, sizeof(oldest->name), "%s", name);
    return oldest;
}

/* May this line be written? If so, *out_cut says how many were not since the last one. */
static bool admit(const char *actor, const char *event, uint64_t *out_cut)
{
    int64_t now_ms = clock_mono_ms(config.clock);
    char name[NAME_BYTES_MAX];
    int len = snprintf(name, sizeof(name), "%s %s", actor, event);
    bool admitted = false;

    (void)len; /* a name that is cut shares its slot: fine */
    (void)pthread_mutex_lock(&lock);
    struct slot *slot = find_slot(name, now_ms);
    if (now_ms - slot->since_ms >= LOG_PERIOD_MS) {
        slot->since_ms = now_ms;
        slot->written = 0;
    }
    if (slot->written < LOG_BURST) {
        slot->written++;
        *out_cut = slot->cut;
        slot->cut = 0;
        admitted = true;
    } else {
        slot->cut++;
    }
    (void)pthread_mutex_unlock(&lock);
    return admitted;
}

static void add_field(struct buf *line, const struct log_field *field)
{
    buf_printf(line, " %s=", field->key);
    if (field->is_number) {
        buf_printf(line, "%" PRId64, field->number);
        return;
    }
    buf_add_char(line, '"');
    utf8_escape(line, slice_sub(field->text, 0, VALUE_BYTES_MAX), '"');
    if (field->text.len > VALUE_BYTES_MAX) {
        buf_add_cstr(line, "...");
    }
    buf_add_char(line, '"');
}

static void add_start(struct buf *line, enum log_level level)
{
    if (config.journald) {
        buf_printf(line, "<%d>", levels[level].priority);
    } else {
        char now[CLOCK_TEXT_MAX];
        clock_format_us(clock_wall_us(config.clock), now);
        buf_printf(line, "%s ", now);
    }
}

void log_write(enum log_level level, const char *actor, const char *event,
               const struct log_field *fields, size_t field_count)
{
    CLEANUP(buf_done) struct buf line = { 0 };
    uint64_t cut = 0;

    if (level > config.lowest || !admit(actor, event, &cut)) {
        return;
    }
    add_start(&line, level);
    buf_printf(&line, "%s %s %s", levels[level].name, actor, event);
    for (size_t i = 0; i < field_count; i++) {
        add_field(&line, &fields[i]);
    }
    if (cut > 0) {
        buf_printf(&line, " cut=%" PRIu64, cut);
    }
    buf_add_char(&line, '\n');
    /* One write, so that lines of several processes do not mix. There is nowhere to report to. */
    while (write(config.fd, line.ptr, line.len) < 0 && errno == EINTR) {
    }
}

/* A compiler that was told `../base/file.c` from its build folder repeats that. */
static const char *in_tree(const char *file)
{
    while (strncmp(file, "../", 3) == 0) {
        file += 3;
    }
    return file;
}

void log_status(enum log_level level, const char *actor, const char *event,
                const struct status *status)
{
    if (!status_ok(status)) {
        LOG_LINE(level, actor, event, LOG_CSTR("code", status_code_name(status->code)),
                 LOG_CSTR("message", status->msg), LOG_CSTR("file", in_tree(status->file)),
                 LOG_NUMBER("line", status->line));
    }
}
