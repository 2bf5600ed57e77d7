#include "cli/effects.h"

#include "base/diag_github.h"
#include "cli/report.h"
#include "cli/text.h"

static int64_t number(const struct json *object, const char *key)
{
    const struct json *member = json_get(object, key);
    int64_t value = 0;

    if (member != NULL) {
        struct status status = json_i64(member, 0, INT64_MAX, &value);
        (void)status; /* then it is 0, and not shown */
    }
    return value;
}

/* The sentences of one kind, each behind `indent`, and how many there are besides. */
static void add_sentences(const struct json *list, const char *indent, struct buf *out)
{
    const struct json *sentences = json_get(list, "sentences");
    int64_t left = number(list, "sentenceCount");

    for (const struct json *at = sentences != NULL ? sentences->first : NULL; at != NULL;
         at = at->next) {
        buf_printf(out, "%s%.*s\n", indent, SLICE_ARG(at->text));
        left--;
    }
    if (left > 0) {
        buf_printf(out, "%s... and %lld more\n", indent, (long long)left);
    }
}

/* As it was sent: nothing is escaped yet. */
static void add_all(const struct json *effects, struct buf *out)
{
    for (const struct json *at = effects != NULL ? effects->first : NULL; at != NULL;
         at = at->next) {
        struct slice kind = json_text(at, "kind");
        buf_printf(out, "\n%.*s: %lld\n", SLICE_ARG(kind), (long long)number(at, "count"));
        add_sentences(at, "  ", out);
    }
}

void effects_print(struct cli *cli, const struct json *effects, struct buf *out)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    add_all(effects, &text);
    for (struct slice rest = buf_slice(&text); rest.len > 0;) {
        struct slice line = text_safe(&cli->arena, slice_cut(&rest, '\n'));
        buf_printf(out, "%.*s\n", SLICE_ARG(line));
    }
}

void effects_report(const struct cli *cli, const struct json *effects)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    add_all(effects, &text);
    for (struct slice rest = buf_slice(&text); rest.len > 0;) {
        struct slice line = slice_cut(&rest, '\n');
        report_line(cli, "%.*s", SLICE_ARG(line));
    }
}

void effects_annotate(const struct json *effects, struct buf *out)
{
    for (const struct json *at = effects != NULL ? effects->first : NULL; at != NULL;
         at = at->next) {
        CLEANUP(buf_done) struct buf title = { 0 };
        CLEANUP(buf_done) struct buf text = { 0 };
        const struct json *grave = json_get(at, "grave");
        struct slice kind = json_text(at, "kind");
        buf_printf(&title, "%.*s (%lld)", SLICE_ARG(kind), (long long)number(at, "count"));
        add_sentences(at, "", &text);
        diag_github_annotate(grave != NULL && grave->truth ? DIAG_WARNING : DIAG_NOTE,
                             buf_slice(&title), slice_trim(buf_slice(&text)), out);
    }
}
