/** Moves the focus to the first control of the filters, before the button that has the focus disappears. */
export function focusFilters(): void {
  document.querySelector<HTMLElement>("#filters-summary, #filters select")?.focus();
}
