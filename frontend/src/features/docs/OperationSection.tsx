import { useState } from "react";
import { PHONE, useMediaQuery } from "../../ui/useMediaQuery";
import { WhenNear } from "../../ui/WhenNear";
import styles from "./ApiReference.module.css";
import { CopyAs } from "./CopyAs";
import {
  type ApiDocument,
  type ApiParameter,
  type FieldLine,
  fieldsOf,
  type Operation,
  typeOf,
} from "./document";
import { exampleOf } from "./examples";
import { Prose } from "./Prose";
import type { Asked, Language } from "./snippets";
import { TryIt } from "./TryIt";

interface Props {
  document: ApiDocument;
  operation: Operation;
  language: Language;
  onChoose: (language: Language) => void;
}

/** The room of a sample answer and its program, in pixels, kept before they are drawn. */
const SAMPLE_HEIGHT = { wide: 345, phone: 430 };

export function OperationSection({ document, operation, language, onChoose }: Props) {
  const { anchor, method, path, summary, parameters = [], responses } = operation;
  const [asked, setAsked] = useState<Asked>(() => exampleOf(operation));
  const fields = method === "GET" ? fieldsOf(document, operation) : [];
  return (
    <section className={styles.operation} id={anchor} aria-labelledby={`${anchor}-name`}>
      <h2 id={`${anchor}-name`}>
        <span className={styles.method}>{method}</span> <code>{path}</code>
      </h2>
      {summary && (
        <p>
          <Prose text={summary} />
        </p>
      )}
      <WhenNear height={useMediaQuery(PHONE) ? SAMPLE_HEIGHT.phone : SAMPLE_HEIGHT.wide}>
        <TryIt asked={asked} onAsk={(url) => setAsked({ ...asked, url })} />
        <CopyAs asked={asked} language={language} onChoose={onChoose} />
      </WhenNear>
      {parameters.length > 0 && <Parameters parameters={parameters} />}
      {fields.length > 0 && <Fields fields={fields} />}
      <dl className={styles.answers}>
        {Object.entries(responses).map(([status, { description }]) => (
          <div key={status}>
            <dt>{status}</dt>
            <dd>
              <Prose text={description} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Parameters({ parameters }: { parameters: readonly ApiParameter[] }) {
  return (
    <table className={styles.table}>
      <caption>Parameters</caption>
      <tbody>
        {parameters.map(({ name, schema, description, in: place, required }) => (
          <tr key={name}>
            <th scope="row">
              <code>{name}</code>
            </th>
            <td>{typeOf(schema)}</td>
            <td>
              <Prose
                text={[
                  description,
                  place === "path" ? "In the address." : "",
                  required && place === "query" ? "Required." : "",
                  schema.default === undefined ? "" : `By default: ${[schema.default].flat().join(", ")}.`,
                ]
                  .filter(Boolean)
                  .join(" ")}
              />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Fields({ fields }: { fields: readonly FieldLine[] }) {
  return (
    <details className={styles.fields}>
      <summary>{fields.length} fields</summary>
      <table className={styles.table}>
        <tbody>
          {fields.map(({ name, type, description, isDefault }) => (
            <tr key={name}>
              <th scope="row">
                <code>{name}</code>
                {isDefault && <span title="Answered where fields is left out"> *</span>}
              </th>
              <td>{type}</td>
              <td>
                <Prose text={description} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {fields.some(({ isDefault }) => isDefault) && <p>* answered where no fields are asked for</p>}
    </details>
  );
}
