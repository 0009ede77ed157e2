// The main table as a picture, for the README.
import * as echarts from "echarts";

const colours = { floor: "#8a8f98", ours: "#1f7a4d", peer: "#4a6fa5" };

/**
 * Horizontal bars of checks per second, fastest on top.
 * @param {import("./report.mjs").Table} table
 * @returns {string} SVG
 */
export function toSvg({ title, results }) {
  const ordered = [...results].sort((a, b) => b.time.median - a.time.median);
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width: 800, height: 80 + ordered.length * 26 });
  chart.setOption({
    animation: false,
    backgroundColor: "#ffffff",
    title: { text: `Checks per second on one core: ${title}`, left: 16, top: 8, textStyle: { fontSize: 15 } },
    grid: { left: 16, right: 72, top: 44, bottom: 16, containLabel: true },
    xAxis: { type: "value", splitLine: { lineStyle: { color: "#e8eaed" } } },
    yAxis: { type: "category", data: ordered.map(({ name }) => name), axisTick: { show: false } },
    series: [
      {
        type: "bar",
        barWidth: 16,
        label: {
          show: true,
          position: "right",
          formatter: (/** @type {any} */ { value }) => Number(value).toLocaleString("en"),
        },
        data: ordered.map(({ kind, time }) => ({
          value: Math.round(1e6 / time.median),
          itemStyle: { color: colours[kind] },
        })),
      },
    ],
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${svg}\n`;
}
