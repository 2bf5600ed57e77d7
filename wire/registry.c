#include "wire/registry.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "wire/bytes_priv.h"
#include "wire/doc_priv.h"
#include "wire/registry_priv.h"

/* Open addressing, twice as many places as nodes; a place holds index + 1. */
struct index {
    uint32_t *places;
    size_t mask;
};

struct registry {
    atomic_uint references;
    struct arena arena; /* everything below */
    struct registry_node *nodes;
    size_t count;
    struct index by_key;
    struct index by_name;
    struct trust trust;
};

/* --- the two indexes -------------------------------------------------------------------- */

/* Public keys are as good as random; whoever makes nodes chooses them, not the peers. */
static size_t hash_key(const struct curve_public *key)
{
    return (size_t)bytes_u64((const char *)key->bytes);
}

/* FNV-1a, 64 bits. */
static size_t hash_name(struct slice name)
{
    uint64_t hash = 0xcbf29ce484222325ULL;

    for (size_t i = 0; i < name.len; i++) {
        hash = (hash ^ (unsigned char)name.ptr[i]) * 0x100000001b3ULL;
    }
    return (size_t)hash;
}

static void index_init(struct index *index, struct arena *arena, size_t count)
{
    size_t places = 8;

    while (places < 2 * count) {
        places *= 2;
    }
    index->places = ARENA_NEW(arena, uint32_t, places);
    index->mask = places - 1;
}

static void index_add(struct index *index, size_t hash, size_t node)
{
    size_t at = hash & index->mask;

    while (index->places[at] != 0) {
        at = (at + 1) & index->mask;
    }
    index->places[at] = (uint32_t)node + 1;
}

const struct registry_node *registry_by_key(const struct registry *registry,
                                            const struct curve_public *key)
{
    const struct index *index = &registry->by_key;

    for (size_t at = hash_key(key) & index->mask; index->places[at] != 0;
         at = (at + 1) & index->mask) {
        const struct registry_node *node = &registry->nodes[index->places[at] - 1];
        if (curve_public_eq(&node->curve, key)) {
            return node;
        }
    }
    return NULL;
}

const struct registry_node *registry_by_name(const struct registry *registry, struct slice name)
{
    const struct index *index = &registry->by_name;

    for (size_t at = hash_name(name) & index->mask; index->places[at] != 0;
         at = (at + 1) & index->mask) {
        const struct registry_node *node = &registry->nodes[index->places[at] - 1];
        if (slice_is(name, node->name)) {
            return node;
        }
    }
    return NULL;
}

size_t registry_count(const struct registry *registry)
{
    return registry->count;
}

const struct registry_node *registry_at(const struct registry *registry, size_t index)
{
    assert(index < registry->count);
    return &registry->nodes[index];
}

const struct trust *registry_trust(const struct registry *registry)
{
    return &registry->trust;
}

const struct registry_service *registry_service(const struct registry_node *node,
                                                const struct service_id *id)
{
    for (size_t i = 0; i < node->service_count; i++) {
        if (service_id_eq(&node->services[i].id, id)) {
            return &node->services[i];
        }
    }
    return NULL;
}

/* --- building --------------------------------------------------------------------------- */

static struct status take_service(const struct registry_service_doc *doc,
                                  struct registry_service *out)
{
    (void)service_id_parse(doc->id, &out->id);
    TRY(parse_hex(doc->key, out->key.bytes, ED25519_KEY_BYTES));
    for (size_t i = 0; i < doc->kinds.count; i++) {
        slice_to_cstr(doc->kinds.items[i], out->kinds[i], sizeof(out->kinds[i]));
    }
    out->kind_count = doc->kinds.count;
    for (size_t i = 0; i < doc->actions.count; i++) {
        enum action_kind kind = ACTION_NETWORK_DENY;
        (void)action_kind_parse(doc->actions.items[i], &kind);
        if (action_type(kind)->plane != out->id.plane) {
            return status_error(STATUS_INVALID, "%.*s is no action of %.*s",
                                SLICE_ARG(doc->actions.items[i]), SLICE_ARG(doc->id));
        }
        out->actions |= 1U << kind;
    }
    return STATUS_SUCCESS;
}

static struct status take_node(struct arena *arena, const struct registry_node_doc *doc,
                               struct registry_node *out)
{
    const struct registry_service_doc *services = doc->services.items;

    slice_to_cstr(doc->name, out->name, sizeof(out->name));
    slice_to_cstr(doc->aggregator, out->aggregator, sizeof(out->aggregator));
    out->role = doc->role == REGISTRY_ROLE_AGGREGATOR ? PEER_AGGREGATOR : PEER_SMA;
    out->state = (enum node_state)doc->state;
    TRY(curve_public_parse(doc->curve, &out->curve));
    struct registry_service *table = ARENA_NEW(arena, struct registry_service, doc->services.count);
    out->services = table;
    for (size_t i = 0; i < doc->services.count; i++) {
        TRY(take_service(&services[i], &table[i]));
        if (registry_service(out, &table[i].id) != NULL) {
            return status_error(STATUS_INVALID, "service %.*s is there twice",
                                SLICE_ARG(services[i].id));
        }
        out->service_count = i + 1;
    }
    return STATUS_SUCCESS;
}

static struct status add_node(struct registry *registry, const struct registry_node_doc *doc)
{
    struct registry_node *node = &registry->nodes[registry->count];

    TRY(take_node(&registry->arena, doc, node));
    if (registry_by_name(registry, doc->name) != NULL ||
        slice_is(doc->name, registry->trust.server)) {
        return status_error(STATUS_INVALID, "the name is there twice");
    }
    if (registry_by_key(registry, &node->curve) != NULL ||
        curve_public_eq(&node->curve, &registry->trust.server_key)) {
        return status_error(STATUS_INVALID, "its key is also another node's");
    }
    index_add(&registry->by_key, hash_key(&node->curve), registry->count);
    index_add(&registry->by_name, hash_name(doc->name), registry->count);
    registry->count++;
    return STATUS_SUCCESS;
}

/* Every SMA's aggregator is a known aggregator. */
static struct status check_aggregators(const struct registry *registry)
{
    for (size_t i = 0; i < registry->count; i++) {
        const struct registry_node *node = &registry->nodes[i];
        struct slice name = slice_from(node->aggregator);
        const struct registry_node *aggregator = registry_by_name(registry, name);
        bool good = node->role == PEER_SMA
                        ? aggregator != NULL && aggregator->role == PEER_AGGREGATOR
                        : name.len == 0;
        if (!good) {
            return status_error(STATUS_INVALID, "node %s: `%s` is no aggregator it can have",
                                node->name, node->aggregator);
        }
    }
    return STATUS_SUCCESS;
}

static struct status take_trust(const struct registry_doc *doc, struct trust *out)
{
    const struct registry_signer_doc *signers = doc->signers.items;

    if (doc->threshold > doc->signers.count) {
        return status_error(STATUS_INVALID, "threshold %u of %zu signers", doc->threshold,
                            doc->signers.count);
    }
    slice_to_cstr(doc->orchestrator, out->server, sizeof(out->server));
    TRY(curve_public_parse(doc->orchestrator_key, &out->server_key));
    out->membership = (struct membership){ doc->membership_epoch, doc->threshold };
    out->signer_count = doc->signers.count;
    for (size_t i = 0; i < doc->signers.count; i++) {
        slice_to_cstr(signers[i].replica, out->signers[i].replica, sizeof(out->signers[i].replica));
        TRY(parse_hex(signers[i].key, out->signers[i].key.bytes, ED25519_KEY_BYTES));
    }
    return STATUS_SUCCESS;
}

static struct registry *registry_new(size_t nodes)
{
    struct registry *registry = calloc(1, sizeof(*registry));

    if (registry == NULL) {
        abort();
    }
    atomic_init(&registry->references, 1);
    registry->nodes = ARENA_NEW(&registry->arena, struct registry_node, nodes);
    index_init(&registry->by_key, &registry->arena, nodes);
    index_init(&registry->by_name, &registry->arena, nodes);
    return registry;
}

struct status registry_build(const struct registry_doc *doc, struct registry **out)
{
    CLEANUP(registry_unref) struct registry *registry = registry_new(doc->nodes.count);
    const struct registry_node_doc *nodes = doc->nodes.items;

    TRY(take_trust(doc, &registry->trust));
    for (size_t i = 0; i < doc->nodes.count; i++) {
        TRY(status_wrap(add_node(registry, &nodes[i]), "node %.*s", SLICE_ARG(nodes[i].name)));
    }
    TRY(check_aggregators(registry));
    *out = TAKE(registry);
    return STATUS_SUCCESS;
}

struct status registry_load(const char *path, struct registry **out)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct registry_doc doc;

    TRY(doc_load(&arena, path, REGISTRY_FILE_BYTES_MAX, &registry_table, &doc));
    return status_wrap(registry_build(&doc, out), "%s", path);
}

/* --- references ------------------------------------------------------------------------- */

struct registry *registry_ref(struct registry *registry)
{
    (void)atomic_fetch_add(&registry->references, 1);
    return registry;
}

void registry_unref(struct registry **registry)
{
    struct registry *self = TAKE(*registry);

    if (self != NULL && atomic_fetch_sub(&self->references, 1) == 1) {
        /* The arena's own record lies in what is freed. */
        struct arena arena = self->arena;
        free(self);
        arena_done(&arena);
    }
}

struct registry_cell {
    pthread_mutex_t lock; /* held for a pointer's exchange, never longer */
    struct registry *now;
};

struct registry_cell *registry_cell_new(struct registry *first)
{
    struct registry_cell *cell = calloc(1, sizeof(*cell));

    if (cell == NULL) {
        abort();
    }
    (void)pthread_mutex_init(&cell->lock, NULL);
    cell->now = first;
    return cell;
}

void registry_cell_free(struct registry_cell **cell)
{
    struct registry_cell *self = TAKE(*cell);

    if (self != NULL) {
        registry_unref(&self->now);
        (void)pthread_mutex_destroy(&self->lock);
        free(self);
    }
}

struct registry *registry_cell_get(struct registry_cell *cell)
{
    (void)pthread_mutex_lock(&cell->lock);
    struct registry *registry = registry_ref(cell->now);
    (void)pthread_mutex_unlock(&cell->lock);
    return registry;
}

void registry_cell_set(struct registry_cell *cell, struct registry *next)
{
    (void)pthread_mutex_lock(&cell->lock);
    struct registry *old = cell->now;
    cell->now = next;
    (void)pthread_mutex_unlock(&cell->lock);
    registry_unref(&old);
}
