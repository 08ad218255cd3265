/* Of a row of `choices`, show the one with these words as chosen, or none. */
export function show(row, words) {
    for (const button of row.children) button.setAttribute('aria-pressed', String(button.textContent === words));
}
