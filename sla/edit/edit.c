#include "sla/edit/edit.h"

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

/* --- items of a list ------------------------------------------------------------------------- */

static struct slice flow_item(struct arena *arena, const char *before,
                              const struct sla_written_member *members, size_t count,
                              const char *after)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    buf_add_cstr(&text, before);
    for (size_t i = 0; i < count; i++) {
        buf_printf(&text, "%s%s: %.*s", i == 0 ? "{" : ", ", members[i].key,
                   SLICE_ARG(members[i].value));
    }
    buf_printf(&text, "}%s", after);
    return arena_copy(arena, buf_slice(&text));
}

/* A line for each member, the first behind its dash; line breaks stand before the lines. */
static void add_block_item(struct buf *text, const char *line, size_t dash_blanks,
                           const struct sla_written_member *members, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buf_printf(text, "%s%*s%s%s: %.*s", line, (int)dash_blanks, "", i == 0 ? "- " : "  ",
                   members[i].key, SLICE_ARG(members[i].value));
    }
}

/* Blanks before the dashes of a list that has them. */
static size_t dash_blanks(const struct yaml_node *list)
{
    struct slice before = slice_sub(list->source->text, 0, list->byte);
    size_t start = slice_rfind(before, '\n');

    return before.len - (start < before.len ? start + 1 : 0);
}

/* Where the line of the node's last byte ends: behind a comment, if there is one. */
static uint32_t end_of_line(const struct yaml_node *node)
{
    struct slice text = node->source->text;
    uint32_t at = node->byte_last;

    if (at > 0 && text.ptr[at - 1] == '\n') {
        return at;
    }
    while (at < text.len && text.ptr[at] != '\n' && text.ptr[at] != '\r') {
        at++;
    }
    return at;
}

/* The lines behind the last one of `node`, which is `member` or its last item. */
static struct diag_edit *add_lines(struct arena *arena, const struct yaml_node *member,
                                   const struct yaml_node *node, struct slice lines)
{
    const char *line = line_end(member->source);
    uint32_t at = end_of_line(node);
    bool on_new_line = at > 0 && member->source->text.ptr[at - 1] == '\n';

    if (on_new_line) { /* what begins with a line break ends with it instead */
        lines = arena_printf(arena, "%.*s%s",
                             SLICE_ARG(slice_sub(lines, slice_from(line).len, lines.len)), line);
    }
    return replace(arena, member, at, at, lines);
}

static struct diag_edit *append_list(struct arena *arena, const struct yaml_node *mapping,
                                     const char *key, const struct sla_written_member *members,
                                     size_t count)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    const char *line = line_end(mapping->source);
    const struct yaml_node *last = mapping->first;
    size_t blanks = diag_span_start(yaml_key_span(mapping->first)).col - 1;

    if (is_flow(mapping->source, mapping)) {
        return add(arena, mapping->source, mapping, key,
                   flow_item(arena, "[", members, count, "]"));
    }
    while (last->next != NULL) {
        last = last->next;
    }
    buf_printf(&text, "%s%*s%s:", line, (int)blanks, "", key);
    add_block_item(&text, line, blanks + 2, members, count);
    return add_lines(arena, last, last, arena_copy(arena, buf_slice(&text)));
}

struct diag_edit *sla_edit_append(struct arena *arena, const struct yaml_node *mapping,
                                  const char *key, const struct sla_written_member *members,
                                  size_t count)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    const struct yaml_node *list = yaml_get(mapping, key);
    const struct yaml_node *last = list != NULL ? list->first : NULL;

    if (list == NULL) {
        return append_list(arena, mapping, key, members, count);
    }
    if (last == NULL && list->kind == YAML_SEQUENCE) { /* `[]`, perhaps with a comment in it */
        return replace(arena, list, list->byte + 1, list->byte + 1,
                       flow_item(arena, "", members, count, ""));
    }
    if (last == NULL) {
        return sla_edit_member(arena, mapping, key, flow_item(arena, "[", members, count, "]"));
    }
    while (last->next != NULL) {
        last = last->next;
    }
    if (list->source->text.ptr[list->byte] == '[') {
        uint32_t at = last->byte_last;
        return replace(arena, list, at, at, flow_item(arena, ", ", members, count, ""));
    }
    add_block_item(&text, line_end(list->source), dash_blanks(list), members, count);
    return add_lines(arena, list, last, arena_copy(arena, buf_slice(&text)));
}
