#include "tests/integration/redand/daemon.h"

#include "base/file.h"
#include "base/http_client.h"
#include "tests/suite.h"
#include "wire/registry.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOTE_MAX = 4096, ANSWER_MAX = 16 * 1024 * 1024 };

static bool went_well(struct status status)
{
    if (!status_ok(&status)) {
        (void)printf("  %s\n", status.msg);
    }
    return status_ok(&status);
}

bool daemon_prepare(struct daemon *daemon, const char *name)
{
    CLEANUP(arena_done) struct arena arena = { 0 };

    *daemon = (struct daemon){ .pid = -1 };
    (void)snprintf(daemon->folder, sizeof(daemon->folder), "%s/%s", suite_folder(), name);
    (void)snprintf(daemon->socket, sizeof(daemon->socket), "%s/api", daemon->folder);
    const char *keys = file_path(&arena, daemon->folder, "keys");
    struct slice config =
        arena_printf(&arena,
                     "state: %s/state\nkeys: %s/keys\n"
                     "listen: \"ipc://%s/wire\"\napi: %s\nlog_level: error\n",
                     daemon->folder, daemon->folder, daemon->folder, daemon->socket);
    return went_well(file_make_folder(keys, 0700)) &&
           went_well(file_make_folder(file_path(&arena, daemon->folder, "state"), 0700)) &&
           went_well(registry_init(keys, SLICE("redand"))) &&
           went_well(file_store(file_path(&arena, daemon->folder, "redand.yaml"), config, 0600));
}

const char *daemon_database(const struct daemon *daemon, struct arena *arena)
{
    return file_path(arena, daemon->folder, "state/redan.db");
}

/* The socket systemd would give it; returns -1 on failure. */
static int open_notify(const struct daemon *daemon, struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    *address = (struct sockaddr_un){ .sun_family = AF_UNIX };
    (void)snprintf(address->sun_path, sizeof(address->sun_path), "%s/notify", daemon->folder);
    (void)unlink(address->sun_path);
    if (fd >= 0 && bind(fd, (const struct sockaddr *)address, sizeof(*address)) != 0) {
        (void)close(fd);
        fd = -1;
    }
    return fd;
}

static void run(const struct daemon *daemon, const char *notify)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    const char *bin = getenv("REDAN_BIN");
    const char *program = file_path(&arena, bin != NULL ? bin : "build/bin", "redand");
    const char *config = file_path(&arena, daemon->folder, "redand.yaml");

    /* NOLINTNEXTLINE(concurrency-mt-unsafe): a child just forked has one thread */
    (void)setenv("NOTIFY_SOCKET", notify, 1);
    (void)execl(program, program, "--config", config, (char *)NULL);
    perror(program);
    _exit(127);
}

static bool wait_ready(int notify)
{
    char note[NOTE_MAX];
    struct pollfd item = { .fd = notify, .events = POLLIN };

    while (poll(&item, 1, DAEMON_WAIT_MS) == 1) {
        ssize_t len = recv(notify, note, sizeof(note) - 1, 0);
        note[len > 0 ? len : 0] = '\0';
        if (strstr(note, "READY=1") != NULL) {
            return true;
        }
    }
    return false;
}

bool daemon_start(struct daemon *daemon)
{
    struct sockaddr_un address;
    CLEANUP(cleanup_close) int notify = open_notify(daemon, &address);

    if (notify < 0) {
        return false;
    }
    daemon->pid = fork();
    if (daemon->pid == 0) {
        run(daemon, address.sun_path);
    }
    return wait_ready(notify);
}

int daemon_stop(struct daemon *daemon, int signal_number)
{
    int outcome = 0;

    if (daemon->pid <= 0 || kill(daemon->pid, signal_number) != 0 ||
        waitpid(daemon->pid, &outcome, 0) != daemon->pid) {
        return -1;
    }
    daemon->pid = -1;
    return WIFEXITED(outcome) ? WEXITSTATUS(outcome) : 128 + WTERMSIG(outcome);
}

const struct json *daemon_ask(const struct daemon *daemon, struct arena *arena, const char *method,
                              const char *target, struct slice body, long *out_code,
                              struct slice *out_text)
{
    struct http_answer answer = { .code = 0 };
    const struct json *tree = NULL;
    struct http_request request = { .method = method,
                                    .unix_socket = daemon->socket,
                                    .url = arena_printf(arena, "http://redan%s", target).ptr,
                                    .body = body,
                                    .timeout_ms = DAEMON_WAIT_MS,
                                    .answer_max_bytes = ANSWER_MAX };

    *out_code = 0;
    if (went_well(http_ask(&request, &answer))) {
        *out_code = answer.code;
    }
    struct slice text = arena_copy(arena, buf_slice(&answer.body));
    buf_done(&answer.body);
    if (out_text != NULL) {
        *out_text = text;
    }
    struct status read = json_read(arena, text, &tree);
    return status_ok(&read) ? tree : NULL;
}
