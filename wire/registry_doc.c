#include "wire/doc_priv.h"
#include "wire/registry_priv.h"

static const char *const kind_names[] = { "Registry", NULL };
static const char *const role_names[] = { "aggregator", "sma", NULL };
static const char *const state_names[] = { "pending", "enrolled", "draining", "revoked", NULL };

static struct status check_action(struct slice text)
{
    enum action_kind kind;

    if (!action_kind_parse(text, &kind)) {
        return status_error(STATUS_INVALID, "`%.*s` is not an action", SLICE_ARG(text));
    }
    return STATUS_SUCCESS;
}

static struct status check_kind(struct slice text)
{
    if (text.len == 0 || text.len >= EVENT_NAME_MAX) {
        return status_error(STATUS_INVALID, "an event kind has 1 to %d bytes", EVENT_NAME_MAX - 1);
    }
    return STATUS_SUCCESS;
}

static const struct config_row service_rows[] = {
    { .key = "id",
      .kind = CONFIG_TEXT,
      .offset = offsetof(struct registry_service_doc, id),
      .required = true,
      .check = doc_check_service,
      .doc = "Layer, plane and kind of service." },
    { .key = "ed25519",
      .kind = CONFIG_TEXT,
      .offset = offsetof(struct registry_service_doc, key),
      .required = true,
      .check = doc_check_key,
      .doc = "Its public signing key, hexadecimal." },
    { .key = "kinds",
      .kind = CONFIG_TEXTS,
      .offset = offsetof(struct registry_service_doc, kinds),
      .min = 0,
      .max = REGISTRY_KINDS_MAX,
      .check = check_kind,
      .doc = "Event kinds a monitor may report; `auth.*` means all that start with `auth.`." },
    { .key = "actions",
      .kind = CONFIG_TEXTS,
      .offset = offsetof(struct registry_service_doc, actions),
      .min = 0,
      .max = ACTION_KINDS,
      .check = check_action,
      .doc = "Actions an enforcer may be given." },
};
static const struct config_table service_table = {
    .name = "service",
    .doc = "A service instance and what it may do.",
    .size = sizeof(struct registry_service_doc),
    .rows = service_rows,
    .row_count = COUNT_OF(service_rows),
};

static const struct config_row node_rows[] = {
    { .key = "name",
      .kind = CONFIG_TEXT,
      .offset = offsetof(struct registry_node_doc, name),
      .required = true,
      .check = doc_check_name,
      .doc = "Name of the node; never used again." },
    { .key = "role",
      .kind = CONFIG_ENUM,
      .offset = offsetof(struct registry_node_doc, role),
      .required = true,
      .names = role_names,
      .doc = "What it is." },
    { .key = "state",
      .kind = CONFIG_ENUM,
      .offset = offsetof(struct registry_node_doc, state),
      .required = true,
      .names = state_names,
      .doc = "Only `enrolled` and `draining` nodes are heard." },
    { .key = "aggregator",
      .kind = CONFIG_TEXT,
      .offset = offsetof(struct registry_node_doc, aggregator),
      .check = doc_check_name,
      .doc = "For an SMA: the aggregator that may relay for it." },
    { .key = "curve",
      .kind = CONFIG_TEXT,
      .offset = offsetof(struct registry_node_doc, curve),
      .required = true,
      .check = doc_check_key,
      .doc = "Its CURVE public key, hexadecimal." },
    { .key = "services",
      .kind = CONFIG_TABLES,
      .offset = offsetof(struct registry_node_doc, services),
      .min = 0,
      .max = NODE_SERVICES_MAX,
      .table = &service_table,
      .doc = "Service instances of an SMA." },
};
static const struct config_table node_table = {
    .name = "node",
    .doc = "A known node.",
    .size = sizeof(struct registry_node_doc),
    .rows = node_rows,
    .row_count = COUNT_OF(node_rows),
};

static const struct config_row signer_rows[] = {
    { .key = "replica",
      .kind = CONFIG_TEXT,
      .offset = offsetof(struct registry_signer_doc, replica),
      .required = true,
      .check = doc_check_name,
      .doc = "Name of the replica." },
    { .key = "ed25519",
      .kind = CONFIG_TEXT,
      .offset = offsetof(struct registry_signer_doc, key),
      .required = true,
      .check = doc_check_key,
      .doc = "Its public signing key, hexadecimal." },
};
static const struct config_table signer_table = {
    .name = "signer",
    .doc = "A replica of the orchestrator.",
    .size = sizeof(struct registry_signer_doc),
    .rows = signer_rows,
    .row_count = COUNT_OF(signer_rows),
};

static const struct config_row registry_rows[] = {
    { .key = "apiVersion",
      .kind = CONFIG_ENUM,
      .offset = offsetof(struct registry_doc, api),
      .required = true,
      .names = doc_api_names,
      .doc = "Version of this format." },
    { .key = "kind",
      .kind = CONFIG_ENUM,
      .offset = offsetof(struct registry_doc, kind),
      .required = true,
      .names = kind_names,
      .doc = "Always `Registry`." },
    { .key = "orchestrator",
      .kind = CONFIG_TEXT,
      .offset = offsetof(struct registry_doc, orchestrator),
      .required = true,
      .check = doc_check_name,
      .doc = "Name of the orchestrator." },
    { .key = "orchestratorKey",
      .kind = CONFIG_TEXT,
      .offset = offsetof(struct registry_doc, orchestrator_key),
      .required = true,
      .check = doc_check_key,
      .doc = "Its CURVE public key, hexadecimal." },
    { .key = "membershipEpoch",
      .kind = CONFIG_U32,
      .offset = offsetof(struct registry_doc, membership_epoch),
      .min = 1,
      .max = UINT32_MAX,
      .required = true,
      .doc = "Version of the list of signers." },
    { .key = "threshold",
      .kind = CONFIG_U32,
      .offset = offsetof(struct registry_doc, threshold),
      .min = 1,
      .max = TRUST_SIGNERS_MAX,
      .required = true,
      .doc = "How many of the signers must sign a command." },
    { .key = "signers",
      .kind = CONFIG_TABLES,
      .offset = offsetof(struct registry_doc, signers),
      .min = 1,
      .max = TRUST_SIGNERS_MAX,
      .required = true,
      .table = &signer_table,
      .doc = "Replicas of the orchestrator." },
    { .key = "nodes",
      .kind = CONFIG_TABLES,
      .offset = offsetof(struct registry_doc, nodes),
      .min = 0,
      .max = REGISTRY_NODES_MAX,
      .table = &node_table,
      .doc = "Known nodes, revoked ones included." },
};
const struct config_table registry_table = {
    .name = "registry.yaml",
    .doc = "Who may speak on the wire, and what each may say. No secrets.",
    .size = sizeof(struct registry_doc),
    .rows = registry_rows,
    .row_count = COUNT_OF(registry_rows),
};
