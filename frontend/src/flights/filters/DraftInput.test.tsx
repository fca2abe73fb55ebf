import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { startTransition, useState } from "react";
import { expect, test } from "vitest";
import { DraftInput } from "./DraftInput";

function Page({ arrival }: { arrival: Promise<void> }) {
  const [value, setValue] = useState("");
  const commit = (text: string) =>
    startTransition(async () => {
      await arrival;
      startTransition(() => setValue(text));
    });
  return <DraftInput id="flight" label="Flight" expected="" value={value} onCommit={commit} />;
}

test("goes on with what is typed while the address takes its time over the beginning", async () => {
  let arrive = () => {};
  const arrival = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  render(<Page arrival={arrival} />);
  const field = screen.getByRole("textbox");
  await userEvent.type(field, "1{Enter}");
  await userEvent.type(field, "2");
  await act(async () => arrive());
  expect(field).toHaveAttribute("data-set", "true");
  expect(field).toHaveValue("12");
});
