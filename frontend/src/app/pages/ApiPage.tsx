import { PageHead } from "../../ui/PageHead";

export default function ApiPage() {
  return <PageHead title="ApiPage" />;
}
