import { type ComponentType, useEffect, useRef, useState } from "react";
import { Link, useLocation, useNavigate, useParams } from "react-router";
import { ProblemError } from "roundtrip-client";
import { Failure } from "../../ui/Failure";
import { later } from "../../ui/later";
import { PageHead } from "../../ui/PageHead";
import { Pending } from "../../ui/Pending";
import { Controls } from "../Controls";
import { TakeAway } from "../code/TakeAway";
import { TheCode } from "../code/TheCode";
import { Drawings } from "../Drawing";
import { addressAt, linkInForce } from "../environment";
import { Feel } from "../feel/Feel";
import { NetworkNote } from "../NetworkNote";
import { Distribution } from "../result/Distribution";
import { ResultView } from "../result/ResultView";
import { fitted, fromLink, LinkError, of } from "../resultLink";
import type { Progress } from "../runner";
import { writeSettings } from "../settings";
import type { Catalogue, ExperimentInfo, Result, Settings } from "../types";
import { useCatalogue } from "../useCatalogue";
import { useRun } from "../useRun";
import styles from "./Lab.module.css";
import { NotHere } from "./NotHere";

/** Additional content of an experiment's page, by the experiment's name. */
const BESIDES: Partial<Record<string, ComponentType>> = {
  middleware: later(() => import("../audit/Audit"), { pending: <Pending what="This takes" /> }),
};

export default function ExperimentPage() {
  const { experiment: name } = useParams();
  const loaded = useCatalogue();
  if (loaded.state !== "here") {
    return (
      <>
        <PageHead title="The Lab" />
        {loaded.state !== "loading" && <Elsewhere key={name} name={name ?? ""} />}
        <NotHere loaded={loaded} />
      </>
    );
  }
  const info = loaded.value.experiments.find((one) => one.name === name);
  return info ? (
    <Experiment key={name} catalogue={loaded.value} info={info} />
  ) : (
    <Unknown name={name ?? ""} />
  );
}

function Experiment({ catalogue, info }: { catalogue: Catalogue; info: ExperimentInfo }) {
  const run = useRun(catalogue, info);
  const address = useResultInAddress((told) => fitted(told, info), run.show);
  const [stopped, setStopped] = useState(false);
  const [isFelt, setIsFelt] = useState(false);
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
      <NetworkNote catalogue={catalogue} suits={info.network} />
      {info.sides.filter(({ needs }) => needs === null).length < 2 ? (
        <Lacking info={info} />
      ) : (
        <>
          <Feel info={info} busy={run.progress !== null} onAsking={setIsFelt} />
          <Controls progress={run.progress} busy={isFelt} onRun={start} onStop={stop} />
        </>
      )}
      {address.error && <Failure error={address.error} heading="This result link cannot be shown" />}
      {run.error && <Failure error={run.error} heading="The run broke off" />}
      {run.error && <WayOut error={run.error} catalogue={catalogue} />}
      {run.progress && <Live progress={run.progress} />}
      <ResultView
        info={info}
        result={run.result}
        restored={run.restored}
        stopped={stopped && !run.progress && !run.error}
      />
      <Drawings sides={info.sides} />
      <section className={styles.words}>
        <h2>Explanation</h2>
        {info.explanation.map((paragraph) => (
          <p key={paragraph}>
            <Words text={paragraph} />
          </p>
        ))}
      </section>
      <TheCode info={info} />
      <TakeAway info={info} />
      <section className={styles.words}>
        <h2>When it does not pay</h2>
        <p>
          <Words text={info.does_not_pay} />
        </p>
      </section>
      {Besides && <Besides />}
    </>
  );
}

/** The samples as they come. */
function Live({ progress: { sides } }: { progress: Progress }) {
  const rounds = sides[0]?.samples.wall.length ?? 0;
  return rounds > 0 && <Distribution sides={sides} />;
}

function Lacking({ info }: { info: ExperimentInfo }) {
  const needed = new Set(info.sides.map(({ needs }) => needs).filter(Boolean));
  return (
    <p>
      <strong>This experiment cannot be run here: it needs {[...needed].join(" and ")}.</strong> How to give
      it that, the Lab's README tells.
    </p>
  );
}

/** A link may be gone while the server is still there. */
function WayOut({ error, catalogue }: { error: Error; catalogue: Catalogue }) {
  const { pathname, search } = useLocation();
  const link = linkInForce(catalogue);
  if (!link || !(error instanceof ProblemError && error.kind === "network")) return null;
  return (
    <p>
      This page came over the link of {link.name}, which may be gone:{" "}
      <a href={addressAt(catalogue.port, pathname + search)}>open it without a link</a>.
    </p>
  );
}

/** The result in the address, where the server does not know its experiment: shown from its own samples. */
function Elsewhere({ name }: { name: string }) {
  const [result, setResult] = useState<Result | null>(null);
  const address = useResultInAddress((told) => of(name, told), setResult);
  return (
    <>
      {address.error && <Failure error={address.error} heading="This result link cannot be shown" />}
      {result && <ResultView info={null} result={result} restored stopped={false} />}
    </>
  );
}

/** A part between backticks is code. */
function Words({ text }: { text: string }) {
  return text.split("`").map((piece, index) => {
    const isCode = index % 2 === 1;
    // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text never change their order
    return isCode ? <code key={index}>{piece}</code> : piece;
  });
}

/**
 * A result in the address's fragment is shown again, with its settings; one that cannot be read, or does not fit, is told
 * of. So is one that is put there later; a new run makes it forget.
 */
function useResultInAddress(accept: (told: Result) => Result, show: (result: Result) => void) {
  const [error, setError] = useState<Error | null>(null);
  const navigate = useNavigate();
  const reading = useRef(0);

  async function read(): Promise<void> {
    reading.current += 1;
    const mine = reading.current;
    const { hash } = location;
    setError(null);
    if (hash.length < 2) return;
    try {
      const told = await fromLink(hash.slice(1));
      if (reading.current !== mine) return;
      const result = accept(told);
      show(result);
      void navigate({ search: `?${writeSettings(result.settings)}`, hash }, { replace: true });
    } catch (failure) {
      if (!(failure instanceof LinkError)) throw failure;
      if (reading.current === mine) setError(failure);
    }
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: an experiment has its own page
  useEffect(() => {
    const onChange = () => void read();
    onChange();
    addEventListener("hashchange", onChange);
    return () => {
      reading.current += 1;
      removeEventListener("hashchange", onChange);
    };
  }, []);

  function forget(): void {
    reading.current += 1;
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
