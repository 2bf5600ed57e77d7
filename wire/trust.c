#include "base/parse.h"
#include "wire/doc_priv.h"
#include "wire/keys.h"

enum { TRUST_MODE = 0644 };

static const char *const trust_kinds[] = { "Trust", NULL };

struct signer_doc {
    struct slice replica;
    struct slice key;
};

struct trust_doc {
    int api;
    int kind;
    struct slice server;
    struct slice server_key;
    uint32_t epoch;
    uint32_t threshold;
    struct config_tables signers;
};

static const struct config_row signer_rows[] = {
    { .key = "replica",
      .kind = CONFIG_TEXT,
      .offset = offsetof(struct signer_doc, replica),
      .required = true,
      .check = doc_check_name,
      .doc = "Name of the replica." },
    { .key = "ed25519",
      .kind = CONFIG_TEXT,
      .offset = offsetof(struct signer_doc, key),
      .required = true,
      .check = doc_check_key,
      .doc = "Its public signing key, hexadecimal." },
};
static const struct config_table signer_table = {
    .name = "signer",
    .doc = "A replica of the orchestrator.",
    .size = sizeof(struct signer_doc),
    .rows = signer_rows,
    .row_count = COUNT_OF(signer_rows),
};
static const struct config_row trust_rows[] = {
    { .key = "apiVersion",
      .kind = CONFIG_ENUM,
      .offset = offsetof(struct trust_doc, api),
      .names = doc_api_names,
      .required = true,
      .doc = "Version of this format." },
    { .key = "kind",
      .kind = CONFIG_ENUM,
      .offset = offsetof(struct trust_doc, kind),
      .names = trust_kinds,
      .required = true,
      .doc = "Always `Trust`." },
    { .key = "server",
      .kind = CONFIG_TEXT,
      .offset = offsetof(struct trust_doc, server),
      .required = true,
      .check = doc_check_name,
      .doc = "The node this one connects to." },
    { .key = "serverKey",
      .kind = CONFIG_TEXT,
      .offset = offsetof(struct trust_doc, server_key),
      .required = true,
      .check = doc_check_key,
      .doc = "Its CURVE public key, hexadecimal." },
    { .key = "membershipEpoch",
      .kind = CONFIG_U32,
      .offset = offsetof(struct trust_doc, epoch),
      .min = 1,
      .max = UINT32_MAX,
      .required = true,
      .doc = "Version of the list of signers; commands of another one are refused." },
    { .key = "threshold",
      .kind = CONFIG_U32,
      .offset = offsetof(struct trust_doc, threshold),
      .min = 1,
      .max = TRUST_SIGNERS_MAX,
      .required = true,
      .doc = "How many of the signers must have signed a command." },
    { .key = "signers",
      .kind = CONFIG_TABLES,
      .offset = offsetof(struct trust_doc, signers),
      .min = 1,
      .max = TRUST_SIGNERS_MAX,
      .table = &signer_table,
      .required = true,
      .doc = "Replicas of the orchestrator." },
};
static const struct config_table trust_table = {
    .name = "trust.yaml",
    .doc = "Whom one node trusts. No secrets.",
    .size = sizeof(struct trust_doc),
    .rows = trust_rows,
    .row_count = COUNT_OF(trust_rows),
};

struct status trust_store(const struct trust *trust, const char *path)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct signer_doc *signers = ARENA_NEW(&arena, struct signer_doc, trust->signer_count);
    struct trust_doc doc = {
        .server = slice_from(trust->server),
        .server_key = doc_hex(&arena, trust->server_key.bytes, CURVE_KEY_BYTES),
        .epoch = (uint32_t)trust->membership.epoch,
        .threshold = trust->membership.threshold,
        .signers = { signers, trust->signer_count },
    };

    for (size_t i = 0; i < trust->signer_count; i++) {
        signers[i].replica = slice_from(trust->signers[i].replica);
        signers[i].key = doc_hex(&arena, trust->signers[i].key.bytes, ED25519_KEY_BYTES);
    }
    return doc_store(path, &trust_table, &doc, TRUST_MODE);
}

struct status trust_load(const char *path, struct trust *out)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct trust trust = { 0 };
    struct trust_doc doc;

    TRY(doc_load(&arena, path, KEYS_FILE_BYTES_MAX, &trust_table, &doc));
    const struct signer_doc *signers = doc.signers.items;
    if (doc.threshold > doc.signers.count) {
        return status_error(STATUS_INVALID, "%s: threshold %u of %zu signers", path, doc.threshold,
                            doc.signers.count);
    }
    slice_to_cstr(doc.server, trust.server, sizeof(trust.server));
    TRY(curve_public_parse(doc.server_key, &trust.server_key));
    trust.membership = (struct membership){ doc.epoch, doc.threshold };
    trust.signer_count = doc.signers.count;
    for (size_t i = 0; i < doc.signers.count; i++) {
        slice_to_cstr(signers[i].replica, trust.signers[i].replica,
                      sizeof(trust.signers[i].replica));
        TRY(parse_hex(signers[i].key, trust.signers[i].key.bytes, ED25519_KEY_BYTES));
    }
    *out = trust;
    return STATUS_SUCCESS;
}
