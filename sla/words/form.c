#include "sla/words/form.h"

#include "base/parse.h"

/* --- bytes ----------------------------------------------------------------------------------- */

static bool is_lower(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
}

static bool is_alphanumeric(char byte)
{
    return is_lower(byte) || (byte >= 'A' && byte <= 'Z');
}

enum { NAME_BYTES_MAX = 63 };

bool sla_is_label_name(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        bool inside = i > 0 && i + 1 < text.len;
        if (!is_lower(text.ptr[i]) && !(inside && text.ptr[i] == '-')) {
            return false;
        }
    }
    return text.len > 0 && text.len <= NAME_BYTES_MAX;
}

/* --- techniques ------------------------------------------------------------------------------ */

enum { PARTS_MAX = 1000 };

static bool read_digits(struct slice text, size_t count, uint32_t *out)
{
    if (text.len != count) {
        return false;
    }
    struct status status = parse_u32(text, 1, UINT32_MAX, out);
    return status_ok(&status);
}

struct status sla_parse_technique(struct slice text, uint32_t *out)
{
    struct slice part_text = text;
    struct slice whole_text = slice_cut(&part_text, '.');
    uint32_t whole = 0;
    uint32_t part = 0;

    if (!slice_starts(whole_text, SLICE("T")) ||
        !read_digits(slice_sub(whole_text, 1, whole_text.len), 4, &whole) ||
        (part_text.ptr != NULL && !read_digits(part_text, 3, &part))) {
        return status_error(STATUS_INVALID, "`%.*s` is not a technique (like `T1110`, `T1110.003`)",
                            SLICE_ARG(text));
    }
    *out = whole * PARTS_MAX + part;
    return STATUS_SUCCESS;
}

void sla_format_technique(uint32_t technique, struct buf *out)
{
    buf_printf(out, "T%04u", technique / PARTS_MAX);
    if (technique % PARTS_MAX != 0) {
        buf_printf(out, ".%03u", technique % PARTS_MAX);
    }
}

/* --- labels ---------------------------------------------------------------------------------- */

static bool is_label_text(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        char byte = text.ptr[i];
        bool inside = i > 0 && i + 1 < text.len;
        if (!is_alphanumeric(byte) && !(inside && (byte == '-' || byte == '_' || byte == '.'))) {
            return false;
        }
    }
    return text.len > 0 && text.len <= SLA_LABEL_NAME_MAX;
}

/* RFC 1123 names joined by dots. */
static bool is_subdomain(struct slice text)
{
    struct slice rest = text;

    while (rest.ptr != NULL) {
        if (!sla_is_label_name(slice_cut(&rest, '.'))) {
            return false;
        }
    }
    return text.len > 0 && text.len <= SLA_LABEL_PREFIX_MAX;
}

struct status sla_check_label_key(struct slice key)
{
    size_t slash = slice_find(key, '/');
    bool has_prefix = slash < key.len;
    struct slice name = has_prefix ? slice_sub(key, slash + 1, key.len) : key;

    if (!is_label_text(name)) {
        return status_error(STATUS_INVALID,
                            "a key has 1 to %d of a-z, A-Z, 0-9 and, inside, `-`, `_` and `.`",
                            SLA_LABEL_NAME_MAX);
    }
    if (has_prefix && !is_subdomain(slice_sub(key, 0, slash))) {
        return status_error(STATUS_INVALID, "before the `/` stands a DNS name of at most %d bytes",
                            SLA_LABEL_PREFIX_MAX);
    }
    return STATUS_SUCCESS;
}

struct status sla_check_label_value(struct slice value)
{
    if (value.len == 0 || is_label_text(value)) {
        return STATUS_SUCCESS;
    }
    return status_error(STATUS_INVALID,
                        "a value has at most %d of a-z, A-Z, 0-9 and, inside, `-`, `_` and `.`",
                        SLA_LABEL_NAME_MAX);
}

/* --- subjects -------------------------------------------------------------------------------- */

/* "user/ana", "group/lab", with what stands before it */
static bool read_member(struct slice kind, struct slice name, struct sla_subject *out)
{
    if (slice_is(kind, "user")) {
        out->kind = SLA_SUBJECT_USER;
    } else if (slice_is(kind, "group")) {
        out->kind = SLA_SUBJECT_GROUP;
    } else {
        return false;
    }
    out->name = name;
    return sla_is_label_name(name);
}

static bool read_subject(struct slice text, struct sla_subject *out)
{
    struct slice rest = text;
    struct slice first = slice_cut(&rest, '/');

    if (rest.ptr == NULL) {
        if (slice_is(text, "anyone")) {
            out->kind = SLA_SUBJECT_ANYONE;
        } else if (party_role_parse(text, &out->role)) {
            out->kind = SLA_SUBJECT_ROLE;
        } else {
            out->kind = SLA_SUBJECT_PARTY;
            out->party = text;
            return sla_is_label_name(text);
        }
        return true;
    }
    struct slice second = slice_cut(&rest, '/');
    if (rest.ptr == NULL) {
        return read_member(first, second, out);
    }
    out->party = first;
    return sla_is_label_name(first) && read_member(second, rest, out);
}

struct status sla_parse_subject(struct slice text, struct sla_subject *out)
{
    struct sla_subject subject = { .kind = SLA_SUBJECT_ANYONE };

    if (!read_subject(text, &subject)) {
        return status_error(STATUS_INVALID,
                            "`%.*s` is not a subject (like `user/ana`, `group/lab`, a party)",
                            SLICE_ARG(text));
    }
    *out = subject;
    return STATUS_SUCCESS;
}

bool sla_says_everybody(struct slice text)
{
    static const char *const words[] = { "*",      "all",       "any",     "anybody",
                                         "anyone", "everybody", "everyone" };

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (slice_is(text, words[i])) {
            return true;
        }
    }
    return false;
}

void sla_format_subject(const struct sla_subject *subject, struct buf *out)
{
    switch (subject->kind) {
    case SLA_SUBJECT_ANYONE:
        buf_add_cstr(out, "anyone");
        return;
    case SLA_SUBJECT_ROLE:
        buf_add_cstr(out, party_role_name(subject->role));
        return;
    case SLA_SUBJECT_PARTY:
        buf_add_slice(out, subject->party);
        return;
    case SLA_SUBJECT_GROUP:
    case SLA_SUBJECT_USER:
        break;
    }
    if (subject->party.len > 0) {
        buf_printf(out, "%.*s/", SLICE_ARG(subject->party));
    }
    buf_printf(out, "%s/%.*s", subject->kind == SLA_SUBJECT_USER ? "user" : "group",
               SLICE_ARG(subject->name));
}
