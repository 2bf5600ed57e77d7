#include "sla/tell/explain.h"
#include "sla/words/everyday.h"

#include "base/parse.h"
#include "cli/cmd.h"
#include "cli/codes.h"
#include "cli/document.h"
#include "cli/report.h"
#include "cli/topics.h"

enum { LONGER_MAX = 8 };

struct explained {
    uint32_t first, last; /* codes of findings that are asked for; 0: none */
    struct sla_topic topics[SLA_TOPICS_MAX];
    size_t topic_count;
};

static bool is_same(char letter, char lower)
{
    return (letter | 0x20) == lower;
}

/* "RDN0503" or "RDN05xx", in any case, without what says that it is a code. */
static struct slice digits_of(struct slice asked)
{
    static const char prefix[] = "rdn";
    size_t i = 0;

    while (i < asked.len && i < sizeof(prefix) - 1 && is_same(asked.ptr[i], prefix[i])) {
        i++;
    }
    return i == sizeof(prefix) - 1 ? slice_sub(asked, i, asked.len) : asked;
}

/* 0: no number of this range. */
static uint32_t read_number(struct slice digits, uint32_t most)
{
    uint32_t number = 0;
    struct status status = parse_u32(digits, 1, most, &number);

    return status_ok(&status) ? number : 0;
}

static void find_codes(struct slice asked, struct explained *found)
{
    struct slice digits = digits_of(asked);
    size_t len = digits.len;

    if (len > 2 && is_same(digits.ptr[len - 1], 'x') && is_same(digits.ptr[len - 2], 'x')) {
        uint32_t family = read_number(slice_sub(digits, 0, len - 2), CODE_MAX / CODE_FAMILY);
        if (family > 0 && code_family(family * CODE_FAMILY) != NULL) {
            found->first = family * CODE_FAMILY;
            found->last = found->first + CODE_FAMILY - 1;
        }
        return;
    }
    uint32_t code = read_number(digits, CODE_MAX);
    if (code > 0 && code_page(code).len > 0) {
        found->first = found->last = code;
    }
}

/* Those that begin with what was asked for and a dot: `capacity` was meant to be `capacity.cpu`. */
static bool report_longer(const struct cli *cli, struct slice asked, const struct slice *names,
                          size_t count)
{
    struct slice longer[LONGER_MAX];
    size_t found = 0;

    for (size_t i = 0; i < count && found < LONGER_MAX; i++) {
        if (slice_starts(names[i], asked) && names[i].ptr[asked.len] == '.') {
            longer[found++] = names[i];
        }
    }
    report_choices(cli, longer, found);
    return found > 0;
}

/* `uptime`, as people call `availability`, and `allow` for `permit`. */
static bool report_called(struct cli *cli, struct slice asked, const struct slice *topics,
                          size_t topic_count)
{
    struct slice *names = ARENA_NEW(&cli->arena, struct slice, sla_term_count() + 1);
    size_t count = sla_terms_called(asked, names);
    struct slice word = sla_everyday(asked, topics, topic_count);

    if (word.len > 0) {
        names[count++] = word;
    }
    report_choices(cli, names, count);
    return count > 0;
}

/* `laptop` is no name; what speaks of one may be what was looked for. */
static bool report_about(struct cli *cli, struct slice asked)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    struct slice names[SLA_ABOUT_MAX];
    size_t count = sla_topics_about(&cli->arena, asked, names);

    for (size_t i = 0; code_at(i) != 0 && count < SLA_ABOUT_MAX; i++) {
        if (sla_speaks_of(code_page(code_at(i)), asked)) {
            names[count++] = arena_printf(&cli->arena, "RDN%04u", code_at(i));
        }
    }
    for (size_t i = 0; i < count; i++) {
        buf_printf(&text, "%s`%.*s`", i > 0 ? ", " : "", SLICE_ARG(names[i]));
    }
    if (count > 0) {
        report_help(cli, "what speaks of it: %s", text.ptr);
    }
    return count > 0;
}

static enum cli_exit report_unknown(struct cli *cli, const char *asked)
{
    enum cli_exit code = report_error(cli, CLI_NOT_FOUND, "nothing is named `%s`", asked);
    struct slice text = slice_from(asked);
    uint32_t number = read_number(digits_of(text), CODE_MAX);
    size_t count = 0;
    const struct slice *names = sla_topic_names(&cli->arena, &count);

    if (number > 0 && code_family(number) != NULL) {
        report_help(cli, "`redan explain RDN%02uxx` lists the codes near it", number / CODE_FAMILY);
    } else if (!report_called(cli, text, names, count) &&
               !report_nearest(cli, text, names, count) &&
               !report_longer(cli, text, names, count) && !report_about(cli, text)) {
        report_help(cli, "`redan explain` lists all that has an explanation");
    }
    return code;
}

/* Whether the code is among those asked for. */
static bool is_asked(const struct explained *found, uint32_t code)
{
    return code >= found->first && code <= found->last;
}

static void write_code(struct cli *cli, uint32_t code, struct json_writer *writer)
{
    json_open_object(writer);
    json_add_cstr(writer, "of", "code");
    json_add_text(writer, "code", arena_printf(&cli->arena, "RDN%04u", code));
    json_add_cstr(writer, "title", code_rule(code).title);
    json_add_text(writer, "text", code_page(code));
    json_close_object(writer);
}

static void write_json(struct cli *cli, const char *asked, const struct explained *found,
                       struct buf *out)
{
    struct json_writer writer = { .out = out, .pretty = true };

    json_open_object(&writer);
    json_add_cstr(&writer, "apiVersion", "redan/v1");
    json_add_cstr(&writer, "kind", "Explanation");
    json_add_cstr(&writer, "asked", asked);
    json_key(&writer, "items");
    json_open_array(&writer);
    for (size_t i = 0; code_at(i) != 0; i++) {
        if (is_asked(found, code_at(i))) {
            write_code(cli, code_at(i), &writer);
        }
    }
    for (size_t i = 0; i < found->topic_count; i++) {
        sla_topic_write_json(&found->topics[i], &writer);
    }
    json_close_array(&writer);
    json_close_object(&writer);
    buf_add_char(out, '\n');
}

static void print_codes(const struct explained *found, struct buf *out)
{
    if (found->first == found->last) {
        buf_add_slice(out, code_page(found->first));
        return;
    }
    buf_printf(out, "# RDN%02uxx: %s\n\n", found->first / CODE_FAMILY, code_family(found->first));
    for (size_t i = 0; code_at(i) != 0; i++) {
        if (is_asked(found, code_at(i))) {
            buf_printf(out, "- RDN%04u: %s\n", code_at(i), code_rule(code_at(i)).title);
        }
    }
}

static void print_text(const struct explained *found, struct buf *out)
{
    if (found->first != 0) {
        print_codes(found, out);
    }
    for (size_t i = 0; i < found->topic_count; i++) {
        if (out->len > 0) {
            buf_add_char(out, '\n');
        }
        sla_topic_print(&found->topics[i], out);
    }
}

static void print_names(const struct explained *found, struct buf *out)
{
    for (size_t i = 0; code_at(i) != 0; i++) {
        if (is_asked(found, code_at(i))) {
            buf_printf(out, "RDN%04u\n", code_at(i));
        }
    }
    for (size_t i = 0; i < found->topic_count; i++) {
        sla_topic_print_name(&found->topics[i], out);
        buf_add_char(out, '\n');
    }
}

static void list_topics(struct cli *cli, struct buf *out)
{
    if (cli->format == CLI_JSON) {
        topics_write_json(cli, out);
    } else if (cli->format == CLI_NAME) {
        topics_print_names(cli, out);
    } else {
        topics_print(cli, out);
        report_help(cli,
                    "`redan explain NAME` explains one; `RDN05xx` names the codes of a family");
    }
}

static enum cli_exit explain(struct cli *cli, const char *asked, struct buf *out)
{
    struct explained found = { 0 };

    find_codes(slice_from(asked), &found);
    found.topic_count = sla_topics(slice_from(asked), found.topics);
    if (found.first == 0 && found.topic_count == 0) {
        return report_unknown(cli, asked);
    }
    if (cli->format == CLI_JSON) {
        write_json(cli, asked, &found, out);
    } else if (cli->format == CLI_NAME) {
        print_names(&found, out);
    } else {
        print_text(&found, out);
    }
    return CLI_DONE;
}

enum cli_exit cmd_explain(struct cli *cli)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    enum cli_exit code = CLI_DONE;

    if (cli->arg_count == 0) {
        list_topics(cli, &out);
    } else {
        code = explain(cli, cli->args[0], &out);
    }
    if (code == CLI_DONE) {
        document_print(cli, buf_slice(&out));
    }
    return code;
}
