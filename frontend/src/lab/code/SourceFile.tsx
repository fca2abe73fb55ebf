import { Failure } from "../../ui/Failure";
import { later } from "../../ui/later";
import { Pending } from "../../ui/Pending";
import { LAB, refusalOf } from "../catalogue";
import { type Fetched, useFetched } from "../useFetched";

/** The highlighter and its grammars come when there is code to show. */
export const Code = later(() => import("./Code"), { pending: <Pending what="The code takes" /> });

/** The address of the page that shows a file. */
export const pageOf = (path: string) => `/lab/source/${path}`;

/** One of the repository's files, as the server has it. */
export function SourceFile({ path, marked }: { path: string; marked?: number | undefined }) {
  const source = useSource(path);
  if (source.state === "loading") return <Pending what="The file takes" />;
  if (source.state === "failed") return <Failure error={source.error} onRetry={source.retry} />;
  const addressOf = (line: number) => `${pageOf(path)}#L${line}`;
  return <Code path={path} text={source.value} addressOf={addressOf} {...(marked && { marked })} />;
}

export function useSource(path: string): Fetched<string> {
  return useFetched(path, async (signal) => {
    const response = await fetch(`${LAB}/source/${path}`, { signal });
    if (!response.ok) throw await refusalOf(response);
    return response.text();
  });
}
