/** The Lab's pages, as the application mounts them. */
import { pageCode } from "../app/lazyPage";

/** Where spans in the timing panel lead, where the Lab is on. */
export const spanLeads = async () => (await import("./spanLeads")).loadLeads();

export const labPages = [
  {
    pattern: "/lab",
    nav: "Lab",
    ownDocument: true,
    Content: pageCode(() => import("./pages/LabPage")),
    action: () => "open the Lab",
    ask: () => {},
  },
  {
    pattern: "/lab/source/*",
    ownDocument: true,
    Content: pageCode(() => import("./pages/SourcePage")),
    action: (path: string | undefined) => `read ${path}`,
    ask: () => {},
  },
  {
    pattern: "/lab/:experiment",
    ownDocument: true,
    Content: pageCode(() => import("./pages/ExperimentPage")),
    action: (name: string | undefined) => `open the experiment ${name}`,
    ask: () => {},
  },
];
