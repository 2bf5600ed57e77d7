#include "sla/report.h"

#include "base/lookalike.h"
#include "sla/words/everyday.h"

enum { NEAR_DISTANCE = 2, LISTED_MAX = 12 };

/* The nearest name, and another one that is as near: which of them was meant is not ours to say. */
struct nearest {
    struct slice name, other; /* empty: none */
    size_t distance;
};

/* One slip, or less than half of the text: `rest` is not a misspelt `cost`. */
static bool is_likeness(size_t distance, struct slice text)
{
    return distance < text.len && (distance <= 1 || distance * 2 < text.len);
}

static struct nearest nearest_of(struct slice text, const struct slice *names, size_t count)
{
    struct nearest nearest = { 0 };
    size_t best = NEAR_DISTANCE + 1;

    for (size_t i = 0; i < count; i++) {
        size_t distance = slice_distance(text, names[i], NEAR_DISTANCE);
        if (distance < best && is_likeness(distance, text)) {
            best = distance;
            nearest = (struct nearest){ .name = names[i], .distance = distance };
        } else if (distance == best && nearest.name.len > 0 && nearest.other.len == 0 &&
                   !slice_eq(names[i], nearest.name)) {
            nearest.other = names[i];
        }
    }
    return nearest;
}

/* Without the quotes, blanks and dashes that only look like plain ones. */
static struct slice plain_of(struct draft *draft, struct slice text, struct lookalike *out_odd)
{
    CLEANUP(buf_done) struct buf plain = { 0 };

    *out_odd = (struct lookalike){ 0 };
    (void)lookalike_plain(text, &plain, out_odd);
    struct slice bare = lookalike_unquoted(buf_slice(&plain));
    return slice_eq(bare, text) ? text : arena_copy(draft->arena, bare);
}

/* As it has to stand in a document: a plain scalar does not begin with `>` or `<`. */
static struct slice as_written(struct draft *draft, struct slice name)
{
    bool needs = slice_starts(name, SLICE(">")) || slice_starts(name, SLICE("<"));

    return needs ? arena_printf(draft->arena, "\"%.*s\"", SLICE_ARG(name)) : name;
}

static void list_names(struct buf *out, const struct slice *names, size_t count)
{
    for (size_t i = 0; i < count && i < LISTED_MAX; i++) {
        buf_printf(out, "%s`%.*s`", i > 0 ? ", " : "", SLICE_ARG(names[i]));
    }
    if (count > LISTED_MAX) {
        buf_printf(out, " and %zu more", count - LISTED_MAX);
    }
}

/* Where the last part of a name begins: `rest` of `encryption.rest`, `web-1` of `booking/web-1`. */
static size_t last_part(struct slice name)
{
    size_t at = name.len;

    while (at > 0 && name.ptr[at - 1] != '.' && name.ptr[at - 1] != '/') {
        at--;
    }
    return at;
}

/* `encryption.at-rest` begins as `encryption.rest` does, and `encryption` is the theme of both;
 * `web-1` ends as `booking/web-1` does. */
static bool is_kin(struct slice word, struct slice name)
{
    size_t tail = last_part(name);
    size_t word_tail = last_part(word);

    if (word.len > 0 && slice_starts(slice_sub(name, word.len, name.len), SLICE(".")) &&
        slice_starts(name, word)) {
        return true;
    }
    if (tail == 0) {
        return false;
    }
    return slice_starts(word, slice_sub(name, 0, tail)) ||
           slice_eq(slice_sub(word, word_tail, word.len), slice_sub(name, tail, name.len));
}

static bool has_too_many_errors(const struct draft *draft)
{
    return draft->is_full ||
           draft->diags->errors - draft->errors_before >= yaml_errors_max(draft->diags);
}

bool sla_is_full_at(struct draft *draft, const struct diag_span *at)
{
    if (!has_too_many_errors(draft)) {
        return false;
    }
    if (!draft->is_full) {
        draft->is_full = true;
        yaml_report_stopped(draft->diags, *at);
    }
    return true;
}

bool sla_is_full(struct draft *draft, const struct yaml_node *at)
{
    if (!has_too_many_errors(draft)) {
        return false; /* without a look at the text for the place */
    }
    struct diag_span span = yaml_span(at);
    return sla_is_full_at(draft, &span);
}

void sla_count_errors(struct draft *draft)
{
    draft->errors_before = draft->diags->errors;
    draft->is_full = false;
}

bool sla_may_compare(struct draft *draft, size_t count)
{
    if (draft->compared_count + count > SLA_COMPARED_MAX) {
        return false; /* a list of hints helps nobody */
    }
    draft->compared_count += count;
    return true;
}

struct slice sla_nearest(struct draft *draft, struct slice text, const struct slice *names,
                         size_t count)
{
    return sla_may_compare(draft, count) ? nearest_of(text, names, count).name
                                         : (struct slice){ 0 };
}

/* One of two that have one name may be misnamed: then what looks for its true name is right. Labels
 * may stand there twice for good, so some name has to be reported, too. */
static bool may_be_misnamed(const struct draft *draft, const struct slice *names, size_t count)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };
    const uint32_t *order = NULL;

    if (!draft->has_repeated) {
        return false;
    }
    order = sla_names_order(&scratch, names, count);
    for (size_t i = 1; i < count; i++) {
        struct slice name = names[order[i]];
        if (name.len > 0 && slice_eq(name, names[order[i - 1]])) {
            return true;
        }
    }
    return false;
}

static bool is_among(struct slice name, const struct slice *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (slice_eq(name, names[i])) {
            return true;
        }
    }
    return false;
}

/* Several that are as near as the nearest: each is told, once. */
static void report_as_near(struct draft *draft, struct diag *diag, struct diag_span span,
                           struct slice text, const struct slice *names, size_t count,
                           const struct nearest *nearest)
{
    struct slice found[LISTED_MAX] = { nearest->name, nearest->other };
    size_t found_count = 2;
    size_t compared = sla_may_compare(draft, count) ? count : 0;

    for (size_t i = 0; i < compared && found_count < LISTED_MAX; i++) {
        if (slice_distance(text, names[i], NEAR_DISTANCE) == nearest->distance &&
            !is_among(names[i], found, found_count)) {
            found[found_count++] = names[i];
        }
    }
    if (found_count > 2) {
        sla_report_meant(draft, diag, span, found, found_count);
        return;
    }
    diag_help(draft->diags, diag, "did you mean `%.*s` or `%.*s`?", SLICE_ARG(nearest->name),
              SLICE_ARG(nearest->other));
}

void sla_report_odd(struct draft *draft, struct diag *diag, const struct lookalike *odd)
{
    if (odd->len > 0) {
        diag_note(draft->diags, diag, "%s (U+%04X) stands in it%s", odd->name, (unsigned)odd->code,
                  odd->plain[0] == '\0' ? ", where nobody sees it" : "");
    }
}

bool sla_report_nearest(struct draft *draft, struct diag *diag, struct diag_span span,
                        struct slice text, const struct slice *names, size_t count)
{
    struct nearest nearest = { 0 };
    struct lookalike odd;
    struct slice plain = plain_of(draft, text, &odd);

    if (sla_may_compare(draft, count)) {
        nearest = nearest_of(plain, names, count);
    }
    if (nearest.name.len == 0 || slice_eq(nearest.name, text)) {
        return false; /* what is written is there, and something else is wrong */
    }
    if (nearest.other.len > 0) {
        report_as_near(draft, diag, span, plain, names, count, &nearest);
        return true;
    }
    diag_help(draft->diags, diag, "did you mean `%.*s`?", SLICE_ARG(nearest.name));
    (void)diag_fix(draft->diags, diag, !may_be_misnamed(draft, names, count), span,
                   as_written(draft, nearest.name), "replace with `%.*s`", SLICE_ARG(nearest.name));
    sla_report_odd(draft, diag, &odd);
    return true;
}

void sla_report_meant(struct draft *draft, struct diag *diag, struct diag_span span,
                      const struct slice *names, size_t count)
{
    CLEANUP(buf_done) struct buf list = { 0 };

    list_names(&list, names, count);
    diag_help(draft->diags, diag, "did you mean %s%s?", count > 1 ? "one of " : "", list.ptr);
    if (count == 1) {
        (void)diag_fix(draft->diags, diag, false, span, as_written(draft, names[0]),
                       "replace with %s", list.ptr);
    }
}

/* Those that share a part with the text. False: none does. */
static bool report_kin(struct draft *draft, struct diag *diag, struct diag_span span,
                       struct slice text, const struct slice *names, size_t count)
{
    struct slice kin[LISTED_MAX];
    size_t found = 0;

    for (size_t i = 0; i < count && found < LISTED_MAX && sla_may_compare(draft, 1); i++) {
        if (is_kin(text, names[i])) {
            kin[found++] = names[i];
        }
    }
    if (found > 0) {
        sla_report_meant(draft, diag, span, kin, found);
    }
    return found > 0;
}

/* `op: allow`, where `permit` is the word. What is then allowed, or not asked for, may matter, so
 * the fix is never applied unasked. */
static bool report_everyday(struct draft *draft, struct diag *diag, struct diag_span span,
                            struct slice text, const struct slice *names, size_t count)
{
    struct slice word = sla_everyday(text, names, count);

    if (word.len > 0) {
        sla_report_meant(draft, diag, span, &word, 1);
    }
    return word.len > 0;
}

void sla_report_choices(struct draft *draft, struct diag *diag, struct diag_span span,
                        struct slice text, const struct slice *names, size_t count)
{
    if (sla_report_nearest(draft, diag, span, text, names, count) ||
        report_everyday(draft, diag, span, text, names, count) ||
        report_kin(draft, diag, span, text, names, count)) {
        return;
    }
    if (count > 0) {
        CLEANUP(buf_done) struct buf known = { 0 };
        list_names(&known, names, count);
        diag_help(draft->diags, diag, "expected %s%s", count > 1 ? "one of " : "", known.ptr);
    } else if (names == NULL) {
        diag_help(draft->diags, diag, "look at how it is spelled where it is declared");
    } else {
        diag_help(draft->diags, diag, "none is declared here");
    }
}

struct diag *sla_report_name(struct draft *draft, unsigned code, struct diag_span span,
                             struct slice text, const char *what, const struct slice *names,
                             size_t count)
{
    struct diag *diag =
        diag_add(draft->diags, DIAG_ERROR, code, span, "`%.*s` is not %s", SLICE_ARG(text), what);

    sla_report_choices(draft, diag, span, text, names, count);
    return diag;
}

struct diag *sla_report_word(struct draft *draft, unsigned code, struct diag_span span,
                             struct slice text, const char *what, const char *const *names,
                             size_t count)
{
    struct slice *slices = ARENA_NEW(draft->arena, struct slice, count + 1);
    size_t used = 0;

    for (size_t i = 0; i < count; i++) {
        if (names[i] != NULL) {
            slices[used++] = slice_from(names[i]);
        }
    }
    return sla_report_name(draft, code, span, text, what, slices, used);
}

struct diag *sla_report_value(struct draft *draft, unsigned code, struct diag_span span,
                              const char *what, const struct status *status)
{
    struct diag *diag = diag_add(draft->diags, DIAG_ERROR, code, span, "%s is wrong", what);

    diag_label(draft->diags, diag, "%s", status->msg);
    return diag;
}

/* What stands before the last part: `grop` of `hospital-b/grop/lab`. */
static struct slice kind_of(struct slice text)
{
    size_t to = slice_rfind(text, '/');
    size_t from = to;

    while (from > 0 && to < text.len && text.ptr[from - 1] != '/') {
        from--;
    }
    return to < text.len ? slice_sub(text, from, to) : (struct slice){ 0 };
}

void sla_report_subject(struct draft *draft, const struct yaml_node *node,
                        const struct status *status, const char *example)
{
    static const char *const words[] = { "user", "group" };
    struct slice kind = kind_of(node->text);
    struct diag *diag =
        sla_report_value(draft, SLA_CODE_NAME, yaml_span(node), "the subject", status);
    struct slice names[COUNT_OF(words)];

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        names[i] = slice_from(words[i]);
    }
    struct slice near = sla_nearest(draft, kind, names, COUNT_OF(words));
    if (kind.len == 0 || near.len == 0 || slice_eq(kind, near)) {
        diag_help(draft->diags, diag, "for example `%s`", example);
        return;
    }
    size_t before = (size_t)(kind.ptr - node->text.ptr);
    struct slice rest = slice_sub(node->text, before + kind.len, node->text.len);
    struct slice meant = arena_printf(draft->arena, "%.*s%.*s%.*s", (int)before, node->text.ptr,
                                      SLICE_ARG(near), SLICE_ARG(rest));
    diag_help(draft->diags, diag, "did you mean `%.*s`?", SLICE_ARG(meant));
    (void)diag_fix(draft->diags, diag, true, yaml_span(node), meant, "replace with `%.*s`",
                   SLICE_ARG(meant));
}

void sla_report_partial(struct draft *draft, struct diag *diag)
{
    if (draft->options.partial) {
        diag_note(draft->diags, diag,
                  "a warning, as other documents may have it; `redan sla test`, `show` and "
                  "`compile` take all to be here, and refuse it");
    }
}

void sla_report_some(struct draft *draft, struct diag *diag)
{
    if (draft->options.partial) {
        diag_note(draft->diags, diag,
                  "of the documents given here: another may name it, so give all of them");
    }
}

void sla_report_older(struct draft *draft, struct diag_span span, const char *what,
                      struct slice today)
{
    struct diag *diag = diag_add(draft->diags, DIAG_WARNING, SLA_CODE_OLDER, span,
                                 "%s is written in an older way", what);

    diag_help(draft->diags, diag, "write `%.*s`", SLICE_ARG(today));
    (void)diag_fix(draft->diags, diag, true, span, today, "write `%.*s`", SLICE_ARG(today));
}

void sla_report_repeated(struct draft *draft, const char *what, struct slice name,
                         struct diag_span first, struct diag_span again)
{
    struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_REPEATED, again,
                                 "%s `%.*s` is repeated", what, SLICE_ARG(name));

    draft->has_repeated = true;
    diag_secondary(draft->diags, diag, first, "first here");
    diag_help(draft->diags, diag, "give one of them another name");
}

void sla_report_hint(struct draft *draft, struct diag *diag, struct diag_span span,
                     const struct sla_hint *hint)
{
    diag_help(draft->diags, diag, "%s", hint->help);
    if (hint->write[0] != '\0') {
        (void)diag_fix(draft->diags, diag, hint->same, span, slice_from(hint->write),
                       "replace with `%s`", hint->write);
    }
}

void sla_report_quantity(struct draft *draft, const struct yaml_node *node, const char *what,
                         enum sla_measure measure, const struct status *status)
{
    struct diag *diag = sla_report_value(draft, SLA_CODE_QUANTITY, yaml_span(node), what, status);
    struct sla_hint hint;

    sla_hint(measure, node->text, &hint);
    sla_report_hint(draft, diag, yaml_span(node), &hint);
}
