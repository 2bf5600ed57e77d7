#include "sla/read/one_text.h"

#include "base/yaml_plain.h"

/* --- apart ----------------------------------------------------------------------------------- */

/* What divides two values at the start of a text: its bytes; 0: nothing does. */
static size_t divider_at(struct slice rest, bool also_blanks)
{
    static const char *const dividers[] = { ",", ";", "|", " and ", " or ", " & ", "\n" };

    for (size_t i = 0; i < COUNT_OF(dividers); i++) {
        if (slice_starts(rest, slice_from(dividers[i]))) {
            return slice_from(dividers[i]).len;
        }
    }
    return also_blanks && (slice_starts(rest, SLICE(" ")) || slice_starts(rest, SLICE("/"))) ? 1
                                                                                             : 0;
}

static bool is_around(char byte)
{
    return byte == '[' || byte == ']' || byte == '"' || byte == '\'' || byte == ' ';
}

/* Without brackets, quotes and blanks around it. */
static struct slice bare(struct slice text)
{
    while (text.len > 0 && is_around(text.ptr[0])) {
        text = slice_sub(text, 1, text.len);
    }
    while (text.len > 0 && is_around(text.ptr[text.len - 1])) {
        text = slice_sub(text, 0, text.len - 1);
    }
    return text;
}

size_t sla_one_text_split(struct slice text, bool also_blanks,
                          struct slice out_parts[SLA_ONE_TEXT_MAX])
{
    size_t count = 0;
    size_t from = 0;

    for (size_t at = 0; at <= text.len;) {
        size_t len = divider_at(slice_sub(text, at, text.len), also_blanks);
        if (len == 0 && at < text.len) {
            at++;
            continue;
        }
        struct slice part = bare(slice_sub(text, from, at));
        if (part.len > 0 && count == SLA_ONE_TEXT_MAX) {
            return 0;
        }
        if (part.len > 0) {
            out_parts[count++] = part;
        }
        at += len > 0 ? len : 1;
        from = at;
    }
    return count;
}

/* --- as a list ------------------------------------------------------------------------------- */

/* `NO` is no country to other readers of YAML. */
static void write_part(struct buf *out, struct slice part)
{
    bool is_text = yaml_plain_reading(part) == YAML_PLAIN_TEXT;

    buf_printf(out, is_text ? "%.*s" : "\"%.*s\"", SLICE_ARG(part));
}

/* Blanks apart: of a list in brackets the bracket stands there, or the comma behind another item.
 */
static bool is_behind(const struct yaml_node *node, char mark)
{
    const char *text = node->source->text.ptr;
    size_t at = node->byte;

    while (at > 0 && (text[at - 1] == ' ' || text[at - 1] == '\n')) {
        at--;
    }
    return at > 0 && text[at - 1] == mark;
}

void sla_report_as_list(struct draft *draft, struct diag *diag, const struct yaml_node *node,
                        const struct slice *parts, size_t count, bool safe)
{
    CLEANUP(buf_done) struct buf list = { 0 };
    bool is_item = !node->is_member;
    bool in_brackets = is_behind(node, '[') || is_behind(node, ',');

    for (size_t i = 0; i < count; i++) {
        buf_add_cstr(&list, i > 0 ? ", " : "");
        write_part(&list, parts[i]);
    }
    diag_help(draft->diags, diag, "several values are a list: write `[%.*s]`",
              SLICE_ARG(buf_slice(&list)));
    if (is_item && !in_brackets) {
        return; /* each would need a line of its own */
    }
    struct slice right = is_item
                             ? arena_copy(draft->arena, buf_slice(&list))
                             : arena_printf(draft->arena, "[%.*s]", SLICE_ARG(buf_slice(&list)));
    (void)diag_fix(draft->diags, diag, safe, yaml_span(node), right, "write a list");
}
