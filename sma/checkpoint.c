#include "sma/checkpoint.h"

#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/json.h"
#include "base/parse.h"

enum { CHECKPOINT_VERSION = 1 };

/* The numbers of a place, by name. */
static const struct {
    const char *key;
    size_t offset;
    bool optional; /* else 0 */
} numbers[] = {
    { "stream", offsetof(struct tail_place, stream), false },
    { "device", offsetof(struct tail_place, device), false },
    { "inode", offsetof(struct tail_place, inode), false },
    { "offset", offsetof(struct tail_place, offset), false },
    { "head_hash", offsetof(struct tail_place, head_hash), false },
    { "modified_ns", offsetof(struct tail_place, modified_ns), true },
};

static void put_place(struct json_writer *writer, const char *key, const struct tail_place *place)
{
    json_key(writer, key);
    json_open_object(writer);
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        uint64_t value = 0;
        memcpy(&value, (const char *)place + numbers[i].offset, sizeof(value));
        json_key(writer, numbers[i].key);
        json_put_u64(writer, value);
    }
    json_add_i64(writer, "head_bytes", place->head_bytes);
    json_close_object(writer);
}

struct status checkpoint_store(const char *path, const struct checkpoint *checkpoint)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    struct json_writer writer = { .out = &text };

    json_open_object(&writer);
    json_add_i64(&writer, "version", CHECKPOINT_VERSION);
    json_key(&writer, "sensors");
    json_open_array(&writer);
    for (size_t i = 0; i < checkpoint->sensor_count; i++) {
        json_open_object(&writer);
        json_add_text(&writer, "name", checkpoint->sensors[i].name);
        put_place(&writer, "oldest", &checkpoint->sensors[i].resume.oldest);
        put_place(&writer, "done", &checkpoint->sensors[i].resume.done);
        json_close_object(&writer);
    }
    json_close_array(&writer);
    json_add_text(&writer, "detector", checkpoint->detector);
    json_close_object(&writer);
    return file_store(path, buf_slice(&text), 0600);
}

static struct status corrupt(const char *what)
{
    return status_error(STATUS_CORRUPT, "checkpoint: %s", what);
}

static struct status read_number(const struct json *object, const char *key, uint64_t max,
                                 uint64_t *out)
{
    const struct json *value = json_get(object, key);

    if (value == NULL || value->kind != JSON_NUMBER) {
        return corrupt("a number is missing");
    }
    struct status parsed = parse_u64(value->text, 0, max, out);
    return status_ok(&parsed) ? STATUS_SUCCESS : corrupt("a number is out of range");
}

static struct status read_place(const struct json *sensor, const char *key, struct tail_place *out)
{
    const struct json *object = json_get(sensor, key);
    uint64_t head_bytes = 0;

    if (object == NULL) {
        return corrupt("a place is missing");
    }
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        uint64_t value = 0;
        if (!numbers[i].optional || json_get(object, numbers[i].key) != NULL) {
            TRY(read_number(object, numbers[i].key, UINT64_MAX, &value));
        }
        memcpy((char *)out + numbers[i].offset, &value, sizeof(value));
    }
    TRY(read_number(object, "head_bytes", TAIL_HEAD_BYTES, &head_bytes));
    out->head_bytes = (uint32_t)head_bytes;
    return STATUS_SUCCESS;
}

static struct status read_sensors(const struct json *list, struct checkpoint *out)
{
    if (list == NULL || list->kind != JSON_ARRAY || list->count > CHECKPOINT_SENSORS_MAX) {
        return corrupt("no list of sensors");
    }
    for (const struct json *item = list->first; item != NULL; item = item->next) {
        struct checkpoint_sensor *sensor = &out->sensors[out->sensor_count++];
        sensor->name = json_text(item, "name");
        TRY(read_place(item, "oldest", &sensor->resume.oldest));
        TRY(read_place(item, "done", &sensor->resume.done));
    }
    return STATUS_SUCCESS;
}

struct status checkpoint_load(struct arena *arena, const char *path, struct checkpoint *out)
{
    const struct json *root = NULL;
    struct slice text = { 0 };
    uint64_t version = 0;

    *out = (struct checkpoint){ 0 };
    struct status loaded = file_load(arena, path, CHECKPOINT_BYTES_MAX, &text);
    if (loaded.code == STATUS_NOT_FOUND) {
        return STATUS_SUCCESS;
    }
    TRY(loaded);
    struct status read = json_read(arena, text, &root);
    if (!status_ok(&read)) {
        return corrupt(read.msg);
    }
    TRY(read_number(root, "version", UINT64_MAX, &version));
    if (version != CHECKPOINT_VERSION) {
        return corrupt("of another version");
    }
    TRY(read_sensors(json_get(root, "sensors"), out));
    out->detector = json_text(root, "detector");
    return STATUS_SUCCESS;
}

const struct tail_resume *checkpoint_of(const struct checkpoint *checkpoint, struct slice name)
{
    for (size_t i = 0; i < checkpoint->sensor_count; i++) {
        if (slice_eq(checkpoint->sensors[i].name, name)) {
            return &checkpoint->sensors[i].resume;
        }
    }
    return NULL;
}
