#include "sla/emit/nft.h"
#include "sla/values/token_bucket.h"

#include <inttypes.h>
#include <string.h>

/* At most so many connections that begin, in any time of a length (sla/values/token_bucket.h). For
 * each source a bucket of its own, in a set that the kernel fills; who finds no room there is
 * dropped, since otherwise made-up sources would lift the bound. What is dropped here counts as
 * well, and so does each new try. */

enum { SOURCES_MAX = 65536, MS_PER_S = 1000 };

static const struct {
    const char *suffix, *family, *type;
} families[] = { { "ip", "ip", "ipv4_addr" }, { "ip6", "ip6", "ipv6_addr" } };

/* --- what is printed -------------------------------------------------------------------------- */

static void put_name(struct emit *emit, const struct desired_box *box, size_t at,
                     const char *suffix)
{
    buf_add_cstr(emit->out, "rate/");
    emit_resource(emit, box->resource);
    buf_printf(emit->out, "/%zu%s%s", at + 1, suffix[0] != '\0' ? "/" : "", suffix);
}

static void put_limit(struct emit *emit, const struct token_bucket *bucket)
{
    buf_printf(emit->out, "limit rate %" PRId64 "/%s burst %" PRId64 " packets", bucket->rate,
               bucket->unit, bucket->burst);
}

static bool is_by_source(const struct desired_fact *fact)
{
    return strcmp(fact->unit, "source") == 0;
}

static void put_sets(struct emit *emit, const struct desired_box *box, size_t at,
                     const struct token_bucket *bucket)
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
                      const struct token_bucket *bucket)
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
    struct token_bucket bucket = { 0 };
    bool none = fact->most == 0;

    emit->from = &fact->origin;
    if (!none && !token_bucket_make(fact->most, fact->window_ms, &bucket)) {
        emit_fail(emit, "no bucket of tokens keeps %.*s per %s", SLICE_ARG(fact->text), fact->unit);
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
    emit->from = NULL;
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
