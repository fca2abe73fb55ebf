/** The experiments for the search, from a list that the build has; none where the server has no Lab. */
import { isLabOn } from "./spanLeads";
import experiments from "./words.json";

export const experimentPages = () =>
  isLabOn()
    ? experiments.map(({ name, title, words }) => ({
        ...{ name: title, words: `lab experiment ${words}` },
        ...{ to: `/lab/${name}`, leadsTo: "experiment of the Lab", ownDocument: true },
      }))
    : [];
