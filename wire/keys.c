#include "wire/keys.h"

#include <assert.h>
#include <string.h>
#include <zmq.h>

#include "base/parse.h"
#include "wire/doc_priv.h"

enum { Z85_KEY_MAX = 41, IDENTITY_MODE = 0600 };

/* --- CURVE keys ------------------------------------------------------------------------- */

void curve_pair_new(struct curve_pair *out)
{
    char public_text[Z85_KEY_MAX];
    char secret_text[Z85_KEY_MAX];
    int failed = zmq_curve_keypair(public_text, secret_text);

    assert(failed == 0); /* libzmq without CURVE: nothing of ours works */
    (void)failed;
    (void)zmq_z85_decode(out->public_key.bytes, public_text);
    (void)zmq_z85_decode(out->secret, secret_text);
    crypto_wipe(secret_text, sizeof(secret_text));
}

bool curve_public_eq(const struct curve_public *a, const struct curve_public *b)
{
    return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

void curve_public_hex(const struct curve_public *key, char out[CURVE_HEX_MAX])
{
    static_assert(sizeof(struct sha256) == CURVE_KEY_BYTES, "one printer for 32 bytes");
    struct sha256 same_size;

    memcpy(same_size.bytes, key->bytes, sizeof(key->bytes));
    sha256_hex(&same_size, out);
}

struct status curve_public_parse(struct slice hex, struct curve_public *out)
{
    return parse_hex(hex, out->bytes, sizeof(out->bytes));
}

/* --- identity --------------------------------------------------------------------------- */

static const char *const identity_kinds[] = { "Identity", NULL };
static const char *const role_names[] = { "orchestrator", "aggregator", "sma", NULL };

struct service_doc {
    struct slice id;
    struct slice seed;
};

struct identity_doc {
    int api;
    int kind;
    int role;
    struct slice name;
    struct slice curve_public;
    struct slice curve_secret;
    struct slice signing_seed;
    struct config_tables services;
};

static const struct config_row service_rows[] = {
    { .key = "id",
      .kind = CONFIG_TEXT,
      .offset = offsetof(struct service_doc, id),
      .required = true,
      .check = doc_check_service,
      .doc = "Layer, plane and kind of service." },
    { .key = "seed",
      .kind = CONFIG_TEXT,
      .offset = offsetof(struct service_doc, seed),
      .required = true,
      .check = doc_check_key,
      .doc = "Ed25519 seed, hexadecimal. Secret." },
};
static const struct config_table service_table = {
    .name = "service",
    .doc = "A service instance and its signing key.",
    .size = sizeof(struct service_doc),
    .rows = service_rows,
    .row_count = COUNT_OF(service_rows),
};

static const struct config_row identity_rows[] = {
    { .key = "apiVersion",
      .kind = CONFIG_ENUM,
      .offset = offsetof(struct identity_doc, api),
      .names = doc_api_names,
      .required = true,
      .doc = "Version of this format." },
    { .key = "kind",
      .kind = CONFIG_ENUM,
      .offset = offsetof(struct identity_doc, kind),
      .names = identity_kinds,
      .required = true,
      .doc = "Always `Identity`." },
    { .key = "name",
      .kind = CONFIG_TEXT,
      .offset = offsetof(struct identity_doc, name),
      .required = true,
      .check = doc_check_name,
      .doc = "Name of this node." },
    { .key = "role",
      .kind = CONFIG_ENUM,
      .offset = offsetof(struct identity_doc, role),
      .names = role_names,
      .required = true,
      .doc = "What this node is." },
    { .key = "curvePublic",
      .kind = CONFIG_TEXT,
      .offset = offsetof(struct identity_doc, curve_public),
      .required = true,
      .check = doc_check_key,
      .doc = "CURVE public key, hexadecimal." },
    { .key = "curveSecret",
      .kind = CONFIG_TEXT,
      .offset = offsetof(struct identity_doc, curve_secret),
      .required = true,
      .check = doc_check_key,
      .doc = "CURVE secret key, hexadecimal. Secret." },
    { .key = "signingSeed",
      .kind = CONFIG_TEXT,
      .offset = offsetof(struct identity_doc, signing_seed),
      .check = doc_check_key,
      .doc = "Ed25519 seed of an orchestrator replica, hexadecimal. Secret." },
    { .key = "services",
      .kind = CONFIG_TABLES,
      .offset = offsetof(struct identity_doc, services),
      .min = 0,
      .max = NODE_SERVICES_MAX,
      .table = &service_table,
      .doc = "Service instances of an SMA." },
};
static const struct config_table identity_table = {
    .name = "identity.yaml",
    .doc = "The secrets of one node.",
    .size = sizeof(struct identity_doc),
    .rows = identity_rows,
    .row_count = COUNT_OF(identity_rows),
};

void identity_make(struct identity *out, struct slice name, enum peer_role role,
                   const struct service_id *services, size_t service_count)
{
    assert(service_count <= NODE_SERVICES_MAX);
    *out = (struct identity){ .role = role, .service_count = service_count };
    slice_to_cstr(name, out->name, sizeof(out->name));
    curve_pair_new(&out->curve);
    for (size_t i = 0; i < service_count; i++) {
        out->services[i].id = services[i];
        ed25519_new(&out->services[i].secret, &out->services[i].public_key);
    }
    if (role == PEER_ORCHESTRATOR) {
        ed25519_new(&out->signing, &out->signing_public);
    }
}

void identity_done(struct identity *identity)
{
    crypto_wipe(identity, sizeof(*identity));
}

const struct identity_service *identity_service(const struct identity *identity,
                                                const struct service_id *id)
{
    for (size_t i = 0; i < identity->service_count; i++) {
        if (service_id_eq(&identity->services[i].id, id)) {
            return &identity->services[i];
        }
    }
    return NULL;
}

/* The arena is about to be given back: secrets in it are not. */
static void wipe_doc(const struct identity_doc *doc)
{
    const struct service_doc *services = doc->services.items;

    crypto_wipe_text(doc->curve_secret);
    crypto_wipe_text(doc->signing_seed);
    for (size_t i = 0; i < doc->services.count; i++) {
        crypto_wipe_text(services[i].seed);
    }
}

struct status identity_store(const struct identity *identity, const char *path)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct service_doc *services = ARENA_NEW(&arena, struct service_doc, identity->service_count);
    struct identity_doc doc = {
        .role = (int)identity->role,
        .name = slice_from(identity->name),
        .curve_public = doc_hex(&arena, identity->curve.public_key.bytes, CURVE_KEY_BYTES),
        .curve_secret = doc_hex(&arena, identity->curve.secret, CURVE_KEY_BYTES),
        .services = { services, identity->service_count },
    };

    for (size_t i = 0; i < identity->service_count; i++) {
        char *id = ARENA_NEW(&arena, char, SERVICE_ID_TEXT_MAX);
        service_id_format(&identity->services[i].id, id);
        services[i].id = slice_from(id);
        services[i].seed = doc_hex(&arena, identity->services[i].secret.seed, ED25519_KEY_BYTES);
    }
    if (identity->role == PEER_ORCHESTRATOR) {
        doc.signing_seed = doc_hex(&arena, identity->signing.seed, ED25519_KEY_BYTES);
    }
    struct status stored = doc_store(path, &identity_table, &doc, IDENTITY_MODE);
    wipe_doc(&doc);
    return stored;
}

static struct status take_services(const struct identity_doc *doc, struct identity *out)
{
    const struct service_doc *services = doc->services.items;

    for (size_t i = 0; i < doc->services.count; i++) {
        struct identity_service *service = &out->services[i];
        (void)service_id_parse(services[i].id, &service->id);
        if (identity_service(out, &service->id) != NULL) {
            return status_error(STATUS_INVALID, "service %.*s is there twice",
                                SLICE_ARG(services[i].id));
        }
        TRY(parse_hex(services[i].seed, service->secret.seed, ED25519_KEY_BYTES));
        service->public_key = ed25519_public_of(&service->secret);
        out->service_count++;
    }
    return STATUS_SUCCESS;
}

static struct status take_identity(const struct identity_doc *doc, struct identity *out)
{
    out->role = (enum peer_role)doc->role;
    slice_to_cstr(doc->name, out->name, sizeof(out->name));
    TRY(curve_public_parse(doc->curve_public, &out->curve.public_key));
    TRY(parse_hex(doc->curve_secret, out->curve.secret, CURVE_KEY_BYTES));
    if ((out->role == PEER_ORCHESTRATOR) != (doc->signing_seed.len > 0)) {
        return status_error(STATUS_INVALID,
                            "signingSeed belongs to an orchestrator, and only there");
    }
    if (doc->signing_seed.len > 0) {
        TRY(parse_hex(doc->signing_seed, out->signing.seed, ED25519_KEY_BYTES));
        out->signing_public = ed25519_public_of(&out->signing);
    }
    return take_services(doc, out);
}

struct status identity_load(const char *path, struct identity *out)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    CLEANUP(identity_done) struct identity identity = { 0 };
    struct identity_doc doc;

    TRY(doc_load_private(&arena, path, KEYS_FILE_BYTES_MAX, &identity_table, &doc));
    struct status taken = take_identity(&doc, &identity);
    wipe_doc(&doc);
    if (status_ok(&taken)) {
        *out = identity;
    }
    return status_wrap(taken, "%s", path);
}
