import { useState } from "react";
import { Link } from "react-router";
import { PageHead } from "../../ui/PageHead";
import { forgetResults, type Kept, keptResults } from "../kept";
import { NetworkNote } from "../NetworkNote";
import { linearTicks } from "../result/ticks";
import type { Catalogue, ExperimentInfo } from "../types";
import { useCatalogue } from "../useCatalogue";
import styles from "./Lab.module.css";
import { NotHere } from "./NotHere";

export default function LabPage() {
  const loaded = useCatalogue();
  return (
    <>
      <PageHead title="The Lab">
        {loaded.state !== "off" &&
          "Every technique of this application taken away and put back, on the real data, in your own browser. " +
            "Each figure is measured here and now, and comes with its uncertainty."}
      </PageHead>
      {loaded.state === "here" ? <Contents catalogue={loaded.value} /> : <NotHere loaded={loaded} />}
    </>
  );
}

function Contents({ catalogue }: { catalogue: Catalogue }) {
  const chapters = catalogue.chapters
    .map((chapter) => ({ chapter, all: catalogue.experiments.filter((info) => info.chapter === chapter) }))
    .filter(({ all }) => all.length > 0);
  const [kept, setKept] = useState(keptResults);
  const most = roundUp(Math.max(10, ...Object.values(kept).map(({ ratio }) => ratio)));
  return (
    <>
      <WhereToStart catalogue={catalogue} />
      <NetworkNote catalogue={catalogue} />
      <p className={`${styles.sides} ${styles.kept}`}>
        {Object.keys(kept).length > 0 ? (
          <>
            A bar is the ratio that this browser measured last, on a logarithmic scale from 1 to{" "}
            {most.toLocaleString("en")}.{" "}
            <button
              type="button"
              className={styles.forget}
              onClick={() => {
                forgetResults();
                setKept({});
              }}
            >
              Forget the results
            </button>
          </>
        ) : (
          "This browser has measured nothing yet. It keeps the last result of each experiment, and shows it here as a bar."
        )}
      </p>
      {chapters.map(({ chapter, all }) => (
        <section key={chapter} className={styles.chapter}>
          <h2>{chapter}</h2>
          <ul>
            {all.map((info) => (
              <Item key={info.name} info={info} kept={kept[info.name]} most={most} />
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

/** The next 1, 2 or 5 times a power of ten. */
const roundUp = (value: number) => linearTicks(value, 1).at(-1) ?? value;

/** The first shows the most for one idea; each of the others is about another place where time is lost. */
const START = ["batch", "n_plus_one", "http_cache"];

function WhereToStart({ catalogue }: { catalogue: Catalogue }) {
  const [first, ...then] = START.flatMap(
    (name) => catalogue.experiments.find((info) => info.name === name) ?? [],
  );
  if (!first || first.name !== START[0]) return null;
  return (
    <p className={styles.start}>
      <strong>
        Start with <Link to={`/lab/${first.name}`}>{first.title}</Link>.
      </strong>{" "}
      Press Run, and wait about ten seconds.
      {then.length > 0 && " Go on with "}
      {then.map(({ name, title }, index) => (
        <span key={name}>
          {index > 0 && " and "}
          <Link to={`/lab/${name}`}>{title}</Link>
        </span>
      ))}
      {then.length > 0 && "."}
    </p>
  );
}

function Item({ info, kept, most }: { info: ExperimentInfo; kept: Kept | undefined; most: number }) {
  return (
    <li>
      <h3>
        <Link to={`/lab/${info.name}`}>{info.title}</Link>
      </h3>
      <p>{info.shows}</p>
      <p className={styles.sides}>{info.sides.map(({ label }) => label).join(" → ")}</p>
      {kept && <LastResult kept={kept} most={most} />}
    </li>
  );
}

/** A bar from 1 to the ratio, and its 95 % interval as a line; a side that was slower, or not told apart, has none. */
function LastResult({
  kept: { from, to, kind, text, ratio, low, high, network, at },
  most,
}: {
  kept: Kept;
  most: number;
}) {
  const place = (value: number) =>
    `${(100 * Math.log(Math.min(most, Math.max(1, value)))) / Math.log(most)}%`;
  return (
    <div className={styles.last}>
      <div className={styles.scale} aria-hidden="true">
        {kind === "faster" && (
          <>
            <span className={styles.ratio} style={{ inlineSize: place(ratio) }} />
            <span
              className={styles.range}
              style={{ insetInlineStart: place(low), inlineSize: `calc(${place(high)} - ${place(low)})` }}
            />
          </>
        )}
      </div>
      <p>
        {from} → {to}: <strong>{text}</strong> ({network}, {at})
      </p>
    </div>
  );
}
