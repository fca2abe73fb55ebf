import { Link } from "react-router";
import type { Schemas } from "../../api/client";
import { exploreHref } from "../../flights/filters/filters";
import { Facts } from "../../ui/Facts";
import { whole } from "../../ui/format";

interface Props {
  tailnum: string | null;
  plane: Schemas["Plane"] | null;
}

/** The aircraft, from its registration. */
export function PlaneFacts({ tailnum, plane }: Props) {
  if (tailnum === null)
    return <Facts heading="Aircraft" facts={[]} note="No aircraft is recorded for this flight." />;
  const link = <Link to={exploreHref({ tailnum })}>{tailnum}</Link>;
  if (!plane) {
    return (
      <Facts heading="Aircraft" facts={[["Tail number", link]]} note="The register has no further data." />
    );
  }
  return (
    <Facts
      heading="Aircraft"
      facts={[
        ["Tail number", link],
        ["Model", [plane.manufacturer, plane.model].filter(Boolean).join(" ")],
        ["Built", plane.year],
        ["Seats", plane.seats && whole(plane.seats)],
        ["Engines", [plane.engines, plane.engine].filter(Boolean).join(" × ")],
      ]}
    />
  );
}
