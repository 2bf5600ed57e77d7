#include "orchestrator/config.h"

#include "wire/endpoint.h"

static const char *const levels[] = { "error", "warn", "info", "debug", NULL };
static const char *const formats[] = { "auto", "text", "journald", NULL };

#define FIELD(name) offsetof(struct redand_config, name)

static const struct config_row rows[] = {
    { .key = "state",
      .kind = CONFIG_PATH,
      .offset = FIELD(state),
      .fallback = "/var/lib/redan",
      .doc = "Folder of the knowledge: `redan.db` with its journal. Made when missing." },
    { .key = "keys",
      .kind = CONFIG_PATH,
      .offset = FIELD(keys),
      .fallback = "/etc/redan/keys",
      .doc = "Folder with `identity.yaml` (secret, 0600) and `registry.yaml`, made by `redan node "
             "add`." },
    { .key = "listen",
      .kind = CONFIG_ADDRESS,
      .offset = FIELD(listen),
      .fallback = "tcp://127.0.0.1:7700",
      .check = endpoint_check_listen,
      .doc = "Where aggregators connect. Loopback unless an address is named here." },
    { .key = "api",
      .kind = CONFIG_PATH,
      .offset = FIELD(api),
      .max = 100,
      .min = 1,
      .fallback = "/run/redan/api.sock",
      .doc = "Unix socket of the API that `redan` talks to." },
    { .key = "rules",
      .kind = CONFIG_TEXTS,
      .offset = FIELD(rules),
      .doc = "Files of detection rules, as the agents have them: an SLA that reacts to another is "
             "warned of. Without them names of rules are not checked." },
    { .key = "party_keys",
      .kind = CONFIG_TEXTS,
      .offset = FIELD(party_keys),
      .doc = "Files with the public keys of the parties that sign agreements, `PARTY.pem` each, as "
             "`redan --keys` takes them. Without them no signature is checked, and no offer is a "
             "promise." },
    { .key = "log_level",
      .kind = CONFIG_ENUM,
      .offset = FIELD(log_level),
      .fallback = "info",
      .names = levels,
      .doc = "Lowest level that is logged." },
    { .key = "log_format",
      .kind = CONFIG_ENUM,
      .offset = FIELD(log_format),
      .fallback = "auto",
      .names = formats,
      .doc = "`journald` prefixes lines as sd-daemon(3) wants; `auto` finds out." },
};

const struct config_table redand_config_table = {
    .name = "redand.yaml",
    .doc = "Configuration of the orchestrator.",
    .size = sizeof(struct redand_config),
    .rows = rows,
    .row_count = COUNT_OF(rows),
};
