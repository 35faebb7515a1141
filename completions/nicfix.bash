# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Completion of nicfix(8) for bash. nicfix itself knows what may come next.

_nicfix() {
    local -a words=()
    local word
    local -i i
    # bash parts words at "=", too; to nicfix "--zone public" and "--zone=public" are the same.
    for ((i = 1; i <= COMP_CWORD; i++)); do
        [[ ${COMP_WORDS[i]} == '=' ]] || words+=("${COMP_WORDS[i]}")
    done
    if [[ ${COMP_WORDS[COMP_CWORD]} == '=' ]]; then
        words+=('')
    fi
    COMPREPLY=()
    while IFS= read -r word; do
        if [[ $word == @files ]]; then
            compopt -o default 2>/dev/null
        else
            COMPREPLY+=("$(printf %q "$word")")
        fi
    done < <("$1" complete -- "${words[@]}" 2>/dev/null)
}

complete -F _nicfix nicfix
