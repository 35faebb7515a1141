/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening a bus that cannot be opened. */
#include "bus/bus.h"

#include "cases.h"
#include "model/error.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>

typedef struct {
    const char *name;
    const char *address;
    const char *message;
} OpenCase;

static const OpenCase unreachable[] = {
    {"no socket", "unix:path=/nonexistent/bus",
     "cannot reach the system bus: Could not connect: No such file or directory"},
    {"an unknown transport", "pigeon:loft=1",
     "cannot reach the system bus: Unknown or unsupported transport “pigeon” for address "
     "“pigeon:loft=1”"},
    {"no address at all", "nonsense",
     "cannot reach the system bus: Address element “nonsense” does not contain a colon (:)"},
};

static void test_unreachable(void **state)
{
    const OpenCase *test = *state;
    assert_true(g_setenv("DBUS_SYSTEM_BUS_ADDRESS", test->address, TRUE));
    g_autoptr(GError) error = NULL;
    assert_null(bus_open(20000, &error));
    assert_true(g_error_matches(error, NICFIX_ERROR, NICFIX_ERROR_NO_BUS));
    assert_string_equal(error->message, test->message);
    assert_non_null(nicfix_error_hint(error));
}

static void test_a_bus_that_does_not_speak(G_GNUC_UNUSED void **state)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_dir_make_tmp("nicfix-bus-XXXXXX", &error);
    assert_null(error);
    g_autofree char *path = g_build_filename(folder, "bus", NULL);
    g_autofree char *bus_address = g_strdup_printf("unix:path=%s", path);
    g_autoptr(GSocketAddress) address = g_unix_socket_address_new(path);
    g_autoptr(GSocket) listener =
        g_socket_new(G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, &error);
    assert_true(g_socket_bind(listener, address, FALSE, &error));
    assert_true(g_socket_listen(listener, &error));
    assert_true(g_setenv("DBUS_SYSTEM_BUS_ADDRESS", bus_address, TRUE));

    assert_null(bus_open(100, &error));
    assert_true(g_error_matches(error, NICFIX_ERROR, NICFIX_ERROR_TIMEOUT));
    assert_string_equal(error->message, "timed out connecting to the system bus (0.1 s)");
    assert_int_equal(g_unlink(path), 0);
    assert_int_equal(g_rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_bus_that_does_not_speak),
    };
    return RUN_CASES(test_unreachable, unreachable) + cmocka_run_group_tests(tests, NULL, NULL);
}
