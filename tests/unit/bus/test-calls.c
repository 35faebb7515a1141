/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of calls against the interfaces that dbus/ documents, both ways. */
#include "bus/calls.h"

#include "called-interfaces.h"
#include "cases.h"

static const GDBusInterfaceInfo *const interfaces[] = {
    &org_fedoraproject_firewall_d1_interface,
    &org_fedoraproject_firewall_d1_config_interface,
    &org_fedoraproject_firewall_d1_config_direct_interface,
    &org_fedoraproject_firewall_d1_config_ipset_interface,
    &org_fedoraproject_firewall_d1_config_policy_interface,
    &org_fedoraproject_firewall_d1_config_service_interface,
    &org_fedoraproject_firewall_d1_config_zone_interface,
    &org_fedoraproject_firewall_d1_direct_interface,
    &org_fedoraproject_firewall_d1_ipset_interface,
    &org_fedoraproject_firewall_d1_policy_interface,
    &org_fedoraproject_firewall_d1_zone_interface,
    &org_freedesktop_dbus_interface,
    &org_freedesktop_dbus_properties_interface,
    &org_freedesktop_network_manager_interface,
    &org_freedesktop_network_manager_settings_connection_interface,
    &org_freedesktop_network_manager_settings_interface,
};

static const GDBusMethodInfo *find_method(const char *interface, const char *method)
{
    for (guint i = 0; i < G_N_ELEMENTS(interfaces); i++) {
        if (g_str_equal(interfaces[i]->name, interface))
            return g_dbus_interface_info_lookup_method((GDBusInterfaceInfo *)interfaces[i], method);
    }
    return NULL;
}

static char *tuple_of(GDBusArgInfo *const *arguments)
{
    GString *type = g_string_new("(");
    for (; arguments != NULL && *arguments != NULL; arguments++)
        g_string_append(type, (*arguments)->signature);
    return g_string_free(g_string_append_c(type, ')'), FALSE);
}

typedef struct {
    const char *name;
    CallId call;
} RowCase;

static void test_row_is_documented(void **state)
{
    const RowCase *test = *state;
    const CallRow *row = call_row(test->call);
    const GDBusMethodInfo *method = find_method(row->interface, row->method);
    if (method == NULL) {
        fail_msg("dbus/ has no %s.%s", row->interface, row->method);
        return;
    }
    g_autofree char *parameters = tuple_of(method->in_args);
    g_autofree char *reply = tuple_of(method->out_args);
    assert_string_equal(row->parameters, parameters);
    assert_string_equal(row->reply, reply);
    assert_true(g_dbus_is_name(row->service));
    assert_true(row->path == NULL || g_variant_is_object_path(row->path));
}

typedef struct {
    const char *name; /* of the method */
    const char *interface;
} MethodCase;

static void test_method_is_called(void **state)
{
    const MethodCase *test = *state;
    guint calls = 0;
    for (guint i = 0; i < N_CALLS; i++) {
        const CallRow *row = call_row((CallId)i);
        if (g_str_equal(row->interface, test->interface) && g_str_equal(row->method, test->name))
            calls++;
    }
    assert_int_not_equal(calls, 0);
}

static GArray *documented_methods(void)
{
    GArray *methods = g_array_new(FALSE, FALSE, sizeof(MethodCase));
    for (guint i = 0; i < G_N_ELEMENTS(interfaces); i++) {
        for (GDBusMethodInfo **method = interfaces[i]->methods; *method != NULL; method++) {
            const MethodCase test = {(*method)->name, interfaces[i]->name};
            g_array_append_val(methods, test);
        }
    }
    return methods;
}

int main(void)
{
    RowCase rows[N_CALLS];
    for (guint i = 0; i < N_CALLS; i++)
        rows[i] = (RowCase){call_row((CallId)i)->method, (CallId)i};
    g_autoptr(GArray) methods = documented_methods();
    return RUN_CASES(test_row_is_documented, rows) + run_cases("methods", test_method_is_called,
                                                               methods->data, sizeof(MethodCase),
                                                               methods->len);
}
