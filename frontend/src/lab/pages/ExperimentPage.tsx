import { type ComponentType, lazy, Suspense, useEffect, useRef, useState } from "react";
import { Link, useParams } from "react-router";
import { Failure } from "../../ui/Failure";
import { PageHead } from "../../ui/PageHead";
import { Pending } from "../../ui/Pending";
import { Controls } from "../Controls";
import { Drawings } from "../Drawing";
import { NetworkNote } from "../NetworkNote";
import { ResultView } from "../result/ResultView";
import { fromLink } from "../resultLink";
import type { Catalogue, ExperimentInfo, Settings } from "../types";
import { useCatalogue } from "../useCatalogue";
import { useRun } from "../useRun";
import styles from "./Lab.module.css";
import { NotHere } from "./NotHere";

/** What an experiment's page shows besides, by the experiment's name. */
const BESIDES: Partial<Record<string, ComponentType>> = { middleware: lazy(() => import("../audit/Audit")) };

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
  const address = useResultInAddress(info.name, run.show);
  const [stopped, setStopped] = useState(false);
  const Besides = BESIDES[info.name];
  const start = (settings: Settings) => {
    address.forget();
    setStopped(false);
    run.start(settings);
  };
  const stop = () => {
    setStopped(true);
    run.stop();
  };
  return (
    <>
      <PageHead title={info.title} documentTitle={`${info.title} · Lab`}>
        {info.shows}
      </PageHead>
      <p>
        <Link to="/lab">The Lab</Link>: {info.chapter}
      </p>
      <Drawings sides={info.sides} />
      <NetworkNote catalogue={catalogue} suits={info.network} />
      <Controls progress={run.progress} onRun={start} onStop={stop} />
      {address.error && <Failure error={address.error} heading="This result link cannot be shown" />}
      {run.error && <Failure error={run.error} heading="The run broke off" />}
      <ResultView info={info} result={run.result} stopped={stopped && !run.progress && !run.error} />
      <section className={styles.words}>
        <h2>What is going on</h2>
        {info.explanation.map((paragraph) => (
          <p key={paragraph}>
            <Words text={paragraph} />
          </p>
        ))}
        <h2>When it does not pay</h2>
        <p>
          <Words text={info.does_not_pay} />
        </p>
        <h2>In the code</h2>
        <dl className={styles.code}>
          <dt>The technique</dt>
          <Files paths={info.technique} />
          <dt>This experiment</dt>
          <Files paths={info.code} />
        </dl>
      </section>
      {Besides && (
        <Suspense fallback={<Pending what="This takes" />}>
          <Besides />
        </Suspense>
      )}
    </>
  );
}

/** What stands between backticks is code. */
function Words({ text }: { text: string }) {
  return text.split("`").map((piece, index) => {
    const isCode = index % 2 === 1;
    // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text never change their order
    return isCode ? <code key={index}>{piece}</code> : piece;
  });
}

function Files({ paths }: { paths: readonly string[] }) {
  return paths.map((path) => (
    <dd key={path}>
      <a href={`/api/lab/source/${path}`} target="_blank" rel="noreferrer">
        <code>{path}</code>
      </a>
    </dd>
  ));
}

/** A result in the address's fragment is shown again; one that cannot be read is told of. A new run makes it forget. */
function useResultInAddress(name: string, show: ReturnType<typeof useRun>["show"]) {
  const [error, setError] = useState<Error | null>(null);
  const forgotten = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address is read once, when the page opens
  useEffect(() => {
    const text = location.hash.slice(1);
    if (!text) return;
    fromLink(text).then(
      (result) => {
        if (forgotten.current) return;
        if (result.experiment === name) show(result);
        else setError(new Error(`This result link is of another experiment: ${result.experiment}.`));
      },
      (failure: Error) => !forgotten.current && setError(failure),
    );
  }, [name]);

  function forget(): void {
    forgotten.current = true;
    setError(null);
    if (location.hash) history.replaceState(history.state, "", location.pathname + location.search);
  }
  return { error, forget };
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
