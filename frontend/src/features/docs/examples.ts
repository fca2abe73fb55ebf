/** One example for each address, which can be opened. */
const EXAMPLES: Record<string, string> = {
  "/api/v1/flights":
    "/api/v1/flights?origin=JFK&dest=LAX&sort=-delay&fields=carrier,flight,sched_dep,arr_delay,airline.name&limit=5",
  "/api/v1/flights/{id}": "/api/v1/flights/1?fields=carrier,flight,arr_delay,plane.model,weather.temp",
  "/api/v1/airlines": "/api/v1/airlines?q=air",
  "/api/v1/airlines/{carrier}": "/api/v1/airlines/UA",
  "/api/v1/airports": "/api/v1/airports?served=true&q=san",
  "/api/v1/airports/{faa}": "/api/v1/airports/LAX",
  "/api/v1/planes": "/api/v1/planes?manufacturer=EMBRAER&limit=5",
  "/api/v1/planes/{tailnum}": "/api/v1/planes/N14228",
  "/api/v1/weather": "/api/v1/weather?origin=LGA&date=2013-02-08&fields=local_hour,wind_speed,visib",
  "/api/v1/delays": "/api/v1/delays?by=carrier&origin=JFK&dest=LAX",
};

export function exampleOf(path: string): string | undefined {
  return EXAMPLES[path];
}

export const MISTAKEN = "/api/v1/flights?fields=speed";

export const BATCH = `curl ${location.origin}/api/v1/batch \\
  -H 'Content-Type: application/json' -H 'Accept: application/x-ndjson' \\
  -d '{"requests": [
    {"id": "flight", "url": "/api/v1/flights/1"},
    {"id": "year", "url": "/api/v1/delays?by=month&carrier=UA"}]}'`;
