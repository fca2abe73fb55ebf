import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, test } from "vitest";
import { HourControl, WeekdayControl } from "./TimeControls";

function Controls({ weekday = "", hour = "" }) {
  const [days, setDays] = useState(weekday);
  const [hours, setHours] = useState(hour);
  return (
    <>
      <WeekdayControl value={days} onChange={setDays} />
      <HourControl value={hours} onChange={setHours} />
      <output>{`${days};${hours}`}</output>
    </>
  );
}

const said = () => screen.getByRole("status").textContent;
const choose = (name: string, option: string) =>
  userEvent.selectOptions(screen.getByRole("combobox", { name }), option);

test("several weekdays are one choice, and all of them are none", async () => {
  render(<Controls />);
  for (const day of ["Sunday", "Friday", "Saturday"])
    await userEvent.click(screen.getByRole("checkbox", { name: day }));
  expect(said()).toBe("5-7;");
  await userEvent.click(screen.getByRole("checkbox", { name: "Saturday" }));
  expect(said()).toBe("5,7;");
  for (const day of ["Monday", "Tuesday", "Wednesday", "Thursday", "Saturday"])
    await userEvent.click(screen.getByRole("checkbox", { name: day }));
  expect(said()).toBe(";");
});

test("a time of day sets both ends, which can be moved", async () => {
  render(<Controls />);
  await choose("Leaving from", "Evening, 17:00–21:59");
  expect(said()).toBe(";17-21");
  expect(screen.getByRole("combobox", { name: "Leaving until" })).toHaveDisplayValue("21:59");
  await choose("Leaving until", "18:59");
  expect(said()).toBe(";17-18");
  await choose("Leaving from", "19:00");
  expect(said()).toBe(";19-23");
  await choose("Leaving from", "Any time");
  expect(said()).toBe(";");
});

test("one end alone reaches to the end of the day, and a range may go over midnight", async () => {
  render(<Controls />);
  await choose("Leaving from", "22:00");
  expect(said()).toBe(";22-23");
  await choose("Leaving until", "02:59");
  expect(said()).toBe(";22-2");
  expect(screen.getByRole("combobox", { name: "Leaving from" })).toHaveDisplayValue("22:00");
});

test("several ranges are shown as what they are", async () => {
  render(<Controls hour="6-8,17" />);
  const words = "06:00–08:59 and 17:00–17:59";
  expect(screen.getByRole("combobox", { name: "Leaving from" })).toHaveDisplayValue(words);
  await choose("Leaving until", "20:59");
  expect(said()).toBe(";0-20");
});
