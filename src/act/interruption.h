/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signals that would end the program (SIGINT, SIGTERM, SIGHUP), held back while changes are under
 * way, so that a transaction ends itself and undoes what it did.
 *
 * Rules: hold before the first thread is made (they inherit what is held), and for as long as
 * anything may be changed. SIGKILL cannot be held; SIGQUIT is left to who must end it at once. */
#pragma once

/* Holds the signals back. */
void interruption_hold(void);

/* The name of a signal that has come since, such as "SIGTERM", or NULL (static). */
const char *interruption_pending(void);

/* Forgets the signals that have come, for what is done because of them. */
void interruption_forget(void);
