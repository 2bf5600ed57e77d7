#include "sla/edit.h"

/* A place and where it is in the text. */
struct place {
    uint32_t line, col, byte;
};

/* Walks on from a known place; only over the text of one member, so it is short. */
static struct place walk(const struct diag_source *source, struct place from, uint32_t byte)
{
    while (from.byte < byte && from.byte < source->text.len) {
        unsigned char at = (unsigned char)source->text.ptr[from.byte++];
        if (at == '\n') {
            from.line++;
            from.col = 1;
        } else if ((at & 0xC0U) != 0x80) {
            from.col++;
        }
    }
    return from;
}

static struct diag_edit *replace(struct arena *arena, const struct diag_source *source,
                                 struct place from, struct place to, struct slice text)
{
    struct diag_edit *edit = ARENA_NEW(arena, struct diag_edit, 1);

    edit->span =
        (struct diag_span){ source, from.line, from.col, to.line, to.col, from.byte, to.byte };
    edit->text = text;
    return edit;
}

static struct place start_of(const struct diag_span *span)
{
    return (struct place){ span->line, span->col, span->byte };
}

static struct place end_of(const struct diag_span *span)
{
    return (struct place){ span->end_line, span->end_col, span->byte_end };
}

static bool is_flow(const struct diag_source *source, const struct yaml_node *mapping)
{
    return source->text.ptr[mapping->span.byte] == '{';
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
    return arena_printf(arena, "%s%*s%s: %.*s%s", before, (int)mapping->first->key_span.col - 1, "",
                        key, SLICE_ARG(value), after);
}

/* Right after the last value; comments that follow it stay behind what is added. */
static struct diag_edit *add(struct arena *arena, const struct diag_source *source,
                             const struct yaml_node *mapping, const char *key, struct slice value)
{
    const struct yaml_node *last = mapping->first;

    while (last->next != NULL) {
        last = last->next;
    }
    struct place at = walk(source, start_of(&last->key_span), last->byte_last);
    if (is_flow(source, mapping)) {
        return replace(arena, source, at, at,
                       arena_printf(arena, ", %s: %.*s", key, SLICE_ARG(value)));
    }
    bool on_new_line = at.byte > 0 && source->text.ptr[at.byte - 1] == '\n';
    return replace(arena, source, at, at,
                   on_new_line ? indented(arena, mapping, "", key, value, line_end(source))
                               : indented(arena, mapping, line_end(source), key, value, ""));
}

struct diag_edit *sla_edit_member(struct arena *arena, const struct diag_source *source,
                                  const struct yaml_node *mapping, const char *key,
                                  struct slice value)
{
    const struct yaml_node *member = yaml_get(mapping, key);

    if (member == NULL) {
        return add(arena, source, mapping, key, value);
    }
    struct place from = end_of(&member->key_span);
    struct place to = walk(source, from, member->byte_last);
    bool on_new_line = to.byte > from.byte && source->text.ptr[to.byte - 1] == '\n';
    return replace(
        arena, source, from, to,
        arena_printf(arena, ": %.*s%s", SLICE_ARG(value), on_new_line ? line_end(source) : ""));
}
