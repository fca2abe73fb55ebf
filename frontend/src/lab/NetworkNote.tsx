import { linkInForce } from "./environment";
import styles from "./pages/Lab.module.css";
import type { Catalogue } from "./types";

/** Through which link this page was opened, and the way to the others: each is another port of the same server. */
export function NetworkNote({ catalogue, suits }: { catalogue: Catalogue; suits?: string }) {
  const inForce = linkInForce(catalogue)?.name ?? "direct";
  const { protocol, hostname, pathname, search } = location;
  return (
    <section className={styles.network} aria-label="Network">
      <p>
        <strong>Network: {inForce}.</strong>{" "}
        {linkInForce(catalogue)
          ? "This page came over a link that holds every byte back for so long."
          : "Nothing delays this page; the links below open it over one that does."}{" "}
        Nothing is simulated in the figures.
        {suits && suits !== inForce && ` This experiment shows best at ${suits}.`}
      </p>
      <ul>
        {catalogue.links.map(({ name, port }) => (
          <li key={name}>
            <a
              href={`${protocol}//${hostname}:${port}${pathname}${search}`}
              aria-current={name === inForce ? "true" : undefined}
            >
              {name}
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
