#include "cli/sources.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/diff.h"
#include "cli/report.h"

enum {
    FOLDER_NAMES_MAX = 4096,
    EXE_PATH_MAX = 4096,
    FILE_MODE_FALLBACK = 0644,
    LINK_BYTES_MAX = 256
};

bool sources_is_stdin(const struct diag_source *source)
{
    return strcmp(source->name, SOURCES_STDIN) == 0;
}

/* What the file may be that was not found: a link to nothing is there, and so is no near name. */
static void report_near_file(struct cli *cli, const char *path)
{
    char goal[LINK_BYTES_MAX];
    ssize_t goal_len = readlink(path, goal, sizeof(goal));
    if (goal_len >= 0) {
        report_help(cli, "it is a link to `%.*s`, which is not there", (int)goal_len, goal);
        return;
    }
    struct slice whole = slice_from(path);
    size_t slash = slice_rfind(whole, '/');
    bool here = slash >= whole.len;
    const char *folder = here ? "." : arena_cstr(&cli->arena, slice_sub(whole, 0, slash + 1));
    struct slice base = here ? whole : slice_sub(whole, slash + 1, whole.len);
    const char **names = NULL;
    size_t count = 0;
    struct status listed = file_list(&cli->arena, folder, FOLDER_NAMES_MAX, &names, &count);
    struct slice *candidates = ARENA_NEW(&cli->arena, struct slice, count + 1);

    for (size_t i = 0; status_ok(&listed) && i < count; i++) {
        candidates[i] = slice_from(names[i]);
    }
    (void)report_nearest(cli, base, candidates, count);
}

enum cli_exit sources_report(struct cli *cli, const char *path, struct status loaded)
{
    enum cli_exit code = report_file(cli, loaded);

    if (code == CLI_NOT_FOUND) {
        report_near_file(cli, path);
    }
    return code;
}

enum cli_exit sources_load_file(struct cli *cli, const char *path, size_t max_bytes,
                                struct slice *out)
{
    return sources_report(cli, path, file_load(&cli->arena, path, max_bytes, out));
}

/* Which files of a folder are meant, NULL ends them, and how one is loaded. */
struct wanted {
    const char *suffixes[3];
    struct status (*load)(struct arena *arena, const char *path, size_t max_bytes,
                          struct slice *out);
    size_t max_bytes;
};

static const struct wanted documents = { .suffixes = { ".yaml", ".yml" },
                                         .load = file_load_start,
                                         .max_bytes = SOURCES_FILE_MAX + 1 };
static const struct wanted keys = { .suffixes = { ".pem" },
                                    .load = file_load,
                                    .max_bytes = SOURCES_FILE_MAX };

static bool has_stdin(const struct sources *sources)
{
    for (size_t i = 0; i < sources->count; i++) {
        if (sources_is_stdin(&sources->items[i])) {
            return true;
        }
    }
    return false;
}

/* A file, or `-`. */
static struct status load_text(struct cli *cli, const char *path, const struct wanted *wanted,
                               const struct sources *sources, struct diag_source *out)
{
    if (strcmp(path, "-") != 0) {
        *out = (struct diag_source){ .name = path };
        return wanted->load(&cli->arena, path, wanted->max_bytes, &out->text);
    }
    if (has_stdin(sources)) {
        return status_error(STATUS_INVALID, "standard input can be read once");
    }
    if (cli_has(cli, OPTION_WRITE) && !cli_has(cli, OPTION_DRY_RUN)) {
        return status_error(STATUS_INVALID, "standard input cannot be changed, with `--write`");
    }
    *out = (struct diag_source){ .name = SOURCES_STDIN };
    return file_read_start(&cli->arena, STDIN_FILENO, SOURCES_STDIN, wanted->max_bytes, &out->text);
}

static enum cli_exit load_file(struct cli *cli, const char *path, const struct wanted *wanted,
                               struct sources *sources)
{
    struct diag_source *source = &sources->items[sources->count];

    if (sources->count == SOURCES_FILES_MAX) {
        return report_error(cli, CLI_USAGE, "over %d files", SOURCES_FILES_MAX);
    }
    struct status loaded = load_text(cli, path, wanted, sources, source);
    enum cli_exit code = sources_report(cli, path, loaded);
    if (code != CLI_DONE) {
        return code;
    }
    sources->count++;
    sources->bytes += source->text.len;
    if (sources->bytes > SOURCES_BYTES_MAX) {
        return report_error(cli, CLI_USAGE, "over %d MiB in all files",
                            SOURCES_BYTES_MAX / (1024 * 1024));
    }
    return CLI_DONE;
}

static bool ends_so(const char *name, const char *const *suffixes)
{
    while (*suffixes != NULL && !slice_ends(slice_from(name), slice_from(*suffixes))) {
        suffixes++;
    }
    return *suffixes != NULL;
}

/* Said of a folder below, so that nobody believes that what is in it was checked. Other programs
 * may have files of such names there: they are not read unasked. */
static void note_unread(struct cli *cli, const char *folder, const struct wanted *wanted)
{
    struct stat info;
    const char **names = NULL;
    size_t count = 0;

    if (stat(folder, &info) != 0 || !S_ISDIR(info.st_mode)) {
        return;
    }
    struct status status = file_list(&cli->arena, folder, FOLDER_NAMES_MAX, &names, &count);
    for (size_t i = 0; status_ok(&status) && i < count; i++) {
        if (names[i][0] != '.' && ends_so(names[i], wanted->suffixes)) {
            report_line(cli, "`%s` is not read: folders below are not looked into, name it, too",
                        folder);
            return;
        }
    }
}

static enum cli_exit report_none(struct cli *cli, const char *path, const char *suffix)
{
    enum cli_exit code = report_error(cli, CLI_NOT_FOUND, "no *%s in `%s`", suffix, path);
    const char *between = slice_ends(slice_from(path), SLICE("/")) ? "" : "/";
    struct slice below = arena_printf(&cli->arena, "%s%ssla", path, between);

    if (access(below.ptr, F_OK) == 0) { /* where `redan init` puts them */
        report_help(cli, "did you mean `%s`?", below.ptr);
    }
    return code;
}

static enum cli_exit load_folder(struct cli *cli, const char *path, const struct wanted *wanted,
                                 struct sources *sources)
{
    const char **names = NULL;
    size_t count = 0;
    size_t before = sources->count;
    bool has_slash = slice_ends(slice_from(path), SLICE("/"));
    enum cli_exit code =
        report_file(cli, file_list(&cli->arena, path, FOLDER_NAMES_MAX, &names, &count));
    const char **folders = ARENA_NEW(&cli->arena, const char *, count + 1); /* or other files */
    size_t folder_count = 0;

    for (size_t i = 0; i < count && code == CLI_DONE; i++) {
        if (names[i][0] == '.') {
            continue; /* hidden: other programs' */
        }
        struct slice whole =
            arena_printf(&cli->arena, "%s%s%s", path, has_slash ? "" : "/", names[i]);
        if (ends_so(names[i], wanted->suffixes)) {
            code = load_file(cli, whole.ptr, wanted, sources);
        } else {
            folders[folder_count++] = whole.ptr;
        }
    }
    for (size_t i = 0; i < folder_count && code == CLI_DONE && sources->count > before; i++) {
        note_unread(cli, folders[i], wanted);
    }
    if (code == CLI_DONE && sources->count == before) {
        return report_none(cli, path, wanted->suffixes[0]);
    }
    return code;
}

static enum cli_exit load(struct cli *cli, const char *const *paths, size_t count,
                          const struct wanted *wanted, struct sources *out)
{
    struct sources sources = { .items = ARENA_NEW(&cli->arena, struct diag_source,
                                                  SOURCES_FILES_MAX + 1) };
    enum cli_exit code = CLI_DONE;
    struct stat info;

    for (size_t i = 0; i < count && code == CLI_DONE; i++) {
        bool is_folder = stat(paths[i], &info) == 0 && S_ISDIR(info.st_mode);
        code = is_folder ? load_folder(cli, paths[i], wanted, &sources)
                         : load_file(cli, paths[i], wanted, &sources);
    }
    *out = sources;
    return code;
}

enum cli_exit sources_load(struct cli *cli, const char *const *paths, size_t count,
                           struct sources *out)
{
    return load(cli, paths, count, &documents, out);
}

enum cli_exit sources_load_keys(struct cli *cli, const char *path, struct sources *out)
{
    return load(cli, &path, 1, &keys, out);
}

struct status sources_store(const char *path, struct slice text)
{
    CLEANUP(cleanup_free) char *real = realpath(path, NULL);
    struct stat info = { .st_mode = FILE_MODE_FALLBACK };

    if (real == NULL || stat(real, &info) != 0) {
        return file_store(path, text, FILE_MODE_FALLBACK);
    }
    TRY(file_store(real, text, info.st_mode & 0777U));
    if ((info.st_uid != geteuid() || info.st_gid != getegid()) &&
        chown(real, info.st_uid, info.st_gid) != 0) {
        return status_error(STATUS_DENIED, "%s: changed, but its owner could not be kept", path);
    }
    return STATUS_SUCCESS;
}

/* Of two who change one file at once the second sees what the first wrote. A folder that cannot be
 * locked (some network file systems) is written without. */
static struct status lock_folder(const char *path, int *out)
{
    CLEANUP(cleanup_free) char *real = realpath(path, NULL);

    if (real == NULL) {
        return status_error(STATUS_NOT_FOUND, "%s: %s", path, strerrordesc_np(errno));
    }
    *out = open(dirname(real), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*out >= 0) {
        while (flock(*out, LOCK_EX) != 0 && errno == EINTR) {
        }
    }
    return STATUS_SUCCESS;
}

struct status sources_replace(struct cli *cli, const struct diag_source *source, struct slice text)
{
    struct slice now = { 0 };
    CLEANUP(cleanup_close) int lock = -1;

    if (sources_is_stdin(source)) {
        return status_error(STATUS_UNSUPPORTED, "standard input cannot be changed");
    }
    TRY(lock_folder(source->name, &lock));
    TRY(file_load(&cli->arena, source->name, SOURCES_FILE_MAX, &now));
    if (slice_eq(now, text)) {
        return STATUS_SUCCESS; /* given twice */
    }
    if (!slice_eq(now, source->text)) {
        return status_error(STATUS_CONFLICT, "%s: was changed meanwhile, and left as it is",
                            source->name);
    }
    return sources_store(source->name, text);
}

enum cli_exit sources_write_changed(struct cli *cli, const struct sources *before,
                                    const struct diag_source *after, struct buf *out)
{
    enum cli_exit code = CLI_DONE;

    for (size_t i = 0; i < before->count && code == CLI_DONE; i++) {
        if (slice_eq(before->items[i].text, after[i].text)) {
            continue;
        }
        code = report_file(cli, sources_replace(cli, &before->items[i], after[i].text));
        if (code == CLI_DONE && out != NULL) {
            buf_printf(out, "changed %s\n", after[i].name);
        }
    }
    return code;
}

enum cli_exit sources_change(struct cli *cli, const struct sources *before,
                             const struct diag_source *after)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    bool write = cli_has(cli, OPTION_WRITE) && !cli_has(cli, OPTION_DRY_RUN);
    size_t files = 0;

    if (write) {
        enum cli_exit code = sources_write_changed(cli, before, after, &out);
        report_answer(buf_slice(&out));
        return code;
    }
    for (size_t i = 0; i < before->count; i++) {
        files += !slice_eq(before->items[i].text, after[i].text);
        diff_write(after[i].name, before->items[i].text, after[i].text, &out);
    }
    report_answer(buf_slice(&out));
    if (cli_has(cli, OPTION_WRITE)) {
        report_line(cli, "dry run: %zu file%s would be changed as shown, nothing was written",
                    files, files == 1 ? "" : "s");
    } else if (files > 0) {
        report_line(cli, "nothing was changed: `--write` changes the files");
    }
    return CLI_DONE;
}

/* The tree above build/bin/redan. */
static const char *source_tree(struct cli *cli)
{
    char path[EXE_PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", path, sizeof(path));
    struct slice folder = { path, len > 0 ? (size_t)len : 0 };

    for (int i = 0; i < 3; i++) {
        folder = slice_sub(folder, 0, slice_rfind(folder, '/'));
    }
    return arena_cstr(&cli->arena, folder);
}

const char *sources_shipped(struct cli *cli, const char *name)
{
    const char *set = getenv("REDAN_DATA"); /* NOLINT(concurrency-mt-unsafe): one thread */
    const char *const roots[] = { set, source_tree(cli), "/usr/share/redan" };

    for (size_t i = 0; i < COUNT_OF(roots); i++) {
        if (roots[i] != NULL && roots[i][0] != '\0') {
            const char *path = file_path(&cli->arena, roots[i], name);
            if (access(path, R_OK) == 0) {
                return path;
            }
        }
    }
    return NULL;
}

static void print_beside(const struct cli *cli, const struct diag_list *diags,
                         enum diag_level level)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    struct diag_style style = { .color = cli->color_err };

    for (const struct diag *at = diags->first; at != NULL; at = at->next) {
        if (at->level == level) {
            diag_render(at, style, &out);
        }
    }
    if (out.len > 0) {
        (void)fflush(stdout);
        (void)fwrite(out.ptr, 1, out.len, stderr);
    }
}

void sources_print_warnings(struct cli *cli, const struct diag_list *diags)
{
    if (!cli_has(cli, OPTION_QUIET)) {
        print_beside(cli, diags, DIAG_WARNING);
    }
}

void sources_print_errors(struct cli *cli, const struct diag_list *diags)
{
    print_beside(cli, diags, DIAG_ERROR);
}

void sources_print_findings(struct cli *cli, const struct diag_list *diags)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    struct diag_style style = { .color = cli->color_out,
                                .all = cli_has(cli, OPTION_ALL),
                                .no_notes = cli_has(cli, OPTION_QUIET) };

    diag_render_list(diags, style, &out);
    report_answer(buf_slice(&out));
}
