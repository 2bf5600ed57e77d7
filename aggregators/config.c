#include "aggregators/config.h"

#include "wire/endpoint.h"

static const char *const levels[] = { "error", "warn", "info", "debug", NULL };
static const char *const formats[] = { "auto", "text", "journald", NULL };

#define FIELD(name) offsetof(struct agg_config, name)

static const struct config_row rows[] = {
    { .key = "keys",
      .kind = CONFIG_PATH,
      .offset = FIELD(keys),
      .fallback = "/etc/redan/keys",
      .doc = "Folder with `identity.yaml` (secret, 0600) and `trust.yaml`, made by `redan node "
             "add`." },
    { .key = "registry",
      .kind = CONFIG_PATH,
      .offset = FIELD(registry),
      .fallback = "/etc/redan/keys/registry.yaml",
      .doc =
          "The orchestrator's `registry.yaml` or a copy of it; only nodes of this aggregator are "
          "let in." },
    { .key = "listen",
      .kind = CONFIG_ADDRESS,
      .offset = FIELD(listen),
      .fallback = "tcp://127.0.0.1:7701",
      .check = endpoint_check_listen,
      .doc = "Where node agents connect. Loopback unless an address is named here." },
    { .key = "orchestrator",
      .kind = CONFIG_ADDRESS,
      .offset = FIELD(orchestrator),
      .fallback = "tcp://127.0.0.1:7700",
      .check = endpoint_check_connect,
      .doc = "Where `redand` listens." },
    { .key = "counters",
      .kind = CONFIG_DURATION,
      .offset = FIELD(counters_ms),
      .min = 0,
      .max = (int64_t)24 * 60 * 60 * 1000,
      .fallback = "1 m",
      .doc = "A log line of counters this often; `0 s`: never." },
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

const struct config_table agg_config_table = {
    .name = "agg.yaml",
    .doc = "Configuration of an aggregator.",
    .size = sizeof(struct agg_config),
    .rows = rows,
    .row_count = COUNT_OF(rows),
};
