import { Combobox } from "@base-ui/react/combobox";
import { startTransition, useMemo, useOptimistic } from "react";
import { CloseIcon } from "../../ui/icons";
import styles from "./FilterControls.module.css";

export interface Choice {
  value: string;
  label: string;
  /** What else it may be called: "Boston". It is found by this too, and the list shows it. */
  also?: string | undefined;
}

interface Props {
  id: string;
  label: string;
  value: string | undefined;
  /** What no choice is called. */
  any: string;
  choices: readonly Choice[];
  onChange: (value: string) => void;
}

/** A choice of one among many, found by typing a part of its name (a combobox, ARIA Authoring Practices). */
export function Picker({ id, label, value = "", any, choices, onChange }: Props) {
  // The address changes in a transition; until then the field shows what was chosen.
  const [shown, show] = useOptimistic(value);
  const chosen = useMemo(
    // What is not (yet) among the choices is shown as it is, so that it never looks unset.
    () => choices.find((choice) => choice.value === shown) ?? (shown ? { value: shown, label: shown } : null),
    [choices, shown],
  );
  const change = (choice: Choice | null) =>
    startTransition(() => {
      show(choice?.value ?? "");
      onChange(choice?.value ?? "");
    });
  return (
    <Combobox.Root
      items={choices}
      value={chosen}
      onValueChange={change}
      isItemEqualToValue={(one, other) => one.value === other.value}
      filter={matches}
      autoHighlight
    >
      <label htmlFor={id}>{label}</label>
      <Combobox.InputGroup className={styles.picker}>
        <Combobox.Input
          id={id}
          className={styles.input}
          data-set={shown !== ""}
          placeholder={any}
          autoComplete="off"
          spellCheck={false}
        />
        <Combobox.Clear className={styles.pickerClear} aria-label={`${label}: ${any}`}>
          <CloseIcon />
        </Combobox.Clear>
      </Combobox.InputGroup>
      <Combobox.Portal>
        <Combobox.Positioner className={styles.pickerPlace} sideOffset={4}>
          <Combobox.Popup className={styles.pickerPopup}>
            <Combobox.Empty className={styles.pickerEmpty}>
              <span>Nothing is called that here.</span>
            </Combobox.Empty>
            <Combobox.List aria-label={label}>
              {(choice: Choice) => (
                <Combobox.Item key={choice.value} className={styles.pickerItem} value={choice}>
                  <span>{choice.label}</span>
                  {choice.also && <span className={styles.pickerAlso}>{choice.also}</span>}
                </Combobox.Item>
              )}
            </Combobox.List>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  );
}

/** Every word that is typed begins a word of one of its names. */
function matches({ label, also = "" }: Choice, query: string): boolean {
  const words = plain(`${label} ${also}`);
  return plain(query).every((typed) => words.some((word) => word.startsWith(typed)));
}

function plain(text: string): string[] {
  return text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
}
