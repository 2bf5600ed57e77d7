/* sla/sla.h - from documents to one compiled world: the door of the SLA language.
 *
 * Documents (SecuritySLA, ProviderOffer, UCloud) are read, checked, resolved against each other and
 * compiled to a policy set (model/policy.h), objectives, reactions and the conflicts between
 * parties. All findings of all documents come in one run (base/diag.h; codes RDN01xx to RDN05xx,
 * docs/reference/diagnostics/). The order of the documents never matters, also not to ids.
 *
 * Pure: the caller reads and writes files. Equal sources give equal bytes. Work is bounded by a
 * budget of expansions, not by time. The digest needs SHA-256: this library links base_crypto
 * rather than taking a function pointer, since every user wants the same digest and none of them is
 * a GPL-2-only program. Not thread-safe per arena; the compiled world is immutable. */
#ifndef REDAN_SLA_SLA_H
#define REDAN_SLA_SLA_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/json.h"
#include "base/slice.h"
#include "base/status.h"
#include "base/zone.h"
#include "model/policy.h"
#include "sla/world.h"

enum { SLA_SOURCES_MAX = 65536, SLA_EXPANSIONS_DEFAULT = 1000 * 1000 };
/* What templates may come to, when the options do not say. */
#define SLA_BYTES_OF_WORLD (UINT64_C(4) << 30)
#define SLA_BYTES_OF_FILE  (UINT64_C(64) << 20) /* of one alone, and so many times its own: */
enum { SLA_BYTES_A_BYTE = 16 };

/* Who may sign for a party, and when: days since 1970-01-01 in UTC, half open. */
struct sla_key {
    struct slice party;
    struct ed25519_public key;
    int32_t from_day, until_day;
};

struct sla_options {
    bool partial; /* only some documents are here: a missing U-Cloud is a warning */
    bool stored;  /* accepted under an earlier release: what became an error since is a warning */
    bool signing; /* what is negotiated: a signature that does not hold is about to be made anew */
    bool without_repairs;    /* conflicts, but no proposals */
    uint64_t max_bytes;      /* of the arena, as far as templates are expanded; 0: by the sources */
    uint64_t max_expansions; /* 0: SLA_EXPANSIONS_DEFAULT */
    const struct slice *rules; /* names that detections can bear; NULL: not known, not checked */
    size_t rule_count;
    const char *rules_from;    /* for people: where those were looked up; NULL: not told */
    const struct slice *nodes; /* names of enrolled nodes; NULL: not known, not checked */
    size_t node_count;
    const struct sla_key *keys; /* of agreements; NULL: signatures are not checked */
    size_t key_count;
    bool has_day; /* compile as of a day; else every validity stands */
    int32_t as_of_day;
    /* Time zones there are, ascending, with the offsets that occur from that day on; NULL: any may
     * be, with any offset. */
    const struct zone *zones;
    size_t zone_count;
};

/* Everything lives in `arena`; `sources` (array, names and texts) must outlive the world.
 * NULL when a document could not be understood (`diags->errors` says why). A world with conflicts
 * is returned, and each conflict also counts as an error of `diags` (as a warning when a `should`
 * clause gives way): look at sla_world.conflicts to tell. `diags` is sorted by place at the end.
 * `options` NULL: all defaults. */
const struct sla_world *sla_compile(struct arena *arena, const struct diag_source *sources,
                                    size_t count, const struct sla_options *options,
                                    struct diag_list *diags);

/* The policy set of a world: world->policies, for callers that keep sla/world.h out. */
const struct policy_set *sla_world_policy_set(const struct sla_world *world);

/* "document/clause" */
struct slice sla_clause_path(struct arena *arena, const struct sla_clause *clause);

/* NULL when there is none of this id. */
const struct sla_conflict *sla_world_conflict(const struct sla_world *world, struct slice id);

/* The sources with repair `choice` (0-based) applied: `out` gets world->source_count sources, the
 * unchanged ones as they were; `out_changed` (same length, may be NULL) says which differ. Compile
 * them again: the conflict is gone (that was checked before the repair was offered). */
struct status sla_repair_apply(struct arena *arena, const struct sla_world *world,
                               const struct sla_conflict *conflict, size_t choice,
                               struct diag_source **out, bool **out_changed) MUST_USE;

/* One object: id, class, clauses with place and party, resources, witness, arithmetic, repairs with
 * costs and edits. Keys are listed in docs/reference/sla.md. */
void sla_conflict_write_json(const struct sla_world *world, const struct sla_conflict *conflict,
                             struct json_writer *writer);
/* One object: documents, clauses, policies by plane, objectives, reactions, unproven clauses,
 * conflicts, expansions, digest. */
void sla_summary_write_json(const struct sla_world *world, struct json_writer *writer);

/* The terms and fields of the language as Markdown, from the tables the reader uses. */
void sla_print_reference(struct buf *out);
/* One term of it below a heading of this level ("#"). */
void sla_print_term(const struct sla_term *term, const char *heading, struct buf *out);

/* Asked before a world is taken in place of another: an agreement keeps to its life cycle
 * (RDN0317), what was signed stays as it is and does not vanish while it is in force (RDN0318).
 * Either world may be NULL: no documents. False: reported in `diags`, which is sorted again. */
bool sla_agreement_step(const struct sla_world *before, const struct sla_world *after,
                        struct diag_list *diags);

#endif
