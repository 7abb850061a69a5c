/* SPDX-License-Identifier: MIT */
#include "dist/signals.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t stop;

static void on_signal(int number)
{
    (void)number;
    stop = 1;
}

static void handle_with(void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

void vv_signals_catch(void)
{
    handle_with(on_signal);
}

void vv_signals_ignore(void)
{
    handle_with(SIG_IGN);
    stop = 0;
}

bool vv_signals_stop_requested(void)
{
    return stop != 0;
}
