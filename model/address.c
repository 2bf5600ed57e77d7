#include "model/address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"

enum {
    IPV4_BITS = 32,
    IPV6_BITS = 128,
    MAPPED_BITS = 96,
    MAPPED_BYTES = 12,
    BYTE_BITS = 8,
    LINK_LOCAL_BITS = 10
};

static const uint8_t mapped_prefix[MAPPED_BYTES] = { [10] = 0xff, [11] = 0xff };

static unsigned width_of(enum address_family family)
{
    return family == ADDRESS_IPV4 ? IPV4_BITS : IPV6_BITS;
}

static bool bit_is_set(const uint8_t *bytes, unsigned bit)
{
    return (bytes[bit / BYTE_BITS] & (0x80U >> (bit % BYTE_BITS))) != 0;
}

static bool same_bits(const uint8_t *a, const uint8_t *b, unsigned bits)
{
    size_t whole = bits / BYTE_BITS;
    unsigned rest = bits % BYTE_BITS;

    if (memcmp(a, b, whole) != 0) {
        return false;
    }
    return rest == 0 || (a[whole] >> (BYTE_BITS - rest)) == (b[whole] >> (BYTE_BITS - rest));
}

/* Everything behind the prefix is zero, to the end of `bytes`. */
static bool rest_is_zero(const struct address *address)
{
    for (unsigned bit = address->prefix_len; bit < IPV6_BITS; bit++) {
        if (bit_is_set(address->bytes, bit)) {
            return false;
        }
    }
    return true;
}

/* What the kernel calls interfaces, but for signs that would need quoting somewhere. */
static bool is_zone_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || byte == '.' || byte == '_' || byte == '-';
}

static bool is_zone(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!is_zone_byte(text.ptr[i])) {
            return false;
        }
    }
    return text.len > 0 && text.len < ADDRESS_ZONE_MAX && !slice_is(text, ".") &&
           !slice_is(text, "..");
}

/* None, or a plain one where a zone belongs. */
static bool has_right_zone(const struct address *address)
{
    size_t len = strnlen(address->zone, sizeof(address->zone));

    for (size_t i = len; i < sizeof(address->zone); i++) {
        if (address->zone[i] != '\0') {
            return false;
        }
    }
    return len == 0 || (is_zone((struct slice){ address->zone, len }) && address_is_host(address) &&
                        address_is_link_local(address));
}

static bool is_mapped(const struct address *address)
{
    return address->family == ADDRESS_IPV6 && address->prefix_len >= MAPPED_BITS &&
           memcmp(address->bytes, mapped_prefix, MAPPED_BYTES) == 0;
}

/* One spelling per peer: ::ffff:10.0.0.1 is 10.0.0.1. */
static void unmap(struct address *address)
{
    uint8_t tail[4];

    memcpy(tail, address->bytes + MAPPED_BYTES, sizeof(tail));
    memset(address->bytes, 0, sizeof(address->bytes));
    memcpy(address->bytes, tail, sizeof(tail));
    address->family = ADDRESS_IPV4;
    address->prefix_len = (uint8_t)(address->prefix_len - MAPPED_BITS);
}

static bool read_host(struct slice text, struct address *out)
{
    char host[INET6_ADDRSTRLEN];

    if (text.len >= sizeof(host) || slice_find(text, '\0') != text.len) {
        return false;
    }
    (void)snprintf(host, sizeof(host), "%.*s", SLICE_ARG(text));
    if (inet_pton(AF_INET, host, out->bytes) == 1) {
        out->family = ADDRESS_IPV4;
    } else if (inet_pton(AF_INET6, host, out->bytes) == 1) {
        out->family = ADDRESS_IPV6;
    } else {
        return false;
    }
    out->prefix_len = (uint8_t)width_of(out->family);
    return true;
}

static bool read_zoned_host(struct slice text, struct address *out)
{
    size_t percent = slice_find(text, '%');
    struct slice zone = slice_sub(text, percent < text.len ? percent + 1 : percent, text.len);

    if (!read_host(slice_sub(text, 0, percent), out)) {
        return false;
    }
    if (percent == text.len) {
        return true;
    }
    slice_to_cstr(zone, out->zone, sizeof(out->zone));
    return is_zone(zone) && address_is_link_local(out);
}

static bool read_prefix(struct slice text, struct address *out)
{
    uint32_t bits = 0;
    bool padded = text.len > 1 && text.ptr[0] == '0';
    struct status parsed = parse_u32(text, 0, width_of(out->family), &bits);

    if (padded || !status_ok(&parsed)) {
        return false;
    }
    out->prefix_len = (uint8_t)bits;
    return true;
}

struct status address_parse(struct slice text, struct address *out)
{
    struct address address = { 0 };
    size_t slash = slice_find(text, '/');

    if (!read_zoned_host(slice_sub(text, 0, slash), &address) ||
        (slash < text.len && !read_prefix(slice_sub(text, slash + 1, text.len), &address)) ||
        !has_right_zone(&address)) {
        return status_error(STATUS_INVALID, "`%.*s` is not an IP address or prefix",
                            SLICE_ARG(text));
    }
    if (!rest_is_zero(&address)) {
        return status_error(STATUS_INVALID, "`%.*s` has bits set behind its prefix",
                            SLICE_ARG(text));
    }
    if (is_mapped(&address)) {
        unmap(&address);
    }
    *out = address;
    return STATUS_SUCCESS;
}

void address_format(const struct address *address, char out[ADDRESS_TEXT_MAX])
{
    char host[INET6_ADDRSTRLEN] = "";

    out[0] = '\0';
    if (address->family == ADDRESS_NONE) {
        return;
    }
    (void)inet_ntop(address->family == ADDRESS_IPV4 ? AF_INET : AF_INET6, address->bytes, host,
                    sizeof(host));
    if (address_is_host(address)) {
        (void)snprintf(out, ADDRESS_TEXT_MAX, "%s%s%.*s", host, address->zone[0] != '\0' ? "%" : "",
                       ADDRESS_ZONE_MAX, address->zone);
    } else {
        (void)snprintf(out, ADDRESS_TEXT_MAX, "%s/%u", host, (unsigned)address->prefix_len);
    }
}

bool address_eq(const struct address *a, const struct address *b)
{
    return a->family == b->family && a->prefix_len == b->prefix_len &&
           memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0 &&
           memcmp(a->zone, b->zone, sizeof(a->zone)) == 0;
}

bool address_is_valid(const struct address *address)
{
    if (address->family != ADDRESS_IPV4 && address->family != ADDRESS_IPV6) {
        return false;
    }
    return address->prefix_len <= width_of(address->family) && rest_is_zero(address) &&
           !is_mapped(address) && has_right_zone(address);
}

bool address_is_host(const struct address *address)
{
    return address->family != ADDRESS_NONE && address->prefix_len == width_of(address->family);
}

bool address_is_link_local(const struct address *address)
{
    return address->family == ADDRESS_IPV6 && address->prefix_len >= LINK_LOCAL_BITS &&
           address->bytes[0] == 0xfe && (address->bytes[1] & 0xc0) == 0x80;
}

bool address_overlaps(const struct address *a, const struct address *b)
{
    unsigned shorter = a->prefix_len < b->prefix_len ? a->prefix_len : b->prefix_len;

    return a->family == b->family && a->family != ADDRESS_NONE &&
           same_bits(a->bytes, b->bytes, shorter) &&
           (a->zone[0] == '\0' || b->zone[0] == '\0' ||
            memcmp(a->zone, b->zone, sizeof(a->zone)) == 0);
}

bool address_covers(const struct address *outer, const struct address *inner)
{
    return outer->prefix_len <= inner->prefix_len && address_overlaps(outer, inner) &&
           (outer->zone[0] == '\0' || inner->zone[0] != '\0');
}

int address_cmp(const struct address *a, const struct address *b)
{
    int order = (int)a->family - (int)b->family;

    order = order != 0 ? order : memcmp(a->bytes, b->bytes, sizeof(a->bytes));
    order = order != 0 ? order : (int)a->prefix_len - (int)b->prefix_len;
    return order != 0 ? order : memcmp(a->zone, b->zone, sizeof(a->zone));
}
