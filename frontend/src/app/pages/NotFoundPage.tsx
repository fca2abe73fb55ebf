import { Link } from "react-router";
import { PageHead } from "../../ui/PageHead";

export function NotFoundPage() {
  return (
    <PageHead title="Page not found" documentTitle="Not found">
      There is no page at this address. All flights are on <Link to="/">Explore</Link>, what became of them on{" "}
      <Link to="/delays">Delays</Link>.
    </PageHead>
  );
}
