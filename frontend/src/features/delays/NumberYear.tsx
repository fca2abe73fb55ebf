import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useClient } from "../../api/useClient";
import { Failure } from "../../ui/Failure";
import { MONTHS, monthName } from "../../ui/format";
import { numberByMonthQuery } from "./api";
import { ChartSection } from "./ChartSection";
import { marksOf } from "./rates";

const MONTHS_SHORT = MONTHS.map((name) => name.slice(0, 3));

interface Props {
  carrier: string;
  flight: number;
}

/** The delays of the flights under one number, month by month. */
export function NumberYear({ carrier, flight }: Props) {
  const { data, error, refetch } = useQuery(numberByMonthQuery(useClient(), carrier, flight));
  const marks = useMemo(
    () =>
      data &&
      marksOf(data.items, "mean", ({ month }) => ({
        key: monthName(month).slice(0, 3),
        name: monthName(month),
        behind: { carrier, flight, month },
      })),
    [data, carrier, flight],
  );
  if (error && !data)
    return <Failure error={error} heading="The year could not be loaded" onRetry={refetch} />;
  return (
    <ChartSection
      heading={`${carrier} ${flight} over the year: mean arrival delay`}
      what="Month"
      marks={marks}
      direction="along"
      height={220}
      domain={MONTHS_SHORT}
    />
  );
}
