#include "sla/words/hint.h"

#include "base/parse.h"
#include "model/address.h"

#include <stdio.h>
#include <string.h>

/* Ports and addresses as other tools write them. */

enum { NUMBER_MOST = 99999999, RANGE_BYTES = 32 };

static void say(struct sla_hint *out, const char *help)
{
    (void)snprintf(out->help, sizeof(out->help), "%s", help);
}

static void say_write(struct sla_hint *out, bool same)
{
    out->same = same;
    (void)snprintf(out->help, sizeof(out->help), "write `%s`", out->write);
}

/* --- ports ----------------------------------------------------------------------------------- */

static const char *protocol_of(struct slice text)
{
    text = slice_trim(text);
    if (slice_is(text, "tcp") || slice_is(text, "TCP")) {
        return "tcp";
    }
    return slice_is(text, "udp") || slice_is(text, "UDP") ? "udp" : NULL;
}

/* "443", "5000-5010", "5000:5010" */
static bool read_range(struct slice text, uint32_t *out_first, uint32_t *out_last)
{
    struct slice last = slice_trim(text);
    struct slice first = slice_cut(&last, slice_find(last, ':') < last.len ? ':' : '-');
    struct status status = parse_u32(slice_trim(first), 0, NUMBER_MOST, out_first);

    *out_last = *out_first;
    if (status_ok(&status) && last.ptr != NULL) {
        status = parse_u32(slice_trim(last), 0, NUMBER_MOST, out_last);
    }
    return status_ok(&status);
}

static bool hint_service(struct slice text, struct sla_hint *out)
{
    static const char *const services[][2] = {
        { "https", "443/tcp" }, { "http", "80/tcp" },   { "ssh", "22/tcp" },
        { "smtp", "25/tcp" },   { "ldap", "389/tcp" },  { "ldaps", "636/tcp" },
        { "rdp", "3389/tcp" },  { "domain", "53/udp" }, { "dns", "53/udp" },
        { "ntp", "123/udp" },
    };

    for (size_t i = 0; i < COUNT_OF(services); i++) {
        if (slice_is(text, services[i][0])) {
            (void)snprintf(out->write, sizeof(out->write), "%s", services[i][1]);
            say_write(out, false);
            return true;
        }
    }
    return false;
}

void sla_hint_ports(struct slice text, struct sla_hint *out)
{
    struct slice right = text;
    struct slice left = slice_cut(&right, '/');
    const char *protocol = protocol_of(right);
    bool turned = protocol == NULL && protocol_of(left) != NULL;
    char range[RANGE_BYTES];
    uint32_t first = 0;
    uint32_t last = 0;

    *out = (struct sla_hint){ .help = "write `443/tcp` or `5000-5010/udp`" };
    if (hint_service(text, out) || !read_range(turned ? right : left, &first, &last)) {
        return;
    }
    bool backwards = last < first;
    uint32_t low = backwards ? last : first;
    uint32_t high = backwards ? first : last;
    if (low == 0 || high > SLA_PORT_MAX) {
        say(out, "ports go from 1 to 65535");
        return;
    }
    (void)snprintf(range, sizeof(range), low == high ? "%u" : "%u-%u", low, high);
    protocol = turned ? protocol_of(left) : protocol;
    if (protocol == NULL) {
        (void)snprintf(out->help, sizeof(out->help), "write `%s/tcp` or `%s/udp`", range, range);
        return;
    }
    (void)snprintf(out->write, sizeof(out->write), "%s/%s", range, protocol);
    say_write(out, !backwards);
}

/* --- addresses ------------------------------------------------------------------------------- */

/* "24", "255.255.255.0" */
static bool read_prefix(const struct address *host, struct slice text, uint32_t *out)
{
    struct address mask;
    struct status status = parse_u32(text, 0, host->prefix_len, out);

    if (status_ok(&status)) {
        return true;
    }
    status = address_parse(text, &mask);
    if (!status_ok(&status) || mask.family != ADDRESS_IPV4 || host->family != ADDRESS_IPV4) {
        return false;
    }
    for (*out = 0; *out < 32 && (mask.bytes[*out / 8] >> (7 - *out % 8) & 1) != 0; (*out)++) {
    }
    for (uint32_t i = *out; i < 32; i++) {
        if ((mask.bytes[i / 8] >> (7 - i % 8) & 1) != 0) {
            return false; /* the ones of a mask stand together */
        }
    }
    return true;
}

/* The network of so many bits that the host is in. */
static struct address network_of(const struct address *host, uint32_t bits)
{
    struct address network = *host;

    network.prefix_len = (uint8_t)bits;
    for (uint32_t i = bits; i < host->prefix_len; i++) {
        network.bytes[i / 8] = (uint8_t)(network.bytes[i / 8] & ~(1U << (7 - i % 8)));
    }
    return network;
}

static void hint_network(const struct address *host, uint32_t bits, struct sla_hint *out)
{
    struct address network = network_of(host, bits);
    char network_text[ADDRESS_TEXT_MAX];
    char host_text[ADDRESS_TEXT_MAX];

    address_format(&network, network_text);
    address_format(host, host_text);
    if (memcmp(network.bytes, host->bytes, sizeof(network.bytes)) == 0) {
        (void)snprintf(out->write, sizeof(out->write), "%s", network_text);
        say_write(out, true);
        return;
    }
    (void)snprintf(out->help, sizeof(out->help), "write `%s` for the network, `%s` for the host",
                   network_text, host_text);
}

void sla_hint_address(struct slice text, struct sla_hint *out)
{
    struct slice rest = text;
    bool has_prefix = slice_find(text, '/') < text.len;
    struct slice first = slice_cut(&rest, has_prefix ? '/' : '-');
    struct address host;
    struct address other;
    uint32_t bits = 0;
    struct status status = address_parse(first, &host);
    bool has_host = status_ok(&status) && address_is_host(&host);

    *out = (struct sla_hint){ .help = "write `10.0.0.1`, `10.0.0.0/8` or `2001:db8::/32`" };
    if (has_host && has_prefix && read_prefix(&host, rest, &bits)) {
        hint_network(&host, bits, out);
        return;
    }
    status = address_parse(slice_trim(rest), &other);
    if (has_host && !has_prefix && status_ok(&status)) {
        say(out, "write a range as networks: `10.0.0.16/28` and the like");
    } else if (text.len > 0 && slice_find(text, ':') == text.len &&
               strchr("0123456789", text.ptr[0]) == NULL) {
        say(out, "names are not looked up: write an address like `10.0.0.1`");
    }
}
