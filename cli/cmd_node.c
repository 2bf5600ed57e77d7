#include <unistd.h>

#include "base/file.h"
#include "cli/cmd.h"
#include "cli/daemon.h"
#include "cli/document.h"
#include "cli/report.h"
#include "cli/view.h"
#include "wire/registry.h"

static const char registry_default[] = "/etc/redan/keys";

enum cli_exit cmd_node_list(struct cli *cli)
{
    static const struct view_field fields[] = {
        { "NAME", "name", VIEW_TEXT },         { "ROLE", "role", VIEW_TEXT },
        { "STATE", "state", VIEW_TEXT },       { "SEEN", "last_seen_at", VIEW_AGE },
        { "VIA", "via", VIEW_TEXT },           { "EVENTS", "seq", VIEW_NUMBER },
        { "SERVICES", "services", VIEW_LIST },
    };

    return view_list_command(cli, "/v1/nodes", "", fields, COUNT_OF(fields));
}

/* --- add ------------------------------------------------------------------------------------- */

static enum cli_exit read_services(struct cli *cli, struct registry_node_spec *spec)
{
    struct slice rest = slice_from(cli->values[OPTION_SERVICES]);
    struct service_id *services = ARENA_NEW(&cli->arena, struct service_id, NODE_SERVICES_MAX);

    while (rest.len > 0) {
        struct slice name = slice_cut(&rest, ',');
        if (spec->service_count == NODE_SERVICES_MAX) {
            return report_error(cli, CLI_USAGE, "over %d services", NODE_SERVICES_MAX);
        }
        if (!service_id_parse(name, &services[spec->service_count])) {
            enum cli_exit code =
                report_error(cli, CLI_USAGE, "`%.*s` is not a service", SLICE_ARG(name));
            report_help(cli, "services look like `L2.network.enforce`: layer, plane, monitor or "
                             "enforce");
            return code;
        }
        spec->service_count++;
    }
    spec->services = services;
    return CLI_DONE;
}

/* What an SMA must have and others must not. */
static enum cli_exit check_spec(const struct cli *cli, const struct registry_node_spec *spec)
{
    bool is_sma = spec->role == PEER_SMA;

    if (!node_name_is_valid(spec->name)) {
        enum cli_exit code =
            report_error(cli, CLI_USAGE, "`%.*s` is not a node name", SLICE_ARG(spec->name));
        report_help(cli, "names are of a-z, 0-9 and inner dashes, at most 63");
        return code;
    }
    if (is_sma && (spec->aggregator.len == 0 || spec->service_count == 0)) {
        return report_error(cli, CLI_USAGE, "an SMA needs `--aggregator` and `--services`");
    }
    if (!is_sma && (spec->aggregator.len > 0 || spec->service_count > 0)) {
        return report_error(cli, CLI_USAGE, "only an SMA has `--aggregator` and `--services`");
    }
    struct status together = service_ids_check(spec->services, spec->service_count);
    if (!status_ok(&together)) {
        enum cli_exit code = report_error(cli, CLI_USAGE, "%s", together.msg);
        report_help(cli, "an `enforce` service needs the `monitor` service of its layer and plane");
        return code;
    }
    if (spec->role != PEER_ORCHESTRATOR && !cli_has(cli, OPTION_OUT)) {
        return report_error(cli, CLI_USAGE, "where shall its files go?  `--out FOLDER`");
    }
    return CLI_DONE;
}

static enum cli_exit add_node(struct cli *cli, const struct registry_node_spec *spec,
                              const char *registry, const char *out)
{
    struct status status = spec->role == PEER_ORCHESTRATOR ? registry_init(registry, spec->name)
                                                           : registry_add_node(registry, spec, out);

    if (!status_ok(&status)) {
        enum cli_exit code = report_file(cli, status);
        if (code == CLI_NOT_FOUND &&
            access(file_path(&cli->arena, registry, "registry.yaml"), F_OK) != 0) {
            report_help(cli,
                        "a registry begins with `redan node add redand --role orchestrator "
                        "--registry %s`",
                        registry);
        }
        return code;
    }
    if (cli->format == CLI_JSON) {
        CLEANUP(buf_done) struct buf text = { 0 };
        struct json_writer writer = { .out = &text, .pretty = true };
        json_open_object(&writer);
        json_add_cstr(&writer, "apiVersion", "redan/v1");
        json_add_cstr(&writer, "kind", "NodeAdded");
        json_add_text(&writer, "name", spec->name);
        json_add_cstr(&writer, "role", peer_role_name(spec->role));
        json_add_cstr(&writer, "registry", registry);
        json_add_cstr(&writer, "out", out);
        json_close_object(&writer);
        buf_add_char(&text, '\n');
        document_print(cli, buf_slice(&text));
        return CLI_DONE;
    }
    struct slice line = arena_printf(&cli->arena, "%.*s\n", SLICE_ARG(spec->name));
    report_answer(line);
    if (out != NULL) {
        report_line(cli, "its files are in `%s`: move them to the node, keep no copy", out);
    }
    return CLI_DONE;
}

enum cli_exit cmd_node_add(struct cli *cli)
{
    const char *registry = cli->values[OPTION_REGISTRY];
    const char *role = cli->values[OPTION_ROLE];
    struct registry_node_spec spec = { .name = slice_from(cli->args[0]),
                                       .role = PEER_SMA,
                                       .aggregator = slice_from(cli->values[OPTION_AGGREGATOR]) };
    enum cli_exit code = read_services(cli, &spec);

    if (role != NULL) {
        (void)peer_role_parse(slice_from(role), &spec.role); /* one of the option's choices */
    }
    if (code == CLI_DONE) {
        code = check_spec(cli, &spec);
    }
    if (code != CLI_DONE) {
        return code;
    }
    registry = registry != NULL ? registry : registry_default;
    if (cli_has(cli, OPTION_DRY_RUN)) {
        report_line(cli, "would add %s `%s` to the registry in `%s`", peer_role_name(spec.role),
                    cli->args[0], registry);
        return CLI_DONE;
    }
    const char *out = spec.role == PEER_ORCHESTRATOR ? NULL : cli->values[OPTION_OUT];
    return add_node(cli, &spec, registry, out);
}
