import { useEffect, useState } from "react";
import { Failure } from "../../ui/Failure";
import { SearchIcon } from "../../ui/icons";
import { later } from "../../ui/later";
import type { DialogProps } from "./SearchDialog";

const SearchDialog = later(() => import("./SearchDialog"), { Missing: DialogMissing });

/** The button in the header; the dialog is loaded when a user is about to open it. */
export function SearchButton() {
  const [open, setOpen] = useState(false);
  const [wanted, setWanted] = useState(false);
  const show = () => {
    SearchDialog.load();
    setWanted(true);
    setOpen(true);
  };
  useShortcut(show);
  return (
    <>
      <button
        type="button"
        className="masthead-search"
        aria-label="Search flights, places, days"
        aria-haspopup="dialog"
        aria-keyshortcuts="/ Control+K"
        onClick={show}
        onPointerEnter={SearchDialog.load}
        onFocus={SearchDialog.load}
      >
        <SearchIcon />
        <span>Search flights, places, days</span>
        <kbd>/</kbd>
      </button>
      {wanted && <SearchDialog open={open} onOpenChange={setOpen} />}
    </>
  );
}

/** The note below the header until the dialog comes or the user gives up. */
function DialogMissing({
  open,
  onOpenChange,
  error,
  onRetry,
}: DialogProps & { error: Error; onRetry: () => void }) {
  if (!open) return null;
  return (
    <div className="masthead-missing">
      <Failure error={error} heading="The search could not be loaded" onRetry={onRetry} />
      <button type="button" className="masthead-close" onClick={() => onOpenChange(false)}>
        Close
      </button>
    </div>
  );
}

function useShortcut(show: () => void) {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || !asksForSearch(event)) return;
      event.preventDefault();
      show();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  });
}

function asksForSearch(event: KeyboardEvent): boolean {
  if (event.key === "k" && (event.ctrlKey || event.metaKey)) return true;
  return event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.closest("input, select, textarea, [contenteditable]") !== null
  );
}
