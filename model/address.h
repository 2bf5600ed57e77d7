/* model/address.h - an IPv4 or IPv6 address or prefix, parsed by inet_pton(3) and nothing laxer.
 * IPv4-mapped IPv6 addresses are turned into IPv4, so that one peer has one spelling. A link-local
 * IPv6 host may carry its zone (RFC 4007), the name of the interface behind which it is: the same
 * address behind another interface is another peer. Pure. */
#ifndef REDAN_MODEL_ADDRESS_H
#define REDAN_MODEL_ADDRESS_H

#include <stdint.h>

#include "base/slice.h"
#include "base/status.h"

enum address_family { ADDRESS_NONE = 0, ADDRESS_IPV4 = 4, ADDRESS_IPV6 = 6 };
enum { ADDRESS_TEXT_MAX = 64, ADDRESS_ZONE_MAX = 16 };

struct address {
    enum address_family family;
    uint8_t prefix_len;          /* 32 or 128 for one host */
    uint8_t bytes[16];           /* network order; the first 4 for IPv4; host bits zero */
    char zone[ADDRESS_ZONE_MAX]; /* "": none; zero behind its end */
};

/* "10.0.0.1", "10.0.0.0/8", "2001:db8::/32", "fe80::1%eth0". Host bits set below the prefix:
 * STATUS_INVALID. */
struct status address_parse(struct slice text, struct address *out) MUST_USE;
/* A host without "/32"; "" for ADDRESS_NONE. */
void address_format(const struct address *address, char out[ADDRESS_TEXT_MAX]);
bool address_eq(const struct address *a, const struct address *b);
/* Family known, prefix in range, host bits and unused bytes zero, not IPv4-mapped: what
 * address_parse gives. For decoders of foreign bytes. */
bool address_is_valid(const struct address *address);
bool address_is_host(const struct address *address);
bool address_is_link_local(const struct address *address); /* all of it within fe80::/10 */
/* Do the two prefixes share an address? One without a zone is in every zone. */
bool address_overlaps(const struct address *a, const struct address *b);
/* Is all of `inner` in `outer`? */
bool address_covers(const struct address *outer, const struct address *inner);
/* As qsort wants it: a prefix stands before what it covers. */
int address_cmp(const struct address *a, const struct address *b);

#endif
