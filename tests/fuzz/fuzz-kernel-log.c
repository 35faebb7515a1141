/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A log that anybody may have written is read: whatever it holds, it becomes groups that can be
 * told of. */
#include "documents/json.h"
#include "observe/log/kernel-log.h"
#include "observe/log/kernel-messages.h"
#include "report/denied-report.h"

#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void take(const char *message, gsize length, const LogTime *time, gpointer user)
{
    g_auto(LoggedPacket) packet = {0};
    if (kernel_log_parse(message, length, &packet))
        denials_add(user, &packet, time);
}

static Denials *read_log(const guint8 *data, gsize size)
{
    int fd = memfd_create("log", MFD_CLOEXEC);
    g_assert(write(fd, data, size) == (gssize)size);
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);
    g_autoptr(KernelMessages) messages = kernel_messages_open_file(path, 0, false, NULL);
    close(fd);
    Denials *denials = denials_new();
    g_assert(kernel_messages_read(messages, take, denials, NULL));
    return denials;
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autoptr(Denials) denials = read_log(data, size);
    g_autoptr(GPtrArray) groups = denials_sorted(denials);
    g_autoptr(GPtrArray) notes = g_ptr_array_new();
    g_autofree DenialCause *causes = g_new0(DenialCause, groups->len + 1);
    const TextStyle style = {.width = 80};
    const DeniedSource source = {.log = "fuzz", .notes = notes};
    for (guint i = 0; i < groups->len; i++) {
        causes[i].unknown = g_strdup("nobody knows");
        const DenialGroup *group = g_ptr_array_index(groups, i);
        g_assert(group->count > 0);
        g_autofree char *text = denied_report_group_text(group, &causes[i], &style);
        g_assert(g_utf8_validate(text, -1, NULL));
    }
    json_auto_t *document = denied_report_json(&source, groups, causes);
    g_autofree char *json = json_document_text(document, false);
    g_assert(g_utf8_validate(json, -1, NULL));
    for (guint i = 0; i < groups->len; i++)
        denial_cause_clear(&causes[i]);
    return 0;
}
