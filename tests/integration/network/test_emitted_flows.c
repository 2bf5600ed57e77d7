/* What `--emit nft` prints, loaded into a real kernel, and real packets against it. */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sla/emit/desired.h"
#include "sla/emit/emit.h"
#include "tests/integration/network/private_network.h"
#include "tests/unit/sla/random_world.h"

enum { SOON_MS = 2000, SILENCE_MS = 200, OPEN_PORT = 8443, SHUT_PORT = 9443, WORLDS = 40 };

static const char *cannot; /* why there is no private network; NULL: there is */
static struct bench bench;
static char path[] = "/tmp/redan-flows-XXXXXX";

static int enter(void)
{
    int fd = mkstemp(path);

    cannot = fd >= 0 ? private_network_enter() : "no temporary file";
    if (cannot != NULL) {
        suite_skip_all("%s", cannot);
    }
    (void)close(fd);
    return 0;
}

static void set_up(void)
{
    bench_start(&bench);
}

/* By the program: its library may not be linked to what links OpenSSL. */
static bool nft(struct slice text, bool only_check)
{
    const char *argv[] = { "nft", "-f", path, only_check ? "-c" : NULL, NULL };
    CLEANUP(cleanup_close) int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    return fd >= 0 && write(fd, text.ptr, text.len) == (ssize_t)text.len && private_run(argv);
}

static void tear_down(void)
{
    if (cannot == NULL) {
        (void)nft(SLICE("table inet redan_sla\ndelete table inet redan_sla\n"), false);
    }
    bench_end(&bench);
}

/* The documents in force on the node, and nothing else. */
static void load(const char *clauses, const char *protected)
{
    CLEANUP(buf_done) struct buf out = { 0 };

    bench_clear(&bench);
    bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                  arena_printf(&bench.arena,
                                               "    - {name: web, plane: network, layer: L2, node: "
                                               "n1, provider: dc, addresses: [" NODE_IPV4
                                               ", \"" NODE_IPV6 "\"]}\n%s",
                                               protected)
                                      .ptr));
    bench_add(
        &bench,
        text_sla(&bench, "shop",
                 arena_printf(&bench.arena, "  targets: [{id: x}]\n  clauses:\n%s", clauses).ptr));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    ASSERT_OK(sla_emit(sla_desired(&bench.arena, bench.world), SLA_EMITTER_NFT, (struct slice){ 0 },
                       &out, NULL));
    CU_ASSERT_TRUE(nft(buf_slice(&out), false));
}

#define FLOW(id, op, from, ports)                                                                  \
    "    - {id: " id ", on: x, term: flow, op: " op ", value: {from: " from ports "}}\n"
#define PERMITTED                                                                                  \
    FLOW("a", "permit", "[" ATTACKER_IPV4 ", \"" ATTACKER_IPV6 "\"]", ", ports: 8443/tcp")

/* --- packets ---------------------------------------------------------------------------------- */

static bool wait_events(int fd, short events, int within_ms)
{
    struct pollfd ready = { .fd = fd, .events = events };

    return poll(&ready, 1, within_ms) == 1 && (ready.revents & events) != 0;
}

struct ends {
    int listener, client, server;
};

static void hang_up(struct ends *ends)
{
    const int fds[] = { ends->listener, ends->client, ends->server };

    for (size_t i = 0; i < COUNT_OF(fds); i++) {
        if (fds[i] >= 0) {
            (void)close(fds[i]);
        }
    }
}

/* A connection from one side to the other; `server` is -1 when it does not come about in time. */
static struct ends dial(bool from_peer, const char *from, const char *to, uint16_t port,
                        int within_ms)
{
    struct ends ends = { .listener = private_socket(!from_peer, SOCK_STREAM, to, port),
                         .client = private_socket(from_peer, SOCK_STREAM, from, 0),
                         .server = -1 };

    CU_ASSERT_TRUE_FATAL(ends.listener >= 0 && ends.client >= 0);
    CU_ASSERT_EQUAL(listen(ends.listener, 1), 0);
    CU_ASSERT_TRUE(private_connect(ends.client, to, port));
    if (wait_events(ends.listener, POLLIN, within_ms)) {
        ends.server = accept(ends.listener, NULL, NULL);
    }
    return ends;
}

static bool reaches(bool from_peer, const char *from, const char *to, uint16_t port, int within_ms)
{
    struct ends ends = dial(from_peer, from, to, port, within_ms);
    bool reached = ends.server >= 0;

    hang_up(&ends);
    return reached;
}

static void what_is_permitted_passes_and_nothing_else(void)
{
    CU_ASSERT_TRUE(reaches(true, INNOCENT_IPV4, NODE_IPV4, SHUT_PORT, SOON_MS)); /* before it */
    load(PERMITTED, "");
    CU_ASSERT_TRUE(reaches(true, ATTACKER_IPV4, NODE_IPV4, OPEN_PORT, SOON_MS));
    CU_ASSERT_TRUE(reaches(true, ATTACKER_IPV6, NODE_IPV6, OPEN_PORT, SOON_MS));
    CU_ASSERT_FALSE(reaches(true, ATTACKER_IPV4, NODE_IPV4, SHUT_PORT, SILENCE_MS));
    CU_ASSERT_FALSE(reaches(true, ATTACKER_IPV6, NODE_IPV6, SHUT_PORT, SILENCE_MS));
    CU_ASSERT_FALSE(reaches(true, INNOCENT_IPV4, NODE_IPV4, OPEN_PORT, SILENCE_MS));
    CU_ASSERT_FALSE(reaches(true, INNOCENT_IPV6, NODE_IPV6, OPEN_PORT, SILENCE_MS));
}

/* `x` is the node: what it may begin is one peer's port, whatever comes in. */
static void what_a_host_sends_is_held_likewise(void)
{
    load("    - {id: o, on: x, term: flow, op: permit, value: {to: " ATTACKER_IPV4
         ", ports: 8443/tcp}}\n",
         "");
    CU_ASSERT_TRUE(reaches(false, NODE_IPV4, ATTACKER_IPV4, OPEN_PORT, SOON_MS));
    CU_ASSERT_FALSE(reaches(false, NODE_IPV4, ATTACKER_IPV4, SHUT_PORT, SILENCE_MS));
    CU_ASSERT_FALSE(reaches(false, NODE_IPV4, INNOCENT_IPV4, OPEN_PORT, SILENCE_MS));
    CU_ASSERT_FALSE(reaches(false, NODE_IPV6, INNOCENT_IPV6, OPEN_PORT, SILENCE_MS));
    CU_ASSERT_TRUE(reaches(true, INNOCENT_IPV4, NODE_IPV4, SHUT_PORT, SOON_MS));
    CU_ASSERT_TRUE(reaches(true, INNOCENT_IPV6, NODE_IPV6, SHUT_PORT, SOON_MS));
}

static void replies_pass(void)
{
    load(PERMITTED, "");
    CU_ASSERT_TRUE(reaches(false, NODE_IPV4, INNOCENT_IPV4, SHUT_PORT, SOON_MS));
    CU_ASSERT_TRUE(reaches(false, NODE_IPV6, INNOCENT_IPV6, SHUT_PORT, SOON_MS));
}

static void what_is_denied_is_cut_out_of_what_passes(void)
{
    load(FLOW("d", "deny", INNOCENT_IPV4, ", ports: 9443/tcp"), "");
    CU_ASSERT_TRUE(reaches(true, INNOCENT_IPV4, NODE_IPV4, OPEN_PORT, SOON_MS));
    CU_ASSERT_FALSE(reaches(true, INNOCENT_IPV4, NODE_IPV4, SHUT_PORT, SILENCE_MS));
    CU_ASSERT_TRUE(reaches(true, ATTACKER_IPV4, NODE_IPV4, SHUT_PORT, SOON_MS));
}

static void protected_peers_pass_always(void)
{
    load(PERMITTED FLOW("d", "deny", "any", ""),
         "  protected: [{network: " INNOCENT_IPV4 ", why: link}]\n");
    CU_ASSERT_TRUE(reaches(true, INNOCENT_IPV4, NODE_IPV4, SHUT_PORT, SOON_MS));
    CU_ASSERT_FALSE(reaches(true, ATTACKER_IPV4, NODE_IPV4, OPEN_PORT, SILENCE_MS));
}

static void a_connection_that_is_no_longer_permitted_stops(void)
{
    char byte = 0;

    load(PERMITTED, "");
    struct ends ends = dial(true, ATTACKER_IPV4, NODE_IPV4, OPEN_PORT, SOON_MS);
    CU_ASSERT_TRUE(ends.server >= 0 && write(ends.client, "a", 1) == 1);
    CU_ASSERT_TRUE(wait_events(ends.server, POLLIN, SOON_MS));
    CU_ASSERT_EQUAL(read(ends.server, &byte, 1), 1);
    load(FLOW("a", "permit", INNOCENT_IPV4, ""), "");
    CU_ASSERT_EQUAL(write(ends.client, "b", 1), 1);
    CU_ASSERT_FALSE(wait_events(ends.server, POLLIN, SILENCE_MS));
    load(PERMITTED, ""); /* what waited is sent again, and passes */
    CU_ASSERT_TRUE(wait_events(ends.server, POLLIN, SOON_MS));
    hang_up(&ends);
}

#define RATE(id, value, per)                                                                       \
    "    - {id: " id ", on: x, term: rate, op: \"<=\", value: " value ", per: " per "}\n"

/* How many of so many connections come about, one after the other. */
static int reached_of(int tries, const char *from, const char *to)
{
    int reached = 0;

    for (int i = 0; i < tries; i++) {
        reached += reaches(true, from, to, OPEN_PORT, SILENCE_MS) ? 1 : 0;
    }
    return reached;
}

/* In an hour, so that the buckets hold half of it and nothing comes in while the test runs. */
static void so_many_connections_begin_and_no_more(void)
{
    load(RATE("r", "6/h", "source"), "");
    CU_ASSERT_EQUAL(reached_of(5, ATTACKER_IPV4, NODE_IPV4), 3);
    CU_ASSERT_EQUAL(reached_of(1, INNOCENT_IPV4, NODE_IPV4), 1); /* another source */
    CU_ASSERT_EQUAL(reached_of(5, ATTACKER_IPV6, NODE_IPV6), 3);
    load(RATE("r", "6/h", "resource"), "");
    CU_ASSERT_EQUAL(reached_of(2, ATTACKER_IPV4, NODE_IPV4), 2);
    CU_ASSERT_EQUAL(reached_of(3, INNOCENT_IPV6, NODE_IPV6), 1); /* one bucket for all */
    load(RATE("r", "1/h", "source") PERMITTED, "");
    CU_ASSERT_EQUAL(reached_of(2, ATTACKER_IPV4, NODE_IPV4), 1);
    CU_ASSERT_EQUAL(reached_of(1, INNOCENT_IPV4, NODE_IPV4), 0); /* not permitted */
    load(RATE("r", "0/s", "source"), "  protected: [{network: " INNOCENT_IPV4 ", why: link}]\n");
    CU_ASSERT_EQUAL(reached_of(1, ATTACKER_IPV4, NODE_IPV4), 0);
    CU_ASSERT_EQUAL(reached_of(3, INNOCENT_IPV4, NODE_IPV4), 3); /* protected */
}

static void nft_reads_whatever_is_printed(void)
{
    uint64_t seed = 20260714;
    size_t printed = 0;

    for (size_t i = 0; i < WORLDS; i++) {
        CLEANUP(buf_done) struct buf out = { 0 };
        uint64_t first = seed;
        random_world(&bench, &seed);
        ASSERT_OK(sla_emit(sla_desired(&bench.arena, bench.world), SLA_EMITTER_NFT,
                           (struct slice){ 0 }, &out, NULL));
        if (!nft(buf_slice(&out), true)) {
            CU_FAIL("nft refuses it");
            (void)printf("    seed %llu\n", (unsigned long long)first);
        }
        printed += slice_find_text(buf_slice(&out), SLICE("vmap")) < out.len;
    }
    CU_ASSERT_TRUE(printed > WORLDS / 2); /* else it says little */
}

static int leave(void)
{
    (void)unlink(path);
    return 0;
}

static CU_TestInfo tests[] = {
    { "what is permitted passes, and nothing else", what_is_permitted_passes_and_nothing_else },
    { "what a host sends is held likewise", what_a_host_sends_is_held_likewise },
    { "replies pass", replies_pass },
    { "so many connections begin, and no more", so_many_connections_begin_and_no_more },
    { "what is denied is cut out of what passes", what_is_denied_is_cut_out_of_what_passes },
    { "protected peers pass always", protected_peers_pass_always },
    { "a connection that is no longer permitted stops",
      a_connection_that_is_no_longer_permitted_stops },
    { "nft reads whatever is printed", nft_reads_whatever_is_printed },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "emitted flows", enter, leave, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
