#include "detect/sshd.h"

#include "base/parse.h"
#include "model/address.h"
#include "model/event.h"

/* --- words from the ends ---------------------------------------------------------------------- */

static bool take_front(struct slice *text, struct slice prefix)
{
    if (!slice_starts(*text, prefix)) {
        return false;
    }
    *text = slice_sub(*text, prefix.len, text->len);
    return true;
}

static bool take_back(struct slice *text, struct slice suffix)
{
    if (!slice_ends(*text, suffix)) {
        return false;
    }
    *text = slice_sub(*text, 0, text->len - suffix.len);
    return true;
}

/* The last word; what is left keeps no blank before it. False: there is only an empty word. */
static bool take_last_word(struct slice *text, struct slice *out)
{
    size_t blank = slice_rfind(*text, ' ');
    size_t from = blank == text->len ? 0 : blank + 1;
    struct slice word = slice_sub(*text, from, text->len);

    if (word.len == 0) {
        return false;
    }
    *text = slice_sub(*text, 0, blank == text->len ? 0 : blank);
    *out = word;
    return true;
}

static bool read_port(struct slice text, uint16_t *out)
{
    uint32_t port = 0;
    struct status parsed = parse_u32(text, 0, UINT16_MAX, &port);

    if (!status_ok(&parsed)) {
        return false;
    }
    *out = (uint16_t)port;
    return true;
}

/* --- peers ------------------------------------------------------------------------------------ */

static bool is_host_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' || byte == '_' ||
           byte == ':' || byte == '%';
}

/* An address, or a name as UseDNS leaves it; false for anything else. */
static bool set_peer(struct slice text, struct sshd_message *out)
{
    struct address address = { 0 };
    struct status parsed = address_parse(text, &address);

    if (status_ok(&parsed) && slice_find(text, '/') == text.len) {
        out->src_ip = text;
        return true;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (!is_host_byte(text.ptr[i])) {
            return false;
        }
    }
    out->src_host = text;
    return text.len > 0;
}

/* "... ADDR port N" or "... ADDR" at the right end; leaves what is before ADDR and its blank. */
static bool take_peer_at_end(struct slice *text, bool needs_port, struct sshd_message *out)
{
    struct slice rest = *text;
    struct slice word = { 0 };
    uint16_t port = 0;

    if (!take_last_word(&rest, &word)) {
        return false;
    }
    bool has_port = slice_ends(rest, SLICE(" port")) && read_port(word, &port);
    if (has_port) {
        (void)take_back(&rest, SLICE(" port"));
        if (!take_last_word(&rest, &word)) {
            return false;
        }
    }
    if ((needs_port && !has_port) || !set_peer(word, out)) {
        return false;
    }
    out->src_port = port;
    *text = rest;
    return true;
}

/* "ADDR port N..." or "ADDR..." at the front; what follows must not be part of a word. */
static bool take_peer_at_front(struct slice *text, struct sshd_message *out)
{
    struct slice rest = *text;
    size_t end = 0;

    while (end < rest.len && is_host_byte(rest.ptr[end])) {
        end++;
    }
    struct slice host = slice_sub(rest, 0, end);
    (void)take_back(&host, SLICE(":")); /* "from ADDR: 11: Bye" */
    rest = slice_sub(rest, end, rest.len);
    bool cut = rest.len > 0 && rest.ptr[0] != ' ' && rest.ptr[0] != ',';
    if (cut || !set_peer(host, out)) {
        return false;
    }
    if (take_front(&rest, SLICE(" port "))) {
        size_t digits = 0;
        while (digits < rest.len && rest.ptr[digits] >= '0' && rest.ptr[digits] <= '9') {
            digits++;
        }
        if (!read_port(slice_sub(rest, 0, digits), &out->src_port)) {
            return false;
        }
        rest = slice_sub(rest, digits, rest.len);
    }
    *text = rest;
    return true;
}

static void set_user(struct slice user, struct sshd_message *out)
{
    out->has_user = true;
    out->user = user;
}

/* "invalid user " before a name that is not an account. */
static void take_invalid(struct slice *text, struct sshd_message *out)
{
    out->invalid_user =
        take_front(text, SLICE("invalid user ")) || take_front(text, SLICE("illegal user "));
}

/* --- the shapes sshd's messages have ---------------------------------------------------------- */

/* After the fixed prefix. False: not this shape after all. */
typedef bool(shape_fn)(struct slice text, struct sshd_message *out);

/* "USER from ADDR port N ssh2" with nothing behind it. */
static bool read_user_from_peer(struct slice text, bool needs_port, struct sshd_message *out)
{
    struct sshd_message read = *out;

    if (!take_back(&text, SLICE(" ssh2"))) {
        (void)take_back(&text, SLICE(" ssh1"));
    }
    if (!take_peer_at_end(&text, needs_port, &read) || !take_back(&text, SLICE(" from"))) {
        return false;
    }
    set_user(text, &read);
    *out = read;
    return true;
}

/* "USER from ADDR port N ssh2: KEYTYPE FINGERPRINT": the two words after the colon are sshd's. */
static bool read_plain_key(struct slice text, struct sshd_message *out)
{
    struct slice fingerprint = { 0 };
    struct slice type = { 0 };

    return slice_is(out->method, "publickey") && take_last_word(&text, &fingerprint) &&
           take_last_word(&text, &type) && take_back(&text, SLICE(":")) &&
           slice_ends(text, SLICE(" ssh2")) && read_user_from_peer(text, true, out);
}

/* "USER from ADDR port N ssh2: MORE", where MORE may be the peer's text (a certificate's id, a
 * remote user) as well as USER: with two ways to read it there is no address. */
static bool read_with_details(struct slice text, struct sshd_message *out)
{
    static const struct slice ends[] = { { " ssh2: ", 7 }, { " ssh1: ", 7 } };
    struct sshd_message read = { 0 };
    size_t readings = 0;

    for (size_t e = 0; e < COUNT_OF(ends); e++) {
        for (size_t from = 0; from < text.len;) {
            size_t at = from + slice_find_text(slice_sub(text, from, text.len), ends[e]);
            struct sshd_message one = *out;
            if (at < text.len && read_user_from_peer(slice_sub(text, 0, at + 5), true, &one)) {
                read = one;
                readings++;
            }
            from = at + 1;
        }
    }
    if (readings == 1) {
        *out = read;
    }
    return readings > 0;
}

/* "METHOD for [invalid user ]USER from ADDR port N ssh2[: MORE]". */
static bool read_auth(struct slice text, struct sshd_message *out)
{
    size_t at = slice_find_text(text, SLICE(" for "));

    if (at == text.len) {
        return false;
    }
    out->method = slice_sub(text, 0, at);
    text = slice_sub(text, at + 5, text.len);
    take_invalid(&text, out);
    bool ends = slice_ends(text, SLICE(" ssh2")) || slice_ends(text, SLICE(" ssh1"));
    if (ends) {
        return read_user_from_peer(text, true, out);
    }
    return read_plain_key(text, out) || read_with_details(text, out) ||
           read_user_from_peer(text, false, out); /* before OpenSSH 3 */
}

/* "[invalid user ]USER from ADDR[ port N][ ssh2]". */
static bool read_user_at_front(struct slice text, struct sshd_message *out)
{
    take_invalid(&text, out);
    return read_user_from_peer(text, false, out);
}

static bool read_invalid_user(struct slice text, struct sshd_message *out)
{
    out->invalid_user = true;
    return read_user_from_peer(text, false, out);
}

/* "USER[ from HOST] not allowed because REASON": USER is an account, REASON is sshd's. */
static bool read_not_allowed(struct slice text, struct sshd_message *out)
{
    size_t at = slice_rfind_text(text, SLICE(" not allowed because "));

    if (at == text.len) {
        return false;
    }
    text = slice_sub(text, 0, at);
    if (!read_user_from_peer(text, false, out)) {
        set_user(text, out);
    }
    return true;
}

/* "REASON for [illegal user ]USER from HOST[ via HOST]". */
static bool read_pam(struct slice text, struct sshd_message *out)
{
    size_t at = slice_find_text(text, SLICE(" for "));
    struct slice local = { 0 };

    if (at == text.len) {
        return false;
    }
    out->method = SLICE("pam");
    text = slice_sub(text, at + 5, text.len);
    take_invalid(&text, out);
    struct slice shorter = text;
    if (take_last_word(&shorter, &local) && take_back(&shorter, SLICE(" via"))) {
        text = shorter;
    }
    return read_user_from_peer(text, false, out);
}

/* "...: authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=HOST[  user=USER]". */
static bool read_pam_fields(struct slice text, struct sshd_message *out)
{
    size_t failure = slice_find_text(text, SLICE("authentication failure"));
    size_t ruser = slice_find_text(text, SLICE(" ruser="));
    struct slice user = { 0 };

    if (failure > ruser || ruser == text.len) {
        return false;
    }
    text = slice_sub(text, ruser + 7, text.len);
    size_t rhost = slice_find_text(text, SLICE(" rhost="));
    if (rhost >= text.len) {
        rhost = slice_find_text(text, SLICE("rhost="));
        text = slice_sub(text, rhost + 6, text.len);
    } else {
        text = slice_sub(text, rhost + 7, text.len);
    }
    struct slice host = slice_cut(&text, ' ');
    user = slice_trim(text);
    out->method = SLICE("pam");
    if (take_front(&user, SLICE("user="))) {
        set_user(user, out);
    }
    return set_peer(host, out);
}

/* "[[authenticating |invalid ]user USER ]ADDR[ port N]". */
static bool read_peer_at_end(struct slice text, struct sshd_message *out)
{
    if (!take_peer_at_end(&text, false, out)) {
        return false;
    }
    if (text.len == 0) {
        return true;
    }
    bool known = take_front(&text, SLICE("authenticating user "));
    out->invalid_user = !known && take_front(&text, SLICE("invalid user "));
    if (!known && !out->invalid_user && !take_front(&text, SLICE("user "))) {
        return false;
    }
    set_user(text, out);
    return true;
}

static bool read_peer_at_front(struct slice text, struct sshd_message *out)
{
    return take_peer_at_front(&text, out);
}

/* The same, but "[authenticating |invalid ]user USER " may stand before it: then there is no peer,
 * since neither USER nor what follows the address has an anchor. */
static bool read_address_at_front(struct slice text, struct sshd_message *out)
{
    return take_peer_at_front(&text, out) && out->src_ip.len > 0;
}

/* "ADDR port N on ADDR port N": a new connection. */
static bool read_opened(struct slice text, struct sshd_message *out)
{
    struct sshd_message local = { 0 };

    if (!take_peer_at_front(&text, out)) {
        return false;
    }
    if (take_front(&text, SLICE(" on ")) && take_peer_at_front(&text, &local)) {
        out->local_port = local.src_port;
    }
    return true;
}

/* "... 'TEXT' from ADDR port N": TEXT is the peer's. */
static bool read_from_peer_at_end(struct slice text, struct sshd_message *out)
{
    return take_peer_at_end(&text, false, out) && slice_ends(text, SLICE(" from"));
}

/* "NAME (ADDR)": NAME may be the peer's, the brackets at the end are libwrap's. */
static bool read_bracketed_peer(struct slice text, struct sshd_message *out)
{
    size_t open = slice_rfind(text, '(');

    return take_back(&text, SLICE(")")) && open < text.len &&
           set_peer(slice_sub(text, open + 1, text.len), out);
}

struct shape {
    const char *prefix;
    const char *kind;
    shape_fn *read;
};

/* Longer prefixes before their own beginnings. */
static const struct shape shapes[] = {
    { "Failed ", EVENT_AUTH_FAILURE, read_auth },
    { "Accepted ", EVENT_AUTH_SUCCESS, read_auth },
    { "Invalid user ", SSHD_INVALID_USER, read_invalid_user },
    { "Illegal user ", SSHD_INVALID_USER, read_invalid_user },
    { "User ", SSHD_REFUSED, read_not_allowed },
    { "ROOT LOGIN REFUSED FROM ", SSHD_REFUSED, read_peer_at_front },
    { "refused connect from ", SSHD_REFUSED, read_bracketed_peer },
    { "maximum authentication attempts exceeded for ", SSHD_EXCEEDED, read_user_at_front },
    { "PAM: ", SSHD_PAM_FAILURE, read_pam },
    { "PAM ", SSHD_PAM_FAILURE, read_pam_fields },
    { "pam_", SSHD_PAM_FAILURE, read_pam_fields },
    { "Connection from ", SSHD_OPENED, read_opened },
    { "Connection closed by ", SSHD_CLOSED, read_peer_at_end },
    { "Connection reset by ", SSHD_CLOSED, read_peer_at_end },
    { "Disconnected from ", SSHD_CLOSED, read_peer_at_end },
    { "Received disconnect from ", SSHD_CLOSED, read_peer_at_front },
    { "ssh_dispatch_run_fatal: Connection from ", SSHD_CLOSED, read_address_at_front },
    { "Did not receive identification string from ", SSHD_REJECTED, read_peer_at_front },
    { "Bad protocol version identification ", SSHD_REJECTED, read_from_peer_at_end },
    { "Magic value check failed ", SSHD_REJECTED, read_from_peer_at_end },
    { "banner exchange: Connection from ", SSHD_REJECTED, read_peer_at_front },
    { "Unable to negotiate with ", SSHD_REJECTED, read_peer_at_front },
    { "Timeout before authentication for connection from ", SSHD_REJECTED, read_peer_at_front },
    { "Timeout before authentication for ", SSHD_REJECTED, read_peer_at_front },
};

/* "message repeated 5 times: [ TEXT]", as rsyslog folds equal messages. */
static void unfold_repeats(struct slice *text, struct sshd_message *out)
{
    struct slice rest = *text;
    uint32_t times = 0;

    if (!take_front(&rest, SLICE("message repeated "))) {
        return;
    }
    struct slice number = slice_cut(&rest, ' ');
    struct status parsed = parse_u32(number, 1, UINT32_MAX, &times);
    if (status_ok(&parsed) && take_front(&rest, SLICE("times: [ ")) &&
        take_back(&rest, SLICE("]"))) {
        out->repeat = times < SSHD_REPEAT_MAX ? times : SSHD_REPEAT_MAX;
        *text = rest;
    }
}

/* Solaris puts "[ID 800047 auth.info] " before the text. */
static void drop_message_id(struct slice *text)
{
    size_t end = slice_find_text(*text, SLICE("] "));

    if (slice_starts(*text, SLICE("[ID ")) && end < text->len) {
        *text = slice_sub(*text, end + 2, text->len);
    }
}

static bool is_sshd(struct slice app)
{
    return slice_is(app, "sshd") || slice_is(app, "sshd-session") || slice_is(app, "sshd-auth");
}

bool sshd_parse(struct slice app, struct slice text, struct sshd_message *out)
{
    struct sshd_message message = { .repeat = 1 };

    if (!is_sshd(app)) {
        return false;
    }
    text = slice_trim(text);
    drop_message_id(&text);
    unfold_repeats(&text, &message);
    (void)(take_front(&text, SLICE("error: ")) || take_front(&text, SLICE("fatal: ")));
    (void)take_back(&text, SLICE(" [preauth]"));
    for (size_t i = 0; i < COUNT_OF(shapes); i++) {
        struct slice rest = text;
        struct sshd_message read = message;
        if (take_front(&rest, slice_from(shapes[i].prefix)) && shapes[i].read(rest, &read)) {
            read.kind = shapes[i].kind;
            *out = read;
            return true;
        }
    }
    return false;
}
