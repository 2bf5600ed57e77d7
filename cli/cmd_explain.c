#include "sla/explain.h"

#include "base/parse.h"
#include "cli/cmd.h"
#include "cli/codes.h"
#include "cli/document.h"
#include "cli/report.h"

struct explained {
    uint32_t code; /* 0: none */
    struct slice page;
    struct sla_topic topics[SLA_TOPICS_MAX];
    size_t topic_count;
};

/* "RDN0503", in any case, or its number; 0: neither. */
static uint32_t read_code(struct slice asked)
{
    static const char prefix[] = "rdn";
    struct slice digits = asked;
    uint32_t code = 0;
    size_t i = 0;

    while (i < asked.len && i < sizeof(prefix) - 1 && (asked.ptr[i] | 0x20) == prefix[i]) {
        i++;
    }
    if (i == sizeof(prefix) - 1) {
        digits = slice_sub(asked, i, asked.len);
    }
    struct status status = parse_u32(digits, 1, CODE_MAX, &code);
    return status_ok(&status) ? code : 0;
}

static enum cli_exit report_unknown(struct cli *cli, const char *asked)
{
    enum cli_exit code = report_error(cli, CLI_NOT_FOUND, "nothing is named `%s`", asked);
    size_t count = 0;
    const struct slice *names = sla_topic_names(&cli->arena, &count);

    if (!report_nearest(cli, slice_from(asked), names, count)) {
        report_help(cli,
                    "it takes a kind (`SecuritySLA`), a member (`spec.clauses.window`), a term "
                    "(`availability`) or a code (`RDN0503`)");
    }
    return code;
}

static void write_json(const char *asked, const struct explained *found, struct buf *out)
{
    struct json_writer writer = { .out = out, .pretty = true };

    json_open_object(&writer);
    json_add_cstr(&writer, "apiVersion", "redan/v1");
    json_add_cstr(&writer, "kind", "Explanation");
    json_add_cstr(&writer, "asked", asked);
    json_key(&writer, "items");
    json_open_array(&writer);
    if (found->code != 0) {
        struct buf name = { 0 };
        buf_printf(&name, "RDN%04u", found->code);
        json_open_object(&writer);
        json_add_cstr(&writer, "of", "code");
        json_add_text(&writer, "code", buf_slice(&name));
        json_add_cstr(&writer, "title", code_rule(found->code).title);
        json_add_text(&writer, "text", found->page);
        json_close_object(&writer);
        buf_done(&name);
    }
    for (size_t i = 0; i < found->topic_count; i++) {
        sla_topic_write_json(&found->topics[i], &writer);
    }
    json_close_array(&writer);
    json_close_object(&writer);
    buf_add_char(out, '\n');
}

static void print_text(const struct explained *found, struct buf *out)
{
    buf_add_slice(out, found->page);
    for (size_t i = 0; i < found->topic_count; i++) {
        if (i > 0) {
            buf_add_char(out, '\n');
        }
        sla_topic_print(&found->topics[i], out);
    }
}

static void print_names(const struct explained *found, struct buf *out)
{
    if (found->code != 0) {
        buf_printf(out, "RDN%04u\n", found->code);
    }
    for (size_t i = 0; i < found->topic_count; i++) {
        const struct sla_topic *topic = &found->topics[i];
        if (topic->term != NULL) {
            buf_printf(out, "%s\n", topic->term->name);
        } else {
            buf_printf(out, "%s%s%s\n", topic->record->path, topic->field != NULL ? "." : "",
                       topic->field != NULL ? topic->field->key : "");
        }
    }
}

enum cli_exit cmd_explain(struct cli *cli)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    struct slice asked = slice_from(cli->args[0]);
    struct explained found = { .code = read_code(asked) };

    if (found.code != 0) {
        found.page = code_page(found.code);
        found.code = found.page.len > 0 ? found.code : 0;
    }
    found.topic_count = sla_topics(asked, found.topics);
    if (found.code == 0 && found.topic_count == 0) {
        return report_unknown(cli, cli->args[0]);
    }
    if (cli->format == CLI_JSON) {
        write_json(cli->args[0], &found, &out);
    } else if (cli->format == CLI_NAME) {
        print_names(&found, &out);
    } else {
        print_text(&found, &out);
    }
    document_print(cli, buf_slice(&out));
    return CLI_DONE;
}
