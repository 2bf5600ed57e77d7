#include "tests/integration/check/bench.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/site/process.h"
#include "tests/site/site.h"
#include "tests/suite.h"
#include "wire/registry.h"

enum { NOBODY = 65534, NOTE_MAX = 1024, OUT_BYTES_MAX = 1 << 20, LOOK_MS = 10, OPEN_FILES = 16 };

const char *bench_path(struct bench *bench, const char *name)
{
    return file_path(&bench->arena, bench->folder, name);
}

const char *bench_program(struct bench *bench, const char *name)
{
    const char *bin = getenv("REDAN_BIN");

    return file_path(&bench->arena, bin != NULL ? bin : "build/bin", name);
}

size_t bench_count(struct slice text, const char *needle)
{
    size_t count = 0;

    for (size_t at = slice_find_text(text, slice_from(needle)); at < text.len;
         at = slice_find_text(text, slice_from(needle))) {
        count++;
        text = slice_sub(text, at + strlen(needle), text.len);
    }
    return count;
}

/* --- files ------------------------------------------------------------------------------------ */

struct status bench_write(struct bench *bench, const char *name, const char *text)
{
    CLEANUP(buf_done) struct buf out = { 0 };

    for (; *text != '\0'; text++) {
        if (*text == '@') {
            buf_add_cstr(&out, bench->folder);
        } else {
            buf_add_char(&out, *text);
        }
    }
    return file_store(bench_path(bench, name), buf_slice(&out), 0600);
}

/* An identity that nobody hands out: it enforces and may not say what became of it. */
static struct status make_mute_identity(struct bench *bench)
{
    const struct service_id service = { LAYER_L2, PLANE_NETWORK, SERVICE_ENFORCE };
    CLEANUP(identity_done) struct identity identity = { 0 };

    TRY(file_make_folder(bench_path(bench, "keys-mute"), 0700));
    identity_make(&identity, SLICE("node-1"), PEER_SMA, &service, 1);
    return identity_store(&identity, bench_path(bench, "keys-mute/identity.yaml"));
}

static struct status make_keys(struct bench *bench)
{
    const struct service_id services[] = { { LAYER_L2, PLANE_NETWORK, SERVICE_MONITOR },
                                           { LAYER_L2, PLANE_NETWORK, SERVICE_ENFORCE } };
    const struct registry_node_spec agg = { .name = SLICE("agg-1"), .role = PEER_AGGREGATOR };
    const struct registry_node_spec node = { .name = SLICE("node-1"),
                                             .role = PEER_SMA,
                                             .aggregator = SLICE("agg-1"),
                                             .services = services,
                                             .service_count = COUNT_OF(services) };
    const char *keys = bench_path(bench, "keys");

    TRY(file_make_folder(keys, 0700));
    TRY(registry_init(keys, SLICE("redand")));
    TRY(registry_add_node(keys, &agg, bench_path(bench, "keys-agg")));
    TRY(registry_add_node(keys, &node, bench_path(bench, "keys-sma")));
    return make_mute_identity(bench);
}

static struct status copy_rules(struct bench *bench)
{
    struct slice rules = { 0 };

    TRY(file_load(&bench->arena, "rules/linux/ssh.yaml", OUT_BYTES_MAX, &rules));
    return file_store(bench_path(bench, "rules.yaml"), rules, 0644);
}

/* May the other user run what we have built? */
static bool others_may_run(struct bench *bench)
{
    const char *program = bench_program(bench, "redand");
    pid_t child = fork();
    int outcome = -1;

    if (child == 0) {
        _exit(setgroups(0, NULL) == 0 && setresgid(NOBODY, NOBODY, NOBODY) == 0 &&
                      setresuid(NOBODY, NOBODY, NOBODY) == 0 && access(program, X_OK) == 0
                  ? 0
                  : 1);
    }
    return child > 0 && waitpid(child, &outcome, 0) == child && outcome == 0;
}

struct status bench_new(struct bench *bench)
{
    static unsigned number;
    const char *base = suite_folder();

    *bench = (struct bench){ 0 };
    (void)chmod(base, 0755);
    bench->folder = arena_printf(&bench->arena, "%s/%u", base, ++number).ptr;
    TRY(file_make_folder(bench->folder, 0755));
    TRY(make_keys(bench));
    TRY(copy_rules(bench));
    TRY(bench_write(bench, "auth.log", ""));
    bench->is_other_user = geteuid() == 0 && others_may_run(bench);
    return STATUS_SUCCESS;
}

void bench_done(struct bench *bench)
{
    if (bench->folder != NULL) {
        site_remove_folder(bench->folder);
    }
    arena_done(&bench->arena);
}

static int give_one(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)info;
    (void)kind;
    (void)where;
    return lchown(path, NOBODY, NOBODY) == 0 ? 0 : 1;
}

void bench_give(struct bench *bench)
{
    if (bench->is_other_user) {
        (void)nftw(bench->folder, give_one, OPEN_FILES, FTW_PHYS);
    }
}

static struct buf *tree_out; /* nftw(3) hands nothing through */

static int note_one(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    /* SQLite's index of its log has no contents of its own: every reader may write to it. */
    bool is_index = slice_ends(slice_from(path), SLICE("-shm"));

    (void)where;
    buf_printf(tree_out, "%s %d %o %u %jd %jd.%09ld\n", path, kind, info->st_mode, info->st_uid,
               (intmax_t)info->st_size, is_index ? 0 : (intmax_t)info->st_mtim.tv_sec,
               is_index ? 0 : info->st_mtim.tv_nsec);
    return 0;
}

struct slice bench_tree(struct bench *bench)
{
    CLEANUP(buf_done) struct buf out = { 0 };

    tree_out = &out;
    (void)nftw(bench->folder, note_one, OPEN_FILES, FTW_PHYS);
    return arena_copy(&bench->arena, buf_slice(&out));
}

/* --- programs --------------------------------------------------------------------------------- */

static int open_notify(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    (void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    (void)unlink(path);
    if (fd >= 0 && (bind(fd, (const struct sockaddr *)&address, sizeof(address)) != 0 ||
                    chmod(path, 0666) != 0)) {
        cleanup_close(&fd);
    }
    return fd;
}

static NORETURN void run_child(const char *const *words, int output, const char *notify, bool drop)
{
    /* execv(3) writes nothing there, whatever its type says. */
    const union {
        const char *const *given;
        char **taken;
    } same = { .given = words };

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)dup2(output, STDOUT_FILENO);
    (void)dup2(output, STDERR_FILENO);
    if (notify != NULL) {
        (void)setenv("NOTIFY_SOCKET", notify, 1); /* NOLINT(concurrency-mt-unsafe): a fresh child */
    }
    if (drop && (setgroups(0, NULL) != 0 || setresgid(NOBODY, NOBODY, NOBODY) != 0 ||
                 setresuid(NOBODY, NOBODY, NOBODY) != 0)) {
        _exit(126);
    }
    (void)execv(same.taken[0], same.taken);
    perror(same.taken[0]);
    _exit(127);
}

static void hear(int notify, struct bench_run *run)
{
    char note[NOTE_MAX];

    for (;;) {
        ssize_t len = notify >= 0 ? recv(notify, note, sizeof(note) - 1, 0) : -1;
        if (len < 0) {
            return;
        }
        note[len] = '\0';
        run->ready = run->ready || strstr(note, "READY=1") != NULL;
        run->told_stop = run->told_stop || strstr(note, "STOPPING=1") != NULL;
    }
}

/* Until it ends; once it is ready it is told to. */
static void await_end(pid_t child, int notify, struct bench_run *run)
{
    int64_t deadline_ms = site_now_ms() + BENCH_WAIT_MS;
    int outcome = 0;
    bool told = false;

    while (waitpid(child, &outcome, WNOHANG) == 0) {
        struct pollfd item = { .fd = notify, .events = POLLIN };
        (void)poll(&item, 1, LOOK_MS);
        hear(notify, run);
        if ((run->ready && !told) || site_now_ms() > deadline_ms) {
            (void)kill(child, told ? SIGKILL : SIGTERM);
            told = true;
        }
    }
    hear(notify, run);
    run->code = WIFEXITED(outcome) ? WEXITSTATUS(outcome) : 128 + WTERMSIG(outcome);
}

struct bench_run bench_run(struct bench *bench, const char *const *words, bool supervised,
                           bool as_root)
{
    struct bench_run run = { .code = -1 };
    /* Beside the folder, so that its tree tells what the program has done. */
    const char *log = arena_printf(&bench->arena, "%s.out", bench->folder).ptr;
    const char *notify_path = arena_printf(&bench->arena, "%s.notify", bench->folder).ptr;
    CLEANUP(cleanup_close) int output = open(log, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    CLEANUP(cleanup_close) int notify = supervised ? open_notify(notify_path) : -1;
    int64_t started_ms = site_now_ms();

    (void)fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        run_child(words, output, supervised ? notify_path : NULL, bench->is_other_user && !as_root);
    }
    await_end(child, notify, &run);
    run.took_ms = site_now_ms() - started_ms;
    ASSERT_OK(file_load(&bench->arena, log, OUT_BYTES_MAX, &run.out));
    return run;
}
