#include "base/service.h"

#include <signal.h>
#include <string.h>
#include <systemd/sd-daemon.h>

#include "base/log.h"

enum { EXIT_DONE = 0, EXIT_NO = 1, EXIT_INTERNAL = 10 };

static struct status on_watchdog(struct actor_loop *loop, void *state)
{
    (void)loop;
    (void)state;
    (void)sd_notify(0, "WATCHDOG=1");
    return STATUS_SUCCESS;
}

static struct status begin(struct actor_loop *loop, void *state)
{
    const struct service *service = state;

    TRY(service->begin(loop, service->state));
    (void)actor_loop_timer(loop, SERVICE_WATCHDOG_MS, 0, on_watchdog, NULL);
    (void)sd_notifyf(0, "READY=1\nSTATUS=%s", service->doing);
    return STATUS_SUCCESS;
}

static struct status reload(struct actor_loop *loop, void *state)
{
    const struct service *service = state;

    return service->reload(loop, service->state);
}

static void end(struct actor_loop *loop, void *state)
{
    struct service *service = state;

    service->signal = actor_loop_signal(loop);
    (void)sd_notify(0, "STOPPING=1\nSTATUS=stopping");
    service->end(loop, service->state);
}

int service_run(struct service *service)
{
    service->signal = 0;
    struct status ran =
        actor_run_root(begin, service->reload != NULL ? reload : NULL, end, service);
    if (status_ok(&ran)) {
        const char *name = service->signal != 0 ? sigabbrev_np(service->signal) : NULL;
        log_info(service->actor, "stopped", LOG_CSTR("reason", name != NULL ? "signal" : "done"),
                 LOG_CSTR("signal", name != NULL ? name : ""));
        return EXIT_DONE;
    }
    log_status(LOG_LEVEL_ERROR, service->actor, "stopped", &ran);
    return ran.code == STATUS_INTERNAL ? EXIT_INTERNAL : EXIT_NO;
}
