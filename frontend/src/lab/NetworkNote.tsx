import { useState } from "react";
import { useLocation } from "react-router";
import { addressAt, isOwnMachine, linkInForce, networkOf, protocolInUse } from "./environment";
import styles from "./pages/Lab.module.css";
import type { Catalogue, LinkInfo } from "./types";

/** The link through which this page was opened, and the other links: each is another port of the same server. */
export function NetworkNote({ catalogue, suits }: { catalogue: Catalogue; suits?: string }) {
  const link = linkInForce(catalogue);
  const inForce = link?.name ?? DIRECT;
  const [protocol] = useState(protocolInUse);
  const { pathname, search } = useLocation();
  const direct = { name: DIRECT, port: link ? catalogue.port : location.port };
  return (
    <section className={styles.network} aria-label="Network">
      <p>
        <strong>Network: {networkOf({ network: inForce, ...(protocol && { protocol }) })}.</strong>{" "}
        {inWords(link)} The delay of a link is real: nothing is added to a figure.
        {suits &&
          suits !== inForce &&
          ` The README's figures of this experiment were measured ${measuredWhere(suits)}.`}
      </p>
      {isOwnMachine() ? (
        <ul aria-label="Open this page through">
          {[direct, ...catalogue.links].map(({ name, port }) => (
            <li key={name}>
              <a
                href={addressAt(port, pathname + search)}
                aria-current={name === inForce ? "true" : undefined}
              >
                {name}
              </a>
            </li>
          ))}
        </ul>
      ) : (
        <p>The links work in a browser on the server's own machine only.</p>
      )}
    </section>
  );
}

const DIRECT = "direct";

function inWords(link: LinkInfo | undefined): string {
  if (!link && !isOwnMachine()) return "Nothing of the Lab's delays this page.";
  if (!link) return "Nothing delays this page; the links below open it over a slower way.";
  if (link.rtt === 0) return "This page came over a link without delay: what a link costs by itself.";
  const rate = link.mbit === null ? "" : ` and lets through ${link.mbit} Mbit/s`;
  return `This page came over a link that makes each round trip ${link.rtt} ms longer${rate}.`;
}

function measuredWhere(suits: string): string {
  return suits === DIRECT ? "without a link: it is about the server's own work" : `over ${suits}`;
}
