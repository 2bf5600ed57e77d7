/* cli/keys.h - keys of agreements: those that are trusted (--keys), and the one that signs (--key).
 */
#ifndef REDAN_CLI_KEYS_H
#define REDAN_CLI_KEYS_H

#include "cli/cli.h"
#include "sla/sla.h"

/* The public keys at --keys, a file or a folder of *.pem (sla/agree/keys.h), into the options;
 * nothing without it. Prints what went wrong. */
enum cli_exit keys_load(struct cli *cli, struct sla_options *options);

/* An unlocked private key that only its owner may read. The caller wipes it. From here on the
 * process leaves no core dump. */
enum cli_exit keys_load_secret(struct cli *cli, const char *path, struct ed25519_secret *out);

#endif
