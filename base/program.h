/* base/program.h - what the command lines of all daemons have in common: the options, the
 * configuration file, `--print-config`, and where the file says what.
 *
 * Part of target `base_yaml`. One thread. */
#ifndef REDAN_BASE_PROGRAM_H
#define REDAN_BASE_PROGRAM_H

#include "base/check.h"
#include "base/config.h"

/* Exit codes of all our programs. */
enum { PROGRAM_DONE = 0, PROGRAM_NO = 1, PROGRAM_USAGE = 2, PROGRAM_INTERNAL = 10 };
enum {
    PROGRAM_GO_ON = -1,
    PROGRAM_CONFIG_BYTES_MAX = 1024 * 1024,
    PROGRAM_FILE_BYTES_MAX = 16 * 1024 * 1024
};

struct program_spec {
    const char *name; /* "redand" */
    const char *version;
    const char *summary;     /* a sentence for --help */
    const char *config_path; /* when --config is not given */
    const char *checks;      /* what --check looks at: "keys, registry, state" */
    const char *signals;     /* a sentence for --help */
    const struct config_table *table;
};

struct program {
    const struct program_spec *spec;
    struct arena arena;
    struct diag_source source; /* the configuration */
    const char *config_path;
    bool check_only;
    bool print_only;
};

/* Reads the command line and the configuration into `config` (spec->table->size bytes). Returns
 * PROGRAM_GO_ON, or the exit code when help, the version, the configuration or a complaint was
 * printed and nothing is left to do. program_end frees what `config` points to. */
int program_begin(struct program *program, const struct program_spec *spec, int argc, char **argv,
                  void *config);
void program_end(struct program *program);

/* "NAME: unknown option `--chek`: did you mean `--check`?" and where the help is, to stderr;
 * `known` ends with NULL. Returns PROGRAM_USAGE. */
int program_unknown(const char *name, const char *given, const char *const *known);

/* Where the configuration says `key`; with `member`, that key of the mapping at `item`; else the
 * value at `item` of a list, or the value. The place is empty when the file leaves it out. */
struct check_place program_place(struct program *program, const char *key, size_t item,
                                 const char *member);

/* Reads the files that the list at `key` names, as sources for a reader of theirs; `out` has room
 * for all. One that cannot be read is a finding at its place, with `help`; the others are read all
 * the same. False when there was one. */
bool program_read_files(struct program *program, const char *key, const struct config_texts *names,
                        const char *help, struct diag_list *diags, struct diag_source *out);

#endif
