import { useEffect, useState } from "react";
import { Link, useParams } from "react-router";
import { Failure } from "../../ui/Failure";
import { PageHead } from "../../ui/PageHead";
import { Controls } from "../Controls";
import { Drawings } from "../Drawing";
import { NetworkNote } from "../NetworkNote";
import { ResultView } from "../result/ResultView";
import { fromLink } from "../resultLink";
import type { Catalogue, ExperimentInfo } from "../types";
import { useCatalogue } from "../useCatalogue";
import { useRun } from "../useRun";
import styles from "./Lab.module.css";
import { NotHere } from "./NotHere";

export default function ExperimentPage() {
  const { experiment: name } = useParams();
  const loaded = useCatalogue();
  if (loaded.state !== "here") {
    return (
      <>
        <PageHead title="The Lab" />
        <NotHere loaded={loaded} />
      </>
    );
  }
  const info = loaded.catalogue.experiments.find((one) => one.name === name);
  return info ? (
    <Experiment key={name} catalogue={loaded.catalogue} info={info} />
  ) : (
    <Unknown name={name ?? ""} />
  );
}

function Experiment({ catalogue, info }: { catalogue: Catalogue; info: ExperimentInfo }) {
  const run = useRun(catalogue, info);
  const linkError = useResultInAddress(info.name, run.show);
  return (
    <>
      <PageHead title={info.title} documentTitle={`${info.title} · Lab`}>
        {info.shows}
      </PageHead>
      <p>
        <Link to="/lab">The Lab</Link>: {info.chapter}
      </p>
      <NetworkNote catalogue={catalogue} suits={info.network} />
      <Drawings sides={info.sides} />
      <Controls progress={run.progress} onRun={run.start} onStop={run.stop} />
      {linkError && <Failure error={linkError} heading="This result link cannot be shown" />}
      {run.error && <Failure error={run.error} heading="The run ended" />}
      {run.result && <ResultView info={info} result={run.result} />}
      <section className={styles.words}>
        <h2>What is going on</h2>
        {info.explanation.map((paragraph) => (
          <p key={paragraph}>{paragraph}</p>
        ))}
        <h2>When it does not pay</h2>
        <p>{info.does_not_pay}</p>
        <h2>In the code</h2>
        {[...info.technique, ...info.code].map((path) => (
          <p key={path}>
            <a href={`/api/lab/source/${path}`} target="_blank" rel="noreferrer">
              <code>{path}</code>
            </a>
          </p>
        ))}
      </section>
    </>
  );
}

/** A result in the address's fragment is shown again; one that cannot be read is told of. */
function useResultInAddress(name: string, show: ReturnType<typeof useRun>["show"]): Error | null {
  const [error, setError] = useState<Error | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address is read once, when the page opens
  useEffect(() => {
    const text = location.hash.slice(1);
    if (!text) return;
    fromLink(text).then(
      (result) => {
        if (result.experiment === name) show(result);
        else setError(new Error(`This result link is of another experiment: ${result.experiment}.`));
      },
      (failure: Error) => setError(failure),
    );
  }, [name]);
  return error;
}

function Unknown({ name }: { name: string }) {
  return (
    <>
      <PageHead title="The Lab">There is no experiment “{name}”.</PageHead>
      <p>
        <Link to="/lab">All experiments</Link>
      </p>
    </>
  );
}
