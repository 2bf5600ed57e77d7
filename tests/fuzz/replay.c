/* A fuzz target's corpus, one file after the other: `replay FOLDER`. A file that breaks the
 * property crashes the program, which is how the test fails; the file's name stands above. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "tests/fuzz/fuzz.h"

enum { CORPUS_FILES_MAX = 100000, CORPUS_FILE_MAX = 64 * 1024 * 1024 };

static struct status replay_file(const char *folder, const char *name)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct slice text = { 0 };

    TRY(file_load(&arena, file_path(&arena, folder, name), CORPUS_FILE_MAX, &text));
    (void)printf("%s\n", name);
    (void)fflush(stdout);
    /* A block of just this size, so that a sanitizer sees a read past the end. */
    CLEANUP(cleanup_free) uint8_t *bytes = malloc(text.len > 0 ? text.len : 1);
    if (bytes == NULL) {
        abort();
    }
    memcpy(bytes, text.ptr, text.len);
    (void)LLVMFuzzerTestOneInput(bytes, text.len);
    return STATUS_SUCCESS;
}

static struct status replay_folder(const char *folder, size_t *out_count)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    const char **names = NULL;
    size_t count = 0;

    TRY(file_list(&arena, folder, CORPUS_FILES_MAX, &names, &count));
    (void)LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    for (size_t i = 0; i < count; i++) {
        TRY(replay_file(folder, names[i]));
    }
    *out_count = count;
    return count > 0 ? STATUS_SUCCESS : status_error(STATUS_NOT_FOUND, "%s: no files", folder);
}

int main(int argc, char **argv)
{
    size_t count = 0;

    if (argc != 2) {
        (void)fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    struct status status = replay_folder(argv[1], &count);
    const char *name = strrchr(argv[0], '/');
    name = name != NULL ? name + 1 : argv[0];
    if (!status_ok(&status)) {
        (void)fprintf(stderr, "%s: %s\n", name, status.msg);
        (void)printf("%s: 0 passed, 1 failed, 0 skipped\n", name);
        return 1;
    }
    (void)printf("%s: %zu passed, 0 failed, 0 skipped\n", name, count);
    return 0;
}
