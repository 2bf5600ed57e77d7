#include "detect/journal_export.h"

#include "base/parse.h"

enum { LENGTH_BYTES = 8 };

struct field {
    struct slice name;
    struct slice value;
};

enum field_step { FIELD_MORE, FIELD_READ, FIELD_LONG, FIELD_DAMAGED };

/* What the journal says of the sender. */
struct sender {
    struct slice command;
    bool has_uid, is_root;
};

static uint64_t load_length(const char *bytes)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < LENGTH_BYTES; i++) {
        value |= (uint64_t)(uint8_t)bytes[i] << (8U * i);
    }
    return value;
}

static bool is_name(struct slice name)
{
    for (size_t i = 0; i < name.len; i++) {
        char byte = name.ptr[i];
        if (!((byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || byte == '_')) {
            return false;
        }
    }
    return name.len > 0;
}

/* "NAME\n", eight bytes of length, the bytes, "\n". */
static enum field_step take_binary(struct slice *rest, size_t line, struct field *out)
{
    struct slice after = slice_sub(*rest, line + 1, rest->len);

    if (after.len < LENGTH_BYTES) {
        return FIELD_MORE;
    }
    uint64_t len = load_length(after.ptr);
    if (len > JOURNAL_ENTRY_MAX) {
        return len > JOURNAL_FIELD_MAX ? FIELD_DAMAGED : FIELD_LONG;
    }
    if (after.len < LENGTH_BYTES + len + 1) {
        return FIELD_MORE;
    }
    *out = (struct field){ slice_sub(*rest, 0, line),
                           slice_sub(after, LENGTH_BYTES, LENGTH_BYTES + (size_t)len) };
    if (!is_name(out->name) || after.ptr[LENGTH_BYTES + len] != '\n') {
        return FIELD_DAMAGED;
    }
    *rest = slice_sub(after, LENGTH_BYTES + (size_t)len + 1, after.len);
    return FIELD_READ;
}

/* One field; an empty name is the blank line that ends an entry. */
static enum field_step take_field(struct slice *rest, struct field *out)
{
    size_t line = slice_find(*rest, '\n');

    if (line == rest->len) {
        return FIELD_MORE;
    }
    struct slice text = slice_sub(*rest, 0, line);
    size_t equals = slice_find(text, '=');
    if (line > 0 && equals == text.len) {
        return take_binary(rest, line, out);
    }
    *out = (struct field){ slice_sub(text, 0, equals), slice_sub(text, equals + 1, text.len) };
    *rest = slice_sub(*rest, line + 1, rest->len);
    return line == 0 || is_name(out->name) ? FIELD_READ : FIELD_DAMAGED;
}

static void take_time(struct slice text, struct syslog_message *message)
{
    struct status parsed = parse_i64(text, 0, INT64_MAX, &message->time_us);

    message->has_time = message->has_time || status_ok(&parsed);
}

static void keep(const struct field *field, struct journal_entry *entry, struct sender *sender)
{
    struct syslog_message *message = &entry->message;

    if (slice_is(field->name, "MESSAGE")) {
        message->text = field->value;
    } else if (slice_is(field->name, "SYSLOG_IDENTIFIER")) {
        message->app = field->value;
    } else if (slice_is(field->name, "_COMM")) {
        sender->command = field->value;
    } else if (slice_is(field->name, "_UID")) {
        sender->is_root = slice_is(field->value, "0") && (sender->is_root || !sender->has_uid);
        sender->has_uid = true;
    } else if (slice_is(field->name, "_PID")) {
        message->procid = slice_sub(field->value, 0, SYSLOG_PROCID_MAX);
    } else if (slice_is(field->name, "_HOSTNAME")) {
        message->host = slice_sub(field->value, 0, SYSLOG_HOST_MAX);
    } else if (slice_is(field->name, "__REALTIME_TIMESTAMP")) {
        take_time(field->value, message);
    } else if (slice_is(field->name, "__CURSOR") && field->value.len <= JOURNAL_CURSOR_MAX) {
        entry->cursor = field->value;
    }
}

/* Where the next entry can begin: after the first blank line, or nowhere yet. */
static size_t skip_damage(struct slice bytes)
{
    size_t blank = slice_find_text(bytes, SLICE("\n\n"));

    return blank < bytes.len ? blank + 2 : bytes.len;
}

/* How much to leave out when the field at `rest` makes the entry too long: what is before it, or
 * the field when it is the first. Never a part of one: there the sender could go on in the
 * journal's name. */
static size_t skip_long(struct slice bytes, struct slice rest)
{
    size_t before = bytes.len - rest.len;
    size_t line = slice_find(rest, '\n');
    struct slice after = slice_sub(rest, line + 1, rest.len);

    if (before > 0) {
        return before;
    }
    if (line == rest.len) {
        return JOURNAL_LINE_END;
    }
    if (after.len < LENGTH_BYTES) {
        return line + 1;
    }
    return line + 1 + LENGTH_BYTES + (size_t)load_length(after.ptr) + 1;
}

/* An application's name counts when root says it, and when it is the sender's own. */
static void judge_sender(const struct sender *sender, struct journal_entry *entry)
{
    entry->is_forged = sender->command.len > 0 && !slice_eq(sender->command, entry->message.app);
    if (entry->is_forged || !sender->is_root) {
        entry->message.app = SLICE("");
    }
}

enum journal_step journal_export_next(struct slice bytes, struct journal_entry *out,
                                      size_t *out_used)
{
    struct journal_entry entry = { .message = { .format = SYSLOG_RFC5424,
                                                .priority = SYSLOG_PRIORITY_NONE } };
    struct slice rest = bytes;
    struct sender sender = { 0 };
    bool any = false;

    for (;;) {
        struct field field = { 0 };
        enum field_step step = take_field(&rest, &field);
        if (step == FIELD_DAMAGED) {
            *out_used = skip_damage(bytes);
            return JOURNAL_DAMAGED;
        }
        if (step == FIELD_LONG || (step == FIELD_MORE && bytes.len > JOURNAL_ENTRY_MAX)) {
            *out_used = skip_long(bytes, rest);
            return JOURNAL_DAMAGED;
        }
        if (step == FIELD_MORE) {
            return JOURNAL_MORE;
        }
        if (field.name.len == 0 && any) {
            break;
        }
        any = any || field.name.len > 0;
        keep(&field, &entry, &sender);
    }
    judge_sender(&sender, &entry);
    *out = entry;
    *out_used = bytes.len - rest.len;
    return JOURNAL_ENTRY;
}
