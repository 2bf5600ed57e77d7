#include "base/yaml.h"
#include "sla/diff/delta.h"

static const char *const kind_names[] = {
    [SLA_ADDED] = "added",
    [SLA_REMOVED] = "removed",
    [SLA_REPLACED] = "replaced",
    [SLA_MOVED] = "moved",
};

const char *sla_change_kind_name(enum sla_change_kind kind)
{
    return kind_names[kind];
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as yaml_read lets a tree be */
void sla_step_format(const struct sla_step *path, struct buf *out)
{
    if (path == NULL) {
        return;
    }
    sla_step_format(path->up, out);
    if (path->is_item) {
        buf_printf(out, "[%.*s]", SLICE_ARG(path->key));
    } else {
        buf_printf(out, "%s%.*s", path->up != NULL ? "." : "", SLICE_ARG(path->key));
    }
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as yaml_read lets a tree be */
static void format(const struct yaml_node *node, size_t end, struct buf *out)
{
    bool mapping = node->kind == YAML_MAPPING;

    if (node->kind == YAML_SCALAR) {
        buf_add_slice(out, node->text);
        return;
    }
    buf_add_char(out, mapping ? '{' : '[');
    for (const struct yaml_node *at = node->first; at != NULL && out->len <= end; at = at->next) {
        buf_add_cstr(out, at != node->first ? ", " : "");
        if (mapping) {
            buf_printf(out, "%.*s: ", SLICE_ARG(at->key));
        }
        format(at, end, out);
    }
    buf_add_char(out, mapping ? '}' : ']');
}

static bool starts_character(char byte)
{
    return ((unsigned char)byte & 0xc0U) != 0x80U;
}

void sla_tree_format(const struct yaml_node *node, size_t max, struct buf *out)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    format(node, max, &text);
    struct slice shown = buf_slice(&text);
    if (shown.len <= max) {
        buf_add_slice(out, shown);
        return;
    }
    size_t end = max;
    while (end > 0 && !starts_character(shown.ptr[end])) {
        end--;
    }
    buf_add_slice(out, slice_sub(shown, 0, end));
    buf_add_cstr(out, "...");
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as yaml_read lets a tree be */
void sla_tree_write_json(const struct yaml_node *node, struct json_writer *writer)
{
    switch (node->kind) {
    case YAML_SCALAR:
        json_put_text(writer, node->text);
        break;
    case YAML_SEQUENCE:
        json_open_array(writer);
        for (const struct yaml_node *at = node->first; at != NULL; at = at->next) {
            sla_tree_write_json(at, writer);
        }
        json_close_array(writer);
        break;
    case YAML_MAPPING:
        json_open_object(writer);
        for (const struct yaml_node *at = node->first; at != NULL; at = at->next) {
            CLEANUP(buf_done) struct buf key = { 0 };
            buf_add_slice(&key, at->key);
            json_key(writer, key.ptr != NULL ? key.ptr : "");
            sla_tree_write_json(at, writer);
        }
        json_close_object(writer);
        break;
    }
}

static void write_tree(const char *key, const struct yaml_node *node, struct json_writer *writer)
{
    json_key(writer, key);
    if (node != NULL) {
        sla_tree_write_json(node, writer);
    } else {
        json_put_null(writer);
    }
}

static void write_document(const struct sla_document *document, struct json_writer *writer)
{
    json_key(writer, "document");
    json_open_object(writer);
    json_add_cstr(writer, "kind", sla_kind_name(document->kind));
    json_add_text(writer, "party", document->party);
    json_add_cstr(writer, "role", party_role_name(document->role));
    json_add_text(writer, "name", document->name);
    json_close_object(writer);
}

void sla_delta_write_json(const struct sla_delta *delta, struct json_writer *writer)
{
    json_open_array(writer);
    for (size_t i = 0; i < delta->count; i++) {
        CLEANUP(buf_done) struct buf path = { 0 };
        const struct sla_change *change = &delta->changes[i];
        bool placed = change->kind == SLA_MOVED ||
                      (change->kind == SLA_ADDED && change->path != NULL && change->path->is_item);
        sla_step_format(change->path, &path);
        json_open_object(writer);
        json_add_cstr(writer, "kind", kind_names[change->kind]);
        write_document(change->document, writer);
        json_add_text(writer, "path", buf_slice(&path));
        write_tree("before", change->kind != SLA_MOVED ? change->before : NULL, writer);
        write_tree("after", change->kind != SLA_MOVED ? change->after : NULL, writer);
        if (placed) {
            json_add_i64(writer, "at", change->at);
        }
        json_close_object(writer);
    }
    json_close_array(writer);
}
