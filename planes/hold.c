#include "planes/hold.h"

#include <inttypes.h>
#include <string.h>

#include "base/parse.h"

static const struct slice header = { "redan-holds 1", sizeof("redan-holds 1") - 1 };
static const char *const polarities[] = { [LEASE_BAN] = "ban", [LEASE_GRANT] = "grant" };

static bool parse_polarity(struct slice text, enum lease_polarity *out)
{
    for (size_t i = 0; i < COUNT_OF(polarities); i++) {
        if (slice_is(text, polarities[i])) {
            *out = (enum lease_polarity)i;
            return true;
        }
    }
    return false;
}

static bool copy_text(struct slice text, char *out, size_t size)
{
    if (text.len == 0 || text.len >= size || memchr(text.ptr, '\0', text.len) != NULL) {
        return false;
    }
    memcpy(out, text.ptr, text.len);
    out[text.len] = '\0';
    return true;
}

static struct status parse_lease(struct slice rest, struct hold *out)
{
    struct lease *lease = &out->action.lease;

    if (!parse_polarity(slice_cut(&rest, ' '), &lease->polarity)) {
        return status_error(STATUS_CORRUPT, "no lease polarity");
    }
    TRY(parse_i64(slice_cut(&rest, ' '), 0, LEASE_MAX_MS, &lease->duration_ms));
    TRY(parse_i64(slice_cut(&rest, ' '), 0, LEASE_MAX_MS, &lease->limit_ms));
    return parse_i64(rest, 0, INT64_MAX, &out->until_ms);
}

static struct status parse_hold(struct slice rest, struct holds *out)
{
    struct hold hold = { 0 };

    if (out->count == HOLDS_MAX) {
        return status_error(STATUS_CORRUPT, "over %d holds", HOLDS_MAX);
    }
    TRY(ulid_parse(slice_cut(&rest, ' '), &hold.action.id));
    if (!action_kind_parse(slice_cut(&rest, ' '), &hold.action.kind) ||
        !copy_text(slice_cut(&rest, ' '), hold.action.node, sizeof(hold.action.node)) ||
        !copy_text(slice_cut(&rest, ' '), hold.action.resource, sizeof(hold.action.resource))) {
        return status_error(STATUS_CORRUPT, "no kind, node and resource");
    }
    TRY(parse_lease(rest, &hold));
    TRY(action_validate(&hold.action));
    if (holds_find(out, &hold.action.id) != NULL) {
        return status_error(STATUS_CORRUPT, "an id twice");
    }
    out->items[out->count++] = hold;
    return STATUS_SUCCESS;
}

static struct status parse_note(struct slice rest, struct holds *out)
{
    char key[HOLD_KEY_MAX];
    char value[HOLD_VALUE_MAX];

    if (!copy_text(slice_cut(&rest, ' '), key, sizeof(key)) ||
        !copy_text(rest, value, sizeof(value))) {
        return status_error(STATUS_CORRUPT, "no key and value");
    }
    return holds_set_note(out, key, value);
}

static struct status parse_line(struct slice line, struct holds *out)
{
    struct slice rest = line;
    struct slice word = slice_cut(&rest, ' ');

    if (slice_is(word, "hold")) {
        return parse_hold(rest, out);
    }
    if (slice_is(word, "note")) {
        return parse_note(rest, out);
    }
    return status_error(STATUS_CORRUPT, "neither a hold nor a note");
}

struct status holds_parse(struct slice text, struct holds *out)
{
    struct holds *found = calloc(1, sizeof(*found));
    struct slice rest = text;
    struct status status = STATUS_SUCCESS;
    int line = 1;

    if (found == NULL) {
        abort();
    }
    if (text.len > HOLD_TEXT_MAX_BYTES || !slice_eq(slice_cut(&rest, '\n'), header)) {
        status = status_error(STATUS_CORRUPT, "not a list of holds");
    }
    while (status_ok(&status) && rest.len > 0) {
        status = parse_line(slice_cut(&rest, '\n'), found);
        line++;
    }
    if (status_ok(&status)) {
        *out = *found;
    } else {
        status.code = STATUS_CORRUPT;
    }
    free(found);
    return status_wrap(status, "holds line %d", line);
}

void holds_print(const struct holds *holds, struct buf *out)
{
    buf_add_slice(out, header);
    buf_add_char(out, '\n');
    for (size_t i = 0; i < holds->count; i++) {
        const struct action *action = &holds->items[i].action;
        buf_printf(out, "hold %s %s %s %s %s %" PRId64 " %" PRId64 " %" PRId64 "\n",
                   action->id.text, action_kind_name(action->kind), action->node, action->resource,
                   polarities[action->lease.polarity], action->lease.duration_ms,
                   action->lease.limit_ms, holds->items[i].until_ms);
    }
    for (size_t i = 0; i < holds->note_count; i++) {
        buf_printf(out, "note %s %s\n", holds->notes[i].key, holds->notes[i].value);
    }
}

static size_t position(const struct holds *holds, const struct ulid *id)
{
    size_t i = 0;

    while (i < holds->count && strcmp(holds->items[i].action.id.text, id->text) != 0) {
        i++;
    }
    return i;
}

const struct hold *holds_find(const struct holds *holds, const struct ulid *id)
{
    size_t at = position(holds, id);

    return at < holds->count ? &holds->items[at] : NULL;
}

struct status holds_add(struct holds *holds, const struct action *action, int64_t now_ms)
{
    size_t at = position(holds, &action->id);

    if (at == HOLDS_MAX) {
        return status_error(STATUS_EXHAUSTED, "%s: held %d times already", action->resource,
                            HOLDS_MAX);
    }
    if (at < holds->count && !action_same_effect(&holds->items[at].action, action)) {
        return status_error(STATUS_CONFLICT, "%s: the id is another action's", action->id.text);
    }
    if (at == holds->count) {
        holds->count++;
    }
    holds->items[at] = (struct hold){ .action = *action };
    if (action->lease.duration_ms > 0) {
        holds->items[at].until_ms = now_ms + action->lease.duration_ms;
    }
    return STATUS_SUCCESS;
}

bool holds_remove(struct holds *holds, const struct ulid *id)
{
    size_t at = position(holds, id);

    if (at == holds->count) {
        return false;
    }
    holds->count--;
    memmove(&holds->items[at], &holds->items[at + 1],
            (holds->count - at) * sizeof(holds->items[0]));
    return true;
}

static bool is_token(const char *text, size_t size)
{
    size_t len = strnlen(text, size);

    if (len == 0 || len == size) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '!' || text[i] > '~' || strchr("<>&", text[i]) != NULL) {
            return false;
        }
    }
    return true;
}

struct status holds_set_note(struct holds *holds, const char *key, const char *value)
{
    size_t at = 0;

    if (!is_token(key, HOLD_KEY_MAX) || !is_token(value, HOLD_VALUE_MAX)) {
        return status_error(STATUS_INVALID, "note `%s`: not plain", key);
    }
    while (at < holds->note_count && strcmp(holds->notes[at].key, key) != 0) {
        at++;
    }
    if (at == HOLD_NOTES_MAX) {
        return status_error(STATUS_EXHAUSTED, "over %d notes", HOLD_NOTES_MAX);
    }
    if (at == holds->note_count) {
        holds->note_count++;
    }
    memcpy(holds->notes[at].key, key, strlen(key) + 1);
    memcpy(holds->notes[at].value, value, strlen(value) + 1);
    return STATUS_SUCCESS;
}

const char *holds_note(const struct holds *holds, const char *key)
{
    for (size_t i = 0; i < holds->note_count; i++) {
        if (strcmp(holds->notes[i].key, key) == 0) {
            return holds->notes[i].value;
        }
    }
    return NULL;
}

struct status holds_claim(struct holds *holds, enum action_kind kind, const char *resource)
{
    for (size_t i = 0; i < holds->count; i++) {
        struct action *action = &holds->items[i].action;
        slice_to_cstr(slice_from(resource), action->resource, sizeof(action->resource));
        struct status valid = action_validate(action);
        if (action->kind != kind || !status_ok(&valid)) {
            return status_error(STATUS_CORRUPT, "holds of `%s`: one is no %s of it", resource,
                                action_kind_name(kind));
        }
    }
    return STATUS_SUCCESS;
}

int64_t hold_left_ms(const struct hold *hold, int64_t now_ms)
{
    if (hold->until_ms == 0) {
        return -1;
    }
    return hold->until_ms > now_ms ? hold->until_ms - now_ms : 0;
}
