/* A stream of packets as a taken-over SMA might send it. What decodes has one spelling; and a
 * server fed with the packets neither breaks nor answers with what its client could not decode. */
#include <string.h>
#include <sys/socket.h>

#include "planes/fake/fake_plane.h"
#include "planes/helper_codec.h"
#include "planes/serve.h"
#include "tests/fuzz/fuzz.h"

enum { PACKETS_MAX = 16 };

static void check_spelling(const uint8_t *bytes, size_t len)
{
    struct helper_message message;
    struct status decoded = helper_decode(bytes, len, &message);

    if (status_ok(&decoded)) {
        uint8_t again[HELPER_MESSAGE_BYTES];
        helper_encode(&message, again);
        FUZZ_CHECK(memcmp(bytes, again, sizeof(again)) == 0);
    }
}

static void check_answers(int fd)
{
    uint8_t bytes[HELPER_MESSAGE_BYTES + 1];
    ssize_t len = 0;

    while ((len = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0) {
        struct helper_message answer;
        struct status decoded = helper_decode(bytes, (size_t)len, &answer);
        FUZZ_CHECK(status_ok(&decoded) && !helper_kind_is_request(answer.kind));
    }
}

/* False: the server has given the client up. */
static bool feed(struct plane_server *server, int fd, const uint8_t *packet, size_t len)
{
    bool ended = false;

    if (send(fd, packet, len, MSG_DONTWAIT | MSG_NOSIGNAL) != (ssize_t)len) {
        return false;
    }
    /* One turn reads and works, the next would send what did not fit. */
    for (unsigned turn = 0; turn < 2; turn++) {
        struct status turned = plane_server_turn(server, &ended);
        check_answers(fd);
        if (!status_ok(&turned) || ended) {
            return false;
        }
    }
    return true;
}

static void serve_packets(struct plane *plane, const uint8_t *data, size_t size)
{
    int pair[2];

    FUZZ_CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0);
    struct plane_server *server = plane_server_new(plane, pair[0]);
    bool alive = true;
    for (unsigned i = 0; i < PACKETS_MAX && alive && size > 0; i++) {
        size_t len = size < HELPER_MESSAGE_BYTES ? size : HELPER_MESSAGE_BYTES;
        check_spelling(data, len);
        alive = feed(server, pair[1], data, len);
        data += len;
        size -= len;
    }
    plane_server_free(server);
    (void)close(pair[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct clock_virtual now;
    const struct clock_source clock = clock_virtual_source(&now);
    const struct fake_world_spec spec = { .kind = PLANE_NETWORK,
                                          .clock = &clock,
                                          .keeps_leases = true };
    struct fake_world *world = fake_world_new(&spec);
    struct plane *plane = NULL;
    struct status opened = fake_plane_open(world, &plane);

    FUZZ_CHECK(status_ok(&opened));
    check_spelling(bytes, size);
    serve_packets(plane, bytes, size);
    fake_world_free(world);
    return 0;
}
