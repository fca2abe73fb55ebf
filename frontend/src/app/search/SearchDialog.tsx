import { Autocomplete } from "@base-ui/react/autocomplete";
import { Dialog } from "@base-ui/react/dialog";
import { useMemo, useState } from "react";
import { useLocation, useNavigate } from "react-router";
import { readFilters } from "../../flights/filters/filters";
import { experimentPages } from "../../lab/search"; // the Lab
import { CloseIcon, SearchIcon } from "../../ui/icons";
import { client } from "../client";
import { pages } from "../pages";
import { remember } from "./asked";
import { type Row, type RowGroup, rowsFor } from "./rows";
import styles from "./SearchDialog.module.css";

export interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export default function SearchDialog({ open, onOpenChange }: DialogProps) {
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Backdrop className={styles.backdrop} />
        <Dialog.Popup className={styles.popup} aria-label="Search flights, places, days">
          <Search onDone={() => onOpenChange(false)} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

const PAGES = [
  ...pages.flatMap(({ nav, pattern, ownDocument }) =>
    nav ? [{ name: nav, words: "page", to: pattern, leadsTo: "page", ownDocument }] : [],
  ),
  ...experimentPages(), // the Lab
];

function Search({ onDone }: { onDone: () => void }) {
  const navigate = useNavigate();
  const filtersInUse = useFiltersInUse();
  const [query, setQuery] = useState("");
  const groups = useMemo(() => rowsFor(query, filtersInUse, PAGES), [query, filtersInUse]);

  const choose = ({ name, to, run, ownDocument }: Row) => {
    onDone();
    run?.();
    if (!to) return;
    client.timings.begin(`search ${name}`);
    remember({ name, to });
    if (ownDocument) location.assign(to);
    else navigate(to);
  };
  return (
    <Autocomplete.Root
      open
      inline
      items={groups}
      filter={null}
      value={query}
      onValueChange={setQuery}
      itemToStringValue={({ name }: Row) => name}
      autoHighlight="always"
      keepHighlight
    >
      <div className={styles.field}>
        <SearchIcon />
        <Autocomplete.Input
          className={styles.input}
          aria-label="A flight, a place, a day"
          placeholder="UA 1545, JFK to Boston, Friday evening, 4 July …"
          autoComplete="off"
          spellCheck={false}
        />
        <Dialog.Close className={styles.close} aria-label="Close the search">
          <CloseIcon />
        </Dialog.Close>
      </div>
      <div className={styles.results}>
        <Autocomplete.Empty
          className={styles.empty}
        >{`Nothing here is called “${query}”.`}</Autocomplete.Empty>
        <Autocomplete.List>
          {(group: RowGroup) => <Group key={group.value} group={group} onChoose={choose} />}
        </Autocomplete.List>
      </div>
    </Autocomplete.Root>
  );
}

/** The filters of the page that one searches from, where it has any: a find is added to them. */
function useFiltersInUse() {
  const { pathname, search } = useLocation();
  return useMemo(
    () =>
      pathname === "/" || pathname === "/delays" ? readFilters(new URLSearchParams(search)).filters : {},
    [pathname, search],
  );
}

function Group({ group, onChoose }: { group: RowGroup; onChoose: (row: Row) => void }) {
  return (
    <Autocomplete.Group items={group.items}>
      <Autocomplete.GroupLabel className={styles.label}>{group.value}</Autocomplete.GroupLabel>
      <Autocomplete.Collection>
        {(row: Row) => (
          <Autocomplete.Item key={row.key} className={styles.item} value={row} onClick={() => onChoose(row)}>
            <span className={styles.code}>{row.code}</span>
            <span className={styles.name}>{row.name}</span>
            <span className={styles.leads}>{row.leadsTo}</span>
          </Autocomplete.Item>
        )}
      </Autocomplete.Collection>
    </Autocomplete.Group>
  );
}
