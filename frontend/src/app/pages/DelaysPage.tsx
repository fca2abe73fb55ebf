import { PageHead } from "../../ui/PageHead";

export default function DelaysPage() {
  return <PageHead title="DelaysPage" />;
}
