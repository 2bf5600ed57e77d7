#include "planes/network/network_plane.h"
#include "tests/fakes/plane_contract.h"
#include "tests/fakes/plane_driver.h"
#include "tests/integration/network/private_network.h"

#include <errno.h>
#include <nftables/libnftables.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/parse.h"

enum { SOON_MS = 2000, SILENCE_MS = 150, LEASE_MS = 600, NETWORKS_MAX = 4 };

static const char *cannot; /* why there is no private network; NULL: there is */
static struct address networks[NETWORKS_MAX];
static size_t network_count;
static struct plane *plane;

/* --- nft, by its library -----------------------------------------------------------------------
 */

/* Runs nft(8) text; the listing it printed is kept until the next call. */
static char listing[64 * 1024];

static bool nft(const char *text)
{
    struct nft_ctx *context = nft_ctx_new(NFT_CTX_DEFAULT);

    (void)nft_ctx_buffer_output(context);
    (void)nft_ctx_buffer_error(context);
    bool good = nft_run_cmd_from_buffer(context, text) == 0;
    if (!good) {
        (void)printf("\n    nft: %s", nft_ctx_get_error_buffer(context));
    }
    (void)snprintf(listing, sizeof(listing), "%s", nft_ctx_get_output_buffer(context));
    nft_ctx_free(context);
    return good;
}

/* --- sockets ------------------------------------------------------------------------------------
 */

struct session {
    int server; /* the node's end */
    int client; /* the peer's end */
    uint16_t client_port;
};

static bool wait_events(int fd, short events, int within_ms)
{
    struct pollfd ready = { .fd = fd, .events = events };

    return poll(&ready, 1, within_ms) == 1 && (ready.revents & (events | POLLERR | POLLHUP)) != 0;
}

static bool is_connected(int fd, int within_ms)
{
    int error = 0;
    socklen_t len = sizeof(error);

    return wait_events(fd, POLLOUT, within_ms) &&
           getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0 && error == 0;
}

static int listen_on(const char *host)
{
    int fd = private_socket(false, SOCK_STREAM, host, 0);

    CU_ASSERT(fd >= 0 && listen(fd, 16) == 0);
    return fd;
}

/* Does a new connection from this peer come about? */
static bool can_connect(int listener, const char *from, const char *to, int within_ms)
{
    int client = private_socket(true, SOCK_STREAM, from, 0);
    bool connected = client >= 0 && private_connect(client, to, private_port(listener)) &&
                     is_connected(client, within_ms);

    if (connected) {
        int server = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        connected = server >= 0;
        (void)close(server);
    }
    (void)close(client);
    return connected;
}

static struct session open_session(int listener, const char *from, const char *to)
{
    struct session session = { .server = -1 };

    session.client = private_socket(true, SOCK_STREAM, from, 0);
    CU_ASSERT(session.client >= 0);
    CU_ASSERT(private_connect(session.client, to, private_port(listener)));
    CU_ASSERT(is_connected(session.client, SOON_MS));
    CU_ASSERT(wait_events(listener, POLLIN, SOON_MS));
    session.server = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    CU_ASSERT(session.server >= 0);
    session.client_port = private_port(session.client);
    return session;
}

static void close_session(struct session *session)
{
    (void)close(session->client);
    (void)close(session->server);
}

static bool passes(int from, int to, int within_ms)
{
    char byte = 'x';

    return send(from, &byte, 1, MSG_NOSIGNAL) == 1 && wait_events(to, POLLIN, within_ms) &&
           recv(to, &byte, 1, 0) == 1;
}

static bool works(const struct session *session)
{
    return passes(session->client, session->server, SOON_MS) &&
           passes(session->server, session->client, SOON_MS);
}

/* --- actions -------------------------------------------------------------------------------------
 */

static struct action deny(const char *source, unsigned number, int64_t lease_ms)
{
    struct action action = {
        .kind = ACTION_NETWORK_DENY,
        .node = "app-1",
        .lease = { .duration_ms = lease_ms, .limit_ms = lease_ms },
    };

    (void)snprintf(action.id.text, sizeof(action.id.text), "01HZX3V9KQ0000000000000%03u",
                   number % 1000);
    ASSERT_OK(address_parse(slice_from(source), &action.source));
    return action;
}

static struct action isolate(int64_t lease_ms)
{
    struct action action = deny("192.0.2.1", 900, lease_ms);

    action.kind = ACTION_NETWORK_ISOLATE;
    action.source = (struct address){ 0 };
    return action;
}

static struct plane_reading read_now(const struct action *action)
{
    struct plane_reading reading = { .lease_left_ms = -2 };

    ASSERT_OK(drive_read_back(plane, action, &reading));
    return reading;
}

static void wait_lease_end(const struct action *action)
{
    int64_t deadline_ms = clock_mono_ms(&clock_real) + (int64_t)2 * SOON_MS;

    while (read_now(action).presence != PLANE_ABSENT && clock_mono_ms(&clock_real) < deadline_ms) {
        (void)poll(NULL, 0, 5); /* between looks: the kernel tells nobody that a lease has ended */
    }
    CU_ASSERT_EQUAL(read_now(action).presence, PLANE_ABSENT);
}

/* --- set-up
 * ---------------------------------------------------------------------------------------- */

/* Also from a suite's set-up, where nothing may be asserted. */
static bool protect(const char *text)
{
    struct status parsed = address_parse(slice_from(text), &networks[network_count]);

    network_count += status_ok(&parsed) ? 1 : 0;
    return status_ok(&parsed);
}

static struct status open_plane(void *arg, struct plane **out)
{
    const struct network_plane_spec spec = { networks, network_count };

    (void)arg;
    return network_plane_open(&spec, out);
}

static int set_up_suite(void)
{
    static bool entered;

    if (!entered) {
        cannot = private_network_enter();
        entered = true;
    }
    return 0;
}

static void set_up(void)
{
    network_count = 0;
    if (cannot == NULL) {
        CU_ASSERT_TRUE(protect("203.0.113.0/24"));
        (void)nft("flush ruleset; add table inet foreign;"
                  "add chain inet foreign input { type filter hook input priority 0; };"
                  "add rule inet foreign input ct state established,related accept;");
        ASSERT_OK(open_plane(NULL, &plane));
    }
}

static void tear_down(void)
{
    plane_close(&plane);
}

#define NEEDS_NETWORK()                                                                            \
    do {                                                                                           \
        if (cannot != NULL || plane == NULL) {                                                     \
            suite_skip("%s", cannot != NULL ? cannot : "the plane does not open");                 \
            return;                                                                                \
        }                                                                                          \
    } while (0)

/* --- a cut
 * ------------------------------------------------------------------------------------------- */

static const char *node_of(const char *peer)
{
    if (strncmp(peer, "fe80:", 5) == 0) {
        return NODE_LINK;
    }
    return strchr(peer, ':') != NULL ? NODE_IPV6 : NODE_IPV4;
}

static void cut_and_come_back(const char *node, const char *attacker, const char *innocent)
{
    int listener = listen_on(node);
    const char *to = node_of(attacker);
    struct session bad = open_session(listener, attacker, to);
    struct session good = open_session(listener, innocent, to);
    struct action action = deny(attacker, 1, LEASE_MS);
    char byte = 0;

    CU_ASSERT(works(&bad) && works(&good));
    ASSERT_OK(drive_apply(plane, &action));
    struct plane_reading reading = read_now(&action);
    CU_ASSERT_EQUAL(reading.presence, PLANE_PRESENT);
    CU_ASSERT_EQUAL(reading.verified_by, VERIFIED_SELF);
    CU_ASSERT(reading.lease_left_ms > 0 && reading.lease_left_ms <= LEASE_MS);
    ASSERT_TEXT(slice_from(reading.detail), "in force; no socket open");

    /* The node's socket is gone at once; the peer hears nothing at all. */
    CU_ASSERT(recv(bad.server, &byte, 1, 0) == -1 && errno == ECONNABORTED);
    CU_ASSERT(send(bad.client, "x", 1, MSG_NOSIGNAL) == 1);
    CU_ASSERT_FALSE(wait_events(bad.client, POLLIN, SILENCE_MS));
    CU_ASSERT_FALSE(can_connect(listener, attacker, to, SILENCE_MS));
    CU_ASSERT(works(&good));
    CU_ASSERT(can_connect(listener, innocent, to, SOON_MS));

    wait_lease_end(&action);
    CU_ASSERT(can_connect(listener, attacker, to, SOON_MS));
    /* The old one stays dead: what the peer sends or resends now is answered by a reset. */
    (void)send(bad.client, "x", 1, MSG_NOSIGNAL);
    CU_ASSERT(wait_events(bad.client, POLLIN, 2 * SOON_MS));
    CU_ASSERT(recv(bad.client, &byte, 1, 0) == -1 && errno == ECONNRESET);
    CU_ASSERT(works(&good));
    close_session(&bad);
    close_session(&good);
    (void)close(listener);
}

static void test_an_ipv4_peer_is_cut_both_ways_and_comes_back(void)
{
    NEEDS_NETWORK();
    cut_and_come_back(NODE_IPV4, ATTACKER_IPV4, INNOCENT_IPV4);
}

static void test_an_ipv6_peer_is_cut_both_ways_and_comes_back(void)
{
    NEEDS_NETWORK();
    cut_and_come_back(NODE_IPV6, ATTACKER_IPV6, INNOCENT_IPV6);
}

static void test_a_link_local_peer_is_cut_both_ways_and_comes_back(void)
{
    NEEDS_NETWORK();
    cut_and_come_back(NODE_LINK, ATTACKER_LINK, INNOCENT_LINK);
    cut_and_come_back("::", ATTACKER_LINK, INNOCENT_LINK);
    cut_and_come_back("::", ATTACKER_LINK, ATTACKER_IPV6); /* the same machine, not that address */
}

static void test_a_namesake_behind_another_interface_is_left_alone(void)
{
    NEEDS_NETWORK();
    CLEANUP(cleanup_free) struct plane_control *controls = NULL;
    int listener = listen_on("::");
    struct session bad = open_session(listener, ATTACKER_LINK, NODE_LINK);
    struct session namesake = open_session(listener, NAMESAKE_LINK, NODE_CABLE);
    struct action action = deny(ATTACKER_LINK, 1, 60000);
    size_t count = 0;
    char byte = 0;

    CU_ASSERT(works(&bad) && works(&namesake));
    ASSERT_OK(drive_apply(plane, &action));
    CU_ASSERT(recv(bad.server, &byte, 1, 0) == -1 && errno == ECONNABORTED);
    CU_ASSERT_FALSE(can_connect(listener, ATTACKER_LINK, NODE_LINK, SILENCE_MS));
    CU_ASSERT(works(&namesake));
    CU_ASSERT(can_connect(listener, NAMESAKE_LINK, NODE_CABLE, SOON_MS));
    ASSERT_TEXT(slice_from(read_now(&action).detail), "in force; no socket open");
    ASSERT_OK(drive_observe(plane, &controls, &count));
    CU_ASSERT_EQUAL_FATAL(count, 1);
    CU_ASSERT_TRUE(address_eq(&controls[0].action.source, &action.source));
    ASSERT_OK(drive_undo(plane, &action));
    CU_ASSERT(can_connect(listener, ATTACKER_LINK, NODE_LINK, SOON_MS));
    close_session(&bad);
    close_session(&namesake);
    (void)close(listener);
}

static void test_a_link_local_peer_without_its_interface_is_refused(void)
{
    NEEDS_NETWORK();
    struct action bare = deny("fe80::2", 1, 0);
    struct action gone = deny("fe80::2%nowhere", 2, 0);

    struct status refused = drive_apply(plane, &bare);
    CU_ASSERT_EQUAL(refused.code, STATUS_UNSUPPORTED);
    ASSERT_TEXT(slice_from(refused.msg),
                "network.deny fe80::2: behind which interface? (fe80::2%INTERFACE)");
    refused = drive_apply(plane, &gone);
    CU_ASSERT_EQUAL(refused.code, STATUS_NOT_FOUND);
    ASSERT_TEXT(slice_from(refused.msg), "network.deny fe80::2%nowhere: no such interface here");
    CU_ASSERT_EQUAL(read_now(&bare).presence, PLANE_ABSENT);
    CU_ASSERT_EQUAL(read_now(&gone).presence, PLANE_ABSENT);
    ASSERT_OK(drive_undo(plane, &gone));
}

static void test_a_mapped_peer_is_cut_on_a_dual_stack_socket(void)
{
    NEEDS_NETWORK();
    cut_and_come_back("::", ATTACKER_IPV4, INNOCENT_IPV4);
}

static void test_opening_and_half_closed_sockets_are_destroyed(void)
{
    NEEDS_NETWORK();
    int listener = listen_on(NODE_IPV4);
    struct session half = open_session(listener, ATTACKER_IPV4, NODE_IPV4);
    int opening = private_socket(false, SOCK_STREAM, NODE_IPV4, 0);
    struct action action = deny(ATTACKER_IPV4, 1, 0);

    /* Nobody answers from the discard address: this one stays in SYN_SENT. */
    struct action silent = deny("10.77.0.2", 2, 0);
    ASSERT_OK(drive_apply(plane, &silent));
    CU_ASSERT(private_connect(opening, ATTACKER_IPV4, 9));
    ASSERT_OK(drive_undo(plane, &silent));
    (void)shutdown(half.client, SHUT_WR);
    ASSERT_OK(drive_apply(plane, &action));
    CU_ASSERT_EQUAL(read_now(&action).presence, PLANE_PRESENT);
    CU_ASSERT(wait_events(opening, POLLERR, SOON_MS));
    ASSERT_OK(drive_undo(plane, &action));
    close_session(&half);
    (void)close(opening);
    (void)close(listener);
}

static void test_a_connected_udp_socket_is_destroyed(void)
{
    NEEDS_NETWORK();
    int client = private_socket(true, SOCK_DGRAM, ATTACKER_IPV4, 0);
    int server = private_socket(false, SOCK_DGRAM, NODE_IPV4, 0);
    struct action action = deny(ATTACKER_IPV4, 1, 0);
    char byte = 0;

    CU_ASSERT(private_connect(server, ATTACKER_IPV4, private_port(client)));
    CU_ASSERT(private_connect(client, NODE_IPV4, private_port(server)));
    CU_ASSERT(passes(client, server, SOON_MS));
    ASSERT_OK(drive_apply(plane, &action));
    CU_ASSERT_EQUAL(read_now(&action).presence, PLANE_PRESENT);
    CU_ASSERT(recv(server, &byte, 1, 0) == -1 && errno == ECONNABORTED);
    ASSERT_OK(drive_undo(plane, &action));
    (void)close(client);
    (void)close(server);
}

static void test_many_sockets_are_destroyed(void)
{
    NEEDS_NETWORK();
    enum { MANY = 300 };
    static struct session sessions[MANY];
    int listener = listen_on(NODE_IPV4);
    struct action action = deny("10.77.0.0/31", 1, 0);
    unsigned aborted = 0;
    char byte = 0;

    /* The peers' addresses end in 2 and 3: not among them. */
    for (size_t i = 0; i < MANY; i++) {
        sessions[i] = open_session(listener, ATTACKER_IPV4, NODE_IPV4);
    }
    ASSERT_OK(drive_apply(plane, &action));
    CU_ASSERT(works(&sessions[0]));
    ASSERT_OK(drive_undo(plane, &action));
    action = deny("10.77.0.2/31", 2, 0);
    ASSERT_OK(drive_apply(plane, &action));
    CU_ASSERT_EQUAL(read_now(&action).presence, PLANE_PRESENT);
    for (size_t i = 0; i < MANY; i++) {
        aborted += recv(sessions[i].server, &byte, 1, 0) == -1 && errno == ECONNABORTED ? 1 : 0;
        close_session(&sessions[i]);
    }
    CU_ASSERT_EQUAL(aborted, MANY);
    ASSERT_OK(drive_undo(plane, &action));
    (void)close(listener);
}

/* --- overlap
 * ------------------------------------------------------------------------------------------ */

static void test_a_peer_stays_cut_while_any_overlapping_action_holds(void)
{
    NEEDS_NETWORK();
    int listener = listen_on(NODE_IPV4);
    struct action actions[] = {
        deny(ATTACKER_IPV4, 1, 0),  deny(ATTACKER_IPV4, 2, 0),  deny("10.77.0.0/24", 3, 0),
        deny("10.77.0.2/31", 4, 0), deny("10.76.0.0/15", 5, 0),
    };

    for (size_t i = 0; i < COUNT_OF(actions); i++) {
        ASSERT_OK(drive_apply(plane, &actions[i]));
    }
    for (size_t i = 0; i < COUNT_OF(actions); i++) {
        CU_ASSERT_FALSE(can_connect(listener, ATTACKER_IPV4, NODE_IPV4, SILENCE_MS));
        CU_ASSERT_EQUAL(read_now(&actions[i]).presence, PLANE_PRESENT);
        ASSERT_OK(drive_undo(plane, &actions[i]));
        CU_ASSERT_EQUAL(read_now(&actions[i]).presence, PLANE_ABSENT);
    }
    CU_ASSERT(can_connect(listener, ATTACKER_IPV4, NODE_IPV4, SOON_MS));
    (void)close(listener);
}

static void test_more_overlap_than_banks_is_refused(void)
{
    NEEDS_NETWORK();
    struct action action;

    for (unsigned i = 0; i < 4; i++) {
        action = deny("198.51.100.7", i, 0);
        ASSERT_OK(drive_apply(plane, &action));
    }
    action = deny("198.51.100.7", 4, 0);
    ASSERT_CODE(drive_apply(plane, &action), STATUS_EXHAUSTED);
    action = deny("198.51.100.7", 2, 0);
    ASSERT_OK(drive_undo(plane, &action));
    action = deny("198.51.100.7", 4, 0);
    ASSERT_OK(drive_apply(plane, &action));
}

static void test_prefixes_up_to_the_last_address_are_cut(void)
{
    NEEDS_NETWORK();
    static const char *const texts[] = { "255.255.255.0/24", "128.0.0.0/1", "ff00::/8",
                                         "2001:db8::/33", "255.255.255.255" };

    for (unsigned i = 0; i < COUNT_OF(texts); i++) {
        struct action action = deny(texts[i], i, 0);
        struct plane_control *controls = NULL;
        size_t count = 0;
        if (i == 1) {
            continue; /* 203.0.113.0/24 is protected and in it */
        }
        ASSERT_OK(drive_apply(plane, &action));
        ASSERT_OK(drive_apply(plane, &action));
        CU_ASSERT_EQUAL(read_now(&action).presence, PLANE_PRESENT);
        ASSERT_OK(drive_observe(plane, &controls, &count));
        CU_ASSERT_EQUAL(count, 1);
        CU_ASSERT(count == 1 && address_eq(&controls[0].action.source, &action.source));
        free(controls);
        ASSERT_OK(drive_undo(plane, &action));
    }
}

/* --- protection and isolation
 * ---------------------------------------------------------------------------- */

static void test_protected_networks_are_never_denied(void)
{
    NEEDS_NETWORK();
    static const char *const texts[] = { "203.0.113.9", "203.0.0.0/16", "127.0.0.1",
                                         "0.0.0.0/0",   "::1",          "::/0" };

    for (unsigned i = 0; i < COUNT_OF(texts); i++) {
        struct action action = deny(texts[i], i, 0);
        ASSERT_CODE(drive_apply(plane, &action), STATUS_DENIED);
        CU_ASSERT_EQUAL(read_now(&action).presence, PLANE_ABSENT);
    }
    struct action action = deny("203.0.0.0/16", 1, 0);
    struct status refused = drive_apply(plane, &action);
    ASSERT_TEXT(slice_from(refused.msg), "network.deny 203.0.0.0/16: 203.0.113.0/24 is protected");
}

static void test_isolation_spares_the_protected_alone(void)
{
    NEEDS_NETWORK();
    plane_close(&plane);
    CU_ASSERT_TRUE(protect(INNOCENT_IPV4));
    CU_ASSERT_TRUE(protect(INNOCENT_IPV6));
    ASSERT_OK(open_plane(NULL, &plane));
    int listener = listen_on("::");
    int own = listen_on("127.0.0.1");
    struct session bad = open_session(listener, ATTACKER_IPV4, NODE_IPV4);
    struct session good = open_session(listener, INNOCENT_IPV4, NODE_IPV4);
    struct session good6 = open_session(listener, INNOCENT_IPV6, NODE_IPV6);
    struct action action = isolate(0);
    char byte = 0;

    ASSERT_OK(drive_apply(plane, &action));
    CU_ASSERT_EQUAL(read_now(&action).presence, PLANE_PRESENT);
    CU_ASSERT(recv(bad.server, &byte, 1, 0) == -1 && errno == ECONNABORTED);
    CU_ASSERT(works(&good) && works(&good6));
    CU_ASSERT_FALSE(can_connect(listener, ATTACKER_IPV4, NODE_IPV4, SILENCE_MS));
    CU_ASSERT_FALSE(can_connect(listener, ATTACKER_IPV6, NODE_IPV6, SILENCE_MS));
    CU_ASSERT(can_connect(listener, INNOCENT_IPV4, NODE_IPV4, SOON_MS));
    CU_ASSERT(can_connect(listener, INNOCENT_IPV6, NODE_IPV6, SOON_MS));
    int local = private_socket(false, SOCK_STREAM, "127.0.0.1", 0);
    CU_ASSERT(private_connect(local, "127.0.0.1", private_port(own)));
    CU_ASSERT(is_connected(local, SOON_MS));
    ASSERT_OK(drive_undo(plane, &action));
    CU_ASSERT(can_connect(listener, ATTACKER_IPV6, NODE_IPV6, SOON_MS));
    close_session(&bad);
    close_session(&good);
    close_session(&good6);
    (void)close(local);
    (void)close(own);
    (void)close(listener);
}

static void test_without_a_protected_network_there_is_no_isolation(void)
{
    NEEDS_NETWORK();
    struct plane_capability all[ACTION_KINDS];
    struct action action = isolate(0);

    ASSERT_OK(drive_apply(plane, &action)); /* applied while it could */
    plane_close(&plane);
    network_count = 0;
    ASSERT_OK(open_plane(NULL, &plane));
    plane_capabilities(plane, all);
    CU_ASSERT_FALSE(all[ACTION_NETWORK_ISOLATE].supported);
    ASSERT_TEXT(slice_from(all[ACTION_NETWORK_ISOLATE].why_not),
                "no protected network is given: it would cut the management link");
    ASSERT_CODE(drive_apply(plane, &action), STATUS_UNSUPPORTED);
    CU_ASSERT_EQUAL(read_now(&action).presence, PLANE_PRESENT);
    ASSERT_OK(drive_undo(plane, &action));
    CU_ASSERT_EQUAL(read_now(&action).presence, PLANE_ABSENT);
}

static void test_what_comes_under_protection_is_let_go(void)
{
    NEEDS_NETWORK();
    struct action inside = deny("198.51.100.7", 1, 0);
    struct action around = deny("198.51.0.0/16", 2, 0);
    struct action other = deny("192.0.2.1", 3, 0);

    ASSERT_OK(drive_apply(plane, &inside));
    ASSERT_OK(drive_apply(plane, &around));
    ASSERT_OK(drive_apply(plane, &other));
    plane_close(&plane);
    CU_ASSERT_TRUE(protect("198.51.100.0/24"));
    ASSERT_OK(open_plane(NULL, &plane));
    CU_ASSERT_EQUAL(read_now(&inside).presence, PLANE_ABSENT);
    CU_ASSERT_EQUAL(read_now(&around).presence, PLANE_ABSENT);
    CU_ASSERT_EQUAL(read_now(&other).presence, PLANE_PRESENT);
}

/* --- drift
 * ---------------------------------------------------------------------------------------------------
 */

static void test_drift_is_read_and_repaired(void)
{
    NEEDS_NETWORK();
    static const struct {
        const char *harm;
        enum plane_presence presence;
    } rows[] = {
        { "flush chain inet redan input", PLANE_PARTIAL },
        { "insert rule inet redan from4 accept", PLANE_PARTIAL },
        { "add table inet redan { flags dormant; }", PLANE_PARTIAL },
        { "add element inet redan protected4 { 198.51.100.7 }", PLANE_PARTIAL },
        { "delete element inet redan deny4_0 { 198.51.100.7 }", PLANE_ABSENT },
        { "flush set inet redan deny4_0", PLANE_ABSENT },
        { "delete table inet redan", PLANE_ABSENT },
        { "flush ruleset", PLANE_ABSENT },
        { "add chain inet redan mine { type filter hook input priority -200; }", PLANE_PRESENT },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct action action = deny("198.51.100.7", 1, 60000);
        ASSERT_OK(drive_apply(plane, &action));
        CU_ASSERT_EQUAL(read_now(&action).presence, PLANE_PRESENT);
        CU_ASSERT_TRUE(nft(rows[i].harm));
        struct plane_reading reading = read_now(&action);
        if (reading.presence != rows[i].presence) {
            (void)printf("\n    after `%s`: %s", rows[i].harm, reading.detail);
        }
        CU_ASSERT_EQUAL(reading.presence, rows[i].presence);
        ASSERT_OK(drive_apply(plane, &action));
        CU_ASSERT_EQUAL(read_now(&action).presence, PLANE_PRESENT);
    }
}

static void test_other_tables_are_left_alone(void)
{
    NEEDS_NETWORK();
    static char before[sizeof(listing)];
    struct action action = deny("198.51.100.7", 1, 0);

    CU_ASSERT_TRUE(nft("list table inet foreign"));
    memcpy(before, listing, sizeof(before));
    ASSERT_OK(drive_apply(plane, &action));
    CU_ASSERT_TRUE(nft("delete table inet redan"));
    ASSERT_OK(drive_apply(plane, &action));
    ASSERT_OK(drive_undo(plane, &action));
    CU_ASSERT_TRUE(nft("list table inet foreign"));
    CU_ASSERT_STRING_EQUAL(listing, before);
}

static void test_strange_elements_are_not_adopted(void)
{
    NEEDS_NETWORK();
    struct plane_control *controls = NULL;
    size_t count = 9;

    CU_ASSERT_TRUE(nft("add element inet redan deny4_0 { 198.51.100.1 comment \"admin\","
                       " 198.51.100.2 comment \"01HZX3V9KQ000000000000000!\", 198.51.100.3 }"));
    ASSERT_OK(drive_observe(plane, &controls, &count));
    CU_ASSERT_EQUAL(count, 0);
    free(controls);
    /* Nor are they in the way. */
    struct action action = deny("198.51.100.3", 1, 0);
    ASSERT_OK(drive_apply(plane, &action));
    CU_ASSERT_EQUAL(read_now(&action).presence, PLANE_PRESENT);
}

static void test_nft_shows_the_id(void)
{
    NEEDS_NETWORK();
    struct action action = deny("198.51.100.7", 7, 60000);

    ASSERT_OK(drive_apply(plane, &action));
    CU_ASSERT_TRUE(nft("list set inet redan deny4_0"));
    CU_ASSERT_PTR_NOT_NULL(strstr(listing, "198.51.100.7 timeout 1m"));
    CU_ASSERT_PTR_NOT_NULL(strstr(listing, "comment \"01HZX3V9KQ0000000000000007 60000\""));
}

static void test_the_limit_of_renewals_survives_a_restart(void)
{
    NEEDS_NETWORK();
    static const char *const sources[] = { "198.51.100.7", "198.51.100.0/24", "2001:db8::7" };

    for (size_t i = 0; i < COUNT_OF(sources); i++) {
        CLEANUP(cleanup_free) struct plane_control *controls = NULL;
        struct action action = deny(sources[i], 7, 60000);
        size_t count = 0;
        action.lease.limit_ms = 240000;
        ASSERT_OK(drive_apply(plane, &action));
        action.lease = (struct lease){ .duration_ms = 61000, .limit_ms = 180000 }; /* renewed */
        ASSERT_OK(drive_apply(plane, &action));
        plane_close(&plane);
        ASSERT_OK(open_plane(NULL, &plane));
        ASSERT_OK(drive_observe(plane, &controls, &count));
        CU_ASSERT_EQUAL_FATAL(count, 1);
        CU_ASSERT_EQUAL(controls[0].action.lease.duration_ms, 61000);
        CU_ASSERT_EQUAL(controls[0].action.lease.limit_ms, 180000);
        CU_ASSERT_EQUAL(read_now(&action).presence, PLANE_PRESENT);
        ASSERT_OK(drive_undo(plane, &action));
    }
}

static void test_a_grant_keeps_no_limit_beyond_its_lease(void)
{
    NEEDS_NETWORK();
    CLEANUP(cleanup_free) struct plane_control *controls = NULL;
    struct action action = deny("198.51.100.7", 7, 60000);
    size_t count = 0;

    action.lease.polarity = LEASE_GRANT;
    action.lease.limit_ms = 240000;
    ASSERT_OK(drive_apply(plane, &action));
    ASSERT_OK(drive_observe(plane, &controls, &count));
    CU_ASSERT_EQUAL_FATAL(count, 1);
    CU_ASSERT_EQUAL(controls[0].action.lease.limit_ms, 60000);
}

/* --- renewal
 * -----------------------------------------------------------------------------------------------------
 */

/* A peer that sends without a pause. */
static pid_t flood(const char *from, const char *to, uint16_t port)
{
    int fd = private_socket(true, SOCK_DGRAM, from, 0);

    CU_ASSERT(fd >= 0 && private_connect(fd, to, port));
    pid_t child = fork();
    if (child == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;) {
            (void)!send(fd, "x", 1, MSG_NOSIGNAL);
            struct pollfd ready = { .fd = fd, .events = POLLOUT };
            (void)poll(&ready, 1, -1);
        }
    }
    (void)close(fd);
    return child;
}

/* What reached the node, before any table of ours. */
static unsigned long arrived(void)
{
    CU_ASSERT_TRUE(nft("list chain inet foreign before"));
    const char *packets = strstr(listing, "packets ");

    CU_ASSERT_PTR_NOT_NULL_FATAL(packets);
    uint64_t count = 0;
    struct slice rest = slice_from(packets + strlen("packets "));
    ASSERT_OK(parse_u64(slice_cut(&rest, ' '), 0, UINT64_MAX, &count));
    return (unsigned long)count;
}

static void renew_under_fire(const char *from, const char *to, const char *source)
{
    enum { RENEWALS_MIN = 300, ARRIVALS_MIN = 20000 };
    int64_t deadline_ms = clock_mono_ms(&clock_real) + (int64_t)10 * SOON_MS;
    int server = private_socket(false, SOCK_DGRAM, to, 0);
    struct action action = deny(source, 1, 60000);
    unsigned renewals = 0;
    char byte = 0;

    CU_ASSERT_TRUE(
        nft("add chain inet foreign before"
            " { type filter hook input priority -200; }; flush chain inet foreign before;"
            "add rule inet foreign before meta l4proto udp counter"));
    ASSERT_OK(drive_apply(plane, &action));
    pid_t child = flood(from, to, private_port(server));
    while ((renewals < RENEWALS_MIN || arrived() < ARRIVALS_MIN) &&
           clock_mono_ms(&clock_real) < deadline_ms) {
        ASSERT_OK(drive_apply(plane, &action));
        renewals++;
    }
    CU_ASSERT(renewals >= RENEWALS_MIN && arrived() >= ARRIVALS_MIN);
    CU_ASSERT(recv(server, &byte, 1, 0) == -1 && errno == EAGAIN); /* not one got through */
    ASSERT_OK(drive_undo(plane, &action));
    CU_ASSERT_TRUE(wait_events(server, POLLIN, SOON_MS)); /* and now they do */
    CU_ASSERT(kill(child, SIGKILL) == 0 && waitpid(child, NULL, 0) == child);
    (void)close(server);
}

static void test_no_packet_slips_through_a_renewal(void)
{
    NEEDS_NETWORK();
    renew_under_fire(ATTACKER_IPV4, NODE_IPV4, ATTACKER_IPV4);
    renew_under_fire(ATTACKER_IPV4, NODE_IPV4, "10.77.0.2/31");
    renew_under_fire(ATTACKER_IPV6, NODE_IPV6, ATTACKER_IPV6);
    renew_under_fire(ATTACKER_LINK, NODE_LINK, ATTACKER_LINK);
}

/* --- peers
 * -----------------------------------------------------------------------------------------------------
 */

static bool seen(const char *peer, uint16_t peer_port, uint16_t local_port)
{
    struct plane_peer_query query = { .peer_port = peer_port, .local_port = local_port };
    bool answer = false;

    ASSERT_OK(address_parse(slice_from(peer), &query.peer));
    ASSERT_OK(drive_peer_seen(plane, &query, &answer));
    return answer;
}

static void check_seen(const char *node, const char *attacker, const char *innocent)
{
    int listener = listen_on(node);
    uint16_t port = private_port(listener);
    const char *to = node_of(attacker);

    CU_ASSERT_FALSE(seen(attacker, 40000, port));
    CU_ASSERT_FALSE(seen(attacker, 0, port));
    struct session session = open_session(listener, attacker, to);
    CU_ASSERT_TRUE(seen(attacker, session.client_port, port));
    CU_ASSERT_TRUE(seen(attacker, session.client_port, 0));
    CU_ASSERT_TRUE(seen(attacker, 0, port));
    CU_ASSERT_TRUE(seen(attacker, 0, 0));
    CU_ASSERT_FALSE(seen(attacker, session.client_port, (uint16_t)(port + 1)));
    CU_ASSERT_FALSE(seen(innocent, session.client_port, port));
    CU_ASSERT_FALSE(seen(innocent, 0, port));
    /* Whoever closes first keeps TIME_WAIT: here the node. */
    (void)close(session.server);
    CU_ASSERT(wait_events(session.client, POLLIN, SOON_MS));
    (void)close(session.client);
    CU_ASSERT_TRUE(seen(attacker, session.client_port, port));
    (void)close(listener);
}

static void test_a_connected_peer_was_seen(void)
{
    NEEDS_NETWORK();
    (void)nft("flush ruleset"); /* no tracking: sockets only */
    check_seen(NODE_IPV4, ATTACKER_IPV4, INNOCENT_IPV4);
    check_seen("::", INNOCENT_IPV4, "192.0.2.1");
    check_seen(NODE_IPV6, ATTACKER_IPV6, INNOCENT_IPV6);
}

static void test_a_link_local_peer_was_seen_behind_its_interface_only(void)
{
    NEEDS_NETWORK(); /* with tracking, which knows no interface */
    check_seen(NODE_LINK, ATTACKER_LINK, INNOCENT_LINK);
    check_seen("::", ATTACKER_LINK, INNOCENT_LINK);
    int listener = listen_on("::");
    struct session session = open_session(listener, ATTACKER_LINK, NODE_LINK);
    uint16_t ports[] = { private_port(listener), 0 };

    for (size_t i = 0; i < COUNT_OF(ports); i++) {
        CU_ASSERT_TRUE(seen(ATTACKER_LINK, session.client_port, ports[i]));
        CU_ASSERT_FALSE(seen(NAMESAKE_LINK, session.client_port, ports[i]));
        CU_ASSERT_FALSE(seen("fe80::2%nowhere", session.client_port, ports[i]));
        CU_ASSERT_FALSE(seen("fe80::2", session.client_port, ports[i]));
    }
    close_session(&session);
    (void)close(listener);
}

static void check_tracked(const char *node, const char *peer)
{
    int listener = listen_on(node);
    uint16_t port = private_port(listener);
    struct session session = open_session(listener, peer, node);

    CU_ASSERT(works(&session));
    (void)close(session.client);
    CU_ASSERT(wait_events(session.server, POLLIN, SOON_MS));
    (void)close(session.server);
    CU_ASSERT_TRUE(seen(peer, session.client_port, port));
    CU_ASSERT_TRUE(seen(peer, session.client_port, 0));
    CU_ASSERT_FALSE(seen(peer, (uint16_t)(session.client_port + 1), port));
    CU_ASSERT_FALSE(seen("192.0.2.1", session.client_port, port));
    (void)close(listener);
}

static void test_a_peer_that_hung_up_is_remembered_by_tracking(void)
{
    NEEDS_NETWORK();
    check_tracked(NODE_IPV4, ATTACKER_IPV4);
    check_tracked(NODE_IPV6, ATTACKER_IPV6);
}

static void test_a_peer_that_only_knocked_was_not_seen(void)
{
    NEEDS_NETWORK();
    int listener = listen_on(NODE_IPV4);
    uint16_t port = private_port(listener);
    int client = private_socket(true, SOCK_STREAM, ATTACKER_IPV4, 0);

    /* Its half of the handshake comes in, ours never gets out: as with a forged source. */
    CU_ASSERT_TRUE(nft("add chain inet foreign out { type filter hook output priority 0; };"
                       "add rule inet foreign out oifname wire drop"));
    CU_ASSERT(private_connect(client, NODE_IPV4, port));
    CU_ASSERT_FALSE(is_connected(client, SILENCE_MS));
    CU_ASSERT_FALSE(seen(ATTACKER_IPV4, private_port(client), port));
    CU_ASSERT_FALSE(seen(ATTACKER_IPV4, 0, port));
    (void)close(client);
    (void)close(listener);
}

/* --- the contract
 * ------------------------------------------------------------------------------------------------
 */

static struct plane_contract_subject hosts = {
    .open = open_plane,
    .kind = PLANE_NETWORK,
    .sources = { "198.51.100.1", "2001:db8::1" },
    .keeps_leases = true,
};
static struct plane_contract_subject prefixes = {
    .open = open_plane,
    .kind = PLANE_NETWORK,
    .sources = { "198.51.100.0/24", "2001:db8::/32" },
    .keeps_leases = true,
};

static struct plane_contract_subject neighbours = {
    .open = open_plane,
    .kind = PLANE_NETWORK,
    .sources = { "fe80::7%wire", "fe80::7%cable" },
    .keeps_leases = true,
};

static int set_up_contract(struct plane_contract_subject *subject)
{
    (void)set_up_suite();
    subject->cannot = cannot;
    network_count = 0;
    plane_contract_subject = subject;
    return protect("203.0.113.0/24") ? 0 : 1;
}

static int set_up_hosts(void)
{
    return set_up_contract(&hosts);
}

static int set_up_prefixes(void)
{
    return set_up_contract(&prefixes);
}

static int set_up_neighbours(void)
{
    return set_up_contract(&neighbours);
}

static CU_TestInfo tests[] = {
    { "an IPv4 peer is cut both ways and comes back",
      test_an_ipv4_peer_is_cut_both_ways_and_comes_back },
    { "an IPv6 peer is cut both ways and comes back",
      test_an_ipv6_peer_is_cut_both_ways_and_comes_back },
    { "a link-local peer is cut both ways and comes back",
      test_a_link_local_peer_is_cut_both_ways_and_comes_back },
    { "a namesake behind another interface is left alone",
      test_a_namesake_behind_another_interface_is_left_alone },
    { "a link-local peer without its interface is refused",
      test_a_link_local_peer_without_its_interface_is_refused },
    { "a mapped peer is cut on a dual-stack socket",
      test_a_mapped_peer_is_cut_on_a_dual_stack_socket },
    { "opening and half-closed sockets are destroyed",
      test_opening_and_half_closed_sockets_are_destroyed },
    { "a connected UDP socket is destroyed", test_a_connected_udp_socket_is_destroyed },
    { "many sockets are destroyed", test_many_sockets_are_destroyed },
    { "a peer stays cut while any overlapping action holds",
      test_a_peer_stays_cut_while_any_overlapping_action_holds },
    { "more overlap than banks is refused", test_more_overlap_than_banks_is_refused },
    { "prefixes up to the last address are cut", test_prefixes_up_to_the_last_address_are_cut },
    { "protected networks are never denied", test_protected_networks_are_never_denied },
    { "isolation spares the protected alone", test_isolation_spares_the_protected_alone },
    { "without a protected network there is no isolation",
      test_without_a_protected_network_there_is_no_isolation },
    { "what comes under protection is let go", test_what_comes_under_protection_is_let_go },
    { "drift is read and repaired", test_drift_is_read_and_repaired },
    { "other tables are left alone", test_other_tables_are_left_alone },
    { "strange elements are not adopted", test_strange_elements_are_not_adopted },
    { "nft shows the id", test_nft_shows_the_id },
    { "the limit of renewals survives a restart", test_the_limit_of_renewals_survives_a_restart },
    { "a grant keeps no limit beyond its lease", test_a_grant_keeps_no_limit_beyond_its_lease },
    { "no packet slips through a renewal", test_no_packet_slips_through_a_renewal },
    { "a connected peer was seen", test_a_connected_peer_was_seen },
    { "a link-local peer was seen behind its interface only",
      test_a_link_local_peer_was_seen_behind_its_interface_only },
    { "a peer that hung up is remembered by tracking",
      test_a_peer_that_hung_up_is_remembered_by_tracking },
    { "a peer that only knocked was not seen", test_a_peer_that_only_knocked_was_not_seen },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "contract: single hosts", set_up_hosts, NULL, NULL, NULL, plane_contract_tests },
    { "contract: link-local hosts", set_up_neighbours, NULL, NULL, NULL, plane_contract_tests },
    { "contract: prefixes", set_up_prefixes, NULL, NULL, NULL, plane_contract_tests },
    { "network plane", set_up_suite, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
