#include "base/yaml.h"

enum { CODE_STOPPED = 111 };

struct diag_span yaml_rest_of_line(struct diag_span at)
{
    struct slice text = at.source->text;
    struct slice line = slice_sub(text, at.byte, text.len);

    line = slice_trim(slice_sub(line, 0, slice_find(line, '\n')));
    at.byte_end = at.byte + (uint32_t)line.len;
    return at;
}

static bool is_flow(const struct yaml_node *collection)
{
    struct slice text = collection->source->text;

    return collection->byte < text.len &&
           (text.ptr[collection->byte] == '[' || text.ptr[collection->byte] == '{');
}

struct diag_span yaml_span(const struct yaml_node *node)
{
    struct diag_span span = { node->source, node->line, node->byte, node->byte_last };

    if (node->kind == YAML_SCALAR || span.byte_end == span.byte) {
        return span;
    }
    struct diag_span line = yaml_rest_of_line(span);
    return is_flow(node) && span.byte_end <= line.byte_end ? span : line;
}

struct diag_span yaml_key_span(const struct yaml_node *node)
{
    struct diag_span span = { .source = NULL };

    if (node->is_member) {
        struct slice between = slice_sub(node->source->text, node->key_byte, node->byte);
        span.source = node->source;
        span.line = node->line - (uint32_t)slice_count(between, '\n');
        span.byte = node->key_byte;
        span.byte_end = node->key_byte + node->key_bytes;
    }
    return span;
}

size_t yaml_errors_max(const struct diag_list *diags)
{
    return diags->kept_max > DIAG_KEPT_MAX ? diags->kept_max : YAML_ERRORS_MAX;
}

void yaml_report_stopped(struct diag_list *diags, struct diag_span at)
{
    struct diag *diag =
        diag_add(diags, DIAG_NOTE, CODE_STOPPED, at,
                 "%zu errors in this file: it was read up to here", yaml_errors_max(diags));

    diag_help(diags, diag, "mend these first, then check it again");
}

const struct yaml_node *yaml_get(const struct yaml_node *mapping, const char *key)
{
    if (mapping == NULL || mapping->kind != YAML_MAPPING) {
        return NULL;
    }
    for (const struct yaml_node *at = mapping->first; at != NULL; at = at->next) {
        if (slice_is(at->key, key)) {
            return at;
        }
    }
    return NULL;
}
