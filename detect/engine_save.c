#include <string.h>

#include "base/json.h"
#include "base/parse.h"
#include "detect/engine_priv.h"
#include "detect/siphash.h"

enum { SAVE_VERSION = 1 };

static void put_hex(struct json_writer *writer, const char *name, struct slice bytes)
{
    static const char digits[] = "0123456789abcdef";
    CLEANUP(buf_done) struct buf hex = { 0 };

    for (size_t i = 0; i < bytes.len; i++) {
        uint8_t byte = (uint8_t)bytes.ptr[i];
        buf_add_char(&hex, digits[byte >> 4U]);
        buf_add_char(&hex, digits[byte & 15U]);
    }
    json_add_text(writer, name, buf_slice(&hex));
}

static void save_group(struct json_writer *writer, const struct rule *rule,
                       const struct group *group)
{
    json_open_object(writer);
    json_add_text(writer, "rule", rule->id);
    put_hex(writer, "group", group->key);
    json_add_i64(writer, "seen_us", group->fired_us[SIDE_SEEN]);
    json_add_i64(writer, "claimed_us", group->fired_us[SIDE_CLAIMED]);
    json_close_object(writer);
}

static bool has_fired(const struct detect_engine *engine, const struct rule *rule,
                      const struct group *group)
{
    int64_t since_us = engine->advanced_us - rule->correlation.timespan_us;

    return (group->fired_us[SIDE_SEEN] != DETECT_NEVER && group->fired_us[SIDE_SEEN] >= since_us) ||
           (group->fired_us[SIDE_CLAIMED] != DETECT_NEVER &&
            group->fired_us[SIDE_CLAIMED] >= since_us);
}

void detect_save(const struct detect_engine *engine, struct buf *out)
{
    struct json_writer writer = { .out = out };

    json_open_object(&writer);
    json_add_i64(&writer, "version", SAVE_VERSION);
    json_add_i64(&writer, "advanced_us", engine->advanced_us);
    json_key(&writer, "fired");
    json_open_array(&writer);
    for (size_t i = 0; i < engine->rules->count; i++) {
        for (size_t list = 0; list < SIDES; list++) {
            for (const struct group *group = engine->tables[i].lists[list].oldest; group != NULL;
                 group = group->newer) {
                if (has_fired(engine, &engine->rules->rules[i], group)) {
                    save_group(&writer, &engine->rules->rules[i], group);
                }
            }
        }
    }
    json_close_array(&writer);
    json_close_object(&writer);
}

static struct status corrupt(const char *what)
{
    return status_error(STATUS_CORRUPT, "detector state: %s", what);
}

static struct status read_number(const struct json *object, const char *key, int64_t *out)
{
    const struct json *value = json_get(object, key);

    if (value == NULL) {
        return corrupt("a number is missing");
    }
    struct status read = json_i64(value, INT64_MIN, INT64_MAX, out);
    return status_ok(&read) ? STATUS_SUCCESS : corrupt("a number is none");
}

static size_t correlation_of(const struct detect_engine *engine, struct slice id)
{
    for (size_t i = 0; i < engine->rules->count; i++) {
        if (engine->rules->rules[i].kind == RULE_CORRELATION &&
            slice_eq(engine->rules->rules[i].id, id)) {
            return i;
        }
    }
    return engine->rules->count;
}

static struct status restore_group(struct detect_engine *engine, struct arena *arena,
                                   const struct json *item)
{
    size_t index = correlation_of(engine, json_text(item, "rule"));
    struct slice hex = json_text(item, "group");
    uint8_t *bytes = ARENA_NEW(arena, uint8_t, hex.len / 2 + 1);
    int64_t fired_us[SIDES] = { 0 };

    TRY(read_number(item, "seen_us", &fired_us[SIDE_SEEN]));
    TRY(read_number(item, "claimed_us", &fired_us[SIDE_CLAIMED]));
    struct status parsed = parse_hex(hex, bytes, hex.len / 2);
    if (!status_ok(&parsed)) {
        return corrupt("a group is not hexadecimal");
    }
    if (index == engine->rules->count || engine->tables[index].count == engine->tables[index].max) {
        return STATUS_SUCCESS; /* the rules have changed since */
    }
    struct slice key = { (const char *)bytes, hex.len / 2 };
    uint64_t hash = siphash(engine->options.hash_seed, key);
    struct group *group = group_find(&engine->tables[index], hash, key);
    if (group == NULL) {
        group = group_add(&engine->tables[index], hash, key);
    }
    memcpy(group->fired_us, fired_us, sizeof(fired_us));
    return STATUS_SUCCESS;
}

struct status detect_restore(struct detect_engine *engine, struct slice saved)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    const struct json *root = NULL;
    int64_t version = 0;

    if (saved.len > DETECT_SAVE_MAX) {
        return corrupt("too large");
    }
    struct status read = json_read(&arena, saved, &root);
    if (!status_ok(&read)) {
        return corrupt(read.msg);
    }
    TRY(read_number(root, "version", &version));
    if (version != SAVE_VERSION) {
        return corrupt("of another version");
    }
    TRY(read_number(root, "advanced_us", &engine->advanced_us));
    const struct json *fired = json_get(root, "fired");
    if (fired == NULL || fired->kind != JSON_ARRAY) {
        return corrupt("no list of groups");
    }
    for (const struct json *item = fired->first; item != NULL; item = item->next) {
        TRY(restore_group(engine, &arena, item));
    }
    return STATUS_SUCCESS;
}
