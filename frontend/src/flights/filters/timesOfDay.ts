/** The times of day, by the first and the last hour of planned departures. The night goes over midnight. */
export const TIMES_OF_DAY = [
  { name: "Morning", first: 5, last: 11 },
  { name: "Afternoon", first: 12, last: 16 },
  { name: "Evening", first: 17, last: 21 },
  { name: "Night", first: 22, last: 4 },
] as const;
