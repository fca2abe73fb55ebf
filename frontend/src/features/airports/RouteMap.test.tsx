import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import RouteMap from "./RouteMap";

const JFK = { faa: "JFK", name: "John F Kennedy Intl", lat: 40.64, lon: -73.78 };

test.each([
  { faa: "HNL", name: "Honolulu Intl", lat: 21.32, lon: -157.92 },
  { faa: "ANC", name: "Ted Stevens Anchorage Intl", lat: 61.17, lon: -150 },
  { faa: "BOS", name: "General Edward Lawrence Logan Intl", lat: 42.36, lon: -71.01 },
])("both ends of a route to $faa are within the picture", (dest) => {
  render(<RouteMap origin={JFK} dest={dest} />);
  const map = screen.getByRole("img", { name: `Map of the route from John F Kennedy Intl to ${dest.name}` });
  const ends = map.querySelectorAll("circle");
  expect(ends).toHaveLength(2);
  for (const end of ends) {
    expect(Number(end.getAttribute("cx"))).toBeGreaterThan(20);
    expect(Number(end.getAttribute("cx"))).toBeLessThan(540);
    expect(Number(end.getAttribute("cy"))).toBeGreaterThan(20);
    expect(Number(end.getAttribute("cy"))).toBeLessThan(330);
  }
});
