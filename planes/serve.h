/* planes/serve.h - a plane served to one client over a helper's socket: the privileged side.
 *
 * Each packet is decoded, checked against what may come now, and becomes one call of plane.h. While
 * answers wait to be sent or an observe runs, no further request is read: a client that does not
 * read fills its own socket, not us. Anything malformed ends the service: a client that sends it is
 * not the program we started any more.
 *
 * Threads: a server belongs to one thread. */
#ifndef REDAN_PLANES_SERVE_H
#define REDAN_PLANES_SERVE_H

#include <poll.h>

#include "planes/plane.h"

struct plane_server;

/* Takes the plane and the socket (SOCK_SEQPACKET). */
struct plane_server *plane_server_new(struct plane *plane, int fd);
/* Closes both; what is in force on the plane stays. NULL is fine. */
void plane_server_free(struct plane_server *server);

enum { PLANE_SERVER_FDS = 2 };
/* What to poll for before the next turn. */
void plane_server_poll(const struct plane_server *server, struct pollfd out[PLANE_SERVER_FDS]);
/* Does what is due; never blocks. `*out_ended`: the client has hung up. Errors: a malformed or
 * unexpected message (the client is to be given up), or the plane is lost. */
struct status plane_server_turn(struct plane_server *server, bool *out_ended) MUST_USE;

/* Turns until the client hangs up. Blocks. */
struct status plane_server_run(struct plane_server *server) MUST_USE;

#endif
