/* orchestrator/knowledge/worlds.h - the SLA documents in force, by version. The compiled policy set
 * is made again from them at start: the documents are the truth. */
#ifndef REDAN_ORCHESTRATOR_KNOWLEDGE_WORLDS_H
#define REDAN_ORCHESTRATOR_KNOWLEDGE_WORLDS_H

#include "orchestrator/knowledge/knowledge.h"

enum { WORLD_DOCUMENTS_MAX = 1024 };

struct world_document {
    struct slice name; /* file name as given; unique in its world */
    struct slice text;
};

struct world_record {
    uint64_t version; /* 1, 2, 3 ...; given by knowledge_add_world */
    char digest[65];
    int64_t made_us;
    struct slice made_by;
    const struct world_document *documents;
    size_t document_count;
    bool active;
};

/* Stores the documents and makes this world the active one. */
struct status knowledge_add_world(struct knowledge *knowledge, const struct world_record *world,
                                  uint64_t *out_version) MUST_USE;
/* Goes back to a stored one. Errors: STATUS_NOT_FOUND. */
struct status knowledge_activate_world(struct knowledge *knowledge, uint64_t version) MUST_USE;
/* The active one with its documents in their order. Errors: STATUS_NOT_FOUND (no SLA yet). */
struct status knowledge_get_world(struct knowledge_reader *reader, struct arena *arena,
                                  struct world_record *out) MUST_USE;

typedef struct status(world_row_fn)(void *arg, const struct world_record *row);
/* Newest first, without documents; page.after is a version as text. */
struct status knowledge_list_worlds(struct knowledge_reader *reader, struct knowledge_page page,
                                    world_row_fn *row, void *arg, bool *out_more) MUST_USE;

#endif
