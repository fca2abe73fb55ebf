import { Link } from "react-router";
import { PageHead } from "../../ui/PageHead";
import { NetworkNote } from "../NetworkNote";
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
  return (
    <>
      <NetworkNote catalogue={catalogue} />
      {chapters.map(({ chapter, all }) => (
        <section key={chapter} className={styles.chapter}>
          <h2>{chapter}</h2>
          <ul>
            {all.map((info) => (
              <Item key={info.name} info={info} />
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

function Item({ info }: { info: ExperimentInfo }) {
  return (
    <li>
      <h3>
        <Link to={`/lab/${info.name}`}>{info.title}</Link>
      </h3>
      <p>{info.shows}</p>
      <p className={styles.sides}>{info.sides.map(({ label }) => label).join(" → ")}</p>
    </li>
  );
}
