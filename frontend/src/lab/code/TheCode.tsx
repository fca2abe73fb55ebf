import { Tabs } from "@base-ui/react/tabs";
import { Link } from "react-router";
import { WhenNear } from "../../ui/WhenNear";
import type { ExperimentInfo } from "../types";
import styles from "./Code.module.css";
import { pageOf, SourceFile } from "./SourceFile";

/** As high as a file is at most: see Code.module.css. */
const ROOM = 512;

/** The files of the technique, both halves where there are two, and then those of its experiment. */
export function TheCode({ info: { technique, code } }: { info: ExperimentInfo }) {
  const files = [
    ...technique.map((path) => ({ path, part: halfOf(path) })),
    ...code.map((path) => ({ path, part: `this experiment, ${halfOf(path)}` })),
  ];
  return (
    <section className={styles.section} aria-labelledby="the-code">
      <h2 id="the-code">The code</h2>
      <Tabs.Root defaultValue={files[0]?.path}>
        <Tabs.List className={styles.files}>
          {files.map(({ path, part }) => (
            <Tabs.Tab key={path} value={path}>
              {path.slice(path.lastIndexOf("/") + 1)} <small>{part}</small>
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {files.map(({ path }) => (
          <Tabs.Panel key={path} value={path} className={styles.whole} tabIndex={-1}>
            <p className={styles.path}>
              <Link to={pageOf(path)}>
                <code>{path}</code>
              </Link>
            </p>
            <WhenNear height={ROOM}>
              <SourceFile path={path} />
            </WhenNear>
          </Tabs.Panel>
        ))}
      </Tabs.Root>
    </section>
  );
}

const halfOf = (path: string) => (path.startsWith("frontend/") ? "browser" : "server");
