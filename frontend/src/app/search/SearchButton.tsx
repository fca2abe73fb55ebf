import { lazy, Suspense, useEffect, useState } from "react";
import { airlinesQuery } from "../../features/airlines/api";
import { servedAirportsQuery } from "../../features/airports/api";
import { SearchIcon } from "../../ui/icons";
import { client } from "../client";

const fetchDialog = () => import("./SearchDialog");
const SearchDialog = lazy(fetchDialog);

/** On the first sign of intent: the dialog's code, and the names that it searches. */
function load() {
  fetchDialog();
  client.queryClient.prefetchQuery(airlinesQuery());
  client.queryClient.prefetchQuery(servedAirportsQuery());
}

/** What stands in the header; the dialog itself is fetched when someone means to use it. */
export function SearchButton() {
  const [open, setOpen] = useState(false);
  const [wanted, setWanted] = useState(false);
  const show = () => {
    setWanted(true);
    setOpen(true);
  };
  useShortcut(show);
  return (
    <>
      <button
        type="button"
        className="masthead-search"
        aria-label="Search airports and airlines"
        aria-haspopup="dialog"
        aria-keyshortcuts="/ Control+K"
        onClick={show}
        onPointerEnter={load}
        onFocus={load}
      >
        <SearchIcon />
        <span>Search airports and airlines</span>
        <kbd>/</kbd>
      </button>
      {wanted && (
        <Suspense>
          <SearchDialog open={open} onOpenChange={setOpen} />
        </Suspense>
      )}
    </>
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
