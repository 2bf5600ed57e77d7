#include "sma/rotation.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/parse.h"

enum { LIST_TRIES = 5, DATE_DIGITS_MIN = 6, YEAR_DIGITS = 4 };

static void *must(void *memory)
{
    if (memory == NULL) {
        abort(); /* the supervisor restarts us; what is on disk is whole */
    }
    return memory;
}

/* --- names ------------------------------------------------------------------------------------ */

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static struct slice without_compression(struct slice name)
{
    static const struct slice ends[] = { { ".gz", 3 },  { ".xz", 3 },  { ".zst", 4 },
                                         { ".bz2", 4 }, { ".lz4", 4 }, { ".lzma", 5 },
                                         { ".zip", 4 }, { ".Z", 2 } };

    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        if (slice_ends(name, ends[i])) {
            return slice_sub(name, 0, name.len - ends[i].len);
        }
    }
    return name;
}

/* "20261121", "2026-11-21T04:00", "2026112104-1": digits, and between them a sign here and there;
 * the year tells it from an address ("web-192.168.10.1.log" is another log). */
static bool is_date(struct slice text)
{
    size_t digits = 0;
    size_t run = 0;
    bool has_year = false;

    for (size_t i = 0; i < text.len; i++) {
        bool digit = is_digit(text.ptr[i]);
        if (!digit && strchr("-._:T", text.ptr[i]) == NULL) {
            return false;
        }
        digits += digit ? 1 : 0;
        run = digit ? run + 1 : 0;
        has_year = has_year || run == YEAR_DIGITS;
    }
    return has_year && digits >= DATE_DIGITS_MIN && is_digit(text.ptr[0]) &&
           is_digit(text.ptr[text.len - 1]);
}

/* What rotation puts behind the name: ".1", ".old", "-20261121". */
static bool read_tag(struct slice tag, struct rotation_name *out)
{
    if (tag.len < 2 || strchr(".-_", tag.ptr[0]) == NULL) {
        return false;
    }
    bool dot = tag.ptr[0] == '.';
    struct slice text = slice_sub(tag, 1, tag.len);
    struct status number = parse_u32(text, 0, ROTATION_NUMBER_MAX, &out->number);
    out->numbered = dot && status_ok(&number);
    return out->numbered || (dot && slice_is(text, "old")) || is_date(text);
}

bool rotation_name_read(struct slice base, struct slice name, struct rotation_name *out)
{
    struct slice plain = without_compression(name);
    struct rotation_name read = { .compressed = plain.len < name.len };
    size_t dot = slice_rfind(base, '.');
    struct slice stem = slice_sub(base, 0, dot);
    struct slice extension = slice_sub(base, dot, base.len);
    size_t around = stem.len + extension.len;
    bool behind =
        slice_starts(plain, base) && read_tag(slice_sub(plain, base.len, plain.len), &read);
    bool within = !behind && stem.len > 0 && extension.len > 0 && plain.len > around &&
                  slice_starts(plain, stem) && slice_ends(plain, extension) &&
                  read_tag(slice_sub(plain, stem.len, plain.len - extension.len), &read);

    if (behind || within) {
        *out = read;
    }
    return behind || within;
}

/* --- the list --------------------------------------------------------------------------------- */

static int64_t in_ns(const struct timespec *time)
{
    return (int64_t)time->tv_sec * 1000000000 + time->tv_nsec;
}

int64_t rotation_modified_ns(const struct stat *info)
{
    return in_ns(&info->st_mtim);
}

void rotation_done(struct rotation *rotation)
{
    for (size_t i = 0; i < rotation->count; i++) {
        free(rotation->files[i].path);
    }
    free(rotation->files);
    *rotation = (struct rotation){ 0 };
}

/* `own` is the log's, under whatever names. */
static void add(struct rotation *rotation, const char *path, const struct rotation_name *name,
                const struct stat *own)
{
    struct stat info;

    if (stat(path, &info) != 0 || !S_ISREG(info.st_mode) ||
        (info.st_ino == own->st_ino && info.st_dev == own->st_dev)) {
        return;
    }
    if (rotation->count == ROTATION_FILES_MAX) {
        rotation->partial = true;
        return;
    }
    rotation->files[rotation->count++] =
        (struct rotated){ .path = must(strdup(path)),
                          .name = *name,
                          .device = (uint64_t)info.st_dev,
                          .inode = (uint64_t)info.st_ino,
                          .size = (uint64_t)info.st_size,
                          .modified_ns = rotation_modified_ns(&info),
                          .changed_ns = in_ns(&info.st_ctim),
                          .unreadable = name->compressed };
}

static int by_number(const void *a, const void *b)
{
    const struct rotated *one = a;
    const struct rotated *other = b;

    return (one->name.number < other->name.number) - (one->name.number > other->name.number);
}

static int by_time(const void *a, const void *b)
{
    const struct rotated *one = a;
    const struct rotated *other = b;
    int order = (one->modified_ns > other->modified_ns) - (one->modified_ns < other->modified_ns);

    return order != 0 ? order : strcmp(one->path, other->path);
}

/* Numbers say the order better than times, which anybody may set. */
static void sort(struct rotation *rotation)
{
    bool numbered = true;

    for (size_t i = 0; i < rotation->count; i++) {
        numbered = numbered && rotation->files[i].name.numbered;
    }
    qsort(rotation->files, rotation->count, sizeof(*rotation->files),
          numbered ? by_number : by_time);
}

static void list_once(const char *path, struct rotation *out)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct slice text = slice_from(path);
    size_t slash = slice_rfind(text, '/');
    bool plain = slash == text.len;
    const char *folder =
        arena_cstr(&arena, plain ? SLICE(".") : slice_sub(text, 0, slash > 0 ? slash : 1));
    struct slice base = plain ? text : slice_sub(text, slash + 1, text.len);
    struct stat own = { 0 };
    DIR *listing = opendir(folder);

    (void)stat(path, &own); /* none: inode 0, which no file has */
    *out = (struct rotation){ .partial = listing == NULL };
    if (listing == NULL) {
        return;
    }
    out->files = must(calloc(ROTATION_FILES_MAX, sizeof(*out->files)));
    // NOLINTNEXTLINE(concurrency-mt-unsafe): a listing of our own
    for (struct dirent *one = readdir(listing); one != NULL; one = readdir(listing)) {
        struct rotation_name name;
        if (rotation_name_read(base, slice_from(one->d_name), &name)) {
            add(out, file_path(&arena, folder, one->d_name), &name, &own);
        }
    }
    (void)closedir(listing);
    sort(out);
}

static bool same_files(const struct rotation *a, const struct rotation *b)
{
    for (size_t i = 0; i < a->count && a->count == b->count; i++) {
        if (a->files[i].inode != b->files[i].inode ||
            strcmp(a->files[i].path, b->files[i].path) != 0) {
            return false;
        }
    }
    return a->count == b->count;
}

void rotation_list(const char *path, struct rotation *out)
{
    list_once(path, out);
    for (unsigned tries = 1; tries < LIST_TRIES; tries++) {
        struct rotation again;
        list_once(path, &again);
        bool same = same_files(out, &again);
        rotation_done(out);
        *out = again;
        if (same) {
            return;
        }
    }
    out->partial = true; /* it never held still */
}

/* --- the order -------------------------------------------------------------------------------- */

/* What was read last, compressed since then? */
static bool is_its_copy(const struct rotated *file, const struct rotation_from *from)
{
    int64_t apart_ns = file->modified_ns - from->modified_ns;

    return file->name.compressed && from->modified_ns != 0 &&
           llabs(apart_ns) < INT64_C(1000000) * ROTATION_SAME_MS;
}

static bool is_it(const struct rotated *file, const struct rotation_from *from)
{
    return from->inode != 0 && file->inode == from->inode && file->device == from->device;
}

/* Where what comes after it begins. */
static size_t first_after(const struct rotation *rotation, const struct rotation_from *from,
                          bool *out_found)
{
    *out_found = true;
    for (size_t i = 0; i < rotation->count; i++) {
        if (is_it(&rotation->files[i], from)) {
            return i + 1;
        }
    }
    for (size_t i = 0; i < rotation->count; i++) {
        if (from->inode != 0 && is_its_copy(&rotation->files[i], from)) {
            return i + 1;
        }
    }
    *out_found = false;
    size_t at = rotation->count;
    while (at > 0 && from->modified_ns != 0 &&
           rotation->files[at - 1].modified_ns > from->modified_ns) {
        at--;
    }
    return at;
}

static bool was_just_renamed(const struct rotated *file, const struct rotation_from *from)
{
    return llabs(from->now_ns - file->changed_ns) < INT64_C(1000000) * ROTATION_UNDER_WAY_MS;
}

/* After NAME.3 comes NAME.2; after NAME.1 (or .0) the log. `at` may be the log's place, at the end.
 * In the middle of a rotation a number is missing, too. */
static void look_for_hole(const struct rotation *rotation, size_t at,
                          const struct rotation_from *from, struct rotation_step *step)
{
    const struct rotated *before = at > 0 ? &rotation->files[at - 1] : NULL;
    const struct rotated *file = at < rotation->count ? &rotation->files[at] : NULL;

    if (before == NULL || !before->name.numbered || (file != NULL && !file->name.numbered)) {
        return;
    }
    if (before->name.number > (file != NULL ? file->name.number : 0) + 1) {
        bool fresh =
            was_just_renamed(before, from) || (file != NULL && was_just_renamed(file, from));
        step->doubt = step->doubt || fresh;
        step->hole = step->hole || !fresh;
    }
}

struct rotation_step rotation_next(const struct rotation *rotation,
                                   const struct rotation_from *from)
{
    struct rotation_step step = { 0 };
    size_t at = first_after(rotation, from, &step.found);

    for (; step.next == NULL && at <= rotation->count; at++) {
        if (step.found) {
            look_for_hole(rotation, at, from, &step);
        }
        if (at < rotation->count && rotation->files[at].unreadable) {
            step.lost = &rotation->files[at];
        } else if (at < rotation->count && rotation->files[at].size > 0) {
            step.next = &rotation->files[at];
        }
    }
    step.hole = step.hole || (rotation->partial && !step.found);
    return step;
}

bool rotation_follows(const struct rotation *rotation, const struct rotation_from *before,
                      const struct rotation_from *from)
{
    for (size_t i = 1; i < rotation->count; i++) {
        const struct rotated *one = &rotation->files[i - 1];
        const struct rotated *other = &rotation->files[i];
        if (is_it(other, from)) {
            return one->name.numbered && other->name.numbered &&
                   one->name.number == other->name.number + 1 &&
                   (is_it(one, before) || one->name.compressed);
        }
    }
    return false;
}
