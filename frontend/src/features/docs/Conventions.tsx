import styles from "./Conventions.module.css";
import { MISTAKEN } from "./examples";

/** The rules that all addresses share. */
export function Conventions() {
  return (
    <section className={styles.conventions} aria-label="Rules for all addresses">
      <div>
        <h2>Only what you ask for</h2>
        <p>
          <code>fields=id,arr_delay,airline.name</code> decides what is answered, what is read from the
          database, and what is cached. A bare nested name means all of it.
        </p>
      </div>
      <div>
        <h2>Pages</h2>
        <p>
          A list has <code>items</code> and <code>next</code>; the same address with <code>after=</code> that
          cursor is the next page. <code>limit</code> goes up to 200.
        </p>
      </div>
      <div>
        <h2>Freshness</h2>
        <p>
          What a GET finds has an <code>ETag</code> and a <code>Cache-Control</code>. Ask with{" "}
          <code>If-None-Match</code>, and what has not changed is a 304 without a body.
        </p>
      </div>
      <div>
        <h2>Forms</h2>
        <p>
          JSON, or MessagePack with <code>Accept: application/msgpack</code>; compressed with br, zstd or
          gzip. <code>Server-Timing</code> tells where the time went.
        </p>
      </div>
      <div>
        <h2>Mistakes</h2>
        <p>
          are answered as <code>application/problem+json</code> and say what was expected:{" "}
          <a href={MISTAKEN}>a field that does not exist</a>.
        </p>
      </div>
      <div>
        <h2>The document</h2>
        <p>
          This page is drawn from <a href="/api/v1/openapi.json">openapi.json</a>, which your own tools can
          read too.
        </p>
      </div>
    </section>
  );
}
