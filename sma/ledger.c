#include "sma/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/crc32c.h"
#include "detect/siphash.h"

enum { NO_SLOT = -1, BUCKETS = LEDGER_ENTRIES };

/* As on disk, little-endian hosts only (the build's targets are). */
struct entry {
    uint64_t number; /* 0: empty; grows by one */
    int64_t wall_us;
    uint8_t bytes[16];
    char zone[ADDRESS_ZONE_MAX];
    uint16_t port;
    uint8_t family;
    uint8_t spare;
    uint32_t crc; /* of all before */
};
_Static_assert(sizeof(struct entry) == 56, "the file's layout");

struct ledger {
    int fd;
    uint64_t next_number;
    struct entry *entries; /* slot = (number - 1) % LEDGER_ENTRIES */
    int32_t *buckets;      /* first slot, or NO_SLOT */
    int32_t *next;         /* per slot */
    uint64_t write_failures;
};

static uint32_t crc_of(const struct entry *entry)
{
    return crc32c(0, entry, offsetof(struct entry, crc));
}

/* Entries of one connection and of one stretch of LEDGER_SLACK_US share a bucket. */
static size_t bucket_of(const struct entry *entry, int64_t stretch)
{
    static const uint64_t key[2] = { 0, 0 };
    struct {
        uint8_t bytes[16];
        char zone[ADDRESS_ZONE_MAX];
        int64_t stretch;
        uint32_t port;
        uint32_t family;
    } text = { .stretch = stretch, .port = entry->port, .family = entry->family };

    memcpy(text.bytes, entry->bytes, sizeof(text.bytes));
    memcpy(text.zone, entry->zone, sizeof(text.zone));
    return (size_t)(siphash(key, (struct slice){ (const char *)&text, sizeof(text) }) % BUCKETS);
}

static int64_t stretch_of(int64_t wall_us)
{
    return wall_us / LEDGER_SLACK_US;
}

static void unlink_slot(struct ledger *ledger, int32_t slot)
{
    const struct entry *entry = &ledger->entries[slot];
    int32_t *link = &ledger->buckets[bucket_of(entry, stretch_of(entry->wall_us))];

    while (*link != slot) {
        link = &ledger->next[*link];
    }
    *link = ledger->next[slot];
}

static void link_slot(struct ledger *ledger, int32_t slot)
{
    const struct entry *entry = &ledger->entries[slot];
    size_t bucket = bucket_of(entry, stretch_of(entry->wall_us));

    ledger->next[slot] = ledger->buckets[bucket];
    ledger->buckets[bucket] = slot;
}

static void load(struct ledger *ledger)
{
    size_t size = LEDGER_ENTRIES * sizeof(struct entry);
    ssize_t got = pread(ledger->fd, ledger->entries, size, 0);

    ledger->next_number = 1;
    if (got < (ssize_t)size) { /* shorter: the rest is empty */
        size_t whole = got > 0 ? (size_t)got / sizeof(struct entry) : 0;
        memset(ledger->entries + whole, 0, size - whole * sizeof(struct entry));
    }
    for (int32_t slot = 0; slot < LEDGER_ENTRIES; slot++) {
        struct entry *entry = &ledger->entries[slot];
        bool good = entry->number > 0 && entry->crc == crc_of(entry) && entry->wall_us > 0 &&
                    (entry->number - 1) % LEDGER_ENTRIES == (uint64_t)slot;
        if (!good) {
            *entry = (struct entry){ 0 };
            continue;
        }
        link_slot(ledger, slot);
        if (entry->number >= ledger->next_number) {
            ledger->next_number = entry->number + 1;
        }
    }
}

static void *must(void *memory)
{
    if (memory == NULL) {
        abort();
    }
    return memory;
}

struct status ledger_open(const char *path, struct ledger **out)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0) {
        return status_error(STATUS_UNAVAILABLE, "%s: %s", path, strerrordesc_np(errno));
    }
    struct ledger *ledger = must(calloc(1, sizeof(*ledger)));
    ledger->fd = fd;
    ledger->entries = must(calloc(LEDGER_ENTRIES, sizeof(struct entry)));
    ledger->next = must(calloc(LEDGER_ENTRIES, sizeof(int32_t)));
    ledger->buckets = must(calloc(BUCKETS, sizeof(int32_t)));
    for (size_t i = 0; i < BUCKETS; i++) {
        ledger->buckets[i] = NO_SLOT;
    }
    load(ledger);
    *out = ledger;
    return STATUS_SUCCESS;
}

void ledger_close(struct ledger **ledger)
{
    struct ledger *self = *ledger;

    if (self == NULL) {
        return;
    }
    (void)close(self->fd);
    free(self->entries);
    free(self->buckets);
    free(self->next);
    free(self);
    *ledger = NULL;
}

static struct entry entry_of(const struct address *peer, uint16_t port, int64_t wall_us)
{
    struct entry entry = { .wall_us = wall_us, .port = port, .family = (uint8_t)peer->family };

    memcpy(entry.bytes, peer->bytes, sizeof(entry.bytes));
    memcpy(entry.zone, peer->zone, sizeof(entry.zone));
    return entry;
}

void ledger_add(struct ledger *ledger, const struct address *peer, uint16_t port, int64_t wall_us)
{
    int32_t slot = (int32_t)((ledger->next_number - 1) % LEDGER_ENTRIES);
    struct entry *entry = &ledger->entries[slot];

    if (entry->number != 0) {
        unlink_slot(ledger, slot);
    }
    *entry = entry_of(peer, port, wall_us > 0 ? wall_us : 1);
    entry->number = ledger->next_number++;
    entry->crc = crc_of(entry);
    link_slot(ledger, slot);
    ssize_t put =
        pwrite(ledger->fd, entry, sizeof(*entry), (off_t)slot * (off_t)sizeof(struct entry));
    if (put != (ssize_t)sizeof(*entry)) {
        ledger->write_failures++;
    }
}

bool ledger_has(const struct ledger *ledger, const struct address *peer, uint16_t port,
                int64_t wall_us)
{
    const struct entry wanted = entry_of(peer, port, wall_us);

    for (int64_t by = -1; by <= 1; by++) {
        size_t bucket = bucket_of(&wanted, stretch_of(wall_us) + by);
        for (int32_t slot = ledger->buckets[bucket]; slot != NO_SLOT; slot = ledger->next[slot]) {
            const struct entry *entry = &ledger->entries[slot];
            if (entry->port == port && entry->family == wanted.family &&
                memcmp(entry->bytes, wanted.bytes, sizeof(wanted.bytes)) == 0 &&
                memcmp(entry->zone, wanted.zone, sizeof(wanted.zone)) == 0 &&
                llabs(entry->wall_us - wall_us) <= LEDGER_SLACK_US) {
                return true;
            }
        }
    }
    return false;
}

uint64_t ledger_write_failures(const struct ledger *ledger)
{
    return ledger->write_failures;
}
