import { useLocation } from "react-router";
import { linkInForce } from "./environment";
import styles from "./pages/Lab.module.css";
import type { Catalogue, LinkInfo } from "./types";

/** Through which link this page was opened, and the way to the others: each is another port of the same server. */
export function NetworkNote({ catalogue, suits }: { catalogue: Catalogue; suits?: string }) {
  const link = linkInForce(catalogue);
  const inForce = link?.name ?? DIRECT;
  const { pathname, search } = useLocation();
  const { protocol, hostname } = location;
  return (
    <section className={styles.network} aria-label="Network">
      <p>
        <strong>Network: {inForce}.</strong> {inWords(link)} The delay of a link is real: nothing is added to
        a figure.
        {suits && suits !== inForce && ` This experiment shows best ${bestWhere(suits)}.`}
      </p>
      <ul aria-label="Open this page through">
        {[{ name: DIRECT, port: link ? catalogue.port : location.port }, ...catalogue.links].map(
          ({ name, port }) => (
            <li key={name}>
              <a
                href={`${protocol}//${hostname}${port && `:${port}`}${pathname}${search}`}
                aria-current={name === inForce ? "true" : undefined}
              >
                {name}
              </a>
            </li>
          ),
        )}
      </ul>
    </section>
  );
}

const DIRECT = "direct";

function inWords(link: LinkInfo | undefined): string {
  if (!link) return "Nothing delays this page; the links below open it over a slower way.";
  if (link.rtt === 0) return "This page came over a link without delay: what a link costs by itself.";
  const rate = link.mbit === null ? "" : ` and lets through ${link.mbit} Mbit/s`;
  return `This page came over a link that makes each round trip ${link.rtt} ms longer${rate}.`;
}

function bestWhere(suits: string): string {
  return suits === DIRECT ? "without a link: it is about the server's own work" : `over ${suits}`;
}
