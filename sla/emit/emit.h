/* sla/emit/emit.h - the desired state in the words of those who hold it: nft, OVN, libvirt, stores,
 * detectors, and all of it as JSON.
 *
 * Printing derives nothing: each target prints its parts of struct desired, each with the paths of
 * its clauses (PARTY/DOCUMENT/CLAUSE), after the digest of the world and before the clauses that
 * nothing holds. Only names of the language, numbers and addresses in their own print stand in
 * text that is executed; free text stands in JSON strings and escaped in XML. What a target cannot
 * carry is an error, never left out and never rounded. Pure. */
#ifndef REDAN_SLA_EMIT_EMIT_H
#define REDAN_SLA_EMIT_EMIT_H

#include "base/buf.h"
#include "base/status.h"
#include "model/desired.h"

enum sla_emitter {
    SLA_EMITTER_POLICY,   /* JSON: everything */
    SLA_EMITTER_NFT,      /* a file for `nft -f`: one table */
    SLA_EMITTER_OVN,      /* JSON: a transaction on OVN's northbound database */
    SLA_EMITTER_LIBVIRT,  /* XML: fragments of domains and volumes */
    SLA_EMITTER_STORE,    /* JSON: buckets */
    SLA_EMITTER_WATCHLIST /* YAML: what the detectors of one party watch */
};
enum { SLA_EMITTERS = 6 };

/* NULL-terminated, in the order of the enum. */
extern const char *const sla_emitter_names[];
bool sla_emitter_parse(struct slice text, enum sla_emitter *out);

/* Does the target print any part of it? */
bool sla_emit_has(const struct desired *desired, enum sla_emitter target);

/* `party`: whose watch list; empty when only one party has any. On failure `out` is of no use, and
 * `out_at` (may be NULL) is the clause that could not be printed; NULL: none in particular.
 * Errors: STATUS_UNSUPPORTED (what the target cannot carry), STATUS_NOT_FOUND (no such party, or
 * none was chosen of several), STATUS_EXHAUSTED (too long). */
struct status sla_emit(const struct desired *desired, enum sla_emitter target, struct slice party,
                       struct buf *out, const struct clause_ref **out_at) MUST_USE;

#endif
