#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/file.h"
#include "wire/doc_priv.h"
#include "wire/registry_priv.h"

enum { FOLDER_MODE = 0700, REGISTRY_MODE = 0644 };

static const struct slice standard_kinds[] = {
    { "auth.*", 6 }, { "detection", 9 }, { "sensor.*", 8 }, { "control.*", 9 }
};

/* One writer at a time; the lock ends with the descriptor. */
static struct status lock_folder(const char *folder, int *out_fd)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0) {
        return status_error(STATUS_NOT_FOUND, "%s: %s", folder, strerrordesc_np(errno));
    }
    if (flock(fd, LOCK_EX) != 0) {
        (void)close(fd);
        return status_error(STATUS_UNAVAILABLE, "%s: %s", folder, strerrordesc_np(errno));
    }
    *out_fd = fd;
    return STATUS_SUCCESS;
}

static struct status must_be_new(const char *path)
{
    if (access(path, F_OK) == 0) {
        return status_error(STATUS_CONFLICT, "%s exists", path);
    }
    return STATUS_SUCCESS;
}

struct status registry_init(const char *folder, struct slice name)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    CLEANUP(identity_done) struct identity identity = { 0 };
    CLEANUP(cleanup_close) int lock = -1;
    const char *identity_path = file_path(&arena, folder, "identity.yaml");
    const char *registry_path = file_path(&arena, folder, "registry.yaml");

    TRY(doc_check_name(name));
    TRY(file_make_folder(folder, FOLDER_MODE));
    TRY(lock_folder(folder, &lock));
    TRY(must_be_new(identity_path));
    TRY(must_be_new(registry_path));
    identity_make(&identity, name, PEER_ORCHESTRATOR, NULL, 0);
    struct registry_signer_doc signer = {
        .replica = name,
        .key = doc_hex(&arena, identity.signing_public.bytes, ED25519_KEY_BYTES),
    };
    struct registry_doc doc = {
        .orchestrator = name,
        .orchestrator_key = doc_hex(&arena, identity.curve.public_key.bytes, CURVE_KEY_BYTES),
        .membership_epoch = 1,
        .threshold = 1,
        .signers = { &signer, 1 },
    };
    TRY(identity_store(&identity, identity_path));
    return doc_store(registry_path, &registry_table, &doc, REGISTRY_MODE);
}

/* --- adding a node ---------------------------------------------------------------------- */

static struct status check_spec(const struct registry_node_spec *spec)
{
    TRY(doc_check_name(spec->name));
    if (spec->role == PEER_ORCHESTRATOR || (spec->role == PEER_SMA) != (spec->aggregator.len > 0)) {
        return status_error(STATUS_INVALID, "an SMA needs an aggregator, an aggregator has none");
    }
    if (spec->service_count > NODE_SERVICES_MAX ||
        (spec->role == PEER_AGGREGATOR && spec->service_count > 0)) {
        return status_error(STATUS_INVALID, "an SMA has at most %d services, an aggregator none",
                            NODE_SERVICES_MAX);
    }
    return service_ids_check(spec->services, spec->service_count);
}

static struct config_texts actions_of(struct arena *arena, enum plane_kind plane)
{
    struct slice *names = ARENA_NEW(arena, struct slice, ACTION_KINDS);
    size_t count = 0;

    for (size_t i = 0; i < ACTION_KINDS; i++) {
        if (action_type((enum action_kind)i)->plane == plane) {
            names[count++] = slice_from(action_kind_name((enum action_kind)i));
        }
    }
    return (struct config_texts){ names, count };
}

static struct registry_service_doc service_doc(struct arena *arena,
                                               const struct identity_service *service)
{
    char *id = ARENA_NEW(arena, char, SERVICE_ID_TEXT_MAX);
    struct registry_service_doc doc = {
        .key = doc_hex(arena, service->public_key.bytes, ED25519_KEY_BYTES),
    };

    service_id_format(&service->id, id);
    doc.id = slice_from(id);
    if (service->id.service == SERVICE_MONITOR) {
        doc.kinds = (struct config_texts){ standard_kinds, COUNT_OF(standard_kinds) };
    } else {
        doc.actions = actions_of(arena, service->id.plane);
    }
    return doc;
}

static struct registry_node_doc node_doc(struct arena *arena, const struct identity *identity,
                                         const struct registry_node_spec *spec)
{
    struct registry_service_doc *services =
        ARENA_NEW(arena, struct registry_service_doc, identity->service_count);

    for (size_t i = 0; i < identity->service_count; i++) {
        services[i] = service_doc(arena, &identity->services[i]);
    }
    return (struct registry_node_doc){
        .name = spec->name,
        .role = spec->role == PEER_SMA ? REGISTRY_ROLE_SMA : REGISTRY_ROLE_AGGREGATOR,
        .state = NODE_ENROLLED,
        .aggregator = spec->aggregator.len > 0 ? spec->aggregator : (struct slice){ 0 },
        .curve = doc_hex(arena, identity->curve.public_key.bytes, CURVE_KEY_BYTES),
        .services = { services, identity->service_count },
    };
}

static void append_node(struct arena *arena, struct registry_doc *doc,
                        const struct registry_node_doc *node)
{
    struct registry_node_doc *nodes =
        ARENA_NEW(arena, struct registry_node_doc, doc->nodes.count + 1);

    if (doc->nodes.count > 0) {
        memcpy(nodes, doc->nodes.items, doc->nodes.count * sizeof(*nodes));
    }
    nodes[doc->nodes.count] = *node;
    doc->nodes = (struct config_tables){ nodes, doc->nodes.count + 1 };
}

/* Whom the new node will trust: the next hop towards the orchestrator. */
static struct status trust_for(const struct registry *registry,
                               const struct registry_node_spec *spec, struct trust *out)
{
    struct trust trust = *registry_trust(registry);

    if (registry_by_name(registry, spec->name) != NULL || slice_is(spec->name, trust.server)) {
        return status_error(STATUS_CONFLICT, "node %.*s is known already; names are never reused",
                            SLICE_ARG(spec->name));
    }
    if (spec->role == PEER_SMA) {
        const struct registry_node *aggregator = registry_by_name(registry, spec->aggregator);
        if (aggregator == NULL || aggregator->role != PEER_AGGREGATOR) {
            return status_error(STATUS_NOT_FOUND, "no aggregator %.*s",
                                SLICE_ARG(spec->aggregator));
        }
        slice_to_cstr(spec->aggregator, trust.server, sizeof(trust.server));
        trust.server_key = aggregator->curve;
    }
    *out = trust;
    return STATUS_SUCCESS;
}

/* The node's folder first: a crash in between leaves files that nobody lets in. */
static struct status write_node(const char *out_folder, struct arena *arena,
                                const struct identity *identity, const struct trust *trust)
{
    const char *identity_path = file_path(arena, out_folder, "identity.yaml");
    const char *trust_path = file_path(arena, out_folder, "trust.yaml");

    TRY(file_make_folder(out_folder, FOLDER_MODE));
    TRY(must_be_new(identity_path));
    TRY(must_be_new(trust_path));
    TRY(identity_store(identity, identity_path));
    return trust_store(trust, trust_path);
}

struct status registry_add_node(const char *folder, const struct registry_node_spec *spec,
                                const char *out_folder)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    CLEANUP(identity_done) struct identity identity = { 0 };
    CLEANUP(registry_unref) struct registry *registry = NULL;
    CLEANUP(registry_unref) struct registry *grown = NULL;
    CLEANUP(cleanup_close) int lock = -1;
    const char *path = file_path(&arena, folder, "registry.yaml");
    struct registry_doc doc;
    struct trust trust;

    TRY(check_spec(spec));
    TRY(lock_folder(folder, &lock));
    TRY(doc_load(&arena, path, REGISTRY_FILE_BYTES_MAX, &registry_table, &doc));
    TRY(status_wrap(registry_build(&doc, &registry), "%s", path));
    TRY(trust_for(registry, spec, &trust));
    identity_make(&identity, spec->name, spec->role, spec->services, spec->service_count);
    struct registry_node_doc node = node_doc(&arena, &identity, spec);
    append_node(&arena, &doc, &node);
    TRY(registry_build(&doc, &grown)); /* what is written can be read again */
    TRY(write_node(out_folder, &arena, &identity, &trust));
    return doc_store(path, &registry_table, &doc, REGISTRY_MODE);
}

struct status registry_set_state(const char *folder, struct slice name, enum node_state state)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    CLEANUP(cleanup_close) int lock = -1;
    const char *path = file_path(&arena, folder, "registry.yaml");
    struct registry_doc doc;

    TRY(lock_folder(folder, &lock));
    TRY(doc_load(&arena, path, REGISTRY_FILE_BYTES_MAX, &registry_table, &doc));
    struct config_tables old = doc.nodes;
    struct registry_node_doc *nodes = ARENA_NEW(&arena, struct registry_node_doc, old.count);
    for (size_t i = 0; i < old.count; i++) {
        nodes[i] = ((const struct registry_node_doc *)old.items)[i];
        if (!slice_eq(nodes[i].name, name)) {
            continue;
        }
        if (nodes[i].state == NODE_REVOKED && state != NODE_REVOKED) {
            return status_error(STATUS_CONFLICT, "node %.*s is revoked and stays so",
                                SLICE_ARG(name));
        }
        nodes[i].state = (int)state;
        doc.nodes.items = nodes;
    }
    if (doc.nodes.items != nodes) {
        return status_error(STATUS_NOT_FOUND, "no node %.*s", SLICE_ARG(name));
    }
    return doc_store(path, &registry_table, &doc, REGISTRY_MODE);
}
