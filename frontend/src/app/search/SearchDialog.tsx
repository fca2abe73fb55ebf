import { Autocomplete } from "@base-ui/react/autocomplete";
import { Dialog } from "@base-ui/react/dialog";
import { useMemo, useState } from "react";
import { useLocation, useNavigate } from "react-router";
import { exploreHref, readFilters } from "../../ui/filters/filters";
import { CloseIcon, SearchIcon } from "../../ui/icons";
import { client } from "../client";
import { useNames } from "../useNames";
import { type Place, type PlaceGroup, placesOf, search } from "./places";
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
        <Dialog.Popup className={styles.popup} aria-label="Search airports and airlines">
          <Search onDone={() => onOpenChange(false)} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Search({ onDone }: { onDone: () => void }) {
  const names = useNames();
  const navigate = useNavigate();
  const filtersInUse = useFiltersInUse();
  const [query, setQuery] = useState("");
  const places = useMemo(() => placesOf(names), [names]);
  const groups = useMemo(() => search(places, query), [places, query]);
  const isLoaded = names.airports.size > 0 && names.airlines.size > 0;

  const choose = ({ code, filter }: Place) => {
    client.timings.begin(`search ${code}`);
    navigate(exploreHref({ ...filtersInUse, ...filter }));
    onDone();
  };
  return (
    <Autocomplete.Root
      open
      inline
      items={groups}
      filter={null}
      value={query}
      onValueChange={setQuery}
      itemToStringValue={(place: Place) => place.code}
      autoHighlight="always"
      keepHighlight
    >
      <div className={styles.field}>
        <SearchIcon />
        <Autocomplete.Input
          className={styles.input}
          aria-label="An airport or an airline, by name or code"
          placeholder="An airport or an airline, by name or code"
          autoComplete="off"
          spellCheck={false}
        />
        <Dialog.Close className={styles.close} aria-label="Close the search">
          <CloseIcon />
        </Dialog.Close>
      </div>
      <div className={styles.results}>
        <Autocomplete.Empty className={styles.empty}>
          {isLoaded ? `No airport or airline is called “${query}”.` : "The names are on their way …"}
        </Autocomplete.Empty>
        <Autocomplete.List>
          {(group: PlaceGroup) => <Group key={group.value} group={group} onChoose={choose} />}
        </Autocomplete.List>
      </div>
    </Autocomplete.Root>
  );
}

/** The filters of the current page, if it has any: a found item is added to them. */
function useFiltersInUse() {
  const { pathname, search } = useLocation();
  return pathname === "/" || pathname === "/delays" ? readFilters(new URLSearchParams(search)).filters : {};
}

function Group({ group, onChoose }: { group: PlaceGroup; onChoose: (place: Place) => void }) {
  return (
    <Autocomplete.Group items={group.items}>
      <Autocomplete.GroupLabel className={styles.label}>{group.value}</Autocomplete.GroupLabel>
      <Autocomplete.Collection>
        {(place: Place) => (
          <Autocomplete.Item
            key={place.code}
            className={styles.item}
            value={place}
            onClick={() => onChoose(place)}
          >
            <span className={styles.code}>{place.code}</span>
            <span className={styles.name}>{place.name}</span>
            <span className={styles.leads}>{place.leadsTo}</span>
          </Autocomplete.Item>
        )}
      </Autocomplete.Collection>
    </Autocomplete.Group>
  );
}
