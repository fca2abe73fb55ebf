/**
 * The edge makes itself a certificate where it is given none. To have Chromium ignore all such errors, as Playwright
 * offers, would turn its HTTP cache off, which pages are tested with: so it is told to trust this one key.
 */
import { createHash } from "node:crypto";
import { connect } from "node:tls";

/** The flags that have Chromium trust the key of the server at an address; none where everybody does. */
export async function trusting(url) {
  const { protocol, hostname, port } = new URL(url);
  if (protocol !== "https:") return [];
  const socket = connect({
    host: hostname,
    port: Number(port || 443),
    servername: hostname,
    rejectUnauthorized: false,
  });
  try {
    await new Promise((resolve, reject) => socket.once("secureConnect", resolve).once("error", reject));
    if (socket.authorized) return [];
    const key = socket.getPeerX509Certificate().publicKey.export({ type: "spki", format: "der" });
    return [`--ignore-certificate-errors-spki-list=${createHash("sha256").update(key).digest("base64")}`];
  } finally {
    socket.destroy();
  }
}
