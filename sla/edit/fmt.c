#include "sla/edit/fmt.h"

#include "sla/edit/fmt_lines.h"

/* A text that was read, with what its tree does not have. */
struct reading {
    const struct diag_source *source;
    const struct yaml_document *documents;
    struct yaml_tokens tokens;
};

static struct status read_text(struct arena *arena, struct reading *reading,
                               struct diag_list *diags)
{
    size_t errors = diags->errors;

    reading->documents = yaml_read(arena, reading->source, diags);
    if (diags->errors > errors) {
        return status_error(STATUS_INVALID, "%s: cannot be read", reading->source->name);
    }
    return yaml_tokens_read(arena, reading->source->text, &reading->tokens);
}

/* --- is it the same -------------------------------------------------------------------------- */

/* NOLINTNEXTLINE(misc-no-recursion): yaml_read bounds the depth */
static bool same_tree(const struct yaml_node *a, const struct yaml_node *b)
{
    if (a->kind != b->kind || a->quoted != b->quoted || !slice_eq(a->text, b->text) ||
        !slice_eq(a->key, b->key) || a->count != b->count) {
        return false;
    }
    const struct yaml_node *other = b->first;
    for (const struct yaml_node *at = a->first; at != NULL; at = at->next, other = other->next) {
        if (!same_tree(at, other)) {
            return false;
        }
    }
    return true;
}

static bool same_documents(const struct yaml_document *a, const struct yaml_document *b)
{
    for (; a != NULL && b != NULL; a = a->next, b = b->next) {
        bool both = a->root != NULL && b->root != NULL;
        if (both ? !same_tree(a->root, b->root) : a->root != b->root) {
            return false;
        }
    }
    return a == b;
}

/* The next token with a text, or NULL. */
static const struct yaml_token *next_token(const struct yaml_tokens *tokens, size_t *at)
{
    while (*at < tokens->count && !yaml_token_has_text(&tokens->items[*at])) {
        ++*at;
    }
    return *at < tokens->count ? &tokens->items[(*at)++] : NULL;
}

static bool same_tokens(const struct yaml_tokens *a, const struct yaml_tokens *b)
{
    const struct yaml_token *left = NULL;
    const struct yaml_token *right = NULL;
    size_t left_at = 0;
    size_t right_at = 0;

    do {
        left = next_token(a, &left_at);
        right = next_token(b, &right_at);
    } while (left != NULL && right != NULL && left->kind == right->kind);
    return left == right; /* both at the end */
}

static bool same_comments(const struct reading *a, const struct reading *b)
{
    if (a->tokens.comment_count != b->tokens.comment_count) {
        return false;
    }
    for (size_t i = 0; i < a->tokens.comment_count; i++) {
        const struct yaml_comment *left = &a->tokens.comments[i];
        const struct yaml_comment *right = &b->tokens.comments[i];
        if (left->before != right->before || left->in_header != right->in_header ||
            !slice_eq(slice_sub(a->source->text, left->byte, left->byte_end),
                      slice_sub(b->source->text, right->byte, right->byte_end))) {
            return false;
        }
    }
    return true;
}

/* What differs; NULL: nothing. */
static const char *difference(const struct reading *before, const struct reading *after)
{
    if (!same_documents(before->documents, after->documents)) {
        return "values";
    }
    if (!same_tokens(&before->tokens, &after->tokens)) {
        return "words";
    }
    return same_comments(before, after) ? NULL : "comments";
}

static struct status check_result(struct arena *arena, const struct reading *before,
                                  struct slice text)
{
    CLEANUP(buf_done) struct buf again = { 0 };
    const char *name = before->source->name;
    const struct diag_source source = { name, text };
    struct reading after = { .source = &source };
    struct diag_list diags;

    diag_list_init(&diags, arena);
    struct status status = read_text(arena, &after, &diags);
    if (!status_ok(&status)) {
        return status_error(STATUS_INTERNAL, "%s: the new layout cannot be read", name);
    }
    const char *what = difference(before, &after);
    if (what != NULL) {
        return status_error(STATUS_INTERNAL, "%s: the new layout has other %s", name, what);
    }
    TRY(fmt_write_lines(text, &after.tokens, &again));
    if (!slice_eq(buf_slice(&again), text)) {
        return status_error(STATUS_INTERNAL, "%s: the new layout is not the last one", name);
    }
    return STATUS_SUCCESS;
}

/* Blanks are added, so a line may grow past what a source may have. */
static struct status check_size(const char *name, const struct buf *lines)
{
    struct slice rest = buf_slice(lines);

    if (lines->overflow) {
        return status_error(STATUS_EXHAUSTED, "%s: over %d bytes in the new layout", name,
                            YAML_BYTES_MAX);
    }
    for (unsigned line = 1; rest.len > 0; line++) {
        if (slice_cut(&rest, '\n').len > YAML_LINE_BYTES_MAX) {
            return status_error(STATUS_EXHAUSTED, "%s: line %u is over %d bytes in the new layout",
                                name, line, YAML_LINE_BYTES_MAX);
        }
    }
    return STATUS_SUCCESS;
}

struct status sla_fmt(struct arena *arena, const struct diag_source *source,
                      struct diag_list *diags, struct slice *out)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };
    CLEANUP(buf_done) struct buf lines = { .limit = YAML_BYTES_MAX };
    struct reading before = { .source = source };

    TRY(read_text(&scratch, &before, diags));
    TRY(status_wrap(fmt_write_lines(source->text, &before.tokens, &lines), "%s", source->name));
    TRY(check_size(source->name, &lines));
    if (!slice_eq(buf_slice(&lines), source->text)) {
        TRY(check_result(&scratch, &before, buf_slice(&lines)));
    }
    *out = arena_copy(arena, buf_slice(&lines));
    return STATUS_SUCCESS;
}
