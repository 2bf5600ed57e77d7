/* cli/topics.h - everything that `redan explain` explains, by themes. */
#ifndef REDAN_CLI_TOPICS_H
#define REDAN_CLI_TOPICS_H

#include "base/buf.h"
#include "base/json.h"
#include "cli/cli.h"

/* For people: a line a theme, codes by their family ("RDN05xx"). */
void topics_print(struct cli *cli, struct buf *out);
/* A name a line. */
void topics_print_names(struct cli *cli, struct buf *out);
/* One document, of kind TopicList. */
void topics_write_json(struct cli *cli, struct buf *out);

#endif
