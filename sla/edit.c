#include "sla/edit.h"

/* From a byte of the member's text on; `byte_end` lies there too. */
static struct diag_edit *replace(struct arena *arena, const struct yaml_node *member, uint32_t byte,
                                 uint32_t byte_end, struct slice text)
{
    struct diag_edit *edit = ARENA_NEW(arena, struct diag_edit, 1);
    struct diag_span key = yaml_key_span(member);
    struct slice before = slice_sub(member->source->text, key.byte, byte);
    uint32_t line = key.line + (uint32_t)slice_count(before, '\n');

    edit->span = (struct diag_span){ member->source, line, byte, byte_end };
    edit->text = text;
    return edit;
}

static bool is_flow(const struct diag_source *source, const struct yaml_node *mapping)
{
    return source->text.ptr[mapping->byte] == '{';
}

/* As the file has it. */
static const char *line_end(const struct diag_source *source)
{
    size_t first = slice_find(source->text, '\n');

    return first > 0 && first < source->text.len && source->text.ptr[first - 1] == '\r' ? "\r\n"
                                                                                        : "\n";
}

static struct slice indented(struct arena *arena, const struct yaml_node *mapping,
                             const char *before, const char *key, struct slice value,
                             const char *after)
{
    return arena_printf(arena, "%s%*s%s: %.*s%s", before,
                        (int)diag_span_start(yaml_key_span(mapping->first)).col - 1, "", key,
                        SLICE_ARG(value), after);
}

/* Right after the last value; comments that follow it stay behind what is added. */
static struct diag_edit *add(struct arena *arena, const struct diag_source *source,
                             const struct yaml_node *mapping, const char *key, struct slice value)
{
    const struct yaml_node *last = mapping->first;

    while (last->next != NULL) {
        last = last->next;
    }
    uint32_t at = last->byte_last;
    if (is_flow(source, mapping)) {
        return replace(arena, last, at, at,
                       arena_printf(arena, ", %s: %.*s", key, SLICE_ARG(value)));
    }
    bool on_new_line = at > 0 && source->text.ptr[at - 1] == '\n';
    return replace(arena, last, at, at,
                   on_new_line ? indented(arena, mapping, "", key, value, line_end(source))
                               : indented(arena, mapping, line_end(source), key, value, ""));
}

struct diag_edit *sla_edit_member(struct arena *arena, const struct yaml_node *mapping,
                                  const char *key, struct slice value)
{
    const struct diag_source *source = mapping->source;
    const struct yaml_node *member = yaml_get(mapping, key);

    if (member == NULL) {
        return add(arena, source, mapping, key, value);
    }
    uint32_t from = yaml_key_span(member).byte_end;
    uint32_t to = member->byte_last > from ? member->byte_last : from;
    bool on_new_line = to > from && source->text.ptr[to - 1] == '\n';
    return replace(
        arena, member, from, to,
        arena_printf(arena, ": %.*s%s", SLICE_ARG(value), on_new_line ? line_end(source) : ""));
}
