/// Style and script of the HTML report.
enum HTMLAssets {
  static let style = #"""
    :root{color-scheme:light dark;--ink:#1f2328;--muted:#59636e;--page:#fff;--line:#d1d9e0;--panel:#f6f8fa;--accent:#0059a8}
    @media screen and (prefers-color-scheme:dark){:root{--ink:#e6edf3;--muted:#9198a1;--page:#0d1117;--line:#30363d;--panel:#151b23;--accent:#6cb0ff}}
    body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Helvetica,Arial,"DejaVu Sans",sans-serif}
    main{max-width:980px;margin:0 auto;padding:24px 16px 64px}
    h1{font-size:26px;margin:0 0 12px}h2{font-size:21px;margin:40px 0 8px;border-bottom:1px solid var(--line);padding-bottom:4px}h3{font-size:17px;margin:28px 0 8px}
    #controls{position:sticky;top:0;z-index:2;background:var(--page);border:1px solid var(--line);border-radius:8px;padding:8px 12px;margin:16px 0;display:flex;flex-wrap:wrap;gap:6px 18px;align-items:center;font-size:14px}
    #controls input[type=search]{width:11em}#controls input,#controls select{font:inherit;color:inherit;background:var(--panel);border:1px solid var(--line);border-radius:5px;padding:2px 6px}
    fieldset{border:0;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:2px 12px}legend{float:left;padding:0;margin-right:10px}
    h2,h3,.table,figure{scroll-margin-top:96px}
    .hidden-note{flex-basis:100%;margin:0;color:var(--muted);font-size:13px}details{margin:16px 0}summary{cursor:pointer;font-size:19px;font-weight:600}
    .toggle{white-space:nowrap;cursor:pointer}.toggle .swatch{display:inline-block;width:18px;height:4px;border-radius:2px;background:currentColor;margin:0 5px 3px 2px;vertical-align:middle}
    .scroll{overflow-x:auto}table{border-collapse:collapse;font-size:14px;font-variant-numeric:tabular-nums;margin:8px 0}
    caption{text-align:left;font-weight:600;padding:4px 0}th,td{padding:3px 10px;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
    th:first-child{text-align:left;font-weight:500}thead th{border-bottom:2px solid var(--line);padding:0}thead button{all:unset;cursor:pointer;padding:4px 10px;font-weight:600}
    thead button::after{content:" ↕";color:var(--muted);opacity:.5}th[aria-sort=ascending] button::after{content:" ↑";opacity:1}th[aria-sort=descending] button::after{content:" ↓";opacity:1}
    tr.summary td,tr.summary th{background:var(--panel);font-style:italic}tbody tr:not(.summary):hover{background:var(--panel)}
    .error{color:var(--muted);font-weight:400}abbr{text-decoration:none;cursor:help;color:var(--accent)}
    .notes{color:var(--muted);font-size:13px;margin:4px 0 16px;padding-left:18px}
    figure{margin:20px 0}figure svg{max-width:100%;height:auto;border:1px solid var(--line);border-radius:6px}figcaption{color:var(--muted);font-size:13px}
    figure.pointing .schedule:not(.pointed){opacity:.22}.dimmed{opacity:.12}
    pre{background:var(--panel);padding:12px;border-radius:6px;overflow-x:auto;font-size:13px}
    :focus-visible{outline:2px solid var(--accent);outline-offset:1px;border-radius:3px}
    #hint{position:fixed;z-index:3;pointer-events:none;background:var(--ink);color:var(--page);font-size:13px;padding:3px 8px;border-radius:5px;max-width:320px}
    #hint[hidden]{display:none}
    @media print{#controls{display:none}thead button::after{content:""}main{max-width:none}}
    """#

  static let script = #"""
    "use strict";
    (() => {
      const all = (selector, root = document) => [...root.querySelectorAll(selector)];

      // Sorting: ascending, descending, back to the first order; summaries stay below.
      for (const table of all("table")) {
        const body = table.tBodies[0];
        const first = [...body.rows];
        all("thead button", table).forEach((button, column) => {
          button.addEventListener("click", () => {
            const heading = button.parentElement;
            const order = { ascending: "descending", descending: "none" }[heading.ariaSort] || "ascending";
            all("thead th", table).forEach(other => other.removeAttribute("aria-sort"));
            if (order !== "none") heading.setAttribute("aria-sort", order);
            const sign = order === "descending" ? -1 : 1;
            const key = row => row.cells[column].dataset.value;
            const compare = (a, b) => {
              if (column === 0) return sign * a.cells[0].textContent.localeCompare(b.cells[0].textContent);
              const [x, y] = [key(a), key(b)];
              if (x === undefined || y === undefined) return (x === undefined) - (y === undefined);
              return sign * (Number(x) - Number(y));
            };
            const rows = first.filter(row => !row.classList.contains("summary"));
            if (order !== "none") rows.sort(compare);
            body.append(...rows, ...first.filter(row => row.classList.contains("summary")));
          });
        });
      }

      // Nothing is computed again where something is hidden: that is said.
      const note = document.querySelector(".hidden-note");
      const isHiding = () => {
        note.hidden = !problem.value.trim() && toggles.every(box => box.checked);
      };

      // Filters.
      const problem = document.getElementById("problem-filter");
      const optimizer = document.getElementById("optimizer-filter");
      const filter = () => {
        const wanted = problem.value.trim().toLowerCase();
        const matches = element => element.dataset.problem.toLowerCase().includes(wanted);
        for (const row of all("tr[data-problem]")) row.hidden = !matches(row);
        for (const panel of all("svg [data-problem]")) panel.classList.toggle("dimmed", !matches(panel));
        const title = optimizer.selectedOptions[0].dataset.title;
        const titles = [...optimizer.options].map(option => option.dataset.title).filter(Boolean);
        for (const section of all("section")) {
          section.hidden = Boolean(title) && titles.includes(section.dataset.title) && section.dataset.title !== title;
        }
        for (const table of all(".table[data-optimizer]")) {
          table.hidden = Boolean(optimizer.value) && table.dataset.optimizer !== optimizer.value;
        }
        isHiding();
      };
      problem.addEventListener("input", filter);
      optimizer.addEventListener("change", filter);
      document.getElementById("controls").addEventListener("submit", event => event.preventDefault());

      // Toggling schedules, in tables and charts at once.
      const hidden = document.getElementById("hidden-schedules");
      const toggles = all("[data-toggle]");
      const toggle = () => {
        hidden.textContent = toggles.filter(box => !box.checked)
          .map(box => `[data-schedule="${CSS.escape(box.dataset.toggle)}"]{display:none}`).join("");
        isHiding();
      };
      for (const box of toggles) box.addEventListener("change", toggle);

      // Hints: the nearest point of a curve, a dot, or the name of the schedule.
      const hint = document.getElementById("hint");
      const names = new Map(toggles.map(box => [box.dataset.toggle, box.parentElement.textContent.trim()]));
      const show = (text, x, y) => {
        hint.textContent = text;
        hint.hidden = false;
        const box = hint.getBoundingClientRect();
        hint.style.left = `${Math.max(4, Math.min(x + 12, innerWidth - box.width - 8))}px`;
        hint.style.top = `${y + box.height + 20 > innerHeight ? y - box.height - 10 : y + 16}px`;
      };
      const point = (figure, group) => {
        all(".pointed", figure).forEach(other => other.classList.remove("pointed"));
        figure.classList.toggle("pointing", Boolean(group));
        if (group) {
          const same = `.schedule[data-schedule="${CSS.escape(group.dataset.schedule)}"]`;
          all(same, figure).forEach(other => other.classList.add("pointed"));
        }
      };
      const nearest = (svg, x, y) => {
        let best = null;
        const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
        const origin = svg.getBoundingClientRect();
        for (const curve of all("polyline[data-hints]", svg)) {
          if (!curve.getBoundingClientRect().width) continue;
          const hints = curve.dataset.hints.split("|");
          curve.getAttribute("points").split(" ").forEach((pair, index) => {
            const [px, py] = pair.split(",").map(Number);
            const distance = Math.hypot(origin.x + px * scale - x, origin.y + py * scale - y);
            if (distance < 14 && (!best || distance < best.distance)) best = { distance, curve, text: hints[index] };
          });
        }
        return best;
      };
      for (const figure of all("figure")) {
        const svg = figure.querySelector("svg");
        for (const dot of all("circle", svg)) {
          const title = dot.querySelector("title");
          if (!title) continue;
          dot.dataset.hint = title.textContent;
          title.remove();
          dot.setAttribute("tabindex", "0");
          dot.setAttribute("role", "img");
          dot.setAttribute("aria-label", dot.dataset.hint);
          dot.addEventListener("focus", () => {
            const box = dot.getBoundingClientRect();
            point(figure, dot.closest(".schedule"));
            show(dot.dataset.hint, box.right, box.bottom);
          });
          dot.addEventListener("blur", () => { hint.hidden = true; point(figure, null); });
        }
        svg.addEventListener("pointermove", event => {
          const close = event.target.dataset.hint ? null : nearest(svg, event.clientX, event.clientY);
          const group = close ? close.curve.closest(".schedule") : event.target.closest(".schedule");
          point(figure, group);
          const name = group && names.get(group.dataset.schedule);
          const text = event.target.dataset.hint || (close ? `${name}: ${close.text}` : name);
          if (text) show(text, event.clientX, event.clientY); else hint.hidden = true;
        });
        svg.addEventListener("pointerleave", () => { hint.hidden = true; point(figure, null); });
      }
      document.addEventListener("keydown", event => { if (event.key === "Escape") hint.hidden = true; });
    })();
    """#
}
