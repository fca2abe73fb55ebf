import { Link, useLocation, useParams } from "react-router";
import { PageHead } from "../../ui/PageHead";
import { SourceFile } from "../code/SourceFile";
import type { ExperimentInfo } from "../types";
import { useCatalogue } from "../useCatalogue";
import { NotHere } from "./NotHere";

/** One file that an experiment is about: its address may name a line, as in #L12. */
export default function SourcePage() {
  const { "*": path = "" } = useParams();
  const { hash } = useLocation();
  const loaded = useCatalogue();
  const name = path.slice(path.lastIndexOf("/") + 1);
  const about = loaded.state === "here" ? loaded.value.experiments.filter(isAbout(path)) : [];
  return (
    <>
      <PageHead title={name} documentTitle={`${name} · Lab`}>
        <code>{path}</code>
      </PageHead>
      {loaded.state === "off" ? (
        <NotHere loaded={loaded} />
      ) : (
        <>
          <p>
            <Link to="/lab">The Lab</Link>
            {about.map(({ name: experiment, title }, index) => (
              <span key={experiment}>
                {index === 0 ? ": " : ", "}
                <Link to={`/lab/${experiment}`}>{title}</Link>
              </span>
            ))}
          </p>
          <SourceFile path={path} marked={Number(/^#L(\d+)$/.exec(hash)?.[1]) || undefined} />
        </>
      )}
    </>
  );
}

const isAbout =
  (path: string) =>
  ({ technique, code, take_away }: ExperimentInfo) =>
    [...technique, ...code, ...take_away.flatMap((example) => [example.path, example.beside])].includes(path);
