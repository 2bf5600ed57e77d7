/* What redan-netd starts in its tests in place of an SMA: does what it is told on its standard
 * input, one command a line, and answers each with one line.
 *
 *   status            uid, capabilities and no_new_privs of this process, descriptors open
 *   apply N SOURCE MS | undo N SOURCE | read N SOURCE | observe
 *   exit CODE         ends; so does the end of the input (0) and the loss of the plane (6)
 *
 * With the argument `raw` it takes no plane, but sends five bytes of nonsense on the socket. */
#include <dirent.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/parse.h"
#include "planes/remote.h"
#include "tests/fakes/plane_driver.h"
#include "tests/integration/network/private_network.h"

enum { WORDS_MAX = 4, LINE_MAX_BYTES = 256 };

static size_t count_descriptors(void)
{
    size_t count = 0;
    DIR *folder = opendir("/proc/self/fd");

    while (folder != NULL && readdir(folder) != NULL) {
        count++;
    }
    (void)closedir(folder);
    return count - 3; /* ".", ".." and the folder itself */
}

static void tell_status(void)
{
    char line[LINE_MAX_BYTES];
    FILE *status = fopen("/proc/self/status", "re");

    while (status != NULL && fgets(line, sizeof(line), status) != NULL) {
        if (strncmp(line, "Cap", 3) == 0 || strncmp(line, "NoNewPrivs", 10) == 0 ||
            strncmp(line, "Uid", 3) == 0) {
            line[strcspn(line, "\n")] = ' ';
            line[strcspn(line, "\t")] = ' ';
            (void)fputs(line, stdout);
        }
    }
    (void)fclose(status);
    (void)printf("fds %zu\n", count_descriptors());
}

static struct action action_of(const char *const *words)
{
    struct action action = { .kind = ACTION_NETWORK_DENY, .node = "node-1" };
    int64_t lease_ms = 0;
    struct status parsed = address_parse(slice_from(words[2]), &action.source);

    if (status_ok(&parsed) && words[3] != NULL) {
        parsed = parse_i64(slice_from(words[3]), 0, LEASE_MAX_MS, &lease_ms);
    }
    if (!status_ok(&parsed)) {
        (void)puts(parsed.msg);
    }
    (void)snprintf(action.id.text, sizeof(action.id.text), "01HZX3V9KQ0000000000000%.3s", words[1]);
    action.lease = (struct lease){ .duration_ms = lease_ms, .limit_ms = lease_ms };
    return action;
}

static void tell(struct status outcome)
{
    (void)printf("%s %s\n", status_code_name(outcome.code), outcome.msg);
}

static void tell_reading(struct plane *plane, const struct action *action)
{
    static const char *const presences[] = { "absent", "partial", "present" };
    struct plane_reading reading = { 0 };
    struct status outcome = drive_read_back(plane, action, &reading);

    if (!status_ok(&outcome)) {
        tell(outcome);
        return;
    }
    (void)printf("%s %s\n", presences[reading.presence], reading.detail);
}

static void tell_controls(struct plane *plane)
{
    struct plane_control *controls = NULL;
    size_t count = 0;
    struct status outcome = drive_observe(plane, &controls, &count);

    (void)printf("%zu %s", count, outcome.msg);
    for (size_t i = 0; i < count; i++) {
        char source[ADDRESS_TEXT_MAX];
        address_format(&controls[i].action.source, source);
        (void)printf(" %s", source);
    }
    (void)puts("");
    free(controls);
}

/* The code to exit with, or -1: go on. */
static int obey(struct plane *plane, char *line)
{
    const char *words[WORDS_MAX + 1] = { NULL };
    size_t count = private_split(line, words, WORDS_MAX);

    if (count == 0) {
        return -1;
    }
    if (strcmp(words[0], "status") == 0) {
        tell_status();
    } else if (strcmp(words[0], "observe") == 0) {
        tell_controls(plane);
    } else if (strcmp(words[0], "exit") == 0 && count == 2) {
        return words[1][0] - '0';
    } else if (count >= 3) {
        struct action action = action_of(words);
        if (strcmp(words[0], "apply") == 0) {
            tell(drive_apply(plane, &action));
        } else if (strcmp(words[0], "undo") == 0) {
            tell(drive_undo(plane, &action));
        } else {
            tell_reading(plane, &action);
        }
    }
    (void)fflush(stdout);
    return -1;
}

static int send_nonsense(void)
{
    char variable[PLANE_REMOTE_VARIABLE_MAX];
    uint32_t fd = 0;
    char byte = 0;

    plane_remote_variable(PLANE_NETWORK, variable);
    struct status parsed = parse_u32(slice_from(getenv(variable)), 3, 1000, &fd);
    if (!status_ok(&parsed) || send((int)fd, "hello", 5, 0) != 5) {
        return 3;
    }
    while (read(STDIN_FILENO, &byte, 1) > 0) { /* until it is stopped */
    }
    return 0;
}

/* One wait; the code to exit with, or -1: go on. */
static int turn(struct plane *plane)
{
    struct pollfd ready[] = { { .fd = STDIN_FILENO, .events = POLLIN },
                              { .fd = plane_fd(plane), .events = POLLIN } };
    char line[LINE_MAX_BYTES];

    (void)poll(ready, COUNT_OF(ready), -1);
    if (ready[1].revents != 0) {
        struct status turned = plane_dispatch(plane);
        if (!status_ok(&turned)) {
            return 6;
        }
    }
    if (ready[0].revents == 0) {
        return -1;
    }
    return fgets(line, sizeof(line), stdin) != NULL ? obey(plane, line) : 0;
}

int main(int argc, char **argv)
{
    struct plane *plane = NULL;
    int code = -1;

    if (argc > 1 && strcmp(argv[1], "raw") == 0) {
        return send_nonsense();
    }
    struct status opened = plane_remote_inherit(PLANE_NETWORK, &plane);
    if (!status_ok(&opened)) {
        (void)fprintf(stderr, "netd_client: %s\n", opened.msg);
        return 3;
    }
    while (code < 0) {
        code = turn(plane);
    }
    plane_close(&plane);
    return code;
}
