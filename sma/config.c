#include "sma/config.h"

#include "base/parse.h"
#include "model/address.h"
#include "sma/sense.h"
#include "sma/sensor.h"
#include "wire/endpoint.h"
#include "wire/spool.h"

static const char *const levels[] = { "error", "warn", "info", "debug", NULL };
static const char *const formats[] = { "auto", "text", "journald", NULL };
static const char *const begins[] = { "end", "start", NULL };
static const char *const layers[] = { "L0", "L1", "L2", NULL };
static const char *const planes[] = { "compute", "data", "network", NULL };
static const char *const sensor_kinds[] = { "file", "stdin", "journald", NULL };

struct status sma_config_zone(struct slice text, int32_t *out_east_s)
{
    uint32_t hours = 0;
    uint32_t minutes = 0;

    if (slice_is(text, "Z")) {
        *out_east_s = 0;
        return STATUS_SUCCESS;
    }
    if (text.len != 6 || (text.ptr[0] != '+' && text.ptr[0] != '-') || text.ptr[3] != ':') {
        return status_error(STATUS_INVALID, "`%.*s` is not a zone (like `+02:00` or `Z`)",
                            SLICE_ARG(text));
    }
    TRY(parse_u32(slice_sub(text, 1, 3), 0, 23, &hours));
    TRY(parse_u32(slice_sub(text, 4, 6), 0, 59, &minutes));
    int32_t seconds = (int32_t)(hours * 3600 + minutes * 60);
    *out_east_s = text.ptr[0] == '-' ? -seconds : seconds;
    return STATUS_SUCCESS;
}

static struct status check_zone(struct slice text)
{
    int32_t ignored = 0;

    return sma_config_zone(text, &ignored);
}

#define SENSOR(name) offsetof(struct sma_sensor_config, name)

static const struct config_row sensor_rows[] = {
    { .key = "kind",
      .kind = CONFIG_ENUM,
      .offset = SENSOR(kind),
      .required = true,
      .names = sensor_kinds,
      .doc =
          "`file`: a log that is followed over rotation and truncation; `stdin`: lines on standard "
          "input; `journald`: entries in the export format of `journalctl -o export`." },
    { .key = "path",
      .kind = CONFIG_TEXT,
      .offset = SENSOR(path),
      .fallback = "",
      .doc = "File to read; for `journald` a file or pipe, empty for standard input." },
    { .key = "silent",
      .kind = CONFIG_DURATION,
      .offset = SENSOR(silent_ms),
      .fallback = "0 s",
      .doc = "Report the sensor when it says nothing for so long; `0 s`: never." },
    { .key = "zone",
      .kind = CONFIG_TEXT,
      .offset = SENSOR(zone),
      .fallback = "Z",
      .check = check_zone,
      .doc = "Zone of times that are written without one." },
    { .key = "from",
      .kind = CONFIG_ENUM,
      .offset = SENSOR(from),
      .fallback = "end",
      .names = begins,
      .doc = "Where a file that is there at the very first start is begun; later the checkpoint "
             "says." },
    { .key = "layer",
      .kind = CONFIG_ENUM,
      .offset = SENSOR(layer),
      .fallback = "L2",
      .names = layers,
      .doc = "Layer of what it tells about; this node needs a monitor service there." },
    { .key = "plane",
      .kind = CONFIG_ENUM,
      .offset = SENSOR(plane),
      .fallback = "network",
      .names = planes,
      .doc = "Plane of what it tells about, likewise." },
};

static struct status check_sensor(const void *values)
{
    const struct sma_sensor_config *sensor = values;

    return sensor->kind == SENSOR_FILE && sensor->path.len == 0
               ? status_error(STATUS_INVALID, "a sensor of kind `file` needs a `path`")
               : STATUS_SUCCESS;
}

static const struct config_table sensor_table = {
    .name = "sensor",
    .doc = "One source of records.",
    .size = sizeof(struct sma_sensor_config),
    .rows = sensor_rows,
    .row_count = COUNT_OF(sensor_rows),
    .check = check_sensor,
};

#define FIELD(name) offsetof(struct sma_config, name)

static struct status check_address(struct slice text)
{
    struct address ignored;

    return address_parse(text, &ignored);
}

/* "qemu:///system", "qemu+tls://host/system": what is behind it is libvirt's to say. */
static struct status check_uri(struct slice text)
{
    size_t mark = slice_find_text(text, SLICE("://"));

    if (text.len == 0) {
        return STATUS_SUCCESS;
    }
    bool good = mark > 0 && mark + 3 < text.len;
    for (size_t i = 0; i < text.len; i++) {
        bool in_scheme = (text.ptr[i] >= 'a' && text.ptr[i] <= 'z') ||
                         (text.ptr[i] >= '0' && text.ptr[i] <= '9') || text.ptr[i] == '+';
        good = good && (i < mark ? in_scheme : text.ptr[i] > ' ' && text.ptr[i] < 0x7F);
    }
    return good ? STATUS_SUCCESS
                : status_error(STATUS_INVALID,
                               "`%.*s` is not a URI of libvirt (like "
                               "`qemu:///system`)",
                               SLICE_ARG(text));
}

static const struct config_row rows[] = {
    { .key = "state",
      .kind = CONFIG_PATH,
      .offset = FIELD(state),
      .fallback = "/var/lib/redan-sma",
      .doc = "Folder of the spool, the orders carried out and the sensors' checkpoints." },
    { .key = "keys",
      .kind = CONFIG_PATH,
      .offset = FIELD(keys),
      .fallback = "/etc/redan/keys",
      .doc = "Folder with `identity.yaml` (secret, 0600) and `trust.yaml`, made by `redan node "
             "add`." },
    { .key = "aggregators",
      .kind = CONFIG_TEXTS,
      .offset = FIELD(endpoints),
      .min = 1,
      .max = 2,
      .required = true,
      .check = endpoint_check_connect,
      .doc = "Where the aggregator listens, like `tcp://10.98.0.1:7701`; a second one is tried "
             "when the "
             "first stays down." },
    { .key = "rules",
      .kind = CONFIG_TEXTS,
      .offset = FIELD(rules),
      .doc = "Files of detection rules." },
    { .key = "sensors",
      .kind = CONFIG_TABLES,
      .offset = FIELD(sensors),
      .max = SENSE_SENSORS_MAX,
      .table = &sensor_table,
      .doc = "What this node reads." },
    { .key = "protect",
      .kind = CONFIG_TEXTS,
      .offset = FIELD(protect),
      .check = check_address,
      .doc = "Networks that are never cut, whoever orders it; those of the SLAs come on top." },
    { .key = "compute",
      .kind = CONFIG_TEXT,
      .offset = FIELD(compute_uri),
      .fallback = "",
      .check = check_uri,
      .doc = "libvirt URI of this node's domains; empty: no compute plane." },
    { .key = "spool_size",
      .kind = CONFIG_BYTES,
      .offset = FIELD(spool_bytes),
      .min = SPOOL_BYTES_MIN,
      .max = INT64_MAX,
      .fallback = "64 MiB",
      .doc =
          "Most the spool may take; then the least severe and oldest is given up, and said so." },
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

const struct config_table sma_config_table = {
    .name = "sma.yaml",
    .doc = "Configuration of a node agent.",
    .size = sizeof(struct sma_config),
    .rows = rows,
    .row_count = COUNT_OF(rows),
};
