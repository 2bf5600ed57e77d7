/* cli/schema_file.h - the schema of documents as a file that editors look at. */
#ifndef REDAN_CLI_SCHEMA_FILE_H
#define REDAN_CLI_SCHEMA_FILE_H

#include "cli/cli.h"

/* Below the folder that holds the documents' folder `sla`. */
#define SCHEMA_FILE ".vscode/redan.schema.json"

/* Its text, in the run's arena. */
struct slice schema_text(struct cli *cli);

#endif
