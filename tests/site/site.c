#include "tests/site/site.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/http_client.h"
#include "tests/integration/data/workload.h"
#include "tests/site/hypervisor.h"
#include "wire/registry.h"

#define SITE_SERVICE    "10.99.0.1"
#define SITE_MANAGEMENT "10.98.0.1"
enum { SITE_PORT = 22, SITE_BACKLOG = 4096, SITE_ANSWER_MAX = 16 * 1024 * 1024 };

struct site {
    struct arena arena;
    struct site_options options;
    struct process parts[SITE_PARTS];
    int listener;
    int log;
    struct hypervisor hypervisor; /* node-2's */
    struct workload workload;     /* writes to node-2's bucket */
};

static const char *const part_names[] = { "redand", "redan-agg", "redan-netd", "libvirtd",
                                          "redan-datad" };

const char *site_part_name(enum site_part part)
{
    return part_names[part];
}

struct process *site_process(struct site *site, enum site_part part)
{
    return &site->parts[part];
}

const char *site_path(struct site *site, const char *name)
{
    return file_path(&site->arena, site->options.folder, name);
}

bool site_has(const struct site *site, enum site_part part)
{
    return site->options.node_2 || (part != SITE_LIBVIRTD && part != SITE_NODE_2);
}

/* --- making
 * ---------------------------------------------------------------------------------------- */

static struct status make_keys(struct site *site)
{
    const struct service_id services[] = { { LAYER_L2, PLANE_NETWORK, SERVICE_MONITOR },
                                           { LAYER_L2, PLANE_NETWORK, SERVICE_ENFORCE } };
    const struct service_id services_2[] = { { LAYER_L2, PLANE_COMPUTE, SERVICE_MONITOR },
                                             { LAYER_L2, PLANE_COMPUTE, SERVICE_ENFORCE },
                                             { LAYER_L2, PLANE_DATA, SERVICE_MONITOR },
                                             { LAYER_L2, PLANE_DATA, SERVICE_ENFORCE } };
    const struct registry_node_spec agg = { .name = SLICE("agg-1"), .role = PEER_AGGREGATOR };
    const struct registry_node_spec node = { .name = SLICE("node-1"),
                                             .role = PEER_SMA,
                                             .aggregator = SLICE("agg-1"),
                                             .services = services,
                                             .service_count = COUNT_OF(services) };
    const struct registry_node_spec node_2 = { .name = SLICE("node-2"),
                                               .role = PEER_SMA,
                                               .aggregator = SLICE("agg-1"),
                                               .services = services_2,
                                               .service_count = COUNT_OF(services_2) };
    const char *keys = site_path(site, "keys");

    TRY(file_make_folder(keys, 0700));
    TRY(registry_init(keys, SLICE("redand")));
    TRY(registry_add_node(keys, &agg, site_path(site, "keys-agg-1")));
    TRY(registry_add_node(keys, &node, site_path(site, "keys-node-1")));
    return site->options.node_2 ? registry_add_node(keys, &node_2, site_path(site, "keys-node-2"))
                                : STATUS_SUCCESS;
}

static struct status make_config(struct site *site, const char *name, const char *format, ...)
    PRINTF_LIKE(3, 4);

static struct status make_config(struct site *site, const char *name, const char *format, ...)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    va_list args;

    va_start(args, format);
    buf_vprintf(&text, format, args);
    va_end(args);
    return file_store(site_path(site, name), buf_slice(&text), 0600);
}

/* `text` with `to` in the place of each `from`; as it is when `to` is NULL. */
static struct slice replaced(struct arena *arena, struct slice text, struct slice from,
                             const char *to)
{
    CLEANUP(buf_done) struct buf edited = { 0 };

    if (to == NULL) {
        return text;
    }
    while (text.len > 0) {
        size_t at = slice_find_text(text, from);
        buf_add_slice(&edited, slice_sub(text, 0, at));
        if (at < text.len) {
            buf_add_cstr(&edited, to);
            at += from.len;
        }
        text = slice_sub(text, at, text.len);
    }
    return arena_copy(arena, buf_slice(&edited));
}

/* A ban outlives its lease while the detector's windows still hold evidence. */
static struct status make_rules(struct site *site, const char **out)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    static const struct slice spans[] = { { "timespan: 60s", 13 }, { "timespan: 5m", 12 } };
    struct slice text = { 0 };

    *out = "rules/linux/ssh.yaml";
    if (site->options.window == NULL) {
        return STATUS_SUCCESS;
    }
    TRY(file_load(&arena, *out, 1 << 20, &text));
    for (size_t i = 0; i < COUNT_OF(spans); i++) {
        text = replaced(&arena, text, spans[i],
                        arena_printf(&arena, "timespan: %s", site->options.window).ptr);
    }
    *out = site_path(site, "ssh.yaml");
    return file_store(*out, text, 0600);
}

static struct status make_configs(struct site *site)
{
    const char *folder = site->options.folder;
    const char *rules = NULL;

    TRY(make_rules(site, &rules));
    TRY(make_config(site, "redand.yaml",
                    "state: %s/redand\nkeys: %s/keys\nlisten: tcp://" SITE_MANAGEMENT ":7700\n"
                    "api: %s/api.sock\nlog_format: text\n",
                    folder, folder, folder));
    TRY(make_config(site, "agg.yaml",
                    "keys: %s/keys-agg-1\nregistry: %s/keys/registry.yaml\n"
                    "listen: tcp://" SITE_MANAGEMENT ":7701\n"
                    "orchestrator: tcp://" SITE_MANAGEMENT ":7700\nlog_format: text\n",
                    folder, folder));
    return make_config(site, "sma.yaml",
                       "state: %s/node-1\nkeys: %s/keys-node-1\n"
                       "aggregators: [tcp://" SITE_MANAGEMENT ":7701]\n"
                       "rules: [%s]\n"
                       "sensors: [{kind: file, path: %s/auth.log}]\n"
                       "protect: [10.98.0.0/24]\nlog_format: text\n",
                       folder, folder, rules, folder);
}

/* --- node-2: a hypervisor, a store and who writes to it
 * ------------------------------------------------------------------------------------------- */

static const char *store_path(struct site *site)
{
    return site_path(site, "store");
}

/* As the demo has it: the bucket is mounted where the workload writes, the store out of its sight.
 */
static struct status make_workload(struct site *site)
{
    const struct workload_spec spec = {
        .folder = file_path(&site->arena, store_path(site), SITE_BUCKET),
        .mountpoint = file_path(&site->arena, site_path(site, "ward"), SITE_BUCKET),
        .hide = store_path(site),
    };

    TRY(file_make_folder(spec.folder, 0755));
    TRY(file_make_folder(spec.mountpoint, 0755));
    return workload_start(&spec, &site->workload);
}

static struct status make_node_2(struct site *site)
{
    const char *folder = site->options.folder;

    /* libvirtd leaves traces below /run, of whatever socket it is told */
    if (mount("none", "/run", "tmpfs", 0, NULL) != 0) {
        return status_error(STATUS_UNAVAILABLE, "/run: %s", strerrordesc_np(errno));
    }
    TRY(hypervisor_configure(&site->hypervisor, site_path(site, "virt")));
    TRY(make_workload(site));
    return make_config(site, "sma-2.yaml",
                       "state: %s/node-2\nkeys: %s/keys-node-2\n"
                       "aggregators: [tcp://" SITE_MANAGEMENT ":7701]\n"
                       "protect: [10.98.0.0/24]\ncompute: \"%s\"\nlog_format: text\n",
                       folder, folder, site->hypervisor.uri);
}

struct status site_domain(struct site *site, struct domain_view *out)
{
    return hypervisor_look(&site->hypervisor, out);
}

bool site_bucket_refuses(struct site *site)
{
    return workload_do(&site->workload, WORKLOAD_WRITE) == EROFS;
}

bool site_bucket_is_held(struct site *site)
{
    const char *record = site_path(site, "store/.redan/" SITE_BUCKET ".holds");
    struct stat info;

    return stat(record, &info) == 0;
}

/* --- the service
 * ----------------------------------------------------------------------------------- */

static struct sockaddr_in ip4(const char *text, uint16_t port)
{
    struct sockaddr_in out = { .sin_family = AF_INET, .sin_port = htons(port) };

    (void)inet_pton(AF_INET, text, &out.sin_addr);
    return out;
}

static struct status make_listener(struct site *site)
{
    const struct sockaddr_in at = ip4(SITE_SERVICE, SITE_PORT);
    const int on = 1;

    site->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (site->listener < 0 ||
        setsockopt(site->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
        bind(site->listener, (const struct sockaddr *)&at, sizeof(at)) != 0 ||
        listen(site->listener, SITE_BACKLOG) != 0) {
        return status_error(STATUS_UNAVAILABLE, "listener: %s", strerrordesc_np(errno));
    }
    return STATUS_SUCCESS;
}

struct status site_new(const struct site_options *options, struct site **out)
{
    CLEANUP(site_free) struct site *site = calloc(1, sizeof(*site));

    if (site == NULL) {
        abort();
    }
    site->options = *options;
    site->listener = -1;
    site->log = -1;
    TRY(make_keys(site));
    TRY(make_configs(site));
    TRY(make_listener(site));
    TRY(site->options.node_2 ? make_node_2(site) : STATUS_SUCCESS);
    site->log = open(site_path(site, "auth.log"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (site->log < 0) {
        return status_error(STATUS_UNAVAILABLE, "auth.log: %s", strerrordesc_np(errno));
    }
    *out = TAKE(site);
    return STATUS_SUCCESS;
}

void site_free(struct site **pointer)
{
    struct site *site = *pointer;

    if (site == NULL) {
        return;
    }
    for (size_t i = SITE_PARTS; i-- > 0;) {
        process_kill(&site->parts[i]);
    }
    hypervisor_done(&site->hypervisor);
    workload_end(&site->workload);
    cleanup_close(&site->listener);
    cleanup_close(&site->log);
    arena_done(&site->arena);
    free(site);
    *pointer = NULL;
}

/* --- running
 * ----------------------------------------------------------------------------------------- */

/* What the part is told, NULL-terminated; lives in the arena. */
static const char *const *arguments(struct site *site, struct arena *arena, enum site_part part)
{
    enum { WORDS_MAX = 12 };
    const char *bin = site->options.bin;
    const char *sma = file_path(arena, bin, "redan-sma");
    const char *writer = arena_printf(arena, SITE_BUCKET ":%d:%s", (int)site->workload.pid,
                                      site_path(site, "ward/" SITE_BUCKET))
                             .ptr;
    const char *const all[SITE_PARTS][WORDS_MAX] = {
        [SITE_REDAND] = { "--config", site_path(site, "redand.yaml") },
        [SITE_AGG] = { "--config", site_path(site, "agg.yaml") },
        [SITE_NODE] = { "--protect", "10.98.0.0/24", "--", sma, "--config",
                        site_path(site, "sma.yaml") },
        [SITE_LIBVIRTD] = { "-f", site->hypervisor.config, "-p", site->hypervisor.pid_file },
        [SITE_NODE_2] = { "--root", store_path(site), "--writer", writer, "--", sma, "--config",
                          site_path(site, "sma-2.yaml") },
    };
    const char **out = ARENA_NEW(arena, const char *, WORDS_MAX + 1);

    out[0] = part == SITE_LIBVIRTD ? HYPERVISOR_PROGRAM : file_path(arena, bin, part_names[part]);
    memcpy(&out[1], all[part], (WORDS_MAX - 1) * sizeof(out[0]));
    return out;
}

const char *site_trace(struct site *site, enum site_part part)
{
    return site_path(site, arena_printf(&site->arena, "trace-%s", part_names[part]).ptr);
}

struct status site_start(struct site *site, enum site_part part, const char *crash_at)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    const char *environment[] = { NULL, NULL, NULL, NULL };
    const char *log = file_path(&arena, site->options.folder,
                                arena_printf(&arena, "%s.log", part_names[part]).ptr);

    environment[0] = arena_printf(&arena, "REDAN_CRASH_TRACE=%s", site_trace(site, part)).ptr;
    if (part == SITE_LIBVIRTD) {
        environment[1] = site->hypervisor.environment;
    } else if (crash_at != NULL) {
        environment[1] = arena_printf(&arena, "REDAN_CRASH_AT=%s", crash_at).ptr;
        environment[2] = arena_printf(&arena, "REDAN_CRASH_WHEN=%s", site_path(site, "armed")).ptr;
    }
    TRY(process_start(&site->parts[part], part_names[part], arguments(site, &arena, part),
                      environment, log));
    return part == SITE_LIBVIRTD ? hypervisor_connect(&site->hypervisor) : STATUS_SUCCESS;
}

struct status site_arm(struct site *site)
{
    return file_store(site_path(site, "armed"), SLICE("yes\n"), 0600);
}

void site_disarm(struct site *site)
{
    (void)unlink(site_path(site, "armed"));
}

struct status site_ask(struct site *site, struct arena *arena, const char *method, const char *path,
                       const char *body, const struct json **out)
{
    const struct http_request request = { .method = method,
                                          .unix_socket = site_path(site, "api.sock"),
                                          .url = arena_printf(arena, "http://redan%s", path).ptr,
                                          .body = slice_from(body),
                                          .timeout_ms = 10000,
                                          .answer_max_bytes = SITE_ANSWER_MAX };
    struct http_answer answer = { 0 };

    struct status asked = http_ask(&request, &answer);
    if (status_ok(&asked)) {
        asked = json_read(arena, arena_copy(arena, buf_slice(&answer.body)), out);
    }
    buf_done(&answer.body);
    if (status_ok(&asked) && answer.code >= 400) {
        struct slice detail = json_text(*out, "detail");
        return status_error(STATUS_INVALID, "%s %s: %ld %.*s", method, path, answer.code,
                            SLICE_ARG(detail));
    }
    return asked;
}

static bool api_answers(void *arg)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    const struct json *answer = NULL;
    struct status asked = site_ask(arg, &arena, "GET", "/v1/status", NULL, &answer);

    return status_ok(&asked);
}

struct status site_wait_api(struct site *site)
{
    return site_wait(api_answers, site, SITE_DEADLINE_MS)
               ? STATUS_SUCCESS
               : status_error(STATUS_TIMEOUT, "redand does not answer");
}

static bool nodes_are_seen(void *arg)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct site *site = arg;
    const struct json *answer = NULL;
    struct status asked = site_ask(site, &arena, "GET", "/v1/nodes", NULL, &answer);
    const struct json *items = status_ok(&asked) ? json_get(answer, "items") : NULL;
    size_t seen = 0;

    for (const struct json *node = items != NULL ? items->first : NULL; node != NULL;
         node = node->next) {
        bool is_node = slice_starts(json_text(node, "name"), SLICE("node-"));
        seen += is_node && json_text(node, "last_seen_at").len > 0 ? 1 : 0;
    }
    return seen == (site->options.node_2 ? 2 : 1);
}

struct status site_wait_ready(struct site *site)
{
    return site_wait(nodes_are_seen, site, SITE_DEADLINE_MS)
               ? STATUS_SUCCESS
               : status_error(STATUS_TIMEOUT, "a node does not come up");
}

/* --- SLAs
 * ------------------------------------------------------------------------------------------------
 */

static const char *edit(struct arena *arena, const char *key, const char *value)
{
    return value != NULL ? arena_printf(arena, "%s: %s", key, value).ptr : NULL;
}

struct status site_apply_slas(struct site *site)
{
    return site_apply_slas_with(site, site->options.lease);
}

struct status site_apply_slas_with(struct site *site, const char *lease)
{
    static const char *const files[] = { "imaging-archive.yaml", "imaging-ucloud.yaml",
                                         "private-dc.yaml" };
    CLEANUP(arena_done) struct arena arena = { 0 };
    CLEANUP(buf_done) struct buf body = { 0 };
    struct json_writer writer = { .out = &body };
    const struct json *answer = NULL;

    json_open_object(&writer);
    json_key(&writer, "documents");
    json_open_array(&writer);
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        struct slice text;
        TRY(file_load(&arena, file_path(&arena, "examples/hospital", files[i]), 1 << 20, &text));
        text = replaced(&arena, text, SLICE("lease: 1h"), edit(&arena, "lease", lease));
        text = replaced(&arena, text, SLICE("approval: none"),
                        edit(&arena, "approval", site->options.approval));
        json_open_object(&writer);
        json_add_cstr(&writer, "name", files[i]);
        json_add_text(&writer, "text", text);
        json_close_object(&writer);
    }
    json_close_array(&writer);
    json_close_object(&writer);
    return site_ask(site, &arena, "POST", "/v1/sla", body.ptr, &answer);
}

struct status site_start_all(struct site *site)
{
    TRY(site_start(site, SITE_REDAND, NULL));
    TRY(site_wait_api(site));
    TRY(site_apply_slas(site));
    for (size_t i = SITE_AGG; i < SITE_PARTS; i++) {
        if (site_has(site, (enum site_part)i)) {
            TRY(site_start(site, (enum site_part)i, NULL));
        }
    }
    return site_wait_ready(site);
}

int site_redan(struct site *site, const char *const *words)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    enum { WORDS_MAX = 8, DEADLINE_MS = 20000 };
    const char *argv[WORDS_MAX + 4] = { file_path(&arena, site->options.bin, "redan"),
                                        "--endpoint" };
    struct process redan;
    int code = -1;
    size_t count = 3;

    argv[2] = arena_printf(&arena, "unix:%s", site_path(site, "api.sock")).ptr;
    for (size_t i = 0; i < WORDS_MAX && words[i] != NULL; i++) {
        argv[count++] = words[i];
    }
    struct status done = process_start(&redan, "redan", argv, NULL, site_path(site, "redan.out"));
    if (status_ok(&done)) {
        done = process_wait(&redan, DEADLINE_MS, &code);
    }
    return status_ok(&done) ? code : -1;
}

/* --- traffic and logs
 * --------------------------------------------------------------------------------------- */

struct status site_connect(struct site *site, const char *source, int timeout_ms, int *out_fd,
                           uint16_t *out_port)
{
    struct sockaddr_in from = ip4(source, 0);
    const struct sockaddr_in to = ip4(SITE_SERVICE, SITE_PORT);
    socklen_t from_len = sizeof(from);
    int error = 0;
    socklen_t error_len = sizeof(error);
    CLEANUP(cleanup_close) int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    (void)site;
    if (fd < 0 || bind(fd, (const struct sockaddr *)&from, sizeof(from)) != 0) {
        return status_error(STATUS_UNAVAILABLE, "%s: %s", source, strerrordesc_np(errno));
    }
    if (connect(fd, (const struct sockaddr *)&to, sizeof(to)) != 0 && errno != EINPROGRESS) {
        return status_error(STATUS_UNAVAILABLE, "connect: %s", strerrordesc_np(errno));
    }
    struct pollfd wait = { .fd = fd, .events = POLLOUT };
    if (poll(&wait, 1, timeout_ms) <= 0) {
        return status_error(STATUS_TIMEOUT, "%s gets no connection", source);
    }
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &error_len) != 0 || error != 0 ||
        getsockname(fd, (struct sockaddr *)&from, &from_len) != 0) {
        return status_error(STATUS_UNAVAILABLE, "connect: %s", strerrordesc_np(error));
    }
    *out_port = ntohs(from.sin_port);
    *out_fd = fd;
    fd = -1;
    return STATUS_SUCCESS;
}

int site_accept(struct site *site)
{
    return accept4(site->listener, NULL, NULL, SOCK_CLOEXEC);
}

void site_remove_folder(const char *folder)
{
    const char *const argv[] = { "/bin/rm", "-rf", folder, NULL };
    struct process rm;
    int code = 0;

    struct status gone = process_start(&rm, "rm", argv, NULL, "/dev/null");
    if (status_ok(&gone)) {
        gone = process_wait(&rm, PROCESS_DEADLINE_MS, &code);
    }
    (void)gone; /* what stays is below /tmp */
}

struct status site_log(struct site *site, const char *text)
{
    return file_write_all(site->log, text, strlen(text));
}

static void print_sshd(struct buf *out, const char *what, const char *source, uint16_t port,
                       unsigned number)
{
    char now[CLOCK_TEXT_MAX];

    clock_format_us(clock_wall_us(&clock_real), now);
    buf_printf(out, "%.26s+00:00 app-1 sshd[%u]: %s password for root from %s port %u ssh2\n", now,
               1000 + number, what, source, port);
}

struct status site_log_failures(struct site *site, const char *source, uint16_t port,
                                unsigned count)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    for (unsigned i = 0; i < count; i++) {
        print_sshd(&text, "Failed", source, port, i);
    }
    return site_log(site, text.ptr);
}

struct status site_log_break_in(struct site *site, const char *source, uint16_t port,
                                unsigned failures)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    for (unsigned i = 0; i < failures; i++) {
        print_sshd(&text, "Failed", source, port, i);
    }
    print_sshd(&text, "Accepted", source, port, failures);
    return site_log(site, text.ptr);
}

bool site_kernel_denies(struct site *site, const char *address)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    const char *listing = site_path(site, "nft.out");
    const char *const argv[] = { "/usr/sbin/nft", "list", "table", "inet", "redan", NULL };
    struct process nft;
    struct slice text = { 0 };
    int code = 0;

    (void)unlink(listing);
    struct status done = process_start(&nft, "nft", argv, NULL, listing);
    if (status_ok(&done)) {
        done = process_wait(&nft, PROCESS_DEADLINE_MS, &code);
    }
    if (status_ok(&done)) {
        done = file_load(&arena, listing, SITE_ANSWER_MAX, &text);
    }
    struct slice needle = arena_printf(&arena, " %s ", address);
    return status_ok(&done) && slice_find_text(text, needle) < text.len;
}
