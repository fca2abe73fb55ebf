import { ApiReference } from "../../features/docs/ApiReference";
import { Conventions } from "../../features/docs/Conventions";
import { PageHead } from "../../ui/PageHead";

export default function ApiPage() {
  return (
    <>
      <PageHead title="The API">
        Everything these pages show, for your own programs: JSON or MessagePack, only the fields you ask for.
      </PageHead>
      <Conventions />
      <ApiReference />
    </>
  );
}
