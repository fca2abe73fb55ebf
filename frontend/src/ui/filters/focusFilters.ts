/** Gives the focus to the first of the filters' controls, before a button that has it goes away. */
export function focusFilters(): void {
  document.querySelector<HTMLElement>("#filters-summary, #filters select")?.focus();
}
