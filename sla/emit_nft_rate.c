#include "sla/emit_nft.h"

#include <inttypes.h>
#include <string.h>

/* At most so many connections that begin, in any time of a length: by a token bucket, which lets
 * through as many as it holds and what comes in meanwhile (nft_limit of Linux: a packet costs a
 * whole number of nanoseconds). Half of what is allowed may come at once, and half over the time,
 * so that no interval of that length sees more. For each source a bucket of its own, in a set that
 * the kernel fills; who finds no room there is dropped, since otherwise made-up sources would lift
 * the bound. What is dropped here counts as well, and so does each new try. */

enum { SOURCES_MAX = 65536, MS_PER_S = 1000, US_PER_MS = 1000, NS_PER_US = 1000 };
#define NS_PER_MS ((int64_t)US_PER_MS * NS_PER_US)

static const struct {
    const char *name;
    int64_t ms;
} units[] = { { "second", INT64_C(1000) },
              { "minute", INT64_C(60) * 1000 },
              { "hour", INT64_C(3600) * 1000 },
              { "day", INT64_C(86400) * 1000 },
              { "week", INT64_C(604800) * 1000 } };

static const struct {
    const char *suffix, *family, *type;
} families[] = { { "ip", "ip", "ipv4_addr" }, { "ip6", "ip6", "ipv6_addr" } };

struct bucket {
    int64_t rate; /* tokens in each `unit` */
    const char *unit;
    int64_t burst;   /* tokens it holds */
    int64_t fill_ms; /* until it is full again */
};

/* Tokens in each unit: half of what is allowed in `window_ms`; of one alone, as many as never come
 * twice in that time. Counts are below 2^31, units below 2^30 ms, windows below 2^42 ms. */
static int64_t rate_in(int64_t unit_ms, const struct desired_fact *fact, bool *out_exact)
{
    int64_t half = fact->most / 2;
    int64_t tokens = half * unit_ms;

    *out_exact = half > 0 && tokens % fact->window_ms == 0;
    return half > 0 ? tokens / fact->window_ms : (unit_ms - 1) / fact->window_ms;
}

/* The first unit in which it is a whole number, else the first in which it is something. */
static bool choose_rate(const struct desired_fact *fact, struct bucket *out, int64_t *out_unit_ms)
{
    bool found = false;

    for (size_t i = 0; i < COUNT_OF(units); i++) {
        bool exact = false;
        int64_t rate = rate_in(units[i].ms, fact, &exact);
        if (rate > 0 && (exact || !found)) {
            out->rate = rate;
            out->unit = units[i].name;
            *out_unit_ms = units[i].ms;
            found = true;
        }
        if (exact && rate > 0) {
            break;
        }
    }
    return found;
}

/* What comes in during the window is counted as the kernel counts, whatever was rounded. */
static bool make_bucket(const struct desired_fact *fact, struct bucket *out)
{
    int64_t unit_ms = 0;

    if (!choose_rate(fact, out, &unit_ms)) {
        return false;
    }
    int64_t cost_ns = unit_ms * NS_PER_MS / out->rate;
    if (cost_ns == 0) {
        return false;
    }
    int64_t spare = fact->window_ms * NS_PER_MS / cost_ns;
    if (spare >= fact->most) {
        return false;
    }
    out->burst = fact->most - spare;
    out->fill_ms = out->burst * (cost_ns / NS_PER_US + 1) / US_PER_MS + 1;
    return true;
}

/* --- what is printed -------------------------------------------------------------------------- */

static void put_name(struct emit *emit, const struct desired_box *box, size_t at,
                     const char *suffix)
{
    buf_add_cstr(emit->out, "rate/");
    emit_resource(emit, box->resource);
    buf_printf(emit->out, "/%zu%s%s", at + 1, suffix[0] != '\0' ? "/" : "", suffix);
}

static void put_limit(struct emit *emit, const struct bucket *bucket)
{
    buf_printf(emit->out, "limit rate %" PRId64 "/%s burst %" PRId64 " packets", bucket->rate,
               bucket->unit, bucket->burst);
}

static bool is_by_source(const struct desired_fact *fact)
{
    return strcmp(fact->unit, "source") == 0;
}

static void put_sets(struct emit *emit, const struct desired_box *box, size_t at,
                     const struct bucket *bucket)
{
    for (size_t i = 0; i < COUNT_OF(families); i++) {
        buf_add_cstr(emit->out, "    set ");
        put_name(emit, box, at, families[i].suffix);
        buf_printf(emit->out,
                   " {\n"
                   "        type %s\n"
                   "        size %d\n"
                   "        flags dynamic, timeout\n"
                   "        timeout %" PRId64 "s\n"
                   "    }\n",
                   families[i].type, SOURCES_MAX, bucket->fill_ms / MS_PER_S + 1);
    }
}

static void put_lines(struct emit *emit, const struct desired_box *box, size_t at,
                      const struct bucket *bucket)
{
    if (!is_by_source(&box->limits[at])) {
        buf_add_cstr(emit->out, "        ");
        put_limit(emit, bucket);
        buf_add_cstr(emit->out, " return\n");
        return;
    }
    for (size_t i = 0; i < COUNT_OF(families); i++) {
        buf_add_cstr(emit->out, "        update @");
        put_name(emit, box, at, families[i].suffix);
        buf_printf(emit->out, " { %s saddr ", families[i].family);
        put_limit(emit, bucket);
        buf_add_cstr(emit->out, " } return\n");
    }
}

static void put_chain(struct emit *emit, const struct desired_box *box, size_t at)
{
    const struct desired_fact *fact = &box->limits[at];
    struct bucket bucket = { 0 };
    bool none = fact->most == 0;

    if (!none && !make_bucket(fact, &bucket)) {
        emit_fail(emit, "nft: no token bucket keeps %.*s per %s", SLICE_ARG(fact->text),
                  fact->unit);
        return;
    }
    if (!none && is_by_source(fact)) {
        put_sets(emit, box, at, &bucket);
    }
    buf_add_cstr(emit->out, "    chain ");
    put_name(emit, box, at, "");
    buf_add_cstr(emit->out, " {\n");
    emit_clauses(emit, "        ", &fact->origin);
    if (!none) {
        put_lines(emit, box, at, &bucket);
    }
    buf_add_cstr(emit->out, "        drop\n    }\n");
}

void emit_nft_limits(struct emit *emit, const struct desired_box *box)
{
    for (size_t i = 0; i < box->limit_count; i++) {
        put_chain(emit, box, i);
    }
}

void emit_nft_limit_jumps(struct emit *emit, const struct desired_box *box)
{
    for (size_t i = 0; i < box->limit_count; i++) {
        buf_add_cstr(emit->out, "        ct state new jump ");
        put_name(emit, box, i, "");
        buf_add_char(emit->out, '\n');
    }
}
