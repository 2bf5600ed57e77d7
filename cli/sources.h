/* cli/sources.h - documents from the command line: files, and folders of *.yaml and *.yml. */
#ifndef REDAN_CLI_SOURCES_H
#define REDAN_CLI_SOURCES_H

#include "base/diag.h"
#include "cli/cli.h"

enum {
    SOURCES_FILE_MAX = 16 * 1024 * 1024,
    SOURCES_FILES_MAX = 4096,
    SOURCES_BYTES_MAX = 1024 * 1024 * 1024
};

/* The name of what was read for a path `-`. */
#define SOURCES_STDIN "<stdin>"

struct sources {
    struct diag_source *items; /* in the run's arena, in the order given; folders sorted */
    size_t count;
    size_t bytes; /* of all of them */
};

bool sources_is_stdin(const struct diag_source *source);

/* Prints what went wrong. Of a file of over SOURCES_FILE_MAX bytes the start is loaded, one byte
 * more than yaml_read takes: it is refused there, with a finding, beside those of the other files.
 */
enum cli_exit sources_load(struct cli *cli, const char *const *paths, size_t count,
                           struct sources *out);

/* A file of public keys, or a folder of *.pem. Prints what went wrong. */
enum cli_exit sources_load_keys(struct cli *cli, const char *path, struct sources *out);

/* One file of any kind; prints what went wrong, with the nearest name beside it. */
enum cli_exit sources_load_file(struct cli *cli, const char *path, size_t max_bytes,
                                struct slice *out);
/* The same of a file that was loaded in another way. */
enum cli_exit sources_report(struct cli *cli, const char *path, struct status loaded);

/* Puts a new text in the place of a file's, whole: the file behind a link, with its mode and owner.
 */
struct status sources_store(const char *path, struct slice text) MUST_USE;
/* The same for a source that was loaded, unless someone else has changed the file since:
 * STATUS_CONFLICT. */
struct status sources_replace(struct cli *cli, const struct diag_source *source,
                              struct slice text) MUST_USE;
/* The texts of `after`, one a source, into the files where they differ; names the files in `out`,
 * unless it is NULL. Prints what went wrong. */
enum cli_exit sources_write_changed(struct cli *cli, const struct sources *before,
                                    const struct diag_source *after, struct buf *out);
/* The texts of `after`, one a source, in place of those that were loaded: with --write (and without
 * --dry-run) into the files, else as a difference. Says on stderr what was not done. */
enum cli_exit sources_change(struct cli *cli, const struct sources *before,
                             const struct diag_source *after);

/* A file or folder that comes with Redan: below $REDAN_DATA, the source tree this program was built
 * in, or /usr/share/redan. NULL when it is in none of them. */
const char *sources_shipped(struct cli *cli, const char *name);

/* Findings on stdout, as the one renderer shows them; --all shows all. */
void sources_print_findings(struct cli *cli, const struct diag_list *diags);
/* The warnings alone, on stderr: beside an answer that is something else. Not with --quiet. */
void sources_print_warnings(struct cli *cli, const struct diag_list *diags);
/* The errors alone, on stderr, in place of an answer. */
void sources_print_errors(struct cli *cli, const struct diag_list *diags);

#endif
