#include "cli/topics.h"

#include "cli/codes.h"
#include "cli/text.h"
#include "sla/sla.h"
#include "sla/tell/explain.h"

enum { THEME_COLUMNS = 36, LINE_COLUMNS = 100, NAMES_MAX = 128 };

/* Names that belong together; of what kind they are is said where it begins. */
struct theme {
    const char *of; /* "term" */
    const char *section;
    struct slice title; /* of the theme; may be empty */
    struct slice names[NAMES_MAX];
    size_t count;
};

typedef void(theme_fn)(void *arg, const struct theme *theme);

static void name(struct theme *theme, struct slice text)
{
    if (theme->count < NAMES_MAX) {
        theme->names[theme->count++] = text;
    }
}

static void tell_kinds(theme_fn *tell, void *arg)
{
    struct theme theme = { .of = "kind", .section = "Kinds of documents" };

    for (unsigned i = 0; i < SLA_KINDS; i++) {
        name(&theme, slice_from(sla_kind_name((enum sla_kind)i)));
    }
    tell(arg, &theme);
}

static void tell_terms(theme_fn *tell, void *arg)
{
    size_t count = 0;
    const struct sla_term_group *const *groups = sla_term_groups(&count);

    for (size_t i = 0; i < count; i++) {
        struct theme theme = { .of = "term",
                               .section = "Terms",
                               .title = slice_from(groups[i]->title) };
        for (size_t j = 0; j < groups[i]->count; j++) {
            name(&theme, slice_from(groups[i]->terms[j].name));
        }
        tell(arg, &theme);
    }
}

static void tell_words(theme_fn *tell, void *arg)
{
    size_t count = 0;
    const struct sla_glossary *glossaries = sla_glossaries(&count);

    for (size_t i = 0; i < count; i++) {
        struct theme theme = { .of = "word",
                               .section = "Words",
                               .title = slice_from(glossaries[i].title) };
        for (size_t j = 0; j < glossaries[i].count; j++) {
            name(&theme, slice_from(sla_gloss_at(&glossaries[i], j).word));
        }
        tell(arg, &theme);
    }
}

/* Countries themselves are not listed. */
static void tell_places(theme_fn *tell, void *arg)
{
    struct theme theme = { .of = "place", .section = "Countries, by their ISO 3166-1 codes" };

    theme.title = SLICE("Groups of countries");
    for (size_t i = 0; sla_topic_group(i) != NULL; i++) {
        name(&theme, slice_from(sla_topic_group(i)));
    }
    tell(arg, &theme);
}

static void tell_members(theme_fn *tell, void *arg)
{
    struct theme theme = { .of = "record", .section = "Records, with their members" };
    size_t count = 0;
    const struct sla_record *const *records = sla_records(&count);

    for (size_t i = 0; i < count; i++) {
        name(&theme, slice_from(records[i]->path));
    }
    tell(arg, &theme);
}

static void tell_codes(struct cli *cli, theme_fn *tell, void *arg)
{
    struct theme theme = { .of = "code", .section = "Codes of findings" };
    uint32_t before = 0;

    for (size_t i = 0; code_at(i) != 0; i++) {
        uint32_t family = code_at(i) / CODE_FAMILY;
        if (family != before) {
            if (theme.count > 0) {
                tell(arg, &theme);
            }
            theme.title =
                arena_printf(&cli->arena, "RDN%02uxx: %s", family, code_family(code_at(i)));
            theme.count = 0;
            before = family;
        }
        name(&theme, arena_printf(&cli->arena, "RDN%04u", code_at(i)));
    }
    tell(arg, &theme);
}

static void tell_all(struct cli *cli, theme_fn *tell, void *arg)
{
    tell_kinds(tell, arg);
    tell_terms(tell, arg);
    tell_words(tell, arg);
    tell_places(tell, arg);
    tell_members(tell, arg);
    tell_codes(cli, tell, arg);
}

/* --- for people ------------------------------------------------------------------------------- */

struct printing {
    struct buf *out;
    const char *section; /* the one before */
};

static void print_line(const struct theme *theme, struct buf *out)
{
    size_t indent = theme->title.len > 0 ? THEME_COLUMNS : 2;
    size_t column = indent;

    buf_printf(out, "  %-*.*s", (int)(indent - 2), SLICE_ARG(theme->title));
    for (size_t i = 0; i < theme->count; i++) {
        bool last = i + 1 == theme->count;
        size_t width = text_columns(theme->names[i]) + (last ? 0 : 1);
        if (column > indent && column + 1 + width > LINE_COLUMNS) {
            buf_printf(out, "\n%*s", (int)indent, "");
            column = indent;
        }
        buf_printf(out, "%s%.*s%s", column > indent ? " " : "", SLICE_ARG(theme->names[i]),
                   last ? "\n" : ",");
        column += width + (column > indent ? 1 : 0);
    }
}

static void print_theme(void *arg, const struct theme *theme)
{
    struct printing *self = arg;

    if (self->section != theme->section) {
        buf_printf(self->out, "%s%s\n", self->section != NULL ? "\n" : "", theme->section);
        self->section = theme->section;
    }
    print_line(theme, self->out);
}

void topics_print(struct cli *cli, struct buf *out)
{
    tell_all(cli, print_theme, &(struct printing){ .out = out });
}

static bool is_line_of(struct slice lines, struct slice topic)
{
    while (lines.len > 0) {
        if (slice_eq(slice_cut(&lines, '\n'), topic)) {
            return true;
        }
    }
    return false;
}

/* For shells: each once, and none that they would take for two. */
static void print_theme_names(void *arg, const struct theme *theme)
{
    struct buf *out = arg;

    for (size_t i = 0; i < theme->count; i++) {
        struct slice topic = theme->names[i];
        if (slice_find(topic, ' ') == topic.len && !is_line_of(buf_slice(out), topic)) {
            buf_printf(out, "%.*s\n", SLICE_ARG(topic));
        }
    }
}

void topics_print_names(struct cli *cli, struct buf *out)
{
    tell_all(cli, print_theme_names, out);
}

/* --- for programs ----------------------------------------------------------------------------- */

static void write_theme(void *arg, const struct theme *theme)
{
    struct json_writer *writer = arg;

    for (size_t i = 0; i < theme->count; i++) {
        json_open_object(writer);
        json_add_cstr(writer, "of", theme->of);
        json_add_text(writer, "theme", theme->title);
        json_add_text(writer, "name", theme->names[i]);
        json_close_object(writer);
    }
}

void topics_write_json(struct cli *cli, struct buf *out)
{
    struct json_writer writer = { .out = out, .pretty = true };

    json_open_object(&writer);
    json_add_cstr(&writer, "apiVersion", "redan/v1");
    json_add_cstr(&writer, "kind", "TopicList");
    json_key(&writer, "items");
    json_open_array(&writer);
    tell_all(cli, write_theme, &writer);
    json_close_array(&writer);
    json_close_object(&writer);
    buf_add_char(out, '\n');
}
