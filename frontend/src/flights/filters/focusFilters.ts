/** Moves the focus to the button that unfolds the filters, before the button that has the focus disappears. */
export function focusFilters(): void {
  document.getElementById("filters-summary")?.focus();
}
