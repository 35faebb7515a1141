// SPDX-License-Identifier: GPL-2.0-or-later
// Sorting, filtering and expanding. What is shown stands in the page already, worst first: this only
// moves rows and hides them.
'use strict';
(() => {
    const table = document.getElementById('hosts');
    const body = table.tBodies[0];
    const rows = Array.from(body.rows);
    const headings = Array.from(table.tHead.rows[0].cells);
    const tools = document.getElementById('tools');
    const filter = document.getElementById('filter');
    const shown = document.getElementById('shown');
    const expand = document.getElementById('expand');
    const buttons = Array.from(tools.querySelectorAll('[data-trait]'));
    const collator = new Intl.Collator('en', { numeric: true });

    // ---- counting ----

    // A row is of several documents where they say the same.
    const documentsOf = (row) => Number(row.dataset.documents);
    const hasTrait = (row, trait) => !trait || row.dataset.traits.split(' ').includes(trait);
    const countOf = (trait) => rows.filter((row) => hasTrait(row, trait))
        .reduce((sum, row) => sum + documentsOf(row), 0);
    const total = countOf('');

    // ---- filtering ----

    // Filled at the first search: a large page is shown sooner without.
    const texts = new Map();
    const textOf = (row) => {
        if (!texts.has(row)) {
            texts.set(row, row.textContent.toLowerCase());
        }
        return texts.get(row);
    };
    const pressed = () => buttons.find((one) => one.getAttribute('aria-pressed') === 'true');

    const showMatching = () => {
        const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
        const trait = pressed().dataset.trait;
        let count = 0;
        for (const row of rows) {
            const matches = hasTrait(row, trait) &&
                words.every((word) => textOf(row).includes(word));
            row.hidden = !matches;
            count += matches ? documentsOf(row) : 0;
        }
        shown.textContent = count === total ? '' : `${count} of ${total} documents shown`;
    };

    const press = (button) => {
        for (const one of buttons) {
            one.setAttribute('aria-pressed', String(one === button));
        }
        showMatching();
    };

    // ---- sorting ----

    const worst = new Map(rows.map((row, index) => [row, rows.length - index]));
    const keyOf = (row, column, order) => {
        if (order === 'worst') {
            return worst.get(row);
        }
        const cell = row.cells[column];
        const text = (cell.querySelector('bdi') || cell).textContent;
        if (text === '–') {
            return null;
        }
        return order === 'number' ? Number(text) : text;
    };
    const compare = (a, b) => (typeof a === 'number' ? a - b : collator.compare(a, b));

    // What is not known comes last either way, and what is alike stays worst first.
    const sortBy = (column, sign) => {
        const order = headings[column].dataset.order;
        const keys = new Map(rows.map((row) => [row, keyOf(row, column, order)]));
        rows.sort((one, other) => {
            const a = keys.get(one);
            const b = keys.get(other);
            if (a === null || b === null) {
                return (a === null) - (b === null) || worst.get(other) - worst.get(one);
            }
            return sign * compare(a, b) || worst.get(other) - worst.get(one);
        });
        const sorted = document.createDocumentFragment();
        for (const row of rows) {
            sorted.append(row);
        }
        body.append(sorted);
    };

    // Numbers are asked for from above, names from the beginning; a second click turns it round.
    const choose = (column) => {
        const heading = headings[column];
        const first = heading.dataset.order ? 'descending' : 'ascending';
        const second = first === 'ascending' ? 'descending' : 'ascending';
        const direction = heading.getAttribute('aria-sort') === first ? second : first;
        for (const one of headings) {
            one.removeAttribute('aria-sort');
        }
        heading.setAttribute('aria-sort', direction);
        sortBy(column, direction === 'ascending' ? 1 : -1);
    };

    // ---- the page ----

    const expandAll = () => {
        const open = expand.textContent === 'Expand all';
        for (const row of rows) {
            for (const finding of row.hidden ? [] : row.querySelectorAll('.finding')) {
                finding.open = open;
            }
        }
        expand.textContent = open ? 'Collapse all' : 'Expand all';
    };

    headings.forEach((heading, column) => {
        const button = document.createElement('button');
        button.type = 'button';
        button.append(...heading.childNodes);
        button.addEventListener('click', () => choose(column));
        heading.append(button);
    });
    for (const code of document.querySelectorAll('#findings code.find')) {
        const button = document.createElement('button');
        button.type = 'button';
        button.title = 'Show the documents that have it';
        code.replaceWith(button);
        button.append(code);
        button.addEventListener('click', () => {
            filter.value = code.textContent;
            press(buttons[0]);
            filter.focus();
        });
    }
    for (const button of buttons) {
        button.append(` (${countOf(button.dataset.trait)})`);
        button.addEventListener('click', () => press(button));
    }
    filter.addEventListener('input', showMatching);
    expand.addEventListener('click', expandAll);
    tools.hidden = false;
})();
