#include "wire/doc_priv.h"

#include <unistd.h>

#include "base/buf.h"
#include "base/crypto.h"
#include "base/file.h"
#include "base/parse.h"
#include "model/node.h"

enum { KEY_BYTES = 32 };

const char *const doc_api_names[] = { "redan/v1", NULL };

static struct status read_doc(struct arena *arena, const struct diag_source *source,
                              const struct config_table *table, void *out)
{
    CLEANUP(arena_done) struct arena findings = { 0 };
    struct diag_list diags;

    diag_list_init(&diags, &findings);
    if (config_read(arena, source, table, out, &diags)) {
        return STATUS_SUCCESS;
    }
    const struct diag *first = diags.first;
    struct diag_place place = diag_span_start(first->span); /* counted from the text */
    return status_error(STATUS_INVALID, "%s:%u:%u: %.*s%s%.*s", source->name, place.line, place.col,
                        SLICE_ARG(first->message), first->label.len > 0 ? ": " : "",
                        SLICE_ARG(first->label));
}

struct status doc_load(struct arena *arena, const char *path, size_t max_bytes,
                       const struct config_table *table, void *out)
{
    struct diag_source source = { .name = path };

    TRY(file_load(arena, path, max_bytes, &source.text));
    return read_doc(arena, &source, table, out);
}

struct status doc_load_private(struct arena *arena, const char *path, size_t max_bytes,
                               const struct config_table *table, void *out)
{
    struct diag_source source = { .name = path };

    TRY(file_load_private(arena, path, max_bytes, &source.text));
    struct status status = read_doc(arena, &source, table, out);
    crypto_wipe_text(source.text);
    return status;
}

static void wipe_buf(struct buf *buf)
{
    if (buf->ptr != NULL) {
        crypto_wipe(buf->ptr, buf->len);
    }
    buf_done(buf);
}

struct status doc_store(const char *path, const struct config_table *table, const void *values,
                        mode_t mode)
{
    CLEANUP(wipe_buf) struct buf text = { 0 };

    config_print(table, values, &text);
    return file_store(path, buf_slice(&text), mode);
}

struct slice doc_hex(struct arena *arena, const void *bytes, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *at = bytes;
    char *text = ARENA_NEW(arena, char, 2 * len + 1);

    for (size_t i = 0; i < len; i++) {
        text[2 * i] = digits[at[i] >> 4];
        text[2 * i + 1] = digits[at[i] & 15U];
    }
    return (struct slice){ text, 2 * len };
}

struct status doc_check_key(struct slice hex)
{
    uint8_t bytes[KEY_BYTES];
    struct status parsed = parse_hex(hex, bytes, sizeof(bytes));

    crypto_wipe(bytes, sizeof(bytes));
    /* The text may be a secret: it is not repeated. */
    return status_ok(&parsed) ? parsed
                              : status_error(STATUS_INVALID, "expected 64 hexadecimal digits");
}

struct status doc_check_name(struct slice name)
{
    if (!node_name_is_valid(name)) {
        return status_error(STATUS_INVALID,
                            "a name is 1 to 63 of [a-z0-9-], no hyphen at the ends");
    }
    return STATUS_SUCCESS;
}

struct status doc_check_service(struct slice text)
{
    struct service_id id;

    if (!service_id_parse(text, &id)) {
        return status_error(STATUS_INVALID, "a service is LAYER.PLANE.KIND, `L2.network.monitor`");
    }
    return STATUS_SUCCESS;
}
