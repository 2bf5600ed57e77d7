/* tests/integration/redand/daemon.h - the real redand on a folder of the test's, and its API. */
#ifndef REDAN_TESTS_INTEGRATION_REDAND_DAEMON_H
#define REDAN_TESTS_INTEGRATION_REDAND_DAEMON_H

#include <sys/types.h>

#include "base/arena.h"
#include "base/json.h"

enum { DAEMON_FOLDER_MAX = 80, DAEMON_SOCKET_MAX = 100, DAEMON_WAIT_MS = 20000 };

struct daemon {
    pid_t pid;
    char folder[DAEMON_FOLDER_MAX]; /* short: socket paths have 107 bytes */
    char socket[DAEMON_SOCKET_MAX];
};

/* A fresh folder with keys and redand.yaml; nothing runs yet. */
bool daemon_prepare(struct daemon *daemon, const char *name);
/* FOLDER/state/redan.db, for filling before the start. */
const char *daemon_database(const struct daemon *daemon, struct arena *arena);
/* Starts it and waits until it says that it is ready. */
bool daemon_start(struct daemon *daemon);
/* Sends the signal, waits for the end: the exit code, or 128 + the signal that ended it. */
int daemon_stop(struct daemon *daemon, int signal_number);

/* One call; *out_code gets the HTTP code. The answer as JSON, or NULL when it is none; its text in
 * *out_text when not NULL. Everything in the arena. */
const struct json *daemon_ask(const struct daemon *daemon, struct arena *arena, const char *method,
                              const char *target, struct slice body, long *out_code,
                              struct slice *out_text);

#endif
