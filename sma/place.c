#include "sma/place.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "detect/siphash.h"
#include "sma/rotation.h"

static const uint64_t head_key[2] = { 0, 0 }; /* told apart, not protected */

int place_open_regular(const char *path)
{
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

    if (fd >= 0 && (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode))) {
        (void)close(fd);
        errno = EINVAL;
        return -1;
    }
    return fd;
}

uint32_t place_read_head(int fd, uint32_t wanted, uint64_t *out_hash)
{
    char head[TAIL_HEAD_BYTES];
    ssize_t got = pread(fd, head, wanted, 0);
    uint32_t len = got > 0 ? (uint32_t)got : 0;

    *out_hash = siphash(head_key, (struct slice){ head, len });
    return len;
}

bool place_has_head(int fd, const struct tail_place *place)
{
    uint64_t hash = 0;

    return place_read_head(fd, place->head_bytes, &hash) == place->head_bytes &&
           hash == place->head_hash;
}

bool place_is_in(int fd, const struct tail_place *place)
{
    struct stat info;

    return fstat(fd, &info) == 0 && (uint64_t)info.st_dev == place->device &&
           (uint64_t)info.st_ino == place->inode && (uint64_t)info.st_size >= place->offset &&
           place_has_head(fd, place);
}

/* A shorter beginning could be anybody's. */
static bool is_copy(int fd, const struct tail_place *place)
{
    struct stat info;

    return place->head_bytes == TAIL_HEAD_BYTES && fstat(fd, &info) == 0 &&
           (uint64_t)info.st_size >= place->offset &&
           (uint64_t)rotation_modified_ns(&info) >= place->modified_ns && place_has_head(fd, place);
}

typedef bool(match_fn)(int fd, const struct tail_place *place);

static int open_match(const char *path, match_fn *match, const struct tail_place *place)
{
    int fd = place_open_regular(path);

    if (fd >= 0 && !match(fd, place)) {
        (void)close(fd);
        return -1;
    }
    return fd;
}

/* Oldest first. */
static int open_rotated(const char *path, match_fn *match, const struct tail_place *place)
{
    CLEANUP(rotation_done) struct rotation rotation = { 0 };
    int fd = -1;

    rotation_list(path, &rotation);
    for (size_t i = 0; fd < 0 && i < rotation.count; i++) {
        if (!rotation.files[i].name.compressed) {
            fd = open_match(rotation.files[i].path, match, place);
        }
    }
    return fd;
}

int place_open(const char *path, const struct tail_place *place)
{
    enum { LOOKS = 3 }; /* a rename may come between looking here and there */
    int fd = -1;

    for (unsigned look = 0; fd < 0 && look < LOOKS; look++) {
        fd = open_match(path, place_is_in, place);
        fd = fd >= 0 ? fd : open_rotated(path, place_is_in, place);
    }
    return fd;
}

int place_open_copy(const char *path, const struct tail_place *place)
{
    return open_rotated(path, is_copy, place);
}
