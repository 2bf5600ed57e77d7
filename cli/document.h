/* cli/document.h - one JSON document as the format that was asked for: JSON as it stands, NDJSON,
 * or YAML. The only place that knows the difference. */
#ifndef REDAN_CLI_DOCUMENT_H
#define REDAN_CLI_DOCUMENT_H

#include "cli/cli.h"

/* Prints `text`, which is one JSON document with -o json, yaml and ndjson; with other formats it is
 * printed as it is. NDJSON: a version line; each element of the document's first list (items,
 * diagnostics, rows) on a line; last what else the document says, with "type":"summary". */
void document_print(struct cli *cli, struct slice text);

#endif
