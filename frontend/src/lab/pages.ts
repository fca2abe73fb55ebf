/** The Lab's pages, as the application mounts them. */

/** Where spans in the timing panel lead, where the Lab is on. */
export const spanLeads = async () => (await import("./spanLeads")).loadLeads();

export const labPages = [
  {
    pattern: "/lab",
    nav: "Lab",
    ownDocument: true,
    code: () => import("./pages/LabPage"),
    action: () => "open the Lab",
    ask: () => {},
  },
  {
    pattern: "/lab/source/*",
    ownDocument: true,
    code: () => import("./pages/SourcePage"),
    action: (path: string | undefined) => `read ${path}`,
    ask: () => {},
  },
  {
    pattern: "/lab/:experiment",
    ownDocument: true,
    code: () => import("./pages/ExperimentPage"),
    action: (name: string | undefined) => `open the experiment ${name}`,
    ask: () => {},
  },
];
