import { axisX, axisY, barX, barY, type PlotOptions, ruleX, ruleY, text } from "@observablehq/plot";
import { useCallback } from "react";
import { signed, signedMean } from "../../../ui/format";
import { meanColour } from "../../../ui/lateness";
import PlotFigure from "../../../ui/PlotFigure";
import { type Mark, markInWords, meanOf } from "../rates";

interface Props {
  label: string;
  marks: readonly Mark[];
  /** Names down the side, or short names along the foot. */
  direction: "down" | "along";
  height: number;
  /** The places along the foot, where there may be one without a mark. */
  domain?: readonly string[] | undefined;
}

const fill = (mark: Mark) => meanColour(mark.mean_delay);
const figure = (mark: Mark) => signedMean(mark.mean_delay);
/** What is told by every bar alike: where it leads, and in words what it shows. */
const telling = { href: "href", ariaLabel: markInWords, title: markInWords } as const;

/** Mean delays as bars from the planned time, each with its figure and a link. */
export default function Bars({ label, marks, direction, height, domain }: Props) {
  const options = useCallback(
    (width: number) => (direction === "down" ? down(marks, width) : along(marks, width, domain)),
    [marks, direction, domain],
  );
  return <PlotFigure label={label} height={height} options={options} />;
}

function down(marks: readonly Mark[], width: number): PlotOptions {
  const side = Math.min(190, width * 0.42);
  const early = marks.some((mark) => meanOf(mark) < 0);
  return {
    marginLeft: side,
    marginRight: 44,
    marginTop: 4,
    marginBottom: 42,
    x: { label: "minutes after plan →", labelOffset: 36, nice: true, insetLeft: early ? 36 : 0 },
    y: { label: null, domain: marks.map(({ name }) => name) },
    color: { type: "identity" },
    marks: [
      axisX({ anchor: "bottom", tickSize: 0, tickFormat: signed, ticks: width < 500 ? 4 : 7 }),
      axisY({ tickSize: 0, label: null, lineWidth: (side - 12) / 12, textOverflow: "ellipsis" }),
      barX(marks, { x: meanOf, y: "name", fill, insetTop: 2, insetBottom: 2, ...telling }),
      ruleX([0], { stroke: "var(--rule-strong)" }),
      figures(marks, true),
      figures(marks, false),
    ],
  };

  function figures(all: readonly Mark[], isEarly: boolean) {
    return text(
      all.filter((mark) => meanOf(mark) < 0 === isEarly),
      {
        x: meanOf,
        y: "name",
        text: figure,
        dx: isEarly ? -5 : 5,
        textAnchor: isEarly ? "end" : "start",
        ariaHidden: "true",
      },
    );
  }
}

function along(
  marks: readonly Mark[],
  width: number,
  domain: readonly string[] = marks.map(({ key }) => key),
): PlotOptions {
  const room = (width - 40) / Math.max(1, domain.length);
  const every = Math.ceil(24 / room);
  return {
    marginLeft: 34,
    marginRight: 4,
    marginTop: 22,
    marginBottom: 26,
    x: { label: null, domain, padding: 0.18 },
    y: { label: "↑ minutes after plan", nice: true },
    color: { type: "identity" },
    marks: [
      axisY({ tickSize: 0, ticks: 5, tickFormat: signed }),
      axisX({ tickSize: 0, label: null, ticks: domain.filter((_, index) => index % every === 0) }),
      barY(marks, { x: "key", y: meanOf, fill, ...telling }),
      ruleY([0], { stroke: "var(--rule-strong)" }),
      room > 34
        ? text(marks, {
            x: "key",
            y: (mark: Mark) => Math.max(0, meanOf(mark)),
            text: figure,
            dy: -8,
            ariaHidden: "true",
          })
        : null,
    ],
  };
}
