import type { Schemas } from "../../api/client";
import { Facts } from "../../ui/Facts";

const WINDS = ["north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west"];

interface Props {
  origin: string;
  weather: Omit<Schemas["Weather"], "id"> | null;
}

/** The weather at the airport in the hour of the planned departure. */
export function WeatherThen({ origin, weather }: Props) {
  const heading = `Weather then at ${origin}`;
  if (!weather) return <Facts heading={heading} facts={[]} note="Nothing was recorded in that hour." />;
  return (
    <Facts
      heading={heading}
      facts={[
        ["Temperature", degrees(weather.temp)],
        ["Wind", wind(weather)],
        ["Visibility", measure(weather.visib, "mi")],
        ["Rain or snow", weather.precip === 0 ? "none" : measure(weather.precip, "in")],
        ["Humidity", weather.humid === null ? null : `${Math.round(weather.humid)} %`],
        ["Pressure", measure(weather.pressure, "mb")],
      ]}
    />
  );
}

function degrees(fahrenheit: number | null): string | null {
  if (fahrenheit === null) return null;
  const celsius = Math.round(((fahrenheit - 32) * 5) / 9);
  return `${minus(Math.round(fahrenheit))} °F (${minus(celsius)} °C)`;
}

function wind({
  wind_dir,
  wind_speed,
  wind_gust,
}: Pick<Schemas["Weather"], "wind_dir" | "wind_speed" | "wind_gust">) {
  if (wind_speed === null) return null;
  if (wind_speed === 0) return "calm";
  const from = wind_dir === null || wind_dir === 0 ? "" : ` from the ${WINDS[Math.round(wind_dir / 45) % 8]}`;
  const gusts = wind_gust === null ? "" : `, gusts of ${Math.round(wind_gust)}`;
  return `${Math.round(wind_speed)} mph${from}${gusts}`;
}

function measure(value: number | null, unit: string): string | null {
  return value === null ? null : `${value} ${unit}`;
}

function minus(value: number): string {
  return value < 0 ? `−${-value}` : String(value);
}
