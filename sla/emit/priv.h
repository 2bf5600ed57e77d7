/* sla/emit/priv.h - what the targets share. For sla/emit/ only. */
#ifndef REDAN_SLA_EMIT_PRIV_H
#define REDAN_SLA_EMIT_PRIV_H

#include "base/json.h"
#include "sla/emit/emit.h"

struct emit {
    const struct desired *desired;
    const char *target;
    struct slice party;
    struct buf *out;
    const struct desired_origin *from;  /* of what is being printed; NULL: of nothing */
    struct status status;               /* the first failure */
    const struct clause_ref *failed_at; /* its first clause; or NULL */
};

void emit_fail(struct emit *emit, const char *format, ...) PRINTF_LIKE(2, 3);

/* --- text ------------------------------------------------------------------------------------- */

/* A name of the language; anything else fails, and nothing is written. */
void emit_name(struct emit *emit, struct slice name);
/* The same with capitals, for ids of others: techniques. */
void emit_id(struct emit *emit, struct slice id);
void emit_path(struct emit *emit, const struct clause_ref *clause); /* PARTY/DOCUMENT/CLAUSE */
void emit_resource(struct emit *emit, size_t resource);             /* UCLOUD/RESOURCE */
/* An address without a zone; one with a zone fails. */
void emit_address(struct emit *emit, const struct address *address);
/* "# WHAT: redan, world sha256:..." */
void emit_header(struct emit *emit, const char *what);
/* A clause that stands before itself: of several parts it serves. */
bool emit_is_repeated(const struct desired_origin *origin, size_t at);
/* One comment line a clause. */
void emit_clauses(struct emit *emit, const char *indent, const struct desired_origin *origin);
/* "# not held: PATH: REASON"; of one party, or of all when `party` is empty. */
void emit_not_held(struct emit *emit, struct slice party);

/* Whether it is a domain of which something is printed; `item`: what is asked of it, or NULL. */
bool emit_is_domain(const struct desired *desired, size_t resource,
                    const struct desired_item *item);

/* For each resource whether something is printed of it. */
const bool *emit_mentioned(struct arena *arena, const struct desired *desired);

/* --- JSON ------------------------------------------------------------------------------------- */

void emit_json_clauses(struct json_writer *writer, const char *key,
                       const struct desired_origin *origin);
void emit_json_resource(struct json_writer *writer, const char *key, const struct desired *desired,
                        size_t resource);
void emit_json_resources(struct json_writer *writer, const char *key, const struct desired *desired,
                         const size_t *resources, size_t count);
void emit_json_world(struct json_writer *writer, const struct desired *desired);
void emit_json_facts(struct json_writer *writer, const struct desired_item *item);
void emit_json_conditions(struct json_writer *writer, const struct desired *desired);
void emit_json_not_held(struct json_writer *writer, const struct desired *desired);

/* --- the targets ------------------------------------------------------------------------------ */

void emit_policy(struct emit *emit);
void emit_nft(struct emit *emit);
void emit_ovn(struct emit *emit);
void emit_libvirt(struct emit *emit);
void emit_store(struct emit *emit);
void emit_watchlist(struct emit *emit);

#endif
