import { useState } from "react";
import { Link } from "react-router";
import { CopyButton } from "../../ui/CopyButton";
import { Failure } from "../../ui/Failure";
import { Pending } from "../../ui/Pending";
import { WhenNear } from "../../ui/WhenNear";
import type { Example, ExperimentInfo } from "../types";
import styles from "./Code.module.css";
import { Code, pageOf, useSource } from "./SourceFile";

/** How to have the technique in an application of one's own; or what to take where the packages do not have it. */
export function TakeAway({ info: { take_away, instead } }: { info: ExperimentInfo }) {
  return (
    <section className={styles.section} aria-labelledby="take-away">
      <h2 id="take-away">Take it away</h2>
      {instead && <p>This technique is in neither of the two packages. {instead}</p>}
      {take_away.map((example) => (
        <OneExample key={example.path} example={example} />
      ))}
      {take_away.length > 0 && (
        <p className={styles.path}>
          Each example is a file that the tests run. The packages are not published yet:{" "}
          <code>make packages</code> builds both.
        </p>
      )}
    </section>
  );
}

function OneExample({ example: { path, install, needs, beside } }: { example: Example }) {
  const name = nameOf(path);
  return (
    <div className={styles.example}>
      <h3>{path.startsWith("frontend/") ? "In the browser" : "In Flask"}</h3>
      <div className={styles.row}>
        <code>{install}</code>
        <CopyButton text={install} what={`the command that installs ${name}`} />
      </div>
      <p>It needs: {needs}</p>
      <WhenNear height={360}>
        <ExampleFile path={path} />
      </WhenNear>
      {beside && <Beside path={beside} />}
    </div>
  );
}

function Beside({ path }: { path: string }) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{nameOf(path)}, which it imports</summary>
      {open && <ExampleFile path={path} />}
    </details>
  );
}

function ExampleFile({ path }: { path: string }) {
  const source = useSource(path);
  if (source.state === "loading") return <Pending what="The example takes" />;
  if (source.state === "failed") return <Failure error={source.error} onRetry={source.retry} />;
  return (
    <>
      <div className={styles.row}>
        <Link to={pageOf(path)}>
          <code>{nameOf(path)}</code>
        </Link>
        <CopyButton text={source.value} what={nameOf(path)} />
      </div>
      <Code path={path} text={source.value} />
    </>
  );
}

const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);
