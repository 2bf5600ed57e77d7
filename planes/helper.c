#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "planes/helper_priv.h"
#include "planes/remote.h"
#include "planes/serve.h"

enum { LINGER_MS = 1000, TEXT_MAX = 16 };

/* How far the end has come. */
enum helper_phase {
    PHASE_SERVING,
    PHASE_LINGERING, /* the SMA has hung up: it should be about to end by itself */
    PHASE_STOPPING,  /* it was told to */
    PHASE_KILLED
};

struct helper {
    const struct helper_spec *spec;
    struct helper_arguments arguments;

    struct plane_server *server;
    int signal_fd;
    pid_t child;
    int child_status; /* as waitpid gives it; valid once child is 0 */
    enum helper_phase phase;
    int told;             /* the signal that told us to stop: then the child's end by SIGTERM is a
                             good one; 0: none */
    struct status broken; /* why the service failed: then no end is a good one */
    int64_t next_at_ms;   /* of the phases that end by themselves */
};

/* --- the child ---------------------------------------------------------------------------------
 */

/* Nothing of ours reaches the SMA but its standard streams and its end of the socket. */
static struct status hand_over(const struct helper *self, int fd)
{
    char variable[PLANE_REMOTE_VARIABLE_MAX];
    char number[TEXT_MAX];

    if (close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) != 0 || fcntl(fd, F_SETFD, 0) != 0) {
        return status_error(STATUS_UNAVAILABLE, "descriptors: %s", strerrordesc_np(errno));
    }
    plane_remote_variable(self->spec->kind, variable);
    (void)snprintf(number, sizeof(number), "%d", fd);
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): a helper has one thread */
    if (setenv(variable, number, 1) != 0) {
        return status_error(STATUS_UNAVAILABLE, "environment: %s", strerrordesc_np(errno));
    }
    return STATUS_SUCCESS;
}

/* Also when the helper is killed and can close nothing: the kernel tells the SMA then. Behind the
 * change of user, which would forget it. */
static struct status die_with(pid_t parent)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) {
        return status_error(STATUS_UNAVAILABLE, "parent death signal: %s", strerrordesc_np(errno));
    }
    return getppid() == parent ? STATUS_SUCCESS
                               : status_error(STATUS_UNAVAILABLE, "the helper is gone already");
}

static struct status prepare_child(const struct helper *self, int fd, pid_t parent)
{
    sigset_t none;

    TRY(hand_over(self, fd));
    TRY(privilege_drop_all(&self->arguments.user));
    TRY(die_with(parent));
    (void)sigemptyset(&none);
    (void)pthread_sigmask(SIG_SETMASK, &none, NULL);
    (void)signal(SIGPIPE, SIG_DFL); /* what is ignored stays ignored in the next program */
    return STATUS_SUCCESS;
}

static NORETURN void run_child(const struct helper *self, int fd, pid_t parent)
{
    struct status ready = prepare_child(self, fd, parent);

    assert(self->arguments.command != NULL);
    if (status_ok(&ready)) {
        (void)execvp(self->arguments.command[0], self->arguments.command);
        ready = status_error(STATUS_NOT_FOUND, "%s: %s", self->arguments.command[0],
                             strerrordesc_np(errno));
    }
    log_status(LOG_LEVEL_ERROR, self->spec->program, "sma-not-started", &ready);
    _exit(HELPER_CANNOT_RUN);
}

static struct status start_child(struct helper *self, struct plane *plane)
{
    int pair[2];
    pid_t parent = getpid();

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
        plane_close(&plane);
        return status_error(STATUS_UNAVAILABLE, "socketpair: %s", strerrordesc_np(errno));
    }
    self->server = plane_server_new(plane, pair[0]);
    self->child = fork();
    if (self->child == 0) {
        run_child(self, pair[1], parent);
    }
    (void)close(pair[1]);
    if (self->child < 0) {
        self->child = 0;
        return status_error(STATUS_UNAVAILABLE, "fork: %s", strerrordesc_np(errno));
    }
    return STATUS_SUCCESS;
}

/* --- living together ----------------------------------------------------------------------------
 */

static void enter(struct helper *self, enum helper_phase phase, int64_t for_ms)
{
    self->phase = phase;
    self->next_at_ms = clock_mono_ms(&clock_real) + for_ms;
}

static void stop_child(struct helper *self)
{
    if (self->child > 0 && self->phase < PHASE_STOPPING) {
        (void)kill(self->child, SIGTERM);
        enter(self, PHASE_STOPPING, HELPER_STOP_MS);
    }
}

static void reap(struct helper *self)
{
    int outcome = 0;

    if (self->child > 0 && waitpid(self->child, &outcome, WNOHANG) == self->child) {
        self->child = 0;
        self->child_status = outcome;
    }
}

static void take_signals(struct helper *self)
{
    struct signalfd_siginfo info;

    while (read(self->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
        if (info.ssi_signo == SIGHUP) {
            (void)kill(self->child, SIGHUP); /* to read its configuration again is its business */
        } else if (info.ssi_signo != SIGCHLD) {
            self->told = (int)info.ssi_signo;
            stop_child(self);
        }
    }
    reap(self);
}

/* What is due when a phase has taken long enough. */
static void hurry(struct helper *self)
{
    if (self->phase == PHASE_SERVING || clock_mono_ms(&clock_real) < self->next_at_ms) {
        return;
    }
    if (self->phase == PHASE_LINGERING) {
        stop_child(self);
        return;
    }
    log_warn(self->spec->program, "sma-killed", LOG_NUMBER("after_ms", HELPER_STOP_MS));
    (void)kill(self->child, SIGKILL);
    enter(self, PHASE_KILLED, HELPER_STOP_MS);
}

static int wait_ms(const struct helper *self)
{
    int64_t left_ms = self->next_at_ms - clock_mono_ms(&clock_real);

    if (self->phase == PHASE_SERVING) {
        return -1;
    }
    return left_ms > 0 ? (int)left_ms : 0;
}

static void serve(struct helper *self)
{
    bool ended = false;
    struct status turned = plane_server_turn(self->server, &ended);

    if (!status_ok(&turned)) {
        self->broken = turned;
        stop_child(self);
    } else if (ended && self->phase == PHASE_SERVING) {
        enter(self, PHASE_LINGERING, LINGER_MS);
    }
    if (ended || !status_ok(&self->broken)) {
        plane_server_free(TAKE(self->server));
    }
}

static struct status live(struct helper *self)
{
    while (self->child > 0) {
        struct pollfd ready[1 + PLANE_SERVER_FDS] = { { .fd = self->signal_fd, .events = POLLIN } };
        nfds_t count = 1;
        if (self->server != NULL) {
            plane_server_poll(self->server, &ready[1]);
            count += PLANE_SERVER_FDS;
        }
        if (poll(ready, count, wait_ms(self)) < 0 && errno != EINTR) {
            return status_error(STATUS_UNAVAILABLE, "poll: %s", strerrordesc_np(errno));
        }
        take_signals(self);
        hurry(self);
        if (self->server != NULL) {
            serve(self);
        }
    }
    return STATUS_SUCCESS;
}

/* How it ended, once. An SMA that fails has said why itself, and so has a start of it. */
static int say_end(const struct helper *self)
{
    const char *told = self->told != 0 ? sigabbrev_np(self->told) : "";
    const char *program = self->spec->program;

    if (!status_ok(&self->broken)) {
        log_status(LOG_LEVEL_ERROR, program, "stopped", &self->broken);
        return HELPER_FAILED;
    }
    if (WIFEXITED(self->child_status)) {
        int code = WEXITSTATUS(self->child_status);
        LOG_LINE(code == HELPER_GOOD ? LOG_LEVEL_INFO : LOG_LEVEL_WARN, program, "stopped",
                 LOG_CSTR("reason", self->told != 0 ? "signal" : "sma-ended"),
                 LOG_CSTR("signal", told), LOG_NUMBER("sma_exit", code));
        return code;
    }
    int by = WTERMSIG(self->child_status);
    bool wanted = self->told != 0 && by == SIGTERM;
    LOG_LINE(wanted ? LOG_LEVEL_INFO : LOG_LEVEL_ERROR, program, "stopped",
             LOG_CSTR("reason", self->told != 0 ? "signal" : "sma-ended"), LOG_CSTR("signal", told),
             LOG_CSTR("sma_signal", sigabbrev_np(by)));
    return wanted ? HELPER_GOOD : HELPER_FAILED;
}

/* --- main ---------------------------------------------------------------------------------------
 */

/* A stream that is closed would otherwise be some socket of ours. */
static struct status open_standard_streams(void)
{
    int fd = 0;

    while (fd >= 0 && fd <= STDERR_FILENO) {
        fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    }
    if (fd < 0) {
        return status_error(STATUS_UNAVAILABLE, "/dev/null: %s", strerrordesc_np(errno));
    }
    (void)close(fd);
    return STATUS_SUCCESS;
}

static struct status catch_signals(struct helper *self)
{
    sigset_t caught;

    (void)sigemptyset(&caught);
    (void)sigaddset(&caught, SIGTERM);
    (void)sigaddset(&caught, SIGINT);
    (void)sigaddset(&caught, SIGHUP);
    (void)sigaddset(&caught, SIGCHLD);
    (void)signal(SIGPIPE, SIG_IGN);
    self->signal_fd = -1;
    if (pthread_sigmask(SIG_BLOCK, &caught, NULL) == 0) {
        self->signal_fd = signalfd(-1, &caught, SFD_CLOEXEC | SFD_NONBLOCK);
    }
    return self->signal_fd >= 0
               ? STATUS_SUCCESS
               : status_error(STATUS_UNAVAILABLE, "signals: %s", strerrordesc_np(errno));
}

static struct status start(struct helper *self)
{
    struct plane *plane = NULL;

    TRY(open_standard_streams());
    TRY(catch_signals(self));
    TRY(self->spec->open(self->spec->self, &plane));
    TRY(start_child(self, plane));
    TRY(privilege_keep(self->spec->capabilities, self->spec->capability_count,
                       &self->arguments.user));
    log_info(self->spec->program, "serving", LOG_CSTR("plane", plane_kind_name(self->spec->kind)),
             LOG_NUMBER("sma_pid", self->child));
    return STATUS_SUCCESS;
}

static int run(struct helper *self)
{
    struct status outcome = start(self);
    int code = HELPER_UNREACHABLE;

    if (status_ok(&outcome)) {
        outcome = live(self);
        code = HELPER_FAILED;
    }
    plane_server_free(self->server);
    if (self->child > 0) {
        (void)kill(self->child, SIGKILL); /* only after a failure above */
    }
    if (!status_ok(&outcome)) {
        log_status(LOG_LEVEL_ERROR, self->spec->program, "stopped", &outcome);
        return code;
    }
    return say_end(self);
}

int helper_main(const struct helper_spec *spec, int argc, char **argv)
{
    struct helper self = { .spec = spec };

    log_setup(STDERR_FILENO, LOG_FORMAT_AUTO, LOG_LEVEL_INFO);
    switch (helper_read_arguments(spec, argc, argv, &self.arguments)) {
    case HELPER_WRONG:
        return HELPER_USAGE;
    case HELPER_DONE:
        return HELPER_GOOD;
    case HELPER_GO_ON:
        break;
    }
    return self.arguments.check_only ? helper_check(spec, &self.arguments) : run(&self);
}
