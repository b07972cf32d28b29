// Pictures on /compare and on a source's page, drawn by ECharts from what stands in the page.
"use strict";
(() => {
  const colours = ["#0b5394", "#c96f00", "#1b6e3c", "#a4161a", "#5b3a8c", "#00838f", "#8d6e00", "#6d4c41"];
  const bright = ["#8ab8ef", "#f3b56b", "#8fd6a8", "#ff9f99", "#cdb4f3", "#7fd6df", "#e4cf6b", "#d0b3a6"];
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  const draw = (chart, shown) => {
    const style = getComputedStyle(document.documentElement);
    const ink = style.getPropertyValue("--ink").trim();
    const line = style.getPropertyValue("--line").trim();
    const axis = { axisLabel: { color: ink }, axisLine: { lineStyle: { color: line } }, nameTextStyle: { color: ink } };
    chart.setOption({
      animation: false,
      aria: { enabled: true, decal: { show: shown.series.length > 1 } },
      color: scheme.matches ? bright : colours,
      legend: { show: shown.series.length > 1, textStyle: { color: ink }, type: "scroll", top: 0 },
      grid: { left: 10, right: 20, top: 48, bottom: 10, containLabel: true },
      tooltip: { trigger: "axis", renderMode: "richText" },
      xAxis: { type: "category", data: shown.years, ...axis },
      yAxis: { type: "value", name: shown.unit, ...axis, splitLine: { lineStyle: { color: line } } },
      series: shown.series.map((one) => ({ name: one.name, type: "bar", barMaxWidth: 28, data: one.values })),
    });
  };
  document.querySelectorAll("[data-chart]").forEach((box) => {
    const shown = JSON.parse(box.dataset.chart);
    const chart = echarts.init(box, null, { renderer: "svg" });
    draw(chart, shown);
    scheme.addEventListener("change", () => draw(chart, shown));
    addEventListener("resize", () => chart.resize());
  });
})();
