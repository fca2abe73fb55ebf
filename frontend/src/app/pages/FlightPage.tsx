import { PageHead } from "../../ui/PageHead";

export default function FlightPage() {
  return <PageHead title="FlightPage" />;
}
