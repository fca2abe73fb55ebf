import { MEASURES, type Measure } from "../../flights/filters/filters";
import styles from "./MeasureChoice.module.css";
import { rulesOf } from "./measures";

interface Props {
  measure: Measure;
  onChange: (measure: Measure) => void;
}

/** The choice of the measure that the charts show. */
export function MeasureChoice({ measure, onChange }: Props) {
  return (
    <fieldset className={styles.choice}>
      <legend>Charts of</legend>
      {MEASURES.map((each) => (
        <label key={each}>
          <input type="radio" name="measure" checked={each === measure} onChange={() => onChange(each)} />
          {rulesOf(each).name}
        </label>
      ))}
    </fieldset>
  );
}
