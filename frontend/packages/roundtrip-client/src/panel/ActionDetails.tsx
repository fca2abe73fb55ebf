/** The cost of one action: the sum over its round trips. */
import type { ReactNode } from "react";
import type { Action, Snapshot } from "../techniques/timing/timing.ts";
import styles from "./Details.module.css";
import { count, ms } from "./format.ts";
import { Swatch } from "./Legend.tsx";
import { answerWords, bytesWords, summarise } from "./summary.ts";

interface ActionDetailsProps {
  action: Action;
  snapshot: Snapshot;
  title: ReactNode;
  onZoom: (actionId: number) => void;
}

export function ActionDetails({ action, snapshot, title, onZoom }: ActionDetailsProps) {
  const summary = summarise(snapshot, action.id);
  if (!summary) return title;
  const answers = answerWords(summary);
  const size = bytesWords(summary);
  return (
    <>
      {title}
      <dl className={styles.facts}>
        <div>
          <dt>Waited</dt>
          <dd>{ms(summary.ms)} in all; what ran side by side is counted once</dd>
        </div>
        <div>
          <dt>Asked</dt>
          <dd>
            {count(summary.roundTrips, "round trip")}, {count(summary.parts, "part")}
            {size && `, ${size} on the wire`}
          </dd>
        </div>
        <div>
          <dt>Answers</dt>
          <dd>{answers.length > 0 ? answers.join(", ") : "none yet"}</dd>
        </div>
        {action.rendered !== null && (
          <div>
            <dt>Shown</dt>
            <dd>{ms(action.rendered - action.start)} after it began, when last drawn</dd>
          </div>
        )}
      </dl>
      <h4 className={styles.subtitle}>Spans of all its round trips</h4>
      <ul className={styles.amounts}>
        {summary.amounts.map((amount) => (
          <li key={amount.name}>
            <span>
              <Swatch name={amount.name} /> {amount.name}
            </span>
            <span>{ms(amount.ms)}</span>
          </li>
        ))}
      </ul>
      <button type="button" className={styles.link} onClick={() => onZoom(action.id)}>
        Show only this action on the clock
      </button>
    </>
  );
}
