#include "cli/agreement.h"
#include "cli/cmd.h"
#include "cli/offline.h"
#include "cli/report.h"
#include "cli/text.h"
#include "cli/view.h"
#include "model/names.h"

static const struct view_field fields[] = {
    { "KIND", "kind", VIEW_TEXT },
    { "PARTY", "party", VIEW_TEXT },
    { "NAME", "name", VIEW_TEXT },
    { "VERSION", "version", VIEW_NUMBER },
    { "STATE", "agreement.state", VIEW_TEXT },
    { "DIGEST", "agreement.signedDigest|digest", VIEW_TEXT },
};

static const struct sla_agreement *agreement_of(const struct sla_world *world,
                                                const struct sla_document *document)
{
    size_t i = 0;

    while (i < world->agreement_count && world->agreements[i]->document != document) {
        i++;
    }
    return i < world->agreement_count ? world->agreements[i] : NULL;
}

static void write_document(struct cli *cli, const struct sla_world *world,
                           const struct sla_document *document, struct json_writer *writer)
{
    json_open_object(writer);
    json_add_cstr(writer, "kind", sla_kind_name(document->kind));
    json_add_text(writer, "party", document->party);
    json_add_cstr(writer, "role", party_role_name(document->role));
    json_add_text(writer, "name", document->name);
    json_add_i64(writer, "version", document->version);
    json_add_bool(writer, "template", document->is_template);
    json_add_cstr(writer, "file", document->source->name);
    json_add_text(writer, "digest", text_digest(&cli->arena, &document->digest));
    const struct sla_agreement *agreement = agreement_of(world, document);
    json_key(writer, "agreement");
    if (agreement != NULL) {
        agreement_write_json(cli, agreement, writer);
    } else {
        json_put_null(writer);
    }
    json_close_object(writer);
}

enum cli_exit cmd_sla_list(struct cli *cli)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    struct json_writer writer = { .out = &text };
    struct daemon_list list = { .kind = SLICE("DocumentList") };
    struct offline offline;
    enum cli_exit code =
        offline_compile(cli, cli->args, cli->arg_count, OFFLINE_SOME_DOCUMENTS, &offline);

    if (code != CLI_DONE) {
        return code;
    }
    if (offline.world == NULL) {
        sources_print_findings(cli, &offline.diags);
        return report_error(cli, CLI_NO, "the documents have errors");
    }
    sources_print_warnings(cli, &offline.diags);
    json_open_array(&writer);
    for (size_t i = 0; i < offline.world->document_count; i++) {
        write_document(cli, offline.world, offline.world->documents[i], &writer);
    }
    json_close_array(&writer);
    code = view_read_list(cli, buf_slice(&text), &list);
    if (code == CLI_DONE) {
        view_list(cli, &list, fields, COUNT_OF(fields));
    }
    return code;
}
