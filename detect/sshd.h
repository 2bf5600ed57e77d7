/* detect/sshd.h - what OpenSSH's server says about authentication, as fields.
 *
 * The address is taken from the place where sshd writes it and nowhere else: of "Failed password
 * for USER from ADDR port N ssh2" that is the right end of the text, since USER is the attacker's
 * to choose and may itself read like the rest of such a line. A text that can be read in two ways
 * names no address. Everything here is provenance app-log until the kernel confirms it. Pure;
 * results borrow from the text. */
#ifndef REDAN_DETECT_SSHD_H
#define REDAN_DETECT_SSHD_H

#include <stdint.h>

#include "base/slice.h"

/* Kinds beside EVENT_AUTH_FAILURE and EVENT_AUTH_SUCCESS of model/event.h. */
#define SSHD_INVALID_USER "auth.invalid_user" /* "Invalid user": a failure line follows */
#define SSHD_REFUSED      "auth.refused"      /* known, but not allowed: AllowUsers, root ... */
#define SSHD_EXCEEDED     "auth.exceeded"     /* too many tries on one connection */
#define SSHD_PAM_FAILURE  "auth.pam_failure"  /* PAM's own line about a failure sshd also logs */
#define SSHD_OPENED       "connection.opened"
#define SSHD_CLOSED       "connection.closed"
#define SSHD_REJECTED     "connection.rejected" /* no SSH spoken, or no common algorithm */

enum { SSHD_REPEAT_MAX = 1000 }; /* "message repeated N times": N above it counts as this */

struct sshd_message {
    const char *kind;      /* static text, one of the above or of model/event.h */
    struct slice user;     /* as logged; "" when absent or unknown */
    bool has_user;         /* an empty user name is a user name */
    bool invalid_user;     /* sshd says the account does not exist */
    struct slice src_ip;   /* text inet_pton(3) takes; "" when absent or ambiguous */
    struct slice src_host; /* a name where sshd wrote one instead of an address */
    uint16_t src_port;     /* 0 when absent */
    uint16_t local_port;   /* of the server; 0 when absent */
    struct slice method;   /* "password", "publickey", "keyboard-interactive/pam" */
    uint32_t repeat;       /* how many times it happened: 1, or the N of "repeated N times" */
};

/* `app` and `text` as syslog names them. False: not sshd's, or not a line about a peer. */
bool sshd_parse(struct slice app, struct slice text, struct sshd_message *out);

#endif
