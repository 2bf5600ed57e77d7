#include "planes/compute/libvirt_link.h"

#include <libvirt/virterror.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>

/* A daemon that does not answer for about 12 s is gone. */
enum { KEEPALIVE_SECONDS = 3, KEEPALIVE_COUNT = 3 };

/* ----------------------------------------------------------------------------- the event loop */

/* Libvirt knows one event loop a process; so these are the process's, too. */
static struct {
    pthread_mutex_t lock;
    unsigned users;
    pthread_t thread;
    bool registered;
    bool stop; /* the loop thread's alone */
} events = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void on_stop(int timer, void *arg)
{
    (void)arg;
    events.stop = true;
    (void)virEventRemoveTimeout(timer);
}

static void *run_events(void *arg)
{
    (void)arg;
    events.stop = false;
    while (!events.stop && virEventRunDefaultImpl() == 0) {
    }
    return NULL;
}

static void ignore_error(void *arg, virErrorPtr error)
{
    (void)arg;
    (void)error; /* every call's error is read by libvirt_error */
}

static struct status start_events(void)
{
    if (!events.registered) {
        virSetErrorFunc(NULL, ignore_error);
        if (virInitialize() < 0 || virEventRegisterDefaultImpl() < 0) {
            return libvirt_error("libvirt does not start");
        }
        events.registered = true;
    }
    sigset_t all, before;
    (void)sigfillset(&all); /* signals are for the program's root, SIGPIPE for nobody */
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&events.thread, NULL, run_events, NULL);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed != 0) {
        return status_error(STATUS_UNAVAILABLE, "no thread: %s", strerrordesc_np(failed));
    }
    return STATUS_SUCCESS;
}

static struct status use_events(void)
{
    struct status status = STATUS_SUCCESS;

    (void)pthread_mutex_lock(&events.lock);
    if (events.users == 0) {
        status = start_events();
    }
    if (status_ok(&status)) {
        events.users++;
    }
    (void)pthread_mutex_unlock(&events.lock);
    return status;
}

static void leave_events(void)
{
    (void)pthread_mutex_lock(&events.lock);
    if (--events.users == 0) {
        (void)virEventAddTimeout(0, on_stop, NULL, NULL); /* wakes the loop as well */
        (void)pthread_join(events.thread, NULL);
    }
    (void)pthread_mutex_unlock(&events.lock);
}

/* ------------------------------------------------------------------------------------- errors */

static enum status_code code_of(int error)
{
    switch (error) {
    case VIR_ERR_NO_DOMAIN:
    case VIR_ERR_NO_DOMAIN_SNAPSHOT:
    case VIR_ERR_NO_DOMAIN_METADATA:
        return STATUS_NOT_FOUND;
    case VIR_ERR_NO_SUPPORT:
    case VIR_ERR_CONFIG_UNSUPPORTED:
    case VIR_ERR_OPERATION_UNSUPPORTED:
    case VIR_ERR_ARGUMENT_UNSUPPORTED:
        return STATUS_UNSUPPORTED;
    case VIR_ERR_OPERATION_DENIED:
    case VIR_ERR_ACCESS_DENIED:
    case VIR_ERR_AUTH_FAILED:
    case VIR_ERR_AUTH_CANCELLED:
    case VIR_ERR_AUTH_UNAVAILABLE:
        return STATUS_DENIED;
    default: /* hundreds more: a daemon, a driver or a domain that is not ready */
        return STATUS_UNAVAILABLE;
    }
}

struct status libvirt_error(const char *context)
{
    const virError *error = virGetLastError();

    if (error == NULL || error->message == NULL) {
        return status_error(STATUS_UNAVAILABLE, "%s: libvirt gives no reason", context);
    }
    return status_error(code_of(error->code), "%s: %s", context, error->message);
}

/* ------------------------------------------------------------------------------------ the link */

void libvirt_link_init(struct libvirt_link *link, const char *uri)
{
    *link = (struct libvirt_link){ .uri = strdup(uri) };
    if (link->uri == NULL) {
        abort();
    }
}

static void disconnect(struct libvirt_link *link)
{
    if (link->connection != NULL) {
        (void)virConnectClose(link->connection);
        link->connection = NULL;
    }
}

void libvirt_link_done(struct libvirt_link *link)
{
    disconnect(link);
    free(link->uri);
    link->uri = NULL;
    if (link->uses_events) {
        leave_events();
        link->uses_events = false;
    }
}

struct status libvirt_link_connect(struct libvirt_link *link)
{
    if (link->connection != NULL) {
        return STATUS_SUCCESS;
    }
    if (!link->uses_events) {
        TRY(use_events());
        link->uses_events = true;
    }
    link->connection = virConnectOpen(link->uri);
    if (link->connection == NULL) {
        return libvirt_error(link->uri);
    }
    /* Refused by drivers inside this process, where no daemon can go away. */
    (void)virConnectSetKeepAlive(link->connection, KEEPALIVE_SECONDS, KEEPALIVE_COUNT);
    return STATUS_SUCCESS;
}

bool libvirt_link_dropped(struct libvirt_link *link)
{
    if (link->connection != NULL && virConnectIsAlive(link->connection) == 1) {
        return false;
    }
    disconnect(link);
    return true;
}

void libvirt_free_domain(virDomainPtr *domain)
{
    if (*domain != NULL) {
        (void)virDomainFree(*domain);
    }
}

void libvirt_free_snapshot(virDomainSnapshotPtr *snapshot)
{
    if (*snapshot != NULL) {
        (void)virDomainSnapshotFree(*snapshot);
    }
}
