#include "base/json.h"
#include "cli/cmd.h"
#include "cli/document.h"
#include "cli/report.h"

enum cli_exit cmd_version(struct cli *cli)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    struct json_writer writer = { .out = &out, .pretty = true };

    if (cli->format == CLI_JSON) {
        json_open_object(&writer);
        json_add_cstr(&writer, "apiVersion", "redan/v1");
        json_add_cstr(&writer, "kind", "Version");
        json_add_cstr(&writer, "version", REDAN_VERSION);
        json_add_cstr(&writer, "api", "v1");
        json_add_cstr(&writer, "sla", "redan/v1");
        json_close_object(&writer);
        buf_add_char(&out, '\n');
    } else {
        buf_add_cstr(&out, "redan " REDAN_VERSION " (API v1, SLA language redan/v1)\n");
    }
    document_print(cli, buf_slice(&out));
    return CLI_DONE;
}
