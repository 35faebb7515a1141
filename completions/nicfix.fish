# SPDX-License-Identifier: GPL-2.0-or-later
# Completion of nicfix(8) for fish. nicfix itself knows what may come next.

function __nicfix_complete
    set -l before (commandline --tokenize --cut-at-cursor --current-process)
    set -l current (commandline --current-token --cut-at-cursor)
    for candidate in (command $before[1] complete --describe -- $before[2..-1] "$current" 2>/dev/null)
        if test $candidate = @files
            __fish_complete_path "$current"
        else
            echo $candidate
        end
    end
end

complete --command nicfix --no-files --arguments '(__nicfix_complete)'
